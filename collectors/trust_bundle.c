/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/trust_bundle.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collectors/trust.h"
#include "ground/memory.h"

/* Bundles have about 220 KB. */
enum { FIRST_BYTES = 256 << 10, BUNDLE_MOST = 8 << 20 };

/* Never waits, as the end of a pipe would. */
static int open_file(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat about;

	if (descriptor >= 0 && (fstat(descriptor, &about) || !S_ISREG(about.st_mode))) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

int trust_open_system_bundle(void)
{
	static const char *const places[] = {
		"/etc/ssl/certs/ca-certificates.crt",	/* Debian, Ubuntu, Alpine, Arch */
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",	/* Red Hat, Fedora */
		"/etc/pki/tls/certs/ca-bundle.crt",	/* the same, older */
		"/etc/ssl/ca-bundle.pem",		/* SUSE */
		"/var/lib/ca-certificates/ca-bundle.pem",
		"/etc/ssl/cert.pem",			/* Alpine, FreeBSD */
		"/usr/local/share/certs/ca-root-nss.crt",
	};
	const char *chosen = getenv("SSL_CERT_FILE");
	int descriptor = -1;

	if (chosen && *chosen)
		return open_file(chosen);
	for (size_t i = 0; i < sizeof places / sizeof *places && descriptor < 0; i++)
		descriptor = open_file(places[i]);
	return descriptor;
}

char *trust_bundle_read(int descriptor, size_t *length)
{
	size_t room = FIRST_BYTES;
	char *bytes = memory_new(room, 1);
	ssize_t got;

	*length = 0;
	while (*length < BUNDLE_MOST &&
	       (got = read(descriptor, bytes + *length, room - *length - 1)) > 0) {
		*length += (size_t)got;
		if (*length == room - 1) {
			room *= 2;
			bytes = memory_resize(bytes, room, 1);
		}
	}
	bytes[*length] = '\0';
	close(descriptor);
	return bytes;
}
