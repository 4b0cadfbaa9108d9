/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/snmp_scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/text.h"
#include "net/snmp.h"

enum {
	INTEGER = 0x02, OCTETS = 0x04, OBJECT = 0x06, SEQUENCE = 0x30, COUNTER = 0x41,
	TICKS = 0x43, END_OF_VIEW = 0x82, GET = 0xa0, GET_NEXT = 0xa1, RESPONSE = 0xa2,
	GET_BULK = 0xa5, REPORT = 0xa8
};
enum { ERROR_TOO_BIG = 1, ERROR_NO_SUCH_NAME = 2, ERROR_AUTHORIZATION = 16 };
enum { MESSAGE_MOST = 60000 };

struct bytes {
	uint8_t bytes[MESSAGE_MOST];
	size_t length;
};

struct asked {
	long version;
	char community[64];
	uint8_t command;
	uint32_t message, request;
	uint32_t repetitions;
	uint32_t row;		/* of the first name, when it is one of the list; else 0 */
};

/* BER, as much of it as a test needs. */

static struct reader take(struct reader *in, uint8_t tag)
{
	uint8_t found = reader_take_u8(in);
	size_t length = reader_take_u8(in);

	assert_int_equal(found, tag);
	if (length == 0x81)
		length = reader_take_u8(in);
	else if (length == 0x82)
		length = reader_take_u16be(in);
	assert_true(reader_ok(in));
	return reader_part(in, length);
}

static uint32_t take_number(struct reader *in)
{
	struct reader part = take(in, INTEGER);
	uint32_t number = 0;

	while (reader_left(&part))
		number = number << 8 | reader_take_u8(&part);
	return number;
}

static void put(struct writer *out, uint8_t tag, const void *bytes, size_t length)
{
	writer_put_u8(out, tag);
	writer_put_u8(out, 0x82);
	writer_put_u16be(out, (uint16_t)length);
	writer_put(out, bytes, length);
}

static void put_number(struct writer *out, uint8_t tag, uint32_t number)
{
	const uint8_t bytes[] = { 0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
				  (uint8_t)(number >> 8), (uint8_t)number };

	put(out, tag, bytes, sizeof bytes);
}

static void begin(struct writer *out, struct bytes *room)
{
	writer_init(out, room->bytes, sizeof room->bytes);
}

static void put_written(struct writer *out, uint8_t tag, const struct writer *written)
{
	put(out, tag, written->bytes, written->length);
}

static void put_variable(struct writer *out, const void *name, size_t name_length, uint8_t tag,
			 const void *value, size_t length)
{
	uint8_t room[512];
	struct writer part;

	writer_init(&part, room, sizeof room);
	put(&part, OBJECT, name, name_length);
	put(&part, tag, value, length);
	put_written(out, SEQUENCE, &part);
}

/* The list of software has the names 1.3.6.1.2.1.25.6.3.1.2.N, the last of two bytes. */
static const uint8_t column[] = { 0x2b, 6, 1, 2, 1, 25, 6, 3, 1, 2 };

static void put_row(struct writer *out, uint32_t row)
{
	uint8_t name[sizeof column + 3];
	char text[32];

	memcpy(name, column, sizeof column);
	name[sizeof column] = (uint8_t)(0x80 | row >> 14);
	name[sizeof column + 1] = (uint8_t)(0x80 | (row >> 7 & 0x7f));
	name[sizeof column + 2] = row & 0x7f;
	snprintf(text, sizeof text, "Program %u", 90000 - row);
	put_variable(out, name, sizeof name, OCTETS, text, strlen(text));
}

