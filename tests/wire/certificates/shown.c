/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/certificates/shown.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ground/memory.h"
#include "tests/unit/unit.h"

enum { FILE_MOST = 256 << 10 };

int shown_open(const char *name, const char *suffix)
{
	const char *root = getenv("top_srcdir");
	char path[4096];
	int descriptor;

	snprintf(path, sizeof path, "%s/tests/wire/certificates/%s.%s", root ? root : ".", name,
		 suffix);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		fail_msg("cannot read %s", path);
	return descriptor;
}

struct shown_file shown_load(const char *name, const char *suffix)
{
	int descriptor = shown_open(name, suffix);
	struct shown_file file = { .bytes = memory_new(FILE_MOST, 1) };
	ssize_t length = read(descriptor, file.bytes, FILE_MOST);

	assert_in_range(length, 1, FILE_MOST - 1);
	file.length = (size_t)length;
	/* As large as it is, so that a sanitizer sees every step beyond it. */
	file.bytes = memory_resize(file.bytes, file.length + 1, 1);
	close(descriptor);
	return file;
}

void shown_init(struct shown *shown, const char *chain, const char *authorities,
		const char *staple)
{
	*shown = (struct shown){ .exhibit = { .name = "pbx.example", .wall_us = SHOWN_AT } };
	shown->chain = shown_load(chain, "chain");
	reader_init(&shown->exhibit.chain, shown->chain.bytes, shown->chain.length);
	if (authorities) {
		shown->authorities = shown_load(authorities, "pem");
		shown->exhibit.authorities = (const char *)shown->authorities.bytes;
	}
	if (staple) {
		shown->staple = shown_load(staple, "ocsp");
		reader_init(&shown->exhibit.staple, shown->staple.bytes, shown->staple.length);
	}
}

void shown_free(struct shown *shown)
{
	free(shown->chain.bytes);
	free(shown->authorities.bytes);
	free(shown->staple.bytes);
}

const struct fact *shown_fact(const struct facts *facts, enum certificate_fact fact)
{
	return facts_get(facts, certificate_fact(fact));
}

const char *shown_text(const struct facts *facts, enum certificate_fact fact)
{
	const struct fact *found = shown_fact(facts, fact);

	return found ? found->text : NULL;
}

int shown_truth(const struct facts *facts, enum certificate_fact fact)
{
	const struct fact *found = shown_fact(facts, fact);

	return found ? found->truth : -1;
}
