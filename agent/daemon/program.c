/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/text.h"
#include "net/loop.h"

/* SAID_MOST is kept, and what is beyond LOUD_MOST is not even read. Of those that not even
 * SIGKILL ends (they wait for a disk that is gone) LINGER_MOST may be there. */
enum { SAID_MOST = 4096, LOUD_MOST = 1024 * 1024, READ_AT_ONCE = 16384, LINGER_MOST = 8 };

/* After SIGTERM, and after SIGKILL. */
#define GRACE_US (2 * CLOCK_SECOND)

/* Nobody runs what is in our file; some kernels want it said, and older ones do not know it. */
enum { NOEXEC_SEAL = 8 };

enum ending { ENDING_NOT, ENDING_ASKED, ENDING_FORCED, ENDING_IN_VAIN };

struct program {
	struct program *next;
	struct programs *all;
	struct loop *loop;
	pid_t pid;		/* of the process group, too */
	int pidfd, output;
	struct watch ends, writes;
	struct timer time;
	enum ending ending;
	enum program_fate fate;
	struct text said;
	size_t heard;
	void (*done)(void *arg, const struct program_end *end);	/* NULL: abandoned */
	void *arg;
};

/* All that run on one loop. */
struct programs {
	struct program *first;
	unsigned lingering;
};

/* Who started us may have left SIGCHLD ignored: then nobody would learn how a program ended. */
static void *programs_new(void)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	struct sigaction now;

	if (!sigaction(SIGCHLD, NULL, &now) && now.sa_handler == SIG_IGN)
		sigaction(SIGCHLD, &usual, NULL);
	return memory_new(1, sizeof(struct programs));
}

/* --- its end ------------------------------------------------------------------------------- */

static void listen_no_more(struct program *program)
{
	watch_stop(&program->writes);
	if (program->output >= 0)
		close(program->output);
	program->output = -1;
}

static void program_free(struct program *program)
{
	struct program **link = &program->all->first;

	while (*link != program)
		link = &(*link)->next;
	*link = program->next;
	program->all->lingering -= program->ending == ENDING_IN_VAIN;
	listen_no_more(program);
	watch_stop(&program->ends);
	timer_stop(&program->time);
	close(program->pidfd);
	text_free(&program->said);
	free(program);
}

/* Before it is waited for its number, and that of its group, belong to nobody else. */
static void signal_group(const struct program *program, int signal)
{
	kill(-program->pid, signal);
}

static void answer(struct program *program, enum program_fate fate, int code)
{
	void (*done)(void *arg, const struct program_end *end) = program->done;
	const struct program_end end = {
		.fate = fate,
		.code = code,
		.said = text_string(&program->said),
		.said_length = program->said.length,
	};

	program->done = NULL;
	if (done)
		done(program->arg, &end);
}

static void go_on_ending(void *arg)
{
	struct program *program = arg;

	program->ending++;
	if (program->ending == ENDING_IN_VAIN) {
		program->all->lingering++;
		answer(program, program->fate, 0);
		return;
	}
	signal_group(program, program->ending == ENDING_ASKED ? SIGTERM : SIGKILL);
	timer_start(&program->time, program->loop, clock_monotonic_us() + GRACE_US, go_on_ending,
		    program);
}

static void begin_ending(struct program *program, enum program_fate fate)
{
	if (program->ending != ENDING_NOT)
		return;
	program->fate = fate;
	go_on_ending(program);
}

static void time_is_over(void *arg)
{
	begin_ending(arg, PROGRAM_LATE);
}

/* --- what it says -------------------------------------------------------------------------- */

static void hear(struct program *program, const char *bytes, size_t length)
{
	size_t room = SAID_MOST - program->said.length;

	program->heard += length;
	text_add_bytes(&program->said, bytes, length < room ? length : room);
}

/* True while there may be more. */
static bool read_output(struct program *program)
{
	char bytes[READ_AT_ONCE];
	ssize_t length = read(program->output, bytes, sizeof bytes);

	if (length > 0)
		hear(program, bytes, (size_t)length);
	return length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR));
}

static void program_writes(void *arg, unsigned what)
{
	struct program *program = arg;

	(void)what;
	if (!read_output(program))
		listen_no_more(program);
	if (program->heard <= LOUD_MOST)
		return;
	listen_no_more(program);
	begin_ending(program, PROGRAM_LOUD);
}

