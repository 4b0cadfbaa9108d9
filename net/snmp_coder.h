/* SPDX-License-Identifier: Apache-2.0
 *
 * Net-SNMP's coding of messages and its security model of users, on a socket of ours. What
 * Net-SNMP keeps for the whole process, users and the clocks of engines, is ours here: a
 * coder lends its own for the time of a call, so that no target can spoil another's.
 * snmp.c decides when to send and how long to wait; docs/decisions/0012 says why.
 */
#ifndef NET_SNMP_CODER_H
#define NET_SNMP_CODER_H

#include "net/outcome.h"
#include "net/snmp.h"

struct snmp_coder;

enum snmp_command { SNMP_GET, SNMP_GET_NEXT, SNMP_GET_BULK };

struct snmp_question {
	enum snmp_command command;
	const struct snmp_name *names;
	size_t count;
	unsigned repetitions;		/* of GET_BULK */
	bool again;			/* the same question as before: its answer will do too */
};

/* What a datagram was. */
enum snmp_heard {
	SNMP_HEARD_NOTHING,
	SNMP_HEARD_ERROR,		/* of the network: reason */
	SNMP_HEARD_RUBBISH,		/* no answer of ours */
	SNMP_HEARD_REPORT,		/* of the engine: refusal */
	SNMP_HEARD_ANSWER		/* its values: snmp_coder_next() */
};

struct snmp_reply {
	enum snmp_heard heard;
	enum reason reason;
	enum snmp_refusal refusal;
	bool out_of_time;		/* our idea of its clock was wrong; it is right now */
	long error;			/* RFC 3416 error-status */
};

/* On a connected socket, which stays the caller's. Of version 3 it can only ask for the
 * engine. */
struct snmp_coder *snmp_coder_new(int fd, const struct snmp_plan *plan);
void snmp_coder_free(struct snmp_coder *coder);
/* Speaks from now on as this user to the engine that was found. False: such keys cannot be
 * made. */
bool snmp_coder_become(struct snmp_coder *coder, const struct snmp_access *access);
const struct snmp_engine *snmp_coder_engine(const struct snmp_coder *coder);
/* No names: whoever is there shall say which engine it is. */
enum reason snmp_coder_send(struct snmp_coder *coder, const struct snmp_question *question);
/* One datagram. */
const struct snmp_reply *snmp_coder_read(struct snmp_coder *coder);
/* The values of the last answer, one after another, until it returns false. */
bool snmp_coder_next(struct snmp_coder *coder, struct snmp_value *value);

#endif
