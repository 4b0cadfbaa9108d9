/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/zone.h"

#include <string.h>

#include "net/address.h"
#include "tests/unit/unit.h"

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28 };
enum { SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5, SILENCE = 16, GARBAGE, TRUNCATE };

/* What the name server in this test knows. A name that is not here does not exist. */
static const struct record {
	const char *name;
	int type; /* 0: for both, `code` says what */
	int code;
	uint32_t ttl;
	const char *data;
} records[] = {
	{ "both.example", TYPE_A, 0, 60, "10.0.0.1" },
	{ "both.example", TYPE_A, 0, 30, "10.0.0.2" },
	{ "both.example", TYPE_AAAA, 0, 90, "2001:db8::1" },
	{ "four.example", TYPE_A, 0, 60, "10.0.0.4" },
	{ "six.example", TYPE_AAAA, 0, 60, "2001:db8::6" },
	{ "empty.example", 0, 0, 0, NULL },
	{ "broken.example", 0, SERVFAIL, 0, NULL },
	{ "refused.example", 0, REFUSED, 0, NULL },
	{ "silent.example", 0, SILENCE, 0, NULL },
	{ "garbage.example", 0, GARBAGE, 0, NULL },
	{ "half.example", TYPE_A, 0, 60, "10.0.0.5" },
	{ "half.example", TYPE_AAAA, SERVFAIL, 0, NULL },
	{ "alias.example", TYPE_CNAME, 0, 7, "four.example" },
	{ "brief.example", TYPE_A, 0, 0, "10.0.0.6" },
	{ "long.example", TYPE_A, TRUNCATE, 60, "10.0.0.7" },
	{ "pbx.one.example", 0, 0, 0, NULL },
	{ "pbx.two.example", TYPE_A, 0, 60, "10.0.2.1" },
	{ "pbx.three.example", TYPE_A, 0, 60, "10.0.3.1" },
	{ "pbx.three.example", TYPE_AAAA, 0, 60, "2001:db8::3" },
	{ "nas.one.example", 0, SERVFAIL, 0, NULL },
	{ "dotted.name", 0, NXDOMAIN, 0, NULL },
	{ "dotted.name.two.example", TYPE_A, 0, 60, "10.0.2.2" },
};

enum { RECORDS = sizeof records / sizeof *records };

static void put_name(struct writer *out, const char *name)
{
	while (*name) {
		size_t width = strcspn(name, ".");

		writer_put_u8(out, (uint8_t)width);
		writer_put(out, name, width);
		name += width + (name[width] == '.');
	}
	writer_put_u8(out, 0);
}

static void take_name(struct reader *in, char name[static 256])
{
	size_t at = 0, width;

	while ((width = reader_take_u8(in)) && at + width < 254) {
		memcpy(name + at, reader_take(in, width), width);
		at += width;
		name[at++] = '.';
	}
	name[at ? at - 1 : 0] = '\0';
}

static void put_record(struct writer *out, const char *owner, const struct record *record)
{
	struct address address;
	size_t at;

	put_name(out, owner);
	writer_put_u16be(out, (uint16_t)record->type);
	writer_put_u16be(out, 1);
	writer_put_u32be(out, record->ttl);
	at = out->length;
	writer_put_u16be(out, 0);
	if (record->type == TYPE_CNAME) {
		put_name(out, record->data);
	} else {
		assert_true(address_parse(record->data, &address));
		writer_put(out, address.bytes, address.family == 6 ? 16 : 4);
	}
	writer_patch_u16be(out, at, (uint16_t)(out->length - at - 2));
}

/* The records of a name and type; aliases are followed once. */
static int put_answers(struct writer *out, const char *name, int type, int *count, bool *known)
{
	int code = 0;

	for (size_t i = 0; i < RECORDS; i++) {
		if (strcmp(records[i].name, name) != 0)
			continue;
		*known = true;
		if (records[i].type == TYPE_CNAME) {
			put_record(out, name, &records[i]);
			++*count;
			code = put_answers(out, records[i].data, type, count, known);
		} else if (!records[i].type || records[i].type == type) {
			code = records[i].code;
			if (records[i].data) {
				put_record(out, name, &records[i]);
				++*count;
			}
		}
	}
	return code;
}

bool zone_reply(struct reader *in, struct writer *out, bool over_tcp)
{
	uint16_t id = reader_take_u16be(in);
	bool known = false;
	char name[256];
	int count = 0, code, type;
	size_t question;

	reader_skip(in, 10);
	take_name(in, name);
	type = reader_take_u16be(in);
	assert_true(reader_ok(in));
	writer_put_u16be(out, id);
	writer_put_zeroes(out, 2);
	writer_put_u16be(out, 1);
	writer_put_zeroes(out, 6);
	question = out->length;
	put_name(out, name);
	writer_put_u16be(out, (uint16_t)type);
	writer_put_u16be(out, 1);
	question = out->length;
	code = put_answers(out, name, type, &count, &known);
	if (code == SILENCE)
		return false;
	if (code == GARBAGE) {
		/* An answer that is announced and does not come. */
		count = 7;
		code = 0;
	}
	if (code == TRUNCATE) {
		code = 0;
		if (!over_tcp) {
			out->length = question;
			count = 0;
			code = 0x200;
		}
	}
	writer_patch_u16be(out, 2, (uint16_t)(0x8180 | (known ? code : NXDOMAIN)));
	writer_patch_u16be(out, 6, (uint16_t)count);
	return true;
}
