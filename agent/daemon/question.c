/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/question.h"

#include <string.h>

#include "ground/clock.h"

enum behind { WORDS, SETTINGS };

struct kind {
	const char *word;
	uint32_t least, most;
	enum behind behind;
};

static const struct kind kinds[] = {
#define QUESTION_KIND(constant, word, least, most, behind) { word, least, most, behind },
	QUESTIONS(QUESTION_KIND)
#undef QUESTION_KIND
};

/* Digits and nothing else. */
static bool take_number(const char *string, uint64_t most, uint64_t *number)
{
	*number = 0;
	if (!*string)
		return false;
	for (; *string; string++) {
		unsigned digit = (unsigned)(*string - '0');

		if (digit > 9 || *number > (most - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return true;
}

/* What stands behind "name=", or NULL. */
static const char *value_of(const char *word, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(word, name, length) && word[length] == '=' ? word + length + 1 : NULL;
}

static bool take_event_setting(struct question *question, const char *word)
{
	const char *value;
	uint64_t count;

	if ((value = value_of(word, "after")))
		return take_number(value, INT64_MAX, &question->after);
	if ((value = value_of(word, "since")))
		return clock_parse(value, &question->since_us);
	if ((value = value_of(word, "count"))) {
		if (!take_number(value, QUESTION_EVENTS_MOST, &count))
			return false;
		question->count = (uint32_t)count;
		return count > 0;
	}
	question->follow = !strcmp(word, "follow");
	return question->follow;
}

static bool take_setting(struct question *question, const char *word)
{
	const char *value;

	if ((value = value_of(word, "target")))
		question->target = value;
	else if ((value = value_of(word, "check")))
		question->check = value;
	else if (question->kind == QUESTION_EVENTS)
		return take_event_setting(question, word);
	else
		return question->all = !strcmp(word, "all");
	return *value;
}

/* Nothing that a terminal or a log would obey may come back in an answer. */
static bool is_harmless(const char *line, size_t length)
{
	uint32_t code;

	for (size_t at = 0, width; at < length; at += width)
		if (!utf8_character(line + at, length - at, &width, &code) ||
		    (utf8_disturbs(code) && code != '\t'))
			return false;
	return true;
}

/* Cuts the line into words in place. */
static void cut(struct question *question, struct arena *arena, char *line)
{
	size_t most = 1;

	for (const char *at = line; *at; at++)
		most += *at == '\t';
	question->words = arena_take(arena, most * sizeof *question->words);
	for (char *tab; line; line = tab) {
		tab = strchr(line, '\t');
		if (tab)
			*tab++ = '\0';
		question->words[question->word_count++] = line;
	}
}

static bool name_kind(struct question *question, const char *word)
{
	for (unsigned i = 0; i < QUESTION_COUNT; i++) {
		question->kind = (enum question_kind)i;
		if (!strcmp(kinds[i].word, word))
			return true;
	}
	return false;
}

bool question_read(struct question *question, struct arena *arena, const char *line,
		   size_t length, struct text *why)
{
	*question = (struct question){ 0 };
	if (length > QUESTION_BYTES_MOST || !is_harmless(line, length)) {
		text_add(why, "the question is too long, or no text");
		return false;
	}
	cut(question, arena, arena_copy_span(arena, line, length));
	if (!name_kind(question, question->words[0])) {
		text_add_format(why, "there is no question '%s'", question->words[0]);
		return false;
	}
	question->words++;
	question->word_count--;

	const struct kind *kind = &kinds[question->kind];
	if (question->word_count < kind->least || question->word_count > kind->most) {
		text_add_format(why, "too %s words behind '%s'",
				question->word_count < kind->least ? "few" : "many", kind->word);
		return false;
	}
	for (size_t i = 0; i < question->word_count; i++) {
		const char *word = question->words[i];

		if (kind->behind == SETTINGS ? take_setting(question, word) : *word)
			continue;
		text_add_format(why, "'%s' has no meaning behind '%s'", word, kind->word);
		return false;
	}
	return true;
}
