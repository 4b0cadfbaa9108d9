/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dns_scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum { QUESTION_MOST = 512 };

static int socket_of(int type, struct address *address)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(address, &name);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (bind(fd, (struct sockaddr *)&name, length)) {
		close(fd);
		return -1;
	}
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, address));
	return fd;
}

static void compose(const struct part *part, const struct dns_question *question,
		    struct message *message)
{
	unsigned flags = FLAGS_REPLY | part->flags;

	if (question->type == DNS_TYPE_AAAA)
		flags |= part->flags_of_aaaa;
	if (part->many)
		message_answer_many(message, question, part->many);
	else
		message_answer(message, question, flags, part->records ? part->records : "");
}

/* The ways in which an answer can be somebody else's. */
static void send_stranger(const struct server *server, const struct dns_question *question,
			  enum act act, const struct sockaddr_storage *name, socklen_t length)
{
	struct dns_question asked = *question;
	struct message message;

	if (act == WRONG_ID)
		asked.id ^= 1;
	if (act == WRONG_QUESTION)
		asked = question_for("other.example", question->type, question->id);
	message_answer(&message, &asked, FLAGS_REPLY, "pbx.example 1 A 10.66.66.66");
	sendto(act == OTHER_PORT ? server->other : server->udp, message.bytes, message.length, 0,
	       (const struct sockaddr *)name, length);
}

static bool is_silent(const struct server *server, const struct dns_question *question)
{
	const struct scene *scene = server->scene;
	size_t times = 0;

	for (size_t i = 0; i < scene->asked_count; i++)
		times += &scene->servers[scene->asked[i].server] == server &&
			 scene->asked[i].type == question->type;
	switch (server->part->act) {
	case SILENCE:
	case WRONG_ID:
	case WRONG_QUESTION:
	case OTHER_PORT:
		return true;
	case SILENCE_ABOUT_AAAA:
		return question->type == DNS_TYPE_AAAA;
	case SILENCE_AT_FIRST:
		return times < 2;
	default:
		return false;
	}
}

static void answer(const struct server *server, const struct dns_question *question,
		   const struct sockaddr_storage *name, socklen_t length)
{
	enum act act = server->part->act;
	struct message message;

	for (enum act way = WRONG_ID; way <= OTHER_PORT; way++)
		if (act == way || act == STRANGERS_FIRST)
			send_stranger(server, question, way, name, length);
	if (is_silent(server, question))
		return;
	if (act == TRUNCATE || act == TRUNCATE_ALWAYS)
		message_answer(&message, question, FLAGS_REPLY | FLAG_TC, "");
	else if (act == REFUSE_EDNS && !question->plain)
		message_answer(&message, question, FLAGS_REPLY | DNS_RCODE_FORMERR, "");
	else
		compose(server->part, question, &message);
	message.length -= act == CUT;
	sendto(server->udp, message.bytes, message.length, 0, (const struct sockaddr *)name,
	       length);
}

static void datagram_has_come(void *arg, unsigned what)
{
	struct server *server = arg;
	struct scene *scene = server->scene;
	struct sockaddr_storage name;
	socklen_t length = sizeof name;
	uint8_t bytes[QUESTION_MOST];
	struct dns_question question;
	struct address from;
	ssize_t got = recvfrom(server->udp, bytes, sizeof bytes, 0, (struct sockaddr *)&name,
			       &length);

	(void)what;
	assert_true(got > 0 && message_read_question(bytes, (size_t)got, &question));
	assert_true(address_from_socket(&name, &from));
	assert_true(scene->asked_count < ASKED_MOST);
	scene->asked[scene->asked_count].id = question.id;
	scene->asked[scene->asked_count].port = from.port;
	scene->asked[scene->asked_count].type = question.type;
	scene->asked[scene->asked_count++].server = (size_t)(server - scene->servers);
	server->over_udp++;
	answer(server, &question, &name, length);
}

