/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/dns_facts.h"

#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/memory.h"

enum {
	ROW_A,
	ROW_AAAA,
	ROW_RCODE,
	ROW_CNAME,
	ROW_TTL,
	ROW_TRUNCATED,
	ROW_AGREEMENT,
	ROW_SILENT,
	ROW_AUTHENTICATED,
	ROW_ANSWERS,
	ROW_SECONDS
};

enum {
	COLUMN_SERVER,
	COLUMN_RCODE,
	COLUMN_A,
	COLUMN_AAAA,
	COLUMN_SECONDS,
	COLUMN_REASON
};

enum { PORT_USUAL = 53 };

static const char *const rcode_words[] = {
	[DNS_RCODE_NOERROR] = "noerror",
	[DNS_RCODE_FORMERR] = "formerr",
	[DNS_RCODE_SERVFAIL] = "servfail",
	[DNS_RCODE_NXDOMAIN] = "nxdomain",
	[DNS_RCODE_NOTIMP] = "notimp",
	[DNS_RCODE_REFUSED] = "refused",
	[DNS_RCODE_OTHER] = "other",
	NULL
};

static const struct fact_descriptor columns[] = {
	[COLUMN_SERVER] = {
		.name = "server", .type = FACT_TEXT,
		.help = "Its address, with the port unless that is 53."
	},
	[COLUMN_RCODE] = {
		.name = "server_rcode", .type = FACT_TEXT, .words = rcode_words,
		.help = "How it answered; absent when it did not."
	},
	[COLUMN_A] = {
		.name = "server_a", .type = FACT_TEXTS, .help = "The IPv4 addresses it said."
	},
	[COLUMN_AAAA] = {
		.name = "server_aaaa", .type = FACT_TEXTS, .help = "The IPv6 addresses it said."
	},
	[COLUMN_SECONDS] = {
		.name = "server_seconds", .type = FACT_REAL, .unit = "seconds",
		.lasting = FACT_FLEETS,
		.help = "How long the slower of its answers took."
	},
	[COLUMN_REASON] = {
		.name = "server_reason", .type = FACT_TEXT,
		.help = "Why a question to it had no answer; absent when all had one."
	},
	{ .name = NULL }
};

const struct fact_descriptor dns_fact_table[] = {
	[ROW_A] = {
		.name = "dns.a", .type = FACT_TEXTS,
		.help = "The IPv4 addresses of the name, of all servers that answered; absent when"
			" it has none."
	},
	[ROW_AAAA] = {
		.name = "dns.aaaa", .type = FACT_TEXTS,
		.help = "The IPv6 addresses of the name, of all servers that answered; absent when"
			" it has none."
	},
	[ROW_RCODE] = {
		.name = "dns.rcode", .type = FACT_TEXT, .words = rcode_words,
		.help = "How the first server that answered did so; of its two answers the first"
			" that is not noerror."
	},
	[ROW_CNAME] = {
		.name = "dns.cname", .type = FACT_TEXTS,
		.help = "What the name is an alias of, name by name, as the first server that"
			" knows said."
	},
	[ROW_TTL] = {
		.name = "dns.ttl", .type = FACT_INTEGER, .unit = "seconds",
		.lasting = FACT_FLEETS,
		.help = "How long this may be believed: the smallest time to live on the way."
	},
	[ROW_TRUNCATED] = {
		.name = "dns.truncated", .type = FACT_BOOLEAN,
		.help = "Whether an answer was too long for UDP, so that it took TCP."
	},
	[ROW_AGREEMENT] = {
		.name = "dns.agreement", .type = FACT_BOOLEAN,
		.help = "Whether all servers that answered said the same; absent when fewer than"
			" two did."
	},
	[ROW_SILENT] = {
		.name = "dns.silent", .type = FACT_TEXTS,
		.help = "The servers that left a question without an answer that can be read;"
			" absent when there are none."
	},
	[ROW_AUTHENTICATED] = {
		.name = "dns.authenticated", .type = FACT_BOOLEAN,
		.help = "Whether all answers are marked as verified by the server (DNSSEC)."
	},
	[ROW_ANSWERS] = {
		.name = "dns.answers", .type = FACT_RECORDS, .columns = columns,
		.help = "What each server said."
	},
	[ROW_SECONDS] = {
		.name = "dns.seconds", .type = FACT_REAL, .unit = "seconds",
		.metric = "dns_duration_seconds",
		.lasting = FACT_FLEETS,
		.help = "How long the slowest of the answers took."
	},
	{ .name = NULL }
};

static const struct fact_descriptor *about(size_t row)
{
	return &dns_fact_table[row];
}

bool dns_kind_is_wanted(enum dns_kind kind, uint64_t wanted)
{
	uint64_t other = UINT64_C(1) << (kind == DNS_KIND_A ? ROW_AAAA : ROW_A);
	uint64_t of_any = UINT64_C(1) << ROW_SECONDS;

	return !(wanted & other) || wanted & ~(other | of_any);
}

