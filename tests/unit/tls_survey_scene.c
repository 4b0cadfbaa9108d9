/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tls_survey_scene.h"

#include <limits.h>
#include <string.h>

#include "collectors/tls/tls_suites.h"
#include "ground/text.h"

#define NAME "pbx.example"

static const uint16_t modern[] = { 0x1302, 0x1303, 0x1301 };
/* As OpenSSL has them with an RSA certificate, by default. */
static const uint16_t usual[] = {
	0xc030, 0x009f, 0xcca8, 0xccaa, 0xc02f, 0x009e, 0xc028, 0x006b, 0xc027, 0x0067, 0xc014,
	0x0039, 0xc013, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f
};
static const uint16_t usual_groups[] = { 29, 23, 30, 25, 24, 256, 257, 258, 259, 260 };

void add_suites(struct habits *habits, const uint16_t *suites, size_t count)
{
	for (size_t i = 0; i < count; i++)
		habits->suites[habits->suite_count++].value = suites[i];
}

void be_usual(struct habits *habits, unsigned versions)
{
	*habits = (struct habits){
		.versions = versions,
		.refusal = TLS_ALERT_HANDSHAKE_FAILURE,
		.version_refusal = TLS_ALERT_PROTOCOL_VERSION,
		.list_refusal = TLS_ALERT_DECODE_ERROR,
		.group_count = sizeof usual_groups / sizeof *usual_groups
	};
	memcpy(habits->groups, usual_groups, sizeof usual_groups);
	if (versions & V_1_3)
		ADD(habits, modern);
	if (versions != V_1_3)
		ADD(habits, usual);
}

void look_until(struct scene *scene, struct habits *habits, uint64_t wanted, unsigned most)
{
	struct tls_question question;
	struct habit_answer answer;

	*scene = (struct scene){
		.survey = tls_survey_new(NAME, wanted),
		.facts = facts_new()
	};
	while (habits->connections < most && tls_survey_ask(scene->survey, &question)) {
		habits_answer(habits, &question, &answer);
		tls_survey_hear(scene->survey, &answer.answer);
		if (tls_survey_answer_tells(scene->survey))
			scene->telling = answer.answer.end.outcome;
	}
	if (tls_survey_wants_handshake(scene->survey))
		tls_survey_hear_handshake(scene->survey, false);
	tls_survey_tell(scene->survey, scene->facts);
	scene->connections = tls_survey_connections(scene->survey);
	assert_int_equal(scene->connections, habits->connections);
	assert_in_range(scene->connections, 1, tls_survey_connections_most());
}

void look_for(struct scene *scene, struct habits *habits, uint64_t wanted)
{
	look_until(scene, habits, wanted, UINT_MAX);
}

void scene_end(struct scene *scene)
{
	tls_survey_free(scene->survey);
	facts_free(scene->facts);
}

void assert_fact(const struct scene *scene, enum tls_fact row, const char *expected)
{
	const struct fact *fact = facts_get(scene->facts, tls_fact(row));
	struct text text = { 0 };

	if (fact)
		fact_describe(fact, &text);
	else
		text_add(&text, "-");
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

void assert_all_suites(const struct scene *scene, const struct habits *habits)
{
	const struct fact *fact = facts_get(scene->facts, tls_fact(TLS_FACT_CIPHERS));
	size_t next = 0;

	assert_non_null(fact);
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < tls_suite_count(); i++) {
			const struct tls_suite *suite = tls_suite_at(i);
			bool is_1_3 = suite->traits & TLS_SUITE_ONLY_1_3;

			if (is_1_3 == pass || !habits_accept(habits, suite->value))
				continue;
			assert_in_range(next, 0, fact->count - 1);
			assert_string_equal(fact->texts[next++], suite->name);
		}
	}
	assert_int_equal(next, fact->count);
}

void assert_note(const struct scene *scene, const char *words)
{
	const char *note;
	bool found = false;

	for (size_t i = 0; (note = tls_survey_note(scene->survey, i)); i++)
		found |= words && strstr(note, words);
	assert_true(words ? found : !tls_survey_note(scene->survey, 0));
}
