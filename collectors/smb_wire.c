/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/smb_wire.h"

/* [MS-SMB2] 2.1 and RFC 1002 4.3: the frame's type and 24 bits of length */
enum {
	FRAME_MESSAGE = 0x00,
	FRAME_REFUSAL = 0x83,
	FRAME_BYTES = 4,
	FRAME_LENGTH_AT = 1,
	MESSAGE_MOST_BYTES = 65536 - FRAME_BYTES
};

/* [MS-SMB2] 2.2.1 to 2.2.4 */
enum {
	SMB2_HEADER_BYTES = 64,
	SMB2_NEGOTIATE = 0,
	SMB2_FLAG_REPLY = 0x00000001,
	SMB2_REQUEST_SIZE = 36,
	SMB2_REPLY_SIZE = 65,
	SMB2_REPLY_FIXED_BYTES = 64,
	SMB2_SIGNING_ENABLED = 0x0001,
	SMB2_SIGNING_REQUIRED = 0x0002,
	SMB2_CAPABILITY_ENCRYPTION = 0x00000040
};

/* [MS-SMB2] 2.2.3.1: negotiate contexts */
enum {
	CONTEXT_PREAUTH_INTEGRITY = 1,
	CONTEXT_ENCRYPTION = 2,
	CONTEXT_SIGNING = 8,
	CONTEXT_ALIGNMENT = 8,
	HASH_SHA512 = 1,
	CIPHER_NONE = 0,
	CIPHER_AES_128_CCM = 1,
	CIPHER_AES_128_GCM = 2,
	CIPHER_AES_256_CCM = 3,
	CIPHER_AES_256_GCM = 4,
	SIGNING_HMAC_SHA256 = 0,
	SIGNING_AES_CMAC = 1,
	SIGNING_AES_GMAC = 2
};

/* [MS-CIFS] 2.2.3.1 and 2.2.4.52, [MS-SMB] 2.2.4.5 */
enum {
	SMB1_HEADER_BYTES = 32,
	SMB1_NEGOTIATE = 0x72,
	SMB1_FLAG_CASELESS = 0x08,
	SMB1_FLAG_CANONICAL = 0x10,
	SMB1_FLAG_REPLY = 0x80,
	SMB1_FLAGS2_LONG_NAMES = 0x0001,
	SMB1_FLAGS2_SIGNING = 0x0004,
	SMB1_FLAGS2_EXTENDED_SECURITY = 0x0800,
	SMB1_FLAGS2_NT_STATUS = 0x4000,
	SMB1_FLAGS2_UNICODE = 0x8000,
	SMB1_DIALECT_FORMAT = 0x02,
	SMB1_NT_LM_INDEX = 0,
	SMB1_NO_DIALECT = 0xffff,
	SMB1_NT_LM_WORDS = 17,
	SMB1_SIGNING_ENABLED = 0x04,
	SMB1_SIGNING_REQUIRED = 0x08,
	SMB1_MODE_BITS = 0x0f
};

static const uint8_t smb1_magic[4] = { 0xff, 'S', 'M', 'B' };
static const uint8_t smb2_magic[4] = { 0xfe, 'S', 'M', 'B' };

static bool offers(const struct smb_offer *offer, uint16_t dialect)
{
	for (size_t i = 0; i < offer->count; i++)
		if (offer->dialects[i] == dialect)
			return true;
	return false;
}

static size_t begin_frame(struct writer *out)
{
	size_t frame = out->length;

	writer_put_u8(out, FRAME_MESSAGE);
	writer_put_u24be(out, 0);
	return frame;
}

static void end_frame(struct writer *out, size_t frame)
{
	writer_patch_u24be(out, frame + FRAME_LENGTH_AT,
			   (uint32_t)(out->length - frame - FRAME_BYTES));
}

