/* SPDX-License-Identifier: Apache-2.0
 *
 * What a server has in its hand between its hello and its certificate: its share, which any
 * bytes can be, and records under keys that follow from them. The first byte selects suite
 * and group, the second how long the share is; records follow with their length before each.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/tls/tls_secrets.h"
#include "ground/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void open_records(struct tls_secrets *secrets, struct reader *in)
{
	while (reader_left(in)) {
		size_t length = reader_take_u16be(in), plain_length = 0;
		struct reader record = reader_part(in, length);
		uint8_t *fragment, type = 0;

		if (!reader_ok(in))
			return;
		fragment = memory_new(length + 1, 1);
		memcpy(fragment, record.bytes, length);
		if (tls_secrets_open(secrets, fragment, length, &plain_length, &type) &&
		    (plain_length >= length || !type))
			abort();
		free(fragment);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tls_keys *keys;
	struct tls_key_share share = { .length = 0 };
	struct tls_secrets *secrets;
	struct reader in, bytes;
	size_t count;
	const uint16_t *groups = tls_keys_groups(&count);
	uint8_t choice;
	uint16_t suite;

	if (!keys)
		keys = tls_keys_new();
	reader_init(&in, data, size);
	choice = reader_take_u8(&in);
	suite = (uint16_t)(0x1301 + choice % 8);
	share.group = choice / 8 % 8 < count ? groups[choice / 8 % 8] : choice;
	bytes = reader_part(&in, reader_take_u8(&in));
	if (!reader_ok(&in))
		return 0;
	share.length = (uint16_t)reader_left(&bytes);
	if (share.length)
		memcpy(share.bytes, reader_take(&bytes, share.length), share.length);
	secrets = tls_secrets_new(keys);
	tls_secrets_add_message(secrets, data, size);
	if (choice & 0x80)
		tls_secrets_restart(secrets, suite);
	tls_secrets_add_message(secrets, data, size);
	if (tls_secrets_derive(secrets, suite, &share)) {
		if (suite > 0x1305)
			abort();
		open_records(secrets, &in);
	} else if (tls_secrets_open(secrets, (uint8_t[32]){ 0 }, 32, &count, &choice)) {
		abort();
	}
	tls_secrets_free(secrets);
	return 0;
}
