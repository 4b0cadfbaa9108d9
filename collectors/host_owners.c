/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/host_owners.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/bytes.h"

enum {
	LISTING_BYTES = 16 << 10,
	/* Entries between two looks at the clock. */
	ENTRIES_PER_LOOK = 256
};

/* A folder that is being listed. */
struct listing {
	int fd;			/* -1: none */
	struct reader entries;	/* those that have been read */
	uint8_t bytes[LISTING_BYTES];
};

struct owner {
	uint32_t inode;
	unsigned processes;		/* that have it open */
	unsigned last;			/* of them that was counted */
	uint32_t first;			/* of them: its place in the list, when there is any */
};

struct host_owners {
	const struct machine *machine;
	struct owner *items;		/* by inode, once looking has begun */
	size_t count, room;
	struct host_process *list;	/* processes that have any of them, as they were met */
	size_t list_count, list_room;
	bool begun, denied;
	struct listing processes, descriptors;
	unsigned pid;			/* whose descriptors these are */
};

struct host_owners *host_owners_new(const struct machine *machine)
{
	struct host_owners *owners = memory_new(1, sizeof *owners);

	owners->machine = machine;
	owners->processes.fd = owners->descriptors.fd = -1;
	return owners;
}

static void listing_end(struct listing *listing)
{
	if (listing->fd >= 0)
		close(listing->fd);
	listing->fd = -1;
}

void host_owners_free(struct host_owners *owners)
{
	if (!owners)
		return;
	listing_end(&owners->processes);
	listing_end(&owners->descriptors);
	free(owners->items);
	free(owners->list);
	free(owners);
}

void host_owners_add(struct host_owners *owners, uint32_t inode)
{
	if (!inode)
		return;
	owners->items = memory_room_for(owners->items, owners->count, &owners->room,
					sizeof *owners->items);
	owners->items[owners->count++] = (struct owner){ .inode = inode };
}

static int by_inode(const void *a, const void *b)
{
	uint32_t x = ((const struct owner *)a)->inode;
	uint32_t y = ((const struct owner *)b)->inode;

	return (x > y) - (x < y);
}

static struct owner *find(const struct host_owners *owners, uint32_t inode)
{
	const struct owner key = { .inode = inode };

	if (!owners->count)
		return NULL;
	return bsearch(&key, owners->items, owners->count, sizeof *owners->items, by_inode);
}

const struct host_process *host_owners_of(const struct host_owners *owners, uint32_t inode,
					  unsigned *processes)
{
	const struct owner *owner = inode ? find(owners, inode) : NULL;

	*processes = owner ? owner->processes : 0;
	return *processes ? &owners->list[owner->first] : NULL;
}

bool host_owners_were_denied(const struct host_owners *owners)
{
	return owners->denied;
}

static void listing_begin(struct listing *listing, struct host_owners *owners,
			  const char *path)
{
	listing->fd = machine_open_folder(owners->machine, path);
	reader_init(&listing->entries, listing->bytes, 0);
	if (listing->fd == MACHINE_DENIED)
		owners->denied = true;
}

/* The name of the next entry, as getdents64(2) has them; NULL when there is none. */
static const char *take_entry(struct reader *in)
{
	struct reader head = *in, entry;
	uint16_t length = 0;
	const uint8_t *bytes;

	reader_skip(&head, offsetof(struct dirent64, d_reclen));
	bytes = reader_take(&head, sizeof length);
	if (bytes)
		memcpy(&length, bytes, sizeof length);
	entry = reader_part(in, length);
	reader_skip(&entry, offsetof(struct dirent64, d_name));
	head = entry;
	bytes = reader_take(&head, reader_left(&entry));
	return bytes && memchr(bytes, 0, reader_left(&entry)) ? (const char *)bytes : NULL;
}

/* Valid until the next call; NULL at the end, where the listing is closed. */
static const char *listing_next(struct listing *listing)
{
	const char *name;

	if (!reader_left(&listing->entries)) {
		long have = syscall(SYS_getdents64, listing->fd, listing->bytes, LISTING_BYTES);

		reader_init(&listing->entries, listing->bytes, have > 0 ? (size_t)have : 0);
	}
	name = take_entry(&listing->entries);
	if (!name)
		listing_end(listing);
	return name;
}

/* Of "socket:[4711]"; 0 for what is no socket. */
static uint32_t inode_of_link(const char *target)
{
	static const char before[] = "socket:[";
	unsigned long long number;
	char *end;

	if (strncmp(target, before, sizeof before - 1) != 0)
		return 0;
	number = strtoull(target + sizeof before - 1, &end, 10);
	return *end == ']' && number <= UINT32_MAX ? (uint32_t)number : 0;
}

/* The place of the process that is looked at; its name is read once, when it is needed. */
static uint32_t place_of_process(struct host_owners *owners)
{
	struct host_process *process;

	if (owners->list_count && owners->list[owners->list_count - 1].pid == owners->pid)
		return (uint32_t)owners->list_count - 1;
	owners->list = memory_room_for(owners->list, owners->list_count, &owners->list_room,
				       sizeof *owners->list);
	process = &owners->list[owners->list_count];
	process->pid = owners->pid;
	process->length = machine_process_name(owners->machine, owners->pid, process->name);
	return (uint32_t)owners->list_count++;
}

static void found(struct host_owners *owners, struct owner *owner)
{
	if (owner->last == owners->pid)
		return;
	owner->last = owners->pid;
	if (!owner->processes++ || owners->list[owner->first].pid > owners->pid)
		owner->first = place_of_process(owners);
}

static void look_at_descriptor(struct host_owners *owners, const char *name)
{
	char target[64];
	struct owner *owner;
	ssize_t length;
	uint32_t inode;

	if (*name == '.')
		return;
	length = readlinkat(owners->descriptors.fd, name, target, sizeof target - 1);
	if (length < 0) {
		owners->denied |= errno == EACCES;
		return;
	}
	target[length] = '\0';
	inode = inode_of_link(target);
	owner = inode ? find(owners, inode) : NULL;
	if (owner)
		found(owners, owner);
}

static void look_at_process(struct host_owners *owners, const char *name)
{
	char path[32];

	if (strspn(name, "0123456789") != strlen(name))
		return;
	owners->pid = (unsigned)strtoul(name, NULL, 10);
	snprintf(path, sizeof path, "%u/fd", owners->pid);
	listing_begin(&owners->descriptors, owners, path);
}

/* One entry of one folder; false when there are no more. */
static bool look_further(struct host_owners *owners)
{
	const char *name;

	if (owners->descriptors.fd >= 0) {
		name = listing_next(&owners->descriptors);
		if (name)
			look_at_descriptor(owners, name);
		return true;
	}
	name = owners->processes.fd >= 0 ? listing_next(&owners->processes) : NULL;
	if (name)
		look_at_process(owners, name);
	return name;
}

static void begin(struct host_owners *owners)
{
	owners->begun = true;
	if (owners->count)
		qsort(owners->items, owners->count, sizeof *owners->items, by_inode);
	listing_begin(&owners->processes, owners, ".");
}

bool host_owners_look(struct host_owners *owners, int64_t until_us)
{
	if (!owners->begun)
		begin(owners);
	do {
		for (unsigned i = 0; i < ENTRIES_PER_LOOK; i++)
			if (!look_further(owners))
				return true;
	} while (clock_monotonic_us() < until_us);
	return false;
}
