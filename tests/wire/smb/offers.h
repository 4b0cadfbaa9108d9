/* SPDX-License-Identifier: Apache-2.0
 *
 * The questions behind the recorded replies; their order is the first byte of a fuzzer's
 * input, so new ones go to the end.
 */
#ifndef TESTS_WIRE_SMB_OFFERS_H
#define TESTS_WIRE_SMB_OFFERS_H

#include "collectors/smb_wire.h"

static const uint16_t offered_all[] = { SMB_2_0_2, SMB_2_1, SMB_3_0, SMB_3_0_2, SMB_3_1_1 };
static const uint16_t offered_multi[] = { SMB_2_0_2, SMB_2_WILDCARD };

static const struct {
	const char *name;
	struct smb_offer offer;
} offers[] = {
	{ "all", { .dialects = offered_all, .count = 5 } },
	{ "up_to_3_0_2", { .dialects = offered_all, .count = 4 } },
	{ "up_to_3_0", { .dialects = offered_all, .count = 3 } },
	{ "up_to_2_1", { .dialects = offered_all, .count = 2 } },
	{ "only_2_0_2", { .dialects = offered_all, .count = 1 } },
	{ "smb1", { .smb1 = true } },
	{ "multi", { .smb1 = true, .dialects = offered_multi, .count = 2 } },
};

enum { OFFERS = sizeof(offers) / sizeof(*offers), OFFER_ALL = 0, OFFER_SMB1 = 5 };

#endif
