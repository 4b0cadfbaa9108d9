/* SPDX-License-Identifier: Apache-2.0 */
#include "net/local.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

socklen_t local_address(const char *path, struct sockaddr_un *address)
{
	size_t length = strlen(path);

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!length || length >= sizeof address->sun_path) {
		errno = length ? ENAMETOOLONG : EINVAL;
		return 0;
	}
	memcpy(address->sun_path, path, length);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

int local_connect(const struct sockaddr_un *address, socklen_t length, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int why;

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, length) == 0)
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}
