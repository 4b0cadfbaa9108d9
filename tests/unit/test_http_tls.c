/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector http over https.
 */
#include "tests/unit/http_scene.h"
#include "tests/unit/openssl_server.h"

#include <stdlib.h>

#include "net/fetch.h"

static SSL_CTX *tls_server;

#define HSTS(words)                                                                           \
	"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nStrict-Transport-Security: " words "\r\n\r\n"

static void hsts_counts_over_https_alone(void **state)
{
	static const struct {
		const char *says, *seconds, *subdomains;
	} cases[] = {
		{ HSTS("max-age=600; includeSubDomains"), "600", "true" },
		{ HSTS("max-age=600"), "600", "false" },
		{ HSTS("includeSubDomains"), NULL, NULL },
		{ OK, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
		bool secure = i % 2;
		const struct http_script script = { .replies = { { cases[i / 2].says } },
						    .tls = secure ? tls_server : NULL };
		struct http_scene scene;

		http_look_at(&scene, &script, secure ? SECURE_URL : URL);
		http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		http_assert_fact(&scene, "http.hsts", secure ? cases[i / 2].seconds : NULL);
		http_assert_fact(&scene, "http.hsts_subdomains",
				 secure ? cases[i / 2].subdomains : NULL);
		http_end(&scene);
	}
}

static void the_certificate_is_told_and_https_stays_https(void **state)
{
	const struct http_script script = {
		.replies = { { TO("https://127.0.0.1:%u/admin/") }, { OK } }, .tls = tls_server
	};
	struct http_scene scene;

	(void)state;
	http_begin(&scene, &script);
	http_look(&scene, "/admin", (struct request){ .subject = { .kind = SUBJECT_PATH,
								   .first = scene.port } });
	http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	http_assert_fact(&scene, "http.redirects_to_https", "true");
	http_assert_fact(&scene, "http.final_status", "200");
	http_assert_fact(&scene, "http.final_url", SECURE_URL "/");
	http_assert_fact(&scene, "cert.trusted", "false");
	assert_int_equal(http_fact_of(&scene, "cert.chain")->count, 1);
	http_assert_asked(&scene, 2, "GET /admin/ HTTP/1.1");
	http_end(&scene);
}

static void who_hangs_up_has_shown_the_certificate(void **state)
{
	const struct http_script script = { .replies = { { NULL, THEN_CLOSE } },
					    .tls = tls_server };
	struct http_scene scene;

	(void)state;
	http_look_at(&scene, &script, SECURE_URL);
	http_assert_outcome(&scene, STAGE_REPLY, REASON_CLOSED_EARLY);
	http_assert_fact(&scene, "http.status", NULL);
	assert_non_null(http_fact_of(&scene, "cert.sha256"));
	http_end(&scene);
}

static int set_up(void **state)
{
	(void)state;
	fetch_prepare();
	tls_server = server_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	SSL_CTX_free(tls_server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hsts_counts_over_https_alone),
		cmocka_unit_test(the_certificate_is_told_and_https_stays_https),
		cmocka_unit_test(who_hangs_up_has_shown_the_certificate),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
