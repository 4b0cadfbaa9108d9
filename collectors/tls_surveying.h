/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the survey: tls_survey.c has the order of the phases, _versions.c
 * those that enumerate, _habits.c the others, _offers.c what a hello offers, _heard.c what
 * an answer means, _tell.c the facts.
 *
 * A suite is found by offering all, and then all but those found, until the server refuses:
 * once with TLS 1.3, whose empty key share is answered by a HelloRetryRequest, and once
 * below. Each lower version costs one connection, and the lowest another one for suites
 * that only old versions have. Groups, protocols (ALPN), compression, renegotiation and the
 * request for a certificate are read from the same answers.
 */
#ifndef COLLECTORS_TLS_SURVEYING_H
#define COLLECTORS_TLS_SURVEYING_H

#include "collectors/tls_facts.h"
#include "collectors/tls/tls_suites.h"
#include "collectors/tls_survey.h"

enum { SURVEY_ALPN_MOST = 63, SURVEY_BLOCKS = 4 };

struct survey_suite {
	const struct tls_suite *suite;
	uint16_t place;		/* in survey->order */
	uint8_t block;		/* each is offered behind the one before, in any order */
	bool found, refused;	/* refused: in the enumeration under way */
	bool chacha;		/* some servers prefer it when clients do */
};

/* One found by enumeration, in the order in which the server gave them away. */
struct survey_choice {
	uint16_t at;		/* in suites */
	bool reversed;		/* how the offer was ordered */
	bool shrunk;		/* not all groups were offered */
	bool limited;		/* nor all suites */
};

struct survey_choices {
	struct survey_choice *choices;
	size_t count;
};

enum survey_phase {
	SURVEY_MODERN,		/* TLS 1.3 */
	SURVEY_LEGACY,		/* 1.2 and downwards, a version at a time */
	SURVEY_OLD,		/* suites that only the lowest version has */
	SURVEY_AGAIN,		/* nothing was accepted: another kind of hello */
	SURVEY_GROUPS_1_3,
	SURVEY_GROUPS_ECDHE,
	SURVEY_GROUPS_DHE,
	SURVEY_PREFERENCE,
	SURVEY_LOOK,		/* habits that no answer so far has shown */
	SURVEY_FALLBACK,
	SURVEY_ALIVE,		/* it still answers what it has answered before */
	SURVEY_PHASES
};

/* How hellos are made when the usual ones are all refused. */
enum survey_round { SURVEY_USUAL, SURVEY_NAMELESS, SURVEY_BARE, SURVEY_ROUNDS };

enum survey_truth { TRUTH_UNKNOWN, TRUTH_NO, TRUTH_YES };

/* Which suites are worth asking for. */
enum survey_goal { GOAL_NONE, GOAL_TWO, GOAL_MASK, GOAL_ALL };

enum survey_verdict {
	HEARD_YES,
	HEARD_NO,		/* an alert that says so */
	HEARD_ODD,		/* any other end: perhaps about how it was asked */
	HEARD_BAD_CHOICE	/* chosen, and failed before we had said more */
};

struct survey_heard {
	enum survey_verdict verdict;
	const struct tls_flight *flight;
	uint16_t version;
	size_t at;		/* of the suite chosen, in suites */
	uint16_t group;		/* an offered one, or 0 */
	bool new_group;
};

struct tls_survey {
	char *name;
	uint64_t wanted;
	enum survey_phase phase;
	enum survey_round round;
	bool nameless, over, tells;
	struct outcome broken;
	unsigned connections, silences, alpn_alerts;
	unsigned ranking;	/* of the most telling answer so far */
	struct outcome last;
	bool wordless_last, asked_twice;	/* the last answer was no answer */
	uint32_t oddities;

	struct survey_suite *suites;	/* in the registry's order */
	uint16_t *order;		/* in which they are offered */
	size_t suite_count;
	size_t block_ends[SURVEY_BLOCKS];
	enum survey_goal goal;
	uint32_t goal_mask;
	struct survey_choices modern_choices, legacy_choices;

