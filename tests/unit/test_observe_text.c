/* SPDX-License-Identifier: Apache-2.0
 *
 * What people read of an observation, letter by letter, on screens of several kinds.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/cli/observe_text.h"
#include "collectors/certificate_facts.h"
#include "collectors/collector.h"
#include "collectors/host.h"
#include "collectors/reach.h"
#include "collectors/tls_facts.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "tests/unit/made_observations.h"

static const struct row *const *tables(void)
{
	static const struct row *list[5];

	list[0] = observe_tls_rows();
	list[1] = observe_certificate_rows();
	list[2] = observe_reach_rows();
	list[3] = observe_host_rows();
	return list;
}

static size_t rows_that_tell(const char *fact)
{
	size_t count = 0;

	for (size_t table = 0; tables()[table]; table++)
		for (const struct row *row = tables()[table]; row->label; row++)
			for (size_t i = 0; i < ROW_FACTS && row->facts[i]; i++)
				count += !strcmp(row->facts[i], fact);
	return count;
}

static void every_fact_that_tables_tell_has_one_row(void **state)
{
	size_t facts = 0, told = 0;

	(void)state;
	for (const struct fact_descriptor *fact = tls_fact_table; fact->name; fact++, facts++)
		assert_int_equal(rows_that_tell(fact->name), 1);
	for (const struct fact_descriptor *fact = certificate_fact_table; fact->name;
	     fact++, facts++)
		assert_int_equal(rows_that_tell(fact->name), 1);
	for (const struct fact_descriptor *fact = reach_collector.facts; fact->name;
	     fact++, facts++)
		assert_int_equal(rows_that_tell(fact->name), 1);
	for (const struct fact_descriptor *fact = host_collector.facts; fact->name;
	     fact++, facts++)
		assert_int_equal(rows_that_tell(fact->name), 1);
	for (size_t table = 0; tables()[table]; table++)
		for (const struct row *row = tables()[table]; row->label; row++)
			for (size_t i = 0; i < ROW_FACTS && row->facts[i]; i++)
				told++;
	/* And no row tells a fact that nobody has. */
	assert_int_equal(told, facts);
}

static char *tell(const struct made_observation *made, unsigned width, bool verbose)
{
	const struct screen screen = { .width = width };
	struct text out = { 0 };

	observe_add_text(&screen, &made->request, made->seen, verbose, &out);
	return text_take(&out);
}

static void no_line_is_wider_than_the_screen(void **state)
{
	(void)state;
	for (const char *const *name = made_observations(); *name; name++) {
		struct made_observation *made = made_observation(*name);

		for (unsigned width = 40; width <= 200; width += 8) {
			char *told = tell(made, width, true);
			/* The first line, as every command's, is as long as it is. */
			const char *line = strchr(told, '\n') + 1;

			for (; *line; line += strcspn(line, "\n") + 1)
				assert_true(strcspn(line, "\n") <= width);
			free(told);
		}
		made_observation_free(made);
	}
}

static void every_word_of_a_fact_is_told_in_a_sentence(void **state)
{
	static const enum certificate_fact facts[] = { CERT_TRUST_ERROR, CERT_OCSP_STAPLE };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct fact_descriptor *about = certificate_fact(facts[i]);

		for (const char *const *word = about->words; *word; word++) {
			struct made_observation *made = made_observation("certificate-vendor");
			struct text same = { 0 };
			char *told;

			facts_set_text(made->seen->facts, about, *word);
			told = tell(made, 200, false);
			text_add_format(&same, "%s: %s", *word, *word);
			assert_non_null(strstr(told, *word));
			assert_null(strstr(told, text_string(&same)));
			text_free(&same);
			free(told);
			made_observation_free(made);
		}
	}
}

/* Whatever was asked for alone, something is said. */
static void each_fact_can_be_told_alone(void **state)
{
	(void)state;
	for (const char *const *name = made_observations(); *name; name++) {
		struct made_observation *whole = made_observation(*name);

		for (size_t at = 0; at < facts_count(whole->seen->facts); at++) {
			const struct fact_descriptor *about =
				facts_at(whole->seen->facts, at)->about;
			struct made_observation *made = made_observation(*name);
			char *told, *nothing;

			for (size_t i = facts_count(made->seen->facts); i-- > 0;)
				if (facts_at(made->seen->facts, i)->about != about)
					facts_drop(made->seen->facts,
						   facts_at(made->seen->facts, i)->about);
			assert_int_equal(facts_count(made->seen->facts), 1);
			told = tell(made, 80, false);
			facts_drop(made->seen->facts, about);
			nothing = tell(made, 80, false);
			assert_true(strlen(told) > strlen(nothing));
			free(told);
			free(nothing);
			made_observation_free(made);
		}
		made_observation_free(whole);
	}
}

