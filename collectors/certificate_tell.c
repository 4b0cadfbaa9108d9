/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate_tell.h"

#include "collectors/certificate_facts.h"

static void tell_text(struct facts *facts, enum certificate_fact fact, const char *text)
{
	if (text)
		facts_set_text(facts, certificate_fact(fact), text);
}

static void tell_texts(struct facts *facts, enum certificate_fact fact,
		       const struct certificate_texts *texts)
{
	if (texts->known)
		facts_set_texts(facts, certificate_fact(fact), texts->list, texts->count);
}

static void tell_dates(const struct certificate *certificate, int64_t wall_us,
		       struct facts *facts)
{
	if (certificate->begins) {
		facts_set_time(facts, certificate_fact(CERT_NOT_BEFORE),
			       certificate->not_before);
		facts_set_boolean(facts, certificate_fact(CERT_NOT_YET_VALID),
				  wall_us < certificate->not_before);
	}
	if (certificate->ends) {
		facts_set_time(facts, certificate_fact(CERT_NOT_AFTER), certificate->not_after);
		facts_set_boolean(facts, certificate_fact(CERT_EXPIRED),
				  wall_us > certificate->not_after);
	}
}

void certificate_tell(const struct certificate *certificate, int64_t wall_us,
		      struct facts *facts)
{
	tell_text(facts, CERT_SUBJECT, certificate->subject);
	tell_text(facts, CERT_ISSUER, certificate->issuer);
	tell_texts(facts, CERT_NAMES, &certificate->names);
	tell_text(facts, CERT_SERIAL, certificate->serial);
	tell_dates(certificate, wall_us, facts);
	if (certificate->self_signed_known)
		facts_set_boolean(facts, certificate_fact(CERT_SELF_SIGNED),
				  certificate->self_signed);
	if (certificate->names.known)
		facts_set_boolean(facts, certificate_fact(CERT_WILDCARD),
				  certificate->wildcard);
	tell_text(facts, CERT_KEY, certificate->key);
	if (certificate->key_bits)
		facts_set_integer(facts, certificate_fact(CERT_KEY_BITS),
				  certificate->key_bits);
	tell_text(facts, CERT_CURVE, certificate->curve);
	tell_text(facts, CERT_SIGNATURE, certificate->signature);
	if (certificate->usages.count)
		tell_texts(facts, CERT_USAGES, &certificate->usages);
	tell_text(facts, CERT_SHA256, certificate->sha256_hex);
	tell_text(facts, CERT_SPKI_SHA256, certificate->spki_hex);
}

static void tell_column(struct facts *facts, enum certificate_column column, const char *text)
{
	facts_set_text(facts, certificate_column(column), text);
}

void certificate_tell_element(const struct certificate *certificate, struct facts *facts)
{
	if (!certificate->x509) {
		tell_column(facts, CHAIN_SHA256, certificate->sha256_hex);
		return;
	}
	tell_column(facts, CHAIN_SUBJECT, certificate->subject);
	tell_column(facts, CHAIN_ISSUER, certificate->issuer);
	tell_column(facts, CHAIN_SERIAL, certificate->serial);
	if (certificate->begins)
		facts_set_time(facts, certificate_column(CHAIN_NOT_BEFORE),
			       certificate->not_before);
	if (certificate->ends)
		facts_set_time(facts, certificate_column(CHAIN_NOT_AFTER),
			       certificate->not_after);
	tell_column(facts, CHAIN_KEY, certificate->key);
	if (certificate->key_bits)
		facts_set_integer(facts, certificate_column(CHAIN_KEY_BITS),
				  certificate->key_bits);
	tell_column(facts, CHAIN_SIGNATURE, certificate->signature);
	if (certificate->self_signed_known)
		facts_set_boolean(facts, certificate_column(CHAIN_SELF_SIGNED),
				  certificate->self_signed);
	facts_set_boolean(facts, certificate_column(CHAIN_AUTHORITY), certificate->authority);
	tell_column(facts, CHAIN_SHA256, certificate->sha256_hex);
	tell_column(facts, CHAIN_SPKI_SHA256, certificate->spki_hex);
}
