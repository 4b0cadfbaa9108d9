/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is trusted, by whom, and why not: the chains and authorities of make.py, on the first
 * of June 2026.
 */
#ifndef TESTS_WIRE_CERTIFICATES_TRUTHS_H
#define TESTS_WIRE_CERTIFICATES_TRUTHS_H

static const struct {
	const char *chain, *authorities;
	const char *error;		/* NULL: trusted */
	int complete;			/* -1: not told */
	const char *differs;		/* why openssl verify says otherwise; NULL: it does not */
} truths[] = {
	{ "good", "root", NULL, 1, NULL },
	{ "good", NULL, "unknown_issuer", 0, NULL },
	{ "good", "other", "unknown_issuer", 0, NULL },
	{ "good", "bundle", NULL, 1, NULL },
	{ "good", "issuing", NULL, 0, NULL },
	{ "good", "pinned", NULL, 0, NULL },
	{ "good_with_root", "root", NULL, 1, NULL },
	{ "good_with_root", NULL, "unknown_root", 1, NULL },
	{ "good_with_root", "other", "unknown_root", 1, NULL },
	{ "wrong_order", "root", NULL, 1, NULL },
	{ "foreign_root", "root", NULL, 1, NULL },
	{ "foreign_root", "other", "unknown_issuer", 0, NULL },
	{ "alone", "root", "unknown_issuer", 0, NULL },
	{ "alone", "issuing", NULL, 0, NULL },
	{ "alone", "bundle", "unknown_issuer", 0, NULL },
	{ "hundred", "root", NULL, 1, NULL },
	{ "self_signed", NULL, "self_signed", 1, NULL },
	{ "self_signed", "self_signed", NULL, 1, NULL },
	{ "self_signed", "other", "self_signed", 1, NULL },
	{ "expired", "root", "expired", 1, NULL },
	{ "not_yet", "root", "not_yet_valid", 1, NULL },
	{ "expired_issuing", "root", "expired", 1, NULL },
	{ "expired_root", "expired_root", "expired", 1, NULL },
	{ "year_9999", "root", NULL, 1, NULL },
	{ "year_1950", "root", NULL, 1, NULL },
	{ "month_13", "root", "malformed", 1, NULL },
	{ "time_with_zone", "root", "malformed", 1, NULL },
	{ "rsa_512", "root", "weak_key", 1, NULL },
	{ "rsa_1024", "root", "weak_key", 1, NULL },
	{ "rsa_2048", "root", NULL, 1, NULL },
	{ "rsa_8192", "root", NULL, 1, NULL },
	{ "rsa_32768", "root", "other", 1, "it asks for no upper limit of the leaf's key" },
	{ "rsa_32768_self_signed", NULL, "other", -1, NULL },
	{ "rsa_large_exponent", "root", "other", -1, NULL },
	{ "rsa_1024_issuing", "root", "weak_key", 1, NULL },
	{ "p384", "root", NULL, 1, NULL },
	{ "brainpool", "root", NULL, 1, NULL },
	{ "ed25519", "root", NULL, 1, NULL },
	{ "ed448", "root", NULL, 1, NULL },
	{ "key_unheard_of", "root", "other", 1, NULL },
	{ "dsa", "root", NULL, 1, NULL },
	{ "dsa_self_signed", NULL, "self_signed", 1, NULL },
	{ "sha1", "root", "weak_signature", 1, NULL },
	{ "md5", "root", "weak_signature", 1, NULL },
	{ "pss", "root", NULL, 1, NULL },
	{ "sha1_root", "sha1_root", NULL, 1, NULL },
	{ "sha1_issuing", "sha1_root", "weak_signature", 1, NULL },
	{ "signed_ed25519", "root", NULL, 1, NULL },
	{ "signature_unheard_of", "root", "other", -1, NULL },
	{ "forged", "root", "bad_signature", 0, NULL },
	{ "forged_self_signed", NULL, "bad_signature", 0, NULL },
	{ "forged_issuing", "root", "bad_signature", 0, NULL },
	{ "issuer_is_none", "root", "not_an_authority", 1, NULL },
	{ "issuer_says_nothing", "root", "not_an_authority", 1, NULL },
	{ "issuer_may_not_sign", "root", "not_an_authority", 1, NULL },
	{ "issuer_for_mail", "root", "wrong_purpose", 1, NULL },
	{ "path_too_long", "root", "not_an_authority", 1, NULL },
	{ "constrained_within", "root", NULL, 1, NULL },
	{ "constrained_outside", "root", "name_constrained", 1, NULL },
	{ "for_clients", "root", "wrong_purpose", 1, NULL },
	{ "for_servers", "root", NULL, 1, NULL },
	{ "unknown_critical", "root", "other", 1, NULL },
	{ "authority_itself", "root", NULL, 1, NULL },
	{ "crossed", "root", NULL, 1, "it does not turn back from the way it took first" },
	{ "crossed", "other", NULL, 1, NULL },
	{ "crossed_expired", "crossed_expired", NULL, 1, NULL },
	{ "crossed_expired", "root", NULL, 1, NULL },
	{ "circle", "root", "unknown_issuer", 0, NULL },
	{ "subject_latin", "root", "malformed", -1, NULL },
	{ "namesake", NULL, "unknown_issuer", 0, NULL },
	{ "namesake", "namesake", "other", 1, NULL },
};

enum { TRUTHS = sizeof truths / sizeof *truths };

#endif
