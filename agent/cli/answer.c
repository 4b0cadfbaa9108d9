/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/answer.h"

#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/json.h"
#include "ground/text.h"

struct reading {
	struct arena *arena;
	const char *at, *end;
};

static void skip_blanks(struct reading *in)
{
	while (in->at < in->end && strchr(" \t\r\n", *in->at))
		in->at++;
}

static bool take(struct reading *in, char wanted)
{
	skip_blanks(in);
	if (in->at == in->end || *in->at != wanted)
		return false;
	in->at++;
	return true;
}

static bool take_word(struct reading *in, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0)
		return false;
	in->at += length;
	return true;
}

static bool take_unit(struct reading *in, uint32_t *unit)
{
	*unit = 0;
	if (in->end - in->at < 4)
		return false;
	for (size_t i = 0; i < 4; i++, in->at++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = *in->at ? strchr(digits, *in->at | 0x20) : NULL;

		if (!digit)
			return false;
		*unit = *unit << 4 | (uint32_t)(digit - digits);
	}
	return true;
}

static size_t put_utf8(char *out, uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3f));
	out[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* Behind a backslash; what it stands for goes to `out`, whose length is returned; 0: wrong.
 * The agent escapes nothing beyond the first plane, and never a NUL. */
static size_t take_escape(struct reading *in, char *out)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	uint32_t unit;

	if (in->at == in->end || !*in->at)
		return 0;
	if (*in->at == 'u') {
		in->at++;
		if (!take_unit(in, &unit) || !unit || (unit & 0xf800) == 0xd800)
			return 0;
		return put_utf8(out, unit);
	}
	letter = strchr(letters, *in->at++);
	if (letter)
		*out = meant[letter - letters];
	return letter ? 1 : 0;
}

/* Behind the first quote. */
static const char *take_text(struct reading *in)
{
	const char *quote = memchr(in->at, '"', (size_t)(in->end - in->at));
	char *text, *out;

	/* The quote that ends it may be a later one. */
	while (quote && quote[-1] == '\\') {
		const char *slash = quote - 1;

		while (slash > in->at && slash[-1] == '\\')
			slash--;
		if ((quote - slash) % 2 == 0)
			break;
		quote = memchr(quote + 1, '"', (size_t)(in->end - quote - 1));
	}
	if (!quote)
		return NULL;
	/* No escape is shorter than what it stands for. */
	out = text = arena_take(in->arena, (size_t)(quote - in->at) + 1);
	while (in->at < quote) {
		if (*in->at == '\\') {
			size_t length;

			in->at++;
			length = take_escape(in, out);
			if (!length)
				return NULL;
			out += length;
		} else if ((unsigned char)*in->at < 0x20) {
			return NULL;
		} else {
			*out++ = *in->at++;
		}
	}
	*out = '\0';
	in->at = quote + 1;
	return text;
}

static bool take_number(struct reading *in, double *number)
{
	char digits[40], *end;
	size_t length = 0;

	while (length < sizeof digits - 1 && in->at + length < in->end && in->at[length] &&
	       strchr("+-.0123456789eE", in->at[length]))
		length++;
	if (!length)
		return false;
	memcpy(digits, in->at, length);
	digits[length] = '\0';
	in->at += length;
	*number = strtod(digits, &end);
	return !*end;
}

static bool take_value(struct reading *in, struct value *value, unsigned depth);

static bool take_items(struct reading *in, struct value *value, unsigned depth, char end)
{
	struct value **last = &value->first;
	bool is_map = value->kind == VALUE_MAP;

	value->first = NULL;
	value->count = 0;
	if (take(in, end))
		return true;
	do {
		struct value *item = arena_take(in->arena, sizeof *item);

		*item = (struct value){ 0 };
		if (is_map && (!take(in, '"') || !(item->key = take_text(in)) || !take(in, ':')))
			return false;
		if (!take_value(in, item, depth + 1))
			return false;
		*last = item;
		last = &item->next;
		value->count++;
	} while (take(in, ','));
	return take(in, end);
}

static bool take_value(struct reading *in, struct value *value, unsigned depth)
{
	skip_blanks(in);
	if (in->at == in->end || depth > JSON_DEPTH)
		return false;
	switch (*in->at) {
	case '{':
	case '[':
		value->kind = *in->at == '{' ? VALUE_MAP : VALUE_LIST;
		in->at++;
		return take_items(in, value, depth, value->kind == VALUE_MAP ? '}' : ']');
	case '"':
		in->at++;
		value->kind = VALUE_TEXT;
		value->text = take_text(in);
		return value->text;
	case 't':
	case 'f':
		value->kind = VALUE_TRUTH;
		value->truth = *in->at == 't';
		return take_word(in, value->truth ? "true" : "false");
	case 'n':
		value->kind = VALUE_NULL;
		return take_word(in, "null");
	default:
		value->kind = VALUE_NUMBER;
		return take_number(in, &value->number);
	}
}

const struct value *answer_read(struct arena *arena, const char *bytes, size_t length)
{
	struct reading in = { arena, bytes, bytes + length };
	struct value *value = arena_take(arena, sizeof *value);

	*value = (struct value){ 0 };
	if (!take_value(&in, value, 0))
		return NULL;
	skip_blanks(&in);
	return in.at == in.end ? value : NULL;
}

const struct value *answer_member(const struct value *map, const char *key)
{
	if (!map || map->kind != VALUE_MAP)
		return NULL;
	for (const struct value *at = map->first; at; at = at->next)
		if (!strcmp(at->key, key))
			return at;
	return NULL;
}

static const struct value *member_of(const struct value *map, const char *key,
				     enum value_kind kind)
{
	const struct value *member = answer_member(map, key);

	return member && member->kind == kind ? member : NULL;
}

const char *answer_text(const struct value *map, const char *key)
{
	const struct value *member = member_of(map, key, VALUE_TEXT);

	return member ? member->text : "";
}

double answer_number(const struct value *map, const char *key)
{
	const struct value *member = member_of(map, key, VALUE_NUMBER);

	return member ? member->number : 0;
}

bool answer_truth(const struct value *map, const char *key)
{
	const struct value *member = member_of(map, key, VALUE_TRUTH);

	return member && member->truth;
}

const struct value *answer_list(const struct value *map, const char *key)
{
	const struct value *member = member_of(map, key, VALUE_LIST);

	return member ? member->first : NULL;
}

int64_t answer_time(const struct value *map, const char *key)
{
	int64_t wall_us;

	return clock_parse(answer_text(map, key), &wall_us) ? wall_us : 0;
}
