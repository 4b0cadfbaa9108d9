/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes the configuration with which the demonstration is looked at. What the checks would
 * look at is asked of the plan itself, so that whatever the profiles say is moved to where the
 * simulated systems are, or left out: no packet leaves this machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/plan/plan.h"
#include "contrib/demo/places.h"
#include "ground/memory.h"
#include "ground/text.h"

static const struct stand *name_server(const struct demo *demo, uint16_t *port)
{
	for (size_t i = 0; i < demo->stand_count; i++)
		for (size_t j = 0; j < demo->stands[i].post_count; j++)
			if (demo->stands[i].posts[j].scene.service->answer == name_answer) {
				*port = demo->stands[i].posts[j].port;
				return &demo->stands[i];
			}
	abort();
}

/* In settings a star stands for the servers on the Internet. */
static void add_settings(struct text *out, const char *settings, const char *elsewhere)
{
	text_add(out, "    ");
	for (; *settings; settings++) {
		if (*settings == '*')
			text_add(out, elsewhere);
		else
			text_add_char(out, *settings);
		if (*settings == '\n' && settings[1])
			text_add(out, "    ");
	}
}

/* overrides: a text for each target, or NULL. */
static void add_configuration(struct text *out, const struct demo *demo,
			      const struct text *overrides)
{
	uint16_t port = 0;
	const struct stand *elsewhere = name_server(demo, &port);
	size_t target = 0;

	text_add_format(out,
			"# Written by ucdemo: the simulated UC systems, and where they are.\n"
			"agent:\n"
			"  name_servers: [ \"%s:%u\" ]\n"
			"  limits:\n"
			"    { probes_per_second: 0, packets_per_second: 0, per_target: 16 }\n"
			"targets:\n",
			elsewhere->where, port);
	for (size_t i = 0; i < demo->stand_count; i++) {
		const struct stand *stand = &demo->stands[i];

		if (!stand->system->profile)
			continue;
		text_add_format(out,
				"  - name: %s\n    address: %s\n    profiles: [ %s ]\n"
				"    ca_file: authority.pem\n    timeout: 5s\n",
				stand->system->name, stand->where, stand->system->profile);
		if (stand->system->settings)
			add_settings(out, stand->system->settings, elsewhere->where);
		if (overrides && overrides[target].length)
			text_add_format(out, "    overrides:\n%s",
					text_string(&overrides[target]));
		target++;
	}
}

static const char *omitted(const struct system *system, const struct rule *rule)
{
	struct text name = { 0 };
	const char *why = NULL;

	text_add_format(&name, "%s.%s", rule->profile, rule->id);
	for (const struct omission *o = system->omissions; o && o->rule; o++)
		if (!strcmp(o->rule, text_string(&name)))
			why = o->why;
	text_free(&name);
	return why;
}

/* What becomes of one rule of a target: all its subjects, or the reason why it is left out. */
struct change {
	struct text subjects, why;
	size_t count;
	bool moves;
};

static void decide_subject(const struct demo *demo, const struct plan *plan,
			   const struct check *check, struct change *change)
{
	struct text moved = { 0 };
	const char *subject = check->subject;

	if (check->observation == NO_OBSERVATION)
		return;
	switch (place_decide(demo, &plan->observations[check->observation].request, &moved)) {
	case FATE_LEFT_OUT:
		text_clear(&change->why);
		text_add(&change->why, text_string(&moved));
		break;
	case FATE_MOVES:
		change->moves = true;
		subject = text_string(&moved);
		/* fall through */
	case FATE_STAYS:
		text_add_format(&change->subjects, "%s\"%s\"", change->count++ ? ", " : "",
				subject);
	}
	text_free(&moved);
}

/* The checks of one rule stand together. Returns the first of the next rule. */
static size_t decide_rule(const struct demo *demo, const struct plan *plan, size_t at,
			  const struct system *system, struct change *change)
{
	const struct check *first = &plan->checks[at];
	const char *why = omitted(system, first->rule);

	for (; at < plan->check_count && plan->checks[at].rule == first->rule &&
	       plan->checks[at].target == first->target;
	     at++)
		decide_subject(demo, plan, &plan->checks[at], change);
	if (why && change->count) {
		text_clear(&change->why);
		text_add(&change->why, why);
	}
	return at;
}

