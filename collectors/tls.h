/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector "tls"; see collectors.c.
 */
#ifndef COLLECTORS_TLS_H
#define COLLECTORS_TLS_H

#include "collectors/collector.h"

extern const struct collector tls_collector;

/* Three times the usual: some forty handshakes, with a system that may need half a second for
 * each; and what the packet budget takes. */
uint32_t tls_needs_ms(const struct request *request);

#endif
