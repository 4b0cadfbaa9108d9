/* SPDX-License-Identifier: Apache-2.0
 *
 * Each message between the engine and its faces there and back, cut at every byte, and with
 * every byte changed.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/ipc/frame.h"
#include "ground/memory.h"
#include "tests/unit/feed_samples.h"

static void begin(struct writer *out)
{
	writer_grow_up_to(out, 8 << 20);
}

static void begin_sample(struct writer *out, enum feed_kind kind)
{
	begin(out);
	sample_put(out, kind);
	assert_true(writer_ok(out));
}

/* The only message in it. */
static void body_of(const struct writer *out, enum feed_kind wanted, struct reader *body)
{
	struct reader in;
	uint8_t kind;

	reader_init(&in, out->bytes, out->length);
	assert_int_equal(frame_next(&in, &kind, body), 1);
	assert_int_equal(kind, wanted);
	assert_int_equal(reader_left(&in), 0);
}

static void start_body(struct writer *out, enum feed_kind kind, struct reader *body)
{
	begin_sample(out, kind);
	body_of(out, kind, body);
}

static void the_agent_comes_back(void **state)
{
	struct feed_agent agent;
	struct writer out;
	struct reader body;

	(void)state;
	start_body(&out, FEED_AGENT, &body);
	assert_true(feed_take_agent(&body, &agent));
	writer_free(&out);
	assert_string_equal(agent.version, "1.2.3");
	assert_true(agent.started_wall_us == sample_agent.started_wall_us);
	assert_int_equal(agent.loaded_wall_us, -5);
	assert_true(agent.config_valid && !agent.store_writable && agent.uplink_up);
	assert_true(agent.observations == sample_agent.observations);
	assert_int_equal(agent.late_s, 7);
	assert_int_equal(agent.told, 1);
	assert_int_equal(agent.untold, 2);
	assert_int_equal(agent.suppressed, 3);
	assert_true(agent.last_event == UINT64_MAX);
	feed_free(agent.version);
}

static void a_rule_comes_back(void **state)
{
	struct feed_rule rule;
	struct writer out;
	struct reader body;

	(void)state;
	start_body(&out, FEED_RULE, &body);
	assert_true(feed_take_rule(&body, &rule));
	writer_free(&out);
	assert_int_equal(rule.number, 17);
	assert_int_equal(rule.family, FEED_FAMILY_TLS);
	assert_string_equal(rule.name, sample_rule.name);
	assert_string_equal(rule.title, sample_rule.title);
	assert_string_equal(rule.because, sample_rule.because);
	assert_string_equal(rule.remedy, sample_rule.remedy);
	assert_string_equal(rule.otherwise_remedy, "");
	assert_string_equal(rule.reference, sample_rule.reference);
	feed_free(rule.name);
}

static void a_target_comes_back(void **state)
{
	struct feed_target target;
	struct writer out;
	struct reader body;

	(void)state;
	start_body(&out, FEED_TARGET, &body);
	assert_true(feed_take_target(&body, &target));
	writer_free(&out);
	assert_int_equal(target.number, 3);
	assert_int_equal(target.check, 44);
	assert_string_equal(target.name, sample_target.name);
	assert_string_equal(target.address, sample_target.address);
	assert_string_equal(target.profiles, sample_target.profiles);
	assert_int_equal(target.labels_length, sizeof sample_labels);
	assert_memory_equal(target.labels, sample_labels, sizeof sample_labels);
	assert_int_equal(target.vantage, VANTAGE_DMZ);
	assert_true(target.down);
	assert_int_equal(target.told, VERDICT_CRITICAL);
	assert_int_equal(target.raised, 12);
	feed_free(target.name);
}

static void a_sight_comes_back(void **state)
{
	struct feed_sight sight;
	struct writer out;
	struct reader body;

	(void)state;
	start_body(&out, FEED_SIGHT, &body);
	assert_true(feed_take_sight(&body, &sight));
	writer_free(&out);
	assert_int_equal(sight.number, 9);
	assert_int_equal(sight.observation->elapsed_us, 41234);
	assert_int_equal(sight.observation->outcome.reason, REASON_CLOSED_EARLY);
	assert_string_equal(facts_get(sight.observation->facts, fact_named("port.state"))->text,
			    "open");
	observation_free(sight.observation);
}

