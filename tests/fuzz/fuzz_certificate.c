/* SPDX-License-Identifier: Apache-2.0
 *
 * A chain as a server sends it: u24 length and DER of each certificate. The last of them is
 * known here, so that a path can be built. Whatever is said must be printable and must not
 * contradict itself. Most of what runs is OpenSSL, which a distribution builds without
 * coverage: the engine sees our own half only.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/certificate_facts.h"
#include "collectors/trust.h"
#include "ground/memory.h"
#include "ground/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW_S = 1780272000 };

/* PEM of the last element; to be freed. */
static char *last_as_authority(struct reader chain)
{
	struct reader last = { .bytes = NULL };
	struct text pem = { 0 };
	uint8_t *base64;

	while (reader_left(&chain)) {
		struct reader element = reader_part(&chain, reader_take_u24be(&chain));

		if (reader_ok(&element))
			last = element;
	}
	base64 = memory_new(last.length / 3 + 2, 4);
	EVP_EncodeBlock(base64, last.bytes, (int)last.length);
	text_add(&pem, "-----BEGIN CERTIFICATE-----\n");
	for (size_t at = 0, left = strlen((char *)base64); at < left; at += 64) {
		text_add_bytes(&pem, (char *)base64 + at, left - at < 64 ? left - at : 64);
		text_add_char(&pem, '\n');
	}
	text_add(&pem, "-----END CERTIFICATE-----\n");
	free(base64);
	return text_take(&pem);
}

static void assert_printable(const struct facts *facts)
{
	for (size_t i = 0; i < facts_count(facts); i++) {
		struct text text = { 0 };
		const char *bytes;
		size_t width;
		uint32_t code;

		fact_describe(facts_at(facts, i), &text);
		bytes = text_string(&text);
		for (size_t at = 0; at < text.length; at += width)
			if (!utf8_character(bytes + at, text.length - at, &width, &code) ||
			    utf8_disturbs(code))
				abort();
		text_free(&text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Kept: most inputs differ from another in one certificate only. */
	static struct trust *trust;
	struct facts *facts = facts_new();
	struct exhibit exhibit = { .name = "pbx.example", .wall_us = INT64_C(1000000) * NOW_S };
	const struct fact *trusted;
	char *authority;

	if (!trust)
		trust = trust_new(-1);
	reader_init(&exhibit.chain, data, size);
	authority = last_as_authority(exhibit.chain);
	exhibit.authorities = authority;
	if (!trust_examine(trust, &exhibit, facts) && facts_count(facts))
		abort();
	trusted = facts_get(facts, certificate_fact(CERT_TRUSTED));
	if (trusted && trusted->truth == !!facts_get(facts, certificate_fact(CERT_TRUST_ERROR)))
		abort();
	assert_printable(facts);
	facts_free(facts);
	free(authority);
	return 0;
}
