/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers SMB negotiation like a file server of 2009: dialects 2.0.2 and 2.1, SMB 1 as
 * well, signatures possible but not required. Sections are those of MS-SMB2 and MS-CIFS.
 */
#include "contrib/demo/service.h"

enum {
	SMB2_HEAD = 64,
	SMB2_BODY = 64,
	SMB2_COMMAND_AT = 12,
	SMB2_MESSAGE_ID_AT = 24,
	SIGNING_ENABLED = 1,
	SMB1_NEGOTIATE = 0x72,
	SMB1_FLAGS2_AT = 10,
	SMB1_FLAGS2_EXTENDED_SECURITY = 0x0800,
	SMB1_HEAD = 32
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

/* The place of "NT LM 0.12" among the dialects, or -1. */
static int smb1_choose(struct reader *in)
{
	struct reader dialects;

	reader_skip(in, 1);
	dialects = reader_part(in, reader_take_u16le(in));
	for (int index = 0; reader_left(&dialects); index++) {
		if (reader_take_if(&dialects, "\x02NT LM 0.12", 12))
			return index;
		while (reader_left(&dialects) && reader_take_u8(&dialects))
			continue;
	}
	return -1;
}

/* MS-CIFS 2.2.4.52.2, MS-SMB 2.2.4.5.2 */
static void smb1_put_negotiated(struct writer *out, uint16_t index, bool extended)
{
	writer_put_u8(out, 17);
	writer_put_u16le(out, index);
	writer_put_u8(out, 0x03);
	writer_put_u16le(out, 50);
	writer_put_u16le(out, 1);
	writer_put_u32le(out, 16644);
	writer_put_u32le(out, 65536);
	writer_put_u32le(out, 0);
	writer_put_u32le(out, extended ? 0x8000f3fd : 0x0000f3fd);
	writer_put_u64le(out, 0x01db000000000000);
	writer_put_u16le(out, 0);
	writer_put_u8(out, extended ? 0 : 8);
	writer_put_u16le(out, extended ? 16 + sizeof token : 8);
	if (extended) {
		writer_put(out, server_id, 16);
		writer_put(out, token, sizeof token);
	} else {
		writer_put(out, server_id, 8);
	}
}

static void smb1_answer(const uint8_t *head, struct reader *in, struct writer *out)
{
	unsigned flags2 = (unsigned)(head[SMB1_FLAGS2_AT] | head[SMB1_FLAGS2_AT + 1] << 8);
	bool extended = flags2 & SMB1_FLAGS2_EXTENDED_SECURITY;
	int index = head[4] == SMB1_NEGOTIATE ? smb1_choose(in) : -1;

	if (index < 0)
		return;
	writer_put(out, head, 9);
	writer_put_u8(out, 0x88);
	writer_put_u16le(out, extended ? 0xc801 : 0xc001);
	writer_put_zeroes(out, 12);
	writer_put(out, head + 24, 8);
	smb1_put_negotiated(out, (uint16_t)index, extended);
}

void smb_answer(struct reader *in, struct writer *out)
{
	size_t start = out->length;
	const uint8_t *head;

	/* The transport of MS-SMB2 2.1: a zero and the length in three bytes. */
	reader_skip(in, 4);
	writer_put_u32be(out, 0);
	if (reader_take_if(in, "\xfeSMB", 4)) {
		in->at -= 4;
		head = reader_take(in, SMB2_HEAD);
		if (head)
			smb2_answer(head, in, out);
	} else if (reader_take_if(in, "\xffSMB", 4)) {
		in->at -= 4;
		head = reader_take(in, SMB1_HEAD);
		if (head)
			smb1_answer(head, in, out);
	}
	if (out->length == start + 4)
		writer_clear(out);
	else
		writer_patch_u24be(out, start + 1, (uint32_t)(out->length - start - 4));
}
