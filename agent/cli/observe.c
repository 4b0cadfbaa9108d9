/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/cli/cli.h"
#include "agent/cli/observe_text.h"
#include "agent/cli/setup.h"
#include "agent/cli/wanted.h"
#include "agent/ipc/crew.h"
#include "agent/plan/authorities.h"
#include "collectors/starttls/starttls.h"
#include "ground/clock.h"
#include "ground/words.h"
#include "net/address.h"
#include "net/url.h"

enum {
	TIMEOUT_USUAL_MS = 10000,
	PACKETS_PER_SECOND_USUAL = 500,
	FAMILIES = 2
};

struct observe_settings {
	const char *name, *verify_name, *ca_file, *starttls, *snmp_access, *source, *proxy;
	const char *name_servers, *format, *colour;
	struct strings facts;
	uint8_t family;
	uint32_t timeout_ms, packets_per_second;
	unsigned by_address, verbose;
};

/* What is asked, once for each family, and what came of it. */
struct look {
	struct request requests[FAMILIES];
	struct observation *seen[FAMILIES];
	size_t count;
	char subject[SUBJECT_ROOM];
	const struct snmp_access *access;	/* or NULL */
};

#define AT(member) offsetof(struct observe_settings, member)

static const char *const *format_words(void)
{
	static const char *const words[] = { "human", "json", NULL };

	return words;
}

static const struct option options[] = {
	{ "name", 0, false, "NAME", NULL, COMPLETE_NOTHING,
	  "Ask for this name (SNI and the like) instead of the host.",
	  option_set_text, AT(name), NULL },
	{ "by-address", 0, false, NULL, NULL, COMPLETE_NOTHING,
	  "Ask for the numeric address, not for a name.",
	  option_set_count, AT(by_address), NULL },
	{ "verify-name", 0, false, "NAME", NULL, COMPLETE_NOTHING,
	  "The certificate must be for this name or address. Usually the one of --name, or the"
	  " host.", setup_set_name, AT(verify_name), NULL },
	{ "ca-file", 0, false, "PEM", NULL, COMPLETE_FILE,
	  "Certificates may be issued by these authorities too.",
	  setup_set_readable_file, AT(ca_file), NULL },
	{ "facts", 0, true, "FACT[,FACT]", NULL, COMPLETE_FACT,
	  "Only these facts, by their names with or without what stands before the dot. What only"
	  " others need is not asked.", option_set_list, AT(facts), NULL },
	{ "starttls", 0, false, "PROTOCOL", starttls_words, COMPLETE_WORDS,
	  "Begin in the clear with this protocol and ask for TLS.",
	  option_set_text, AT(starttls), NULL },
	SETUP_SNMP_ACCESS(AT(snmp_access)),
	{ "family", 0, false, "4|6", setup_family_words, COMPLETE_WORDS,
	  "Look over this version of IP only.", option_set_family, AT(family), NULL },
	{ "source", 0, false, "ADDRESS", NULL, COMPLETE_NOTHING,
	  "Connect from this address of the machine.", setup_set_source, AT(source), NULL },
	{ "via-proxy", 0, false, "URL", NULL, COMPLETE_NOTHING,
	  "Connect through this HTTP proxy.", setup_set_proxy, AT(proxy), NULL },
	SETUP_NAME_SERVER(AT(name_servers)),
	{ "timeout", 0, false, "TIME", NULL, COMPLETE_NOTHING,
	  "How long it may take, as seconds or 500ms, 10s, 2m. Usually 10s, and for a range of"
	  " ports as long as it needs.",
	  option_set_time, AT(timeout_ms), NULL },
	{ "packets-per-second", 0, false, "N", NULL, COMPLETE_NOTHING,
	  "Send at most so many packets a second, or begin so many connections; 0 is no limit."
	  " Usually 500.", option_set_number, AT(packets_per_second), NULL },
	{ "format", 0, false, "FORMAT", format_words, COMPLETE_WORDS,
	  "How to tell it. Usually human.", option_set_text, AT(format), NULL },
	SETUP_COLOUR(AT(colour)),
	{ "verbose", 'v', false, NULL, NULL, COMPLETE_NOTHING,
	  "Say what each fact means.", option_set_count, AT(verbose), NULL },
	{ 0 }
};

