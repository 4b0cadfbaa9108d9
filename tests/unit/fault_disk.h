/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk that fails: every call that changes something is counted, and from one of them on it
 * fails, or the process dies before it. Or every call that reads is. Or what is opened can only
 * be read.
 */
#ifndef TESTS_UNIT_FAULT_DISK_H
#define TESTS_UNIT_FAULT_DISK_H

#include <stdbool.h>

enum disk_fault { DISK_SOUND, DISK_FULL, DISK_BROKEN, DISK_DIES, DISK_UNREADABLE, DISK_READ_ONLY };

/* Becomes SQLite's usual one. */
void fault_disk_install(void);
/* The calls are counted from 0 anew; `fault` comes with number `from`, and stays. */
void fault_disk_set(enum disk_fault fault, unsigned from);
unsigned fault_disk_calls(void);

#endif
