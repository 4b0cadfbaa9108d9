/* SPDX-License-Identifier: Apache-2.0
 *
 * A vendor's document as data: rules, with the sentence of the document behind each.
 */
#ifndef AGENT_PLAN_PROFILE_H
#define AGENT_PLAN_PROFILE_H

#include "agent/plan/expectation.h"
#include "agent/plan/problems.h"
#include "collectors/collector.h"

/* X(constant, word, weight in the score, verdict when violated) */
#define SEVERITIES(X)                                                                         \
	X(CRITICAL, "critical", 8)                                                            \
	X(MAJOR, "major", 4)                                                                  \
	X(MINOR, "minor", 2)                                                                  \
	X(WARNING, "warning", 1)

enum severity {
#define SEVERITY_CONSTANT(constant, word, weight) SEVERITY_##constant,
	SEVERITIES(SEVERITY_CONSTANT)
#undef SEVERITY_CONSTANT
	SEVERITY_COUNT
};

/* Where the agent stands; rules hold a set of them. X(constant, word, bit) */
#define VANTAGES(X)                                                                           \
	X(INTERNAL, "internal", 1)                                                            \
	X(DMZ, "dmz", 2)                                                                      \
	X(EXTERNAL, "external", 4)                                                            \
	X(HOST, "host", 8)

enum vantage {
#define VANTAGE_CONSTANT(constant, word, bit) VANTAGE_##constant = bit,
	VANTAGES(VANTAGE_CONSTANT)
#undef VANTAGE_CONSTANT
};
enum { VANTAGE_ANY = 15 };

/* What it means when nobody serves there. */
enum when_closed {
	CLOSED_UNKNOWN,
	CLOSED_NOT_APPLICABLE,	/* refused: there is nothing to judge */
	CLOSED_OK		/* refused, or nobody answers at all: as it should be */
};

/* By which paths a URL is reached; rules hold a set of them, or none: as usual. */
enum via {
	VIA_DIRECT = 1,
	VIA_PROXY = 2
};

struct rule {
	const char *id;			/* "tls-versions"; unique in its profile */
	const char *profile;		/* its file: "starface"; the full name is "starface.ID" */
	struct place place;
	const char *title;		/* one line; the id when absent */
	const char *title_de;		/* or NULL */
	const char *because;		/* why; never NULL */
	const char *remedy;		/* or NULL */
	const char *otherwise_remedy;	/* when `otherwise` is violated; NULL: the same */
	const char *reference;		/* place in the document, or NULL */
	const struct collector *collector;
	struct subject *subjects;
	size_t subject_count;
	struct expectation *expect;
	size_t expect_count;
	struct expectation *otherwise;	/* holds while none of its features is on */
	size_t otherwise_count;
	enum severity severity;
	unsigned vantages;
	const char **features;		/* any of them switches the rule on; none: always on */
	size_t feature_count;
	const char **scenarios;		/* likewise */
	size_t scenario_count;
	const char *peer;		/* look at this peer instead of the target, or NULL */
	/* Peers whose own address decides: the rule holds only where we look from it, or
	 * everywhere else; or NULL. */
	const char *only_from, *not_from;
	/* The id of a rule of the same profile: while that one finds something at the same host
	 * and port, findings of this one may end with its own; or NULL. */
	const char *provisional_while;
	const char *starttls;
	const char *server_name, *verify_name;	/* NULL: the target's */
	unsigned via;			/* enum via, or-ed; 0: by the proxy when there is one */
	bool by_address;		/* ask for the numeric address, not for a name */
	enum when_closed when_closed;
	bool not_applicable_when_absent;	/* the subject has nothing of the kind */
	int64_t timeout_us;		/* 0: the collector's usual */
	uint32_t interval_ms;		/* 0: the target's */
};

struct named {
	const char *name, *title;
	const char *title_de;		/* or NULL */
	struct place place;
	bool *used;			/* whether anything names it; shared with who inherits it */
};

struct not_observable {
	const char *sentence;	/* what the document demands, in our words */
	const char *reason;	/* why nobody can see it from the network */
	const char *by_hand;	/* how the administrator checks it, or NULL */
	const char *reference;
	/* What must be let through all the same: to the target, and from it. */
	struct subject *inbound, *outbound;
	size_t inbound_count, outbound_count;
	/* When that is so; as in a rule. */
	unsigned vantages;
	const char **features, **scenarios;
	size_t feature_count, scenario_count;
	const char *peer;		/* to whom outbound goes, or NULL: to anybody */
};

struct profile {
	const char *name, *title, *title_de;
	const char *document, *vendor, *version;	/* of the source; may be NULL */
	const char *extends;
	bool hosted;	/* elsewhere: what is looked at is the way there from a site */
	struct place place;
	const char *replaces;		/* the file that had this name before, or NULL */
	struct named *features, *scenarios, *peers;
	size_t feature_count, scenario_count, peer_count;
	struct rule *rules;		/* with those of the profile it extends */
	size_t rule_count;
	struct not_observable *not_observable;
	size_t not_observable_count;
	bool broken;			/* its file could not be read: nobody knows what it names */
};

/* All profiles we know: our own folder first, then the user's; a user's profile of the same
 * name replaces ours. */
struct profiles;

struct profiles *profiles_new(void);
void profiles_free(struct profiles *profiles);
/* Reads every *.yaml of a folder. */
void profiles_read_folder(struct profiles *profiles, const char *folder,
			  struct problems *problems);
void profiles_read_bytes(struct profiles *profiles, const char *file, const char *bytes,
			 size_t length, struct problems *problems);
/* After all were read: applies `extends`. */
void profiles_settle(struct profiles *profiles, struct problems *problems);
/* Warns of features, scenarios and peers that no rule names. */
void profiles_find_unused(const struct profiles *profiles, struct problems *problems);
size_t profiles_count(const struct profiles *profiles);
/* In the order of their names. */
const struct profile *profiles_at(const struct profiles *profiles, size_t index);
const struct profile *profiles_named(const struct profiles *profiles, const char *name);
/* Ended by NULL; for messages. */
const char *const *profiles_names(const struct profiles *profiles);

/* By rule, which one its provisional_while names: an index, or rule_count. */
void profile_named_rules(const struct profile *profile, uint32_t *named);

const char *severity_word(enum severity severity);
bool severity_named(const char *word, enum severity *severity);
unsigned severity_weight(enum severity severity);
const char *vantage_word(enum vantage vantage);
bool vantage_named(const char *word, enum vantage *vantage);

#endif