static void add_collectors(const struct screen *screen, struct text *out)
{
	enum { INDENT = 6, NAME_WIDTH = 24, HELP_LEAST = 10 };
	const struct collector *collector;
	const struct fact_descriptor *fact;
	unsigned left = screen->width - INDENT - NAME_WIDTH - 2;

	text_add(out, "\nCollectors, their usual subjects and their facts:\n");
	for (size_t i = 0; (collector = collector_at(i)); i++) {
		text_add_format(out, "\n  %s %s\n      ", collector->name, collector->subject);
		screen_add_wrapped(screen, out, collector->answers, INDENT);
		for (size_t row = 0; (fact = collector_fact_at(collector, row)); row++) {
			const struct cell cells[] = {
				{ fact->name, NAME_WIDTH, STYLE_PLAIN },
				{ fact->help, left > HELP_LEAST ? left : HELP_LEAST, STYLE_PLAIN }
			};

			screen_add_row(screen, out, INDENT, cells, 2);
		}
	}
	text_add(out, "\nExit status: 0 when it was observed, 3 when it failed.\n");
}

static bool is_familyless(const struct collector *collector)
{
	return collector->familyless || collector->looks_inside;
}

/* An option that does nothing is worse than an error. */
static bool fits(const struct observe_settings *settings, const struct collector *collector,
		 struct text *why)
{
	const char *verifying = settings->ca_file     ? "ca-file"
			      : settings->verify_name ? "verify-name"
						      : NULL;

	if (verifying && !collector_tells(collector, "cert."))
		text_add_format(why, "--%s: the collector %s verifies no certificates", verifying,
				collector->name);
	else if (settings->starttls && !collector_takes_starttls(collector))
		text_add_format(why, "--starttls: the collector %s does not use TLS",
				collector->name);
	else if (settings->snmp_access && !collector_tells(collector, "snmp."))
		text_add_format(why, "--snmp-access: the collector %s does not speak SNMP",
				collector->name);
	else if (settings->proxy && collector->looks_itself)
		text_add_format(why, "--via-proxy: the collector %s looks at the way itself",
				collector->name);
	else if (settings->name && !collector_asks_by_name(collector))
		text_add_format(why, "--name: the collector %s speaks to nobody by name",
				collector->name);
	else if (settings->by_address && !collector_asks_by_name(collector))
		text_add_format(why, "--by-address: the collector %s speaks to nobody by name",
				collector->name);
	else if (settings->by_address && settings->name)
		text_add(why, "--by-address and --name exclude each other");
	else if (is_familyless(collector) &&
		 (settings->proxy || settings->source || settings->family))
		text_add_format(why, "--%s: the collector %s connects to nobody",
				settings->proxy    ? "via-proxy"
				: settings->source ? "source"
						   : "family",
				collector->name);
	return !why->length;
}

static bool takes_no_host(const struct collector *collector, const struct subject *subject)
{
	return collector->looks_inside || subject->kind & (SUBJECT_URL | SUBJECT_NAME);
}

static const char *host_of(struct arena *arena, const struct subject *subject)
{
	struct url url;
	const char *why;

	return url_parse(subject->text, &url, &why) ? arena_copy(arena, url.host) : "";
}

/* Whatever the subject: a host of its own is never wanted. */
static bool says_where(const struct collector *collector)
{
	return collector->looks_inside ||
	       !(collector->kinds & (SUBJECT_TCP | SUBJECT_UDP | SUBJECT_TLS | SUBJECT_PATH));
}

/* The words after the collector: a subject, a host, or both. */
static const char *read_place(const struct invocation *invocation,
			      const struct collector *collector, struct look *look,
			      struct subject *subject, struct text *why)
{
	const char *const *words = invocation->operands + 1;
	const char *wrong = NULL;
	size_t count = invocation->count - 1;
	/* Here there is no target that could have a name. */
	unsigned kinds = collector->kinds & ~(unsigned)SUBJECT_OWN_NAME;
	bool is_subject = count && subject_parse(words[0], kinds, look->subject, subject, &wrong);

