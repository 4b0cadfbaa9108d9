/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/dns_wire.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

enum {
	CLASS_IN = 1,
	POINTER = 0xc0,			/* RFC 1035 4.1.4 */
	POINTERS_MOST = 127,		/* a name has no more labels that could lie apart */
	HEAD_BYTES = 12
};

/* RFC 1035 4.1.1, RFC 6840 5.7: asking with AD means that its answer is understood. */
enum flag {
	FLAG_REPLY = 0x8000,
	FLAG_OPCODE = 0x7800,
	FLAG_TRUNCATED = 0x0200,
	FLAG_RECURSION_DESIRED = 0x0100,
	FLAG_AUTHENTICATED = 0x0020,
	FLAG_RCODE = 0x000f
};

enum section { SECTION_ANSWER, SECTION_AUTHORITY, SECTION_ADDITIONAL, SECTIONS };

struct record {
	struct dns_name owner;
	uint16_t type, class;
	uint32_t ttl_seconds;
	struct reader data;	/* ends where the record does; begins with the message, for names
				   lead back into it */
};

struct alias {
	struct dns_name owner, target;
	uint32_t ttl_seconds;
};

struct head {
	uint16_t id, flags, questions, records[SECTIONS];
};

/* All that is found in one message. */
struct reading {
	const struct dns_question *question;
	struct dns_reply *reply;
	struct head head;
	struct reader answers;
	unsigned rcode;
	struct alias aliases[DNS_ALIASES_MOST];
	size_t alias_count;
};

static bool same_name(const struct dns_name *a, const struct dns_name *b)
{
	return a->length == b->length && !memcmp(a->bytes, b->bytes, a->length);
}

/* False when the name gets too long. */
static bool add_label(struct dns_name *name, const void *label, size_t width)
{
	const uint8_t *bytes = label;

	if (name->length + 1 + width > DNS_NAME_MOST)
		return false;
	name->bytes[name->length++] = (uint8_t)width;
	for (size_t i = 0; i < width; i++)
		name->bytes[name->length++] = (uint8_t)tolower(bytes[i]);
	return true;
}

static const char *complain_label(const char *label, size_t width)
{
	if (!width)
		return "a name has no empty part between its dots";
	if (width > DNS_LABEL_MOST)
		return "a part of a name has at most 63 characters";
	for (size_t i = 0; i < width; i++)
		if (!isgraph((unsigned char)label[i]) || label[i] == '\\')
			return "a name has letters, digits and minus signs; others are written in"
			       " their form that begins with xn--";
	return NULL;
}

bool dns_name_parse(const char *string, struct dns_name *name, const char **why)
{
	*name = (struct dns_name){ 0 };
	do {
		size_t width = strcspn(string, ".");

		*why = complain_label(string, width);
		if (*why)
			return false;
		/* The label and the root's, which comes last. */
		if (name->length + 1 + width >= DNS_NAME_MOST) {
			*why = "a name has at most 253 characters";
			return false;
		}
		add_label(name, string, width);
		string += width + (string[width] == '.');
	} while (*string);
	return add_label(name, "", 0);
}

static void describe_byte(uint8_t byte, struct text *out)
{
	if (byte == '.' || byte == '\\')
		text_add_format(out, "\\%c", byte);
	else if (isgraph(byte))
		text_add_char(out, (char)byte);
	else
		text_add_format(out, "\\%03u", byte);
}

void dns_name_describe(const struct dns_name *name, struct text *out)
{
	if (name->length <= 1)
		text_add_char(out, '.');
	for (size_t at = 0; at < name->length && name->bytes[at];) {
		size_t end = at + 1 + name->bytes[at];

		if (at)
			text_add_char(out, '.');
		for (at++; at < end; at++)
			describe_byte(name->bytes[at], out);
	}
}

void dns_put_question(struct writer *out, const struct dns_question *question)
{
	writer_put_u16be(out, question->id);
	writer_put_u16be(out, FLAG_RECURSION_DESIRED | FLAG_AUTHENTICATED);
	writer_put_u16be(out, 1);
	writer_put_zeroes(out, 4);
	writer_put_u16be(out, question->plain ? 0 : 1);
	writer_put(out, question->name.bytes, question->name.length);
	writer_put_u16be(out, (uint16_t)question->type);
	writer_put_u16be(out, CLASS_IN);
	if (question->plain)
		return;
	/* RFC 6891 6.1.2: of the root, our room as the class, version and flags 0, no data. */
	writer_put_u8(out, 0);
	writer_put_u16be(out, DNS_TYPE_OPT);
	writer_put_u16be(out, DNS_UDP_MOST);
	writer_put_zeroes(out, 6);
}

