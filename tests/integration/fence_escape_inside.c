/* SPDX-License-Identifier: Apache-2.0
 *
 * What a prober could try that looks inside the machine: it has a socket to the kernel, may
 * open some of /proc, and as root's child sees what belongs to others.
 */
#include "tests/integration/fence_escape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long open_by(int folder, const char *path, const struct open_how *how)
{
	return syscall(SYS_openat2, (long)folder, path, how, sizeof *how);
}

static long open_folder(const struct before *before, const char *path)
{
	int folder = machine_open_folder(before->machine, path);

	return folder < 0 ? -1 : folder;
}

/* In the folder of the process to bother. */
static long open_of_parent(const struct before *before, const char *path)
{
	char whole[64];

	snprintf(whole, sizeof whole, "%d/%s", (int)before->parent, path);
	return open_folder(before, whole);
}

static long try_tcp(const struct before *before)
{
	(void)before;
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long try_tcp6(const struct before *before)
{
	(void)before;
	return socket(AF_INET6, SOCK_STREAM, 0);
}

static long try_udp(const struct before *before)
{
	(void)before;
	return socket(AF_INET, SOCK_DGRAM, 0);
}

static long try_connect(const struct before *before)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return connect(before->udp, (const struct sockaddr *)&address, sizeof address);
}

static long try_diagnostics_of_our_own(const struct before *before)
{
	(void)before;
	return socket(AF_NETLINK, SOCK_DGRAM, NETLINK_SOCK_DIAG);
}

static long try_socket_option(const struct before *before)
{
	const int group = 1;

	return setsockopt(machine_sockets(before->machine), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			  &group, sizeof group);
}

/* A listener of our own is enough: the kernel asks for a right that we have not. */
static long try_end_a_connection(const struct before *before)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} question = {
		.head = { .nlmsg_len = sizeof question, .nlmsg_type = SOCK_DESTROY,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.body = { .sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP,
			  .idiag_states = ~0U,
			  .id = { .idiag_sport = before->port,
				  .idiag_src[0] = htonl(INADDR_LOOPBACK),
				  .idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE } } },
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr body;
		char rest[256];
	} answer = { .body.error = 0 };
	int fd = machine_sockets(before->machine);

	if (send(fd, &question, sizeof question, 0) < 0 || recv(fd, &answer, sizeof answer, 0) < 0)
		return -1;
	errno = -answer.body.error;
	return answer.head.nlmsg_type == NLMSG_ERROR && errno == EPERM ? -1 : 0;
}

static long try_rename_an_interface(const struct before *before)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_newname = "escape" };

	return ioctl(machine_sockets(before->machine), SIOCSIFNAME, &request);
}

static long try_open_with_orders_of_our_own(const struct before *before)
{
	const struct open_how how = { .flags = O_RDONLY };

	return open_by(machine_processes(before->machine), "/etc/shadow", &how);
}

static long try_openat(const struct before *before)
{
	return openat(machine_processes(before->machine), "self/mem", O_RDONLY);
}

static long try_above(const struct before *before)
{
	return open_folder(before, "..");
}

static long try_root(const struct before *before)
{
	return open_folder(before, "/");
}

static long try_etc(const struct before *before)
{
	return open_folder(before, "/etc");
}

static long try_root_of_parent(const struct before *before)
{
	return open_of_parent(before, "root");
}

static long try_shadow_by_parent(const struct before *before)
{
	return open_of_parent(before, "root/etc/shadow");
}

static long try_folder_of_parent(const struct before *before)
{
	return open_of_parent(before, "cwd");
}

static long try_file_of_parent(const struct before *before)
{
	return open_of_parent(before, "fd/0");
}

static long try_memory_of_parent(const struct before *before)
{
	return open_of_parent(before, "mem");
}

static long try_environment_of_parent(const struct before *before)
{
	return open_of_parent(before, "environ");
}

static long try_our_memory(const struct before *before)
{
	return open_folder(before, "self/mem");
}

static long try_our_own_memory(const struct before *before)
{
	char path[32];

	snprintf(path, sizeof path, "%d/mem", (int)getpid());
	return open_folder(before, path);
}

static long try_setting_of_the_kernel(const struct before *before)
{
	return open_folder(before, "sys/kernel/hostname");
}

static long try_another_file(const struct before *before)
{
	int folder = (int)open_of_parent(before, "");

	return open_by(folder, "environ", machine_orders().file);
}