static void what_a_stranger_says_cannot_command_the_terminal(void **state)
{
	struct made_observation *made = made_observation("certificate");
	static const char *const names[] = { "\x1b[2Jpbx\r\n\tok", "\xe2\x80\xae" "abc" };
	char *told;

	(void)state;
	facts_set_texts(made->seen->facts, certificate_fact(CERT_NAMES), names, 2);
	facts_set_text(made->seen->facts, certificate_fact(CERT_SUBJECT), "CN=\x1b]0;x\x07");
	facts_set_text(made->seen->facts, certificate_fact(CERT_KEY), "\x08\x08");
	told = tell(made, 80, false);
	for (const char *c = told; *c; c++)
		assert_true((*c >= ' ' && *c < 0x7f) || *c == '\n');
	free(told);
	made_observation_free(made);
}

static void a_fact_without_a_row_is_told_by_its_name(void **state)
{
	static const struct fact_descriptor about = { .name = "new.fact", .type = FACT_REAL,
						      .unit = "seconds", .help = "New." };
	struct made_observation *made = made_observation("tls");
	char *told;

	(void)state;
	facts_set_real(made->seen->facts, &about, 0.041);
	told = tell(made, 80, true);
	assert_non_null(strstr(told, "new.fact                41.0 ms\n"));
	assert_non_null(strstr(told, "New.\n"));
	free(told);
	made_observation_free(made);
}

static void what_knows_no_version_of_ip_names_none(void **state)
{
	struct made_observation *made = made_observation("tls");
	struct text document = { 0 };
	struct json json;
	char *told = tell(made, 80, false);

	(void)state;
	assert_non_null(strstr(told, ", IPv"));
	free(told);
	made->request.family = 0;
	told = tell(made, 80, false);
	assert_null(strstr(told, "IPv"));
	free(told);
	json_begin(&json, &document, false);
	observation_to_json(made->seen, &made->request, &json, NULL);
	assert_non_null(strstr(text_string(&document), "\"family\":null,"));
	text_free(&document);
	made_observation_free(made);
}

static void assert_reach_tells(const struct made_observation *made, const char *line)
{
	char *told = tell(made, 80, false);

	assert_non_null(strstr(told, line));
	free(told);
}

static void whether_somebody_is_reached_is_told_in_a_line(void **state)
{
	struct made_observation *made = made_observation("certificate");
	struct facts *facts = made->seen->facts;

	(void)state;
	facts_set_text(facts, fact_named("reach.path"), "direct");
	assert_reach_tells(made, "  Reached           cannot be said; directly\n");
	facts_set_boolean(facts, fact_named("reach.ok"), true);
	assert_reach_tells(made, "  Reached           yes, directly\n");
	facts_set_integer(facts, fact_named("reach.status"), 503);
	assert_reach_tells(made, "  Reached           yes, directly, with status 503\n");
	facts_set_text(facts, fact_named("reach.path"), "proxy");
	facts_set_boolean(facts, fact_named("reach.ok"), false);
	facts_set_text(facts, fact_named("reach.stage"), "connect");
	facts_set_text(facts, fact_named("reach.reason"), "refused");
	assert_reach_tells(made, "  Reached        !  no, through the proxy: refused at connect\n");
	facts_set_real(facts, fact_named("reach.seconds"), 0.015);
	facts_set_real(facts, fact_named("reach.tls_seconds"), 0.005);
	assert_reach_tells(made, "  Time              15.0 ms; TLS 5.0 ms\n");
	made_observation_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fact_that_tables_tell_has_one_row),
		cmocka_unit_test(whether_somebody_is_reached_is_told_in_a_line),
		cmocka_unit_test(no_line_is_wider_than_the_screen),
		cmocka_unit_test(every_word_of_a_fact_is_told_in_a_sentence),
		cmocka_unit_test(each_fact_can_be_told_alone),
		cmocka_unit_test(what_a_stranger_says_cannot_command_the_terminal),
		cmocka_unit_test(a_fact_without_a_row_is_told_by_its_name),
		cmocka_unit_test(what_knows_no_version_of_ip_names_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
