/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate/certificate_store.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collectors/certificate/certificate_wire.h"
#include "ground/memory.h"

/* Bundles have about 220 KB. */
enum { FIRST_BYTES = 256 << 10, BUNDLE_MOST = 8 << 20 };

struct authority {
	unsigned long name;			/* a hash of the subject */
	uint8_t *der;				/* OpenSSL's memory */
	size_t length;
	struct certificate *certificate;	/* NULL: not asked for yet */
};

struct certificate_store {
	const struct certificate_reading *reading;
	struct authority *authorities;
	size_t count, room;
};

/* OpenSSL's hash sees through the ways to write the same name. */
static bool authority_read_name(struct authority *authority)
{
	struct certificate_outline outline;
	struct reader der;
	const unsigned char *bytes;
	X509_NAME *name;

	reader_init(&der, authority->der, authority->length);
	if (!certificate_outline_of(der, &outline))
		return false;
	bytes = outline.subject.bytes;
	name = d2i_X509_NAME(NULL, &bytes, (long)outline.subject.length);
	if (!name)
		return false;
	authority->name = X509_NAME_hash(name);
	X509_NAME_free(name);
	return true;
}

static bool is_certificate(const char *label)
{
	return !strcmp(label, PEM_STRING_X509) || !strcmp(label, PEM_STRING_X509_OLD);
}

static bool store_take_next(struct certificate_store *store, BIO *pem)
{
	struct authority authority = { 0 };
	char *label, *header;
	long length;

	if (!PEM_read_bio(pem, &label, &header, &authority.der, &length))
		return false;
	authority.length = (size_t)length;
	if (is_certificate(label) && authority_read_name(&authority)) {
		store->authorities = memory_room_for(store->authorities, store->count,
						     &store->room, sizeof authority);
		store->authorities[store->count++] = authority;
	} else {
		OPENSSL_free(authority.der);
	}
	OPENSSL_free(label);
	OPENSSL_free(header);
	return true;
}

struct certificate_store *certificate_store_new(const struct certificate_reading *reading,
						const char *pem, size_t length)
{
	struct certificate_store *store = memory_new(1, sizeof *store);
	BIO *source = BIO_new_mem_buf(pem, (int)length);

	if (!source)
		abort();
	store->reading = reading;
	while (store_take_next(store, source))
		;
	BIO_free(source);
	ERR_clear_error();
	return store;
}

void certificate_store_free(struct certificate_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->count; i++) {
		certificate_free(store->authorities[i].certificate);
		OPENSSL_free(store->authorities[i].der);
	}
	free(store->authorities);
	free(store);
}

const struct certificate *certificate_store_find(struct certificate_store *store,
						 const X509_NAME *name, size_t *place)
{
	unsigned long hash = X509_NAME_hash(name);

	while (*place < store->count) {
		struct authority *authority = &store->authorities[(*place)++];
		struct reader der;

		if (authority->name != hash)
			continue;
		if (!authority->certificate) {
			reader_init(&der, authority->der, authority->length);
			authority->certificate = certificate_read(store->reading, der);
		}
		if (authority->certificate->x509)
			return authority->certificate;
	}
	return NULL;
}

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

int certificate_store_open_system(void)
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

static char *read_all(int descriptor, size_t *length)
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

struct certificate_store *certificate_store_read(const struct certificate_reading *reading,
						 int descriptor)
{
	size_t length;
	char *pem = read_all(descriptor, &length);
	struct certificate_store *store = certificate_store_new(reading, pem, length);

	free(pem);
	return store;
}