/* The right letters in memory of ours could become others. */
static long try_the_name_elsewhere(const struct before *before)
{
	char name[] = "comm";

	return open_by((int)open_of_parent(before, ""), name, machine_orders().file);
}

static long try_the_name_in_this_folder(const struct before *before)
{
	(void)before;
	return open_by(AT_FDCWD, machine_orders().file_path, machine_orders().file);
}

static long try_folders_of_this_folder(const struct before *before)
{
	(void)before;
	return open_by(AT_FDCWD, ".", machine_orders().folder);
}

static long try_larger_orders(const struct before *before)
{
	return syscall(SYS_openat2, (long)machine_processes(before->machine), "self",
		       machine_orders().folder, sizeof(struct open_how) + 8);
}

static long try_write_a_name(const struct before *before)
{
	int folder = (int)open_of_parent(before, "");
	long file = open_by(folder, machine_orders().file_path, machine_orders().file);

	return write((int)file, "escape", 6);
}

static void *page_of_orders(void)
{
	return (void *)((uintptr_t)machine_orders().folder & ~(uintptr_t)4095);
}

static long try_writable_orders(const struct before *before)
{
	(void)before;
	return mprotect(page_of_orders(), 4096, PROT_READ | PROT_WRITE);
}

static long try_memory_in_their_place(const struct before *before)
{
	(void)before;
	return mmap(page_of_orders(), 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long try_take_orders_away(const struct before *before)
{
	(void)before;
	return munmap(page_of_orders(), 4096);
}

/* From below, so that the length reaches them. */
static long try_take_much_away(const struct before *before)
{
	(void)before;
	return munmap((char *)page_of_orders() - 4096, 3 * 4096);
}

static long try_move_orders(const struct before *before)
{
	(void)before;
	return mremap(page_of_orders(), 4096, 4096, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0;
}

static long try_move_onto_orders(const struct before *before)
{
	return mremap(before->page, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED,
		      page_of_orders()) == MAP_FAILED ? -1 : 0;
}

static long try_chance_over_orders(const struct before *before)
{
	(void)before;
	return syscall(SYS_getrandom, machine_orders().folder, sizeof(struct open_how), 0);
}

static long try_more_capabilities(const struct before *before)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { { 0 } };

	(void)before;
	return syscall(SYS_capset, &header, sets);
}

static long try_open_by_handle(const struct before *before)
{
	char handle[128] = { 8 };

	return syscall(SYS_open_by_handle_at, machine_processes(before->machine), handle,
		       O_RDONLY);
}

static long try_descriptor_of_parent(const struct before *before)
{
	return syscall(SYS_pidfd_getfd, machine_processes(before->machine), 0, 0);
}

static long try_compare_processes(const struct before *before)
{
	return syscall(SYS_kcmp, getpid(), before->parent, 0, 1, 1);
}

static long try_stat(const struct before *before)
{
	struct stat properties;

	(void)before;
	return stat("/etc/shadow", &properties);
}

static long try_access(const struct before *before)
{
	(void)before;
	return access("/etc/shadow", R_OK);
}

static long try_inotify(const struct before *before)
{
	(void)before;
	return inotify_init1(0);
}

static const struct attempt attempts[] = {
	TRY(tcp), TRY(tcp6), TRY(udp), TRY(connect), TRY(diagnostics_of_our_own),
	TRY(socket_option), TRY(end_a_connection), TRY(rename_an_interface),
	TRY(open_with_orders_of_our_own), TRY(openat), TRY(above), TRY(root), TRY(etc),
	TRY(root_of_parent), TRY(shadow_by_parent), TRY(folder_of_parent), TRY(file_of_parent),
	TRY(memory_of_parent), TRY(environment_of_parent), TRY(our_memory),
	TRY(our_own_memory), TRY(setting_of_the_kernel), TRY(another_file),
	TRY(the_name_elsewhere), TRY(the_name_in_this_folder), TRY(folders_of_this_folder),
	TRY(larger_orders), TRY(write_a_name), TRY(writable_orders),
	TRY(memory_in_their_place), TRY(take_orders_away), TRY(take_much_away),
	TRY(move_orders), TRY(move_onto_orders), TRY(chance_over_orders),
	TRY(more_capabilities), TRY(open_by_handle), TRY(descriptor_of_parent),
	TRY(compare_processes), TRY(stat), TRY(access), TRY(inotify),
};

const struct attempt *attempts_inside(size_t *count)
{
	*count = sizeof attempts / sizeof *attempts;
	return attempts;
}
