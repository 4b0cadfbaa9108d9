/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/demand.h"

#include <string.h>

static bool names(const struct expectation *expectation, const char *state)
{
	for (size_t i = 0; i < expectation->count; i++)
		if (!strcmp(expectation->operands[i].text, state))
			return true;
	return false;
}

static bool allows(const struct expectation *expect, size_t count, const char *state)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(expect[i].fact->name, "port.state") != 0)
			continue;
		switch (expect[i].operator) {
		case OPERATOR_IS:
		case OPERATOR_ONE_OF:
			if (!names(&expect[i], state))
				return false;
			break;
		case OPERATOR_IS_NOT:
		case OPERATOR_NONE_OF:
			if (names(&expect[i], state))
				return false;
			break;
		default:
			break;
		}
	}
	return true;
}

/* Of a range any port, or none, shall be open. */
static bool speaks_of_range(const struct expectation *expectation, enum operator operator)
{
	return !strcmp(expectation->fact->name, "port.open") &&
	       expectation->operator== operator;
}

/* Only an open port says something. */
static bool wants_reply(const struct expectation *expectation)
{
	return strcmp(expectation->fact->name, "port.state") != 0 &&
	       expectation->fact->type == FACT_TEXT &&
	       (expectation->operator== OPERATOR_IS || expectation->operator== OPERATOR_ONE_OF ||
		expectation->operator== OPERATOR_PRESENT ||
		expectation->operator== OPERATOR_MATCHES);
}

enum demand demand_of_port(const struct expectation *expect, size_t count)
{
	bool open = allows(expect, count, "open");

	for (size_t i = 0; i < count; i++)
		if (wants_reply(&expect[i]) || speaks_of_range(&expect[i], OPERATOR_PRESENT))
			return DEMAND_OPEN;
		else if (speaks_of_range(&expect[i], OPERATOR_ABSENT))
			return DEMAND_CLOSED;
	/* Of UDP silence is often all there is to hear. */
	if (!allows(expect, count, "closed"))
		return open || allows(expect, count, "open_or_filtered") ? DEMAND_OPEN
									 : DEMAND_CLOSED;
	return open ? DEMAND_NOTHING : DEMAND_CLOSED;
}
