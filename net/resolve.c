/* SPDX-License-Identifier: Apache-2.0 */
#include "net/resolve.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/dns.h"
#include "net/hosts.h"

enum { BUCKETS = 256, ENTRIES_MOST = 4096, NAME_ROOM = 254 };
enum { TTL_MOST_SECONDS = 3600, TTL_OF_FAILURE_SECONDS = 5 };

/* What is known of a name, or being found out. */
struct entry {
	struct entry *next; /* in its bucket */
	struct resolver *resolver;
	char *name; /* as it was asked for, in lower case */
	bool asking;
	size_t candidate; /* the one being asked for */
	struct dns_answers answers;
	int64_t expires_us;
	struct lookup *waiting;
};

struct lookup {
	struct lookup *next, **link; /* in entry->waiting, then in resolver->answered */
	struct resolver *resolver;
	int family;
	struct timer timer; /* carries the answer out of whoever brought it */
	struct resolution resolution;
	void (*done)(void *arg, const struct resolution *resolution);
	void *arg;
};

struct resolver {
	struct loop *loop;
	struct dns *dns;
	struct hosts *hosts;
	struct entry *buckets[BUCKETS];
	size_t entries;
	struct lookup *answered;
};

static void lookup_link(struct lookup *lookup, struct lookup **list)
{
	lookup->next = *list;
	lookup->link = list;
	if (*list)
		(*list)->link = &lookup->next;
	*list = lookup;
}

static void lookup_unlink(struct lookup *lookup)
{
	*lookup->link = lookup->next;
	if (lookup->next)
		lookup->next->link = lookup->link;
}

void lookup_cancel(struct lookup *lookup)
{
	if (!lookup)
		return;
	lookup_unlink(lookup);
	timer_stop(&lookup->timer);
	free(lookup);
}

static void entry_free(struct entry *entry)
{
	while (entry->waiting)
		lookup_cancel(entry->waiting);
	free(entry->name);
	free(entry);
}

struct resolver *resolver_new(struct loop *loop, const struct resolver_settings *settings)
{
	struct resolver *resolver = memory_new(1, sizeof *resolver);

	resolver->loop = loop;
	resolver->hosts =
		hosts_read(settings->hosts_file ? settings->hosts_file : "/etc/hosts");
	resolver->dns = dns_new(loop, settings);
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	dns_free(resolver->dns);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct entry *entry = resolver->buckets[i], *next; entry; entry = next) {
			next = entry->next;
			entry_free(entry);
		}
	}
	while (resolver->answered)
		lookup_cancel(resolver->answered);
	hosts_free(resolver->hosts);
	free(resolver);
}

size_t resolver_servers(const struct resolver *resolver, struct address *servers, size_t most)
{
	return dns_servers(resolver->dns, servers, most);
}

/* Lower case and no empty or overlong name; a last dot stays, as it says "absolute". */
static bool name_normalise(const char *host, char name[static NAME_ROOM])
{
	size_t length = strlen(host);

	if (!length || length >= NAME_ROOM || !strcmp(host, "."))
		return false;
	for (size_t i = 0; i <= length; i++)
		name[i] = (char)tolower((unsigned char)host[i]);
	return true;
}

static bool name_is_local(const char *name)
{
	static const char local[] = "localhost";
	size_t length = strlen(name), width = sizeof local - 1;

	if (length && name[length - 1] == '.')
		length--;
	return length >= width && !memcmp(name + length - width, local, width) &&
	       (length == width || name[length - width - 1] == '.');
}

static void answer_one(struct resolution *resolution, const struct address *address)
{
	*resolution = (struct resolution){
		.count = 1,
		.ttl_seconds = TTL_MOST_SECONDS,
		.addresses[0] = *address,
	};
}

static void answer_nothing(struct resolution *resolution, enum reason reason)
{
	*resolution = (struct resolution){
		.reason = reason,
		.ttl_seconds = TTL_OF_FAILURE_SECONDS,
	};
}

static bool answer_from_hosts(const struct resolver *resolver, const char *name, int family,
			      struct resolution *resolution)
{
	char plain[NAME_ROOM];
	struct address ignored;
	size_t others;

	snprintf(plain, sizeof plain, "%s", name);
	if (plain[strlen(plain) - 1] == '.')
		plain[strlen(plain) - 1] = '\0';
	*resolution = (struct resolution){ .ttl_seconds = TTL_MOST_SECONDS };
	if (!hosts_find(resolver->hosts, plain, (uint8_t)family, resolution->addresses,
			RESOLUTION_MOST, &resolution->count))
		return false;
	hosts_find(resolver->hosts, plain, family == 6 ? 4 : 6, &ignored, 1, &others);
	if (!resolution->count)
		resolution->reason = others ? REASON_NO_ADDRESS : REASON_NO_ADDRESS_AT_ALL;
	return true;
}

