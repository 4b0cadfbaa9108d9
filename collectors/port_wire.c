/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/port_wire.h"

#include <inttypes.h>

#include "collectors/sip_wire.h"

enum port_protocol port_wire_usual(uint16_t port)
{
	switch (port) {
	case 53:
		return PORT_DNS;
	case 69:
		return PORT_TFTP;
	case 123:
		return PORT_NTP;
	case 161:
		return PORT_SNMP;
	case 5060:
	case 5062:
	case 5100:	/* of hosted services, AspenUC among them */
		return PORT_SIP;
	default:
		return PORT_UNRECOGNISED;
	}
}

/* SIP, RFC 3261 section 11. */

static struct sip_question sip_question_of(const struct port_question *question)
{
	return (struct sip_question){
		.transport = SIP_UDP,
		.to = question->to,
		.from = question->from,
		.branch = question->token,
		.call_id = question->token,
		.tag = question->token
	};
}

static void sip_ask(struct writer *out, const struct port_question *question)
{
	const struct sip_question sip = sip_question_of(question);

	sip_put_options(out, &sip);
}

static bool sip_answers(struct reader *in, const struct port_question *question)
{
	const struct sip_question sip = sip_question_of(question);
	struct sip_message message;
	struct sip_echo echo;
	size_t looked = 0;

	if (sip_take_message(in, &looked, &message) != TURN_NEXT_STEP || !message.status)
		return false;
	sip_compare(&message, &sip, &echo);
	return echo.ours;
}

/* NTP, RFC 5905 section 7.3. The transmit timestamp is random, as in the client data
 * minimisation draft: it is all a server needs to repeat, and says nothing of our clock. */

enum { NTP_BYTES = 48, NTP_CLIENT = 3, NTP_SERVER = 4, NTP_VERSION = 4 };

static void ntp_ask(struct writer *out, const struct port_question *question)
{
	writer_put_u8(out, NTP_VERSION << 3 | NTP_CLIENT);
	writer_put_zeroes(out, NTP_BYTES - 1 - 8);
	writer_put_u64be(out, question->token);
}

/* Any stratum will do: chrony that is not synchronised says 0. */
static bool ntp_answers(struct reader *in, const struct port_question *question)
{
	uint8_t first = reader_take_u8(in), version = first >> 3 & 7;
	uint64_t origin;

	reader_skip(in, 23);
	origin = reader_take_u64be(in);
	reader_skip(in, 16);
	return reader_ok(in) && (first & 7) == NTP_SERVER && version >= 1 &&
	       version <= NTP_VERSION && origin == question->token;
}

/* DNS, RFC 1035 section 4.1. The name servers of the root, without asking for recursion:
 * everybody has an answer to that, if only REFUSED, and nobody else is bothered for it. */

enum { DNS_ROOT_NS_IN = 0x020001, DNS_RESPONSE = 0x8000, DNS_OPCODE = 0x7800 };

static void dns_ask(struct writer *out, const struct port_question *question)
{
	writer_put_u16be(out, (uint16_t)question->token);
	writer_put_u16be(out, 0);
	writer_put_u16be(out, 1);
	writer_put_zeroes(out, 6);
	writer_put_u8(out, 0);
	writer_put_u32be(out, DNS_ROOT_NS_IN);
}

static bool dns_answers(struct reader *in, const struct port_question *question)
{
	uint16_t id = reader_take_u16be(in), flags = reader_take_u16be(in);
	uint16_t questions = reader_take_u16be(in);

	reader_skip(in, 6);
	/* Some leave the question out when they refuse. */
	if (questions == 1 && (reader_take_u8(in) != 0 ||
			       reader_take_u32be(in) != DNS_ROOT_NS_IN))
		return false;
	return reader_ok(in) && questions <= 1 && id == (uint16_t)question->token &&
	       (flags & DNS_RESPONSE) && !(flags & DNS_OPCODE);
}