static void a_check_comes_back(void **state)
{
	struct feed_check check;
	struct writer out;
	struct reader body;

	(void)state;
	start_body(&out, FEED_CHECK, &body);
	assert_true(feed_take_check(&body, &check));
	writer_free(&out);
	assert_int_equal(check.number, 45);
	assert_int_equal(check.target, 3);
	assert_int_equal(check.rule, 17);
	assert_int_equal(check.sight, 9);
	assert_string_equal(check.name, sample_check.name);
	assert_string_equal(check.subject, sample_check.subject);
	assert_string_equal(check.expected, sample_check.expected);
	assert_string_equal(check.observed, sample_check.observed);
	assert_string_equal(check.reason, sample_check.reason);
	assert_string_equal(check.exception_reason, sample_check.exception_reason);
	assert_string_equal(check.exception_owner, sample_check.exception_owner);
	assert_int_equal(check.exception_until_us, 1);
	assert_int_equal(check.judged_wall_us, 2);
	assert_int_equal(check.since_wall_us, 3);
	assert_int_equal(check.raised, 13);
	assert_int_equal(check.port, 443);
	assert_int_equal(check.ip, 6);
	assert_int_equal(check.verdict, VERDICT_EXCEPTED);
	assert_int_equal(check.severity, SEVERITY_WARNING);
	assert_int_equal(check.told, VERDICT_UNKNOWN);
	assert_int_equal(check.expected_port, 2);
	assert_true(check.flaps && !check.held && check.unused_feature);
	feed_free(check.name);
}

static void an_event_to_be_told_comes_back(void **state)
{
	const struct event *want = &sample_event.event, *have;
	struct feed_event event;
	struct writer out;
	struct reader body;
	uint32_t sink;

	(void)state;
	start_body(&out, FEED_TELL, &body);
	assert_true(feed_take_tell(&body, &sink, &event));
	writer_free(&out);
	have = &event.event;
	assert_int_equal(sink, 2);
	assert_int_equal(have->number, 99);
	assert_int_equal(have->alarm, 98);
	assert_true(have->at_us == want->at_us);
	assert_int_equal(have->target, 3);
	assert_int_equal(have->check, 45);
	assert_int_equal(have->kind, EVENT_CHANGED);
	assert_int_equal(have->from, VERDICT_WARNING);
	assert_int_equal(have->to, VERDICT_CRITICAL);
	assert_int_equal(have->severity, SEVERITY_MINOR);
	assert_int_equal(have->cause, ALARM_BY_EXCEPTION);
	assert_true(!have->flaps && have->quiet);
	assert_string_equal(have->target_name, want->target_name);
	assert_string_equal(have->check_name, want->check_name);
	assert_string_equal(have->title, want->title);
	assert_string_equal(have->expected, want->expected);
	assert_string_equal(have->observed, want->observed);
	assert_string_equal(have->reason, want->reason);
	assert_string_equal(have->remedy, want->remedy);
	assert_int_equal(event.count, 20000);
	assert_true(event.storm);
	feed_free(have->target_name);
}

static void what_a_face_says_comes_back(void **state)
{
	struct text text = { 0 };
	struct fence_report report;
	struct writer out;
	struct reader body;
	uint64_t number;
	uint32_t sink;
	bool truth;

	(void)state;
	start_body(&out, FEED_TOLD, &body);
	assert_true(feed_take_told(&body, &sink, &number, &truth));
	assert_int_equal(sink, 2);
	assert_int_equal(number, 99);
	assert_true(truth);
	writer_free(&out);
	start_body(&out, FEED_READY, &body);
	assert_true(feed_take_ready(&body, &report));
	assert_int_equal(report.landlock, 7);
	assert_int_equal(report.user, 65534);
	writer_free(&out);
	start_body(&out, FEED_STATE, &body);
	assert_true(feed_take_state(&body, &truth, &text));
	assert_false(truth);
	assert_string_equal(text_string(&text), "no agentx socket");
	text_free(&text);
	writer_free(&out);
}

