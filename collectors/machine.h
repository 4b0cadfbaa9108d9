/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine we run on, as far as a prober may look inside it: everything is opened before
 * the fence closes, and this is all that is left to use behind it. What may still be opened
 * below /proc is said by constants in memory that nobody can write, so that the filter, which
 * sees addresses only, knows what stands there (agent/ipc/fence_inside.c).
 */
#ifndef COLLECTORS_MACHINE_H
#define COLLECTORS_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct open_how;
struct machine;

enum { MACHINE_NAME_ROOM = 64 };

/* Where openat2() finds its orders; all of it is constant. */
struct machine_orders {
	const struct open_how *folder;	/* below /proc, no links followed, to be listed */
	const struct open_how *file;	/* the same, to be read */
	const char *file_path;		/* the only name that goes with `file` */
};

/* Never fails: what the system does not have is missing later. */
struct machine *machine_open(void);
void machine_free(struct machine *machine);
/* The socket for the kernel's socket diagnostics; -1 when there is none. */
int machine_sockets(const struct machine *machine);
/* /proc; -1 when there is none. */
int machine_processes(const struct machine *machine);
struct machine_orders machine_orders(void);

enum { MACHINE_GONE = -1, MACHINE_DENIED = -2 };

/* A folder below /proc ("123/fd"), or why there is none. */
int machine_open_folder(const struct machine *machine, const char *path);
/* The name of a process as the kernel has it, bytes of its own choice; 0: it is gone. */
size_t machine_process_name(const struct machine *machine, unsigned pid,
			    char name[static MACHINE_NAME_ROOM]);
/* The account's name, or its number when it had none as we were started. */
void machine_user(const struct machine *machine, uint32_t user,
		  char name[static MACHINE_NAME_ROOM]);
/* The name of a network interface, or its number when it is gone. */
void machine_interface(const struct machine *machine, uint32_t index,
		       char name[static MACHINE_NAME_ROOM]);

#endif
