/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"
#include "tests/unit/ssh_packets.h"

#include "collectors/ssh_weakness.h"

#define CHACHA "chacha20-poly1305@openssh.com"
#define ETM "hmac-sha2-256-etm@openssh.com"
#define STRICT "kex-strict-s-v00@openssh.com"

static bool is_weak(enum ssh_list list, const char *word)
{
	const struct ssh_text name = { word, strlen(word) };

	return ssh_is_weak(list, &name);
}

static void what_openssh_has_given_up_is_weak(void **state)
{
	static const struct {
		enum ssh_list list;
		const char *name;
	} weak[] = {
		{ SSH_KEX, "diffie-hellman-group1-sha1" },
		{ SSH_KEX, "diffie-hellman-group14-sha1" },
		{ SSH_KEX, "diffie-hellman-group-exchange-sha1" },
		{ SSH_KEX, "gss-group1-sha1-toWM5Slw5Ew8Mqkay+al2g==" },
		{ SSH_KEX, "gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g==" },
		{ SSH_KEX, "rsa1024-sha1" },
		{ SSH_HOST_KEYS, "ssh-dss" },
		{ SSH_HOST_KEYS, "ssh-dss-cert-v01@openssh.com" },
		{ SSH_HOST_KEYS, "ssh-rsa" },
		{ SSH_HOST_KEYS, "ssh-rsa-cert-v01@openssh.com" },
		{ SSH_CIPHERS_IN, "none" },
		{ SSH_CIPHERS_OUT, "3des-cbc" },
		{ SSH_CIPHERS_IN, "3des-ctr" },
		{ SSH_CIPHERS_IN, "aes256-cbc" },
		{ SSH_CIPHERS_IN, "rijndael-cbc@lysator.liu.se" },
		{ SSH_CIPHERS_IN, "des-cbc@ssh.com" },
		{ SSH_CIPHERS_IN, "seed-cbc@ssh.com" },
		{ SSH_CIPHERS_OUT, "arcfour" },
		{ SSH_CIPHERS_OUT, "arcfour256" },
		{ SSH_CIPHERS_IN, "blowfish-cbc" },
		{ SSH_CIPHERS_IN, "cast128-cbc" },
		{ SSH_MACS_IN, "none" },
		{ SSH_MACS_OUT, "hmac-md5" },
		{ SSH_MACS_IN, "hmac-md5-96-etm@openssh.com" },
		{ SSH_MACS_IN, "hmac-sha1-96" },
		{ SSH_MACS_IN, "hmac-ripemd160@openssh.com" },
		{ SSH_MACS_IN, "umac-64@openssh.com" },
		{ SSH_MACS_IN, "umac-64-etm@openssh.com" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
		assert_true(is_weak(weak[i].list, weak[i].name));
}

static void what_openssh_offers_today_is_not_weak(void **state)
{
	static const struct {
		enum ssh_list list;
		const char *name;
	} fine[] = {
		{ SSH_KEX, "sntrup761x25519-sha512@openssh.com" },
		{ SSH_KEX, "mlkem768x25519-sha256" },
		{ SSH_KEX, "curve25519-sha256" },
		{ SSH_KEX, "ecdh-sha2-nistp256" },
		{ SSH_KEX, "diffie-hellman-group14-sha256" },
		{ SSH_KEX, "diffie-hellman-group-exchange-sha256" },
		{ SSH_HOST_KEYS, "rsa-sha2-256" },
		{ SSH_HOST_KEYS, "ssh-ed25519" },
		{ SSH_CIPHERS_IN, CHACHA },
		{ SSH_CIPHERS_IN, "aes128-ctr" },
		{ SSH_CIPHERS_IN, "aes256-gcm@openssh.com" },
		{ SSH_MACS_IN, "hmac-sha1" },
		{ SSH_MACS_IN, "hmac-sha1-etm@openssh.com" },
		{ SSH_MACS_IN, "hmac-sha2-512" },
		{ SSH_MACS_IN, "umac-128@openssh.com" },
		/* A name means something in its own list only. */
		{ SSH_COMPRESSION_IN, "none" },
		{ SSH_KEX, "3des-cbc" },
		{ SSH_LANGUAGES_IN, "none" },
		/* No more than a name's beginning, or its end. */
		{ SSH_CIPHERS_IN, "-cb" },
		{ SSH_MACS_IN, "nonesuch" },
		{ SSH_HOST_KEYS, "ssh-rsa1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		assert_false(is_weak(fine[i].list, fine[i].name));
}

static void signs_are_no_algorithms(void **state)
{
	static const char *const signs[] = { "ext-info-s", "ext-info-c", STRICT,
					     "kexguess2@matt.ucc.asn.au" };
	const struct ssh_text kex = { "curve25519-sha256", 17 };

	(void)state;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		assert_true(ssh_is_sign(&(struct ssh_text){ signs[i], strlen(signs[i]) }));
	assert_false(ssh_is_sign(&kex));
}

static bool is_open(const char *kex, const char *in, const char *out, const char *mac_in,
		    const char *mac_out)
{
	const char *const lists[] = { kex, "", in, out, mac_in, mac_out };
	struct ssh_heard heard = { .parted = false };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		heard.lists[i] = (struct ssh_text){ lists[i], strlen(lists[i]) };
	return ssh_is_open_to_terrapin(&heard);
}

static void terrapin_needs_a_cipher_and_no_strictness(void **state)
{
	(void)state;
	assert_true(is_open("a", CHACHA, CHACHA, "", ""));
	assert_true(is_open("a", "aes128-ctr", "aes128-ctr," CHACHA, ETM, ETM));
	assert_true(is_open("a", "aes128-cbc", "aes128-ctr", ETM, ETM));
	assert_false(is_open("a," STRICT, CHACHA ",aes128-cbc", CHACHA, ETM, ETM));
	assert_false(is_open("a", "aes128-ctr", "aes128-gcm@openssh.com", ETM, ETM));
	assert_false(is_open("a", "aes128-cbc", "aes128-ctr", "hmac-sha1", "hmac-sha1"));
	/* The one is for one direction, the other for the other. */
	assert_false(is_open("a", "aes128-cbc", "aes128-ctr", "hmac-sha1", ETM));
	/* The client's sign in a server's list is none. */
	assert_true(is_open("kex-strict-c-v00@openssh.com", CHACHA, CHACHA, "", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_openssh_has_given_up_is_weak),
		cmocka_unit_test(what_openssh_offers_today_is_not_weak),
		cmocka_unit_test(signs_are_no_algorithms),
		cmocka_unit_test(terrapin_needs_a_cipher_and_no_strictness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
