/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/daemon/sink_text.h"
#include "ground/clock.h"
#include "tests/unit/sink_events.h"
#include "tests/unit/sink_scene.h"

enum { HOSTILE_EVENTS = 15000, DATAGRAM_MOST = 65536, FIELDS_MOST = 32 };

struct field {
	char name[64];
	const char *value;
	size_t length;
};

struct fields {
	char bytes[DATAGRAM_MOST];
	struct field list[FIELDS_MOST];
	size_t count;
};

static struct voice opened(const struct sink_scene *scene)
{
	const struct sink_setting setting = { .name = "journal", .kind = SINK_JOURNAL,
					      .socket = scene->path };

	return sink_open(scene->loop, &setting);
}

/* Of letters, digits and _, and none that the journal would not take from us. */
static void expect_name(const char *name, size_t length)
{
	assert_in_range(length, 1, 63);
	assert_true(isupper((unsigned char)*name));
	for (size_t i = 0; i < length; i++)
		assert_true(isupper((unsigned char)name[i]) || isdigit((unsigned char)name[i]) ||
			    name[i] == '_');
}

/* One field by the rules of systemd's JOURNAL_NATIVE_PROTOCOL; what is behind it. */
static const char *take_field(struct field *field, const char *at, const char *end)
{
	const char *line = memchr(at, '\n', (size_t)(end - at)), *equals;
	size_t name;

	assert_non_null(line);
	equals = memchr(at, '=', (size_t)(line - at));
	name = (size_t)((equals ? equals : line) - at);
	expect_name(at, name);
	memcpy(field->name, at, name);
	field->name[name] = '\0';
	if (equals) {
		field->value = equals + 1;
		field->length = (size_t)(line - field->value);
		return line + 1;
	}
	assert_true(end - line > 9);
	field->length = 0;
	for (unsigned i = 0; i < 8; i++)
		field->length |= (size_t)(unsigned char)line[1 + i] << 8 * i;
	field->value = line + 9;
	assert_true(field->length < (size_t)(end - field->value));
	assert_int_equal(field->value[field->length], '\n');
	return field->value + field->length + 1;
}

static void receive(int fd, struct fields *fields)
{
	ssize_t length = recv(fd, fields->bytes, sizeof fields->bytes, MSG_TRUNC);
	const char *at = fields->bytes, *end = at + length;

	assert_in_range(length, 1, sizeof fields->bytes);
	for (fields->count = 0; at < end; fields->count++) {
		assert_true(fields->count < FIELDS_MOST);
		at = take_field(&fields->list[fields->count], at, end);
	}
	assert_ptr_equal(at, end);
}

static const struct field *find(const struct fields *fields, const char *name)
{
	const struct field *found = NULL;

	for (size_t i = 0; i < fields->count; i++) {
		if (strcmp(fields->list[i].name, name) != 0)
			continue;
		assert_null(found);
		found = &fields->list[i];
	}
	return found;
}

static void expect(const struct fields *fields, const char *name, const char *value)
{
	const struct field *field = find(fields, name);

	if (!value) {
		assert_null(field);
		return;
	}
	assert_non_null(field);
	assert_int_equal(field->length, strlen(value));
	assert_memory_equal(field->value, value, field->length);
}

static void every_part_of_an_event_is_a_field(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_DGRAM);
	struct voice voice = opened(scene);
	struct event event = sink_event();
	struct fields fields;

	assert_true(sink_told(scene, &voice, &event));
	receive(fd, &fields);
	assert_int_equal(fields.count, 21);
	assert_non_null(strstr(find(&fields, "MESSAGE")->value,
			       "pbx-hamburg tls/tcp-443/versions: critical: observed TLS1.0"));
	expect(&fields, "PRIORITY", "2");
	expect(&fields, "SYSLOG_FACILITY", "3");
	expect(&fields, "SYSLOG_IDENTIFIER", "ucposture");
	expect(&fields, "MESSAGE_ID", "343475fc27b545db84ea6ea4799e9e34");
	expect(&fields, "UCPOSTURE_EVENT", "17");
	expect(&fields, "UCPOSTURE_ALARM", "12");
	expect(&fields, "UCPOSTURE_KIND", "changed");
	expect(&fields, "UCPOSTURE_AT", "2026-09-21T14:13:20Z");
	expect(&fields, "UCPOSTURE_TARGET", "pbx-hamburg");
	expect(&fields, "UCPOSTURE_CHECK", "tls/tcp-443/versions");
	expect(&fields, "UCPOSTURE_FROM", "warning");
	expect(&fields, "UCPOSTURE_VERDICT", "critical");
	expect(&fields, "UCPOSTURE_SEVERITY", "critical");
	expect(&fields, "UCPOSTURE_CAUSE", "result");
	expect(&fields, "UCPOSTURE_FLAPPING", "0");
	expect(&fields, "UCPOSTURE_TITLE", "TLS 1.0 cannot be used");
	expect(&fields, "UCPOSTURE_EXPECTED", "no TLS1.0");
	expect(&fields, "UCPOSTURE_OBSERVED", "TLS1.0 TLS1.2");
	expect(&fields, "UCPOSTURE_REASON", "violated");
	expect(&fields, "UCPOSTURE_REMEDY", "Switch it off");
	voice.close(voice.arg);
	close(fd);
}

