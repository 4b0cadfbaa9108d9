/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/ipc/fence.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/ipc/fence_filter.h"

/* Landlock as the kernel has it (linux/landlock.h), whatever the headers we are built with
 * know of it. A kernel accepts the longer structure as long as what it does not know is 0. */
struct landlock_rules {
	uint64_t files;		/* accesses that are forbidden */
	uint64_t network;
	uint64_t scopes;
};

struct landlock_port {
	uint64_t allowed;
	uint64_t port;
} __attribute__((packed));

enum {
	LANDLOCK_VERSION = 1,		/* flag: say which ABI there is */
	LANDLOCK_PORT_RULE = 2,
	LANDLOCK_BIND_TCP = 1,
	LANDLOCK_SCOPE_ABSTRACT_SOCKETS = 1,
	LANDLOCK_SCOPE_SIGNALS = 2,
	LANDLOCK_CREATE = 444,		/* the numbers are the same on every architecture */
	LANDLOCK_ADD = 445,
	LANDLOCK_RESTRICT = 446
};

static _Noreturn void cannot(const char *what, int error)
{
	fprintf(stderr, "ucposture: a prober cannot %s: %s\n", what, strerror(error));
	_exit(EXIT_FAILURE);
}

static void require(int result, const char *what)
{
	if (result < 0)
		cannot(what, errno);
}

/* Root's rights would be ours again after an exec; the bounding set forbids it. */
static void drop_bounding_set(void)
{
	for (unsigned long capability = 0; !prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);)
		capability++;
}

/* All but those in `kept`, as far as we have them. */
static void drop_capabilities(uint32_t kept)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (kept)
		require((int)syscall(SYS_capget, &header, sets), "ask for its capabilities");
	kept &= sets[0].permitted;
	memset(sets, 0, sizeof sets);
	sets[0].permitted = sets[0].effective = kept;
	require((int)syscall(SYS_capset, &header, sets), "give its capabilities up");
}

static void become(const char *name, uint32_t kept)
{
	const struct passwd *account;

	if (geteuid() != 0)
		return;
	name = *name ? name : "nobody";
	errno = 0;
	account = getpwnam(name);
	if (!account) {
		fprintf(stderr, "ucposture: there is no account '%s' for the probers to become; "
			"create it, or set agent.user\n", name);
		_exit(EXIT_FAILURE);
	}
	if (account->pw_uid == 0) {
		fprintf(stderr, "ucposture: the probers shall not run as root: "
			"set agent.user to another account than '%s'\n", name);
		_exit(EXIT_FAILURE);
	}
	drop_bounding_set();
	if (kept)
		require(prctl(PR_SET_KEEPCAPS, 1), "keep a capability");
	require(setgroups(0, NULL), "leave root's groups");
	require(setresgid(account->pw_gid, account->pw_gid, account->pw_gid),
		"change its group");
	require(setresuid(account->pw_uid, account->pw_uid, account->pw_uid),
		"change its user");
}

static void limit(__rlimit_resource_t resource, rlim_t most, const char *what)
{
	const struct rlimit limits = { .rlim_cur = most, .rlim_max = most };

	require(setrlimit(resource, &limits), what);
}

static void limit_resources(void)
{
	struct rlimit descriptors;

	limit(RLIMIT_CORE, 0, "forbid itself core dumps");
	limit(RLIMIT_FSIZE, 0, "forbid itself to write files");
	limit(RLIMIT_NPROC, 0, "forbid itself to fork");
	/* Each conversation needs one. */
	require(getrlimit(RLIMIT_NOFILE, &descriptors), "ask for its limits");
	limit(RLIMIT_NOFILE, descriptors.rlim_max, "use all its descriptors");
}

/* The accesses to files that a kernel of this ABI can forbid: all of them. */
static uint64_t landlock_files(long abi)
{
	static const unsigned bits_of_abi[] = { 0, 13, 14, 15, 15, 16 };
	enum { NEWEST = sizeof bits_of_abi / sizeof *bits_of_abi - 1 };

	return (UINT64_C(1) << bits_of_abi[abi < NEWEST ? abi : NEWEST]) - 1;
}

/* No file, no abstract socket, no signal to anybody outside; and where TCP can be told
 * about, no port of one's choice either: port 0 stays, for connecting from a given source
 * address. Connecting is the job, so it is not restricted. */
static uint8_t close_landlock(void)
{
	const struct landlock_port any_port = { .allowed = LANDLOCK_BIND_TCP, .port = 0 };
	struct landlock_rules rules = { 0 };
	long abi = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION);
	int set;

	if (abi < 1)
		return 0;
	rules.files = landlock_files(abi);
	rules.network = abi >= 4 ? LANDLOCK_BIND_TCP : 0;
	rules.scopes = abi >= 6 ? LANDLOCK_SCOPE_ABSTRACT_SOCKETS | LANDLOCK_SCOPE_SIGNALS : 0;
	set = (int)syscall(LANDLOCK_CREATE, &rules, sizeof rules, 0);
	require(set, "make a Landlock ruleset");
	if (rules.network)
		require((int)syscall(LANDLOCK_ADD, set, LANDLOCK_PORT_RULE, &any_port, 0),
			"allow itself source addresses");
	require((int)syscall(LANDLOCK_RESTRICT, set, 0), "close Landlock");
	close(set);
	return (uint8_t)abi;
}

/* What both cuts have in common. */
static void give_up_rights(const char *user, uint32_t kept)
{
	become(user, kept);
	drop_capabilities(kept);
	/* Becoming somebody else has undone what our parent asked for. */
	require(prctl(PR_SET_PDEATHSIG, SIGKILL), "tie its life to the engine's");
	require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "renounce new privileges");
	require(prctl(PR_SET_DUMPABLE, 0), "hide its memory");
	limit_resources();
}

static void close_filter(const struct machine *machine, struct fence_report *report)
{
	int filter = fence_filter_close(machine);

	if (filter < 0)
		cannot("close its system call filter", -filter);
	report->no_new_privileges = 1;
	report->seccomp = (uint8_t)filter;
	report->user = getuid();
}

void fence_close(const char *user, struct fence_report *report)
{
	*report = (struct fence_report){ 0 };
	give_up_rights(user, 0);
	report->landlock = close_landlock();
	close_filter(NULL, report);
}

/* The capabilities open every file; without the filter nobody shall have them. */
void fence_close_inside(const char *user, const struct machine *machine,
			struct fence_report *report)
{
	const uint32_t kept = UINT32_C(1) << CAP_SYS_PTRACE | UINT32_C(1) << CAP_DAC_READ_SEARCH;

	*report = (struct fence_report){ 0 };
	give_up_rights(user, fence_filter_exists() ? kept : 0);
	close_filter(machine, report);
}
