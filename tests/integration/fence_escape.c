/* SPDX-License-Identifier: Apache-2.0
 *
 * Closes the real fence and then tries to get out: each way on a line of its own, and 1
 * when one was open. Its arguments are a process to bother and, for the fence of what looks
 * inside the machine, the word inside. fence_escape.sh runs it as root and as somebody else.
 */
#include "tests/integration/fence_escape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "agent/ipc/fence.h"

static long try_execve(const struct before *before)
{
	char *const arguments[] = { (char *)"true", NULL };

	(void)before;
	return execve("/bin/true", arguments, arguments + 1);
}

static long try_fexecve(const struct before *before)
{
	char *const arguments[] = { (char *)"true", NULL };

	return syscall(SYS_execveat, before->memory_file, "", arguments, arguments + 1,
		       AT_EMPTY_PATH);
}

/* A child that was made ends at once. */
static long ended(long pid)
{
	if (!pid)
		_exit(0);
	return pid;
}

static long try_fork(const struct before *before)
{
	(void)before;
	return ended(fork());
}

static long try_clone3(const struct before *before)
{
	uint64_t arguments[8] = { 0 };

	(void)before;
	arguments[4] = SIGCHLD;
	return ended(syscall(SYS_clone3, arguments, sizeof arguments));
}

static long try_ptrace_parent(const struct before *before)
{
	return ptrace(PTRACE_ATTACH, before->parent, NULL, NULL);
}

static long try_read_parent(const struct before *before)
{
	char bytes[8];
	const struct iovec here = { bytes, sizeof bytes }, there = { before->page, sizeof bytes };

	return process_vm_readv(before->parent, &here, 1, &there, 1, 0);
}

static long try_kill_parent(const struct before *before)
{
	return kill(before->parent, 0);
}

static long try_stop_parent(const struct before *before)
{
	return syscall(SYS_tgkill, before->parent, before->parent, SIGCONT);
}

static long try_pidfd(const struct before *before)
{
	return syscall(SYS_pidfd_open, before->parent, 0);
}

static long try_read_shadow(const struct before *before)
{
	(void)before;
	return open("/etc/shadow", O_RDONLY);
}

static long try_read_passwd(const struct before *before)
{
	(void)before;
	return open("/etc/passwd", O_RDONLY);
}

static long try_write_file(const struct before *before)
{
	(void)before;
	return open("/tmp/fence_escape.out", O_WRONLY | O_CREAT, 0600);
}

static long try_openat2(const struct before *before)
{
	const uint64_t how[3] = { O_RDONLY, 0, 0 };

	(void)before;
	return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how);
}

static long try_list_folder(const struct before *before)
{
	(void)before;
	return open("/", O_RDONLY | O_DIRECTORY);
}

static long try_symlink(const struct before *before)
{
	(void)before;
	return symlink("/etc/passwd", "/tmp/fence_escape.link");
}

static long try_unlink(const struct before *before)
{
	(void)before;
	return unlink("/etc/hostname");
}

static long try_rename(const struct before *before)
{
	(void)before;
	return rename("/etc/hostname", "/etc/hostname.old");
}

static long try_mkdir(const struct before *before)
{
	(void)before;
	return mkdir("/tmp/fence_escape.d", 0700);
}

static long try_chmod(const struct before *before)
{
	(void)before;
	return chmod("/tmp", 01777);
}

static long try_chdir(const struct before *before)
{
	(void)before;
	return chdir("/etc");
}

static long try_chroot(const struct before *before)
{
	(void)before;
	return chroot("/tmp");
}

static long try_mount(const struct before *before)
{
	(void)before;
	return mount("none", "/tmp", "tmpfs", 0, NULL);
}

static long try_unshare(const struct before *before)
{
	(void)before;
	return unshare(CLONE_NEWUSER | CLONE_NEWNS);
}

static long try_setuid(const struct before *before)
{
	(void)before;
	return setuid(0);
}

static long try_setgroups(const struct before *before)
{
	const gid_t root = 0;

	(void)before;
	return setgroups(1, &root);
}

static long try_more_core(const struct before *before)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)before;
	return setrlimit(RLIMIT_CORE, &all);
}

static long try_dumpable(const struct before *before)
{
	(void)before;
	return prctl(PR_SET_DUMPABLE, 1);
}

