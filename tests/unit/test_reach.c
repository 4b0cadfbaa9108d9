/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether somebody is reached: at ports, at web servers, and through proxies, each of them
 * a server that plays one part.
 */
#include "tests/unit/part_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/reach.h"
#include "ground/clock.h"

enum { URL_ROOM = 128 };

/* Where the server's port is, there is %u. */
#define PLAIN "tcp://127.0.0.1:%u"
#define HTTP "http://127.0.0.1:%u/path"
#define PROXY "http://user:word@127.0.0.1:%u"

struct wish {
	const char *url;
	const char *proxy;	/* NULL: direct */
	uint32_t timeout_ms;
	uint64_t wanted;
	uint32_t packets_per_second;
	bool nobody;		/* is there */
};

static void put_port(char string[static URL_ROOM], const char *format, uint16_t port)
{
	const char *place = strstr(format, "%u");

	if (place)
		snprintf(string, URL_ROOM, "%.*s%u%s", (int)(place - format), format, port,
			 place + 2);
	else
		snprintf(string, URL_ROOM, "%s", format);
}

static void reach_again(struct part_scene *scene, const struct wish *wish)
{
	struct request request = { .collector = &reach_collector, .timeout_ms = wish->timeout_ms,
				   .wanted = wish->wanted,
				   .packets_per_second = wish->packets_per_second };
	char url[URL_ROOM], proxy[URL_ROOM], host[URL_ROOM];

	put_port(url, wish->url, scene->port);
	request.subject = (struct subject){ .kind = SUBJECT_URL, .text = url };
	snprintf(host, sizeof host, "%s", strstr(url, "://") + 3);
	host[strcspn(host, ":/")] = '\0';
	request.host = host;
	if (wish->proxy) {
		put_port(proxy, wish->proxy, scene->port);
		request.proxy = proxy;
	}
	part_look(scene, request);
}

static void reach(struct part_scene *scene, const struct part *part, const struct wish *wish)
{
	part_begin(scene, part);
	if (wish->nobody) {
		watch_stop(&scene->called);
		shutdown(scene->listener, SHUT_RDWR);
	}
	reach_again(scene, wish);
}

static void assert_reached(const struct part_scene *scene, const char *stage, const char *path)
{
	part_assert_outcome(scene, STAGE_NONE, REASON_NONE);
	part_assert_fact(scene, "reach.ok", "true");
	part_assert_fact(scene, "reach.stage", stage);
	part_assert_fact(scene, "reach.path", path);
	part_assert_fact(scene, "reach.reason", NULL);
	assert_non_null(part_fact(scene, "reach.seconds"));
	assert_non_null(part_fact(scene, "reach.connect_seconds"));
}

static void assert_failed(const struct part_scene *scene, const char *stage, const char *reason)
{
	assert_string_equal(reason_word(scene->seen->outcome.reason), reason);
	part_assert_fact(scene, "reach.ok", "false");
	part_assert_fact(scene, "reach.stage", stage);
	part_assert_fact(scene, "reach.reason", reason);
	assert_non_null(part_fact(scene, "reach.seconds"));
}

/* --- ports ----------------------------------------------------------------- */

static void a_port_is_reached_without_a_word(void **state)
{
	static const struct part part = { .says = "220 what a server says first\r\n" };
	struct part_scene scene;

	(void)state;
	reach(&scene, &part, &(struct wish){ .url = PLAIN });
	assert_reached(&scene, "connect", "direct");
	part_assert_fact(&scene, "reach.address", "127.0.0.1");
	part_assert_fact(&scene, "reach.status", NULL);
	part_assert_fact(&scene, "reach.tls_seconds", NULL);
	assert_int_equal(scene.heard_length, 0);
	assert_int_equal(scene.calls, 1);
	part_end(&scene);
}

static void nobody_there_is_refused(void **state)
{
	static const struct part part = { .says = "" };
	struct part_scene scene;

	(void)state;
	reach(&scene, &part, &(struct wish){ .url = PLAIN, .nobody = true });
	assert_failed(&scene, "connect", "refused");
	part_assert_outcome(&scene, STAGE_CONNECT, REASON_REFUSED);
	part_assert_fact(&scene, "reach.address", "127.0.0.1");
	part_assert_fact(&scene, "reach.connect_seconds", NULL);
	part_end(&scene);
	reach(&scene, &part, &(struct wish){ .url = HTTP, .nobody = true });
	assert_failed(&scene, "connect", "refused");
	part_end(&scene);
}

/* --- web servers ----------------------------------------------------------- */

