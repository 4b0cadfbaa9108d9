/* SPDX-License-Identifier: Apache-2.0
 *
 * u24 length and a chain whose second certificate has issued the first, then the response of
 * OCSP. As with fuzz_certificate, the engine sees our own half only.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/certificate_facts.h"
#include "collectors/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW_S = 1780272000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Kept: most inputs differ from another in one certificate only. */
	static struct trust *trust;
	struct facts *facts = facts_new();
	struct exhibit exhibit = { .wall_us = INT64_C(1000000) * NOW_S };
	const struct fact *staple;
	struct reader in;

	if (!trust)
		trust = trust_new(-1);
	reader_init(&in, data, size);
	exhibit.chain = reader_part(&in, reader_take_u24be(&in));
	exhibit.staple = reader_part(&in, reader_left(&in));
	if (trust_examine(trust, &exhibit, facts)) {
		staple = facts_get(facts, certificate_fact(CERT_OCSP_STAPLE));
		if (!exhibit.staple.length && (!staple || strcmp(staple->text, "none") != 0))
			abort();
	}
	facts_free(facts);
	return 0;
}
