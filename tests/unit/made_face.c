/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/made_face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/ipc/channel.h"
#include "agent/ipc/prober.h"
#include "agent/mirror/mirror.h"

struct face {
	struct channel *engine;
	struct mirror *mirror;
	char manners[32];
	unsigned parts, heard[FEED_END - FEED_SETTINGS];	/* in this part */
};

static bool behaves(const struct face *face, const char *manners)
{
	return !strcmp(face->manners, manners);
}

/* At once: a deaf one has no turn of its loop left for it. */
static void say_ready(void)
{
	const struct fence_report report = { 1, 2, 3, 4 };
	uint8_t room[64];
	struct writer out;

	writer_init(&out, room, sizeof room);
	feed_put_ready(&out, &report);
	if (write(PROBER_SOCKET, room, out.length) != (ssize_t)out.length)
		_exit(EXIT_FAILURE);
}

static void begin_face(struct face *face, struct reader *body)
{
	size_t length = reader_left(body);

	snprintf(face->manners, sizeof face->manners, "%.*s", (int)length,
		 (const char *)reader_take(body, length));
	if (!behaves(face, "mute"))
		say_ready();
}

static unsigned heard(const struct face *face, enum feed_kind kind)
{
	return face->heard[kind - FEED_SETTINGS];
}

static void say_what_is_there(struct face *face)
{
	const struct mirror *mirror = face->mirror;
	char text[FEED_STATE_MOST];

	snprintf(text, sizeof text,
		 "part %u heard %u+%u+%u+%u+%u has %zu/%zu/%zu critical %u down %u seen %u",
		 ++face->parts, heard(face, FEED_RULE), heard(face, FEED_TARGET),
		 heard(face, FEED_SIGHT), heard(face, FEED_CHECK), heard(face, FEED_EVENT),
		 mirror->target_count, mirror->check_count, mirror->event_count,
		 mirror->counts[VERDICT_CRITICAL],
		 mirror->target_count ? mirror->targets[0].fed.down : 0,
		 mirror->check_count ? mirror->checks[0].sight != NULL : 0);
	feed_put_state(channel_out(face->engine), true, text);
	memset(face->heard, 0, sizeof face->heard);
	if (behaves(face, "lying"))
		writer_put(channel_out(face->engine), "\xff\xff\xff\xff\xff", 5);
	if (behaves(face, "babbling"))
		feed_put_mark(channel_out(face->engine), FEED_RESET);
}

static bool tell_somebody(struct face *face, struct reader *body)
{
	struct feed_event event;
	uint32_t sink;

	if (behaves(face, "dying"))
		_exit(3);
	if (!feed_take_tell(body, &sink, &event))
		return false;
	if (!behaves(face, "forgetful"))
		feed_put_told(channel_out(face->engine), sink, event.event.number,
			      !behaves(face, "refusing"));
	feed_free(event.event.target_name);
	return true;
}

static bool face_hears(void *arg, uint8_t kind, struct reader *body)
{
	struct face *face = arg;

	if (kind >= FEED_SETTINGS && kind < FEED_END)
		face->heard[kind - FEED_SETTINGS]++;
	if (kind == FEED_SETTINGS) {
		begin_face(face, body);
		return true;
	}
	while (behaves(face, "deaf"))
		pause();
	if (kind == FEED_TELL)
		return tell_somebody(face, body);
	if (!mirror_hear(face->mirror, (enum feed_kind)kind, body))
		return false;
	if (kind == FEED_SETTLED) {
		mirror_settle(face->mirror);
		say_what_is_there(face);
	}
	return true;
}

static _Noreturn void hang_up(void *arg, const char *why)
{
	(void)arg;
	_exit(strcmp(why, "closed") ? EXIT_FAILURE : EXIT_SUCCESS);
}

static _Noreturn void face_main(void)
{
	struct face face = { .mirror = mirror_new(100) };
	const struct channel_user user = { face_hears, hang_up, &face };
	struct loop *loop = loop_new();

	face.engine = channel_new(loop, PROBER_SOCKET, &user);
	loop_run(loop);
	_exit(EXIT_SUCCESS);
}

void made_face_begin(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], MADE_FACE))
		face_main();
}
