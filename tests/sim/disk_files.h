/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of the simulated disk, for those who lead calls to it: disk_sqlite.c and
 * disk_calls.c. Nobody else includes this.
 */
#ifndef TESTS_SIM_DISK_FILES_H
#define TESTS_SIM_DISK_FILES_H

#include "tests/sim/disk.h"

enum { SECTOR = 512 };

struct file {
	char name[120];
	unsigned char *bytes, *safe;	/* as it seems, and as it is on the disk */
	unsigned char *dirty;		/* by sector: not synced */
	size_t sectors, length, safe_length;
	bool torn;			/* a sync failed since it was opened */
};

struct file *file_named(const char *name);
struct file *file_new(const char *name);
void file_drop(struct file *file);
void file_write(struct file *file, const void *bytes, size_t length, size_t at);
void file_truncate(struct file *file, size_t length);
/* How much of it was there. */
size_t file_read(const struct file *file, void *bytes, size_t length, size_t at);
void file_sync(struct file *file);
void file_sync_badly(struct file *file);
void file_closed(struct file *file);

/* What happens between them leaves nothing behind, and nothing fails. */
void disk_look_begin(void);
void disk_look_end(void);

uint64_t disk_chance(void);
/* SQLite has a generator of its own, which is to begin anew with this disk. */
void disk_forget_chance(void);
/* Before something is changed. */
bool disk_is_dead(const char *what);
/* It is broken, and this call is one of those that fail. */
bool disk_breaks(void);

#endif
