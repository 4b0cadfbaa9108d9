/* SPDX-License-Identifier: Apache-2.0 */
#include "ground/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t clock_read(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * CLOCK_SECOND + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

int64_t clock_wall_us(void)
{
	return clock_read(CLOCK_REALTIME);
}

void clock_format(int64_t wall_us, char stamp[static CLOCK_STAMP_ROOM])
{
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND);
	struct tm day;

	if (!gmtime_r(&seconds, &day) || day.tm_year > 9999 - 1900 || day.tm_year < -1900 ||
	    !strftime(stamp, CLOCK_STAMP_ROOM, "%Y-%m-%dT%H:%M:%SZ", &day))
		snprintf(stamp, CLOCK_STAMP_ROOM, "%s", "out of range");
}

bool clock_parse(const char *string, int64_t *wall_us)
{
	struct tm day = { 0 }, back;
	const char *end = strptime(string, "%Y-%m-%d", &day);
	bool whole_day = end && !*end;
	time_t seconds;

	if (!whole_day) {
		day = (struct tm){ 0 };
		end = strptime(string, "%Y-%m-%dT%H:%M:%SZ", &day);
		if (!end || *end)
			return false;
	}
	/* timegm() turns 31 February into March: a date that moved was none. */
	back = day;
	seconds = timegm(&back);
	if (back.tm_mday != day.tm_mday || back.tm_mon != day.tm_mon)
		return false;
	*wall_us = (int64_t)seconds * CLOCK_SECOND;
	if (whole_day)
		*wall_us += 24 * 3600 * CLOCK_SECOND - 1;
	return true;
}

bool clock_parse_duration(const char *string, int64_t *us)
{
	static const struct {
		const char *unit;
		int64_t us;
	} units[] = {
		{ "ms", CLOCK_MILLISECOND },	  { "s", CLOCK_SECOND },
		{ "m", 60 * CLOCK_SECOND },	  { "h", 3600 * CLOCK_SECOND },
		{ "d", 24 * 3600 * CLOCK_SECOND }, { "w", 7 * 24 * 3600 * CLOCK_SECOND },
	};
	char *end;
	long long number;

	if (!isdigit((unsigned char)string[0]) || strspn(string, "0123456789") > 9)
		return false;
	number = strtoll(string, &end, 10);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!strcmp(end, units[i].unit) && number <= INT64_MAX / units[i].us) {
			*us = number * units[i].us;
			return true;
		}
	}
	return false;
}
