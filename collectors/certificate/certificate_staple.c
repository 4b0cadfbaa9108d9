/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate/certificate_staple.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <stdlib.h>

#include "ground/clock.h"

/* A response may speak of several certificates and bring several; servers send one of each. */
enum { SINGLES_MOST = 16, SIGNERS_MOST = 4 };

/* Clocks differ. */
#define SKEW (5 * 60 * CLOCK_SECOND)

static OCSP_BASICRESP *read_basic(struct reader staple)
{
	size_t length = reader_left(&staple);
	const unsigned char *bytes = reader_take(&staple, length), *end = bytes;
	OCSP_BASICRESP *basic = NULL;
	OCSP_RESPONSE *response;

	if (length > STAPLE_BYTES_MOST)
		return NULL;
	response = d2i_OCSP_RESPONSE(NULL, &end, (long)length);
	if (response && end == bytes + length &&
	    OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(response);
	OCSP_RESPONSE_free(response);
	return basic;
}

static bool signers_are_usable(const OCSP_BASICRESP *basic)
{
	const STACK_OF(X509) *signers = OCSP_resp_get0_certs(basic);
	int count = sk_X509_num(signers);

	for (int i = 0; i < count && count <= SIGNERS_MOST; i++) {
		const EVP_PKEY *key = X509_get0_pubkey(sk_X509_value(signers, i));

		if (!key || certificate_key_is_monstrous(key))
			return false;
	}
	return count <= SIGNERS_MOST;
}

/* The issuer is all there is to trust; whether he himself is trusted is another fact. */
static bool is_signed_for(OCSP_BASICRESP *basic, STACK_OF(X509) *issuers)
{
	X509_STORE *store = X509_STORE_new();
	bool rightly;

	if (!store || !X509_STORE_add_cert(store, sk_X509_value(issuers, 0)))
		abort();
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
	rightly = OCSP_basic_verify(basic, issuers, store, 0) == 1;
	X509_STORE_free(store);
	return rightly;
}

/* Makes the verdict last no longer than from `begin` to `end`; false when now is outside. */
static bool holds(struct staple_verdict *verdict, int64_t begin, int64_t end, int64_t wall_us)
{
	if (wall_us < begin) {
		verdict->until = begin < verdict->until ? begin : verdict->until;
		return false;
	}
	if (wall_us > end) {
		verdict->from = end + 1 > verdict->from ? end + 1 : verdict->from;
		return false;
	}
	verdict->from = begin > verdict->from ? begin : verdict->from;
	verdict->until = end < verdict->until ? end + 1 : verdict->until;
	return true;
}

static bool is_signed_rightly(OCSP_BASICRESP *basic, const struct certificate *issuer,
			      struct staple_verdict *verdict, int64_t wall_us)
{
	STACK_OF(X509) *issuers = sk_X509_new_null();
	int64_t begin, end;
	X509 *signer;
	bool rightly;

	if (!issuers || !sk_X509_push(issuers, issuer->x509))
		abort();
	rightly = signers_are_usable(basic) && is_signed_for(basic, issuers) &&
		  OCSP_resp_get0_signer(basic, &signer, issuers);
	/* Nobody is appointed for ever. That the issuer's own time is over is said elsewhere. */
	if (rightly && X509_cmp(signer, issuer->x509) != 0)
		rightly = certificate_time(X509_get0_notBefore(signer), &begin) &&
			  certificate_time(X509_get0_notAfter(signer), &end) &&
			  holds(verdict, begin, end, wall_us);
	sk_X509_free(issuers);
	return rightly;
}

static bool speaks_of(OCSP_SINGLERESP *single, const struct certificate *leaf,
		      const struct certificate *issuer)
{
	OCSP_CERTID *said = (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(single), *expected;
	ASN1_OBJECT *algorithm = NULL;
	const EVP_MD *digest;
	bool same;

	OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, said);
	digest = EVP_get_digestbyobj(algorithm);
	expected = digest ? OCSP_cert_to_id(digest, leaf->x509, issuer->x509) : NULL;
	same = expected && OCSP_id_cmp(expected, said) == 0;
	OCSP_CERTID_free(expected);
	return same;
}

static OCSP_SINGLERESP *find_single(OCSP_BASICRESP *basic, const struct certificate *leaf,
				    const struct certificate *issuer)
{
	int count = OCSP_resp_count(basic);

	for (int i = 0; i < count && i < SINGLES_MOST; i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);

		if (speaks_of(single, leaf, issuer))
			return single;
	}
	return NULL;
}

static enum staple staple_of_single(OCSP_SINGLERESP *single, struct staple_verdict *verdict,
				    int64_t wall_us)
{
	ASN1_GENERALIZEDTIME *since, *until;
	int status = OCSP_single_get0_status(single, NULL, NULL, &since, &until);
	int64_t begin, end = INT64_MAX - 1;

	if (!certificate_time(since, &begin) || (until && !certificate_time(until, &end)))
		return STAPLE_INVALID;
	if (!holds(verdict, begin - SKEW, INT64_MAX - 1, wall_us))
		return STAPLE_INVALID;
	if (status == V_OCSP_CERTSTATUS_REVOKED)
		return STAPLE_REVOKED;
	if (!holds(verdict, begin - SKEW, end, wall_us))
		return STAPLE_EXPIRED;
	return status == V_OCSP_CERTSTATUS_GOOD ? STAPLE_GOOD : STAPLE_UNKNOWN;
}

struct staple_verdict certificate_staple_judge(struct reader staple,
					       const struct certificate *leaf,
					       const struct certificate *issuer, int64_t wall_us)
{
	struct staple_verdict verdict = {
		.staple = STAPLE_INVALID, .from = INT64_MIN, .until = INT64_MAX
	};
	OCSP_BASICRESP *basic = read_basic(staple);
	OCSP_SINGLERESP *single;

	if (basic && is_signed_rightly(basic, issuer, &verdict, wall_us)) {
		single = find_single(basic, leaf, issuer);
		if (single)
			verdict.staple = staple_of_single(single, &verdict, wall_us);
	}
	OCSP_BASICRESP_free(basic);
	ERR_clear_error();
	return verdict;
}
