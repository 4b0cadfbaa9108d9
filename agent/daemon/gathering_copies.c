/* SPDX-License-Identifier: Apache-2.0
 *
 * A copy is three lines, what it is, the URL and the ETag, and then the document.
 */
#include "agent/daemon/gathering_copies.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/plan/seen.h"
#include "collectors/document.h"
#include "ground/file.h"

enum { NAME_ROOM = 24, HEAD_MOST = 4 << 10 };

static const char first_line[] = "ucposture inventory 1\n", folder_name[] = "inventory";

/* Two URLs with one name would only take each other's place: the second line tells them apart. */
static void name_of(const char *url, char name[static NAME_ROOM])
{
	snprintf(name, NAME_ROOM, "%016" PRIx64, seen_hash(SEEN_HASH_BEGIN, url));
}

/* -1: errno says why. */
static int open_folder(const char *state, bool make)
{
	int above = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC), folder = -1, why;

	if (above < 0)
		return -1;
	if (!make || !mkdirat(above, folder_name, 0700) || errno == EEXIST)
		folder = openat(above, folder_name,
				O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	why = errno;
	close(above);
	errno = why;
	return folder;
}

/* Takes a line without its end. */
static bool take_line(const char **at, const char *end, struct text *line)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));

	if (!newline)
		return false;
	text_add_bytes(line, *at, (size_t)(newline - *at));
	*at = newline + 1;
	return true;
}

bool copy_take(const char *bytes, size_t length, const char *url, struct text *body,
	       struct text *etag)
{
	const char *end = bytes + length, *at = bytes + sizeof first_line - 1;
	struct text line = { 0 };
	bool good = length > sizeof first_line - 1 &&
		    !memcmp(bytes, first_line, sizeof first_line - 1) &&
		    !memchr(bytes, 0, length) && take_line(&at, end, &line) &&
		    !strcmp(text_string(&line), url) && take_line(&at, end, etag);

	if (good)
		text_add_bytes(body, at, (size_t)(end - at));
	text_free(&line);
	return good;
}

bool copies_read(const char *folder, const char *url, struct text *body, struct text *etag)
{
	int inside = open_folder(folder, false), fd = -1;
	struct text bytes = { 0 };
	char name[NAME_ROOM];
	bool good = false;

	name_of(url, name);
	if (inside >= 0)
		fd = openat(inside, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0) {
		good = file_read_all(fd, DOCUMENT_MOST + HEAD_MOST, &bytes) && bytes.length &&
		       bytes.length <= DOCUMENT_MOST + HEAD_MOST &&
		       copy_take(bytes.bytes, bytes.length, url, body, etag);
		close(fd);
	}
	if (inside >= 0)
		close(inside);
	text_free(&bytes);
	return good;
}

/* Under another name first, and all of it on the disk before it gets its own. */
static bool write_in(int folder, const char *name, const struct text *bytes)
{
	char new_name[NAME_ROOM + sizeof ".new"];
	bool good = false;
	int fd, why;

	snprintf(new_name, sizeof new_name, "%s.new", name);
	unlinkat(folder, new_name, 0);
	fd = openat(folder, new_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		good = file_write_all(fd, bytes) && !fsync(fd);
		good = !close(fd) && good;
		good = good && !renameat(folder, new_name, folder, name) && !fsync(folder);
	}
	why = errno;
	if (!good)
		unlinkat(folder, new_name, 0);
	errno = why;
	return good;
}

bool copies_write(const char *folder, const char *url, const char *body, const char *etag)
{
	int inside = open_folder(folder, true), why;
	struct text bytes = { 0 };
	char name[NAME_ROOM];
	bool good = false;

	name_of(url, name);
	text_add_format(&bytes, "%s%s\n%s\n", first_line, url, etag ? etag : "");
	text_add(&bytes, body);
	if (inside >= 0)
		good = write_in(inside, name, &bytes);
	why = errno;
	if (inside >= 0)
		close(inside);
	text_free(&bytes);
	errno = why;
	return good;
}

static bool is_of_one(const char *file, const char *const *urls, size_t count)
{
	char name[NAME_ROOM];

	for (size_t i = 0; i < count; i++) {
		name_of(urls[i], name);
		if (!strcmp(file, name))
			return true;
	}
	return false;
}

void copies_keep(const char *folder, const char *const *urls, size_t count)
{
	int inside = open_folder(folder, false);
	DIR *files = inside >= 0 ? fdopendir(inside) : NULL;
	const struct dirent *file;

	if (!files) {
		if (inside >= 0)
			close(inside);
		return;
	}
	while ((file = readdir(files)))
		if (file->d_name[0] != '.' && !is_of_one(file->d_name, urls, count))
			unlinkat(inside, file->d_name, 0);
	closedir(files);
}