/* Contexts are aligned as seen from the message's beginning. */
static void align(struct writer *out, size_t frame)
{
	size_t over = (out->length - frame - FRAME_BYTES) % CONTEXT_ALIGNMENT;

	if (over > 0)
		writer_put_zeroes(out, CONTEXT_ALIGNMENT - over);
}

static void put_context(struct writer *out, uint16_t type, size_t length)
{
	writer_put_u16le(out, type);
	writer_put_u16le(out, (uint16_t)length);
	writer_put_u32le(out, 0);
}

static void put_choices(struct writer *out, uint16_t type, const uint16_t *choices, size_t count)
{
	put_context(out, type, 2 + 2 * count);
	writer_put_u16le(out, (uint16_t)count);
	for (size_t i = 0; i < count; i++)
		writer_put_u16le(out, choices[i]);
}

static void put_contexts(struct writer *out, size_t frame, const struct smb_offer *offer)
{
	static const uint16_t ciphers[] = { CIPHER_AES_128_GCM, CIPHER_AES_128_CCM,
					    CIPHER_AES_256_GCM, CIPHER_AES_256_CCM };
	static const uint16_t signing[] = { SIGNING_AES_GMAC, SIGNING_AES_CMAC,
					    SIGNING_HMAC_SHA256 };

	put_context(out, CONTEXT_PREAUTH_INTEGRITY, 6 + SMB_SALT_BYTES);
	writer_put_u16le(out, 1);
	writer_put_u16le(out, SMB_SALT_BYTES);
	writer_put_u16le(out, HASH_SHA512);
	writer_put(out, offer->chance + SMB_GUID_BYTES, SMB_SALT_BYTES);
	align(out, frame);
	put_choices(out, CONTEXT_ENCRYPTION, ciphers, sizeof ciphers / sizeof *ciphers);
	align(out, frame);
	put_choices(out, CONTEXT_SIGNING, signing, sizeof signing / sizeof *signing);
}

static void put_smb2_header(struct writer *out)
{
	writer_put(out, smb2_magic, sizeof smb2_magic);
	writer_put_u16le(out, SMB2_HEADER_BYTES);
	writer_put_u16le(out, 0);	/* credit charge */
	writer_put_u32le(out, 0);	/* status */
	writer_put_u16le(out, SMB2_NEGOTIATE);
	writer_put_u16le(out, 1);	/* credits asked for */
	/* flags, next command, message, process, tree, session, signature */
	writer_put_zeroes(out, 4 + 4 + 8 + 4 + 4 + 8 + 16);
}

static void put_smb2(struct writer *out, const struct smb_offer *offer)
{
	size_t frame = begin_frame(out);
	/* A client that knows no 3.x dialect must claim no capabilities. */
	bool smb3 = offers(offer, SMB_3_0) || offers(offer, SMB_3_0_2) ||
		    offers(offer, SMB_3_1_1);

	put_smb2_header(out);
	writer_put_u16le(out, SMB2_REQUEST_SIZE);
	writer_put_u16le(out, (uint16_t)offer->count);
	writer_put_u16le(out, SMB2_SIGNING_ENABLED);
	writer_put_u16le(out, 0);
	writer_put_u32le(out, smb3 ? SMB2_CAPABILITY_ENCRYPTION : 0);
	writer_put(out, offer->chance, SMB_GUID_BYTES);

	size_t contexts_at = out->length;
	writer_put_zeroes(out, 8);	/* for older dialects: the client's start time */
	for (size_t i = 0; i < offer->count; i++)
		writer_put_u16le(out, offer->dialects[i]);
	if (offers(offer, SMB_3_1_1)) {
		align(out, frame);
		writer_patch_u32le(out, contexts_at,
				   (uint32_t)(out->length - frame - FRAME_BYTES));
		writer_patch_u32le(out, contexts_at + 4, 3);
		put_contexts(out, frame, offer);
	}
	end_frame(out, frame);
}

static void put_smb1_dialect(struct writer *out, const char *name)
{
	writer_put_u8(out, SMB1_DIALECT_FORMAT);
	writer_put_text(out, name);
	writer_put_u8(out, 0);
}