	if (!count && collector->looks_inside) {
		subject_parse(collector->subject, collector->kinds, look->subject, subject, &wrong);
		return "";
	}
	if (is_subject && takes_no_host(collector, subject)) {
		if (count == 1)
			return collector->looks_inside ? "" : host_of(invocation->arena, subject);
		text_add_format(why, "the subject says where to look: no host follows it");
		return NULL;
	}
	if (is_subject && count == 2)
		return setup_host(invocation->arena, words[1], why);
	if (!count || is_subject) {
		text_add_format(why, "a %s is missing, as in 'ucposture observe %s %s%s'",
				says_where(collector) ? "subject" : "host", collector->name,
				is_subject ? words[0] : collector->subject,
				says_where(collector) ? "" : " pbx.example");
		return NULL;
	}
	if (count == 2 || says_where(collector) || strchr(words[0], '/')) {
		text_add_char(why, '\'');
		text_add_foreign(why, words[0], strlen(words[0]), 80);
		text_add_format(why, "' is not a subject for %s: %s", collector->name,
				wrong ? wrong : "");
		return NULL;
	}
	subject_parse(collector->subject, collector->kinds, look->subject, subject, &wrong);
	return setup_host(invocation->arena, words[0], why);
}

static const struct collector *read_collector(const struct invocation *invocation,
					      struct text *why)
{
	const char *word = invocation->count ? invocation->operands[0] : NULL;
	const struct collector *collector = word ? collector_named(word) : NULL;

	if (!word) {
		text_add(why, "which collector? 'ucposture observe --help' lists them");
	} else if (!collector) {
		const char *nearest = words_nearest(word, collector_names());

		text_add(why, "unknown collector '");
		text_add_foreign(why, word, strlen(word), 80);
		text_add_char(why, '\'');
		if (nearest)
			text_add_format(why, " (did you mean '%s'?)", nearest);
	}
	return collector;
}

/* NULL as well when none were named; then `why` stays empty. */
static const char *read_authorities(const struct invocation *invocation, struct text *why)
{
	const struct observe_settings *settings = invocation->settings;
	struct text wrong = { 0 };
	const char *authorities = NULL;

	if (settings->ca_file)
		authorities = authorities_load(invocation->arena, settings->ca_file, &wrong);
	if (settings->ca_file && !authorities)
		text_add_format(why, "--ca-file: '%s': %s", settings->ca_file, text_string(&wrong));
	text_free(&wrong);
	return authorities;
}

/* Over both versions of IP, unless one is given or they make no difference; the host of a URL
 * is for the proxy to find. */
static void spread(struct look *look, const struct request *request)
{
	bool once = request->family || is_familyless(request->collector) ||
		    (request->subject.kind == SUBJECT_URL && request->proxy &&
		     !request->by_address);

	look->count = once ? 1 : FAMILIES;
	for (size_t i = 0; i < look->count; i++) {
		look->requests[i] = *request;
		if (!once)
			look->requests[i].family = i ? 6 : 4;
	}
}

static bool prepare(const struct invocation *invocation, struct look *look,
		    struct text *why)
{
	const struct observe_settings *settings = invocation->settings;
	const struct collector *collector = read_collector(invocation, why);
	struct request request = { 0 };
	struct address literal;

	if (!collector)
		return false;
	request.host = read_place(invocation, collector, look, &request.subject, why);
	if (!request.host || !fits(settings, collector, why) ||
	    !wanted_read(&settings->facts, collector, &request.wanted, why))
		return false;
	request.authorities = read_authorities(invocation, why);
	if (why->length)
		return false;
	request.snmp = look->access;
	request.collector = collector;
	request.name = settings->name;
	request.by_address = settings->by_address;
	request.verify_name = settings->verify_name;
	request.starttls = settings->starttls;
	request.source = settings->source;
	request.proxy = settings->proxy;
	request.packets_per_second = invocation_has(invocation, "packets-per-second")
					     ? settings->packets_per_second
					     : PACKETS_PER_SECOND_USUAL;
	request.timeout_ms = TIMEOUT_USUAL_MS;
	request.timeout_ms = settings->timeout_ms ? settings->timeout_ms
						  : collector_timeout_ms(&request);
	request.family = settings->family;
	if (!request.family && address_parse(request.host, &literal))
		request.family = literal.family;
	spread(look, &request);
	return true;
}

static void take_seen(void *arg, struct observation *observation)
{
	/* `arg` is the place in look->seen. */
	*(struct observation **)arg = observation;
}