static void question_has_come(void *arg, unsigned what)
{
	struct server *server = arg;
	const struct part *part = server->part;
	uint8_t bytes[QUESTION_MOST], room[2 + MESSAGE_ROOM];
	struct dns_question question;
	struct message message;
	size_t length;
	ssize_t got = recv(server->connection, bytes, sizeof bytes, 0);

	(void)what;
	watch_stop(&server->connection_watch);
	assert_true(got > 2 && got == 2 + (bytes[0] << 8 | bytes[1]));
	assert_true(message_read_question(bytes + 2, (size_t)got - 2, &question));
	server->over_tcp++;
	compose(part, &question, &message);
	if (part->act == TRUNCATE_ALWAYS)
		message.bytes[2] |= FLAG_TC >> 8;
	room[0] = (uint8_t)(message.length >> 8);
	room[1] = (uint8_t)message.length;
	memcpy(room + 2, message.bytes, message.length);
	length = message.length + 2;
	if (part->cuts_tcp && part->cut < length)
		length = part->cut;
	assert_int_equal(send(server->connection, room, length, MSG_NOSIGNAL), length);
	close(server->connection);
	server->connection = -1;
	watch_start(&server->tcp_watch, server->scene->loop, server->tcp, LOOP_READ,
		    server->tcp_watch.ready, server);
}

/* One at a time. */
static void connection_has_come(void *arg, unsigned what)
{
	struct server *server = arg;

	(void)what;
	watch_stop(&server->tcp_watch);
	server->connection = accept(server->tcp, NULL, NULL);
	assert_true(server->connection >= 0);
	watch_start(&server->connection_watch, server->scene->loop, server->connection, LOOP_READ,
		    question_has_come, server);
}

/* Both protocols on one port. */
static void open_server(struct server *server, size_t index)
{
	struct address address, other;
	char host[ADDRESS_ROOM];

	snprintf(host, sizeof host, "127.0.0.%zu", index + 1);
	for (int tries = 0; tries < 50; tries++) {
		assert_true(address_parse(host, &address));
		other = address;
		server->udp = socket_of(SOCK_DGRAM, &address);
		server->tcp = socket_of(SOCK_STREAM, &address);
		if (server->tcp >= 0)
			break;
		close(server->udp);
	}
	assert_true(server->tcp >= 0);
	assert_int_equal(listen(server->tcp, 8), 0);
	server->other = socket_of(SOCK_DGRAM, &other);
	server->connection = -1;
	address_format_with_port(&address, server->place);
}

static void close_server(struct server *server)
{
	watch_stop(&server->udp_watch);
	watch_stop(&server->tcp_watch);
	watch_stop(&server->connection_watch);
	close(server->other);
	if (server->connection >= 0)
		close(server->connection);
	if (server->part->act == ABSENT)
		return;
	close(server->udp);
	close(server->tcp);
}

void scene_begin(struct scene *scene, const struct part *parts, size_t count)
{
	struct text servers = { 0 };
	struct resolver_settings settings = { .hosts_file = "/dev/null",
					      .resolv_conf = "/dev/null" };

	*scene = (struct scene){ .loop = loop_new(), .count = count };
	for (size_t i = 0; i < count; i++) {
		struct server *server = &scene->servers[i];

		server->scene = scene;
		server->part = &parts[i];
		open_server(server, i);
		text_add_item(&servers, ",", server->place);
		if (server->part->is_listed_twice)
			text_add_item(&servers, ",", server->place);
		if (server->part->act == ABSENT) {
			close(server->udp);
			close(server->tcp);
			continue;
		}
		watch_start(&server->udp_watch, scene->loop, server->udp, LOOP_READ,
			    datagram_has_come, server);
		watch_start(&server->tcp_watch, scene->loop, server->tcp, LOOP_READ,
			    connection_has_come, server);
	}
	settings.servers = count ? text_string(&servers) : "nobody";
	scene->resolver = resolver_new(scene->loop, &settings);
	scene->runner = runner_new(scene->loop, scene->resolver);
	text_free(&servers);
}