static void what_is_gone_comes_back_and_settings_are_any_bytes(void **state)
{
	enum feed_kind which;
	struct writer out;
	struct reader body;
	uint32_t number;

	(void)state;
	start_body(&out, FEED_GONE, &body);
	assert_true(feed_take_gone(&body, &which, &number));
	assert_int_equal(which, FEED_CHECK);
	assert_int_equal(number, 45);
	writer_free(&out);
	start_body(&out, FEED_SETTINGS, &body);
	assert_int_equal(reader_left(&body), 9);
	assert_memory_equal(reader_take(&body, 9), "\0settings", 9);
	writer_free(&out);
	start_body(&out, FEED_SETTLED, &body);
	assert_true(feed_take_mark(&body));
	writer_free(&out);
}

static void words_of_a_face_are_fit_for_a_log(void **state)
{
	struct text text = { 0 };
	struct writer out;
	struct reader body;
	bool good;

	(void)state;
	begin(&out);
	feed_put_state(&out, true, "\x1b[2J\nlevel=error");
	body_of(&out, FEED_STATE, &body);
	assert_true(feed_take_state(&body, &good, &text));
	assert_null(strpbrk(text_string(&text), "\x1b\n"));
	text_free(&text);
	writer_free(&out);
}

/* An e with an accent is two bytes, of which the first would be the last that fits. */
static void a_text_too_long_is_cut_between_characters(void **state)
{
	char *text = memory_new(FEED_TEXT_MOST + 10, 1);
	struct feed_check check = { .observed = text }, have;
	struct writer out;
	struct reader body;

	(void)state;
	memset(text, 'a', FEED_TEXT_MOST - 1);
	memcpy(text + FEED_TEXT_MOST - 1, "\xc3\xa9more", 6);
	begin(&out);
	feed_put_check(&out, &check);
	body_of(&out, FEED_CHECK, &body);
	assert_true(feed_take_check(&body, &have));
	assert_int_equal(strlen(have.observed), FEED_TEXT_MOST - 1);
	assert_string_equal(have.name, "");
	feed_free(have.name);
	writer_free(&out);
	free(text);
}

static void a_text_longer_than_any_is_refused(void **state)
{
	struct feed_agent agent;
	struct writer out;
	struct reader body;

	(void)state;
	begin(&out);
	writer_put_u16le(&out, FEED_TEXT_MOST + 1);
	for (int i = 0; i < FEED_TEXT_MOST + 1; i++)
		writer_put_u8(&out, 'a');
	writer_put_zeroes(&out, 63);
	reader_init(&body, out.bytes, out.length);
	assert_false(feed_take_agent(&body, &agent));
	writer_free(&out);
}

static void labels_go_in_pairs_or_not_at_all(void **state)
{
	static const char single[] = "site";
	enum { MANY = 20000 };
	char *many = memory_new(MANY, 1);
	struct feed_target target = { .vantage = VANTAGE_HOST, .labels = many,
				      .labels_length = MANY }, have;
	struct writer out;
	struct reader body;

	(void)state;
	for (int i = 0; i < MANY; i++)
		many[i] = i % 6 == 5 || i % 6 == 2 ? '\0' : 'a';
	begin(&out);
	feed_put_target(&out, &target);
	body_of(&out, FEED_TARGET, &body);
	assert_true(feed_take_target(&body, &have));
	assert_int_equal(have.labels_length, FEED_LABELS_MOST / 6 * 6);
	feed_free(have.name);
	writer_clear(&out);
	target.labels = single;
	target.labels_length = sizeof single;
	feed_put_target(&out, &target);
	body_of(&out, FEED_TARGET, &body);
	assert_true(feed_take_target(&body, &have));
	assert_int_equal(have.labels_length, 0);
	feed_free(have.name);
	writer_free(&out);
	free(many);
}

