/* SPDX-License-Identifier: Apache-2.0
 *
 * The two clocks. Everything that waits uses the monotonic one; wall time is for people
 * and for certificates.
 */
#ifndef GROUND_CLOCK_H
#define GROUND_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_MILLISECOND INT64_C(1000)

enum { CLOCK_STAMP_ROOM = 32 };

int64_t clock_monotonic_us(void);
int64_t clock_wall_us(void);

/* 2026-11-21T08:15:30Z, in UTC. */
void clock_format(int64_t wall_us, char stamp[static CLOCK_STAMP_ROOM]);
/* A date (2027-06-30: the end of that day in UTC) or a stamp as above. */
bool clock_parse(const char *string, int64_t *wall_us);
/* 30s, 5m, 24h, 30d, 2w, 1500ms; false when it is not a duration. */
bool clock_parse_duration(const char *string, int64_t *us);

#endif
