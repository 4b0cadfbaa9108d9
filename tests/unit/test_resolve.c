/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/log.h"
#include "net/resolve.h"
#include "tests/unit/zone.h"

struct scene {
	struct loop *loop;
	struct resolver *resolver;
	int udp, tcp, connection;
	struct watch udp_watch, tcp_watch, connection_watch;
	unsigned questions, over_tcp;
	char folder[32], hosts[64], resolv_conf[64];
	struct resolution resolution;
	bool answered;
	unsigned answers;
};

static void datagram_has_come(void *arg, unsigned what)
{
	struct scene *scene = arg;
	uint8_t bytes[512], room[1024];
	struct sockaddr_storage name;
	socklen_t length = sizeof name;
	ssize_t got =
		recvfrom(scene->udp, bytes, sizeof bytes, 0, (struct sockaddr *)&name, &length);
	struct reader in;
	struct writer out;

	(void)what;
	assert_true(got > 0);
	scene->questions++;
	reader_init(&in, bytes, (size_t)got);
	writer_init(&out, room, sizeof room);
	if (zone_reply(&in, &out, false))
		sendto(scene->udp, room, out.length, 0, (struct sockaddr *)&name, length);
}

static void question_has_come(void *arg, unsigned what)
{
	struct scene *scene = arg;
	uint8_t bytes[512], room[1024] = { 0 };
	ssize_t got = recv(scene->connection, bytes, sizeof bytes, 0);
	struct reader in;
	struct writer out;

	(void)what;
	watch_stop(&scene->connection_watch);
	assert_true(got > 2);
	scene->over_tcp++;
	reader_init(&in, bytes + 2, (size_t)got - 2);
	writer_init(&out, room + 2, sizeof room - 2);
	assert_true(zone_reply(&in, &out, true));
	room[0] = (uint8_t)(out.length >> 8);
	room[1] = (uint8_t)out.length;
	assert_int_equal(send(scene->connection, room, out.length + 2, 0), out.length + 2);
	close(scene->connection);
}

static void connection_has_come(void *arg, unsigned what)
{
	struct scene *scene = arg;

	(void)what;
	scene->connection = accept(scene->tcp, NULL, NULL);
	assert_true(scene->connection >= 0);
	watch_start(&scene->connection_watch, scene->loop, scene->connection, LOOP_READ,
		    question_has_come, scene);
}

static int server_socket(int type, uint16_t *port)
{
	struct address address;
	struct sockaddr_storage name;
	socklen_t length;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(address_parse("127.0.0.1", &address));
	address.port = *port;
	length = address_to_socket(&address, &name);
	if (bind(fd, (struct sockaddr *)&name, length)) {
		close(fd);
		return -1;
	}
	getsockname(fd, (struct sockaddr *)&name, &length);
	address_from_socket(&name, &address);
	*port = address.port;
	return fd;
}

/* Both protocols on one port. */
static uint16_t open_server(struct scene *scene)
{
	for (int i = 0; i < 50; i++) {
		uint16_t port = 0;

		scene->udp = server_socket(SOCK_DGRAM, &port);
		scene->tcp = server_socket(SOCK_STREAM, &port);
		if (scene->tcp >= 0 && !listen(scene->tcp, 8))
			return port;
		close(scene->udp);
	}
	fail();
	return 0;
}

static void put_file(const char *path, const char *string)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(string, file);
	fclose(file);
}

static void be_quiet(void *arg, enum log_level level, const char *topic, const char *line)
{
	(void)arg;
	(void)level;
	(void)topic;
	(void)line;
}

static void make_resolver(struct scene *scene, const char *servers, const char *resolv_conf)
{
	struct resolver_settings settings = {
		.servers = servers,
		.hosts_file = scene->hosts,
		.resolv_conf = scene->resolv_conf,
		.timeout_ms = 60,
		.tries = 1,
	};

	put_file(scene->hosts, "127.0.0.1 localhost\n"
			       "10.9.0.1\tfile.example FILE  # ours\n"
			       "10.9.0.2 file.example\n"
			       "not-an-address broken.file\n"
			       "   2001:db8::9 six.file\r\n"
			       "10.9.0.3 # nobody\n"
			       "10.9.0.4 both.file\n2001:db8::4 both.file");
	put_file(scene->resolv_conf, resolv_conf);
	resolver_free(scene->resolver);
	scene->resolver = resolver_new(scene->loop, &settings);
	/* Behind the fence there are no files. */
	unlink(scene->hosts);
	unlink(scene->resolv_conf);
}

