/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/fetch_scene.h"
#include "tests/unit/openssl_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PLENTY (5 * CLOCK_SECOND)

static const char page[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

static SSL_CTX *tls_server;
static const char *reply;

static void play_tls_page(int fd)
{
	SSL *ssl = SSL_new(tls_server);
	char request[1024];

	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0)
		SSL_write(ssl, reply, (int)strlen(reply));
	SSL_free(ssl);
}

static void a_page_comes_over_any_version_with_the_certificate(void **state)
{
	static const struct {
		int version;
		const char *word;
	} versions[] = {
		{ TLS1_VERSION, "TLSv1" }, { TLS1_2_VERSION, "TLSv1.2" },
		{ TLS1_3_VERSION, "TLSv1.3" }
	};

	(void)state;
	reply = page;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		struct fetch_scene *scene;

		SSL_CTX_set_max_proto_version(tls_server, versions[i].version);
		scene = fetch_scene_with("https://pbx.example/", play_tls_page);
		fetch_scene_run(scene, PLENTY);
		fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
		assert_string_equal(scene->body, "hello");
		assert_string_equal(scene->end.tls_version, versions[i].word);
		assert_true(scene->chain_length > 100);
		assert_true(scene->end.tls_us >= scene->end.connect_us);
		fetch_scene_free(scene);
	}
}

static void what_breaks_inside_tls_is_told_as_outside(void **state)
{
	static const struct {
		const char *reply;
		enum reason reason;
	} answers[] = {
		{ "SSH-2.0-x\r\n", REASON_NOT_THIS_PROTOCOL },
		{ "HTTP/1.1 200 OK\r\nA:", REASON_MALFORMED },
		{ "HTT", REASON_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct fetch_scene *scene;

		reply = answers[i].reply;
		scene = fetch_scene_with("https://pbx.example/", play_tls_page);
		fetch_scene_run(scene, PLENTY);
		fetch_scene_ended(scene, STAGE_REPLY, answers[i].reason);
		assert_true(scene->chain_length > 100);
		fetch_scene_free(scene);
	}
}

static void play_alert(int fd)
{
	char hello[4096];

	if (read(fd, hello, sizeof hello) > 0)
		send(fd, "\x15\x03\x03\x00\x02\x02\x28", 7, MSG_NOSIGNAL);
}

static void play_ssh(int fd)
{
	char hello[4096];

	send(fd, "SSH-2.0-OpenSSH_9.2\r\n", 21, MSG_NOSIGNAL);
	if (read(fd, hello, sizeof hello) > 0)
		usleep(1000);
}

static void play_hello_and_close(int fd)
{
	char hello[4096];

	if (read(fd, hello, sizeof hello) <= 0)
		_exit(1);
}

static void ends(void (*play)(int fd), enum reason reason)
{
	struct fetch_scene *scene = fetch_scene_with("https://pbx.example/", play);

	fetch_scene_run(scene, PLENTY);
	fetch_scene_ended(scene, STAGE_HANDSHAKE, reason);
	fetch_scene_free(scene);
}

static void handshakes_that_fail_are_told_apart(void **state)
{
	(void)state;
	ends(play_alert, REASON_TLS_FAILED);
	ends(play_ssh, REASON_NOT_THIS_PROTOCOL);
	ends(play_hello_and_close, REASON_CLOSED_EARLY);
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
		cmocka_unit_test(a_page_comes_over_any_version_with_the_certificate),
		cmocka_unit_test(what_breaks_inside_tls_is_told_as_outside),
		cmocka_unit_test(handshakes_that_fail_are_told_apart),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
