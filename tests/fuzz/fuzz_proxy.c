/* SPDX-License-Identifier: Apache-2.0
 *
 * What an HTTP proxy answers.
 */
#include <assert.h>

#include "net/proxy_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum reason reason;
	struct reader in;
	unsigned status;

	reader_init(&in, data, size);
	if (proxy_wire_read(&in, &reason, &status))
		assert(reason < REASON_COUNT && in.at <= PROXY_REPLY_MOST && reader_ok(&in));
	return 0;
}
