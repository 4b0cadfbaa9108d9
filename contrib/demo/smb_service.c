/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers SMB negotiation like Windows Server 2008 R2 without SMB 1: dialects 2.0.2 and 2.1,
 * signatures possible but not required. Sections are those of MS-SMB2.
 */
#include "contrib/demo/service.h"

enum {
	SMB2_HEAD = 64,
	SMB2_BODY = 64,
	SMB2_COMMAND_AT = 12,
	SMB2_MESSAGE_ID_AT = 24,
	SIGNING_ENABLED = 1
};

#define STATUS_NOT_SUPPORTED UINT32_C(0xc00000bb)

/* A negTokenInit that offers NTLMSSP (RFC 4178). */
static const uint8_t token[] = { 0x60, 0x1e, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0,
				 0x14, 0x30, 0x12, 0xa0, 0x10, 0x30, 0x0e, 0x06, 0x0a, 0x2b, 0x06,
				 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a };

static const char server_id[] = "ucposture-demo-1";

/* The highest of ours that the visitor offers too, or 0. */
static uint16_t smb2_choose(struct reader *in)
{
	uint16_t count, chosen = 0;

	reader_skip(in, 2);
	count = reader_take_u16le(in);
	reader_skip(in, 32);
	for (uint16_t i = 0; i < count && reader_ok(in); i++) {
		uint16_t dialect = reader_take_u16le(in);

		if ((dialect == 0x0202 || dialect == 0x0210) && dialect > chosen)
			chosen = dialect;
	}
	return chosen;
}

/* 2.2.1.2, as an answer. */
static void smb2_put_head(struct writer *out, uint32_t status, const uint8_t *message_id)
{
	writer_put(out, "\xfeSMB", 4);
	writer_put_u16le(out, SMB2_HEAD);
	writer_put_u16le(out, 0);
	writer_put_u32le(out, status);
	writer_put_u16le(out, 0);
	writer_put_u16le(out, 1);
	writer_put_u32le(out, 1);
	writer_put_u32le(out, 0);
	writer_put(out, message_id, 8);
	writer_put_zeroes(out, 32);
}

/* 2.2.4 */
static void smb2_put_negotiated(struct writer *out, uint16_t dialect)
{
	writer_put_u16le(out, SMB2_BODY + 1);
	writer_put_u16le(out, SIGNING_ENABLED);
	writer_put_u16le(out, dialect);
	writer_put_u16le(out, 0);
	writer_put(out, server_id, 16);
	writer_put_u32le(out, 1);
	writer_put_u32le(out, 65536);
	writer_put_u32le(out, 65536);
	writer_put_u32le(out, 65536);
	writer_put_u64le(out, 0x01db000000000000);
	writer_put_u64le(out, 0);
	writer_put_u16le(out, SMB2_HEAD + SMB2_BODY);
	writer_put_u16le(out, sizeof token);
	writer_put_u32le(out, 0);
	writer_put(out, token, sizeof token);
}

static void smb2_answer(const uint8_t *head, struct reader *in, struct writer *out)
{
	uint16_t dialect;

	if (head[SMB2_COMMAND_AT] != 0 || head[SMB2_COMMAND_AT + 1] != 0)
		return;
	dialect = smb2_choose(in);
	if (!reader_ok(in))
		return;
	if (dialect) {
		smb2_put_head(out, 0, head + SMB2_MESSAGE_ID_AT);
		smb2_put_negotiated(out, dialect);
		return;
	}
	smb2_put_head(out, STATUS_NOT_SUPPORTED, head + SMB2_MESSAGE_ID_AT);
	/* 2.2.2: an error without data */
	writer_put_u16le(out, 9);
	writer_put_zeroes(out, 7);
}

enum follows smb_answer(const struct scene *scene, struct reader *in, struct writer *out)
{
	size_t start = out->length;
	const uint8_t *head;

	(void)scene;
	/* The transport of MS-SMB2 2.1: a zero and the length in three bytes. */
	reader_skip(in, 4);
	writer_put_u32be(out, 0);
	if (reader_take_if(in, "\xfeSMB", 4)) {
		in->at -= 4;
		head = reader_take(in, SMB2_HEAD);
		if (head)
			smb2_answer(head, in, out);
	}
	if (out->length == start + 4)
		writer_clear(out);
	else
		writer_patch_u24be(out, start + 1, (uint32_t)(out->length - start - 4));
	return FOLLOWS_MORE;
}
