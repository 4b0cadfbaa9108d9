/* SPDX-License-Identifier: Apache-2.0
 *
 * The same dialogue along other routes: through a proxy, inside TLS.
 */
#include "tests/unit/dialogue_scene.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <unistd.h>

/* --- through a proxy: it is the peer, and the route's peer is never spoken to directly */

static void proxy_well(int fd)
{
	await(fd, "CONNECT pbx.example:443 HTTP/1.1\r\n");
	tell(fd, "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n");
	play_well(fd);
}

static void proxy_wants_password(int fd)
{
	await(fd, "\r\n\r\n");
	tell(fd, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
	pause();
}

static void proxy_refuses(int fd)
{
	await(fd, "Proxy-Authorization: Basic dTpw\r\n");
	tell(fd, "HTTP/1.1 503 No\r\n\r\n");
	pause();
}

static void proxy_never_ends_its_header(int fd)
{
	await(fd, "\r\n\r\n");
	tell(fd, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 2000; i++)
		tell(fd, "X-More: and more and more\r\n");
	pause();
}

static void proxy_closes(int fd)
{
	await(fd, "\r\n\r\n");
	close(fd);
}

static void proxy_talks_nonsense(int fd)
{
	await(fd, "\r\n\r\n");
	tell(fd, "SSH-2.0-OpenSSH_9.2\r\n");
	pause();
}

static void proxy_speaks_for_a_silent_peer(int fd)
{
	await(fd, "\r\n\r\n");
	tell(fd, "HTTP/1.1 200 OK\r\n\r\n");
	await(fd, "HELO\n");
}

static void proxy_and_peer_in_one_packet(int fd)
{
	await(fd, "\r\n\r\n");
	tell(fd, "HTTP/1.1 200 OK\r\n\r\nOK\n");
	await(fd, "BYE\n");
	tell(fd, "SEEN\n");
	pause();
}

static struct scene *scene_behind(void (*play)(int fd))
{
	struct scene *scene = scene_with(play, SOCK_STREAM);

	scene->route.proxy.address = scene->route.peer;
	scene->route.proxy.authorization = "Basic dTpw";
	assert_true(address_parse("203.0.113.1", &scene->route.peer));
	scene->route.peer.port = 443;
	scene->route.name = "pbx.example";
	return scene;
}

static void a_proxy_carries_the_dialogue(void **state)
{
	struct scene *scene = scene_behind(proxy_well);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_string_equal(scene->heard, "OKSEEN");
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void a_proxy_that_will_not_is_the_stage(void **state)
{
	static const struct {
		void (*play)(int fd);
		enum reason reason;
	} rows[] = {
		{ proxy_wants_password, REASON_PROXY_AUTHENTICATION },
		{ proxy_refuses, REASON_PROXY_REFUSED },
		{ proxy_never_ends_its_header, REASON_TOO_MUCH },
		{ proxy_closes, REASON_CLOSED_EARLY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene *scene = scene_behind(rows[i].play);

		scene_run_for(scene, 5 * CLOCK_SECOND);
		scene_assert_ended(scene, STAGE_PROXY, rows[i].reason, NULL);
	}
}

static void something_else_in_place_of_the_proxy_is_recognised(void **state)
{
	struct scene *scene = scene_behind(proxy_talks_nonsense);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_PROXY, REASON_NOT_THIS_PROTOCOL, NULL);
}

static void a_proxys_words_are_not_the_peers(void **state)
{
	struct scene *scene = scene_behind(proxy_speaks_for_a_silent_peer);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_int_equal(scene->end.bytes_received, 0);
	assert_true(scene->end.connect_us >= 0);
	scene_assert_ended(scene, STAGE_REPLY, REASON_CLOSED_EARLY, "greet");
}

static void what_follows_a_proxys_answer_is_the_peers(void **state)
{
	struct scene *scene = scene_behind(proxy_and_peer_in_one_packet);

	(void)state;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_int_equal(scene->end.bytes_received, 8);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void a_name_that_is_none_is_not_said_to_a_proxy(void **state)
{
	struct scene *scene = scene_behind(play_silent);

	(void)state;
	scene->route.name = "pbx.example\r\nX-Smuggled: yes";
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_PROXY, REASON_UNSUPPORTED, NULL);
}

/* --- TLS */

static SSL *tls_server(int fd)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	SSL *ssl;

	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	X509_sign(certificate, key, EVP_sha256());
	SSL_CTX_use_certificate(context, certificate);
	SSL_CTX_use_PrivateKey(context, key);
	ssl = SSL_new(context);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) != 1)
		_exit(1);
	return ssl;
}

