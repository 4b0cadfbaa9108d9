/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/ipc/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

static void shelf_add(struct shelf *shelf, const char *bytes, size_t length)
{
	shelf->items = memory_room_for(shelf->items, shelf->count, &shelf->room,
				       sizeof *shelf->items);
	shelf->items[shelf->count++] = (struct shelf_item){
		.string = memory_copy_span(bytes, length), .length = length
	};
}

/* By what it says: another string may have come to its place in memory since. */
uint32_t shelf_number(struct shelf *shelf, const char *string)
{
	size_t length = string ? strlen(string) : 0;

	if (!string)
		return 0;
	for (size_t i = 0; i < shelf->count; i++)
		if (shelf->items[i].length == length &&
		    !memcmp(shelf->items[i].string, string, length))
			return (uint32_t)i + 1;
	shelf_add(shelf, string, length);
	return (uint32_t)shelf->count;
}

bool shelf_put(struct shelf *shelf, uint32_t number, const char *bytes, size_t length)
{
	if (number != shelf->count + 1)
		return false;
	shelf_add(shelf, bytes, length);
	return true;
}

const char *shelf_at(const struct shelf *shelf, uint32_t number)
{
	return number && number <= shelf->count ? shelf->items[number - 1].string : NULL;
}

void shelf_free(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->count; i++)
		free(shelf->items[i].string);
	free(shelf->items);
	*shelf = (struct shelf){ 0 };
}
