/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/ipc/fence_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/ipc/fence_inside.h"

/* A sanitizer's runtime makes calls of its own whenever it likes. */
#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

enum { EVERY_BIT = 0xffffffff };

/* What every prober needs. */
static const int allowed[] = {
	/* descriptors that are open already */
	SCMP_SYS(close), SCMP_SYS(dup2), SCMP_SYS(fstat), SCMP_SYS(read), SCMP_SYS(readv),
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(sendto),
	SCMP_SYS(write), SCMP_SYS(writev),
	/* waiting */
	SCMP_SYS(clock_nanosleep), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_wait), SCMP_SYS(futex), SCMP_SYS(nanosleep),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(madvise),
	/* how much there is of it, which qsort() wants to know before it takes any */
	SCMP_SYS(sysinfo),
	/* the time, chance, who we are */
	SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(getegid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getpid), SCMP_SYS(getppid),
	SCMP_SYS(getrandom), SCMP_SYS(gettid), SCMP_SYS(gettimeofday), SCMP_SYS(getuid),
	SCMP_SYS(time),
	/* signals to ourselves, and the end */
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
};

/* What conversations are made of; no listen(), no accept(). */
static const int conversing[] = {
	SCMP_SYS(bind), SCMP_SYS(connect), SCMP_SYS(dup3), SCMP_SYS(getpeername),
	SCMP_SYS(getsockname), SCMP_SYS(getsockopt), SCMP_SYS(mremap), SCMP_SYS(munmap),
	SCMP_SYS(recvmmsg), SCMP_SYS(sendmmsg), SCMP_SYS(shutdown),
};

/* The options our network code and c-ares set; a new one is a new row. Others reach deep
 * into the kernel: SO_ATTACH_BPF, TCP_ULP and their like. */
static const struct {
	int level, option;
} socket_options[] = {
	{ SOL_SOCKET, SO_KEEPALIVE },
	{ SOL_SOCKET, SO_LINGER },
	{ SOL_SOCKET, SO_RCVBUF },
	{ SOL_SOCKET, SO_REUSEADDR },
	{ SOL_SOCKET, SO_SNDBUF },
	{ IPPROTO_TCP, TCP_NODELAY },
	{ IPPROTO_TCP, TCP_QUICKACK },
	{ IPPROTO_TCP, TCP_SYNCNT },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT },
	{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT },
	{ IPPROTO_IP, IP_MTU_DISCOVER },
	{ IPPROTO_IP, IP_RECVERR },
	{ IPPROTO_IPV6, IPV6_MTU_DISCOVER },
	{ IPPROTO_IPV6, IPV6_RECVERR },
	{ IPPROTO_IPV6, IPV6_V6ONLY },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int allow(scmp_filter_ctx filter, int call, unsigned count,
		 const struct scmp_arg_cmp *conditions)
{
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, count, conditions);
}

static struct scmp_arg_cmp argument_is(unsigned argument, int value)
{
	return (struct scmp_arg_cmp){ argument, SCMP_CMP_MASKED_EQ, EVERY_BIT, (uint32_t)value };
}

static int allow_plain(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count && !error; i++)
		error = allow(filter, calls[i], 0, NULL);
	return error;
}

/* TCP and UDP over IPv4 and IPv6, and nothing else that can be called a socket. */
static int allow_sockets(scmp_filter_ctx filter)
{
	static const int families[] = { AF_INET, AF_INET6 };
	static const struct {
		int type, protocol;
	} kinds[] = {
		{ SOCK_STREAM, 0 }, { SOCK_STREAM, IPPROTO_TCP },
		{ SOCK_DGRAM, 0 }, { SOCK_DGRAM, IPPROTO_UDP },
	};
	const uint32_t type_mask = EVERY_BIT & ~(uint32_t)(SOCK_NONBLOCK | SOCK_CLOEXEC);
	int error = 0;

	for (size_t i = 0; i < COUNT(families) * COUNT(kinds) && !error; i++) {
		const struct scmp_arg_cmp conditions[] = {
			argument_is(0, families[i / COUNT(kinds)]),
			{ 1, SCMP_CMP_MASKED_EQ, type_mask,
			  (uint32_t)kinds[i % COUNT(kinds)].type },
			argument_is(2, kinds[i % COUNT(kinds)].protocol),
		};

		error = allow(filter, SCMP_SYS(socket), COUNT(conditions), conditions);
	}
	return error;
}