static void put_smb1(struct writer *out, const struct smb_offer *offer)
{
	size_t frame = begin_frame(out);
	struct writer names;
	uint8_t room[64];

	writer_init(&names, room, sizeof room);
	put_smb1_dialect(&names, "NT LM 0.12");
	if (offers(offer, SMB_2_0_2))
		put_smb1_dialect(&names, "SMB 2.002");
	if (offers(offer, SMB_2_WILDCARD))
		put_smb1_dialect(&names, "SMB 2.???");

	writer_put(out, smb1_magic, sizeof smb1_magic);
	writer_put_u8(out, SMB1_NEGOTIATE);
	writer_put_u32le(out, 0);	/* status */
	writer_put_u8(out, SMB1_FLAG_CASELESS | SMB1_FLAG_CANONICAL);
	writer_put_u16le(out, SMB1_FLAGS2_LONG_NAMES | SMB1_FLAGS2_SIGNING |
			      SMB1_FLAGS2_EXTENDED_SECURITY | SMB1_FLAGS2_NT_STATUS |
			      SMB1_FLAGS2_UNICODE);
	/* process (high), signature, reserved, tree, process, user, multiplex */
	writer_put_zeroes(out, 2 + 8 + 2 + 2 + 2 + 2 + 2);
	writer_put_u8(out, 0);		/* words */
	writer_put_u16le(out, (uint16_t)names.length);
	writer_put(out, names.bytes, names.length);
	end_frame(out, frame);
}

void smb_put_negotiate(struct writer *out, const struct smb_offer *offer)
{
	if (offer->smb1)
		put_smb1(out, offer);
	else
		put_smb2(out, offer);
}

static bool declines(uint32_t status)
{
	return status == SMB_STATUS_NOT_SUPPORTED || status == SMB_STATUS_INVALID_PARAMETER ||
	       status == SMB_STATUS_INVALID_SMB || status == SMB_STATUS_BAD_COMMAND;
}

/* FILETIME counts tenths of microseconds since 1601; what no calendar can say is left out. */
static void read_time(uint64_t filetime, struct smb_reply *reply)
{
	const uint64_t epoch = UINT64_C(116444736000000000);
	const uint64_t end_of_9999 = UINT64_C(2650467743999999999);

	reply->time_known = filetime >= epoch && filetime <= end_of_9999;
	if (reply->time_known)
		reply->time_us = (int64_t)((filetime - epoch) / 10);
}

static bool lies_within(struct reader message, size_t at, size_t length)
{
	reader_skip(&message, at);
	reader_skip(&message, length);
	return reader_ok(&message);
}

static bool read_preauth(struct reader context)
{
	uint16_t count = reader_take_u16le(&context);
	uint16_t salt = reader_take_u16le(&context);
	uint16_t hash = reader_take_u16le(&context);

	reader_skip(&context, salt);
	return reader_ok(&context) && count == 1 && hash == HASH_SHA512;
}

static bool read_encryption(struct reader context, struct smb_reply *reply)
{
	uint16_t count = reader_take_u16le(&context);
	uint16_t cipher = reader_take_u16le(&context);

	reply->encryption = cipher != CIPHER_NONE;
	return reader_ok(&context) && count == 1 && cipher <= CIPHER_AES_256_GCM;
}

/* 3.1.1 says its hash exactly once and its cipher at most once. */
static bool read_contexts(struct reader list, unsigned count, struct smb_reply *reply)
{
	unsigned hashes = 0, ciphers = 0;

	for (; count > 0; count--) {
		uint16_t type = reader_take_u16le(&list);
		uint16_t length = reader_take_u16le(&list);
		reader_skip(&list, 4);
		struct reader context = reader_part(&list, length);

		if (count > 1 && length % CONTEXT_ALIGNMENT > 0)
			reader_skip(&list, CONTEXT_ALIGNMENT - length % CONTEXT_ALIGNMENT);
		if (!reader_ok(&list))
			return false;
		if (type == CONTEXT_PREAUTH_INTEGRITY && (++hashes > 1 || !read_preauth(context)))
			return false;
		if (type == CONTEXT_ENCRYPTION &&
		    (++ciphers > 1 || !read_encryption(context, reply)))
			return false;
	}
	return hashes == 1;
}

