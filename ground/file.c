/* SPDX-License-Identifier: Apache-2.0 */
#include "ground/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_read_all(int fd, size_t most, struct text *bytes)
{
	char part[16384];
	ssize_t got;

	do {
		got = read(fd, part, sizeof part);
		if (got > 0)
			text_add_bytes(bytes, part, (size_t)got);
	} while ((got > 0 && bytes->length <= most) || (got < 0 && errno == EINTR));
	return got >= 0;
}

bool file_read_ordinary(const char *path, size_t most, struct text *bytes, struct text *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat about;
	bool good = false;

	if (fd < 0 || fstat(fd, &about) < 0)
		text_add(why, strerror(errno));
	else if (!S_ISREG(about.st_mode))
		text_add(why, "it is no ordinary file");
	else if (!file_read_all(fd, most, bytes))
		text_add(why, strerror(errno));
	else
		good = true;
	if (fd >= 0)
		close(fd);
	return good;
}

bool file_write_all(int fd, const struct text *bytes)
{
	size_t at = 0;

	while (at < bytes->length) {
		ssize_t written = write(fd, bytes->bytes + at, bytes->length - at);

		if (written > 0)
			at += (size_t)written;
		else if (written < 0 && errno != EINTR)
			return false;
	}
	return true;
}
