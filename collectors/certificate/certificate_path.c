/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate/certificate_path.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "ground/memory.h"

/* Longer paths nobody has. Each signature costs: of the largest keys 3 ms. */
enum { DEPTH_MOST = 10, SIGNATURES_MOST = 12 };

/* What Debian's OpenSSL and Apple ask for: RSA of 2,048 bits, and below the root no signature
 * with SHA-1 or MD5. */
enum { SECURITY_LEVEL = 2 };

/* To build a path from. */
static bool is_usable(const struct certificate *certificate)
{
	return certificate->x509 && !certificate->mended && !certificate->monstrous;
}

/* Those out of the stores that may have to do with what was sent. */
struct known {
	const struct certificate **list;
	size_t count, room;
};

static bool is_in_list(const struct certificate *const *list, size_t count,
		       const struct certificate *certificate)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == certificate)
			return true;
	return false;
}

static void known_add_named(struct known *known, const struct certificate_evidence *evidence,
			    const X509_NAME *name)
{
	for (size_t i = 0; i < PATH_STORES; i++) {
		const struct certificate *found;
		size_t place = 0;

		if (!evidence->stores[i])
			continue;
		while ((found = certificate_store_find(evidence->stores[i], name, &place))) {
			if (!is_usable(found) || is_in_list(known->list, known->count, found))
				continue;
			known->list = memory_room_for(known->list, known->count, &known->room,
						      sizeof *known->list);
			known->list[known->count++] = found;
		}
	}
}

/* Whatever has the name of an issuer or, to be trusted by itself, of one that was sent. */
static void known_collect(struct known *known, const struct certificate_evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++) {
		X509 *x509 = evidence->sent[i]->x509;

		if (!x509)
			continue;
		known_add_named(known, evidence, X509_get_issuer_name(x509));
		known_add_named(known, evidence, X509_get_subject_name(x509));
	}
	for (size_t i = 0; i < known->count; i++)
		known_add_named(known, evidence, X509_get_issuer_name(known->list[i]->x509));
}

static bool may_have_issued(const struct certificate *issuer,
			    const struct certificate *certificate)
{
	int result = X509_check_issued(issuer->x509, certificate->x509);

	return result == X509_V_OK || result == X509_V_ERR_KEYUSAGE_NO_CERTSIGN ||
	       result == X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM;
}

/* From the leaf upwards, signature by signature, whatever the order of what was sent. */
struct walk {
	const struct certificate *top;
	unsigned signatures;
	bool broken;		/* a signature is not of whom it claims to be */
	bool strange;		/* or is of a kind that nobody here can verify */
};

static bool walk_is_signed(struct walk *walk, const struct certificate *issuer)
{
	int result;

	if (!issuer->x509 || walk->signatures == SIGNATURES_MOST ||
	    !may_have_issued(issuer, walk->top))
		return false;
	walk->signatures++;
	result = certificate_signed_by(walk->top, issuer);
	walk->broken |= result == 0;
	walk->strange |= result < 0;
	return result == 1;
}

static const struct certificate *walk_find(struct walk *walk,
					   const struct certificate *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] != walk->top && walk_is_signed(walk, list[i]))
			return list[i];
	return NULL;
}

static struct walk walk_up(const struct certificate_evidence *evidence)
{
	struct walk walk = { .top = evidence->sent[0] };
	const struct certificate *next = walk.top;

	for (size_t depth = 0; next && depth <= DEPTH_MOST && !next->self_signed; depth++) {
		walk.broken = next->pretends;
		walk.strange = false;
		next = walk_find(&walk, evidence->sent, evidence->count);
		if (next)
			walk.top = next;
	}
	return walk;
}

static bool walk_ends_at_root(struct walk *walk, const struct known *known)
{
	const struct certificate *root;

	if (walk->top->self_signed)
		return true;
	root = walk_find(walk, known->list, known->count);
	return root && root->self_signed;
}

