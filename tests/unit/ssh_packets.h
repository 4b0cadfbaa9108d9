/* SPDX-License-Identifier: Apache-2.0
 *
 * What SSH servers say, made of words.
 */
#ifndef TESTS_UNIT_SSH_PACKETS_H
#define TESTS_UNIT_SSH_PACKETS_H

#include <string.h>

#include "collectors/ssh_wire.h"

/* A server of today, as OpenSSH 9.2 offers it, and one with the sins of twenty years. */
#define SSH_MODERN                                                                            \
	{ "curve25519-sha256,kex-strict-s-v00@openssh.com", "ssh-ed25519",                    \
	  "chacha20-poly1305@openssh.com,aes128-ctr",                                         \
	  "chacha20-poly1305@openssh.com,aes128-ctr", "umac-128-etm@openssh.com",             \
	  "umac-128-etm@openssh.com", "none", "none", "", "" }
#define SSH_OLD                                                                               \
	{ "diffie-hellman-group1-sha1,ext-info-s", "ssh-rsa,ssh-dss", "3des-cbc,aes128-cbc",  \
	  "aes128-cbc,arcfour", "hmac-md5", "hmac-sha1", "none,zlib", "zlib", "", "" }

static inline void ssh_put_string(struct writer *out, const char *string)
{
	writer_put_u32be(out, (uint32_t)strlen(string));
	writer_put_text(out, string);
}

static inline void ssh_put_packet(struct writer *out, const struct writer *payload)
{
	uint8_t padding = (uint8_t)(8 - (payload->length + 5) % 8);

	padding = (uint8_t)(padding < 4 ? padding + 8 : padding);
	writer_put_u32be(out, (uint32_t)(payload->length + padding + 1));
	writer_put_u8(out, padding);
	writer_put(out, payload->bytes, payload->length);
	writer_put_zeroes(out, padding);
}

static inline void ssh_put_kexinit(struct writer *out, const char *const lists[SSH_LISTS])
{
	struct writer payload;

	writer_grow_up_to(&payload, 1 << 20);
	writer_put_u8(&payload, 20);
	writer_put_text(&payload, "0123456789abcdef");
	for (size_t i = 0; i < SSH_LISTS; i++)
		ssh_put_string(&payload, lists[i]);
	writer_put_zeroes(&payload, 5);
	ssh_put_packet(out, &payload);
	writer_free(&payload);
}

static inline void ssh_put_disconnect(struct writer *out, const char *words)
{
	struct writer payload;

	writer_grow_up_to(&payload, 1 << 20);
	writer_put_u8(&payload, 1);
	writer_put_u32be(&payload, 12);
	ssh_put_string(&payload, words);
	ssh_put_string(&payload, "");
	ssh_put_packet(out, &payload);
	writer_free(&payload);
}

static inline void ssh_put_debug(struct writer *out)
{
	static const uint8_t debug[] = { 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	const struct writer payload = { .bytes = (uint8_t *)debug, .length = sizeof debug };

	ssh_put_packet(out, &payload);
}

#endif