static void put_system(struct writer *out)
{
	static const uint8_t names[][8] = { { 0x2b, 6, 1, 2, 1, 1, 1, 0 },
					    { 0x2b, 6, 1, 2, 1, 1, 2, 0 },
					    { 0x2b, 6, 1, 2, 1, 1, 3, 0 },
					    { 0x2b, 6, 1, 2, 1, 1, 5, 0 } };

	put_variable(out, names[0], 8, OCTETS, "PBX\033 4", 6);
	put_variable(out, names[1], 8, OBJECT, "\x2b\6\1\4\1\x82\x37", 7);
	put_variable(out, names[2], 8, TICKS, "\x30\x39", 2);
	put_variable(out, names[3], 8, OCTETS, "pbx-hamburg", 11);
}

static uint32_t row_of(struct reader name)
{
	uint32_t row = 0;

	if (!reader_take_if(&name, column, sizeof column))
		return 0;
	while (reader_left(&name))
		row = row << 7 | (reader_take_u8(&name) & 0x7f);
	return row;
}

/* What follows the row that was asked, `count` of them. */
static void put_rows(struct writer *out, const struct habits *habits, uint32_t row, size_t count)
{
	static const uint8_t behind[] = { 0x2b, 6, 1, 2, 1, 25, 7, 0 };

	for (size_t i = 0; i < count; i++) {
		uint32_t next = habits->habit == STUCK	     ? 1
				: habits->habit == BACKWARDS ? 1000 - row - (uint32_t)i
							     : row + 1 + (uint32_t)i;

		if (habits->habit == HONEST && next == habits->rows + 1)
			put_variable(out, behind, sizeof behind, INTEGER, "\1", 1);
		else if (next > habits->rows && habits->habit != ENDLESS)
			put_variable(out, column, sizeof column, END_OF_VIEW, "", 0);
		else
			put_row(out, next);
	}
}

static uint32_t put_values(const struct snmp_scene *scene, const struct asked *asked,
			   struct writer *out)
{
	const struct habits *habits = scene->habits;
	size_t count = asked->command == GET_BULK ? asked->repetitions : 1;

	if (habits->denies)
		return ERROR_AUTHORIZATION;
	if (habits->habit == EMPTY_ANSWERS && asked->command != GET)
		return 0;
	if (asked->command == GET) {
		put_system(out);
		return 0;
	}
	if (habits->habit == TOO_BIG && count > habits->fits)
		return ERROR_TOO_BIG;
	if (asked->command == GET_NEXT && asked->row == habits->rows && habits->habit == HONEST)
		return ERROR_NO_SUCH_NAME;
	put_rows(out, habits, asked->row, habits->habit == GENEROUS ? 2 * count : count);
	return 0;
}

static void put_pdu(struct writer *out, uint8_t tag, uint32_t request, uint32_t error,
		    const struct writer *variables)
{
	static struct bytes room;
	struct writer part;

	begin(&part, &room);
	put_number(&part, INTEGER, request);
	put_number(&part, INTEGER, error);
	put_number(&part, INTEGER, 0);
	put_written(&part, SEQUENCE, variables);
	put_written(out, tag, &part);
}

static void answer_community(const struct snmp_scene *scene, const struct asked *asked,
			     struct writer *out)
{
	static struct bytes rooms[2];
	struct writer variables, message;
	uint32_t request = asked->request + (scene->habits->habit == OTHER_REQUEST), error;

	begin(&variables, &rooms[0]);
	begin(&message, &rooms[1]);
	error = put_values(scene, asked, &variables);
	put_number(&message, INTEGER, (uint32_t)asked->version);
	put(&message, OCTETS, asked->community, strlen(asked->community));
	put_pdu(&message, RESPONSE, request, error, &variables);
	put_written(out, SEQUENCE, &message);
}

static const uint8_t engine[] = { 0x80, 0, 0x1f, 0x88, 1, 2, 3, 4 };

static void put_security(struct writer *out)
{
	uint8_t rooms[2][256];
	struct writer part, whole;

	writer_init(&part, rooms[0], sizeof rooms[0]);
	writer_init(&whole, rooms[1], sizeof rooms[1]);
	put(&part, OCTETS, engine, sizeof engine);
	put_number(&part, INTEGER, 7);
	put_number(&part, INTEGER, 1234);
	for (int i = 0; i < 3; i++)
		put(&part, OCTETS, "", 0);
	put_written(&whole, SEQUENCE, &part);
	put_written(out, OCTETS, &whole);
}

