/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/asking.h"

#include <errno.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "agent/cli/output.h"
#include "agent/daemon/daemon.h"
#include "ground/file.h"
#include "net/local.h"

enum {
	TRIES = 3,		/* the agent may reload in the middle of an answer */
	PATIENCE_SECONDS = 120,	/* reading everything anew is the longest that it does */
	ANSWER_MOST = 1 << 30
};

static const struct asking_settings *settings_of(const struct invocation *invocation)
{
	return invocation->settings;
}

const char *const *asking_format_words(void)
{
	static const char *const words[] = { "human", "json", NULL };

	return words;
}

bool asking_wants_json(const struct invocation *invocation)
{
	const char *format = settings_of(invocation)->format;

	return format && !strcmp(format, "json");
}

void asking_screen(const struct invocation *invocation, struct screen *screen)
{
	screen_of(STDOUT_FILENO, setup_colour(settings_of(invocation)->colour), screen);
}

void asking_add_word(struct text *question, const char *word)
{
	text_add_item(question, "\t", word);
}

void asking_add_setting(struct text *question, const char *name, const char *value)
{
	if (value)
		text_add_format(question, "\t%s=%s", name, value);
}

/* --- where the agent is -------------------------------------------------------------------- */

/* As agent.state_dir says; NULL when nothing is said. False: what is wrong was said. */
static bool configured_state_dir(const struct invocation *invocation, const char **folder)
{
	const char *given = settings_of(invocation)->config_file;
	const char *file = setup_config_file(given);
	struct problems problems = { 0 };
	struct config *config;
	bool good = true;

	*folder = NULL;
	if (!given && access(file, R_OK) != 0)
		return true;
	config = config_read(file, &problems);
	if (config->state_dir)
		*folder = arena_copy(invocation->arena, config->state_dir);
	/* What is wrong with the rest of it is the business of others. */
	else if (given)
		good = setup_is_sound(&problems);
	config_free(config);
	problems_free(&problems);
	return good;
}

static const char *socket_in(const struct invocation *invocation, const char *folder)
{
	struct text path = { 0 };
	const char *copy;

	text_add_format(&path, "%s/" DAEMON_CONTROL, folder);
	copy = arena_copy(invocation->arena, text_string(&path));
	text_free(&path);
	return copy;
}

/* NULL after saying why it is not known. */
static const char *find_socket(const struct invocation *invocation)
{
	const struct asking_settings *settings = settings_of(invocation);
	const char *folder = settings->state_dir, *usual;

	if (settings->control)
		return settings->control;
	if (!folder && !configured_state_dir(invocation, &folder))
		return NULL;
	if (folder)
		return socket_in(invocation, folder);
	usual = setup_state_dir(NULL, invocation->arena);
	/* Somebody's own agent, or else that of the machine. */
	if (usual && access(socket_in(invocation, usual), F_OK) == 0)
		return socket_in(invocation, usual);
	return socket_in(invocation, SETUP_SYSTEM_STATE_DIR);
}

static void explain(int error, const char *path, struct text *why)
{
	if (error == ENOENT || error == ENOTDIR)
		text_add_format(why, "the agent is not running (no socket at %s): start it with"
				     " 'ucposture agent'; --control=SOCKET names another", path);
	else if (error == ECONNREFUSED)
		text_add_format(why, "the agent is not running (nobody answers at %s): start it"
				     " with 'ucposture agent'; --control=SOCKET names another",
				path);
	else if (error == EACCES || error == EPERM)
		text_add_format(why, "%s: %s; who may read the agent's state folder may ask", path,
				strerror(error));
	else
		text_add_format(why, "%s: %s", path, strerror(error));
}

static enum asking_end end_of(int error)
{
	return error == ENOENT || error == ECONNREFUSED || error == EAGAIN ? ASKING_NOT_THERE
									  : ASKING_REFUSED;
}

/* -1: errno says why. */
static int connect_to(const char *path)
{
	struct sockaddr_un place;
	socklen_t length = local_address(path, &place);

	return length ? local_connect(&place, length, SOCK_STREAM) : -1;
}

/* --- asking -------------------------------------------------------------------------------- */

/* The connection on which the answer comes; -1 after filling in the rest. */
static int put_question(const struct invocation *invocation, const struct text *question,
			enum asking_end *end, struct text *why)
{
	const char *path = find_socket(invocation);
	struct text line = { 0 };
	int fd = path ? connect_to(path) : -1;
	int error = errno;
	ssize_t sent;

	*end = ASKING_REFUSED;
	if (fd < 0 && path) {
		explain(error, path, why);
		*end = end_of(error);
	}
	if (fd < 0)
		return -1;
	text_add_format(&line, "%s\n", text_string(question));
	/* It fits into any socket's buffer, so it goes as a whole. */
	sent = send(fd, line.bytes, line.length, MSG_NOSIGNAL);
	/* One that is too busy to listen has said so already. */
	if (sent < 0 && errno != EPIPE) {
		text_add_format(why, "%s: %s", path, strerror(errno));
		close(fd);
		fd = -1;
	}
	text_free(&line);
	return fd;
}

