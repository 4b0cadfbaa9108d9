/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/authorities.h"

#include <stdlib.h>
#include <string.h>

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

static bool load_bytes(const char *file, struct text *bytes, struct text *why)
{
	if (!file_read_ordinary(file, AUTHORITIES_MOST, bytes, why))
		return false;
	if (bytes->length > AUTHORITIES_MOST)
		text_add(why, too_large);
	return bytes->length <= AUTHORITIES_MOST;
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

/* Who wants which file; the place is where that is written. */
struct wish {
	const char *file;
	struct place place;
	const char **authorities;
};

struct comparison {
	const struct wish *wishes;
	const char *file;
};

static bool same_file(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;

	return !strcmp(comparison->wishes[number].file, comparison->file);
}

/* room: what may be read, all files together. */
static void
fulfil(struct arena *arena, const struct wish *wish, size_t *room, struct problems *problems)
{
	struct text why = { 0 };
	size_t length;

	if (!*wish->authorities)
		*wish->authorities = authorities_load(arena, wish->file, &why);
	length = *wish->authorities ? strlen(*wish->authorities) : 0;
	if (length > *room) {
		*wish->authorities = NULL;
		text_add(&why, "all files of authorities together are larger than 16 MiB: give only"
			       " those that issue for your targets");
	}
	*room -= length > *room ? *room : length;
	if (!*wish->authorities)
		problems_add(problems, PROBLEM_ERROR, wish->place,
			     "cannot use the ca_file '%.200s': %s", wish->file,
			     text_string(&why));
	text_free(&why);
}

static uint32_t collect_wishes(const struct config *config, struct wish *wishes)
{
	uint32_t count = 0;

	for (size_t i = 0; i < config->target_count; i++) {
		struct target *target = &config->targets[i];

		if (target->ca_file)
			wishes[count++] = (struct wish){ target->ca_file, target->ca_file_place,
							 &target->authorities };
	}
	for (size_t i = 0; i < config->inventory_count; i++) {
		struct inventory_source *source = &config->inventory[i];

		if (source->ca_file)
			wishes[count++] = (struct wish){ source->ca_file, source->ca_file_place,
							 &source->authorities };
	}
	return count;
}

void authorities_read(struct config *config, struct problems *problems)
{
	struct wish *wishes =
		memory_new(config->target_count + config->inventory_count, sizeof *wishes);
	uint32_t count = collect_wishes(config, wishes);
	size_t room = AUTHORITIES_IN_ALL_MOST;
	struct seen seen = { 0 };

	seen_reset(&seen, count);
	for (uint32_t i = 0; i < count; i++) {
		struct comparison comparison = { wishes, wishes[i].file };
		uint32_t first = seen_number(&seen, seen_hash(SEEN_HASH_BEGIN, wishes[i].file), i,
					     same_file, &comparison);

		if (first == i)
			fulfil(config->arena, &wishes[i], &room, problems);
		else
			*wishes[i].authorities = *wishes[first].authorities;
	}
	seen_free(&seen);
	free(wishes);
}
