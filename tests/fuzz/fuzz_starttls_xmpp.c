/* SPDX-License-Identifier: Apache-2.0
 *
 * What servers of XMPP say before TLS begins.
 */
#include "tests/fuzz/starttls_for_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const words[] = { "xmpp", "xmpp-server" };

	starttls_fuzz(words, sizeof words / sizeof *words, data, size);
	return 0;
}
