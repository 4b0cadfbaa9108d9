/* SPDX-License-Identifier: Apache-2.0
 *
 * One file of a profile, before it is settled among the others. Only
 * profiles.c calls it; profile_schema.c reads its tables.
 */
#ifndef AGENT_PLAN_PROFILE_FILE_H
#define AGENT_PLAN_PROFILE_FILE_H

#include "agent/plan/form.h"
#include "agent/plan/profile.h"

/* A name used in the file, which may be one of a profile it extends. */
struct mention {
	const char *what;	/* the key: "feature", "peer", "not_from", "extends" … */
	const char *name;
	struct place place;
	struct mention *next;
};

struct profile_file {
	struct profile profile;
	struct mention *mentions;
	struct patterns *patterns;
};

/* profile.c */
const struct form *profile_form(void);
/* profile_rule.c */
const struct form *profile_rule_form(void);
const struct form *profile_not_observable_form(void);
/* profile_sense.c: names what would mean nothing. */
bool profile_rule_makes_sense(struct reading *reading, const struct node *node, void *base);
/* What the rules of a profile that is settled mean together. */
void profile_makes_sense(const struct profile *profile, struct problems *problems);
/* Fields of names that are looked up when all profiles are known. */
bool profile_read_name(struct reading *reading, const struct field *field,
		       const struct node *node, void *base);
bool profile_read_names(struct reading *reading, const struct field *field,
			const struct node *node, void *base);

/* The profile has a name in any case: if need be that of the file. */
void profile_file_read(struct profile_file *made, struct reading *reading, const char *file,
		       const char *bytes, size_t length);

#endif
