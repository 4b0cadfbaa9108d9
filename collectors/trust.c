/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/trust.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/certificate_facts.h"
#include "collectors/certificate/certificate_name.h"
#include "collectors/certificate/certificate_path.h"
#include "collectors/certificate/certificate_staple.h"
#include "collectors/certificate/trust_cache.h"
#include "ground/memory.h"

/* Beyond these the least recently used go. A certificate of 1,200 bytes is about 10 KiB in
 * memory; one that is larger than a record of TLS, as nobody's is, is not kept. */
enum {
	CERTIFICATES_MOST = 4096,
	CERTIFICATES_BYTES_MOST = 32 << 20,
	CERTIFICATE_KEPT_MOST = 16 << 10,
	VERDICTS_MOST = 4096,
	STORES_MOST = 64,
	STORES_BYTES_MOST = 8 << 20
};

_Static_assert((int)TRUST_KEY_BYTES == (int)FINGERPRINT_BYTES, "keys are fingerprints");

struct trust {
	int bundle;				/* -1: read, or none */
	struct certificate_reading reading;
	struct certificate_store *system;	/* NULL: not asked for yet, or none */
	struct trust_cache *certificates, *stores, *paths, *staples;
	struct trust_work work;
};

/* One examination under way. */
struct examination {
	struct trust *trust;
	const struct exhibit *exhibit;
	struct certificate_evidence evidence;
	uint8_t key[TRUST_KEY_BYTES];		/* of the target's authorities and the chain */
	uint8_t own_key[TRUST_KEY_BYTES];	/* of the former; zeroes: there are none */
	struct certificate *passing[PATH_SENT_MOST];	/* too large to be kept */
	size_t passing_count;
};

static void certificate_release(void *item)
{
	certificate_free(item);
}

static void store_release(void *item)
{
	certificate_store_free(item);
}

struct trust *trust_new(int bundle)
{
	struct trust *trust = memory_new(1, sizeof *trust);

	trust->bundle = bundle;
	certificate_reading_init(&trust->reading);
	trust->certificates = trust_cache_new(CERTIFICATES_MOST, CERTIFICATES_BYTES_MOST,
					      certificate_release);
	trust->stores = trust_cache_new(STORES_MOST, STORES_BYTES_MOST, store_release);
	trust->paths = trust_cache_new(VERDICTS_MOST, SIZE_MAX, free);
	trust->staples = trust_cache_new(VERDICTS_MOST, SIZE_MAX, free);
	return trust;
}

int trust_open_system_bundle(void)
{
	return certificate_store_open_system();
}

void trust_free(struct trust *trust)
{
	if (!trust)
		return;
	trust_cache_free(trust->certificates);
	trust_cache_free(trust->stores);
	trust_cache_free(trust->paths);
	trust_cache_free(trust->staples);
	certificate_store_free(trust->system);
	certificate_reading_free(&trust->reading);
	if (trust->bundle >= 0)
		close(trust->bundle);
	free(trust);
}

struct trust_work trust_work(const struct trust *trust)
{
	return trust->work;
}

static const struct certificate *take_certificate(struct examination *examination,
						  struct reader der)
{
	struct trust *trust = examination->trust;
	struct certificate *certificate;
	uint8_t sha256[FINGERPRINT_BYTES];

	certificate_fingerprint(&trust->reading, der, sha256);
	certificate = trust_cache_get(trust->certificates, sha256);
	if (certificate)
		return certificate;
	certificate = certificate_read(&trust->reading, der);
	trust->work.parsed++;
	if (der.length <= CERTIFICATE_KEPT_MOST)
		trust_cache_put(trust->certificates, sha256, certificate,
				6144 + 4 * der.length);
	else
		examination->passing[examination->passing_count++] = certificate;
	return certificate;
}

