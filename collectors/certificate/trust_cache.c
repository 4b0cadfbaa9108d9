/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate/trust_cache.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

enum { FIRST_BUCKETS = 64 };

struct entry {
	uint8_t key[TRUST_KEY_BYTES];
	void *item;
	size_t bytes;
	struct entry *next;		/* in its bucket */
	struct entry *older, *newer;	/* by last use */
};

struct trust_cache {
	struct entry **buckets;
	size_t bucket_count;		/* a power of two */
	struct entry *oldest, *newest;
	size_t count, bytes, most_items, most_bytes;
	void (*release)(void *item);
};

struct trust_cache *trust_cache_new(size_t most_items, size_t most_bytes,
				    void (*release)(void *item))
{
	struct trust_cache *cache = memory_new(1, sizeof *cache);

	cache->bucket_count = FIRST_BUCKETS;
	cache->buckets = memory_new(FIRST_BUCKETS, sizeof(struct entry *));
	cache->most_items = most_items;
	cache->most_bytes = most_bytes;
	cache->release = release;
	return cache;
}

/* The place that points to the entry, or to where it would be. */
static struct entry **place_of(struct trust_cache *cache, const uint8_t *key)
{
	struct entry **place;
	size_t hash;

	memcpy(&hash, key, sizeof hash);
	place = &cache->buckets[hash & (cache->bucket_count - 1)];
	while (*place && memcmp((*place)->key, key, TRUST_KEY_BYTES) != 0)
		place = &(*place)->next;
	return place;
}

static void list_remove(struct trust_cache *cache, struct entry *entry)
{
	*(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
	*(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
}

static void list_add_newest(struct trust_cache *cache, struct entry *entry)
{
	entry->older = cache->newest;
	entry->newer = NULL;
	*(entry->older ? &entry->older->newer : &cache->oldest) = entry;
	cache->newest = entry;
}

void *trust_cache_get(struct trust_cache *cache, const uint8_t key[static TRUST_KEY_BYTES])
{
	struct entry *entry = *place_of(cache, key);

	if (!entry)
		return NULL;
	list_remove(cache, entry);
	list_add_newest(cache, entry);
	return entry->item;
}

static void double_buckets(struct trust_cache *cache)
{
	free(cache->buckets);
	cache->bucket_count *= 2;
	cache->buckets = memory_new(cache->bucket_count, sizeof(struct entry *));
	for (struct entry *entry = cache->oldest; entry; entry = entry->newer) {
		struct entry **place = place_of(cache, entry->key);

		*place = entry;
		entry->next = NULL;
	}
}

void trust_cache_put(struct trust_cache *cache, const uint8_t key[static TRUST_KEY_BYTES],
		     void *item, size_t bytes)
{
	struct entry *entry = memory_new(1, sizeof *entry);

	if (cache->count == cache->bucket_count)
		double_buckets(cache);
	memcpy(entry->key, key, TRUST_KEY_BYTES);
	entry->item = item;
	entry->bytes = bytes;
	*place_of(cache, key) = entry;
	list_add_newest(cache, entry);
	cache->count++;
	cache->bytes += bytes;
}

static void drop_oldest(struct trust_cache *cache)
{
	struct entry *entry = cache->oldest;

	*place_of(cache, entry->key) = entry->next;
	list_remove(cache, entry);
	cache->count--;
	cache->bytes -= entry->bytes;
	cache->release(entry->item);
	free(entry);
}

void trust_cache_trim(struct trust_cache *cache)
{
	while (cache->count > cache->most_items || cache->bytes > cache->most_bytes)
		drop_oldest(cache);
}

void trust_cache_free(struct trust_cache *cache)
{
	if (!cache)
		return;
	while (cache->oldest)
		drop_oldest(cache);
	free(cache->buckets);
	free(cache);
}