static void play_tls(int fd)
{
	SSL *ssl = tls_server(fd);
	char room[16];

	if (SSL_read(ssl, room, sizeof room) != 5 || SSL_write(ssl, "OK\n", 3) != 3 ||
	    SSL_read(ssl, room, sizeof room) != 4 || SSL_write(ssl, "SEEN\n", 5) != 5)
		_exit(1);
	pause();
}

static void play_tls_unless_named(int fd)
{
	SSL *ssl = tls_server(fd);

	if (!SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
		SSL_write(ssl, "!", 1);
	pause();
}

static void play_tls_tickets(int fd)
{
	SSL *ssl = tls_server(fd);

	for (;;)
		if (SSL_new_session_ticket(ssl) != 1 || SSL_do_handshake(ssl) != 1)
			_exit(1);
}

static void play_tls_endless(int fd)
{
	SSL *ssl = tls_server(fd);
	char room[4096] = "O";

	while (SSL_write(ssl, room, sizeof room) > 0)
		;
}

static void play_tls_goodbye(int fd)
{
	SSL *ssl = tls_server(fd);

	SSL_shutdown(ssl);
	pause();
}

static void tls_carries_the_dialogue(void **state)
{
	struct scene *scene = scene_with(play_tls, SOCK_STREAM);

	(void)state;
	scene->route.tls = true;
	scene->route.name = "pbx.example";
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_string_equal(scene->heard, "OKSEEN");
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void plain_text_in_place_of_tls_is_recognised(void **state)
{
	struct scene *scene = scene_with(play_another_protocol, SOCK_STREAM);

	(void)state;
	scene->route.tls = true;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_HANDSHAKE, REASON_NOT_THIS_PROTOCOL, NULL);
}

static void an_address_is_no_server_name(void **state)
{
	struct scene *scene = scene_with(play_tls_unless_named, SOCK_STREAM);

	(void)state;
	scene->route.tls = true;
	scene->route.name = "127.0.0.1";
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL, "greet");
}

static void a_small_budget_has_room_for_the_handshake(void **state)
{
	struct scene *scene = scene_with(play_tls, SOCK_STREAM);

	(void)state;
	scene->route.tls = true;
	scene->plan.most_bytes = 8;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	assert_int_equal(scene->end.bytes_received, 8);
	scene_assert_ended(scene, STAGE_NONE, REASON_NONE, NULL);
}

static void tls_without_end_is_too_much(void **state)
{
	static void (*const plays[])(int fd) = { play_tls_tickets, play_tls_endless };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scene *scene = scene_with(plays[i], SOCK_STREAM);

		scene->route.tls = true;
		scene_run_for(scene, 10 * CLOCK_SECOND);
		scene_assert_ended(scene, STAGE_REPLY, REASON_TOO_MUCH, "greet");
	}
}

static void a_silent_tls_port_times_out_in_the_handshake(void **state)
{
	struct scene *scene = scene_with(play_silent, SOCK_STREAM);

	(void)state;
	scene->route.tls = true;
	scene_run_for(scene, 150 * CLOCK_MILLISECOND);
	scene_assert_ended(scene, STAGE_HANDSHAKE, REASON_TIMED_OUT, NULL);
}

static void a_goodbye_inside_tls_is_an_early_close(void **state)
{
	struct scene *scene = scene_with(play_tls_goodbye, SOCK_STREAM);

	(void)state;
	scene->route.tls = true;
	scene_run_for(scene, 5 * CLOCK_SECOND);
	scene_assert_ended(scene, STAGE_REPLY, REASON_CLOSED_EARLY, "greet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proxy_carries_the_dialogue),
		cmocka_unit_test(a_proxy_that_will_not_is_the_stage),
		cmocka_unit_test(something_else_in_place_of_the_proxy_is_recognised),
		cmocka_unit_test(a_proxys_words_are_not_the_peers),
		cmocka_unit_test(what_follows_a_proxys_answer_is_the_peers),
		cmocka_unit_test(a_name_that_is_none_is_not_said_to_a_proxy),
		cmocka_unit_test(tls_carries_the_dialogue),
		cmocka_unit_test(an_address_is_no_server_name),
		cmocka_unit_test(a_small_budget_has_room_for_the_handshake),
		cmocka_unit_test(tls_without_end_is_too_much),
		cmocka_unit_test(plain_text_in_place_of_tls_is_recognised),
		cmocka_unit_test(a_silent_tls_port_times_out_in_the_handshake),
		cmocka_unit_test(a_goodbye_inside_tls_is_an_early_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
