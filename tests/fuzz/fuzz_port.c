/* SPDX-License-Identifier: Apache-2.0
 *
 * What a UDP port answers. The first byte says to which question.
 */
#include <stdlib.h>

#include "collectors/port_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct port_question question = { .token = UINT64_C(0x1122334455667788) };
	enum port_protocol answer;
	uint8_t room[64];
	struct writer out;
	struct reader in;

	if (!size)
		return 0;
	question.protocol = (enum port_protocol)(data[0] % PORT_PROTOCOLS);
	reader_init(&in, data + 1, size - 1);
	answer = port_wire_recognise(&in, &question);
	if (answer != PORT_UNRECOGNISED && answer != question.protocol)
		abort();
	reader_init(&in, data + 1, size - 1);
	writer_init(&out, room, sizeof room);
	if (port_wire_farewell(&in, &question, &out) && !writer_ok(&out))
		abort();
	return 0;
}
