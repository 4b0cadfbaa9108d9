/* SPDX-License-Identifier: Apache-2.0 */
#include "net/hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

static const char blanks[] = " \t\r\n";

struct host {
	const char *name;
	size_t place; /* in the file: qsort() does not keep the order of equals */
	struct address address;
};

struct hosts {
	struct arena *arena;
	struct host *items;
	size_t count, room;
};

static void
hosts_add(struct hosts *hosts, const char *name, size_t length, const struct address *address)
{
	hosts->items =
		memory_room_for(hosts->items, hosts->count, &hosts->room, sizeof *hosts->items);
	hosts->items[hosts->count] = (struct host){
		.name = arena_copy_span(hosts->arena, name, length),
		.place = hosts->count,
		.address = *address,
	};
	hosts->count++;
}

/* "10.0.0.5  pbx.example pbx  # the telephone system" */
static void hosts_read_line(struct hosts *hosts, char *line)
{
	char *word = line + strspn(line, blanks);
	struct address address;
	size_t length;

	line[strcspn(line, "#")] = '\0';
	length = strcspn(word, blanks);
	if (!length)
		return;
	if (word[length])
		word[length++] = '\0';
	if (!address_parse(word, &address))
		return;
	for (word += length; *(word += strspn(word, blanks)); word += length) {
		length = strcspn(word, blanks);
		hosts_add(hosts, word, length, &address);
	}
}

static int compare_hosts(const void *a, const void *b)
{
	const struct host *one = a, *other = b;
	int order = strcasecmp(one->name, other->name);

	return order ? order : (one->place > other->place) - (one->place < other->place);
}

struct hosts *hosts_read(const char *path)
{
	struct hosts *hosts = memory_new(1, sizeof *hosts);
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	hosts->arena = arena_new();
	while (file && getline(&line, &room, file) >= 0)
		hosts_read_line(hosts, line);
	free(line);
	if (file)
		fclose(file);
	if (hosts->count)
		qsort(hosts->items, hosts->count, sizeof *hosts->items, compare_hosts);
	return hosts;
}

void hosts_free(struct hosts *hosts)
{
	if (!hosts)
		return;
	arena_free(hosts->arena);
	free(hosts->items);
	free(hosts);
}

static size_t hosts_first(const struct hosts *hosts, const char *name)
{
	size_t low = 0, high = hosts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcasecmp(hosts->items[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool hosts_find(const struct hosts *hosts, const char *name, uint8_t family,
		struct address *addresses, size_t most, size_t *count)
{
	size_t first = hosts_first(hosts, name), i = first;

	*count = 0;
	for (; i < hosts->count && !strcasecmp(hosts->items[i].name, name); i++)
		if (hosts->items[i].address.family == family && *count < most)
			addresses[(*count)++] = hosts->items[i].address;
	return i > first;
}
