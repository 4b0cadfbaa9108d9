/* SPDX-License-Identifier: Apache-2.0
 *
 * What a system, or this machine, is over each version of IP: a numeric address of one or of
 * both. Whoever is compared with, or looked from, is given so.
 */
#ifndef AGENT_PLAN_DUAL_H
#define AGENT_PLAN_DUAL_H

#include <stdbool.h>
#include <stdint.h>

struct dual {
	const char *four, *six;		/* NULL: none */
};

/* Family 0: whichever there is. */
const char *dual_over(const struct dual *dual, uint8_t family);
/* Borrows the address. NULL, or what is wrong, for people. */
const char *dual_add(struct dual *dual, const char *address);

struct field;
struct node;
struct reading;

/* A field of FIELD_OWN: an address, or a list of one for each version of IP. */
bool dual_read_field(struct reading *reading, const struct field *field,
		     const struct node *node, void *base);

#endif
