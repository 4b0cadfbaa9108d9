/* SPDX-License-Identifier: Apache-2.0
 *
 * ucdemo DIRECTORY PROFILES: simulated UC systems with known faults, one of each product, on
 * loopback addresses of their own. Writes DIRECTORY/ucposture.yaml and DIRECTORY/authority.pem,
 * says what is where, which rules are broken and what had to be changed, then `ready`, and
 * serves until SIGTERM or until its parent is gone.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "contrib/demo/authority.h"
#include "contrib/demo/demo.h"
#include "ground/text.h"

/* What nobody looks at is not found. */
static bool is_left_out(const struct text *changed, const struct system *system,
			const char *rule)
{
	struct text line = { 0 };
	bool found;

	text_add_format(&line, "left-out %s %s ", system->name, rule);
	found = strstr(text_string(changed), text_string(&line));
	text_free(&line);
	return found;
}

static void announce(const struct demo *demo, const struct text *changed)
{
	for (size_t i = 0; i < demo->stand_count; i++) {
		const struct system *system = demo->stands[i].system;

		printf("address %s %s\n", system->name, demo->stands[i].where);
		if (system->story)
			printf("story %s %s\n", system->name, system->story);
		for (const char *const *fault = system->faults; fault && *fault; fault++)
			if (!is_left_out(changed, system, *fault))
				printf("fault %s %s\n", system->name, *fault);
	}
	fputs(text_string(changed), stdout);
	puts("ready");
	fflush(stdout);
}

static void caught(void *arg)
{
	loop_stop(arg);
}

static bool write_files(const struct demo *demo, const char *directory, const char *profiles,
			struct text *changed)
{
	struct text authority = { 0 }, configuration = { 0 };
	bool written = false;

	text_add_format(&authority, "%s/authority.pem", directory);
	text_add_format(&configuration, "%s/ucposture.yaml", directory);
	if (!authority_write(demo->authority, text_string(&authority)))
		fprintf(stderr, "ucdemo: cannot write %s: %s\n", text_string(&authority),
			strerror(errno));
	else
		written = configuration_write(demo, profiles, text_string(&configuration),
					      changed);
	text_free(&authority);
	text_free(&configuration);
	return written;
}

static bool run(struct demo *demo, const char *directory, const char *profiles)
{
	struct text changed = { 0 };
	const char *wrong = demo_settle(demo);
	bool good = !wrong;

	if (wrong)
		fprintf(stderr, "ucdemo: %s\n", wrong);
	else
		good = write_files(demo, directory, profiles, &changed);
	if (good) {
		demo_serve(demo);
		announce(demo, &changed);
		loop_run(demo->loop);
	}
	text_free(&changed);
	return good;
}

int main(int argc, char **argv)
{
	struct demo demo = { .claim = -1 };
	pid_t parent = getppid();
	bool good;

	if (argc != 3) {
		fprintf(stderr, "usage: ucdemo DIRECTORY PROFILES\n");
		return 3;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return 0;
	demo.loop = loop_new();
	demo.authority = authority_new();
	loop_on_signal(demo.loop, SIGTERM, caught, demo.loop);
	loop_on_signal(demo.loop, SIGINT, caught, demo.loop);
	good = run(&demo, argv[1], argv[2]);
	demo_close(&demo);
	authority_free(demo.authority);
	loop_free(demo.loop);
	return good ? 0 : 1;
}