static void any_status_is_an_answer(void **state)
{
	static const struct {
		const char *says, *status;
	} cases[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere", "200" },
		{ "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403" },
		{ "HTTP/1.1 503 Service Unavailable\r\n\r\n", "503" },
		{ "HTTP/1.0 407 Proxy Authentication Required\r\n\r\n", "407" },
		{ "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\n\r\n", "302" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct part part = { .says = cases[i].says, .waits = true };
		struct part_scene scene;

		reach(&scene, &part, &(struct wish){ .url = HTTP });
		assert_reached(&scene, "reply", "direct");
		part_assert_fact(&scene, "reach.status", cases[i].status);
		assert_memory_equal(scene.heard, "GET /path HTTP/1.1\r\n", 20);
		assert_int_equal(scene.calls, 1);
		part_end(&scene);
	}
}

static void a_body_is_not_waited_for(void **state)
{
	static const struct part part = {
		.says = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nno more comes",
		.waits = true
	};
	struct part_scene scene;

	(void)state;
	reach(&scene, &part, &(struct wish){ .url = HTTP, .timeout_ms = 5000 });
	assert_reached(&scene, "reply", "direct");
	assert_true(scene.seen->elapsed_us < CLOCK_SECOND);
	part_end(&scene);
}

static void what_is_no_answer_is_told_by_its_reason(void **state)
{
	static const struct {
		struct part part;
		const char *reason;
	} cases[] = {
		{ { .waits = true, .then = PART_CLOSE }, "closed_early" },
		{ { .waits = true, .then = PART_RESET }, "reset" },
		{ { .waits = true, .then = PART_HOLD }, "timed_out" },
		{ { .says = "SSH-2.0-OpenSSH_9.2\r\n" }, "not_this_protocol" },
		{ { .says = "HTTP/1.1 200 OK\r\nA:", .waits = true, .then = PART_CLOSE },
		  "malformed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct part_scene scene;

		reach(&scene, &cases[i].part, &(struct wish){ .url = HTTP });
		assert_failed(&scene, "reply", cases[i].reason);
		part_assert_fact(&scene, "reach.status", NULL);
		assert_non_null(part_fact(&scene, "reach.connect_seconds"));
		part_end(&scene);
	}
}

/* --- proxies --------------------------------------------------------------- */

static void a_proxy_finds_the_host_by_itself(void **state)
{
	static const struct part part = { .says = "HTTP/1.1 200 Connection established\r\n\r\n",
					  .waits = true };
	struct part_scene scene;

	(void)state;
	reach(&scene, &part, &(struct wish){ .url = "tcp://push.example:5223", .proxy = PROXY });
	assert_reached(&scene, "proxy", "proxy");
	part_assert_fact(&scene, "reach.address", NULL);
	assert_non_null(strstr((char *)scene.heard, "CONNECT push.example:5223 HTTP/1.1\r\n"));
	assert_non_null(strstr((char *)scene.heard, "Proxy-Authorization: Basic "));
	part_end(&scene);
}

static void an_answer_through_a_proxy_is_the_hosts(void **state)
{
	static const struct part part = {
		.says = "HTTP/1.1 503 Service Unavailable\r\nServer: nginx\r\nVia: 1.1 p\r\n\r\n",
		.waits = true
	};
	struct part_scene scene;

	(void)state;
	reach(&scene, &part, &(struct wish){ .url = "http://push.example/x", .proxy = PROXY });
	assert_reached(&scene, "reply", "proxy");
	part_assert_fact(&scene, "reach.status", "503");
	assert_non_null(strstr((char *)scene.heard, "GET http://push.example"));
	part_end(&scene);
}

static void what_a_proxy_says_itself_is_no_answer(void **state)
{
	static const struct {
		const char *url, *says, *reason, *note;
	} cases[] = {
		{ "https://push.example", "HTTP/1.1 403 Forbidden\r\n\r\n", "proxy_refused",
		  "the proxy answered with status 403" },
		{ "https://push.example", "HTTP/1.0 500 Unable to connect\r\n\r\n",
		  "proxy_refused", "the proxy answered with status 500" },
		{ "https://push.example", "HTTP/1.1 407 Who?\r\n\r\n", "proxy_authentication",
		  "the proxy answered with status 407" },
		{ "https://push.example", "HTTP/1.1 401 Unauthorized\r\n\r\n",
		  "proxy_authentication", "the proxy answered with status 401" },
		{ "http://push.example", "HTTP/1.1 407 Who?\r\n\r\n", "proxy_authentication",
		  "the proxy answered with status 407" },
		{ "http://push.example",
		  "HTTP/1.1 503 No\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n", "proxy_refused",
		  "the proxy answered with status 503" },
		{ "http://push.example",
		  "HTTP/1.0 500 Unable to connect\r\nServer: tinyproxy/1.11.1\r\n\r\n",
		  "proxy_refused", "the proxy answered with status 500" },
		{ "tls://push.example", "HTTP/1.1 403 Forbidden\r\n\r\n", "proxy_refused",
		  "the proxy answered with status 403" },
		{ "tcp://push.example:1", "HTTP/1.1 407 Who?\r\n\r\n", "proxy_authentication",
		  "the proxy answered with status 407" },
		{ "https://push.example", "220 mail\r\n", "not_this_protocol", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct part part = { .says = cases[i].says, .waits = true };
		struct part_scene scene;

		reach(&scene, &part, &(struct wish){ .url = cases[i].url, .proxy = PROXY });
		assert_failed(&scene, "proxy", cases[i].reason);
		part_assert_fact(&scene, "reach.path", "proxy");
		part_assert_fact(&scene, "reach.status", NULL);
		if (cases[i].note)
			assert_string_equal(scene.seen->detail, cases[i].note);
		else
			assert_null(scene.seen->detail);
		part_end(&scene);
	}
}

static void a_proxy_that_is_away_is_the_proxys_fault(void **state)
{
	static const char *const urls[] = { "tcp://push.example:1", "tls://push.example",
					    "http://push.example", "https://push.example" };
	static const struct part part = { .says = "" };

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct part_scene scene;

		reach(&scene, &part,
		      &(struct wish){ .url = urls[i], .proxy = PROXY, .nobody = true });
		assert_failed(&scene, "proxy", "refused");
		part_end(&scene);
	}
}

/* --- without the collector's start ----------------------------------------- */

static struct facts *facts_of_unreached(enum stage stage, enum reason reason)
{
	const struct request request = { .timeout_ms = 1000 };
	struct run run = { .request = &request, .facts = facts_new(),
			   .deadline_us = clock_monotonic_us() + CLOCK_SECOND };

	reach_collector.unreached(&run, (struct outcome){ stage, reason, NULL });
	return run.facts;
}

static const struct fact *fact_in(const struct facts *facts, const char *name)
{
	return facts_get(facts, fact_named(name));
}

static void a_name_that_does_not_exist_is_not_reached(void **state)
{
	struct facts *facts = facts_of_unreached(STAGE_RESOLVE, REASON_NAME_NOT_FOUND);

	(void)state;
	assert_false(fact_in(facts, "reach.ok")->truth);
	assert_string_equal(fact_in(facts, "reach.stage")->text, "resolve");
	assert_string_equal(fact_in(facts, "reach.reason")->text, "name_not_found");
	assert_string_equal(fact_in(facts, "reach.path")->text, "direct");
	assert_non_null(fact_in(facts, "reach.seconds"));
	facts_free(facts);
}

static void nobody_is_blamed_for_what_he_cannot_help(void **state)
{
	static const enum reason innocent[] = {
		REASON_NONE, REASON_NO_ROUTE, REASON_NO_ADDRESS, REASON_STARTTLS_ABSENT,
		REASON_STARTTLS_REFUSED, REASON_SOURCE_UNAVAILABLE, REASON_NO_RESOURCES,
		REASON_SPOKE_TO_OURSELVES, REASON_PROBER_DIED, REASON_CANCELLED,
		REASON_UNSUPPORTED, REASON_INTERNAL
	};

	(void)state;
	for (int reason = 0; reason < REASON_COUNT; reason++) {
		struct facts *facts = facts_of_unreached(STAGE_CONNECT, (enum reason)reason);
		bool blamed = true;

		for (size_t i = 0; i < sizeof innocent / sizeof *innocent; i++)
			blamed &= innocent[i] != (enum reason)reason;
		assert_int_equal(!!fact_in(facts, "reach.ok"), blamed);
		assert_int_equal(!!fact_in(facts, "reach.stage"), blamed);
		assert_int_equal(!!fact_in(facts, "reach.reason"), blamed);
		assert_non_null(fact_in(facts, "reach.path"));
		facts_free(facts);
	}
}

static void who_may_not_be_asked_in_time_is_not_blamed(void **state)
{
	static const struct part part = { .says = "" };
	static const char *const urls[] = { PLAIN, HTTP };
	struct part_scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct wish wish = { .url = PLAIN, .packets_per_second = 1, .timeout_ms = 400 };

		reach(&scene, &part, &wish);
		assert_reached(&scene, "connect", "direct");
		observation_free(scene.seen);
		scene.seen = NULL;
		wish.url = urls[i];
		reach_again(&scene, &wish);
		part_assert_outcome(&scene, STAGE_CONNECT, REASON_CANCELLED);
		part_assert_fact(&scene, "reach.ok", NULL);
		part_assert_fact(&scene, "reach.reason", NULL);
		assert_non_null(strstr(scene.seen->detail, "packets_per_second"));
		assert_int_equal(scene.calls, 1);
		part_end(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_is_reached_without_a_word),
		cmocka_unit_test(nobody_there_is_refused),
		cmocka_unit_test(any_status_is_an_answer),
		cmocka_unit_test(a_body_is_not_waited_for),
		cmocka_unit_test(what_is_no_answer_is_told_by_its_reason),
		cmocka_unit_test(a_proxy_finds_the_host_by_itself),
		cmocka_unit_test(an_answer_through_a_proxy_is_the_hosts),
		cmocka_unit_test(what_a_proxy_says_itself_is_no_answer),
		cmocka_unit_test(a_proxy_that_is_away_is_the_proxys_fault),
		cmocka_unit_test(a_name_that_does_not_exist_is_not_reached),
		cmocka_unit_test(nobody_is_blamed_for_what_he_cannot_help),
		cmocka_unit_test(who_may_not_be_asked_in_time_is_not_blamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
