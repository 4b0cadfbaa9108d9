/* SPDX-License-Identifier: Apache-2.0
 *
 * Which hello to send next, and what the answers so far mean: versions, suites, groups and
 * habits of one server, with as few connections as that takes. Pure: tls.c carries the
 * questions out and turns the result into facts.
 */
#ifndef COLLECTORS_TLS_SURVEY_H
#define COLLECTORS_TLS_SURVEY_H

#include "collectors/tls_talk.h"

struct tls_survey;

/* wanted: facts that are asked for, a bit for each row of tls_facts.h; 0: all. */
struct tls_survey *tls_survey_new(const char *name, uint64_t wanted);
void tls_survey_free(struct tls_survey *survey);
/* False: nothing left to ask. The question's pointers are valid until the next call. */
bool tls_survey_ask(struct tls_survey *survey, struct tls_question *question);
void tls_survey_hear(struct tls_survey *survey, const struct tls_answer *answer);
/* Somebody there has spoken TLS: what is not found is a fact, not a failure. */
bool tls_survey_heard_tls(const struct tls_survey *survey);
/* What is certain by now; after a survey that was broken off that is less. */
void tls_survey_tell(const struct tls_survey *survey, struct facts *facts);
/* How many connections it took. */
unsigned tls_survey_connections(const struct tls_survey *survey);

#endif