static void caught(void *arg)
{
	*(bool *)arg = true;
}

static bool is_done(const struct look *look)
{
	for (size_t i = 0; i < look->count; i++)
		if (!look->seen[i])
			return false;
	return true;
}

static void run_look(struct look *look, const char *name_servers)
{
	struct prober_settings settings = { 0 };
	struct loop *loop = loop_new();
	bool stop = false;

	if (name_servers)
		snprintf(settings.name_servers, sizeof settings.name_servers, "%s", name_servers);
	struct crew *crew = crew_new(loop, 1, &settings);
	loop_on_signal(loop, SIGINT, caught, &stop);
	loop_on_signal(loop, SIGTERM, caught, &stop);
	for (size_t i = 0; i < look->count; i++)
		crew_observe(crew, 0, &look->requests[i], take_seen, &look->seen[i]);
	while (!is_done(look) && !stop)
		loop_turn(loop, CLOCK_SECOND);
	crew_forget(crew);
	for (size_t i = 0; i < look->count; i++) {
		if (look->seen[i])
			continue;
		look->seen[i] = observation_new();
		look->seen[i]->started_wall_us = clock_wall_us();
		look->seen[i]->outcome =
			(struct outcome){ .stage = STAGE_PROBER, .reason = REASON_CANCELLED };
	}
	for (size_t i = 0; i < look->count; i++)
		wanted_keep(&look->requests[i], look->seen[i]->facts);
	crew_free(crew);
	loop_free(loop);
}

static void add_json(const struct look *look, struct text *out)
{
	struct json json;

	json_begin(&json, out, true);
	if (look->count > 1)
		json_open_array(&json, NULL);
	for (size_t i = 0; i < look->count; i++)
		observation_to_json(look->seen[i], &look->requests[i], &json, NULL);
	if (look->count > 1)
		json_close_array(&json);
	text_add_char(out, '\n');
}

static void add_human(const struct look *look, const struct observe_settings *settings,
		      struct text *out)
{
	struct screen screen;

	screen_of(STDOUT_FILENO, setup_colour(settings->colour), &screen);
	for (size_t i = 0; i < look->count; i++)
		observe_add_text(&screen, &look->requests[i], look->seen[i], settings->verbose,
				 out);
}

/* A name without an address of one family is no failure while the other was observed. */
static bool was_observed(const struct look *look)
{
	bool any = false;

	for (size_t i = 0; i < look->count; i++) {
		enum reason reason = look->seen[i]->outcome.reason;

		if (reason == REASON_NONE)
			any = true;
		else if (reason != REASON_NO_ADDRESS)
			return false;
	}
	return any;
}

static int run(const struct invocation *invocation)
{
	const struct observe_settings *settings = invocation->settings;
	struct look look = { 0 };
	struct text text = { 0 };
	int code = EXIT_UNKNOWN;

	if (!setup_read_snmp_access(invocation->arena, settings->snmp_access, &look.access))
		return EXIT_UNKNOWN;
	if (!prepare(invocation, &look, &text)) {
		cli_fail(invocation->command, "%s", text_string(&text));
		text_free(&text);
		return EXIT_UNKNOWN;
	}
	run_look(&look, settings->name_servers);
	if (settings->format && !strcmp(settings->format, "json"))
		add_json(&look, &text);
	else
		add_human(&look, settings, &text);
	if (cli_print(&text) && was_observed(&look))
		code = EXIT_OK;
	for (size_t i = 0; i < look.count; i++)
		observation_free(look.seen[i]);
	text_free(&text);
	return code;
}

const struct command *observe_command(void)
{
	static const struct command command = {
		.name = "observe",
		.usage = "COLLECTOR [SUBJECT] [HOST] [OPTION...]",
		.summary = "Say what is there, without judging it.",
		.about = "Looks at one subject of one host and prints the facts. A name that may"
			 " have addresses of both families is looked at over both. Without a"
			 " SUBJECT the collector's usual one is taken.",
		.options = options,
		.settings_size = sizeof(struct observe_settings),
		.most_operands = 3,
		.operands = COMPLETE_COLLECTOR,
		.more_help = add_collectors,
		.run = run
	};

	return &command;
}