/* RFC 8020: that a name does not exist is true for every kind of record. */
static enum reason reason_of_answers(enum dns_status wanted, enum dns_status other)
{
	switch (wanted) {
	case DNS_FOUND:
		return REASON_NONE;
	case DNS_FAILED:
		return REASON_NAME_SERVER_FAILED;
	case DNS_SILENT:
		return REASON_TIMED_OUT;
	case DNS_EMPTY:
		return other == DNS_EMPTY || other == DNS_NO_NAME ? REASON_NO_ADDRESS_AT_ALL
								  : REASON_NO_ADDRESS;
	case DNS_NO_NAME:
	default:
		if (other == DNS_FOUND)
			return REASON_NO_ADDRESS;
		return other == DNS_EMPTY ? REASON_NO_ADDRESS_AT_ALL : REASON_NAME_NOT_FOUND;
	}
}

static void
answer_from_entry(const struct entry *entry, int family, struct resolution *resolution)
{
	const struct dns_answers *answers = &entry->answers;
	const struct dns_answer *wanted = family == 6 ? &answers->six : &answers->four;
	const struct dns_answer *other = family == 6 ? &answers->four : &answers->six;
	int64_t left_us = entry->expires_us - clock_monotonic_us();

	*resolution = (struct resolution){
		.reason = reason_of_answers(wanted->status, other->status),
		.count = wanted->count,
		.ttl_seconds = left_us > 0
				       ? (uint32_t)((left_us + CLOCK_SECOND - 1) / CLOCK_SECOND)
				       : 0,
	};
	memcpy(resolution->addresses, wanted->addresses, sizeof resolution->addresses);
}

static struct entry **entry_place(struct resolver *resolver, const char *name)
{
	uint32_t hash = 2166136261u;
	struct entry **place;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	place = &resolver->buckets[(hash ^ hash >> 16) % BUCKETS];
	while (*place && strcmp((*place)->name, name) != 0)
		place = &(*place)->next;
	return place;
}

/* Answers without asking anybody. False: the name, in lower case, must be asked for. */
static bool answer_from_memory(struct resolver *resolver, const char *host, int family,
			       char name[static NAME_ROOM], struct resolution *resolution)
{
	struct address address;
	struct entry *entry;

	if (address_parse(host, &address)) {
		answer_one(resolution, &address);
		if (address.family != family)
			answer_nothing(resolution, REASON_NO_ADDRESS);
		return true;
	}
	if (!name_normalise(host, name)) {
		answer_nothing(resolution, REASON_NAME_NOT_FOUND);
		return true;
	}
	if (name_is_local(name)) {
		address_parse(family == 6 ? "::1" : "127.0.0.1", &address);
		answer_one(resolution, &address);
		return true;
	}
	if (answer_from_hosts(resolver, name, family, resolution))
		return true;
	entry = *entry_place(resolver, name);
	if (!entry || entry->asking || entry->expires_us <= clock_monotonic_us())
		return false;
	answer_from_entry(entry, family, resolution);
	return true;
}

bool resolver_knows(struct resolver *resolver, const char *host, int family,
		    struct resolution *resolution)
{
	char name[NAME_ROOM];

	return answer_from_memory(resolver, host, family, name, resolution);
}

static void lookup_ends(void *arg)
{
	struct lookup *lookup = arg;

	lookup_unlink(lookup);
	lookup->done(lookup->arg, &lookup->resolution);
	free(lookup);
}

static void lookup_is_answered(struct lookup *lookup)
{
	lookup_link(lookup, &lookup->resolver->answered);
	timer_start(&lookup->timer, lookup->resolver->loop, clock_monotonic_us(), lookup_ends,
		    lookup);
}

static uint32_t seconds_to_keep(const struct dns_answers *answers)
{
	const struct dns_answer *both[] = { &answers->four, &answers->six };
	uint32_t seconds = TTL_MOST_SECONDS;
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		if (both[i]->status == DNS_FAILED || both[i]->status == DNS_SILENT)
			return TTL_OF_FAILURE_SECONDS;
		if (both[i]->status != DNS_FOUND)
			continue;
		found = true;
		if (both[i]->ttl_seconds < seconds)
			seconds = both[i]->ttl_seconds;
	}
	return found ? seconds : TTL_OF_FAILURE_SECONDS;
}

