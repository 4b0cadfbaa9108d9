/* SPDX-License-Identifier: Apache-2.0
 *
 * Serves a tree to SNMP managers: below an snmpd that is there (AgentX), or as an agent of its
 * own. One in a process, once: Net-SNMP keeps its state in variables of its own. All calls may
 * block for as long as the snmpd pleases.
 */
#ifndef AGENT_SNMP_SERVING_H
#define AGENT_SNMP_SERVING_H

#include "agent/snmp/tree.h"

enum { SERVING_ROOT_MOST = 32 };

struct serving_terms {
	uint32_t root[SERVING_ROOT_MOST];	/* of ucPostureMIB */
	size_t root_length;
	/* Below an snmpd: where that listens, "unix:/var/agentx/master"; NULL: an agent of
	 * its own. */
	const char *master;
	unsigned ping_s;		/* how often it is looked for; at least 1 */
	/* Of an agent of its own. */
	const char *listen;		/* "udp:127.0.0.1:161,udp6:[::1]:161" */
	const char *folder;		/* what it remembers: nobody else writes there */
	const char *const *lines;	/* who may see what, as in snmpd.conf; ended by NULL */
	/* What Net-SNMP has to say. */
	void (*say)(void *owner, int priority, const char *message);
	/* Below an snmpd: whether it has taken us; it has not when it is not there, or when another
	 * has our tree. */
	void (*connected)(void *owner, bool connected);
	void *owner;
};

struct serving;

/* NULL: it cannot be, and `say` was told why. */
struct serving *serving_start(const struct serving_terms *terms, struct mib *mib);
void serving_stop(struct serving *serving);
/* When this descriptor is readable serving_turn() calls `heard`. */
void serving_watch(struct serving *serving, int fd, void (*heard)(int fd, void *owner),
		   void *owner);
/* Answers who asks; waits when nobody does and it shall. */
void serving_turn(struct serving *serving, bool waits);
/* sysUpTime, in hundredths of a second: of the snmpd when we are below one. */
uint32_t serving_ticks(void);

#endif