/* Why OpenSSL has found nobody. */
static enum trust_error walk_error(const struct walk *walk,
				   const struct certificate_evidence *evidence, bool complete)
{
	bool unread = false, monstrous = false;

	if (walk->top->self_signed)
		return walk->top == evidence->sent[0] ? TRUST_ERROR_SELF_SIGNED :
							TRUST_ERROR_UNKNOWN_ROOT;
	if (walk->broken)
		return TRUST_ERROR_BAD_SIGNATURE;
	for (size_t i = 1; i < evidence->count; i++) {
		unread |= !evidence->sent[i]->x509 || evidence->sent[i]->mended;
		monstrous |= evidence->sent[i]->monstrous;
	}
	if (unread)
		return TRUST_ERROR_MALFORMED;
	/* Complete: OpenSSL does not look for an issuer who has the certificate's own name. */
	return walk->strange || monstrous || complete ? TRUST_ERROR_OTHER :
							TRUST_ERROR_UNKNOWN_ISSUER;
}

static bool is_in_time(const struct certificate *certificate, int64_t wall_us)
{
	return certificate->begins && certificate->ends && certificate->not_before <= wall_us &&
	       wall_us <= certificate->not_after;
}

/* What OpenSSL is given to build a path from. */
struct material {
	STACK_OF(X509) *sent, *known;
};

static void material_init(struct material *material)
{
	material->sent = sk_X509_new_null();
	material->known = sk_X509_new_null();
	if (!material->sent || !material->known)
		abort();
}

static void material_free(struct material *material)
{
	sk_X509_free(material->sent);
	sk_X509_free(material->known);
}

static bool leads_on(const struct certificate *certificate, const STACK_OF(X509) *issuers)
{
	for (int i = 0; i < sk_X509_num(issuers); i++)
		if (X509_check_issued(sk_X509_value(issuers, i), certificate->x509) ==
		    X509_V_OK)
			return true;
	return false;
}

/* Clients that look for a way find it past whatever is out of date or leads nowhere, as an
 * old cross-signature does. OpenSSL takes the first that fits and does not turn back: it
 * gets only those that lead to somebody known. */
static void material_choose(struct material *material, const struct known *known,
			    const struct certificate_evidence *evidence)
{
	bool chosen[PATH_SENT_MOST] = { false }, more = true;

	for (size_t i = 0; i < known->count; i++)
		if (is_in_time(known->list[i], evidence->wall_us))
			sk_X509_push(material->known, known->list[i]->x509);
	while (more) {
		more = false;
		for (size_t i = 1; i < evidence->count; i++) {
			const struct certificate *one = evidence->sent[i];

			if (chosen[i] || !is_usable(one) || !is_in_time(one, evidence->wall_us) ||
			    (!leads_on(one, material->known) && !leads_on(one, material->sent)))
				continue;
			sk_X509_push(material->sent, one->x509);
			chosen[i] = more = true;
		}
	}
}

static void material_take_all(struct material *material, const struct known *known,
			      const struct certificate_evidence *evidence)
{
	for (size_t i = 0; i < known->count; i++)
		sk_X509_push(material->known, known->list[i]->x509);
	for (size_t i = 1; i < evidence->count; i++)
		if (is_usable(evidence->sent[i]))
			sk_X509_push(material->sent, evidence->sent[i]->x509);
}

/* Dates are ours: OpenSSL's clock is the system's. */
static enum trust_error error_of_dates(const STACK_OF(X509) *path, int64_t wall_us)
{
	for (int i = 0; i < sk_X509_num(path); i++) {
		const X509 *x509 = sk_X509_value(path, i);
		int64_t begin, end;

		if (!certificate_time(X509_get0_notBefore(x509), &begin) ||
		    !certificate_time(X509_get0_notAfter(x509), &end))
			return TRUST_ERROR_MALFORMED;
		if (wall_us < begin)
			return TRUST_ERROR_NOT_YET_VALID;
		if (wall_us > end)
			return TRUST_ERROR_EXPIRED;
	}
	return TRUST_ERROR_NONE;
}