static void lines_stay_lines_and_what_is_empty_is_no_field(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_DGRAM);
	struct voice voice = opened(scene);
	struct event event = sink_event();
	struct fields fields;

	event.alarm = 0;
	event.kind = EVENT_AGENT;
	event.check_name = event.expected = "";
	event.reason = NULL;
	event.remedy = "first\n\n\tsecond \x1b[31m\nPRIORITY=0\n";
	event.observed = "\nPRIORITY=0";
	event.title = "=a=b";
	assert_true(sink_told(scene, &voice, &event));
	receive(fd, &fields);
	expect(&fields, "UCPOSTURE_ALARM", NULL);
	expect(&fields, "UCPOSTURE_CHECK", NULL);
	expect(&fields, "UCPOSTURE_EXPECTED", NULL);
	expect(&fields, "UCPOSTURE_REASON", NULL);
	expect(&fields, "UCPOSTURE_TITLE", "=a=b");
	expect(&fields, "UCPOSTURE_REMEDY", "first\n\n\\x09second \\x1B[31m\nPRIORITY=0\n");
	expect(&fields, "UCPOSTURE_OBSERVED", "\nPRIORITY=0");
	expect(&fields, "PRIORITY", "2");
	voice.close(voice.arg);
	close(fd);
}

static void the_longest_event_fits_into_one_datagram(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_DGRAM);
	struct voice voice = opened(scene);
	struct event event = sink_event();
	struct fields fields;
	struct text longest = { 0 };

	for (int i = 0; i < 100000; i++)
		text_add(&longest, "x\n\xc3\xbc\x01");
	event.target_name = event.check_name = event.title = event.expected = event.observed =
		event.reason = event.remedy = text_string(&longest);
	assert_true(sink_told(scene, &voice, &event));
	receive(fd, &fields);
	for (size_t i = 0; i < fields.count; i++) {
		assert_true(fields.list[i].length <= 2048);
		assert_true(is_harmless(fields.list[i].value, fields.list[i].length, "\n"));
	}
	assert_in_range(find(&fields, "UCPOSTURE_REMEDY")->length, 2040, 2048);
	assert_memory_equal(find(&fields, "UCPOSTURE_REMEDY")->value +
				    find(&fields, "UCPOSTURE_REMEDY")->length - 3, "…", 3);
	text_free(&longest);
	voice.close(voice.arg);
	close(fd);
}

static void each_kind_has_an_identity_of_its_own(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_DGRAM);
	struct voice voice = opened(scene);
	char seen[EVENT_KIND_COUNT][33] = { { 0 } };

	for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		struct event event = sink_event();
		const struct field *identity;
		struct fields fields;

		event.kind = (uint8_t)kind;
		assert_true(sink_told(scene, &voice, &event));
		receive(fd, &fields);
		identity = find(&fields, "MESSAGE_ID");
		assert_int_equal(identity->length, 32);
		memcpy(seen[kind], identity->value, 32);
		assert_int_equal(strspn(seen[kind], "0123456789abcdef"), 32);
		for (unsigned i = 0; i < kind; i++)
			assert_string_not_equal(seen[i], seen[kind]);
	}
	voice.close(voice.arg);
	close(fd);
}

static void a_journal_that_is_away_has_taken_nothing(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene);
	struct event event = sink_event();
	struct fields fields;
	int fd;

	assert_false(sink_told(scene, &voice, &event));
	fd = listen_here(scene, SOCK_DGRAM);
	assert_true(sink_told(scene, &voice, &event));
	receive(fd, &fields);
	assert_non_null(strstr(text_string(&scene->log), "takes events again"));
	voice.close(voice.arg);
	close(fd);
}

static void no_hostile_string_becomes_another_field_or_a_control_byte(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_DGRAM);
	struct voice voice = opened(scene);

	for (unsigned i = 0; i < HOSTILE_EVENTS; i++) {
		const struct event event = hostile_event(i);
		const char *const texts[] = { event.target_name, event.check_name, event.title,
					      event.expected,	 event.observed,   event.reason,
					      event.remedy };
		size_t given = 14;	/* the others */
		struct fields fields;

		for (size_t j = 0; j < 7; j++)
			given += *texts[j] != '\0';
		assert_true(sink_told(scene, &voice, &event));
		receive(fd, &fields);
		assert_int_equal(fields.count, given);
		for (size_t j = 0; j < fields.count; j++) {
			const struct field *field = &fields.list[j];

			assert_true(is_harmless(field->value, field->length,
						strcmp(field->name, "MESSAGE") ? "\n" : ""));
		}
	}
	voice.close(voice.arg);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SINK_TEST(every_part_of_an_event_is_a_field),
		SINK_TEST(lines_stay_lines_and_what_is_empty_is_no_field),
		SINK_TEST(the_longest_event_fits_into_one_datagram),
		SINK_TEST(each_kind_has_an_identity_of_its_own),
		SINK_TEST(a_journal_that_is_away_has_taken_nothing),
		SINK_TEST(no_hostile_string_becomes_another_field_or_a_control_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