static bool has_answered(const struct dns_said *said)
{
	return said->asked && said->outcome.reason == REASON_NONE;
}

static bool has_failed(const struct dns_said *said)
{
	return said->asked && said->outcome.reason != REASON_NONE;
}

static bool answered_any(const struct dns_witness *witness)
{
	return has_answered(&witness->said[DNS_KIND_A]) ||
	       has_answered(&witness->said[DNS_KIND_AAAA]);
}

static bool answered_all(const struct dns_witness *witness)
{
	return !has_failed(&witness->said[DNS_KIND_A]) &&
	       !has_failed(&witness->said[DNS_KIND_AAAA]);
}

/* Addresses as texts, each once, sorted. */
struct list {
	struct arena *arena;
	const char **texts;
	size_t count;
};

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(struct list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->texts, list->count, sizeof *list->texts, compare_texts);
	for (size_t i = 0; i < list->count; i++)
		if (!kept || strcmp(list->texts[kept - 1], list->texts[i]) != 0)
			list->texts[kept++] = list->texts[i];
	list->count = kept;
}

static struct list make_list(const struct dns_witness *witnesses, size_t count,
			     enum dns_kind kind)
{
	struct list list = { .arena = arena_new() };
	char string[ADDRESS_ROOM];
	size_t room = 0;

	for (size_t i = 0; i < count; i++)
		room += witnesses[i].said[kind].reply.count;
	list.texts = arena_take(list.arena, room * sizeof *list.texts);
	for (size_t i = 0; i < count; i++) {
		const struct dns_reply *reply = &witnesses[i].said[kind].reply;

		for (size_t j = 0; j < reply->count; j++) {
			address_format(&reply->addresses[j], string);
			list.texts[list.count++] = arena_copy(list.arena, string);
		}
	}
	sort(&list);
	return list;
}

static bool same_list(const struct list *a, const struct list *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = !strcmp(a->texts[i], b->texts[i]);
	return same;
}

static void set_addresses(struct facts *facts, const struct fact_descriptor *row,
			  const struct dns_witness *witnesses, size_t count,
			  enum dns_kind kind)
{
	struct list list = make_list(witnesses, count, kind);

	if (list.count)
		facts_set_texts(facts, row, list.texts, list.count);
	arena_free(list.arena);
}

static enum dns_rcode rcode_of(const struct dns_witness *witness)
{
	enum dns_rcode rcode = DNS_RCODE_NOERROR;

	for (enum dns_kind kind = DNS_KIND_A; kind < DNS_KINDS; kind++)
		if (has_answered(&witness->said[kind]) && rcode == DNS_RCODE_NOERROR)
			rcode = witness->said[kind].reply.rcode;
	return rcode;
}

static double seconds_of(const struct dns_witness *witness)
{
	int64_t most_us = 0;

	for (enum dns_kind kind = DNS_KIND_A; kind < DNS_KINDS; kind++)
		if (has_answered(&witness->said[kind]) && witness->said[kind].took_us > most_us)
			most_us = witness->said[kind].took_us;
	return (double)most_us / CLOCK_SECOND;
}

/* As it is written in the configuration. */
static void format_server(const struct dns_witness *witness, char string[static ADDRESS_ROOM])
{
	if (witness->server.port == PORT_USUAL)
		address_format(&witness->server, string);
	else
		address_format_with_port(&witness->server, string);
}

static void tell_answer(struct facts *facts, const struct dns_witness *witness)
{
	struct facts *record = facts_add_record(facts, about(ROW_ANSWERS));
	char server[ADDRESS_ROOM];

	format_server(witness, server);
	facts_set_text(record, &columns[COLUMN_SERVER], server);
	if (answered_any(witness)) {
		facts_set_text(record, &columns[COLUMN_RCODE], rcode_words[rcode_of(witness)]);
		facts_set_real(record, &columns[COLUMN_SECONDS], seconds_of(witness));
	}
	set_addresses(record, &columns[COLUMN_A], witness, 1, DNS_KIND_A);
	set_addresses(record, &columns[COLUMN_AAAA], witness, 1, DNS_KIND_AAAA);
	for (enum dns_kind kind = DNS_KINDS; kind-- > DNS_KIND_A;)
		if (has_failed(&witness->said[kind]))
			facts_set_text(record, &columns[COLUMN_REASON],
				       reason_word(witness->said[kind].outcome.reason));
}

static void tell_silent(struct facts *facts, const struct dns_witness *witnesses, size_t count)
{
	char (*strings)[ADDRESS_ROOM] = memory_new(count, sizeof *strings);
	const char **silent = memory_new(count, sizeof *silent);
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		if (answered_all(&witnesses[i]))
			continue;
		format_server(&witnesses[i], strings[found]);
		silent[found] = strings[found];
		found++;
	}
	if (found)
		facts_set_texts(facts, about(ROW_SILENT), silent, found);
	free(silent);
	free(strings);
}