/* TFTP, RFC 1350 section 5 and RFC 2347. */

enum { TFTP_READ = 1, TFTP_DATA = 3, TFTP_ERROR = 5, TFTP_OPTIONS = 6, TFTP_BLOCK = 512 };

static void tftp_ask(struct writer *out, const struct port_question *question)
{
	writer_put_u16be(out, TFTP_READ);
	writer_put_format(out, "ucposture-%016" PRIx64, question->token);
	writer_put_u8(out, 0);
	writer_put_text(out, "octet");
	writer_put_u8(out, 0);
}

static bool ends_in_nul(const struct reader *in)
{
	size_t left = reader_left(in);

	return left && !in->bytes[in->at + left - 1];
}

static bool tftp_answers(struct reader *in)
{
	uint16_t operation = reader_take_u16be(in), number;

	if (operation == TFTP_OPTIONS)
		return ends_in_nul(in);
	number = reader_take_u16be(in);
	if (!reader_ok(in))
		return false;
	if (operation == TFTP_DATA)
		return number == 1 && reader_left(in) <= TFTP_BLOCK;
	return operation == TFTP_ERROR && number <= 8 && ends_in_nul(in);
}

/* SNMP, RFC 3412 section 6 and RFC 3416 section 3. Version 3 first: a discovery needs no
 * name and no password, every engine must answer it, and it counts as nobody's failed
 * login. Then version 2c with the community that old agents answer to. */

enum {
	BER_INTEGER = 0x02, BER_STRING = 0x04, BER_SEQUENCE = 0x30,
	SNMP_RESPONSE = 0xa2, SNMP_REPORT = 0xa8,
	SNMP_V1 = 0, SNMP_V2C = 1, SNMP_V3 = 3
};

/* A positive number that always takes four bytes. */
static uint32_t snmp_id(const struct port_question *question)
{
	return ((uint32_t)question->token & 0x3fffffff) | 0x40000000;
}

static void snmp_ask_v3(struct writer *out, uint32_t id)
{
	static const uint8_t head[] = { 0x30, 0x3e, 0x02, 0x01, 0x03, 0x30, 0x11, 0x02, 0x04 };
	static const uint8_t middle[] = {
		0x02, 0x03, 0x00, 0xff, 0xe3,		/* we take 65,507 bytes */
		0x04, 0x01, 0x04,			/* reportable */
		0x02, 0x01, 0x03,			/* user-based security */
		0x04, 0x10, 0x30, 0x0e, 0x04, 0x00, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00,
		0x04, 0x00, 0x04, 0x00, 0x04, 0x00,	/* of an engine not known yet */
		0x30, 0x14, 0x04, 0x00, 0x04, 0x00, 0xa0, 0x0e, 0x02, 0x04
	};
	static const uint8_t tail[] = { 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x00 };

	writer_put(out, head, sizeof head);
	writer_put_u32be(out, id);
	writer_put(out, middle, sizeof middle);
	writer_put_u32be(out, id);
	writer_put(out, tail, sizeof tail);
}

static void snmp_ask_v2c(struct writer *out, uint32_t id)
{
	static const uint8_t head[] = {
		0x30, 0x29, 0x02, 0x01, 0x01, 0x04, 0x06, 'p', 'u', 'b', 'l', 'i', 'c',
		0xa0, 0x1c, 0x02, 0x04
	};
	static const uint8_t tail[] = {
		0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x0e, 0x30, 0x0c,
		0x06, 0x08, 0x2b, 6, 1, 2, 1, 1, 1, 0,	/* sysDescr.0 */
		0x05, 0x00
	};

	writer_put(out, head, sizeof head);
	writer_put_u32be(out, id);
	writer_put(out, tail, sizeof tail);
}

/* What is inside an element of that tag; a failed reader when it is another one. */
static struct reader ber_open(struct reader *in, uint8_t tag)
{
	uint8_t first;
	size_t length;