/* False after saying why. A whole answer ends with its line. */
static bool read_answer(const struct invocation *invocation, const struct text *question,
			struct text *bytes)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	struct text why = { 0 };
	enum asking_end end;
	bool good = false;
	int fd = put_question(invocation, question, &end, &why);

	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		good = file_read_all(fd, ANSWER_MOST, bytes);
		if (!good)
			text_add(&why, errno == EAGAIN ? "the agent does not answer"
						       : strerror(errno));
		close(fd);
	}
	if (why.length)
		cli_fail(invocation->command, "%s", text_string(&why));
	text_free(&why);
	return good;
}

static bool is_whole(const struct text *bytes)
{
	return bytes->length && bytes->bytes[bytes->length - 1] == '\n';
}

static const struct value *understand(const struct invocation *invocation,
				      const struct text *bytes)
{
	const struct value *answer =
		answer_read(invocation->arena, text_string(bytes), bytes->length);
	struct text error = { 0 };

	if (!is_whole(bytes) || !answer) {
		cli_fail(invocation->command, "the agent ended in the middle of its answer");
		return NULL;
	}
	screen_add_safe(&error, answer_text(answer, "error"));
	if (error.length) {
		cli_fail(invocation->command, "%s", text_string(&error));
		answer = NULL;
	}
	text_free(&error);
	return answer;
}

static const struct value *ask(const struct invocation *invocation, struct text *question,
			       bool prints)
{
	const struct value *answer = NULL;
	struct text bytes = { 0 };
	bool good = true;

	for (unsigned tries = TRIES; tries && good && !is_whole(&bytes); tries--) {
		text_clear(&bytes);
		good = read_answer(invocation, question, &bytes);
	}
	if (good)
		answer = understand(invocation, &bytes);
	if (answer && prints && !cli_print(&bytes))
		answer = NULL;
	text_free(&bytes);
	text_free(question);
	return answer;
}

const struct value *asking_ask(const struct invocation *invocation, struct text *question)
{
	return ask(invocation, question, asking_wants_json(invocation));
}

static bool is_pattern(const char *word)
{
	return strpbrk(word, "*?");
}

/* False after saying which operands match nothing, or why nobody can be asked. */
static bool find_targets(const struct invocation *invocation, struct strings *names)
{
	struct text question = { 0 };
	const struct value *answer, *none;
	bool any = false;

	for (size_t i = 0; i < invocation->count; i++)
		any = any || is_pattern(invocation->operands[i]);
	/* Names are the agent's business, which knows the nearest one. */
	for (size_t i = 0; i < invocation->count && !any; i++)
		strings_add(names, invocation->arena, invocation->operands[i],
			    strlen(invocation->operands[i]));
	if (!any)
		return true;
	asking_add_word(&question, "targets");
	for (size_t i = 0; i < invocation->count; i++)
		asking_add_word(&question, invocation->operands[i]);
	answer = ask(invocation, &question, false);
	if (!answer)
		return false;
	for (const struct value *at = answer_list(answer, "targets"); at; at = at->next)
		strings_add(names, invocation->arena, answer_text(at, "name"),
			    strlen(answer_text(at, "name")));
	none = answer_list(answer, "unmatched");
	for (const struct value *at = none; at && at->kind == VALUE_TEXT; at = at->next)
		cli_fail(invocation->command, "the agent watches no target '%s'", at->text);
	return !none;
}

int asking_each_target(const struct invocation *invocation,
		       int (*one)(const struct invocation *invocation, const char *target))
{
	struct strings targets = { 0 };
	int worst = EXIT_OK;

	if (!invocation->count)
		return cli_fail(invocation->command,
				"which target? 'ucposture targets' lists them");
	if (!find_targets(invocation, &targets))
		return EXIT_UNKNOWN;
	for (size_t i = 0; i < targets.count; i++) {
		int code = one(invocation, targets.items[i]);

		worst = code > worst ? code : worst;
	}
	return worst;
}

/* --- following ----------------------------------------------------------------------------- */

static void drop_front(struct text *bytes, size_t length)
{
	bytes->length -= length;
	memmove(bytes->bytes, bytes->bytes + length, bytes->length + 1);
}

static bool hear_lines(struct text *bytes, bool (*hear)(void *arg, const char *line,
							size_t length), void *arg)
{
	const char *line = bytes->bytes, *all = line + bytes->length, *end;
	bool goes_on = true;

	while (goes_on && (end = memchr(line, '\n', (size_t)(all - line)))) {
		goes_on = hear(arg, line, (size_t)(end - line));
		line = end + 1;
	}
	drop_front(bytes, (size_t)(line - bytes->bytes));
	return goes_on;
}

enum asking_end asking_lines(const struct invocation *invocation, const struct text *question,
			     bool (*hear)(void *arg, const char *line, size_t length), void *arg,
			     struct text *why)
{
	enum asking_end end = ASKING_ENDED;
	int fd = put_question(invocation, question, &end, why);
	struct text bytes = { 0 };
	char some[16384];
	ssize_t length;

	if (fd < 0)
		return end;
	end = ASKING_ENDED;
	do {
		length = recv(fd, some, sizeof some, 0);
		if (length > 0)
			text_add_bytes(&bytes, some, (size_t)length);
	} while (length > 0 ? hear_lines(&bytes, hear, arg) : length < 0 && errno == EINTR);
	close(fd);
	text_free(&bytes);
	return end;
}