/* Pointers lead back only, each before where the last one led, so this ends. */
static bool take_name(struct reader *in, struct dns_name *name)
{
	struct reader at = *in;
	size_t before = in->at;
	unsigned pointers = 0;
	uint8_t width;

	name->length = 0;
	do {
		const uint8_t *label;

		width = reader_take_u8(&at);
		if ((width & POINTER) == POINTER) {
			size_t target = (size_t)(width & ~POINTER) << 8 | reader_take_u8(&at);

			if (!pointers)
				*in = at;
			if (!reader_ok(&at) || target >= before || target < HEAD_BYTES ||
			    ++pointers > POINTERS_MOST)
				return false;
			at.at = before = target;
			continue;
		}
		label = reader_take(&at, width);
		if (!label || width > DNS_LABEL_MOST || !add_label(name, label, width))
			return false;
	} while (width);
	if (!pointers)
		*in = at;
	return true;
}

static bool take_record(struct reader *in, struct record *record)
{
	uint16_t length;

	if (!take_name(in, &record->owner))
		return false;
	record->type = reader_take_u16be(in);
	record->class = reader_take_u16be(in);
	record->ttl_seconds = reader_take_u32be(in);
	/* RFC 2181 8 */
	if (record->ttl_seconds > INT32_MAX)
		record->ttl_seconds = 0;
	length = reader_take_u16be(in);
	record->data = *in;
	reader_skip(in, length);
	record->data.length = in->at;
	return reader_ok(in);
}

/* False when it contradicts another, or when they are too many. */
static bool note_alias(struct reading *reading, struct record *record)
{
	struct alias alias = { .owner = record->owner, .ttl_seconds = record->ttl_seconds };

	if (!take_name(&record->data, &alias.target) || reader_left(&record->data))
		return false;
	for (size_t i = 0; i < reading->alias_count; i++)
		if (same_name(&reading->aliases[i].owner, &alias.owner))
			return same_name(&reading->aliases[i].target, &alias.target);
	if (reading->alias_count == DNS_ALIASES_MOST)
		return false;
	reading->aliases[reading->alias_count++] = alias;
	return true;
}

/* Every record that is announced must be there. */
static bool take_records(struct reader *in, struct reading *reading, enum section section)
{
	struct record record;

	for (uint16_t i = 0; i < reading->head.records[section]; i++) {
		if (!take_record(in, &record))
			return false;
		if (section == SECTION_ANSWER && record.type == DNS_TYPE_CNAME &&
		    record.class == CLASS_IN && !note_alias(reading, &record))
			return false;
		/* RFC 6891 6.1.3: the upper eight bits. */
		if (section == SECTION_ADDITIONAL && record.type == DNS_TYPE_OPT)
			reading->rcode |= record.ttl_seconds >> 24 << 4;
	}
	return true;
}

static void note_ttl(struct dns_reply *reply, uint32_t seconds)
{
	if (!reply->has_ttl || seconds < reply->ttl_seconds)
		reply->ttl_seconds = seconds;
	reply->has_ttl = true;
}

static const struct alias *alias_of(const struct reading *reading, const struct dns_name *name)
{
	for (size_t i = 0; i < reading->alias_count; i++)
		if (same_name(&reading->aliases[i].owner, name))
			return &reading->aliases[i];
	return NULL;
}

static bool was_there(const struct reading *reading, const struct dns_name *name)
{
	const struct dns_reply *reply = reading->reply;

	for (size_t i = 0; i < reply->alias_count; i++)
		if (same_name(&reply->aliases[i], name))
			return true;
	return same_name(&reading->question->name, name);
}

/* In whatever order the server has put them. Each is followed once, so they fit. */
static const struct dns_name *follow_aliases(struct reading *reading)
{
	struct dns_reply *reply = reading->reply;
	const struct dns_name *name = &reading->question->name;
	const struct alias *alias;

	while (!reply->circular && (alias = alias_of(reading, name))) {
		name = &alias->target;
		reply->circular = was_there(reading, name);
		reply->aliases[reply->alias_count++] = *name;
		note_ttl(reply, alias->ttl_seconds);
	}
	return name;
}

