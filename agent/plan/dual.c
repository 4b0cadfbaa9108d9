/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/dual.h"

#include <stddef.h>

#include "agent/plan/form.h"
#include "net/address.h"

const char *dual_over(const struct dual *dual, uint8_t family)
{
	if (family == 6)
		return dual->six;
	return family == 4 || dual->four ? dual->four : dual->six;
}

const char *dual_add(struct dual *dual, const char *address)
{
	struct address parsed;
	const char **place;

	if (!address_parse(address, &parsed))
		return "a numeric address such as 10.0.0.5 or 2001:db8::5 must stand here";
	place = parsed.family == 6 ? &dual->six : &dual->four;
	if (*place)
		return "one address of each version of IP is enough";
	*place = address;
	return NULL;
}

static bool read_one(struct reading *reading, const struct field *field,
		     const struct node *node, struct dual *dual)
{
	const char *wrong;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, field->name, node,
				   "an address, or a list of one for each version of IP");
	wrong = dual_add(dual, node->text);
	if (wrong)
		form_error(reading, node->place, "'%s' cannot be '%.80s': %s", field->name,
			   node->text, wrong);
	return !wrong;
}

bool dual_read_field(struct reading *reading, const struct field *field,
		     const struct node *node, void *base)
{
	struct dual *dual = (struct dual *)((char *)base + field->at);
	bool good = true;

	/* What was there is a default, of which nothing stays. */
	*dual = (struct dual){ 0 };
	if (node->kind != NODE_LIST)
		return read_one(reading, field, node, dual);
	if (!node->count) {
		form_error(reading, node->place, "'%s' needs at least one element", field->name);
		return false;
	}
	for (const struct node *n = node->first; n; n = n->next)
		good = read_one(reading, field, n, dual) && good;
	return good;
}
