/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk in memory. SQLite reaches it as its file system, and the few files that the engine
 * opens by itself through the calls of the C library, which the linker leads here. It knows
 * what was synced and what only seems to be there: after a power cut each sector that was not
 * synced is the old one or the new one, as chance has it.
 */
#ifndef TESTS_SIM_DISK_H
#define TESTS_SIM_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/sim/chance.h"

#define DISK_FOLDER "/simulated"

enum disk_mood {
	DISK_SOUND,
	DISK_FULL,	/* what is there can be written over, nothing grows */
	DISK_BROKEN,	/* some reads, writes and syncs fail */
	DISK_READ_ONLY
};

/* Once in a process, before SQLite is used. */
void disk_install(void);
/* Empty. boundary: called before each call that changes something; true: the process is dead
 * by now, and the call never happens. */
void disk_begin(struct chance chance, bool (*boundary)(void *arg, const char *what), void *arg);
void disk_end(void);
void disk_set_mood(enum disk_mood mood);
enum disk_mood disk_mood(void);
/* The process is gone, and its open files with it. power: the machine as well. */
void disk_crash(bool power);
/* Some bytes of the database are others than were written. false: there is none. */
bool disk_damage(void);
/* Files that were set aside. */
size_t disk_set_aside(void);

#endif