static bool was_sent(const X509 *x509, const struct certificate_evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++)
		if (evidence->sent[i]->x509 && !X509_cmp(evidence->sent[i]->x509, x509))
			return true;
	return false;
}

/* All but the root, and a root there is. OpenSSL takes from the stores what is in both. */
static bool path_was_sent(const STACK_OF(X509) *path,
			  const struct certificate_evidence *evidence)
{
	int last = sk_X509_num(path) - 1;

	for (int i = 1; i < last; i++)
		if (!was_sent(sk_X509_value(path, i), evidence))
			return false;
	return X509_self_signed(sk_X509_value(path, last), 0) == 1;
}

static enum trust_error error_of_code(int code)
{
	static const struct {
		int code;
		enum trust_error error;
	} rows[] = {
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, TRUST_ERROR_UNKNOWN_ISSUER },
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, TRUST_ERROR_UNKNOWN_ISSUER },
		{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, TRUST_ERROR_UNKNOWN_ISSUER },
		{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, TRUST_ERROR_UNKNOWN_ISSUER },
		{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, TRUST_ERROR_UNKNOWN_ISSUER },
		{ X509_V_ERR_CERT_SIGNATURE_FAILURE, TRUST_ERROR_BAD_SIGNATURE },
		{ X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, TRUST_ERROR_BAD_SIGNATURE },
		{ X509_V_ERR_INVALID_CA, TRUST_ERROR_NOT_AN_AUTHORITY },
		{ X509_V_ERR_INVALID_NON_CA, TRUST_ERROR_NOT_AN_AUTHORITY },
		{ X509_V_ERR_PATH_LENGTH_EXCEEDED, TRUST_ERROR_NOT_AN_AUTHORITY },
		{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN, TRUST_ERROR_NOT_AN_AUTHORITY },
		{ X509_V_ERR_INVALID_PURPOSE, TRUST_ERROR_WRONG_PURPOSE },
		{ X509_V_ERR_EE_KEY_TOO_SMALL, TRUST_ERROR_WEAK_KEY },
		{ X509_V_ERR_CA_KEY_TOO_SMALL, TRUST_ERROR_WEAK_KEY },
		{ X509_V_ERR_CA_MD_TOO_WEAK, TRUST_ERROR_WEAK_SIGNATURE },
		{ X509_V_ERR_PERMITTED_VIOLATION, TRUST_ERROR_NAME_CONSTRAINED },
		{ X509_V_ERR_EXCLUDED_VIOLATION, TRUST_ERROR_NAME_CONSTRAINED },
		{ X509_V_ERR_SUBTREE_MINMAX, TRUST_ERROR_NAME_CONSTRAINED },
		{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, TRUST_ERROR_NAME_CONSTRAINED },
		{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, TRUST_ERROR_NAME_CONSTRAINED },
		{ X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, TRUST_ERROR_NAME_CONSTRAINED },
		{ X509_V_ERR_INVALID_EXTENSION, TRUST_ERROR_MALFORMED },
		{ X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, TRUST_ERROR_MALFORMED },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].code == code)
			return rows[i].error;
	return TRUST_ERROR_OTHER;
}

/* Never with X509_V_FLAG_POLICY_CHECK, whose cost a stranger decides (CVE-2023-0464). */
static enum trust_error material_verify(const struct material *material,
					const struct certificate_evidence *evidence,
					bool *complete)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *how;
	const STACK_OF(X509) *path;
	enum trust_error error;

	if (!context || !X509_STORE_CTX_init(context, NULL, evidence->sent[0]->x509,
					     material->sent))
		abort();
	X509_STORE_CTX_set0_trusted_stack(context, material->known);
	X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
	how = X509_STORE_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_depth(how, DEPTH_MOST);
	X509_VERIFY_PARAM_set_auth_level(how, SECURITY_LEVEL);
	X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME |
						 X509_V_FLAG_TRUSTED_FIRST);
	if (X509_verify_cert(context) == 1) {
		path = X509_STORE_CTX_get0_chain(context);
		error = error_of_dates(path, evidence->wall_us);
		*complete = path_was_sent(path, evidence);
	} else {
		error = error_of_code(X509_STORE_CTX_get_error(context));
	}
	X509_STORE_CTX_free(context);
	return error;
}