static bool said_the_same(const struct dns_witness *a, const struct dns_witness *b)
{
	bool same = true;

	for (enum dns_kind kind = DNS_KIND_A; same && kind < DNS_KINDS; kind++) {
		struct list of_a = make_list(a, 1, kind), of_b = make_list(b, 1, kind);

		same = a->said[kind].reply.rcode == b->said[kind].reply.rcode &&
		       same_list(&of_a, &of_b);
		arena_free(of_a.arena);
		arena_free(of_b.arena);
	}
	return same;
}

static void
tell_agreement(struct facts *facts, const struct dns_witness *witnesses, size_t count)
{
	const struct dns_witness *first = NULL;
	size_t answered = 0;
	bool same = true;

	for (size_t i = 0; i < count; i++) {
		if (!answered_all(&witnesses[i]))
			continue;
		if (!first)
			first = &witnesses[i];
		same = same && said_the_same(first, &witnesses[i]);
		answered++;
	}
	if (answered > 1)
		facts_set_boolean(facts, about(ROW_AGREEMENT), same);
}

static void tell_aliases(struct facts *facts, const struct dns_reply *reply)
{
	struct text names[DNS_ALIASES_MOST] = { 0 };
	const char *texts[DNS_ALIASES_MOST];

	for (size_t i = 0; i < reply->alias_count; i++) {
		dns_name_describe(&reply->aliases[i], &names[i]);
		texts[i] = text_string(&names[i]);
	}
	if (reply->alias_count)
		facts_set_texts(facts, about(ROW_CNAME), texts, reply->alias_count);
	for (size_t i = 0; i < reply->alias_count; i++)
		text_free(&names[i]);
}

/* What the first that can tell it says. */
static void tell_first(struct facts *facts, const struct dns_witness *witnesses, size_t count)
{
	for (size_t i = count; i-- > 0;)
		if (answered_any(&witnesses[i]))
			facts_set_text(facts, about(ROW_RCODE),
				       rcode_words[rcode_of(&witnesses[i])]);
	for (size_t i = count * DNS_KINDS; i-- > 0;)
		tell_aliases(facts, &witnesses[i / DNS_KINDS].said[i % DNS_KINDS].reply);
}

/* What is true of every answer, or of one of them. */
static void tell_all(struct facts *facts, const struct dns_witness *witnesses, size_t count)
{
	bool authenticated = true, too_long = false, has_ttl = false;
	uint32_t ttl_seconds = UINT32_MAX;
	double seconds = 0;

	for (size_t i = 0; i < count * DNS_KINDS; i++) {
		const struct dns_witness *witness = &witnesses[i / DNS_KINDS];
		const struct dns_said *said = &witness->said[i % DNS_KINDS];

		too_long |= said->too_long;
		if (!has_answered(said))
			continue;
		authenticated &= said->reply.authenticated;
		has_ttl |= said->reply.has_ttl;
		if (said->reply.has_ttl && said->reply.ttl_seconds < ttl_seconds)
			ttl_seconds = said->reply.ttl_seconds;
		if (seconds_of(witness) > seconds)
			seconds = seconds_of(witness);
	}
	if (has_ttl)
		facts_set_integer(facts, about(ROW_TTL), ttl_seconds);
	facts_set_boolean(facts, about(ROW_TRUNCATED), too_long);
	facts_set_boolean(facts, about(ROW_AUTHENTICATED), authenticated);
	facts_set_real(facts, about(ROW_SECONDS), seconds);
}

void dns_tell(struct facts *facts, const struct dns_witness *witnesses, size_t count)
{
	bool answered = false;

	for (size_t i = 0; i < count; i++)
		answered |= answered_any(&witnesses[i]);
	if (answered) {
		set_addresses(facts, about(ROW_A), witnesses, count, DNS_KIND_A);
		set_addresses(facts, about(ROW_AAAA), witnesses, count, DNS_KIND_AAAA);
		tell_first(facts, witnesses, count);
		tell_all(facts, witnesses, count);
		tell_agreement(facts, witnesses, count);
	}
	tell_silent(facts, witnesses, count);
	for (size_t i = 0; i < count; i++)
		tell_answer(facts, &witnesses[i]);
}

static struct outcome outcome_of(const struct dns_witness *witnesses, size_t count,
				 enum dns_kind kind)
{
	for (size_t i = 0; i < count; i++)
		if (!has_failed(&witnesses[i].said[kind]))
			return (struct outcome){ .reason = REASON_NONE };
	return witnesses->said[kind].outcome;
}

struct outcome dns_outcome(const struct dns_witness *witnesses, size_t count)
{
	struct outcome outcome = outcome_of(witnesses, count, DNS_KIND_A);

	return outcome.reason == REASON_NONE ? outcome_of(witnesses, count, DNS_KIND_AAAA)
					     : outcome;
}