static void take_chain(struct examination *examination)
{
	struct certificate_evidence *evidence = &examination->evidence;
	struct reader chain = examination->exhibit->chain;

	while (reader_left(&chain) && evidence->count < PATH_SENT_MOST) {
		struct reader der = reader_part(&chain, reader_take_u24be(&chain));

		if (!reader_ok(&der))
			break;
		evidence->sent[evidence->count++] = take_certificate(examination, der);
	}
}

static struct certificate_store *system_store(struct trust *trust)
{
	if (trust->bundle >= 0)
		trust->system = certificate_store_read(&trust->reading, trust->bundle);
	trust->bundle = -1;
	return trust->system;
}

static struct certificate_store *own_store(struct examination *examination)
{
	struct trust *trust = examination->trust;
	const char *pem = examination->exhibit->authorities;
	struct certificate_store *store;
	size_t length;

	if (!pem)
		return NULL;
	store = trust_cache_get(trust->stores, examination->own_key);
	if (store)
		return store;
	length = strlen(pem);
	store = certificate_store_new(&trust->reading, pem, length);
	trust_cache_put(trust->stores, examination->own_key, store, 8 * length);
	return store;
}

static void open_stores(struct examination *examination)
{
	examination->evidence.stores[0] = own_store(examination);
	examination->evidence.stores[1] = system_store(examination->trust);
}

static void take_own_key(struct examination *examination)
{
	const char *pem = examination->exhibit->authorities;
	struct reader in;

	if (!pem)
		return;
	reader_init(&in, pem, strlen(pem));
	certificate_fingerprint(&examination->trust->reading, in, examination->own_key);
}

static void take_key(struct examination *examination)
{
	const struct certificate_evidence *evidence = &examination->evidence;
	uint8_t bytes[TRUST_KEY_BYTES + PATH_SENT_MOST * FINGERPRINT_BYTES];
	struct writer all;
	struct reader in;

	take_own_key(examination);
	writer_init(&all, bytes, sizeof bytes);
	writer_put(&all, examination->own_key, TRUST_KEY_BYTES);
	for (size_t i = 0; i < evidence->count; i++)
		writer_put(&all, evidence->sent[i]->sha256, FINGERPRINT_BYTES);
	reader_init(&in, bytes, all.length);
	certificate_fingerprint(&examination->trust->reading, in, examination->key);
}

static const struct certificate_verdict *judge_path(struct examination *examination)
{
	struct trust *trust = examination->trust;
	int64_t now = examination->evidence.wall_us;
	struct certificate_verdict *verdict = trust_cache_get(trust->paths, examination->key);

	if (verdict && verdict->from <= now && now < verdict->until)
		return verdict;
	if (!verdict) {
		verdict = memory_new(1, sizeof *verdict);
		trust_cache_put(trust->paths, examination->key, verdict, sizeof *verdict);
	}
	open_stores(examination);
	*verdict = certificate_path_judge(&examination->evidence);
	trust->work.verified++;
	return verdict;
}

static void staple_key(const struct examination *examination,
		       uint8_t key[static TRUST_KEY_BYTES])
{
	uint8_t both[2 * TRUST_KEY_BYTES];
	struct reader in;

	memcpy(both, examination->key, TRUST_KEY_BYTES);
	certificate_fingerprint(&examination->trust->reading, examination->exhibit->staple,
				both + TRUST_KEY_BYTES);
	reader_init(&in, both, sizeof both);
	certificate_fingerprint(&examination->trust->reading, in, key);
}

/* NULL: its issuer is not here, so nobody can say. */
static const struct staple_verdict *judge_staple(struct examination *examination)
{
	struct trust *trust = examination->trust;
	struct certificate_evidence *evidence = &examination->evidence;
	const struct certificate *issuer;
	struct staple_verdict *verdict;
	uint8_t key[TRUST_KEY_BYTES];

	staple_key(examination, key);
	verdict = trust_cache_get(trust->staples, key);
	if (verdict && verdict->from <= evidence->wall_us && evidence->wall_us < verdict->until)
		return verdict;
	open_stores(examination);
	issuer = certificate_path_issuer(evidence);
	if (!issuer)
		return NULL;
	if (!verdict) {
		verdict = memory_new(1, sizeof *verdict);
		trust_cache_put(trust->staples, key, verdict, sizeof *verdict);
	}
	*verdict = certificate_staple_judge(examination->exhibit->staple, evidence->sent[0],
					    issuer, evidence->wall_us);
	return verdict;
}

