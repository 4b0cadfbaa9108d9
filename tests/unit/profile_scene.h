/* SPDX-License-Identifier: Apache-2.0
 *
 * A target with one of the profiles we ship, planned and judged: what somebody sees who uses
 * it, without a network.
 */
#ifndef TESTS_UNIT_PROFILE_SCENE_H
#define TESTS_UNIT_PROFILE_SCENE_H

#include "agent/engine/judge.h"

/* A plan for one target with one of the profiles. */
struct setting {
	struct profiles *profiles;
	struct config *config;
	struct target *target;
	struct plan *plan;
	struct problems problems;
};

struct setting *setting_new(const char *profile);
/* Every feature, scenario and peer that the profile knows, and access by SNMP. */
void switch_everything_on(struct setting *setting);
void setting_plan(struct setting *setting);
void setting_free(struct setting *setting);
const struct rule *rule_of(const struct setting *setting, const char *id);

/* What a system looks like from outside of it: these ports answer, all others refuse. */
struct system {
	const char *features;	/* switched on for it, "sip snmp"; NULL: none */
	const char *open;	/* " tcp/443 udp/5060 " */
	const char *hidden;	/* pages that are not there, " /tid "; NULL: /admin */
	const char *signing;	/* NULL: no SMB */
	bool smb1;
	bool as_delivered;	/* TLS, SSH and web pages as the vendor has left them years ago */
	bool rewritten;		/* a box on the way writes its own address into SIP */
	bool cut_off;		/* from the servers elsewhere, and their names */
};

/* These are the findings, in the order of the profile; and the score is 1 without any. */
void expect_findings(const char *profile, enum vantage vantage, const char *scenario,
		     const struct system *system, const char *expected);

#endif