/* To ourselves: libcurl's way to a connection that encrypts. */
static int allow_socket_pairs(scmp_filter_ctx filter)
{
	const uint32_t type_mask = EVERY_BIT & ~(uint32_t)(SOCK_NONBLOCK | SOCK_CLOEXEC);
	const struct scmp_arg_cmp conditions[] = {
		argument_is(0, AF_UNIX),
		{ 1, SCMP_CMP_MASKED_EQ, type_mask, SOCK_STREAM },
	};

	return allow(filter, SCMP_SYS(socketpair), COUNT(conditions), conditions);
}

static int allow_socket_options(scmp_filter_ctx filter)
{
	int error = 0;

	for (size_t i = 0; i < COUNT(socket_options) && !error; i++) {
		const struct scmp_arg_cmp conditions[] = {
			argument_is(1, socket_options[i].level),
			argument_is(2, socket_options[i].option),
		};

		error = allow(filter, SCMP_SYS(setsockopt), COUNT(conditions), conditions);
	}
	return error;
}

/* Memory, but never to be run. */
static int allow_memory(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp not_to_run = { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 };
	int error = allow(filter, SCMP_SYS(mmap), 1, &not_to_run);

	return error ? error : allow(filter, SCMP_SYS(mprotect), 1, &not_to_run);
}

/* Descriptors' flags, but no locks or owners; signals, but only to ourselves, which is how
 * abort() works. */
static int allow_conditionally(scmp_filter_ctx filter)
{
	const struct {
		int call;
		struct scmp_arg_cmp condition;
	} rules[] = {
		{ SCMP_SYS(fcntl), argument_is(1, F_GETFD) },
		{ SCMP_SYS(fcntl), argument_is(1, F_SETFD) },
		{ SCMP_SYS(fcntl), argument_is(1, F_GETFL) },
		{ SCMP_SYS(fcntl), argument_is(1, F_SETFL) },
		{ SCMP_SYS(tgkill), argument_is(0, getpid()) },
	};
	int error = 0;

	for (size_t i = 0; i < COUNT(rules) && !error; i++)
		error = allow(filter, rules[i].call, 1, &rules[i].condition);
	return error;
}

/* Our own limits may be asked for, not changed. */
static int allow_to_ask_limits(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp conditions[] = {
		argument_is(0, 0),
		{ 2, SCMP_CMP_EQ, 0, 0 },
	};

	return allow(filter, SCMP_SYS(prlimit64), COUNT(conditions), conditions);
}

/* Conversations with the network, for all probers but those that look inside. */
static int allow_network(scmp_filter_ctx filter)
{
	int error = allow_plain(filter, conversing, COUNT(conversing));

	if (!error)
		error = allow_memory(filter);
	if (!error)
		error = allow_sockets(filter);
	if (!error)
		error = allow_socket_pairs(filter);
	return error ? error : allow_socket_options(filter);
}

static int close_filter(scmp_filter_ctx filter, const struct machine *machine)
{
	/* Calls of another architecture have other numbers. */
	int error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	/* A search tree instead of a list: it is walked at each of those that have conditions. */
	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!error)
		error = allow_plain(filter, allowed, COUNT(allowed));
	if (!error)
		error = machine ? fence_inside_allow(filter, machine) : allow_network(filter);
	if (!error)
		error = allow_conditionally(filter);
	if (!error)
		error = allow_to_ask_limits(filter);
	return error ? error : seccomp_load(filter);
}

bool fence_filter_exists(void)
{
	return SANITIZED || prctl(PR_GET_SECCOMP) >= 0;
}

int fence_filter_close(const struct machine *machine)
{
	const char *mode = getenv("UCPOSTURE_FENCE");
	bool kills = mode && !strcmp(mode, "kill");
	scmp_filter_ctx filter;
	int error;

	if (SANITIZED || prctl(PR_GET_SECCOMP) < 0)
		return 0;
	filter = seccomp_init(kills ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return -ENOMEM;
	error = close_filter(filter, machine);
	seccomp_release(filter);
	return error ? error : kills ? 2 : 1;
}