void scene_end(struct scene *scene)
{
	runner_free(scene->runner);
	resolver_free(scene->resolver);
	for (size_t i = 0; i < scene->count; i++)
		close_server(&scene->servers[i]);
	observation_free(scene->seen);
	loop_free(scene->loop);
}

static void see(void *arg, struct observation *observation)
{
	struct scene *scene = arg;

	scene->seen = observation;
}

struct request request_for(const char *name)
{
	return (struct request){
		.collector = collector_named("dns"),
		.subject = { .kind = SUBJECT_NAME, .text = name },
		.host = "",
		.timeout_ms = TIMEOUT_MS
	};
}

void begin(struct scene *scene, const struct request *request)
{
	runner_start(scene->runner, arena_new(), request, see, scene);
}

void observe(struct scene *scene, const struct request *request)
{
	int64_t until_us = clock_monotonic_us() + 10 * CLOCK_SECOND;

	begin(scene, request);
	while (!scene->seen && clock_monotonic_us() < until_us)
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	assert_non_null(scene->seen);
}

/* Places become s1, s2 and so on. */
static void add_named(const struct scene *scene, const char *string, struct text *out)
{
	while (*string) {
		size_t length = strcspn(string, " "), i = 0;

		while (i < scene->count && (strlen(scene->servers[i].place) != length ||
					    strncmp(scene->servers[i].place, string, length) != 0))
			i++;
		if (i < scene->count)
			text_add_format(out, "s%zu", i + 1);
		else
			text_add_bytes(out, string, length);
		string += length;
		if (*string)
			text_add_char(out, *string++);
	}
}

static void add_fact(const struct scene *scene, const struct fact *fact, const char *name,
		     struct text *out)
{
	struct text value = { 0 };

	if (fact->about->type == FACT_REAL) {
		assert_true(fact->real >= 0 && fact->real < 10);
		return;
	}
	if (out->length && out->bytes[out->length - 1] != ' ')
		text_add(out, !strncmp(name, "server", 6) || strchr(fact->about->name, '.') ? "; "
											 : " ");
	text_add_format(out, "%s=", name);
	fact_describe(fact, &value);
	add_named(scene, text_string(&value), out);
	text_free(&value);
}

void assert_facts(const struct scene *scene, const char *expected)
{
	struct text text = { 0 };

	for (size_t i = 0; i < facts_count(scene->seen->facts); i++) {
		const struct fact *fact = facts_at(scene->seen->facts, i);

		if (fact->about->type != FACT_RECORDS)
			add_fact(scene, fact, fact->about->name + strlen("dns."), &text);
	}
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

void assert_answers(const struct scene *scene, const char *expected)
{
	const struct fact *answers = facts_get(scene->seen->facts, fact_named("dns.answers"));
	struct text text = { 0 };

	assert_non_null(answers);
	for (size_t i = 0; i < answers->count; i++) {
		const struct facts *record = answers->records[i];

		for (size_t j = 0; j < facts_count(record); j++) {
			const char *name = facts_at(record, j)->about->name;

			add_fact(scene, facts_at(record, j),
				 !strcmp(name, "server") ? name : name + strlen("server_"), &text);
		}
	}
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

void assert_outcome(const struct scene *scene, enum stage stage, enum reason reason)
{
	assert_string_equal(reason_word(scene->seen->outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->seen->outcome.stage), stage_word(stage));
}

void play(const struct part *parts, size_t count, const char *facts, enum stage stage,
	  enum reason reason)
{
	const struct request request = request_for(NAME);
	struct scene scene;

	scene_begin(&scene, parts, count);
	observe(&scene, &request);
	assert_outcome(&scene, stage, reason);
	assert_facts(&scene, facts);
	scene_end(&scene);
}