/* What it had to be ended for is over only when its group is, too. */
static void program_ended(void *arg, unsigned what)
{
	struct program *program = arg;
	int status = 0;

	(void)what;
	if (program->ending != ENDING_NOT)
		signal_group(program, SIGKILL);
	if (!waitpid(program->pid, &status, WNOHANG))
		return;
	if (program->output >= 0 && program->said.length < SAID_MOST)
		read_output(program);
	if (program->ending != ENDING_NOT)
		answer(program, program->fate, 0);
	else if (WIFEXITED(status))
		answer(program, PROGRAM_EXITED, WEXITSTATUS(status));
	else
		answer(program, PROGRAM_SIGNALLED, WTERMSIG(status));
	program_free(program);
}

void program_abandon(struct program *program)
{
	program->done = NULL;
	begin_ending(program, PROGRAM_LATE);
}

static bool is_over(const struct program *program, int64_t until_us)
{
	struct pollfd over = { .fd = program->pidfd, .events = POLLIN };
	int64_t rest_us = until_us - clock_monotonic_us();

	return poll(&over, 1, rest_us > 0 ? (int)(rest_us / CLOCK_MILLISECOND) : 0) > 0;
}

/* The loop ends: who was asked to end has its time, all of them the same. */
static void programs_end(void *thing)
{
	struct programs *all = thing;
	int64_t until_us = clock_monotonic_us() + GRACE_US;

	for (struct program *program = all->first; program; program = program->next)
		if (program->ending == ENDING_NOT)
			signal_group(program, SIGTERM);
	while (all->first) {
		struct program *program = all->first;

		is_over(program, until_us);
		signal_group(program, SIGKILL);
		if (is_over(program, clock_monotonic_us() + GRACE_US))
			waitpid(program->pid, NULL, WNOHANG);
		program_free(program);
	}
	free(all);
}

/* --- its beginning ------------------------------------------------------------------------- */

/* Out of the way of 0 to 2, of which we may have closed some. */
static int lift(int fd)
{
	int lifted = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int why = errno;

	if (fd >= 0)
		close(fd);
	errno = why;
	return lifted;
}

/* A file in memory: whether and when it is read is nobody's business but the program's. */
static int make_input(const char *bytes, size_t length)
{
	int fd = memfd_create("event", MFD_CLOEXEC | NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("event", MFD_CLOEXEC);
	fd = lift(fd);
	while (fd >= 0 && length) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			close(fd);
			return -1;
		}
		bytes += written;
		length -= (size_t)written;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static int spawn_group(const struct program_order *order, int input, int output, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int why;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
				       POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&how, 0);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	/* It changes neither: the standard is older than const. */
	why = posix_spawn(pid, order->words[0], &files, &how, (char *const *)order->words,
			  (char *const *)order->environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	return why;
}

/* A descriptor of the process: its end is seen without SIGCHLD, and without taking anybody
 * else's children. */
static int spawn_watched(const struct program_order *order, int input, int output, pid_t *pid)
{
	int pidfd, why = spawn_group(order, input, output, pid);

	if (why) {
		errno = why;
		return -1;
	}
	pidfd = (int)syscall(SYS_pidfd_open, *pid, 0);
	why = errno;
	if (pidfd < 0) {
		kill(-*pid, SIGKILL);
		waitpid(*pid, NULL, 0);
	}
	errno = why;
	return pidfd;
}

/* Both ends are ours until the program has its own. */
static bool program_spawn(struct program *program, const struct program_order *order)
{
	int ends[2], input, output, why;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	output = lift(ends[1]);
	input = make_input(order->input, order->input_length);
	if (output >= 0 && input >= 0)
		program->pidfd = spawn_watched(order, input, output, &program->pid);
	why = errno;
	if (input >= 0)
		close(input);
	if (output >= 0)
		close(output);
	if (program->pidfd < 0)
		close(ends[0]);
	errno = why;
	program->output = ends[0];
	return program->pidfd >= 0 && !fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

struct program *program_start(struct loop *loop, const struct program_order *order,
			      void (*done)(void *arg, const struct program_end *end), void *arg)
{
	struct programs *all = loop_shared(loop, programs_new, programs_end);
	struct program *program;

	if (all->lingering >= LINGER_MOST) {
		errno = EAGAIN;
		return NULL;
	}
	program = memory_new(1, sizeof *program);
	*program = (struct program){ .next = all->first, .all = all, .loop = loop, .pidfd = -1,
				     .done = done, .arg = arg };
	if (!program_spawn(program, order)) {
		free(program);
		return NULL;
	}
	all->first = program;
	watch_start(&program->ends, loop, program->pidfd, LOOP_READ, program_ended, program);
	watch_start(&program->writes, loop, program->output, LOOP_READ, program_writes, program);
	timer_start(&program->time, loop, loop_now_us(loop) + order->timeout_us, time_is_over,
		    program);
	return program;
}