static void put_report(struct writer *out, uint32_t request)
{
	static const uint8_t unknown_engines[] = { 0x2b, 6, 1, 6, 3, 15, 1, 1, 4, 0 };
	uint8_t rooms[2][512];
	struct writer variables, scoped;

	writer_init(&variables, rooms[0], sizeof rooms[0]);
	writer_init(&scoped, rooms[1], sizeof rooms[1]);
	put_variable(&variables, unknown_engines, sizeof unknown_engines, COUNTER, "\1", 1);
	put(&scoped, OCTETS, engine, sizeof engine);
	put(&scoped, OCTETS, "", 0);
	put_pdu(&scoped, REPORT, request, 0, &variables);
	put_written(out, SEQUENCE, &scoped);
}

static void answer_discovery(const struct snmp_scene *scene, const struct asked *asked,
			     struct writer *out)
{
	static struct bytes room;
	uint8_t head_room[64];
	struct writer head, message;

	begin(&message, &room);
	writer_init(&head, head_room, sizeof head_room);
	put_number(&head, INTEGER, asked->message + (scene->habits->habit == OTHER_REQUEST));
	put_number(&head, INTEGER, 65000);
	put(&head, OCTETS, "", 1);
	put_number(&head, INTEGER, 3);
	put_number(&message, INTEGER, 3);
	put_written(&message, SEQUENCE, &head);
	put_security(&message);
	put_report(&message, asked->request);
	put_written(out, SEQUENCE, &message);
}

static void read_pdu(struct reader *in, struct asked *asked)
{
	struct reader pdu, list, variable;

	asked->command = in->bytes[in->at];
	pdu = take(in, asked->command);
	asked->request = take_number(&pdu);
	take_number(&pdu);
	asked->repetitions = take_number(&pdu);
	list = take(&pdu, SEQUENCE);
	if (!reader_left(&list))
		return;
	variable = take(&list, SEQUENCE);
	asked->row = row_of(take(&variable, OBJECT));
}

static void read_question(struct reader *in, struct asked *asked)
{
	struct reader message = take(in, SEQUENCE), part;

	*asked = (struct asked){ .version = (long)take_number(&message) };
	if (asked->version == 3) {
		part = take(&message, SEQUENCE);
		asked->message = take_number(&part);
		take(&message, OCTETS);
		part = take(&message, SEQUENCE);
		take(&part, OCTETS);
		take(&part, OCTETS);
		read_pdu(&part, asked);
		return;
	}
	part = take(&message, OCTETS);
	assert_true(part.length < sizeof asked->community);
	memcpy(asked->community, part.bytes, part.length);
	read_pdu(&message, asked);
}

bool snmp_scene_answer(struct snmp_scene *scene, struct reader *in, struct writer *out)
{
	const struct habits *habits = scene->habits;
	const char *community = habits->community ? habits->community : "public";
	struct asked asked;

	read_question(in, &asked);
	scene->asked++;
	if (!(habits->versions & 1u << asked.version) ||
	    scene->asked_of[asked.version]++ < habits->deaf_to)
		return false;
	if (asked.version == 3)
		answer_discovery(scene, &asked, out);
	else if (!strcmp(asked.community, community))
		answer_community(scene, &asked, out);
	else
		return false;
	assert_true(writer_ok(out));
	return true;
}