static int set_up(void **state)
{
	struct scene *scene = test_calloc(1, sizeof *scene);
	char servers[64];

	memcpy(scene->folder, "/tmp/test_resolve_XXXXXX", 25);
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->hosts, sizeof scene->hosts, "%s/hosts", scene->folder);
	snprintf(scene->resolv_conf, sizeof scene->resolv_conf, "%s/resolv.conf",
		 scene->folder);
	scene->loop = loop_new();
	snprintf(servers, sizeof servers, "127.0.0.1:%u", open_server(scene));
	watch_start(&scene->udp_watch, scene->loop, scene->udp, LOOP_READ, datagram_has_come,
		    scene);
	watch_start(&scene->tcp_watch, scene->loop, scene->tcp, LOOP_READ, connection_has_come,
		    scene);
	make_resolver(scene, servers, "search one.example two.example three.example\n");
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	resolver_free(scene->resolver);
	watch_stop(&scene->udp_watch);
	watch_stop(&scene->tcp_watch);
	close(scene->udp);
	close(scene->tcp);
	loop_free(scene->loop);
	rmdir(scene->folder);
	test_free(scene);
	return 0;
}

static void note(void *arg, const struct resolution *resolution)
{
	struct scene *scene = arg;

	scene->resolution = *resolution;
	scene->answered = true;
	scene->answers++;
}

static void wait_for(struct scene *scene, unsigned answers)
{
	int64_t end_us = clock_monotonic_us() + 5 * CLOCK_SECOND;

	while (scene->answers < answers && clock_monotonic_us() < end_us)
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	assert_int_equal(scene->answers, answers);
}

static void
asks(struct scene *scene, const char *host, int family, enum reason reason, const char *first)
{
	char string[ADDRESS_ROOM];

	scene->answered = false;
	scene->answers = 0;
	resolver_lookup(scene->resolver, host, family, note, scene);
	assert_false(scene->answered);
	wait_for(scene, 1);
	assert_string_equal(reason_word(scene->resolution.reason), reason_word(reason));
	assert_int_equal(scene->resolution.count > 0, first != NULL);
	if (first) {
		address_format(&scene->resolution.addresses[0], string);
		assert_string_equal(string, first);
		assert_int_equal(scene->resolution.addresses[0].family, family);
	}
}

static void both_families_are_found(void **state)
{
	struct scene *scene = *state;

	asks(scene, "both.example", 4, REASON_NONE, "10.0.0.1");
	assert_int_equal(scene->resolution.count, 2);
	assert_int_equal(scene->resolution.ttl_seconds, 30);
	asks(scene, "both.example", 6, REASON_NONE, "2001:db8::1");
	assert_int_equal(scene->resolution.count, 1);
	assert_int_equal(scene->questions, 2);
	asks(scene, "Both.EXAMPLE", 6, REASON_NONE, "2001:db8::1");
	assert_int_equal(scene->questions, 2);
}

static void a_missing_family_is_told_from_a_missing_name(void **state)
{
	struct scene *scene = *state;

	asks(scene, "four.example.", 6, REASON_NO_ADDRESS, NULL);
	asks(scene, "six.example.", 4, REASON_NO_ADDRESS, NULL);
	asks(scene, "empty.example.", 4, REASON_NO_ADDRESS_AT_ALL, NULL);
	asks(scene, "empty.example.", 6, REASON_NO_ADDRESS_AT_ALL, NULL);
	asks(scene, "missing.example.", 4, REASON_NAME_NOT_FOUND, NULL);
	asks(scene, "missing.example.", 6, REASON_NAME_NOT_FOUND, NULL);
}

