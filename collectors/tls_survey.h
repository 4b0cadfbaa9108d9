/* SPDX-License-Identifier: Apache-2.0
 *
 * Which hello to send next, and what the answers so far mean: versions, suites, groups and
 * habits of one server, with as few connections as that takes. Pure: tls.c carries the
 * questions out and turns the result into facts. What is asked in which order, and why, is
 * said in tls_surveying.h.
 */
#ifndef COLLECTORS_TLS_SURVEY_H
#define COLLECTORS_TLS_SURVEY_H

#include "collectors/facts.h"
#include "collectors/tls_talk.h"

struct tls_survey;

/* wanted: facts that are asked for, a bit for each row of tls_facts.h; 0: all. */
struct tls_survey *tls_survey_new(const char *name, uint64_t wanted);
void tls_survey_free(struct tls_survey *survey);
/* False: nothing left to ask. The question's pointers are valid until the next call. */
bool tls_survey_ask(struct tls_survey *survey, struct tls_question *question);
void tls_survey_hear(struct tls_survey *survey, const struct tls_answer *answer);
/* At least one hello was accepted: what is not found then is a fact. While none was, that
 * may be our fault, and the observation has failed. */
bool tls_survey_heard_tls(const struct tls_survey *survey);
/* Reason NONE, or what broke the survey off before its end. */
struct outcome tls_survey_outcome(const struct tls_survey *survey);
/* For the answer just heard, while nothing was accepted: it says more about why than those
 * before it. */
bool tls_survey_answer_tells(const struct tls_survey *survey);
/* The server asks for a certificate, and only a whole handshake shows whether it insists. */
bool tls_survey_wants_handshake(const struct tls_survey *survey);
void tls_survey_hear_handshake(struct tls_survey *survey, bool required);
/* What is certain by now; after a survey that was broken off that is less. */
void tls_survey_tell(const struct tls_survey *survey, struct facts *facts);
/* The server takes no hello with the name in it. */
bool tls_survey_is_nameless(const struct tls_survey *survey);
/* Oddities for people, a sentence each; NULL: no more. */
const char *tls_survey_note(const struct tls_survey *survey, size_t index);
/* How many questions were asked. */
unsigned tls_survey_connections(const struct tls_survey *survey);
/* More are never asked, whatever the server answers: each answer takes a suite, a group or
 * a protocol away from what is still to be offered. */
unsigned tls_survey_connections_most(void);

#endif
