/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/feeding.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "agent/daemon/feeding_news.h"
#include "agent/daemon/feeding_rows.h"
#include "agent/ipc/channel.h"
#include "agent/ipc/spawn.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

/* One that does not read, or does not begin, for so long is ended. */
#define DEAF_US (60 * CLOCK_SECOND)
/* So long it may take for telling one event: receivers are asked more than once. */
#define TELLING_US (180 * CLOCK_SECOND)
/* Another one is started after this, doubled each time, unless it has lived for long. */
#define PATIENCE_LEAST_US CLOCK_SECOND
#define PATIENCE_MOST_US (30 * CLOCK_SECOND)
#define LONG_LIFE_US (60 * CLOCK_SECOND)

/* More is said when all of this was taken: so much is in our memory, at most. */
enum { AHEAD_BYTES = 256 << 10 };

/* One gone mad shall not fill the disk. */
enum { LINES_PER_SECOND = 10 };

/* A state that is waited out, from when it was first seen. */
struct patience {
	bool runs;
	int64_t since_us;
};

/* The voice of one sink, and what it is telling. */
struct speech {
	struct speech *next;
	struct feeding *feeding;
	char *name;
	uint32_t sink;
	uint64_t asked;			/* the number of the event; 0: none */
	struct patience patience;
	void (*done)(void *done_arg, bool acknowledged);
	void *done_arg;
};

struct feeding {
	struct house *house;
	char *word;
	uint8_t *settings;
	size_t settings_length;
	struct news *news;
	struct speech *speeches;
	struct timer wake;

	pid_t pid;			/* 0: there is none */
	struct channel *channel;	/* NULL: the same */
	bool ready, good;
	struct text said;
	unsigned lines;			/* logged since */
	int64_t lines_since_us;
	int64_t started_us;
	uint64_t taken;			/* of what we said, when that was looked at last */
	struct patience deaf;
	/* Between one and the next. */
	bool has_died;			/* and nobody has said yet when the next one is due */
	int64_t start_us;
	int64_t pause_us;		/* the newest */
	unsigned restarts;
};

/* --- telling ------------------------------------------------------------------------------- */

static void speech_answer(struct speech *speech, bool acknowledged)
{
	if (!speech->asked)
		return;
	speech->asked = 0;
	speech->done(speech->done_arg, acknowledged);
}

static void tell(void *arg, const struct event *event,
		 void (*done)(void *done_arg, bool acknowledged), void *done_arg)
{
	struct speech *speech = arg;
	struct feeding *feeding = speech->feeding;
	struct feed_event fed;

	if (!feeding->ready) {
		done(done_arg, false);
		return;
	}
	speech->asked = event->number;
	speech->done = done;
	speech->done_arg = done_arg;
	speech->patience.runs = false;
	fed = feeding_event(event);
	feed_put_tell(channel_out(feeding->channel), speech->sink, &fed);
}

static void close_speech(void *arg)
{
	struct speech *speech = arg, **place = &speech->feeding->speeches;

	while (*place != speech)
		place = &(*place)->next;
	*place = speech->next;
	free(speech->name);
	free(speech);
}

struct voice feeding_voice(struct feeding *feeding, uint32_t sink, const char *name)
{
	struct speech *speech = memory_new(1, sizeof *speech);

	speech->feeding = feeding;
	speech->sink = sink;
	speech->name = memory_copy(name);
	speech->next = feeding->speeches;
	feeding->speeches = speech;
	return (struct voice){ .name = speech->name, .arg = speech, .tell = tell,
			       .close = close_speech };
}

/* One that nobody waits for any more has closed its sink meanwhile. */
static bool has_told(struct feeding *feeding, struct reader *body)
{
	struct speech *speech = feeding->speeches;
	bool acknowledged;
	uint64_t number;
	uint32_t sink;

	if (!feeding->ready || !feed_take_told(body, &sink, &number, &acknowledged))
		return false;
	while (speech && (speech->sink != sink || speech->asked != number))
		speech = speech->next;
	if (speech)
		speech_answer(speech, acknowledged);
	return true;
}

/* --- the process --------------------------------------------------------------------------- */