static void override_target(const struct demo *demo, const struct plan *plan, size_t target,
			    struct text *overrides, struct text *said)
{
	const struct target *about = &plan->config->targets[target];
	const struct system *system = systems();

	while (strcmp(system->name, about->name) != 0)
		system++;
	for (size_t at = plan->first_check[target]; at < plan->first_check[target + 1];) {
		const struct rule *rule = plan->checks[at].rule;
		struct change change = { 0 };

		at = decide_rule(demo, plan, at, system, &change);
		if (change.why.length) {
			text_add_format(overrides, "      %s.%s: { off: true }\n", rule->profile,
					rule->id);
			text_add_format(said, "left-out %s %s.%s %s\n", about->name,
					rule->profile, rule->id, text_string(&change.why));
		} else if (change.moves) {
			text_add_format(overrides, "      %s.%s: { subject: %s%s%s }\n",
					rule->profile, rule->id, change.count > 1 ? "[ " : "",
					text_string(&change.subjects),
					change.count > 1 ? " ]" : "");
		}
		text_free(&change.subjects);
		text_free(&change.why);
	}
}

static void say_moves(const struct demo *demo, struct text *said)
{
	for (size_t i = 0; i < demo->stand_count; i++) {
		const struct stand *stand = &demo->stands[i];

		for (size_t j = 0; j < stand->post_count; j++) {
			const struct post *post = &stand->posts[j];

			if (post->port && post->port != post->scene.service->port)
				text_add_format(said, "moved %s %u %u\n", stand->system->name,
						post->scene.service->port, post->port);
		}
	}
}

static bool write_text(const struct text *text, const char *path)
{
	FILE *file = fopen(path, "w");
	bool written;

	if (file) {
		written = fputs(text_string(text), file) >= 0;
		if (fclose(file) == 0 && written)
			return true;
	}
	fprintf(stderr, "ucdemo: cannot write %s: %s\n", path, strerror(errno));
	return false;
}

static void show_problems(struct problems *problems)
{
	struct text lines = { 0 };

	problems_sort(problems);
	for (size_t i = 0; i < problems->count; i++) {
		problem_describe(&problems->items[i], &lines);
		text_add_char(&lines, '\n');
	}
	fputs(text_string(&lines), stderr);
	text_free(&lines);
}

/* The plan of a configuration that moves nothing says what will be looked at. */
static void override_all(const struct demo *demo, const struct plan *plan, struct text *out,
			 struct text *said)
{
	size_t count = plan->config->target_count;
	struct text *overrides = memory_new(count, sizeof *overrides);

	for (size_t i = 0; i < count; i++)
		override_target(demo, plan, i, &overrides[i], said);
	add_configuration(out, demo, overrides);
	for (size_t i = 0; i < count; i++)
		text_free(&overrides[i]);
	free(overrides);
}

bool configuration_write(const struct demo *demo, const char *folder, const char *path,
			 struct text *said)
{
	struct text unmoved = { 0 }, moved = { 0 };
	struct problems problems = { 0 };
	struct profiles *profiles = profiles_new();
	struct config *config;
	struct plan *plan;
	bool good;

	add_configuration(&unmoved, demo, NULL);
	profiles_read_folder(profiles, folder, &problems);
	profiles_settle(profiles, &problems);
	config = config_read_bytes(path, text_string(&unmoved), unmoved.length, &problems);
	plan = plan_make(config, profiles, &problems);
	good = problems.count == 0;
	if (good) {
		say_moves(demo, said);
		override_all(demo, plan, &moved, said);
		good = write_text(&moved, path);
	} else {
		show_problems(&problems);
	}
	plan_free(plan);
	config_free(config);
	profiles_free(profiles);
	problems_free(&problems);
	text_free(&unmoved);
	text_free(&moved);
	return good;
}