static const char *trust_error_word(enum trust_error error)
{
	static const char *const words[] = {
		NULL,
#define TRUST_ERROR_WORD(constant, word) word,
		TRUST_ERRORS(TRUST_ERROR_WORD)
#undef TRUST_ERROR_WORD
	};

	return words[error];
}

/* What is missing may be in the part that is not here. */
static void tell_path(struct examination *examination, struct facts *facts)
{
	const struct certificate_verdict *verdict = judge_path(examination);
	bool cut = examination->exhibit->cut;

	if (!cut || verdict->error != TRUST_ERROR_UNKNOWN_ISSUER)
		facts_set_boolean(facts, certificate_fact(CERT_TRUSTED), !verdict->error);
	if (verdict->error && (!cut || verdict->error != TRUST_ERROR_UNKNOWN_ISSUER))
		facts_set_text(facts, certificate_fact(CERT_TRUST_ERROR),
			       trust_error_word(verdict->error));
	if (verdict->complete || (!cut && !verdict->undecided))
		facts_set_boolean(facts, certificate_fact(CERT_CHAIN_COMPLETE),
				  verdict->complete);
}

static void tell_name(const struct examination *examination, struct facts *facts)
{
	const char *name = examination->exhibit->name;

	if (name)
		facts_set_boolean(facts, certificate_fact(CERT_NAME_MATCH),
				  certificate_is_for(examination->evidence.sent[0], name));
}

static void tell_staple(struct examination *examination, struct facts *facts)
{
	static const char *const words[] = {
		[STAPLE_GOOD] = "good", [STAPLE_REVOKED] = "revoked",
		[STAPLE_UNKNOWN] = "unknown", [STAPLE_EXPIRED] = "expired",
		[STAPLE_INVALID] = "invalid"
	};
	const struct staple_verdict *verdict = NULL;
	bool stapled = reader_left(&examination->exhibit->staple) > 0;

	if (stapled)
		verdict = judge_staple(examination);
	if (verdict || (!stapled && !examination->exhibit->staple_open))
		facts_set_text(facts, certificate_fact(CERT_OCSP_STAPLE),
			       verdict ? words[verdict->staple] : "none");
}

static void tell_chain(const struct examination *examination, struct facts *facts)
{
	const struct certificate_evidence *evidence = &examination->evidence;

	for (size_t i = 0; i < evidence->count; i++)
		certificate_tell_element(evidence->sent[i],
					 facts_add_record(facts, certificate_fact(CERT_CHAIN)));
}

static void examination_end(struct examination *examination)
{
	struct trust *trust = examination->trust;

	for (size_t i = 0; i < examination->passing_count; i++)
		certificate_free(examination->passing[i]);
	trust_cache_trim(trust->certificates);
	trust_cache_trim(trust->stores);
	trust_cache_trim(trust->paths);
	trust_cache_trim(trust->staples);
}

bool trust_examine(struct trust *trust, const struct exhibit *exhibit, struct facts *facts)
{
	struct examination examination = {
		.trust = trust, .exhibit = exhibit, .evidence.wall_us = exhibit->wall_us
	};
	const struct certificate *leaf;
	bool readable;

	take_chain(&examination);
	leaf = examination.evidence.sent[0];
	readable = leaf && leaf->x509;
	if (readable) {
		take_key(&examination);
		certificate_tell(leaf, exhibit->wall_us, facts);
		tell_path(&examination, facts);
		tell_name(&examination, facts);
		tell_chain(&examination, facts);
		tell_staple(&examination, facts);
	}
	examination_end(&examination);
	return readable;
}