static int bury(struct feeding *feeding)
{
	int status = 0;

	if (feeding->pid) {
		kill(feeding->pid, SIGKILL);
		while (waitpid(feeding->pid, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	feeding->pid = 0;
	channel_free(feeding->channel);
	feeding->channel = NULL;
	feeding->ready = feeding->good = false;
	text_clear(&feeding->said);
	return status;
}

/* What it had yet to tell is told again by the next one. */
static void answer_all(struct feeding *feeding)
{
	for (struct speech *speech = feeding->speeches, *next; speech; speech = next) {
		next = speech->next;
		speech_answer(speech, false);
	}
}

static void has_closed(void *arg, const char *why)
{
	struct feeding *feeding = arg;
	int status = bury(feeding);
	bool killed = WIFSIGNALED(status);

	log_warn(feeding->word, "%s, %s %d; another one is started", why,
		 killed ? "ended by signal" : "ended with",
		 killed ? WTERMSIG(status) : WEXITSTATUS(status));
	feeding->has_died = true;
	answer_all(feeding);
}

static bool is_ready(struct feeding *feeding, struct reader *body)
{
	struct fence_report report;

	if (feeding->ready || !feed_take_ready(body, &report))
		return false;
	feeding->ready = feeding->good = true;
	log_info(feeding->word, "ready: no new privileges %u, system calls filtered %u,"
				" Landlock level %u, user %u",
		 report.no_new_privileges, report.seccomp, report.landlock, report.user);
	return true;
}

static bool may_log(struct feeding *feeding)
{
	int64_t now_us = loop_now_us(feeding->house->loop);

	if (now_us - feeding->lines_since_us > CLOCK_SECOND) {
		feeding->lines_since_us = now_us;
		feeding->lines = 0;
	}
	return feeding->lines++ < LINES_PER_SECOND;
}

static bool has_state(struct feeding *feeding, struct reader *body)
{
	struct text said = { 0 };
	bool good;

	if (!feeding->ready || !feed_take_state(body, &good, &said))
		return false;
	if (may_log(feeding))
		log_relay(good ? LOG_LEVEL_INFO : LOG_LEVEL_WARN, feeding->word,
			  text_string(&said));
	text_free(&feeding->said);
	feeding->said = said;
	feeding->good = good;
	return true;
}

static bool face_says(void *arg, uint8_t kind, struct reader *body)
{
	switch (kind) {
	case FEED_READY:
		return is_ready(arg, body);
	case FEED_TOLD:
		return has_told(arg, body);
	case FEED_STATE:
		return has_state(arg, body);
	default:
		return false;
	}
}

static void start(struct feeding *feeding, struct moment now)
{
	const struct channel_user user = {
		.message = face_says,
		.closed = has_closed,
		.arg = feeding,
	};
	int fd = spawn_process(NULL, feeding->word, &feeding->pid);

	feeding->started_us = now.monotonic_us;
	feeding->deaf.runs = false;
	if (fd < 0) {
		feeding->pid = 0;
		has_closed(feeding, strerror(errno));
		return;
	}
	feeding->channel = channel_new(feeding->house->loop, fd, &user);
	feed_put_settings(channel_out(feeding->channel), feeding->settings,
			  feeding->settings_length);
	news_begin(feeding->news);
}

static void plan_restart(struct feeding *feeding, struct moment now)
{
	bool lived = now.monotonic_us - feeding->started_us >= LONG_LIFE_US;

	feeding->has_died = false;
	feeding->pause_us = lived || !feeding->pause_us ? PATIENCE_LEAST_US
							: 2 * feeding->pause_us;
	if (feeding->pause_us > PATIENCE_MOST_US)
		feeding->pause_us = PATIENCE_MOST_US;
	feeding->start_us = now.monotonic_us + feeding->pause_us;
	feeding->restarts++;
}

/* --- who does not listen ------------------------------------------------------------------- */

static void note(struct patience *patience, bool holds, struct moment now)
{
	if (holds && !patience->runs)
		patience->since_us = now.monotonic_us;
	patience->runs = holds;
}

static int64_t ends_us(const struct patience *patience, int64_t most_us)
{
	return patience->runs ? patience->since_us + most_us : INT64_MAX;
}

static int64_t earlier(int64_t a_us, int64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

/* It takes nothing of what there is for it. */
static void watch_reading(struct feeding *feeding, struct moment now)
{
	uint64_t taken = channel_taken(feeding->channel);

	if (taken != feeding->taken)
		feeding->deaf.runs = false;
	feeding->taken = taken;
	note(&feeding->deaf, channel_waiting(feeding->channel) > 0, now);
}

/* When it will have been deaf for too long. */
static int64_t watch(struct feeding *feeding, struct moment now)
{
	int64_t at_us = feeding->ready ? INT64_MAX : feeding->started_us + DEAF_US;

	watch_reading(feeding, now);
	at_us = earlier(at_us, ends_us(&feeding->deaf, DEAF_US));
	for (struct speech *speech = feeding->speeches; speech; speech = speech->next) {
		note(&speech->patience, speech->asked, now);
		at_us = earlier(at_us, ends_us(&speech->patience, TELLING_US));
	}
	return at_us;
}

/* --- a turn -------------------------------------------------------------------------------- */

static void say_news(struct feeding *feeding, struct moment now)
{
	if (!channel_waiting(feeding->channel) &&
	    news_due_us(feeding->news, now) <= now.monotonic_us)
		news_tell(feeding->news, channel_out(feeding->channel), AHEAD_BYTES, now);
}

/* The end of the loop's wait is all there is to it. */
static void wake(void *arg)
{
	(void)arg;
}

static void wake_at(struct feeding *feeding, int64_t at_us)
{
	if (at_us != INT64_MAX)
		timer_start(&feeding->wake, feeding->house->loop, at_us, wake, feeding);
	else
		timer_stop(&feeding->wake);
}

void feeding_turn(struct feeding *feeding, struct moment now)
{
	int64_t deaf_us, news_us;

	if (feeding->channel && watch(feeding, now) <= now.monotonic_us)
		has_closed(feeding, "it does not listen any more");
	if (feeding->has_died)
		plan_restart(feeding, now);
	if (!feeding->channel && feeding->start_us <= now.monotonic_us)
		start(feeding, now);
	if (feeding->has_died)
		plan_restart(feeding, now);
	if (!feeding->channel) {
		wake_at(feeding, feeding->start_us);
		return;
	}
	say_news(feeding, now);
	deaf_us = watch(feeding, now);
	/* Until all was taken the socket wakes us. */
	news_us = channel_waiting(feeding->channel) ? INT64_MAX
						    : news_due_us(feeding->news, now);
	wake_at(feeding, earlier(deaf_us, news_us));
}

/* --- all of it ----------------------------------------------------------------------------- */

static void keep_settings(struct feeding *feeding, const void *settings, size_t length)
{
	free(feeding->settings);
	feeding->settings = (uint8_t *)memory_copy_span(settings, length);
	feeding->settings_length = length;
}

struct feeding *feeding_new(struct house *house, const char *word, const void *settings,
			    size_t length)
{
	struct feeding *feeding = memory_new(1, sizeof *feeding);

	feeding->house = house;
	feeding->word = memory_copy(word);
	feeding->news = news_new(house);
	feeding->start_us = INT64_MIN;
	keep_settings(feeding, settings, length);
	return feeding;
}

void feeding_free(struct feeding *feeding)
{
	if (!feeding)
		return;
	bury(feeding);
	timer_stop(&feeding->wake);
	while (feeding->speeches)
		close_speech(feeding->speeches);
	news_free(feeding->news);
	text_free(&feeding->said);
	free(feeding->settings);
	free(feeding->word);
	free(feeding);
}

void feeding_set(struct feeding *feeding, const void *settings, size_t length)
{
	if (length == feeding->settings_length && !memcmp(settings, feeding->settings, length))
		return;
	keep_settings(feeding, settings, length);
	bury(feeding);
	feeding->start_us = INT64_MIN;
	feeding->has_died = false;
	feeding->pause_us = 0;
	answer_all(feeding);
}

void feeding_note_check(struct feeding *feeding, uint32_t check)
{
	news_note_check(feeding->news, check);
}

void feeding_note_plan(struct feeding *feeding)
{
	news_note_plan(feeding->news);
}

struct feeding_state feeding_state(const struct feeding *feeding)
{
	return (struct feeding_state){
		.alive = feeding->ready,
		.good = feeding->good,
		.said = text_string(&feeding->said),
		.restarts = feeding->restarts,
		.pid = feeding->pid,
	};
}
