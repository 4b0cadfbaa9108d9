/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/ipc/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/ipc/prober.h"
#include "ground/text.h"

enum { KEPT_MOST = 4 };

/* What it may know of our environment: "NAME=value", ended by NULL. */
static void keep_environment(char *kept[static KEPT_MOST + 1])
{
	static const char *const names[KEPT_MOST] = {
		"LANG", "SSL_CERT_FILE", "UCPOSTURE_FENCE", "ASAN_OPTIONS"
	};
	size_t count = 0;

	for (size_t i = 0; i < KEPT_MOST; i++) {
		const char *value = getenv(names[i]);
		struct text line = { 0 };

		if (!value)
			continue;
		text_add(&line, names[i]);
		text_add_char(&line, '=');
		text_add(&line, value);
		kept[count++] = text_take(&line);
	}
	kept[count] = NULL;
}

/* In the child, where only the simplest calls are safe until exec. */
static _Noreturn void become_process(int fd, const char *program, const char *word,
				     char *const *environment)
{
	char *const arguments[] = { (char *)"ucposture", (char *)word, NULL };
	sigset_t none;
	int null;

	/* Out of the way of 0 to 3, of which our parent may have closed some. */
	fd = fcntl(fd, F_DUPFD_CLOEXEC, PROBER_SOCKET + 1);
	null = open("/dev/null", O_RDWR);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(127);
	if (dup2(fd, PROBER_SOCKET) < 0)
		_exit(127);
	if (syscall(SYS_close_range, PROBER_SOCKET + 1, ~0U, 0) < 0 && errno != ENOSYS)
		_exit(127);
	execve(program, arguments, environment);
	_exit(127);
}

int spawn_process(const char *program, const char *word, pid_t *pid)
{
	char *environment[KEPT_MOST + 1];
	int ends[2], error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	keep_environment(environment);
	*pid = fork();
	if (!*pid)
		become_process(ends[1], program ? program : "/proc/self/exe", word,
			       environment);
	error = errno;
	for (char **line = environment; *line; line++)
		free(*line);
	close(ends[1]);
	if (*pid > 0)
		return ends[0];
	close(ends[0]);
	errno = error;
	return -1;
}
