/* SPDX-License-Identifier: Apache-2.0
 *
 * The name server of the demonstration (RFC 1035 4.1). It knows the names of the simulated
 * vendors' servers, which live where it lives, and no other: nothing is asked of the Internet.
 */
#include <string.h>

#include "contrib/demo/service.h"
#include "net/address.h"

enum { TYPE_A = 1, CLASS_IN = 1, NAME_ERROR = 3, TTL_SECONDS = 60, POINTER_TO_QUESTION = 0xc00c };

/* "push.example"; false when it is longer than a name may be, or no name. */
static bool take_name(struct reader *in, char name[static 256])
{
	size_t at = 0;

	for (uint8_t length; (length = reader_take_u8(in));) {
		const uint8_t *label = reader_take(in, length);

		if (length > 63 || !label || at + length + 2 > 256)
			return false;
		memcpy(name + at, label, length);
		at += length;
		name[at++] = '.';
	}
	name[at ? at - 1 : 0] = '\0';
	return at && reader_ok(in);
}

static bool is_known(const char *const *names, const char *name)
{
	while (names && *names && strcasecmp(*names, name) != 0)
		names++;
	return names && *names;
}

enum follows name_answer(const struct scene *scene, struct reader *in, struct writer *out)
{
	uint16_t id = reader_take_u16be(in), flags = reader_take_u16be(in), type, class;
	struct address address;
	char name[256];
	bool known, found;

	reader_skip(in, 8);
	if (!take_name(in, name) || !address_parse(scene->address, &address))
		return FOLLOWS_END;
	type = reader_take_u16be(in);
	class = reader_take_u16be(in);
	known = is_known(scene->names, name);
	found = known && type == TYPE_A && class == CLASS_IN;
	writer_put_u16be(out, id);
	/* An answer, with authority; recursion as asked for, and to be had. */
	writer_put_u16be(out, (uint16_t)(0x8480 | (flags & 0x0100) | (known ? 0 : NAME_ERROR)));
	writer_put_u16be(out, 1);
	writer_put_u16be(out, found);
	writer_put_u32be(out, 0);
	writer_put(out, in->bytes + 12, in->at - 12);
	if (found) {
		writer_put_u16be(out, POINTER_TO_QUESTION);
		writer_put_u16be(out, TYPE_A);
		writer_put_u16be(out, CLASS_IN);
		writer_put_u32be(out, TTL_SECONDS);
		writer_put_u16be(out, 4);
		writer_put(out, address.bytes, 4);
	}
	return FOLLOWS_MORE;
}