static bool read_smb2_negotiated(struct reader body, struct reader message,
				 const struct smb_offer *offer, struct smb_reply *reply)
{
	uint16_t size = reader_take_u16le(&body);
	uint16_t mode = reader_take_u16le(&body);
	reply->dialect = reader_take_u16le(&body);
	uint16_t contexts = reader_take_u16le(&body);
	reader_skip(&body, SMB_GUID_BYTES);
	uint32_t capabilities = reader_take_u32le(&body);
	reader_skip(&body, 4 + 4 + 4);	/* largest transaction, read, write */
	read_time(reader_take_u64le(&body), reply);
	reader_skip(&body, 8);		/* start time */
	uint16_t blob_at = reader_take_u16le(&body);
	uint16_t blob_length = reader_take_u16le(&body);
	uint32_t contexts_at = reader_take_u32le(&body);

	if (!reader_ok(&body) || size != SMB2_REPLY_SIZE || !offers(offer, reply->dialect))
		return false;
	if ((mode & ~(SMB2_SIGNING_ENABLED | SMB2_SIGNING_REQUIRED)) != 0)
		return false;
	if (!lies_within(message, blob_at, blob_length))
		return false;
	reply->answer = SMB_ACCEPTED_SMB2;
	reply->signing_enabled = mode & SMB2_SIGNING_ENABLED;
	reply->signing_required = mode & SMB2_SIGNING_REQUIRED;
	if (reply->dialect != SMB_3_1_1) {
		reply->encryption = reply->dialect >= SMB_3_0 &&
				    (capabilities & SMB2_CAPABILITY_ENCRYPTION);
		return true;
	}
	if (contexts_at < SMB2_HEADER_BYTES + SMB2_REPLY_FIXED_BYTES)
		return false;
	reader_skip(&message, contexts_at);
	return reader_ok(&message) && read_contexts(message, contexts, reply);
}

static bool read_smb2(struct reader message, const struct smb_offer *offer,
		      struct smb_reply *reply)
{
	struct reader body = message;

	reader_skip(&body, sizeof smb2_magic);
	uint16_t size = reader_take_u16le(&body);
	reader_skip(&body, 2);		/* credit charge */
	uint32_t status = reader_take_u32le(&body);
	uint16_t command = reader_take_u16le(&body);
	reader_skip(&body, 2);		/* credits */
	uint32_t flags = reader_take_u32le(&body);
	uint32_t next = reader_take_u32le(&body);
	/* message, process, tree, session, signature */
	reader_skip(&body, 8 + 4 + 4 + 8 + 16);

	if (!reader_ok(&body) || size != SMB2_HEADER_BYTES || command != SMB2_NEGOTIATE ||
	    !(flags & SMB2_FLAG_REPLY) || next != 0)
		return false;
	if (status == 0 && offer->count > 0)
		return read_smb2_negotiated(body, message, offer, reply);
	/* Choosing SMB2 when only SMB1 was offered is a no to SMB1. */
	reply->status = status;
	return status == 0 || declines(status);
}

static bool read_smb1_negotiated(struct reader words, struct smb_reply *reply)
{
	reader_skip(&words, 2);		/* dialect */
	uint8_t mode = reader_take_u8(&words);
	/* most requests, most circuits, buffer, raw buffer, session key, capabilities */
	reader_skip(&words, 2 + 2 + 4 + 4 + 4 + 4);
	read_time(reader_take_u64le(&words), reply);

	reply->answer = SMB_ACCEPTED_SMB1;
	reply->signing_enabled = mode & SMB1_SIGNING_ENABLED;
	reply->signing_required = mode & SMB1_SIGNING_REQUIRED;
	return reader_ok(&words) && (mode & ~SMB1_MODE_BITS) == 0 &&
	       (reply->signing_enabled || !reply->signing_required);
}