static void a_sight_too_large_for_a_frame_loses_its_facts(void **state)
{
	enum { NUMBERS = 600000 };
	struct observation *observation = observation_new();
	int64_t *numbers = memory_new(NUMBERS, sizeof *numbers);
	struct feed_sight sight;
	struct writer out;
	struct reader body;

	(void)state;
	facts_set_numbers(observation->facts, fact_named("port.open"), numbers, NUMBERS);
	begin(&out);
	feed_put_sight(&out, 1, observation);
	assert_true(writer_ok(&out));
	body_of(&out, FEED_SIGHT, &body);
	assert_true(feed_take_sight(&body, &sight));
	assert_int_equal(sight.observation->outcome.reason, REASON_TOO_MUCH);
	assert_int_equal(facts_count(sight.observation->facts), 0);
	observation_free(sight.observation);
	observation_free(observation);
	writer_free(&out);
	free(numbers);
}

/* The frame says it is complete, but its body is not. */
static void a_body_cut_anywhere_is_refused(void **state)
{
	(void)state;
	for (enum feed_kind kind = FEED_RESET; kind < FEED_END; kind++) {
		struct writer out;

		begin_sample(&out, kind);
		for (size_t length = FRAME_HEAD; length < out.length; length++) {
			uint8_t *copy = memory_new(length, 1);
			struct reader body;

			memcpy(copy, out.bytes, length);
			reader_init(&body, copy + FRAME_HEAD, length - FRAME_HEAD);
			assert_false(sample_take(kind, &body));
			free(copy);
		}
		writer_free(&out);
	}
}

static void a_body_that_goes_on_is_refused(void **state)
{
	(void)state;
	for (enum feed_kind kind = FEED_RESET; kind < FEED_END; kind++) {
		struct writer out;
		struct reader body;

		begin_sample(&out, kind);
		reader_init(&body, out.bytes + FRAME_HEAD, out.length - FRAME_HEAD);
		assert_true(sample_take(kind, &body));
		writer_put_u8(&out, 0);
		reader_init(&body, out.bytes + FRAME_HEAD, out.length - FRAME_HEAD);
		assert_false(sample_take(kind, &body));
		writer_free(&out);
	}
}

static void a_byte_changed_anywhere_does_no_harm(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff, 0x20 };
	size_t refused = 0;

	(void)state;
	for (enum feed_kind kind = FEED_RESET; kind < FEED_END; kind++) {
		struct writer out;

		begin_sample(&out, kind);
		for (size_t i = 0; i < (out.length - FRAME_HEAD) * 4; i++) {
			size_t length = out.length - FRAME_HEAD;
			uint8_t *copy = memory_new(length, 1);
			struct reader body;

			memcpy(copy, out.bytes + FRAME_HEAD, length);
			copy[i / 4] ^= changes[i % 4];
			reader_init(&body, copy, length);
			refused += !sample_take(kind, &body);
			free(copy);
		}
		writer_free(&out);
	}
	assert_true(refused > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_agent_comes_back),
		cmocka_unit_test(a_rule_comes_back),
		cmocka_unit_test(a_target_comes_back),
		cmocka_unit_test(a_sight_comes_back),
		cmocka_unit_test(a_check_comes_back),
		cmocka_unit_test(an_event_to_be_told_comes_back),
		cmocka_unit_test(what_a_face_says_comes_back),
		cmocka_unit_test(what_is_gone_comes_back_and_settings_are_any_bytes),
		cmocka_unit_test(words_of_a_face_are_fit_for_a_log),
		cmocka_unit_test(a_text_too_long_is_cut_between_characters),
		cmocka_unit_test(a_text_longer_than_any_is_refused),
		cmocka_unit_test(labels_go_in_pairs_or_not_at_all),
		cmocka_unit_test(a_sight_too_large_for_a_frame_loses_its_facts),
		cmocka_unit_test(a_body_cut_anywhere_is_refused),
		cmocka_unit_test(a_body_that_goes_on_is_refused),
		cmocka_unit_test(a_byte_changed_anywhere_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
