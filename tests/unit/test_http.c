/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector http: what it tells of an answer, where it follows one, and what it tells
 * when there is none. test_http_tls.c has what is different over https.
 */
#include "tests/unit/http_scene.h"

#include <string.h>

#include "collectors/collector.h"
#include "collectors/http.h"
#include "ground/clock.h"
#include "ground/text.h"
#include "net/fetch.h"

static uint64_t wish(const char *fact)
{
	return UINT64_C(1) << collector_fact_row(&http_collector, fact_named(fact));
}

/* --- one answer ------------------------------------------------------------ */

static void an_ordinary_answer_is_told(void **state)
{
	static const struct http_script script = { .replies = { {
		"HTTP/1.1 401 Unauthorized\r\n"
		"Server: Apache/2.4.62\r\n"
		"X-Powered-By: PHP/8.2\r\n"
		"WWW-Authenticate: Basic realm=\"pbx\", Digest realm=\"pbx\", nonce=\"1\"\r\n"
		"WWW-Authenticate: DIGEST realm=\"pbx\", nonce=\"2\"\r\n"
		"Set-Cookie: sid=1; Secure; HttpOnly; SameSite=Lax\r\n"
		"Set-Cookie: lang=de; Secure\r\n"
		"Set-Cookie: old=; Max-Age=0\r\n"
		"Strict-Transport-Security: max-age=600\r\n"
		"Content-Length: 54\r\n\r\n"
		"<html><head>\n<title>\n  Log\tin\n </title></head></html>\n" } } };
	struct http_scene scene;

	(void)state;
	http_look_at(&scene, &script, URL);
	http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	http_assert_fact(&scene, "http.status", "401");
	http_assert_fact(&scene, "http.version", "1.1");
	http_assert_fact(&scene, "http.location", NULL);
	http_assert_fact(&scene, "http.redirects_to_https", "false");
	http_assert_fact(&scene, "http.final_status", "401");
	http_assert_fact(&scene, "http.final_url", URL);
	http_assert_fact(&scene, "http.server", "Apache/2.4.62");
	http_assert_fact(&scene, "http.powered_by", "PHP/8.2");
	http_assert_fact(&scene, "http.authentication", "basic digest");
	http_assert_fact(&scene, "http.insecure_cookies", "lang");
	http_assert_fact(&scene, "http.title", "Log in");
	http_assert_fact(&scene, "cert.sha256", NULL);
	assert_true(http_fact_of(&scene, "http.seconds")->real > 0);
	assert_int_equal(http_fact_of(&scene, "http.headers")->count, 9);
	assert_string_equal(http_fact_of(&scene, "http.headers")->texts[5],
			    "set-cookie: lang=...; Secure");
	assert_null(scene.seen->detail);
	http_assert_asked(&scene, 1, "GET /admin HTTP/1.1");
	http_end(&scene);
}

static void each_cookie_is_a_record(void **state)
{
	static const struct http_script script = { .replies = { {
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
		"Set-Cookie: sid=1; Secure; HttpOnly; SameSite=Strict\r\n"
		"Set-Cookie: lang=de\r\n\r\n" } } };
	struct http_scene scene;
	struct text said = { 0 };

	(void)state;
	http_look_at(&scene, &script, URL);
	http_say_all(&scene, &said);
	assert_non_null(strstr(text_string(&said),
		"{\"http.cookie\":\"sid\",\"http.cookie_secure\":true,"
		"\"http.cookie_http_only\":true,\"http.cookie_same_site\":\"strict\"},"
		"{\"http.cookie\":\"lang\",\"http.cookie_secure\":false,"
		"\"http.cookie_http_only\":false,\"http.cookie_same_site\":\"unset\"}"));
	text_free(&said);
	http_end(&scene);
}

/* Whatever it looks like, and whether or not a browser would take it. */
static void the_value_of_a_cookie_is_in_no_fact(void **state)
{
	static const char *const cookies[] = {
		"sid=s3cret", "sid=s3cret; Path=/; Secure", " sid = s3cret ;HttpOnly", "=s3cret",
		"s3cret", "sid=\"s3cret\"", "sid=s3cret=s3cret", "\tsid\t=\ts3cret\t",
		"sid=a,s3cret", "sid=%22s3cret", "sid=\xff\x01s3cret; Max-Age=0", "s3cret; Secure",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cookies / sizeof *cookies; i++) {
		struct text reply = { 0 }, said = { 0 };
		struct http_script script = { .replies = { { .says = NULL } } };
		struct http_scene scene;

		text_add_format(&reply, "HTTP/1.1 302 Found\r\nSet-Cookie: %s\r\nLocation: "
				"/admin/\r\nContent-Length: 0\r\n\r\n", cookies[i]);
		script.replies[0].says = script.replies[1].says = text_string(&reply);
		http_look_at(&scene, &script, URL);
		http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_int_equal(http_fact_of(&scene, "http.cookies")->count, 1);
		http_say_all(&scene, &said);
		assert_non_null(strstr(text_string(&said), "set-cookie: "));
		assert_null(strstr(text_string(&said), "s3cret"));
		assert_null(strstr(scene.asked->heads[1], "ookie"));
		http_end(&scene);
		text_free(&reply);
		text_free(&said);
	}
}

