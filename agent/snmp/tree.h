/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree of UC-POSTURE-MIB over a mirror: the value of a name, and the next name that has one.
 * Names are numbers below ucPostureMIB. Rows lie in the mirror as they do in the tree, so both
 * are a search by halves; only the sparse tables have a list of their rows, made when first
 * asked for after something changed.
 */
#ifndef AGENT_SNMP_TREE_H
#define AGENT_SNMP_TREE_H

#include "agent/snmp/columns.h"

/* A name: of the entry, the column, and at most two of the row. */
enum { MIB_NAME_MOST = TABLE_ARCS + 3 };

struct mib_name {
	uint32_t arcs[MIB_NAME_MOST];
	size_t length;
};

enum mib_found {
	MIB_FOUND,
	MIB_NO_OBJECT,		/* there is no such column */
	MIB_NO_INSTANCE		/* it has no such row */
};

struct mib;

/* The mirror stays whose it is, and has to outlive the tree. */
struct mib *mib_new(const struct mirror *mirror);
void mib_free(struct mib *mib);
/* After each mirror_settle(). ticks: sysUpTime. */
void mib_settle(struct mib *mib, uint32_t ticks);
/* What values point to stays until the next mirror_settle(). */
enum mib_found mib_get(struct mib *mib, const uint32_t *arcs, size_t count, int64_t now_wall_us,
		       struct value *value);
/* The first behind this name, which need not be one of ours; false: none is. */
bool mib_next(struct mib *mib, const uint32_t *arcs, size_t count, int64_t now_wall_us,
	      struct mib_name *name, struct value *value);

#endif
