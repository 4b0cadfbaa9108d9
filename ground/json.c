/* SPDX-License-Identifier: Apache-2.0 */
#include "ground/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ground/clock.h"

void json_begin(struct json *json, struct text *out, bool pretty)
{
	*json = (struct json){ .out = out, .pretty = pretty };
}

static void json_new_line(struct json *json)
{
	text_add_char(json->out, '\n');
	for (unsigned i = 0; i < json->depth; i++)
		text_add(json->out, "  ");
}

static void json_quote(struct json *json, const char *string)
{
	struct text *out = json->out;
	size_t length = strlen(string);

	text_add_char(out, '"');
	for (size_t at = 0, width; at < length; at += width) {
		uint32_t code = 0xfffd;

		if (!utf8_character(string + at, length - at, &width, &code)) {
			width = 1;
			text_add(out, "\xef\xbf\xbd");
		} else if (code == '"' || code == '\\') {
			text_add_format(out, "\\%c", (char)code);
		} else if (utf8_disturbs(code)) {
			text_add_format(out, "\\u%04x", code);
		} else {
			text_add_bytes(out, string + at, width);
		}
	}
	text_add_char(out, '"');
}

/* Whatever stands between the previous member and the value of this one. */
static void json_before(struct json *json, const char *key)
{
	if (json->depth) {
		if (json->filled[json->depth - 1])
			text_add_char(json->out, ',');
		json->filled[json->depth - 1] = true;
		if (json->pretty)
			json_new_line(json);
	}
	if (key) {
		json_quote(json, key);
		text_add(json->out, json->pretty ? ": " : ":");
	}
}

static void json_open(struct json *json, const char *key, char bracket)
{
	json_before(json, key);
	text_add_char(json->out, bracket);
	assert(json->depth < JSON_DEPTH);
	json->filled[json->depth++] = false;
}

static void json_close(struct json *json, char bracket)
{
	bool filled;

	assert(json->depth > 0);
	filled = json->filled[--json->depth];
	if (json->pretty && filled)
		json_new_line(json);
	text_add_char(json->out, bracket);
}

void json_open_object(struct json *json, const char *key)
{
	json_open(json, key, '{');
}

void json_close_object(struct json *json)
{
	json_close(json, '}');
}

void json_open_array(struct json *json, const char *key)
{
	json_open(json, key, '[');
}

void json_close_array(struct json *json)
{
	json_close(json, ']');
}

void json_string(struct json *json, const char *key, const char *string)
{
	if (!string) {
		json_null(json, key);
		return;
	}
	json_before(json, key);
	json_quote(json, string);
}

void json_integer(struct json *json, const char *key, int64_t number)
{
	json_before(json, key);
	text_add_format(json->out, "%" PRId64, number);
}

void json_real(struct json *json, const char *key, double number, int decimals)
{
	if (!isfinite(number)) {
		json_null(json, key);
		return;
	}
	json_before(json, key);
	text_add_format(json->out, "%.*f", decimals, number);
}

void json_boolean(struct json *json, const char *key, bool truth)
{
	json_before(json, key);
	text_add(json->out, truth ? "true" : "false");
}

void json_time(struct json *json, const char *key, int64_t wall_us)
{
	char stamp[CLOCK_STAMP_ROOM];

	clock_format(wall_us, stamp);
	json_string(json, key, wall_us ? stamp : NULL);
}

void json_null(struct json *json, const char *key)
{
	json_before(json, key);
	text_add(json->out, "null");
}
