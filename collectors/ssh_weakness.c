/* SPDX-License-Identifier: Apache-2.0
 *
 * The measure is what OpenSSH no longer does unless asked to, and what RFC 8758 and RFC 9142
 * advise against. Names are those of the IANA registry and of vendors; a star is anything.
 * Not here: hmac-sha1, which the weakness of SHA-1 does not touch, and the curves of NIST.
 */
#include "collectors/ssh_weakness.h"

#include <string.h>

#define STRICT_KEX "kex-strict-s-v00@openssh.com"
#define CHACHA "chacha20-poly1305@openssh.com"

enum kind { KEX, HOST_KEY, CIPHER, MAC };

struct weakness {
	enum kind kind;
	const char *pattern;
};

static const struct weakness weaknesses[] = {
	/* A group of 1024 bits, which states can break, and SHA-1. */
	{ KEX, "diffie-hellman-group1-sha1" },
	{ KEX, "gss-group1-sha1-*" },
	/* SHA-1; RFC 9142 3.2 and 4. OpenSSH 8.2 let go of group14 with it. */
	{ KEX, "diffie-hellman-group14-sha1" },
	{ KEX, "diffie-hellman-group-exchange-sha1" },
	{ KEX, "gss-group14-sha1-*" },
	{ KEX, "gss-gex-sha1-*" },
	/* A key of 1024 bits; RFC 9142: must not. */
	{ KEX, "rsa1024-sha1" },

	/* Keys of 1024 bits, and SHA-1; since OpenSSH 7.0. */
	{ HOST_KEY, "ssh-dss*" },
	{ HOST_KEY, "x509v3-ssh-dss" },
	{ HOST_KEY, "x509v3-sign-dss*" },
	/* Signatures with SHA-1, whatever the key; since OpenSSH 8.8. */
	{ HOST_KEY, "ssh-rsa" },
	{ HOST_KEY, "ssh-rsa-cert-*" },
	{ HOST_KEY, "x509v3-ssh-rsa" },
	{ HOST_KEY, "x509v3-sign-rsa" },

	/* Nothing is encrypted. */
	{ CIPHER, "none" },
	/* RC4: RFC 8758. */
	{ CIPHER, "arcfour*" },
	/* Keys that can be searched through, or blocks of 64 bits (SWEET32). */
	{ CIPHER, "des-*" },
	{ CIPHER, "3des-*" },
	{ CIPHER, "blowfish-*" },
	{ CIPHER, "cast128-*" },
	{ CIPHER, "idea-*" },
	/* CBC gives away pieces of plain text (CVE-2008-5161); since OpenSSH 6.7. */
	{ CIPHER, "*-cbc" },
	{ CIPHER, "*-cbc@ssh.com" },
	{ CIPHER, "rijndael-cbc@lysator.liu.se" },
	/* Made for DVDs; broken. */
	{ CIPHER, "acss@openssh.org" },

	/* Nobody notices what was changed. */
	{ MAC, "none" },
	/* MD5; since OpenSSH 7.2. */
	{ MAC, "hmac-md5*" },
	/* Tags of 96 bits; since OpenSSH 7.2. */
	{ MAC, "hmac-sha1-96*" },
	{ MAC, "hmac-sha2-256-96*" },
	{ MAC, "hmac-sha2-512-96*" },
	/* RIPEMD-160; OpenSSH 7.6 forgot it. */
	{ MAC, "hmac-ripemd*" },
	/* Tags of 64 bits. */
	{ MAC, "umac-64*" },
};

enum { WEAKNESSES = sizeof weaknesses / sizeof *weaknesses };

/* One star at most. */
static bool matches(const char *pattern, const struct ssh_text *name)
{
	size_t before = strcspn(pattern, "*"), length = strlen(pattern), after;

	if (before == length)
		return name->length == length && !memcmp(name->bytes, pattern, length);
	after = length - before - 1;
	return name->length >= before + after && !memcmp(name->bytes, pattern, before) &&
	       !memcmp(name->bytes + name->length - after, pattern + before + 1, after);
}

static bool is_of_kind(enum ssh_list list, enum kind kind)
{
	switch (kind) {
	case KEX:
		return list == SSH_KEX;
	case HOST_KEY:
		return list == SSH_HOST_KEYS;
	case CIPHER:
		return list == SSH_CIPHERS_IN || list == SSH_CIPHERS_OUT;
	case MAC:
	default:
		return list == SSH_MACS_IN || list == SSH_MACS_OUT;
	}
}

bool ssh_is_weak(enum ssh_list list, const struct ssh_text *name)
{
	for (size_t i = 0; i < WEAKNESSES; i++)
		if (is_of_kind(list, weaknesses[i].kind) && matches(weaknesses[i].pattern, name))
			return true;
	return false;
}

bool ssh_is_sign(const struct ssh_text *name)
{
	/* RFC 8308 2.1, OpenSSH's PROTOCOL 1.9, and Dropbear's */
	static const char *const signs[] = { "ext-info-*", "kex-strict-*", "kexguess2@*" };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (matches(signs[i], name))
			return true;
	return false;
}

static bool has(struct ssh_text list, const char *pattern)
{
	struct ssh_text name;

	while (ssh_take_name(&list, &name))
		if (matches(pattern, &name))
			return true;
	return false;
}

bool ssh_is_open_to_terrapin(const struct ssh_heard *heard)
{
	const struct ssh_text *lists = heard->lists;

	if (has(lists[SSH_KEX], STRICT_KEX))
		return false;
	for (size_t way = 0; way < 2; way++) {
		if (has(lists[SSH_CIPHERS_IN + way], CHACHA))
			return true;
		if (has(lists[SSH_CIPHERS_IN + way], "*-cbc") &&
		    has(lists[SSH_MACS_IN + way], "*-etm@openssh.com"))
			return true;
	}
	return false;
}
