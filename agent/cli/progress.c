/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "ground/clock.h"

enum { REDRAW_US = 100000, BAR = 20, BAR_FROM_WIDTH = 70 };

void progress_init(struct progress *progress)
{
	*progress = (struct progress){ .wanted = screen_is_terminal(STDERR_FILENO) };
	if (progress->wanted)
		screen_of(STDERR_FILENO, COLOUR_NEVER, &progress->screen);
}

static void draw(const struct text *line)
{
	fputs("\r\x1b[K", stderr);
	fputs(text_string(line), stderr);
	fflush(stderr);
}

void progress_add_line(struct text *out, unsigned width, const struct round_progress *now)
{
	struct text line = { 0 };

	if (width >= BAR_FROM_WIDTH && now->total) {
		size_t full = now->done * BAR / now->total;

		text_add_char(&line, '[');
		for (size_t i = 0; i < BAR; i++)
			text_add_char(&line, i < full ? '#' : '.');
		text_add(&line, "] ");
	}
	text_add_format(&line, "%zu of %zu, %zu left", now->done, now->total,
			now->total - now->done);
	if (now->newest) {
		text_add_format(&line, ": %s ", now->newest->collector->name);
		screen_add_safe(&line, now->newest->subject.text);
		if (*now->newest->host) {
			text_add(&line, " on ");
			screen_add_safe(&line, now->newest->host);
		}
	}
	/* In the last column some terminals would begin another line. */
	const char *rest = text_string(&line);
	text_add_bytes(out, text_string(&line), screen_take_line(&rest, width - 1));
	text_free(&line);
}

void progress_show(void *arg, const struct round_progress *now)
{
	struct progress *progress = arg;
	int64_t now_us = clock_monotonic_us();
	struct text line = { 0 };

	if (!progress->wanted || (progress->drawn && now_us - progress->drawn_us < REDRAW_US))
		return;
	progress_add_line(&line, progress->screen.width, now);
	draw(&line);
	text_free(&line);
	progress->drawn = true;
	progress->drawn_us = now_us;
}

void progress_clear(struct progress *progress)
{
	struct text nothing = { 0 };

	if (progress->drawn)
		draw(&nothing);
	progress->drawn = false;
}
