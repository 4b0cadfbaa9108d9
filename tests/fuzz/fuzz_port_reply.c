/* SPDX-License-Identifier: Apache-2.0
 *
 * What a TCP port answers. The first byte says what it was asked. Whatever comes has one of
 * the fact's words, and a farewell that fits.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/port_greeting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const asked[] = { NULL, "mssql", "postgres", "tls", "http" };
	const char *const *words = fact_named("port.reply")->words;
	const char *bytes = (const char *)data + 1, *word;
	uint8_t room[64];
	struct writer out;

	if (!size)
		return 0;
	word = port_recognise(asked[data[0] % 5], bytes, size - 1);
	while (*words && strcmp(*words, word) != 0)
		words++;
	if (!*words)
		abort();
	writer_init(&out, room, sizeof room);
	port_take_leave(&out, word, bytes, size - 1);
	if (!writer_ok(&out))
		abort();
	return 0;
}
