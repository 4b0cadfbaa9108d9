/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/disk.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "tests/sim/disk_files.h"

enum { BREAKS_PERCENT = 30, FILES_MOST = 64 };

static struct {
	struct chance chance;
	bool (*boundary)(void *arg, const char *what);
	void *arg;
	enum disk_mood mood;
	struct file *files[FILES_MOST];
	size_t file_count;
} disk, before;

void disk_begin(struct chance chance, bool (*boundary)(void *arg, const char *what), void *arg)
{
	disk_end();
	disk.chance = chance;
	disk.boundary = boundary;
	disk.arg = arg;
	disk.mood = DISK_SOUND;
	disk_forget_chance();
}

static void free_file(struct file *file)
{
	free(file->bytes);
	free(file->safe);
	free(file->dirty);
	free(file);
}

void disk_end(void)
{
	for (size_t i = 0; i < disk.file_count; i++)
		free_file(disk.files[i]);
	disk.file_count = 0;
}

void disk_set_mood(enum disk_mood mood)
{
	disk.mood = mood;
}

enum disk_mood disk_mood(void)
{
	return disk.mood;
}

uint64_t disk_chance(void)
{
	return chance_next(&disk.chance);
}

bool disk_is_dead(const char *what)
{
	return disk.boundary && disk.boundary(disk.arg, what);
}

bool disk_breaks(void)
{
	return disk.mood == DISK_BROKEN && chance_percent(&disk.chance, BREAKS_PERCENT);
}

/* --- files -------------------------------------------------------------------------------- */

struct file *file_named(const char *name)
{
	for (size_t i = 0; i < disk.file_count; i++)
		if (!strcmp(disk.files[i]->name, name))
			return disk.files[i];
	return NULL;
}

struct file *file_new(const char *name)
{
	struct file *file;

	if (disk.file_count == FILES_MOST || strlen(name) >= sizeof file->name)
		abort();
	file = memory_new(1, sizeof *file);
	memcpy(file->name, name, strlen(name) + 1);
	disk.files[disk.file_count++] = file;
	return file;
}

void file_drop(struct file *file)
{
	for (size_t i = 0; i < disk.file_count; i++) {
		if (disk.files[i] != file)
			continue;
		disk.files[i] = disk.files[--disk.file_count];
		free_file(file);
		return;
	}
}

static void make_room(struct file *file, size_t length)
{
	size_t sectors = (length + SECTOR - 1) / SECTOR, room = file->sectors;

	if (sectors <= room)
		return;
	while (room < sectors)
		room = room ? 2 * room : 16;
	file->bytes = memory_resize(file->bytes, room, SECTOR);
	file->safe = memory_resize(file->safe, room, SECTOR);
	file->dirty = memory_resize(file->dirty, room, 1);
	memset(file->bytes + file->sectors * SECTOR, 0, (room - file->sectors) * SECTOR);
	memset(file->safe + file->sectors * SECTOR, 0, (room - file->sectors) * SECTOR);
	memset(file->dirty + file->sectors, 0, room - file->sectors);
	file->sectors = room;
}

static void soil(struct file *file, size_t at, size_t length)
{
	for (size_t i = at / SECTOR; length && i <= (at + length - 1) / SECTOR; i++)
		file->dirty[i] = true;
}

void file_write(struct file *file, const void *bytes, size_t length, size_t at)
{
	make_room(file, at + length);
	memcpy(file->bytes + at, bytes, length);
	soil(file, at, length);
	if (file->length >= at + length)
		return;
	soil(file, file->length, at + length - file->length);
	file->length = at + length;
}

/* That it is shorter is written in another place than what is in it: it happened or not. */
void file_truncate(struct file *file, size_t length)
{
	make_room(file, length);
	if (length < file->length)
		memset(file->bytes + length, 0, file->length - length);
	else
		soil(file, file->length, length - file->length);
	file->length = length;
}

size_t file_read(const struct file *file, void *bytes, size_t length, size_t at)
{
	size_t there = at < file->length ? file->length - at : 0;

	if (length > there)
		length = there;
	if (length)
		memcpy(bytes, file->bytes + at, length);
	return length;
}

