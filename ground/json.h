/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes JSON into a text. Commas, quotes and escapes are its business; keys are given
 * inside objects and NULL inside arrays. Strings of strangers are safe: invalid UTF-8
 * becomes U+FFFD, control characters are escaped.
 */
#ifndef GROUND_JSON_H
#define GROUND_JSON_H

#include "ground/text.h"

enum { JSON_DEPTH = 16 };

struct json {
	struct text *out;
	unsigned depth;
	bool pretty;		/* one member a line */
	bool filled[JSON_DEPTH];	/* does this level need a comma? */
};

void json_begin(struct json *json, struct text *out, bool pretty);
void json_open_object(struct json *json, const char *key);
void json_close_object(struct json *json);
void json_open_array(struct json *json, const char *key);
void json_close_array(struct json *json);
/* NULL is written as null. */
void json_string(struct json *json, const char *key, const char *string);
void json_integer(struct json *json, const char *key, int64_t number);
/* decimals: digits behind the point. NaN and infinity become null. */
void json_real(struct json *json, const char *key, double number, int decimals);
void json_boolean(struct json *json, const char *key, bool truth);
/* A stamp as clock_format() makes it; 0 is null. */
void json_time(struct json *json, const char *key, int64_t wall_us);
void json_null(struct json *json, const char *key);

#endif
