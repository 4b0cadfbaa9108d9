/* SPDX-License-Identifier: Apache-2.0
 *
 * A set of facts as another process sends it.
 */
#include "collectors/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts *facts = facts_new();
	struct reader in;

	reader_init(&in, data, size);
	if (facts_decode(&in, facts)) {
		struct writer out = { 0 };

		writer_grow_up_to(&out, 1 << 20);
		facts_encode(facts, &out);
		writer_free(&out);
	}
	facts_free(facts);
	return 0;
}