static void keep_sector(struct file *file, size_t sector)
{
	memcpy(file->safe + sector * SECTOR, file->bytes + sector * SECTOR, SECTOR);
	file->dirty[sector] = false;
}

/* What was cut off is no more: should the file grow again, there are zeroes. */
static void keep_length(struct file *file)
{
	file->safe_length = file->length;
	if (file->sectors)
		memset(file->safe + file->length, 0, file->sectors * SECTOR - file->length);
}

void file_sync(struct file *file)
{
	for (size_t i = 0; i < file->sectors; i++)
		if (file->dirty[i])
			keep_sector(file, i);
	keep_length(file);
}

/* Some of it got there. */
void file_sync_badly(struct file *file)
{
	for (size_t i = 0; i < file->sectors; i++)
		if (file->dirty[i] && chance_percent(&disk.chance, 50))
			keep_sector(file, i);
	if (chance_percent(&disk.chance, 50))
		keep_length(file);
	file->torn = true;
}

/* What is on the disk is all there is. */
static void forget_unsynced(struct file *file)
{
	size_t room = file->sectors * SECTOR;

	file->length = file->safe_length;
	if (!room)
		return;
	memcpy(file->bytes, file->safe, room);
	memset(file->bytes + file->length, 0, room - file->length);
	memset(file->dirty, 0, file->sectors);
}

/* The pages that a failed sync left in the cache are dropped sooner or later. */
void file_closed(struct file *file)
{
	if (!file->torn)
		return;
	file->torn = false;
	if (chance_percent(&disk.chance, 50))
		forget_unsynced(file);
}

void disk_crash(bool power)
{
	for (size_t i = 0; i < disk.file_count; i++) {
		if (power) {
			file_sync_badly(disk.files[i]);
			forget_unsynced(disk.files[i]);
		}
		disk.files[i]->torn = false;
	}
}

static struct file *copy_file(const struct file *file)
{
	struct file *copy = memory_new(1, sizeof *copy);
	size_t bytes = file->sectors * SECTOR;

	*copy = *file;
	copy->bytes = memory_new(file->sectors, SECTOR);
	copy->safe = memory_new(file->sectors, SECTOR);
	copy->dirty = memory_new(file->sectors, 1);
	if (bytes) {
		memcpy(copy->bytes, file->bytes, bytes);
		memcpy(copy->safe, file->safe, bytes);
		memcpy(copy->dirty, file->dirty, file->sectors);
	}
	return copy;
}

void disk_look_begin(void)
{
	before = disk;
	disk.mood = DISK_SOUND;
	disk.boundary = NULL;
	for (size_t i = 0; i < disk.file_count; i++)
		disk.files[i] = copy_file(disk.files[i]);
}

void disk_look_end(void)
{
	disk_end();
	disk = before;
}

/* --- what the world does to it ------------------------------------------------------------ */

/* What SQLite's own look at it cannot miss: its head is other bytes, or half of it is gone. */
bool disk_damage(void)
{
	struct file *file = file_named(DISK_FOLDER "/ucposture.db");
	const struct file *journal = file_named(DISK_FOLDER "/ucposture.db-journal");
	unsigned char rubbish[100];

	/* A journal that is to be rolled back would mend it. */
	if (!file || file->length < 8 * SECTOR || (journal && journal->length))
		return false;
	for (size_t i = 0; i < sizeof rubbish; i++)
		rubbish[i] = (unsigned char)disk_chance();
	if (chance_percent(&disk.chance, 50))
		file_write(file, rubbish, sizeof rubbish, 0);
	else
		file_truncate(file, file->length / (16 * SECTOR) * (8 * SECTOR));
	file_sync(file);
	return true;
}

size_t disk_set_aside(void)
{
	size_t count = 0;

	for (size_t i = 0; i < disk.file_count; i++)
		count += strstr(disk.files[i]->name, ".damaged-") != NULL;
	return count;
}