static bool read_smb1(struct reader body, const struct smb_offer *offer,
		      struct smb_reply *reply)
{
	reader_skip(&body, sizeof smb1_magic);
	uint8_t command = reader_take_u8(&body);
	uint32_t status = reader_take_u32le(&body);
	uint8_t flags = reader_take_u8(&body);
	/* flags2, process (high), signature, reserved, tree, process, user, multiplex */
	reader_skip(&body, 2 + 2 + 8 + 2 + 2 + 2 + 2 + 2);
	uint8_t count = reader_take_u8(&body);
	struct reader words = reader_part(&body, (size_t)count * 2);
	reader_skip(&body, reader_take_u16le(&body));

	if (!reader_ok(&body) || command != SMB1_NEGOTIATE || !(flags & SMB1_FLAG_REPLY))
		return false;
	reply->status = status;
	if (status != 0)
		return declines(status);
	/* An answer in SMB1 to an offer in SMB2 is a no, whatever it says. */
	if (!offer->smb1)
		return true;

	struct reader index = words;
	uint16_t dialect = reader_take_u16le(&index);
	if (!reader_ok(&index))
		return false;
	if (dialect == SMB1_NO_DIALECT)
		return true;
	return dialect == SMB1_NT_LM_INDEX && count == SMB1_NT_LM_WORDS &&
	       read_smb1_negotiated(words, reply);
}

/* Tells a stranger by the first byte that differs, however few have come. */
static bool may_be(const struct reader *in, const uint8_t magic[4])
{
	struct reader ahead = *in;

	for (size_t i = 0; i < 4 && reader_left(&ahead) > 0; i++)
		if (reader_take_u8(&ahead) != magic[i])
			return false;
	return true;
}

/* NetBIOS' negative session response: samba's to hosts it does not allow. */
static enum turn take_refusal(struct reader *in, struct smb_reply *reply)
{
	if (reader_left(in) < 4)
		return TURN_NEED_MORE;
	if (reader_take_u24be(in) == 1)
		reply->refusal = reader_take_u8(in);
	return TURN_NOT_THIS_PROTOCOL;
}

enum turn smb_take_reply(struct reader *in, const struct smb_offer *offer,
			 struct smb_reply *reply)
{
	struct reader ahead = *in;

	*reply = (struct smb_reply){ .answer = SMB_DECLINED };
	if (reader_left(&ahead) == 0)
		return TURN_NEED_MORE;
	uint8_t type = reader_take_u8(&ahead);
	if (type == FRAME_REFUSAL)
		return take_refusal(&ahead, reply);
	if (type != FRAME_MESSAGE)
		return TURN_NOT_THIS_PROTOCOL;
	if (reader_left(&ahead) < 3)
		return TURN_NEED_MORE;
	size_t length = reader_take_u24be(&ahead);
	bool smb2 = may_be(&ahead, smb2_magic);

	if (!smb2 && !may_be(&ahead, smb1_magic))
		return TURN_NOT_THIS_PROTOCOL;
	if (length < SMB1_HEADER_BYTES || length > MESSAGE_MOST_BYTES)
		return TURN_MALFORMED;
	if (reader_left(&ahead) < length)
		return TURN_NEED_MORE;

	struct reader message = reader_part(&ahead, length);
	bool sound = smb2 ? read_smb2(message, offer, reply) : read_smb1(message, offer, reply);
	if (!sound) {
		/* Half a reply must not look like one. */
		*reply = (struct smb_reply){ .answer = SMB_DECLINED };
		return TURN_MALFORMED;
	}
	*in = ahead;
	return TURN_CONCLUDED;
}
