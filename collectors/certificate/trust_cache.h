/* SPDX-License-Identifier: Apache-2.0
 *
 * Things found by the SHA-256 of what they were made of. Bounded in number and in bytes:
 * those not asked for longest go, but only in trust_cache_trim(), so that what was found
 * stays until its user has done. For trust.c.
 */
#ifndef COLLECTORS_TRUST_CACHE_H
#define COLLECTORS_TRUST_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct trust_cache;

enum { TRUST_KEY_BYTES = 32 };

struct trust_cache *trust_cache_new(size_t most_items, size_t most_bytes,
				    void (*release)(void *item));
void trust_cache_free(struct trust_cache *cache);
/* NULL: not there. */
void *trust_cache_get(struct trust_cache *cache, const uint8_t key[static TRUST_KEY_BYTES]);
/* Takes the item over. The key must not be there yet. */
void trust_cache_put(struct trust_cache *cache, const uint8_t key[static TRUST_KEY_BYTES],
		     void *item, size_t bytes);
void trust_cache_trim(struct trust_cache *cache);

#endif
