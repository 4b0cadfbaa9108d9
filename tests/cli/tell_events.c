/* SPDX-License-Identifier: Apache-2.0
 *
 * tell_events json COUNT: so many hostile events as lines of JSON.
 * tell_events journal|syslog SOCKET COUNT: the same told to who listens there; - for the usual
 * place. For tests that have them read by programs that know the format.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "agent/daemon/sinks.h"
#include "tests/unit/sink_events.h"

/* A receiver that is busy gets a minute for all of them. */
enum { TRIES_MOST = 6000, PAUSE_MS = 10 };

static void print_event(const struct event *event)
{
	struct text out = { 0 };
	struct json json;

	json_begin(&json, &out, false);
	event_to_json(event, &json, NULL);
	puts(text_string(&out));
	text_free(&out);
}

static void keep_answer(void *arg, bool acknowledged)
{
	*(bool *)arg = acknowledged;
}

static bool tell_event(const struct voice *voice, const struct event *event, unsigned *tries)
{
	bool taken = false;

	while (!taken && (*tries)++ < TRIES_MOST) {
		voice->tell(voice->arg, event, keep_answer, &taken);
		if (!taken)
			poll(NULL, 0, PAUSE_MS);
	}
	return taken;
}

static int tell_all(struct loop *loop, const struct sink_setting *setting, unsigned count)
{
	struct voice voice = sink_open(loop, setting);
	unsigned told = 0, tries = 0;

	while (told < count) {
		struct event event = hostile_event(told + 1);

		if (!tell_event(&voice, &event, &tries))
			break;
		told++;
		tries = 0;
	}
	voice.close(voice.arg);
	return told < count;
}

int main(int argc, char **argv)
{
	struct sink_setting setting = { .name = "it", .kind = SINK_SYSLOG };
	struct loop *loop;
	int code;

	if (argc == 3 && !strcmp(argv[1], "json")) {
		for (unsigned i = 1; i <= strtoul(argv[2], NULL, 10); i++) {
			struct event event = hostile_event(i);

			print_event(&event);
		}
		return 0;
	}
	if (argc != 4)
		return 2;
	if (!strcmp(argv[1], "journal"))
		setting.kind = SINK_JOURNAL;
	if (strcmp(argv[2], "-") != 0)
		setting.socket = argv[2];
	loop = loop_new();
	code = tell_all(loop, &setting, (unsigned)strtoul(argv[3], NULL, 10));
	loop_free(loop);
	return code;
}
