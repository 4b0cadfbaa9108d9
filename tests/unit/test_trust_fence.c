/* SPDX-License-Identifier: Apache-2.0
 *
 * Every chain and staple is examined behind the filter of a prober, which kills at the
 * first system call that is not for reading what is open already.
 */
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/ipc/fence_filter.h"
#include "tests/unit/unit.h"
#include "tests/wire/certificates/shown.h"
#include "tests/wire/certificates/truths.h"

static const char *const staples[] = {
	"good", "sha256", "revoked", "expired", "appointed", "not_appointed", "forged", "cut"
};

enum { STAPLES = sizeof staples / sizeof *staples, SHOWN = TRUTHS + STAPLES };

enum { CHILD_DONE, CHILD_WRONG, CHILD_UNFENCED };

static void load_all(struct shown *shown)
{
	for (size_t i = 0; i < TRUTHS; i++)
		shown_init(&shown[i], truths[i].chain, truths[i].authorities, NULL);
	for (size_t i = 0; i < STAPLES; i++)
		shown_init(&shown[TRUTHS + i], "good", NULL, staples[i]);
}

/* As agent/ipc/prober.c prepares itself. */
static void prepare(void)
{
	OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
	SSL_CTX_free(SSL_CTX_new(TLS_client_method()));
}

static _Noreturn void examine_behind_fence(void)
{
	struct shown shown[SHOWN];
	struct trust *trust = trust_new(shown_open("other", "pem"));

	load_all(shown);
	prepare();
	setenv("UCPOSTURE_FENCE", "kill", 1);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* A sanitizer's build has no filter, and examines all the same. */
	if (fence_filter_close(NULL) < 0)
		_exit(CHILD_UNFENCED);
	for (size_t i = 0; i < SHOWN; i++) {
		struct facts *facts = facts_new();

		if (!trust_examine(trust, &shown[i].exhibit, facts))
			_exit(CHILD_WRONG);
		facts_free(facts);
	}
	_exit(CHILD_DONE);
}

static void everything_works_behind_the_fence(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		examine_behind_fence();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), CHILD_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_works_behind_the_fence),
	};
	return cmocka_run_group_tests_name("trust_fence", tests, NULL, NULL);
}
