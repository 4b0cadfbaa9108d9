/* SPDX-License-Identifier: Apache-2.0
 *
 * Services that speak first: FTP, and SSH up to its KEXINIT (RFC 4253 7.1).
 */
#include <string.h>

#include "contrib/demo/service.h"

void ftp_greet(const struct scene *scene, struct writer *out)
{
	(void)scene;
	writer_put_text(out, "220 Microsoft FTP Service\r\n");
}

void ssh_greet(const struct scene *scene, struct writer *out)
{
	(void)scene;
	writer_put_text(out, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n");
}

static void put_names(struct writer *out, const char *names)
{
	writer_put_u32be(out, (uint32_t)strlen(names));
	writer_put_text(out, names);
}

enum follows ssh_answer(const struct scene *scene, struct reader *in, struct writer *out)
{
	enum { KEXINIT = 20, PADDING = 8, LENGTH_BYTES = 4, BLOCK = 8 };
	static const char *const lists[] = {
		"curve25519-sha256,kex-strict-s-v00@openssh.com", "ssh-ed25519",
		"aes256-gcm@openssh.com", "aes256-gcm@openssh.com", "hmac-sha2-256-etm@openssh.com",
		"hmac-sha2-256-etm@openssh.com", "none", "none", "", ""
	};
	size_t start = out->length, padding;

	(void)scene;
	/* Only the first time: what follows would be the exchange of keys. */
	if (!reader_take_if(in, "SSH-2.0-", 8))
		return FOLLOWS_END;
	writer_put_zeroes(out, LENGTH_BYTES + 1);
	writer_put_u8(out, KEXINIT);
	writer_put_text(out, "ucposture-demo-1");	/* the cookie */
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		put_names(out, lists[i]);
	writer_put_zeroes(out, 1 + 4);
	/* RFC 4253 6: four bytes of padding at least, up to a whole block. */
	padding = PADDING + BLOCK - (out->length - start) % BLOCK;
	out->bytes[start + LENGTH_BYTES] = (uint8_t)padding;
	writer_put_zeroes(out, padding);
	writer_patch_u32be(out, start, (uint32_t)(out->length - start - LENGTH_BYTES));
	return FOLLOWS_MORE;
}