	if (reader_take_u8(in) != tag)
		in->failed = true;
	first = reader_take_u8(in);
	length = first;
	if (first == 0x81)
		length = reader_take_u8(in);
	else if (first == 0x82)
		length = reader_take_u16be(in);
	else if (first > 0x7f)
		in->failed = true;
	return reader_part(in, length);
}

static uint32_t ber_integer(struct reader *in)
{
	struct reader inside = ber_open(in, BER_INTEGER);
	uint32_t value = 0;

	if (!reader_left(&inside) || reader_left(&inside) > 4)
		in->failed = true;
	while (reader_left(&inside))
		value = value << 8 | reader_take_u8(&inside);
	return value;
}

static bool snmp_v3_answers(struct reader *message, uint32_t id)
{
	struct reader header = ber_open(message, BER_SEQUENCE);
	uint32_t told = ber_integer(&header);
	struct reader scoped, report;

	ber_open(message, BER_STRING);
	scoped = ber_open(message, BER_SEQUENCE);
	ber_open(&scoped, BER_STRING);
	ber_open(&scoped, BER_STRING);
	report = ber_open(&scoped, SNMP_REPORT);
	return reader_ok(&header) && reader_ok(message) && reader_ok(&scoped) &&
	       reader_ok(&report) && told == id;
}

static bool snmp_answers(struct reader *in, const struct port_question *question)
{
	struct reader message = ber_open(in, BER_SEQUENCE), response;
	uint32_t version = ber_integer(&message), told;

	if (reader_ok(&message) && version == SNMP_V3)
		return snmp_v3_answers(&message, snmp_id(question));
	ber_open(&message, BER_STRING);
	response = ber_open(&message, SNMP_RESPONSE);
	told = ber_integer(&response);
	return reader_ok(&message) && reader_ok(&response) &&
	       (version == SNMP_V1 || version == SNMP_V2C) && told == snmp_id(question);
}

void port_wire_ask(struct writer *out, const struct port_question *question, unsigned attempt)
{
	switch (question->protocol) {
	case PORT_SIP:
		sip_ask(out, question);
		break;
	case PORT_NTP:
		ntp_ask(out, question);
		break;
	case PORT_DNS:
		dns_ask(out, question);
		break;
	case PORT_TFTP:
		tftp_ask(out, question);
		break;
	case PORT_SNMP:
		if (attempt == 1)
			snmp_ask_v2c(out, snmp_id(question));
		else
			snmp_ask_v3(out, snmp_id(question));
		break;
	case PORT_UNRECOGNISED:
	case PORT_PROTOCOLS:
		break;
	}
}

enum port_protocol port_wire_recognise(struct reader *in, const struct port_question *question)
{
	bool answers = false;

	switch (question->protocol) {
	case PORT_SIP:
		answers = sip_answers(in, question);
		break;
	case PORT_NTP:
		answers = ntp_answers(in, question);
		break;
	case PORT_DNS:
		answers = dns_answers(in, question);
		break;
	case PORT_TFTP:
		answers = tftp_answers(in);
		break;
	case PORT_SNMP:
		answers = snmp_answers(in, question);
		break;
	case PORT_UNRECOGNISED:
	case PORT_PROTOCOLS:
		break;
	}
	return answers ? question->protocol : PORT_UNRECOGNISED;
}

bool port_wire_farewell(struct reader *in, const struct port_question *question,
			struct writer *out)
{
	uint16_t operation = reader_take_u16be(in);

	/* Without it a TFTP server that does have the file would repeat its first block. */
	if (question->protocol != PORT_TFTP || !reader_ok(in) ||
	    (operation != TFTP_DATA && operation != TFTP_OPTIONS))
		return false;
	writer_put_u16be(out, TFTP_ERROR);
	writer_put_u16be(out, 0);
	writer_put_text(out, "only looking");
	writer_put_u8(out, 0);
	return true;
}
