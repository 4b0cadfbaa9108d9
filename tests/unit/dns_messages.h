/* SPDX-License-Identifier: Apache-2.0
 *
 * DNS messages as tests want them, written from a line such as
 * "pbx.example 60 CNAME www.example; www.example 30 A 10.0.0.1". Names are compressed as
 * servers do it; a line that begins with "+" goes into the additional section.
 */
#ifndef TESTS_UNIT_DNS_MESSAGES_H
#define TESTS_UNIT_DNS_MESSAGES_H

#include "tests/unit/unit.h"

#include "collectors/dns_wire.h"

enum { MESSAGE_ROOM = 65535, FLAGS_REPLY = 0x8180, FLAG_TC = 0x0200, FLAG_AD = 0x0020 };

struct message {
	uint8_t bytes[MESSAGE_ROOM];
	size_t length;
};

struct dns_question question_for(const char *name, enum dns_type type, uint16_t id);
/* Records of the type asked for, and aliases; flags as in the head, with the code. */
void message_answer(struct message *message, const struct dns_question *question,
		    unsigned flags, const char *records);
/* `count` addresses of the name asked for, 10.0.0.0 and on, which take 60 s. */
void message_answer_many(struct message *message, const struct dns_question *question,
			 size_t count);
/* What came from a client; false when it is no question of ours. */
bool message_read_question(const uint8_t *bytes, size_t length, struct dns_question *question);

/* From memory of exactly that size, so that a sanitizer sees every step beyond it. */
enum dns_heard message_take(const struct message *message, const struct dns_question *question,
			    struct dns_reply *reply);
/* "0 verified =alias.example 10.0.0.1 for 60s": the code first. */
void message_reads(const struct message *message, const struct dns_question *question,
		   const char *expected);
/* As one of those that say nothing. */
void message_is_heard_as(const struct message *message, const struct dns_question *question,
			 enum dns_heard expected);

#endif