static void lists_of_an_answer_without_end_are_bounded(void **state)
{
	struct http_script script = { .replies = { { .says = NULL } } };
	struct text reply = { 0 };
	struct http_scene scene;

	(void)state;
	text_add(&reply, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
	for (unsigned i = 0; i < 100; i++)
		text_add_format(&reply, "Set-Cookie: c%u=1\r\nWWW-Authenticate: Scheme%u\r\n", i,
				i);
	text_add(&reply, "\r\n");
	script.replies[0].says = text_string(&reply);
	http_look_at(&scene, &script, URL);
	assert_int_equal(http_fact_of(&scene, "http.headers")->count, 64);
	assert_int_equal(http_fact_of(&scene, "http.cookies")->count, 64);
	assert_int_equal(http_fact_of(&scene, "http.insecure_cookies")->count, 64);
	assert_int_equal(http_fact_of(&scene, "http.authentication")->count, 64);
	http_end(&scene);
	text_free(&reply);
}

/* --- where it leads -------------------------------------------------------- */

static void another_path_of_the_same_place_is_followed_once(void **state)
{
	static const struct {
		const char *says, *location;
	} redirects[] = {
		{ TO("/admin/"), "/admin/" },
		{ TO("admin/"), "admin/" },
		{ TO("http://127.0.0.1:%u/admin/"), "http://127.0.0.1:%u/admin/" },
		{ TO("//127.0.0.1:%u/admin/"), "//127.0.0.1:%u/admin/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof redirects / sizeof *redirects; i++) {
		const struct http_script script = {
			.replies = { { redirects[i].says }, { OK } }
		};
		struct http_scene scene;

		http_look_at(&scene, &script, URL);
		http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		http_assert_fact(&scene, "http.status", "302");
		http_assert_fact(&scene, "http.location", redirects[i].location);
		http_assert_fact(&scene, "http.redirects_to_https", "false");
		http_assert_fact(&scene, "http.final_status", "200");
		http_assert_fact(&scene, "http.final_url", URL "/");
		http_assert_asked(&scene, 2, "GET /admin/ HTTP/1.1");
		http_end(&scene);
	}
}

static void a_second_redirect_is_not_followed(void **state)
{
	static const struct http_script script = {
		.replies = { { TO("/admin/") }, { TO("/admin/login") }, { OK } }
	};
	struct http_scene scene;

	(void)state;
	http_look_at(&scene, &script, URL);
	http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	http_assert_fact(&scene, "http.location", "/admin/");
	http_assert_fact(&scene, "http.final_status", "302");
	http_assert_fact(&scene, "http.final_url", URL "/");
	http_assert_asked(&scene, 2, "GET /admin/ HTTP/1.1");
	http_end(&scene);
}

static void another_host_port_or_scheme_is_left_alone(void **state)
{
	static const struct {
		const char *says;
		bool secure;
	} redirects[] = {
		{ TO("https://127.0.0.1:%u/admin/"), true },
		{ TO("https://pbx.example/admin/"), true },
		{ TO("http://127.0.0.2:%u/admin/"), false },
		{ TO("http://pbx.example:%u/admin/"), false },
		{ TO("http://127.0.0.1:1/admin/"), false },
		{ TO("http://127.0.0.1/admin/"), false },
		{ TO("http://user@127.0.0.1:%u/admin/"), false },
		{ TO("//elsewhere.example/admin/"), false },
		{ TO("ftp://127.0.0.1:%u/admin/"), false },
		{ TO("http:admin/"), false },
		/* That would go round in a circle. */
		{ TO("/admin"), false },
		{ "HTTP/1.1 200 OK\r\nLocation: /admin/\r\nContent-Length: 0\r\n\r\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof redirects / sizeof *redirects; i++) {
		const struct http_script script = { .replies = { { redirects[i].says }, { OK } } };
		struct http_scene scene;

		http_look_at(&scene, &script, URL);
		http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		http_assert_fact(&scene, "http.redirects_to_https",
				 redirects[i].secure ? "true" : "false");
		assert_int_equal(http_fact_of(&scene, "http.final_status")->integer,
				 http_fact_of(&scene, "http.status")->integer);
		http_assert_fact(&scene, "http.final_url", URL);
		http_assert_asked(&scene, 1, "GET /admin HTTP/1.1");
		http_end(&scene);
	}
}

static void a_second_request_that_fails_keeps_what_the_first_has_told(void **state)
{
	static const struct {
		struct reply second;
		enum reason reason;
	} cases[] = {
		{ { NULL, THEN_CLOSE }, REASON_CLOSED_EARLY },
		{ { NULL, THEN_RESET }, REASON_RESET },
		{ { NULL, THEN_HOLD }, REASON_TIMED_OUT },
		{ { "SSH-2.0-OpenSSH_9.2\r\n", THEN_CLOSE }, REASON_NOT_THIS_PROTOCOL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct http_script script = {
			.replies = { { TO("/admin/") }, cases[i].second }
		};
		struct http_scene scene;

		http_begin(&scene, &script);
		http_look(&scene, URL, (struct request){ .timeout_ms = 1500 });
		http_assert_outcome(&scene, STAGE_REPLY, cases[i].reason);
		http_assert_fact(&scene, "http.status", "302");
		http_assert_fact(&scene, "http.location", "/admin/");
		http_assert_fact(&scene, "http.final_status", NULL);
		http_assert_fact(&scene, "http.final_url", NULL);
		http_assert_asked(&scene, 2, "GET /admin/ HTTP/1.1");
		http_end(&scene);
	}
}

static void the_second_request_keeps_to_the_packet_budget_too(void **state)
{
	static const struct http_script script = { .replies = { { TO("/admin/") }, { OK } } };
	struct http_scene scene;

	(void)state;
	http_begin(&scene, &script);
	http_look(&scene, URL, (struct request){ .timeout_ms = 900, .packets_per_second = 1 });
	http_assert_outcome(&scene, STAGE_CONNECT, REASON_CANCELLED);
	http_assert_fact(&scene, "http.status", "302");
	http_assert_fact(&scene, "http.final_status", NULL);
	http_assert_asked(&scene, 1, "GET /admin HTTP/1.1");
	http_end(&scene);
}

/* --- no answer ------------------------------------------------------------- */

static void what_is_no_answer_is_told_by_its_reason(void **state)
{
	static const struct {
		struct http_script script;
		enum stage stage;
		enum reason reason;
	} cases[] = {
		{ { .closed = true }, STAGE_CONNECT, REASON_REFUSED },
		{ { .replies = { { NULL, THEN_HOLD } } }, STAGE_REPLY, REASON_TIMED_OUT },
		{ { .replies = { { NULL, THEN_CLOSE } } }, STAGE_REPLY, REASON_CLOSED_EARLY },
		{ { .replies = { { NULL, THEN_RESET } } }, STAGE_REPLY, REASON_RESET },
		{ { .replies = { { "220 mx.example ESMTP\r\n", THEN_HOLD } } },
		  STAGE_REPLY,
		  REASON_NOT_THIS_PROTOCOL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_scene scene;

		http_begin(&scene, &cases[i].script);
		http_look(&scene, URL, (struct request){ .timeout_ms = 1500 });
		http_assert_outcome(&scene, cases[i].stage, cases[i].reason);
		assert_int_equal(facts_count(scene.seen->facts), 0);
		assert_null(scene.seen->detail);
		http_end(&scene);
	}
}

static void a_head_of_more_than_32_kib_is_too_much(void **state)
{
	struct http_script script = { .replies = { { .says = NULL } } };
	struct text reply = { 0 };
	struct http_scene scene;

	(void)state;
	text_add(&reply, "HTTP/1.1 200 OK\r\n");
	for (unsigned i = 0; i < 40; i++)
		text_add_format(&reply, "X-%u: %01000u\r\n", i, i);
	text_add(&reply, "\r\n");
	script.replies[0].says = text_string(&reply);
	http_look_at(&scene, &script, URL);
	http_assert_outcome(&scene, STAGE_REPLY, REASON_TOO_MUCH);
	assert_int_equal(facts_count(scene.seen->facts), 0);
	http_end(&scene);
	text_free(&reply);
}

static void ports_without_http_are_not_for_this_collector(void **state)
{
	static const struct http_script script = { .replies = { { OK } } };
	struct http_scene scene;

	(void)state;
	http_look_at(&scene, &script, "tcp://127.0.0.1:%u");
	http_assert_outcome(&scene, STAGE_REQUEST, REASON_UNSUPPORTED);
	assert_int_equal(scene.asked->count, 0);
	http_end(&scene);
}

static void what_the_proxy_answers_is_noted(void **state)
{
	static const struct http_script script = {
		.replies = { { "HTTP/1.1 403 Forbidden\r\n\r\n" } }
	};
	struct http_scene scene;

	(void)state;
	http_begin(&scene, &script);
	http_look(&scene, SECURE_URL, (struct request){ .proxy = "http://127.0.0.1:%u" });
	http_assert_outcome(&scene, STAGE_PROXY, REASON_PROXY_REFUSED);
	assert_string_equal(scene.seen->detail, "the proxy answers 403");
	http_assert_fact(&scene, "http.status", NULL);
	http_end(&scene);
}

/* --- what is asked for ----------------------------------------------------- */

static void assert_host(const struct http_scene *scene, const char *host)
{
	char line[HTTP_URL_ROOM];

	http_put_port(scene, line, host);
	assert_non_null(strstr(scene->asked->heads[0], line));
}

static void the_name_or_the_address_is_asked_for(void **state)
{
	static const struct http_script script = { .replies = { { OK } } };
	static const struct {
		struct request request;
		const char *host, *final_url;
	} cases[] = {
		{ { .name = "pbx.example" }, "\r\nHost: pbx.example:%u\r\n",
		  "http://pbx.example:%u/admin" },
		{ { .name = NULL }, "\r\nHost: 127.0.0.1:%u\r\n", URL },
		{ { .name = "pbx.example", .by_address = true }, "\r\nHost: 127.0.0.1:%u\r\n",
		  URL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_scene scene;

		http_begin(&scene, &script);
		http_look(&scene, URL, cases[i].request);
		http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		http_assert_fact(&scene, "http.final_url", cases[i].final_url);
		assert_host(&scene, cases[i].host);
		assert_non_null(strstr(scene.asked->heads[0], "\r\nUser-Agent: ucposture/"));
		assert_null(strstr(scene.asked->heads[0], "Authorization"));
		http_end(&scene);
	}
}

static void without_a_path_the_root_is_asked_for(void **state)
{
	static const struct http_script script = { .replies = { { OK } } };
	struct http_scene scene;

	(void)state;
	http_look_at(&scene, &script, "http://127.0.0.1:%u");
	http_assert_fact(&scene, "http.final_url", "http://127.0.0.1:%u/");
	http_assert_asked(&scene, 1, "GET / HTTP/1.1");
	http_end(&scene);
}

static void a_body_is_read_for_its_title_alone(void **state)
{
	static const struct http_script script = { .replies = { {
		"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n<title>PBX</title>",
		THEN_HOLD } } };
	struct http_scene scene;

	(void)state;
	http_begin(&scene, &script);
	http_look(&scene, URL, (struct request){ .wanted = wish("http.status") });
	http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	http_assert_fact(&scene, "http.status", "200");
	http_assert_fact(&scene, "http.title", NULL);
	assert_true(scene.seen->elapsed_us < 4 * CLOCK_SECOND);
	http_end(&scene);
	http_begin(&scene, &script);
	http_look(&scene, URL, (struct request){ .wanted = wish("http.title"),
						 .timeout_ms = 1500 });
	http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	http_assert_fact(&scene, "http.title", "PBX");
	http_end(&scene);
}

static int set_up(void **state)
{
	(void)state;
	fetch_prepare();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_answer_is_told),
		cmocka_unit_test(each_cookie_is_a_record),
		cmocka_unit_test(the_value_of_a_cookie_is_in_no_fact),
		cmocka_unit_test(lists_of_an_answer_without_end_are_bounded),
		cmocka_unit_test(another_path_of_the_same_place_is_followed_once),
		cmocka_unit_test(a_second_redirect_is_not_followed),
		cmocka_unit_test(another_host_port_or_scheme_is_left_alone),
		cmocka_unit_test(a_second_request_that_fails_keeps_what_the_first_has_told),
		cmocka_unit_test(the_second_request_keeps_to_the_packet_budget_too),
		cmocka_unit_test(what_is_no_answer_is_told_by_its_reason),
		cmocka_unit_test(a_head_of_more_than_32_kib_is_too_much),
		cmocka_unit_test(ports_without_http_are_not_for_this_collector),
		cmocka_unit_test(what_the_proxy_answers_is_noted),
		cmocka_unit_test(the_name_or_the_address_is_asked_for),
		cmocka_unit_test(without_a_path_the_root_is_asked_for),
		cmocka_unit_test(a_body_is_read_for_its_title_alone),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
