/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole collector against the kernel it runs on, and sockets of the test's own.
 */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "collectors/machine.h"
#include "ground/clock.h"
#include "ground/memory.h"

struct scene {
	struct loop *loop;
	struct machine *machine;
	struct runner *runner;
	struct observation *seen;
};

static int scene_begin(void **state)
{
	struct scene *scene = memory_new(1, sizeof *scene);

	scene->loop = loop_new();
	scene->machine = machine_open();
	scene->runner = runner_new(scene->loop, NULL);
	runner_take_machine(scene->runner, scene->machine);
	*state = scene;
	return 0;
}

static int scene_end(void **state)
{
	struct scene *scene = *state;

	observation_free(scene->seen);
	runner_free(scene->runner);
	machine_free(scene->machine);
	loop_free(scene->loop);
	free(scene);
	return 0;
}

static void see(void *arg, struct observation *observation)
{
	struct scene *scene = arg;

	scene->seen = observation;
}

static struct request request_for(enum subject_kind kind, uint16_t first, uint16_t last)
{
	return (struct request){
		.collector = collector_named("host"),
		.subject = { .kind = kind, .first = first, .last = last, .text = "any/1" },
		.host = "",
		.timeout_ms = 10000,
	};
}

static void observe(struct scene *scene, const struct request *request)
{
	observation_free(scene->seen);
	scene->seen = NULL;
	runner_start(scene->runner, arena_new(), request, see, scene);
	while (!scene->seen)
		loop_turn(scene->loop, CLOCK_SECOND);
	assert_string_equal(reason_word(scene->seen->outcome.reason), "none");
}

static const struct fact *fact(const struct scene *scene, const char *name)
{
	return facts_get(scene->seen->facts, fact_named(name));
}

static void assert_exposure(struct scene *scene, enum subject_kind kind, uint16_t port,
			    const char *expected)
{
	const struct request request = request_for(kind, port, port);

	observe(scene, &request);
	assert_string_equal(fact(scene, "host.exposure")->text, expected);
}

static void assert_listed(const struct scene *scene, const char *name, const char *expected)
{
	struct text list = { 0 };

	fact_describe(fact(scene, name), &list);
	assert_string_equal(text_string(&list), expected);
	text_free(&list);
}

static const struct fact *cell(const struct facts *record, const char *name)
{
	for (size_t i = 0; i < facts_count(record); i++)
		if (!strcmp(facts_at(record, i)->about->name, name))
			return facts_at(record, i);
	return NULL;
}

/* A socket of that type at that address, and its port. */
static int open_at(const char *numbers, int type, uint16_t *port)
{
	struct sockaddr_storage at;
	struct address address;
	socklen_t length;
	int fd;

	assert_true(address_parse(numbers, &address));
	length = address_to_socket(&address, &at);
	fd = socket(address_domain(&address), type, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, length), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
	assert_true(address_from_socket(&at, &address));
	*port = address.port;
	return fd;
}

static void an_address_decides_how_exposed_a_port_is(void **state)
{
	static const struct {
		const char *address, *exposure;
	} cases[] = { { "127.0.0.1", "loopback" }, { "127.3.2.1", "loopback" },
		      { "::1", "loopback" }, { "::ffff:127.0.0.1", "loopback" },
		      { "0.0.0.0", "exposed" }, { "::", "exposed" } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint16_t port;
		int fd = open_at(cases[i].address, SOCK_STREAM, &port);

		assert_exposure(*state, SUBJECT_TCP, port, cases[i].exposure);
		close(fd);
		assert_exposure(*state, SUBJECT_TCP, port, "none");
		assert_null(fact(*state, "host.sockets"));
		assert_listed(*state, "host.listening", "");
	}
}

static void protocols_have_ports_of_their_own(void **state)
{
	uint16_t port;
	int fd = open_at("127.0.0.1", SOCK_DGRAM, &port);
	char expected[16];

	assert_exposure(*state, SUBJECT_UDP, port, "loopback");
	assert_exposure(*state, SUBJECT_TCP, port, "none");
	assert_exposure(*state, SUBJECT_ANY, port, "loopback");
	snprintf(expected, sizeof expected, "udp/%u", port);
	assert_listed(*state, "host.listening", expected);
	assert_listed(*state, "host.exposed", "");
	close(fd);
}

static void who_talks_to_one_peer_does_not_listen(void **state)
{
	uint16_t port, other;
	int fd = open_at("127.0.0.1", SOCK_DGRAM, &port);
	int peer = open_at("127.0.0.1", SOCK_DGRAM, &other);
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(other),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
	assert_exposure(*state, SUBJECT_UDP, port, "none");
	assert_exposure(*state, SUBJECT_UDP, other, "loopback");
	close(fd);
	close(peer);
}

static const struct facts *only_record(const struct scene *scene)
{
	assert_non_null(fact(scene, "host.sockets"));
	assert_int_equal(fact(scene, "host.sockets")->count, 1);
	return fact(scene, "host.sockets")->records[0];
}