static long try_unix_socket(const struct before *before)
{
	(void)before;
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static long try_netlink(const struct before *before)
{
	(void)before;
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

static long try_packet(const struct before *before)
{
	(void)before;
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static long try_raw(const struct before *before)
{
	(void)before;
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static long try_ping_socket(const struct before *before)
{
	(void)before;
	return socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
}

static long try_sctp(const struct before *before)
{
	(void)before;
	return socket(AF_INET6, SOCK_STREAM, IPPROTO_SCTP);
}

static long try_vsock(const struct before *before)
{
	(void)before;
	return socket(AF_VSOCK, SOCK_STREAM, 0);
}

static long try_low_port(const struct before *before)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(80),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return bind(before->tcp, (const struct sockaddr *)&address, sizeof address);
}

static long try_listen(const struct before *before)
{
	return listen(before->tcp, 5);
}

static long try_filter(const struct before *before)
{
	const int program = -1;

	return setsockopt(before->tcp, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof program);
}

static long try_ulp(const struct before *before)
{
	return setsockopt(before->tcp, IPPROTO_TCP, 31, "tls", 3);
}

static long try_executable_memory(const struct before *before)
{
	return mprotect(before->page, 4096, PROT_READ | PROT_EXEC);
}

static long try_executable_map(const struct before *before)
{
	(void)before;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0) == MAP_FAILED ? -1 : 0;
}

static long try_memfd(const struct before *before)
{
	(void)before;
	return memfd_create("escape", 0);
}

static long try_io_uring(const struct before *before)
{
	uint64_t parameters[15] = { 0 };

	(void)before;
	return syscall(SYS_io_uring_setup, 4, parameters);
}

static long try_bpf(const struct before *before)
{
	union bpf_attr attributes = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
				      .value_size = 4, .max_entries = 1 };

	(void)before;
	return syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
}

static long try_keyctl(const struct before *before)
{
	(void)before;
	return syscall(SYS_keyctl, 0, -3, 1);
}

static long try_perf(const struct before *before)
{
	uint64_t attributes[16] = { 0 };

	(void)before;
	return syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0);
}

static long try_userfault(const struct before *before)
{
	(void)before;
	return syscall(SYS_userfaultfd, 1);
}

static long try_type_into_terminal(const struct before *before)
{
	(void)before;
	return ioctl(STDIN_FILENO, TIOCSTI, "x");
}

static long try_filter_of_our_own(const struct before *before)
{
	(void)before;
	return syscall(SYS_seccomp, 0, 0, NULL);
}

static long try_second_landlock(const struct before *before)
{
	(void)before;
	return syscall(444, NULL, 0, 1);
}

static const struct attempt attempts[] = {
	TRY(execve), TRY(fexecve), TRY(fork), TRY(clone3), TRY(ptrace_parent), TRY(read_parent),
	TRY(kill_parent), TRY(stop_parent), TRY(pidfd), TRY(read_shadow), TRY(read_passwd),
	TRY(write_file), TRY(openat2), TRY(list_folder), TRY(symlink), TRY(unlink), TRY(rename),
	TRY(mkdir), TRY(chmod), TRY(chdir), TRY(chroot), TRY(mount), TRY(unshare), TRY(setuid),
	TRY(setgroups), TRY(more_core), TRY(dumpable), TRY(unix_socket), TRY(netlink),
	TRY(packet), TRY(raw), TRY(ping_socket), TRY(sctp), TRY(vsock), TRY(low_port),
	TRY(listen), TRY(filter), TRY(ulp), TRY(executable_memory), TRY(executable_map),
	TRY(memfd), TRY(io_uring), TRY(bpf), TRY(keyctl), TRY(perf), TRY(userfault),
	TRY(type_into_terminal), TRY(filter_of_our_own), TRY(second_landlock),
};

enum { ATTEMPTS = sizeof attempts / sizeof *attempts };

static in_port_t listen_somewhere(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (const struct sockaddr *)&address, length) < 0 || listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		exit(2);
	return address.sin_port;
}

static void get_ready(struct before *before, const char *parent)
{
	static const char script[] = "#!/bin/true\n";

	before->parent = (pid_t)strtol(parent, NULL, 10);
	before->memory_file = memfd_create("program", 0);
	before->tcp = socket(AF_INET, SOCK_STREAM, 0);
	before->udp = socket(AF_INET, SOCK_DGRAM, 0);
	before->machine = machine_open();
	before->port = listen_somewhere();
	before->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
	if (before->memory_file < 0 || before->tcp < 0 || before->page == MAP_FAILED ||
	    write(before->memory_file, script, sizeof script - 1) < 0)
		exit(2);
}

static int escape_by(const struct attempt *ways, size_t count, const struct before *before)
{
	int escaped = 0;

	for (size_t i = 0; i < count; i++) {
		long result;

		errno = 0;
		result = ways[i].attempt(before);
		if (result == -1) {
			printf("denied %s: %s\n", ways[i].name, strerror(errno));
		} else {
			printf("ESCAPED %s\n", ways[i].name);
			escaped++;
		}
	}
	return escaped;
}

static int escape(const char *parent, bool inside)
{
	struct fence_report report;
	struct before before;
	size_t more = 0;
	const struct attempt *ways = attempts_inside(&more);
	int escaped;

	get_ready(&before, parent);
	if (inside)
		fence_close_inside("", before.machine, &report);
	else
		fence_close("", &report);
	printf("fence: no_new_privileges %u, seccomp %u, landlock %u, user %u\n",
	       report.no_new_privileges, report.seccomp, report.landlock, report.user);
	escaped = escape_by(attempts, ATTEMPTS, &before);
	if (inside)
		escaped += escape_by(ways, more, &before);
	printf("%zu attempts, %d escapes\n", ATTEMPTS + (inside ? more : 0), escaped);
	return escaped || report.user == 0;
}

int main(int argc, char **argv)
{
	static char lines[BUFSIZ];
	bool inside = argc == 3 && !strcmp(argv[2], "inside");

	/* Otherwise the first line would ask for a file's properties, behind the fence. */
	setvbuf(stdout, lines, _IOLBF, sizeof lines);
	return argc == 2 || inside ? escape(argv[1], inside) : 2;
}
