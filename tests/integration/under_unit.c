/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a program as a unit of systemd would: under_unit USER PROGRAM [WORD...], with the names of
 * the system calls that the unit allows on standard input. All others fail with EPERM; there are
 * no capabilities, no new privileges, and no memory that is both written and run.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* linux/prctl.h of 6.3 */
enum { SET_MDWE = 65, MDWE_REFUSE_EXEC_GAIN = 1 };

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "under_unit: %s: %s\n", what, strerror(errno));
	exit(126);
}

static void become(const char *name)
{
	const struct passwd *account = getpwnam(name);

	for (unsigned long capability = 0; !prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);)
		capability++;
	if (!account || setgroups(0, NULL) < 0 ||
	    setresgid(account->pw_gid, account->pw_gid, account->pw_gid) < 0 ||
	    setresuid(account->pw_uid, account->pw_uid, account->pw_uid) < 0)
		fail(name);
}

static void filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	char name[64];

	if (!filter)
		fail("a filter");
	/* A name that this architecture does not have is nobody's mistake. */
	while (scanf("%63s", name) == 1) {
		int number = seccomp_syscall_resolve_name(name);

		if (number != __NR_SCMP_ERROR)
			seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
	}
	if (seccomp_load(filter) < 0)
		fail("the filter");
	seccomp_release(filter);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 126;
	become(argv[1]);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		fail("no new privileges");
	prctl(SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
	filter();
	execv(argv[2], argv + 2);
	fail(argv[2]);
}
