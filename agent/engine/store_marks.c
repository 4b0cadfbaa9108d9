/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/store_marks.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_ROOM = 64, AHEAD = 256 };

static const char line_format[] = "told %020" PRIu64 " most %020" PRIu64 "\n";

static bool read_line(struct store_marks *marks)
{
	char line[LINE_ROOM] = "";
	ssize_t length = pread(marks->fd, line, sizeof line - 1, 0);
	uint64_t told, most;

	if (length > 0 && sscanf(line, "told %" SCNu64 " most %" SCNu64, &told, &most) == 2) {
		marks->told = told;
		marks->most = most;
	}
	return length >= 0;
}

/* When it cannot be written, the numbers are told all the same: who waits for an alarm is
 * helped more by it than by its number. */
static bool write_line(const struct store_marks *marks)
{
	char line[LINE_ROOM];
	int length = snprintf(line, sizeof line, line_format, marks->told, marks->most);

	return pwrite(marks->fd, line, (size_t)length, 0) == length &&
	       fdatasync(marks->fd) == 0;
}

/* Where nobody may write there may still be something to read. */
static int open_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd >= 0 ? fd : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

bool store_marks_open(struct store_marks *marks, const char *folder, struct text *said)
{
	struct text path = { 0 };
	bool knows = true;

	*marks = (struct store_marks){ .fd = -1 };
	if (!folder)
		return true;
	text_add_format(&path, "%s/event-number", folder);
	marks->fd = open_file(text_string(&path));
	if (marks->fd < 0)
		knows = errno != EIO;
	else
		knows = read_line(marks);
	if (!knows)
		text_add_format(said, "%s cannot be read: %s\n", text_string(&path),
				strerror(errno));
	else if (marks->fd >= 0)
		/* There is room for it from now on. */
		(void)write_line(marks);
	text_free(&path);
	return knows;
}

void store_marks_close(struct store_marks *marks)
{
	if (marks->fd >= 0)
		close(marks->fd);
	marks->fd = -1;
}

/* What could not be written is tried again with the next number. */
static bool keep(struct store_marks *marks)
{
	if (marks->fresh && marks->fd >= 0)
		marks->fresh = !write_line(marks);
	return !marks->fresh || marks->fd < 0;
}

bool store_marks_tell(struct store_marks *marks, uint64_t number)
{
	if (number > marks->told) {
		marks->told = number;
		marks->fresh = true;
	}
	return keep(marks);
}

void store_marks_give(struct store_marks *marks, uint64_t number)
{
	if (number <= marks->most)
		return;
	marks->most = number + AHEAD;
	marks->fresh = true;
	keep(marks);
}
