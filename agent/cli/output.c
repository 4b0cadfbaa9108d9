/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/file.h"

static bool complain(const char *name)
{
	fprintf(stderr, "ucposture: cannot write %s: %s\n", name, strerror(errno));
	return false;
}

bool output_write(int fd, const char *name, const struct text *text)
{
	return file_write_all(fd, text) || complain(name);
}

/* A device or a pipe must be written to, never replaced: /dev/null is not a report. */
static bool write_in_place(const char *file, const struct text *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return complain(file);
	bool good = file_write_all(fd, text);
	return (close(fd) == 0 && good) || complain(file);
}

static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* ".report.json.XXXXXX" beside report.json: the same file system, and hidden from whoever
 * collects *.json or *.prom there. */
static char *temporary_beside(const char *file)
{
	const char *slash = strrchr(file, '/');
	size_t folder = slash ? (size_t)(slash - file) + 1 : 0;
	struct text name = { 0 };

	text_add_bytes(&name, file, folder);
	text_add_format(&name, ".%s.XXXXXX", file + folder);
	return text_take(&name);
}

static bool replace(const char *file, mode_t mode, const struct text *text)
{
	char *temporary = temporary_beside(file);
	int fd = mkostemp(temporary, O_CLOEXEC);
	bool good = fd >= 0;

	if (good) {
		good = fchmod(fd, mode) == 0 && file_write_all(fd, text) && fsync(fd) == 0;
		good = close(fd) == 0 && good;
		good = good && rename(temporary, file) == 0;
		int kept = errno;
		if (!good)
			unlink(temporary);
		errno = kept;
	}
	if (!good)
		complain(file);
	free(temporary);
	return good;
}

bool output_replace(const char *file, const struct text *text)
{
	struct stat about;

	if (stat(file, &about) != 0)
		return replace(file, usual_mode(), text);
	if (!S_ISREG(about.st_mode))
		return write_in_place(file, text);
	/* Behind a symbolic link the file is replaced, not the link. */
	char *real = realpath(file, NULL);
	bool good = real ? replace(real, about.st_mode & 0777, text) : complain(file);
	free(real);
	return good;
}
