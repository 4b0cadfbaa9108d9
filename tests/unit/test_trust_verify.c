/* SPDX-License-Identifier: Apache-2.0
 *
 * The independent word: openssl verify is asked about every chain of the table.
 */
#include <fcntl.h>
#include <openssl/pem.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "tests/wire/certificates/shown.h"
#include "tests/wire/certificates/truths.h"

/* A folder with leaf.pem, others.pem and known.pem. */
struct desk {
	char folder[64];
};

static void desk_path(const struct desk *desk, const char *name, char path[static 128])
{
	snprintf(path, 128, "%s/%s.pem", desk->folder, name);
}

static FILE *desk_open(const struct desk *desk, const char *name)
{
	char path[128];
	FILE *file;

	desk_path(desk, name, path);
	file = fopen(path, "w");
	assert_non_null(file);
	return file;
}

static void desk_init(struct desk *desk)
{
	snprintf(desk->folder, sizeof desk->folder, "/tmp/test_trust_verify.XXXXXX");
	assert_non_null(mkdtemp(desk->folder));
}

static void desk_clear(const struct desk *desk)
{
	static const char *const names[] = { "leaf", "others", "known" };
	char path[128];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		desk_path(desk, names[i], path);
		unlink(path);
	}
	rmdir(desk->folder);
}

static void desk_lay_out(const struct desk *desk, const struct shown *shown)
{
	FILE *leaf = desk_open(desk, "leaf"), *others = desk_open(desk, "others");
	FILE *known = desk_open(desk, "known");
	struct reader chain = shown->exhibit.chain;
	bool first = true;

	/* The leaf is among the others as well: openssl refuses an empty file. */
	while (reader_left(&chain)) {
		struct reader der = reader_part(&chain, reader_take_u24be(&chain));

		if (first)
			PEM_write(leaf, "CERTIFICATE", "", der.bytes, (long)der.length);
		PEM_write(others, "CERTIFICATE", "", der.bytes, (long)der.length);
		first = false;
	}
	if (shown->exhibit.authorities)
		fputs(shown->exhibit.authorities, known);
	fclose(leaf);
	fclose(others);
	fclose(known);
}

/* As trust.h has it: purpose, level, and whoever is known is trusted. -1: it cannot be run. */
static int desk_ask_openssl(const struct desk *desk, bool anybody)
{
	char leaf[128], others[128], known[128];
	char *words[] = {
		"openssl", "verify", "-purpose", "sslserver", "-auth_level", "2",
		"-partial_chain", "-attime", "1780272000", "-no-CApath", "-no-CAstore",
		"-untrusted", others, anybody ? "-CAfile" : "-no-CAfile",
		anybody ? known : leaf, anybody ? leaf : NULL, NULL
	};
	char *quiet[] = { "LC_ALL=C", NULL };
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t child;

	desk_path(desk, "leaf", leaf);
	desk_path(desk, "others", others);
	desk_path(desk, "known", known);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, words[0], &actions, NULL, words, quiet) == 0)
		waitpid(child, &status, 0);
	posix_spawn_file_actions_destroy(&actions);
	return status == -1 ? -1 : WEXITSTATUS(status) == 0;
}

static void openssl_verify_trusts_the_same_chains(void **state)
{
	struct desk desk;

	(void)state;
	desk_init(&desk);
	for (size_t i = 0; i < TRUTHS; i++) {
		const char *known = truths[i].authorities;
		struct shown shown;
		int trusts;

		print_message("# %s by %s\n", truths[i].chain, known);
		shown_init(&shown, truths[i].chain, known, NULL);
		desk_lay_out(&desk, &shown);
		shown_free(&shown);
		trusts = desk_ask_openssl(&desk, known);
		if (trusts < 0) {
			desk_clear(&desk);
			skip();
		}
		assert_int_equal(trusts, !truths[i].error != !!truths[i].differs);
	}
	desk_clear(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_verify_trusts_the_same_chains),
	};
	return cmocka_run_group_tests_name("trust_verify", tests, NULL, NULL);
}