static void a_socket_is_told_with_its_owner(void **state)
{
	uint16_t port;
	int fd = open_at("::1", SOCK_STREAM, &port);
	const struct facts *record;

	prctl(PR_SET_NAME, "a b) [c]\nd");
	assert_exposure(*state, SUBJECT_TCP, port, "loopback");
	record = only_record(*state);
	assert_string_equal(cell(record, "protocol")->text, "tcp");
	assert_string_equal(cell(record, "address")->text, "::1");
	assert_int_equal(cell(record, "port")->integer, port);
	assert_string_equal(cell(record, "exposure")->text, "loopback");
	assert_string_equal(cell(record, "process")->text, "a b) [c]\\x0Ad");
	assert_int_equal(cell(record, "pid")->integer, getpid());
	assert_int_equal(cell(record, "processes")->integer, 1);
	assert_non_null(cell(record, "user"));
	close(fd);
}

static void a_shared_socket_is_the_elders(void **state)
{
	uint16_t port;
	int fd = open_at("127.0.0.1", SOCK_STREAM, &port), again = dup(fd);
	pid_t child = fork();
	const struct facts *record;

	if (!child) {
		pause();
		_exit(0);
	}
	assert_true(child > 0);
	assert_exposure(*state, SUBJECT_TCP, port, "loopback");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	record = only_record(*state);
	assert_int_equal(cell(record, "processes")->integer, 2);
	assert_int_equal(cell(record, "pid")->integer, child < getpid() ? child : getpid());
	close(again);
	close(fd);
}

static void what_nobody_wants_is_not_looked_for(void **state)
{
	uint16_t port;
	int fd = open_at("127.0.0.1", SOCK_STREAM, &port);
	struct request request = request_for(SUBJECT_TCP, port, port);

	request.wanted = 1;
	observe(*state, &request);
	assert_string_equal(fact(*state, "host.exposure")->text, "loopback");
	assert_null(fact(*state, "host.sockets"));
	close(fd);
}

static void several_look_at_the_same_time(void **state)
{
	enum { LOOKS = 20 };
	struct scene *scene = *state, others[LOOKS] = { { 0 } };
	const struct request request = request_for(SUBJECT_ANY, 1, 65535);
	uint16_t port;
	int fd = open_at("127.0.0.1", SOCK_STREAM, &port);

	for (size_t i = 0; i < LOOKS; i++)
		runner_start(scene->runner, arena_new(), &request, see, &others[i]);
	while (runner_busy(scene->runner))
		loop_turn(scene->loop, CLOCK_SECOND);
	for (size_t i = 0; i < LOOKS; i++) {
		assert_int_equal(others[i].seen->outcome.reason, REASON_NONE);
		assert_non_null(fact(&others[i], "host.sockets"));
		observation_free(others[i].seen);
	}
	close(fd);
}

/* What a prober says must be readable for the engine, however much it is. */
static void a_long_list_of_sockets_comes_back(void **state)
{
	const struct fact_descriptor *sockets = fact_named("host.sockets");
	struct facts *facts = facts_new(), *back = facts_new();
	struct writer out;
	struct reader in;

	(void)state;
	for (int64_t i = 0; i < FACT_RECORDS_MOST; i++)
		facts_set_integer(facts_add_record(facts, sockets), &sockets->columns[2], i);
	writer_grow_up_to(&out, 1 << 20);
	facts_encode(facts, &out);
	reader_init(&in, out.bytes, out.length);
	assert_true(writer_ok(&out));
	assert_true(facts_decode(&in, back));
	assert_int_equal(facts_get(back, sockets)->count, FACT_RECORDS_MOST);
	for (size_t i = 0; i < FACT_RECORDS_MOST; i++)
		assert_int_equal(cell(facts_get(back, sockets)->records[i], "port")->integer, i);
	facts_add_record(facts, sockets);
	writer_clear(&out);
	facts_encode(facts, &out);
	reader_init(&in, out.bytes, out.length);
	assert_false(facts_decode(&in, back));
	facts_free(facts);
	facts_free(back);
	writer_free(&out);
}

static void without_a_machine_it_says_so(void **state)
{
	struct scene *scene = *state;
	const struct request request = request_for(SUBJECT_TCP, 1, 1);

	runner_take_machine(scene->runner, NULL);
	runner_start(scene->runner, arena_new(), &request, see, scene);
	while (!scene->seen)
		loop_turn(scene->loop, CLOCK_SECOND);
	assert_string_equal(reason_word(scene->seen->outcome.reason), "unsupported");
	assert_non_null(scene->seen->detail);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_begin, scene_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(an_address_decides_how_exposed_a_port_is),
		SCENE(protocols_have_ports_of_their_own),
		SCENE(who_talks_to_one_peer_does_not_listen),
		SCENE(a_socket_is_told_with_its_owner),
		SCENE(a_shared_socket_is_the_elders),
		SCENE(what_nobody_wants_is_not_looked_for),
		SCENE(several_look_at_the_same_time),
		cmocka_unit_test(a_long_list_of_sockets_comes_back),
		SCENE(without_a_machine_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
