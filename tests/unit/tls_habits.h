/* SPDX-License-Identifier: Apache-2.0
 *
 * A TLS server made of habits: no bytes, no sockets, only what it would answer to a question
 * of the survey. For the tests of the survey.
 */
#ifndef TESTS_UNIT_TLS_HABITS_H
#define TESTS_UNIT_TLS_HABITS_H

#include "tests/unit/unit.h"

#include "collectors/tls_survey.h"

enum { HABIT_LIST_MOST = 400, HABIT_GROUPS_MOST = 64 };

/* How it says no: an alert, or one of these. */
enum manner { MANNER_CLOSE = 256, MANNER_RESET, MANNER_SILENCE, MANNER_PLAIN, MANNER_REFUSE };

/* A suite only with the old versions. */
enum habit_age { AGE_ANY, AGE_BELOW_1_2, AGE_SSL3 };

struct habit_suite {
	uint16_t value;
	enum habit_age age;
};

struct habits {
	unsigned versions;		/* 1 << minor version */
	struct habit_suite suites[HABIT_LIST_MOST];	/* as it prefers them */
	size_t suite_count;
	uint16_t groups[HABIT_GROUPS_MOST];
	size_t group_count;
	bool by_server, groups_by_server, promotes_chacha;
	uint16_t certificate_curve;	/* of ECDSA; 0: does not matter */
	bool named_dh;			/* RFC 7919: no DHE without such a group */
	bool breaks_on_dhe;		/* hangs up when it has chosen that */
	int refusal;			/* manner or alert: nothing in common */
	int version_refusal;
	int fallback_refusal;		/* 0: with the alert that says so */
	bool intolerant;		/* of versions it has not got */
	bool answers_higher;		/* than it was asked, instead of refusing */
	size_t list_most;		/* suites in a hello; 0: any number */
	int list_refusal;
	bool wants_share;		/* hangs up on an empty one */
	bool knows_no_name, refuses_name, chokes_on_extensions;
	const char *const *alpn;	/* ended by NULL; NULL: does not know it */
	bool alpn_strict, alpn_insists;
	bool compresses, renegotiates, knows_fallback, asks_certificate;
	bool always_new;		/* hostile: takes anything, the last first */
	bool invents_suite;
	int answers_everything;		/* manner or alert; 0: no */
	unsigned stalls_at;		/* this one connection; 0: at none */
	unsigned dies_after;		/* so many connections; 0: never */
	int death;
	/* what happened */
	unsigned connections;
	size_t longest_list;
};

/* The answer is valid until the next one. */
struct habit_answer {
	struct tls_flight flight;
	struct tls_answer answer;
};
void habits_answer(struct habits *habits, const struct tls_question *question,
		   struct habit_answer *answer);

/* What a perfect survey finds. */
bool habits_accept(const struct habits *habits, uint16_t suite);
bool habits_reach_group(const struct habits *habits, uint16_t group);

#endif