static bool take_address(struct dns_reply *reply, struct record *record)
{
	struct address address = { .family = record->type == DNS_TYPE_AAAA ? 6 : 4 };
	size_t width = address.family == 6 ? 16 : 4;

	if (reader_left(&record->data) != width)
		return false;
	memcpy(address.bytes, reader_take(&record->data, width), width);
	reply->addresses = memory_room_for(reply->addresses, reply->count, &reply->room,
					   sizeof *reply->addresses);
	reply->addresses[reply->count++] = address;
	note_ttl(reply, record->ttl_seconds);
	return true;
}

/* What the server says of other names was not asked for. */
static bool take_addresses(struct reading *reading, const struct dns_name *owner)
{
	struct reader in = reading->answers;
	struct record record;

	for (uint16_t i = 0; i < reading->head.records[SECTION_ANSWER]; i++) {
		if (!take_record(&in, &record))
			return false;
		if (record.type == (uint16_t)reading->question->type &&
		    record.class == CLASS_IN && same_name(&record.owner, owner) &&
		    !take_address(reading->reply, &record))
			return false;
	}
	return true;
}

static struct head take_head(struct reader *in)
{
	struct head head = { .id = reader_take_u16be(in), .flags = reader_take_u16be(in) };

	head.questions = reader_take_u16be(in);
	for (size_t i = 0; i < SECTIONS; i++)
		head.records[i] = reader_take_u16be(in);
	return head;
}

static bool is_yes_or_no(unsigned rcode)
{
	return rcode == DNS_RCODE_NOERROR || rcode == DNS_RCODE_NXDOMAIN;
}

/* Who refuses need not repeat what it has not read (unbound does not). */
static bool is_ours(struct reader *in, const struct reading *reading)
{
	const struct dns_question *question = reading->question;
	const struct head *head = &reading->head;
	struct dns_name name;

	if (!reader_ok(in) || head->id != question->id || !(head->flags & FLAG_REPLY) ||
	    head->flags & FLAG_OPCODE)
		return false;
	if (!head->questions)
		return !is_yes_or_no(head->flags & FLAG_RCODE);
	return head->questions == 1 && take_name(in, &name) &&
	       same_name(&name, &question->name) &&
	       reader_take_u16be(in) == (uint16_t)question->type &&
	       reader_take_u16be(in) == CLASS_IN && reader_ok(in);
}

static bool take_body(struct reader *in, struct reading *reading)
{
	struct dns_reply *reply = reading->reply;
	const struct dns_name *owner;

	reading->answers = *in;
	for (enum section i = SECTION_ANSWER; i < SECTIONS; i++)
		if (!take_records(in, reading, i))
			return false;
	reply->rcode = reading->rcode < DNS_RCODE_OTHER ? (enum dns_rcode)reading->rcode
							: DNS_RCODE_OTHER;
	/* A refusal may well repeat the flag from our question. */
	if (!is_yes_or_no(reading->rcode))
		return true;
	reply->authenticated = reading->head.flags & FLAG_AUTHENTICATED;
	owner = follow_aliases(reading);
	return reply->circular || reply->rcode == DNS_RCODE_NXDOMAIN ||
	       take_addresses(reading, owner);
}

enum dns_heard dns_take_reply(struct reader *in, const struct dns_question *question,
			      struct dns_reply *reply)
{
	struct reading reading = { .question = question, .reply = reply };

	*reply = (struct dns_reply){ 0 };
	reading.head = take_head(in);
	if (!is_ours(in, &reading))
		return DNS_HEARD_STRANGER;
	if (reading.head.flags & FLAG_TRUNCATED)
		return DNS_HEARD_TRUNCATED;
	reading.rcode = reading.head.flags & FLAG_RCODE;
	if (take_body(in, &reading))
		return DNS_HEARD_REPLY;
	dns_reply_clear(reply);
	return DNS_HEARD_MALFORMED;
}

void dns_reply_clear(struct dns_reply *reply)
{
	free(reply->addresses);
	*reply = (struct dns_reply){ 0 };
}