static void entry_is_settled(struct entry *entry)
{
	entry->asking = false;
	entry->expires_us =
		clock_monotonic_us() + seconds_to_keep(&entry->answers) * CLOCK_SECOND;
	while (entry->waiting) {
		struct lookup *lookup = entry->waiting;

		lookup_unlink(lookup);
		answer_from_entry(entry, lookup->family, &lookup->resolution);
		lookup_is_answered(lookup);
	}
}

static int count_dots(const char *name)
{
	int dots = 0;

	for (; *name; name++)
		dots += *name == '.';
	return dots;
}

/* The n-th name to try, as resolv.conf has it; false behind the last. "" when it would be
 * too long to be one. */
static bool entry_candidate(const struct entry *entry, size_t n, char name[static NAME_ROOM])
{
	const struct dns *dns = entry->resolver->dns;
	size_t length = strlen(entry->name);
	bool absolute = entry->name[length - 1] == '.';
	bool plain_first = absolute || count_dots(entry->name) >= dns_dots(dns);
	size_t plain = plain_first ? 0 : dns_search_domains(dns);
	const char *domain = NULL;
	int written;

	if (n != plain) {
		domain = absolute ? NULL : dns_search_domain(dns, n > plain ? n - 1 : n);
		if (!domain)
			return false;
	}
	written = snprintf(name, NAME_ROOM, "%.*s%s%s", (int)(length - absolute), entry->name,
			   domain ? "." : "", domain ? domain : "");
	if (written >= NAME_ROOM)
		*name = '\0';
	return true;
}

static void entry_is_answered(void *arg, const struct dns_answers *answers);

static void entry_ask_next(struct entry *entry)
{
	char name[NAME_ROOM];

	while (entry_candidate(entry, entry->candidate++, name)) {
		if (*name) {
			dns_ask(entry->resolver->dns, name, entry_is_answered, entry);
			return;
		}
	}
	entry_is_settled(entry);
}

static void keep_weightier(struct dns_answer *kept, const struct dns_answer *came)
{
	if (came->status > kept->status)
		*kept = *came;
}

static void entry_is_answered(void *arg, const struct dns_answers *answers)
{
	struct entry *entry = arg;

	/* Both families of one host, never one of each of two. */
	if (answers->four.status == DNS_FOUND || answers->six.status == DNS_FOUND) {
		entry->answers = *answers;
		entry_is_settled(entry);
		return;
	}
	keep_weightier(&entry->answers.four, &answers->four);
	keep_weightier(&entry->answers.six, &answers->six);
	entry_ask_next(entry);
}

/* Those that have expired, or, when that does not help, all that nobody waits for. */
static void resolver_forget(struct resolver *resolver, int64_t before_us)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct entry **place = &resolver->buckets[i]; *place;) {
			struct entry *entry = *place;

			if (entry->asking || entry->expires_us > before_us) {
				place = &entry->next;
				continue;
			}
			*place = entry->next;
			entry_free(entry);
			resolver->entries--;
		}
	}
}

static struct entry *entry_new(struct resolver *resolver, const char *name)
{
	struct entry *entry, **place;

	if (resolver->entries >= ENTRIES_MOST)
		resolver_forget(resolver, clock_monotonic_us());
	if (resolver->entries >= ENTRIES_MOST)
		resolver_forget(resolver, INT64_MAX);
	place = entry_place(resolver, name);
	entry = memory_new(1, sizeof *entry);
	entry->resolver = resolver;
	entry->name = memory_copy(name);
	*place = entry;
	resolver->entries++;
	return entry;
}

struct lookup *
resolver_lookup(struct resolver *resolver, const char *host, int family,
		void (*done)(void *arg, const struct resolution *resolution), void *arg)
{
	struct lookup *lookup = memory_new(1, sizeof *lookup);
	char name[NAME_ROOM];
	struct entry *entry;

	lookup->resolver = resolver;
	lookup->family = family;
	lookup->done = done;
	lookup->arg = arg;
	if (answer_from_memory(resolver, host, family, name, &lookup->resolution)) {
		lookup_is_answered(lookup);
		return lookup;
	}
	entry = *entry_place(resolver, name);
	if (!entry)
		entry = entry_new(resolver, name);
	lookup_link(lookup, &entry->waiting);
	if (!entry->asking) {
		entry->asking = true;
		entry->candidate = 0;
		entry->answers = (struct dns_answers){ 0 };
		entry_ask_next(entry);
	}
	return lookup;
}
