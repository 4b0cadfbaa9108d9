/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/authorities.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "agent/plan/seen.h"
#include "ground/file.h"
#include "ground/memory.h"
#include "ground/text.h"

static const char too_large[] = "it is larger than 1 MiB: those of the system are known anyway,"
				" give only your own";

/* A pipe would let the reader wait for ever. */
static bool is_file(int fd, struct text *why)
{
	struct stat about;

	if (fstat(fd, &about) < 0)
		text_add(why, strerror(errno));
	else if (!S_ISREG(about.st_mode))
		text_add(why, "it is no ordinary file");
	else
		return true;
	return false;
}

static bool read_all(int fd, struct text *bytes, struct text *why)
{
	bool read = file_read_all(fd, AUTHORITIES_MOST, bytes);

	if (!read)
		text_add(why, strerror(errno));
	else if (bytes->length > AUTHORITIES_MOST)
		text_add(why, too_large);
	return read && bytes->length <= AUTHORITIES_MOST;
}

static bool load_bytes(const char *file, struct text *bytes, struct text *why)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool good;

	if (fd < 0) {
		text_add(why, strerror(errno));
		return false;
	}
	good = is_file(fd, why) && read_all(fd, bytes, why);
	close(fd);
	return good;
}

/* Nobody is asked for the password of what should not be encrypted. */
static int no_password(char *room, int size, int writes, void *arg)
{
	(void)room;
	(void)size;
	(void)writes;
	(void)arg;
	return -1;
}

static bool ended(void)
{
	unsigned long error = ERR_peek_last_error();

	return ERR_GET_LIB(error) == ERR_LIB_PEM &&
	       ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static void explain_none(const struct text *bytes, struct text *why)
{
	const char *begin = text_string(bytes);

	if (!bytes->length)
		text_add(why, "it is empty");
	else if (begin[0] == 0x30 && (begin[1] & 0x80))
		text_add(why, "it is not PEM; 'openssl x509 -inform der -in FILE' makes that"
			      " of a certificate");
	else if (strstr(begin, "PRIVATE KEY-----"))
		text_add(why, "there is a private key in it, and no certificate: give the"
			      " certificate of the authority");
	else
		text_add(why, "there is no certificate in it: a line with -----BEGIN"
			      " CERTIFICATE----- begins one");
}

static void explain_damage(unsigned number, struct text *why)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	text_add_format(why, "certificate %u in it is damaged (%s): copy it again", number,
			reason ? reason : "it cannot be read");
}

/* Writes each certificate again: comments and keys have no business in a prober. */
static unsigned copy_certificates(BIO *in, BIO *out, struct text *why)
{
	unsigned count = 0;
	X509 *certificate;

	while ((certificate = PEM_read_bio_X509(in, NULL, no_password, NULL))) {
		count += PEM_write_bio_X509(out, certificate) == 1;
		X509_free(certificate);
	}
	if (!ended())
		explain_damage(count + 1, why);
	return count;
}

static const char *take_certificates(struct arena *arena, const struct text *bytes,
				     struct text *why)
{
	BIO *in = BIO_new_mem_buf(text_string(bytes), (int)bytes->length);
	BIO *out = BIO_new(BIO_s_mem());
	const char *taken = NULL;
	unsigned count;
	size_t length;
	char *pem;

	ERR_clear_error();
	count = copy_certificates(in, out, why);
	length = (size_t)BIO_get_mem_data(out, &pem);
	if (!count && !why->length)
		explain_none(bytes, why);
	else if (length > AUTHORITIES_MOST && !why->length)
		text_add(why, too_large);
	else if (!why->length)
		taken = arena_copy_span(arena, pem, length);
	ERR_clear_error();
	BIO_free(in);
	BIO_free(out);
	return taken;
}

const char *authorities_load(struct arena *arena, const char *file, struct text *why)
{
	struct text bytes = { 0 };
	const char *taken = NULL;

	if (load_bytes(file, &bytes, why))
		taken = take_certificates(arena, &bytes, why);
	text_free(&bytes);
	return taken;
}

static const char *path_of(struct arena *arena, const char *config_file, const char *file)
{
	const char *slash = config_file ? strrchr(config_file, '/') : NULL;
	struct text path = { 0 };
	const char *whole;

	if (*file == '/' || !slash)
		return file;
	text_add_bytes(&path, config_file, (size_t)(slash + 1 - config_file));
	text_add(&path, file);
	whole = arena_copy(arena, text_string(&path));
	text_free(&path);
	return whole;
}

struct comparison {
	const struct config *config;
	const char *file;
};

static bool same_file(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;

	return !strcmp(comparison->config->targets[number].ca_file, comparison->file);
}

/* room: what may be read, all files together. */
static void read_for(struct config *config, const char *config_file, struct target *target,
		     size_t *room, struct problems *problems)
{
	const char *path = path_of(config->arena, config_file, target->ca_file);
	struct text why = { 0 };
	size_t length;

	target->authorities = authorities_load(config->arena, path, &why);
	length = target->authorities ? strlen(target->authorities) : 0;
	if (length > *room) {
		target->authorities = NULL;
		text_add(&why, "all files of authorities together are larger than 16 MiB: give only"
			       " those that issue for your targets");
	}
	*room -= length > *room ? *room : length;
	if (!target->authorities)
		problems_add(problems, PROBLEM_ERROR, target->ca_file_place,
			     "cannot use the ca_file '%.200s': %s", path, text_string(&why));
	text_free(&why);
}

void authorities_read(struct config *config, const char *config_file,
		      struct problems *problems)
{
	size_t room = AUTHORITIES_IN_ALL_MOST;
	struct seen seen = { 0 };

	seen_reset(&seen, config->target_count);
	for (uint32_t i = 0; i < config->target_count; i++) {
		struct target *target = &config->targets[i];
		struct comparison comparison = { config, target->ca_file };
		uint32_t first;

		if (!target->ca_file)
			continue;
		first = seen_number(&seen, seen_hash(SEEN_HASH_BEGIN, target->ca_file), i,
				    same_file, &comparison);
		if (first == i)
			read_for(config, config_file, target, &room, problems);
		else
			target->authorities = config->targets[first].authorities;
	}
	seen_free(&seen);
}
