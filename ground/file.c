/* SPDX-License-Identifier: Apache-2.0 */
#include "ground/file.h"

#include <errno.h>
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