static enum trust_error verify(const struct known *known,
			       const struct certificate_evidence *evidence, bool choose,
			       bool *complete)
{
	struct material material;
	enum trust_error error;

	material_init(&material);
	if (choose)
		material_choose(&material, known, evidence);
	else
		material_take_all(&material, known, evidence);
	error = material_verify(&material, evidence, complete);
	material_free(&material);
	return error;
}

static enum trust_error judge_known(const struct known *known,
				    const struct certificate_evidence *evidence, bool *complete)
{
	const struct certificate *leaf = evidence->sent[0];
	enum trust_error error = TRUST_ERROR_UNKNOWN_ISSUER;

	if (leaf->mended)
		return TRUST_ERROR_MALFORMED;
	if (leaf->monstrous || !leaf->key_bits)
		return TRUST_ERROR_OTHER;
	if (known->count)
		error = verify(known, evidence, true, complete);
	/* There is no way: then what is wrong with the one that was meant? */
	if (error == TRUST_ERROR_UNKNOWN_ISSUER && known->count)
		error = verify(known, evidence, false, complete);
	return error;
}

static void judge(struct certificate_verdict *verdict, const struct known *known,
		  const struct certificate_evidence *evidence)
{
	struct walk walk;

	verdict->error = judge_known(known, evidence, &verdict->complete);
	if (verdict->complete)
		return;
	walk = walk_up(evidence);
	verdict->complete = walk_ends_at_root(&walk, known);
	if (verdict->error == TRUST_ERROR_UNKNOWN_ISSUER)
		verdict->error = walk_error(&walk, evidence, verdict->complete);
	verdict->undecided |= walk.strange;
}

static void verdict_note_moment(struct certificate_verdict *verdict, int64_t moment,
				int64_t wall_us)
{
	if (moment <= wall_us && moment > verdict->from)
		verdict->from = moment;
	if (moment > wall_us && moment < verdict->until)
		verdict->until = moment;
}

static void verdict_note_dates(struct certificate_verdict *verdict,
			       const struct certificate *certificate, int64_t wall_us)
{
	if (certificate->begins)
		verdict_note_moment(verdict, certificate->not_before, wall_us);
	if (certificate->ends)
		verdict_note_moment(verdict, certificate->not_after + 1, wall_us);
}

struct certificate_verdict certificate_path_judge(const struct certificate_evidence *evidence)
{
	struct certificate_verdict verdict = { .from = INT64_MIN, .until = INT64_MAX };
	struct known known = { 0 };

	known_collect(&known, evidence);
	judge(&verdict, &known, evidence);
	for (size_t i = 0; i < evidence->count; i++) {
		verdict.undecided |= !is_usable(evidence->sent[i]);
		verdict_note_dates(&verdict, evidence->sent[i], evidence->wall_us);
	}
	for (size_t i = 0; i < known.count; i++)
		verdict_note_dates(&verdict, known.list[i], evidence->wall_us);
	free(known.list);
	ERR_clear_error();
	return verdict;
}

const struct certificate *certificate_path_issuer(const struct certificate_evidence *evidence)
{
	struct walk walk = { .top = evidence->sent[0] };
	const struct certificate *issuer;
	struct known known = { 0 };

	if (walk.top->self_signed)
		return walk.top;
	issuer = walk_find(&walk, evidence->sent, evidence->count);
	if (!issuer) {
		known_collect(&known, evidence);
		issuer = walk_find(&walk, known.list, known.count);
		free(known.list);
	}
	return issuer;
}
