/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer to a question of ours, through Net-SNMP's parser: the first byte selects the
 * question. REQI and MSGI in the answer become the identifiers of that question, so that it
 * comes further than to "nobody asked". A walk must go forwards and stay below its root, and
 * nobody may be called twice.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/bytes.h"
#include "net/snmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ANSWER_MOST = 60000, TURNS = 6 };

static const struct snmp_name root = { 3, { 1, 3, 6 } };

struct fuzzed {
	struct loop *loop;
	int agent;
	struct route route;
	struct snmp_talk *talk;
	struct snmp_name last;
	bool walks;
	unsigned done;
};

static void check_value(void *arg, const struct snmp_value *value)
{
	struct fuzzed *fuzzed = arg;
	volatile uint8_t last;

	if (value->length)
		last = value->bytes[value->length - 1];
	(void)last;
	if (!fuzzed->walks)
		return;
	if (!snmp_name_is_below(&value->name, &root) ||
	    snmp_name_compare(&value->name, &fuzzed->last) <= 0)
		abort();
	fuzzed->last = value->name;
}

static void note_done(void *arg, const struct snmp_end *end)
{
	struct fuzzed *fuzzed = arg;

	(void)end;
	if (fuzzed->done++)
		abort();
}

static void set_up(struct fuzzed *fuzzed)
{
	struct sockaddr_storage name;
	socklen_t length;

	snmp_prepare();
	fuzzed->loop = loop_new();
	address_parse("127.0.0.1", &fuzzed->route.peer);
	fuzzed->agent = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	length = address_to_socket(&fuzzed->route.peer, &name);
	if (bind(fuzzed->agent, (struct sockaddr *)&name, length))
		abort();
	length = sizeof name;
	getsockname(fuzzed->agent, (struct sockaddr *)&name, &length);
	address_from_socket(&name, &fuzzed->route.peer);
}

/* The four bytes behind the first INTEGER of that length after `from`. */
static const uint8_t *identifier(const uint8_t *question, size_t length, size_t from)
{
	for (size_t i = from; i + 6 <= length; i++)
		if (question[i] == 2 && question[i + 1] == 4)
			return question + i + 2;
	return NULL;
}

static void replace(uint8_t *answer, size_t length, const char *mark, const uint8_t *by)
{
	for (size_t i = 0; by && i + 4 <= length; i++)
		if (!memcmp(answer + i, mark, 4))
			memcpy(answer + i, by, 4);
}

/* False: nothing was asked. */
static bool answer(struct fuzzed *fuzzed, const uint8_t *data, size_t size)
{
	uint8_t question[4096], said[ANSWER_MOST];
	struct sockaddr_storage name;
	socklen_t length = sizeof name;
	ssize_t got = recvfrom(fuzzed->agent, question, sizeof question, 0,
			       (struct sockaddr *)&name, &length);
	const uint8_t *first, *second;

	if (got < 0)
		return false;
	memcpy(said, data, size);
	first = identifier(question, (size_t)got, 0);
	second = first ? identifier(question, (size_t)got, (size_t)(first - question) + 4) : NULL;
	replace(said, size, "MSGI", first);
	replace(said, size, "REQI", second ? second : first);
	sendto(fuzzed->agent, said, size, 0, (struct sockaddr *)&name, length);
	return true;
}

static void exchange(struct fuzzed *fuzzed, const uint8_t *data, size_t size)
{
	for (int turn = 0; turn < TURNS && !fuzzed->done; turn++) {
		loop_turn(fuzzed->loop, 0);
		answer(fuzzed, data, size);
	}
	loop_turn(fuzzed->loop, 0);
}

static void ask_as_user(struct fuzzed *fuzzed, const struct snmp_hearer *hearer,
			const uint8_t *data, size_t size)
{
	const struct snmp_access nobody = { .version = 3, .user = "plain" };

	fuzzed->done = 0;
	if (!snmp_talk_become(fuzzed->talk, &nobody))
		return;
	snmp_talk_get(fuzzed->talk, &root, 1, hearer);
	exchange(fuzzed, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzzed fuzzed;
	const struct snmp_hearer hearer = { check_value, note_done, &fuzzed };
	const struct snmp_walk walk = { &root, 1000, 100000 };
	struct snmp_plan plan = { .route = &fuzzed.route, .community = "public" };
	enum reason reason;

	if (size < 2 || size > ANSWER_MOST)
		return 0;
	if (!fuzzed.loop)
		set_up(&fuzzed);
	fuzzed.done = 0;
	fuzzed.last = root;
	fuzzed.walks = data[0] % 4 < 2;
	plan.version = data[0] % 4 == 3 ? 3 : data[0] % 4 == 0 ? 1 : 2;
	plan.deadline_us = clock_monotonic_us() + 60 * CLOCK_SECOND;
	fuzzed.talk = snmp_talk_new(fuzzed.loop, &plan, &reason);
	if (!fuzzed.talk)
		abort();
	if (plan.version == 3)
		snmp_talk_discover(fuzzed.talk, &hearer);
	else if (fuzzed.walks)
		snmp_talk_walk(fuzzed.talk, &walk, &hearer);
	else
		snmp_talk_get(fuzzed.talk, &root, 1, &hearer);
	exchange(&fuzzed, data + 1, size - 1);
	if (plan.version == 3 && fuzzed.done && snmp_talk_engine(fuzzed.talk)->length)
		ask_as_user(&fuzzed, &hearer, data + 1, size - 1);
	snmp_talk_free(fuzzed.talk);
	return 0;
}
