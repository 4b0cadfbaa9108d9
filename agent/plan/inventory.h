/* SPDX-License-Identifier: Apache-2.0
 *
 * Targets that stand elsewhere than in the configuration: files of our own form (YAML or JSON:
 * a list of targets, or a map with `targets`), and lists as Prometheus' file_sd and http_sd
 * have them. Bytes that nobody vouches for; nothing is fetched here.
 */
#ifndef AGENT_PLAN_INVENTORY_H
#define AGENT_PLAN_INVENTORY_H

#include "agent/plan/config.h"

/* What sources at a distance have said last; those that never answered are not in it. */
struct inventory_document {
	const char *url;
	const char *bytes;
	size_t length;
};

struct inventory_fetched {
	const struct inventory_document *items;
	size_t count;
};

/* Adds the targets of all sources of the configuration. Files that a pattern matches are read
 * in the order of their names; what is wrong in one is a problem with its place. */
void inventory_add(struct config *config, const struct inventory_fetched *fetched,
		   struct problems *problems);
/* One document, of a file or a URL, by the rules of its source. */
void inventory_add_bytes(struct config *config, const struct inventory_source *source,
			 const char *from, const char *bytes, size_t length,
			 struct problems *problems);
/* What changes when a file does, appears or goes: names, sizes and times of all files that the
 * sources name. */
uint64_t inventory_state(const struct config *config);

#endif
