/* SPDX-License-Identifier: Apache-2.0
 *
 * A reply to one of the questions of offers.h, which the first byte selects. What is
 * accepted must have been offered, and nothing else may be said of signing.
 */
#include <stdlib.h>

#include "tests/wire/smb/offers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool was_offered(const struct smb_offer *offer, uint16_t dialect)
{
	for (size_t i = 0; i < offer->count; i++)
		if (offer->dialects[i] == dialect)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smb_reply reply;
	struct reader in;

	if (size == 0)
		return 0;
	const struct smb_offer *offer = &offers[data[0] % OFFERS].offer;

	reader_init(&in, data + 1, size - 1);
	enum turn turn = smb_take_reply(&in, offer, &reply);
	if (turn != TURN_CONCLUDED && (reply.answer != SMB_DECLINED || in.at != 0))
		abort();
	if (reply.answer == SMB_DECLINED && (reply.signing_required || reply.signing_enabled))
		abort();
	if (reply.answer == SMB_ACCEPTED_SMB2 && !was_offered(offer, reply.dialect))
		abort();
	if (reply.answer == SMB_ACCEPTED_SMB1 && !offer->smb1)
		abort();
	return 0;
}
