/* SPDX-License-Identifier: Apache-2.0
 *
 * What a profile may look like, as a JSON Schema for editors: made of the tables that read
 * profiles, so that both say the same. What no schema can know (a name that is used but not
 * declared, a range that ends before it begins) only the reader says.
 */
#ifndef AGENT_PLAN_PROFILE_SCHEMA_H
#define AGENT_PLAN_PROFILE_SCHEMA_H

#include "ground/json.h"

struct form;

/* The whole of it, readable, with a line break at its end. */
void profile_schema(struct text *out);

/* Of the files it is written in: keywords of the object that is open. */

/* "type", a name or a list of names, which ends with NULL. */
void schema_add_types(struct json *json, const char *const *types);
/* "enum"; a word that YAML takes for a number stands there as that, too. */
void schema_add_words(struct json *json, const char *const *words);
/* "anyOf": one value, or a list of at least so many; or null, when `optional`. */
struct schema_list {
	void (*add_one)(struct json *json, const void *about);
	const void *about;
	unsigned least;
	bool optional;
};

void schema_add_list(struct json *json, const struct schema_list *list);
/* The keys of a map. */
void schema_add_form(struct json *json, const struct form *form);
/* What a collector can look at; about: the collector. */
void schema_add_subject(struct json *json, const void *about);
/* A member that refers to one of $defs. */
void schema_add_reference(struct json *json, const char *key, const char *name);
/* What stands behind `expect` and `otherwise`: members of $defs, one a collector, called
 * facts_of_tls, and those they are made of. */
void schema_add_facts(struct json *json);

#endif
