/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ground/memory.h"

/* More accounts than a file of them has; others are told by number. */
enum { ACCOUNTS_MOST = 65536 };

struct account {
	uint32_t user;
	char *name;
};

struct machine {
	int sockets, processes;
	struct account *accounts;	/* sorted by number */
	size_t count, room;
};

static const struct open_how how_folder = {
	.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
	.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
		   RESOLVE_NO_XDEV,
};

static const struct open_how how_file = {
	.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
	.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
		   RESOLVE_NO_XDEV,
};

static const char name_of_process[] = "comm";

static int by_user(const void *a, const void *b)
{
	uint32_t x = ((const struct account *)a)->user, y = ((const struct account *)b)->user;

	return (x > y) - (x < y);
}

/* The file only: asking a directory service for all its accounts could take for ever. */
static void read_accounts(struct machine *machine)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *account;

	if (!file)
		return;
	while (machine->count < ACCOUNTS_MOST && (account = fgetpwent(file))) {
		machine->accounts = memory_room_for(machine->accounts, machine->count,
						    &machine->room, sizeof *machine->accounts);
		machine->accounts[machine->count++] =
			(struct account){ account->pw_uid, memory_copy(account->pw_name) };
	}
	fclose(file);
	if (machine->count)
		qsort(machine->accounts, machine->count, sizeof *machine->accounts, by_user);
}

struct machine *machine_open(void)
{
	struct machine *machine = memory_new(1, sizeof *machine);

	machine->sockets = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	machine->processes = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	read_accounts(machine);
	return machine;
}

void machine_free(struct machine *machine)
{
	if (!machine)
		return;
	if (machine->sockets >= 0)
		close(machine->sockets);
	if (machine->processes >= 0)
		close(machine->processes);
	for (size_t i = 0; i < machine->count; i++)
		free(machine->accounts[i].name);
	free(machine->accounts);
	free(machine);
}

int machine_sockets(const struct machine *machine)
{
	return machine->sockets;
}

int machine_processes(const struct machine *machine)
{
	return machine->processes;
}

struct machine_orders machine_orders(void)
{
	return (struct machine_orders){ &how_folder, &how_file, name_of_process };
}

static int open_by(int folder, const char *path, const struct open_how *how)
{
	return (int)syscall(SYS_openat2, (long)folder, path, how, sizeof *how);
}

int machine_open_folder(const struct machine *machine, const char *path)
{
	int folder = open_by(machine->processes, path, &how_folder);

	if (folder >= 0)
		return folder;
	return errno == ENOENT || errno == ESRCH ? MACHINE_GONE : MACHINE_DENIED;
}

size_t machine_process_name(const struct machine *machine, unsigned pid,
			    char name[static MACHINE_NAME_ROOM])
{
	char path[16];
	int folder, file = -1;
	ssize_t length = 0;

	snprintf(path, sizeof path, "%u", pid);
	folder = machine_open_folder(machine, path);
	if (folder >= 0)
		file = open_by(folder, name_of_process, &how_file);
	if (file >= 0)
		length = read(file, name, MACHINE_NAME_ROOM);
	if (folder >= 0)
		close(folder);
	if (file >= 0)
		close(file);
	/* The kernel ends it with a line feed, which is not of the name. */
	return length > 1 ? (size_t)length - 1 : 0;
}

void machine_user(const struct machine *machine, uint32_t user,
		  char name[static MACHINE_NAME_ROOM])
{
	const struct account key = { .user = user };
	const struct account *account = NULL;

	if (machine->count)
		account = bsearch(&key, machine->accounts, machine->count,
				  sizeof *machine->accounts, by_user);
	if (account)
		snprintf(name, MACHINE_NAME_ROOM, "%s", account->name);
	else
		snprintf(name, MACHINE_NAME_ROOM, "%u", user);
}

void machine_interface(const struct machine *machine, uint32_t index,
		       char name[static MACHINE_NAME_ROOM])
{
	/* Any socket can be asked: it need not be one of the internet's. */
	struct ifreq request = { .ifr_ifindex = (int)index };

	if (!ioctl(machine->sockets, SIOCGIFNAME, &request))
		snprintf(name, MACHINE_NAME_ROOM, "%.*s", IFNAMSIZ, request.ifr_name);
	else
		snprintf(name, MACHINE_NAME_ROOM, "%u", index);
}
