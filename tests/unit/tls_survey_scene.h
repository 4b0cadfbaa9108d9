/* SPDX-License-Identifier: Apache-2.0
 *
 * The survey looks at a server made of habits, and the facts it tells are compared. A scene
 * that look_for() has begun is over with scene_end().
 */
#ifndef TESTS_UNIT_TLS_SURVEY_SCENE_H
#define TESTS_UNIT_TLS_SURVEY_SCENE_H

#include "tests/unit/tls_habits.h"

#include "collectors/tls_facts.h"

enum {
	V_SSL3 = 1 << 0,
	V_1_0 = 1 << 1,
	V_1_1 = 1 << 2,
	V_1_2 = 1 << 3,
	V_1_3 = 1 << 4,
	ONLY_SUITES = 1 << TLS_FACT_VERSIONS | 1 << TLS_FACT_CIPHERS
};

struct scene {
	struct tls_survey *survey;
	struct facts *facts;
	unsigned connections;
	struct outcome telling;
};

/* As OpenSSL is with an RSA certificate, by default. */
void be_usual(struct habits *habits, unsigned versions);
void add_suites(struct habits *habits, const uint16_t *suites, size_t count);
#define ADD(habits, list) add_suites(habits, list, sizeof(list) / sizeof *(list))
#define ONLY(habits, list)                                                                    \
	do {                                                                                  \
		(habits)->suite_count = 0;                                                    \
		ADD(habits, list);                                                            \
	} while (0)

void look_for(struct scene *scene, struct habits *habits, uint64_t wanted);
/* The time is up behind so many connections. */
void look_until(struct scene *scene, struct habits *habits, uint64_t wanted, unsigned most);
void scene_end(struct scene *scene);
/* "-": not told. */
void assert_fact(const struct scene *scene, enum tls_fact row, const char *expected);
void assert_all_suites(const struct scene *scene, const struct habits *habits);
/* One of the notes has these words in it; NULL: there is none. */
void assert_note(const struct scene *scene, const char *words);

#endif