static void a_server_that_fails_is_no_missing_name(void **state)
{
	struct scene *scene = *state;

	asks(scene, "broken.example.", 4, REASON_NAME_SERVER_FAILED, NULL);
	asks(scene, "refused.example.", 4, REASON_NAME_SERVER_FAILED, NULL);
	asks(scene, "garbage.example.", 6, REASON_NAME_SERVER_FAILED, NULL);
	asks(scene, "silent.example.", 4, REASON_TIMED_OUT, NULL);
	asks(scene, "half.example.", 4, REASON_NONE, "10.0.0.5");
	asks(scene, "half.example.", 6, REASON_NAME_SERVER_FAILED, NULL);
	assert_in_range(scene->resolution.ttl_seconds, 1, 5);
}

static void an_alias_lives_no_longer_than_its_shortest_record(void **state)
{
	struct scene *scene = *state;

	asks(scene, "alias.example", 4, REASON_NONE, "10.0.0.4");
	assert_int_equal(scene->resolution.ttl_seconds, 7);
}

static void a_truncated_answer_is_fetched_over_tcp(void **state)
{
	struct scene *scene = *state;

	asks(scene, "long.example", 4, REASON_NONE, "10.0.0.7");
	assert_int_equal(scene->over_tcp, 1);
}

static void an_answer_without_a_life_is_asked_for_again(void **state)
{
	struct scene *scene = *state;
	struct resolution resolution;

	asks(scene, "brief.example", 4, REASON_NONE, "10.0.0.6");
	assert_false(resolver_knows(scene->resolver, "brief.example", 4, &resolution));
	asks(scene, "brief.example", 4, REASON_NONE, "10.0.0.6");
	assert_int_equal(scene->questions, 4);
}

static void a_short_name_is_searched_for_in_order(void **state)
{
	struct scene *scene = *state;

	asks(scene, "pbx", 4, REASON_NONE, "10.0.2.1");
	/* The host that was found, not another one that happens to have the other family. */
	asks(scene, "pbx", 6, REASON_NO_ADDRESS, NULL);
	asks(scene, "dotted.name", 4, REASON_NONE, "10.0.2.2");
	asks(scene, "dotted.name.", 4, REASON_NAME_NOT_FOUND, NULL);
	/* One domain's servers fail: that the others do not know the name proves nothing. */
	asks(scene, "nas", 4, REASON_NAME_SERVER_FAILED, NULL);
	asks(scene, "nowhere", 4, REASON_NAME_NOT_FOUND, NULL);
}

static void localhost_is_loopback_and_nobody_is_asked(void **state)
{
	static const char *const names[] = { "localhost", "LocalHost.", "pbx.localhost",
					     "a.b.localhost." };
	struct scene *scene = *state;
	struct resolution resolution;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		asks(scene, names[i], 4, REASON_NONE, "127.0.0.1");
		asks(scene, names[i], 6, REASON_NONE, "::1");
		assert_true(resolver_knows(scene->resolver, names[i], 6, &resolution));
	}
	assert_int_equal(scene->questions, 0);
	assert_false(resolver_knows(scene->resolver, "notlocalhost", 4, &resolution));
}

static void the_hosts_file_comes_first(void **state)
{
	struct scene *scene = *state;

	asks(scene, "file.example", 4, REASON_NONE, "10.9.0.1");
	assert_int_equal(scene->resolution.count, 2);
	asks(scene, "File", 4, REASON_NONE, "10.9.0.1");
	asks(scene, "file.example.", 6, REASON_NO_ADDRESS, NULL);
	asks(scene, "six.file", 6, REASON_NONE, "2001:db8::9");
	asks(scene, "both.file", 6, REASON_NONE, "2001:db8::4");
	assert_int_equal(scene->questions, 0);
	asks(scene, "broken.file.", 4, REASON_NAME_NOT_FOUND, NULL);
	asks(scene, "ours.", 4, REASON_NAME_NOT_FOUND, NULL);
}

