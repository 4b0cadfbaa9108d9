/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/fake_resolver.h"

#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/memory.h"

static unsigned cancelled;

struct resolver {
	struct loop *loop;
};

struct lookup {
	struct timer timer;
	int family;
	void (*done)(void *arg, const struct resolution *resolution);
	void *arg;
};

struct resolver *resolver_new(struct loop *loop, const struct resolver_settings *settings)
{
	struct resolver *resolver = memory_new(1, sizeof *resolver);

	(void)settings;
	resolver->loop = loop;
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	free(resolver);
}

unsigned fake_cancelled(void)
{
	return cancelled;
}

bool resolver_knows(struct resolver *resolver, const char *host, int family,
		    struct resolution *resolution)
{
	(void)resolver;
	*resolution = (struct resolution){ .reason = REASON_NONE, .count = 1 };
	if (!strcmp(host, "late.example") || !strcmp(host, "never.example"))
		return false;
	if (address_parse(host, &resolution->addresses[0]))
		return true;
	if (!strcmp(host, "six.example") && family == 6)
		return address_parse("2001:db8::6", &resolution->addresses[0]);
	resolution->reason = strcmp(host, "six.example") ? REASON_NAME_NOT_FOUND :
							   REASON_NO_ADDRESS;
	resolution->count = 0;
	return true;
}

static void lookup_is_done(void *arg)
{
	struct resolution resolution = { .reason = REASON_NONE, .count = 1 };
	struct lookup *lookup = arg;

	address_parse("127.0.0.9", &resolution.addresses[0]);
	lookup->done(lookup->arg, &resolution);
	free(lookup);
}

struct lookup *resolver_lookup(struct resolver *resolver, const char *host, int family,
			       void (*done)(void *arg, const struct resolution *resolution),
			       void *arg)
{
	struct lookup *lookup = memory_new(1, sizeof *lookup);

	lookup->family = family;
	lookup->done = done;
	lookup->arg = arg;
	if (!strcmp(host, "late.example"))
		timer_start(&lookup->timer, resolver->loop,
			    clock_monotonic_us() + 5 * CLOCK_MILLISECOND, lookup_is_done, lookup);
	return lookup;
}

void lookup_cancel(struct lookup *lookup)
{
	cancelled++;
	timer_stop(&lookup->timer);
	free(lookup);
}