static void was_asked(void *arg, unsigned what)
{
	static uint8_t question[MESSAGE_MOST];
	static struct bytes room;
	struct snmp_scene *scene = arg;
	const struct habits *habits = scene->habits;
	struct sockaddr_storage name;
	socklen_t length = sizeof name;
	ssize_t got = recvfrom(scene->fd, question, sizeof question, 0, (struct sockaddr *)&name,
			       &length);
	struct reader in;
	struct writer out;

	(void)what;
	if (got < 0)
		return;
	reader_init(&in, question, (size_t)got);
	begin(&out, &room);
	if (!snmp_scene_answer(scene, &in, &out))
		return;
	if (habits->habit == CUT)
		out.length = scene->damaged++ % out.length;
	if (habits->habit == CHANGED)
		out.bytes[scene->damaged++ % out.length] ^= habits->change;
	for (int i = 0; habits->habit == FLOODS && i < 100; i++)
		sendto(scene->fd, "rubbish", 7, 0, (struct sockaddr *)&name, length);
	sendto(habits->habit == OTHER_PORT ? scene->other_fd : scene->fd, out.bytes, out.length, 0,
	       (struct sockaddr *)&name, length);
}

static int open_socket(uint16_t *port)
{
	struct sockaddr_storage name;
	struct address address;
	socklen_t length;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(address_parse("127.0.0.1", &address));
	length = address_to_socket(&address, &name);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, length), 0);
	length = sizeof name;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, &address));
	*port = address.port;
	return fd;
}

void snmp_scene_begin(struct snmp_scene *scene, const struct habits *habits)
{
	const struct resolver_settings settings = { .hosts_file = "/dev/null" };
	uint16_t other;

	snmp_prepare();
	*scene = (struct snmp_scene){ .habits = habits, .loop = loop_new() };
	scene->resolver = resolver_new(scene->loop, &settings);
	scene->runner = runner_new(scene->loop, scene->resolver);
	scene->fd = open_socket(&scene->port);
	scene->other_fd = open_socket(&other);
	watch_start(&scene->watch, scene->loop, scene->fd, LOOP_READ, was_asked, scene);
}

void snmp_scene_end(struct snmp_scene *scene)
{
	runner_free(scene->runner);
	resolver_free(scene->resolver);
	watch_stop(&scene->watch);
	close(scene->fd);
	close(scene->other_fd);
	observation_free(scene->seen);
	loop_free(scene->loop);
}

struct request snmp_scene_request(const struct snmp_scene *scene, uint32_t timeout_ms)
{
	return (struct request){
		.collector = collector_named("snmp"),
		.subject = { .kind = SUBJECT_UDP, .first = scene->port, .last = scene->port,
			     .text = "udp/1" },
		.host = "127.0.0.1",
		.family = 4,
		.timeout_ms = timeout_ms
	};
}

static void see(void *arg, struct observation *observation)
{
	struct observation **seen = arg;

	observation_free(*seen);
	*seen = observation;
}

void snmp_scene_start(struct snmp_scene *scene, const struct request *request,
		      struct observation **seen)
{
	runner_start(scene->runner, arena_new(), request, see, seen);
}

void snmp_scene_look(struct snmp_scene *scene, const struct request *request)
{
	int64_t until_us = clock_monotonic_us() + 20 * CLOCK_SECOND;

	observation_free(scene->seen);
	scene->seen = NULL;
	snmp_scene_start(scene, request, &scene->seen);
	while (!scene->seen && clock_monotonic_us() < until_us)
		loop_turn(scene->loop, CLOCK_SECOND);
	assert_non_null(scene->seen);
}

void snmp_scene_assert(const struct snmp_scene *scene, const char *fact, const char *value)
{
	const struct fact *found = facts_get(scene->seen->facts, fact_named(fact));
	struct text said = { 0 };

	if (found)
		fact_describe(found, &said);
	if (value)
		assert_non_null(found);
	else
		assert_null(found);
	assert_string_equal(text_string(&said), value ? value : "");
	text_free(&said);
}

void snmp_scene_assert_outcome(const struct snmp_scene *scene, enum stage stage,
			       enum reason reason)
{
	assert_string_equal(reason_word(scene->seen->outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->seen->outcome.stage), stage_word(stage));
}
