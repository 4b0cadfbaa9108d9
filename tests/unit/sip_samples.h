/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to one question about SIP, for the tests of what is read of them.
 */
#ifndef TESTS_UNIT_SIP_SAMPLES_H
#define TESTS_UNIT_SIP_SAMPLES_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/sip_wire.h"

/* What came back of the question below: all of it, and in the words of others. */
#define VIA "SIP/2.0/UDP 10.0.0.9:5555"
#define BRANCH ";branch=z9hG4bK1111111122222222"
#define FROM "<sip:ucposture@10.0.0.9:5555>;tag=5555555566666666"
#define TO "<sip:10.0.0.5:5060>"
#define CALL_ID "3333333344444444@10.0.0.9:5555"
#define INTACT                                                                                \
	"SIP/2.0 200 OK\r\nVia: " VIA ";rport=5555;received=10.0.0.9" BRANCH "\r\n"          \
	"From: " FROM "\r\nTo: " TO ";tag=theirs\r\nCall-ID: " CALL_ID "\r\n"               \
	"CSeq: 1 OPTIONS\r\nAllow: INVITE, ACK\r\nServer: a PBX\r\nContent-Length: 0\r\n\r\n"
#define COMPACT                                                                               \
	"SIP/2.0 404\nv:SIP / 2.0 / udp 10.0.0.9 : 5555\n ;BRANCH=z9hG4bK1111111122222222\n" \
	"f:\"a, b\" " FROM "\nt: sip:10.0.0.5:5060\ni :" CALL_ID "\ncseq: 1\n OPTIONS\nl:0\n\n"
#define REWRITTEN                                                                             \
	"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 203.0.113.7:1024;rport=7000" BRANCH "\r\n"       \
	"From: <sip:ucposture@203.0.113.7:1024>;tag=5555555566666666\r\n"                    \
	"To: <sip:192.0.2.1>\r\nCall-ID: 3333333344444444@203.0.113.7\r\nCSeq: 77 OPTIONS\r\n" \
	"Contact: <sip:ucposture@203.0.113.7:1024>\r\nContent-Length: 0\r\n\r\n"

static inline struct sip_question question_at(const char *here, const char *there)
{
	struct sip_question question = {
		.transport = SIP_UDP,
		.branch = UINT64_C(0x1111111122222222),
		.call_id = UINT64_C(0x3333333344444444),
		.tag = UINT64_C(0x5555555566666666)
	};

	assert_true(address_parse(here, &question.from));
	assert_true(address_parse(there, &question.to));
	question.from.port = 5555;
	question.to.port = 5060;
	return question;
}

static inline struct sip_question usual_question(void)
{
	return question_at("10.0.0.9", "10.0.0.5");
}

/* In a block of its very size, which the message points into: to be freed. */
static inline enum turn take(const char *bytes, size_t length, char **copy,
			     struct sip_message *message)
{
	size_t looked = 0;
	struct reader in;
	enum turn turn;

	*copy = malloc(length ? length : 1);
	memcpy(*copy, bytes, length);
	reader_init(&in, *copy, length);
	turn = sip_take_message(&in, &looked, message);
	assert_true(in.at <= length);
	assert_true(turn != TURN_NEXT_STEP || !looked);
	return turn;
}

#endif