	uint16_t version;	/* of the hello in LEGACY and OLD */
	uint16_t top;		/* of the hello that enumerates below 1.3; 0: none yet */
	uint16_t answered;	/* with which version */
	unsigned accepted;	/* a bit for each version */
	bool ssl3_waits;	/* accepted, but better ones may be */
	bool nothing_below;	/* said of TLS 1.0 by an alert */
	bool modern_done, modern_all_groups, keys;
	bool shrink_ended, reversed;
	unsigned old_index;
	size_t limit;		/* suites a hello; 0: any number */
	size_t longest_taken;
	bool limit_in_vain;	/* short lists were refused too: begin with those */
	bool without_dhe;	/* it hangs up when its choice among suites is DHE */
	const uint16_t *groups;
	bool *group_found;
	size_t group_count;
	bool groups_ended[3];	/* of each phase of groups */
	unsigned curves_dropped;	/* of those a certificate may have */
	bool curves_kept;

	uint64_t alpn_found;
	enum { ALPN_OPEN, ALPN_DONE, ALPN_UNKNOWN } alpn;
	bool insists_on_alpn;
	enum survey_truth server_prefers, compression, renegotiation, fallback;
	enum survey_truth requests, requires;	/* a certificate of ours */
	bool no_certificate;	/* no suite below 1.3 with one */
	bool preference_asked, preference_ended, looked, looked_below, fallback_asked;
	unsigned alive_asked;

	/* of the question that is out */
	struct tls_question question;
	uint16_t *offered, *offered_at;	/* values, and where they are in suites */
	size_t offered_count;
	uint16_t *offered_groups;
	size_t offered_group_count;
	const char *offered_alpn[SURVEY_ALPN_MOST + 1];
	bool cut;		/* not all suites that are open */
	bool offered_all_alpn;	/* also those found */
	bool shrunk;		/* groups found were left out */
};

bool survey_wants(const struct tls_survey *survey, enum tls_fact fact);

static inline unsigned survey_bit(uint16_t version)
{
	return 1u << (version & 7);
}

/* tls_survey_heard.c */
void survey_judge(struct tls_survey *survey, const struct tls_answer *answer,
		  struct survey_heard *heard);
/* The answer is about the name or a protocol: the same question again without it. */
bool survey_adapts(struct tls_survey *survey, const struct tls_answer *answer);

enum survey_oddity {
	ODDITY_NAME_UNKNOWN,
	ODDITY_NAME_REFUSED,
	ODDITY_BARE,
	ODDITY_LIMIT,
	ODDITY_KEYS,
	ODDITY_VERSION,
	ODDITY_SUITE,
	ODDITY_COUNT
};
void survey_note_oddity(struct tls_survey *survey, enum survey_oddity oddity);

/* The phases. ask: false when the phase has nothing more to ask.
 * tls_survey_versions.c */
bool survey_modern_ask(struct tls_survey *survey);
void survey_modern_hear(struct tls_survey *survey, const struct survey_heard *heard);
bool survey_legacy_ask(struct tls_survey *survey);
void survey_legacy_hear(struct tls_survey *survey, const struct survey_heard *heard);
bool survey_old_ask(struct tls_survey *survey);
void survey_old_hear(struct tls_survey *survey, const struct survey_heard *heard);
/* tls_survey_habits.c */
bool survey_groups_ask(struct tls_survey *survey);
void survey_groups_hear(struct tls_survey *survey, const struct survey_heard *heard);
bool survey_preference_ask(struct tls_survey *survey);
void survey_preference_hear(struct tls_survey *survey, const struct survey_heard *heard);
bool survey_look_ask(struct tls_survey *survey);
void survey_look_hear(struct tls_survey *survey, const struct survey_heard *heard);
bool survey_fallback_ask(struct tls_survey *survey);
void survey_fallback_hear(struct tls_survey *survey, const struct survey_heard *heard);
bool survey_alive_ask(struct tls_survey *survey);
void survey_alive_hear(struct tls_survey *survey, const struct survey_heard *heard);

#endif