static void an_address_needs_no_server(void **state)
{
	struct scene *scene = *state;
	struct resolution resolution;

	asks(scene, "192.0.2.7", 4, REASON_NONE, "192.0.2.7");
	asks(scene, "2001:db8::7", 6, REASON_NONE, "2001:db8::7");
	asks(scene, "192.0.2.7", 6, REASON_NO_ADDRESS, NULL);
	assert_true(resolver_knows(scene->resolver, "::1", 6, &resolution));
	assert_int_equal(scene->questions, 0);
}

static void what_cannot_be_a_name_is_not_asked_for(void **state)
{
	struct scene *scene = *state;
	char name[400];

	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	asks(scene, "", 4, REASON_NAME_NOT_FOUND, NULL);
	asks(scene, ".", 4, REASON_NAME_NOT_FOUND, NULL);
	asks(scene, name, 4, REASON_NAME_NOT_FOUND, NULL);
	name[100] = '\0';
	asks(scene, name, 4, REASON_NAME_NOT_FOUND, NULL);
	asks(scene, "a..b.", 4, REASON_NAME_NOT_FOUND, NULL);
	assert_int_equal(scene->questions, 0);
}

static void who_asks_for_the_same_is_answered_by_one_question(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 10; i++)
		resolver_lookup(scene->resolver, "both.example", i % 2 ? 4 : 6, note, scene);
	wait_for(scene, 10);
	assert_int_equal(scene->questions, 2);
}

static void a_lookup_that_was_cancelled_is_never_answered(void **state)
{
	struct scene *scene = *state;
	struct lookup *known, *unknown;

	known = resolver_lookup(scene->resolver, "10.0.0.1", 4, note, scene);
	unknown = resolver_lookup(scene->resolver, "both.example", 4, note, scene);
	resolver_lookup(scene->resolver, "both.example", 6, note, scene);
	lookup_cancel(known);
	lookup_cancel(unknown);
	wait_for(scene, 1);
	assert_int_equal(scene->resolution.addresses[0].family, 6);
}

static void a_resolver_may_end_while_it_is_asking(void **state)
{
	struct scene *scene = *state;

	resolver_lookup(scene->resolver, "silent.example", 4, note, scene);
	resolver_lookup(scene->resolver, "silent.example", 6, note, scene);
	resolver_lookup(scene->resolver, "localhost", 6, note, scene);
	resolver_free(scene->resolver);
	scene->resolver = NULL;
	loop_turn(scene->loop, 0);
	assert_false(scene->answered);
}

static void a_list_of_servers_that_is_none_asks_nobody(void **state)
{
	struct scene *scene = *state;

	log_redirect(be_quiet, NULL);
	make_resolver(scene, "not a server", "nameserver 127.0.0.1\n");
	log_redirect(NULL, NULL);
	asks(scene, "both.example", 4, REASON_NAME_SERVER_FAILED, NULL);
}

static void the_memory_for_names_is_bounded(void **state)
{
	enum { MANY = 5000, AT_ONCE = 50 };
	struct scene *scene = *state;
	char name[64];

	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "n%u.example.", i);
		resolver_lookup(scene->resolver, name, 4, note, scene);
		if (i % AT_ONCE == AT_ONCE - 1)
			wait_for(scene, i + 1);
	}
	asks(scene, "both.example", 4, REASON_NONE, "10.0.0.1");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(both_families_are_found),
		SCENE(a_missing_family_is_told_from_a_missing_name),
		SCENE(a_server_that_fails_is_no_missing_name),
		SCENE(an_alias_lives_no_longer_than_its_shortest_record),
		SCENE(a_truncated_answer_is_fetched_over_tcp),
		SCENE(an_answer_without_a_life_is_asked_for_again),
		SCENE(a_short_name_is_searched_for_in_order),
		SCENE(localhost_is_loopback_and_nobody_is_asked),
		SCENE(the_hosts_file_comes_first),
		SCENE(an_address_needs_no_server),
		SCENE(what_cannot_be_a_name_is_not_asked_for),
		SCENE(who_asks_for_the_same_is_answered_by_one_question),
		SCENE(a_lookup_that_was_cancelled_is_never_answered),
		SCENE(a_resolver_may_end_while_it_is_asking),
		SCENE(a_list_of_servers_that_is_none_asks_nobody),
		SCENE(the_memory_for_names_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
