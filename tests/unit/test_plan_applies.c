/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a rule applies: with which access, and from whose address.
 */
#include "tests/unit/unit.h"

#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

#define SNMP "observe: snmp, subject: udp/161, "
#define SOFTWARE "{ snmp.software: { entry: \"EMET*\", absent: true } }"
#define DESCRIPTION "{ snmp.sysdescr: { present: true } }"
#define ACCESS "snmp_access: { version: 2c, community: c }"

static void what_needs_access_does_not_apply_without(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		RULE("software", SNMP "expect: " SOFTWARE)
			RULE("description", SNMP "expect: " DESCRIPTION),
		"address: 10.0.0.1");

	assert_good(*state);
	assert_int_equal(plan->checks[0].inapplicable, NO_ACCESS);
	assert_int_equal(plan->checks[0].observation, NO_OBSERVATION);
	assert_int_equal(plan->checks[1].inapplicable, APPLICABLE);
}

static void what_needs_access_applies_with_it_but_not_to_peers(void **state)
{
	const struct plan *plan = plan_one(
		*state, PEERS,
		RULE("software", SNMP "expect: " SOFTWARE)
			RULE("of-peer", SNMP "peer: smtp, expect: " SOFTWARE),
		"address: 10.0.0.1, peers: { smtp: 10.0.0.2 }, " ACCESS);

	assert_good(*state);
	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
	assert_non_null(request_of(plan, 0)->snmp);
	assert_int_equal(plan->checks[1].inapplicable, NO_ACCESS);
}

static void access_counts_for_what_is_judged(void **state)
{
	const struct plan *plan = plan_one(
		*state, FEATURES,
		RULE("a", SNMP "feature: mobile, expect: " SOFTWARE ", otherwise: " DESCRIPTION)
			RULE("b", SNMP "feature: mobile, expect: " DESCRIPTION
				  ", otherwise: " SOFTWARE),
		"address: 10.0.0.1");

	assert_good(*state);
	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
	assert_int_equal(plan->checks[1].inapplicable, NO_ACCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(what_needs_access_does_not_apply_without),
		PAPERS_TEST(what_needs_access_applies_with_it_but_not_to_peers),
		PAPERS_TEST(access_counts_for_what_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
