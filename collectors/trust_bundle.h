/* SPDX-License-Identifier: Apache-2.0
 *
 * The system's authorities as a file: opened before the fence by trust_open_system_bundle()
 * of trust.h, read behind it, where nothing but reading is allowed.
 */
#ifndef COLLECTORS_TRUST_BUNDLE_H
#define COLLECTORS_TRUST_BUNDLE_H

#include <stddef.h>

/* All of it, ended by NUL and to be freed; closes the descriptor. */
char *trust_bundle_read(int descriptor, size_t *length);

#endif
