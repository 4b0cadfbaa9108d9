/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/problems.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "ground/text.h"
#include "ground/words.h"

enum { MESSAGE_MOST = 1000, CANDIDATES_SHOWN = 8, LOOKED_BACK = 32 };

/* Many problems in a row are of one file: its name is kept once. */
static const char *keep_file(struct problems *problems, const char *file)
{
	if (!file)
		return NULL;
	if (problems->file && !strcmp(problems->file, file))
		return problems->file;
	if (!problems->arena)
		problems->arena = arena_new();
	problems->file = arena_copy(problems->arena, file);
	return problems->file;
}

/* Whether there is room for one more; if not, it is counted. */
static bool has_room(struct problems *problems, enum problem_kind kind)
{
	if (problems->kept[kind] < PROBLEMS_MOST)
		return true;
	problems->errors += kind == PROBLEM_ERROR;
	problems->left_out[kind]++;
	return false;
}

static bool is_same(const struct problem *problem, enum problem_kind kind, struct place place,
		    const char *message)
{
	const char *file = problem->place.file;

	return problem->kind == kind && problem->place.line == place.line &&
	       problem->place.column == place.column && !file == !place.file &&
	       (!file || !strcmp(file, place.file)) && !strcmp(problem->message, message);
}

/* One slip in the defaults of an inventory is found again with each of its targets: others
 * must not be left out for that. */
static bool was_said(const struct problems *problems, enum problem_kind kind,
		     struct place place, const char *message)
{
	for (size_t back = 1; back <= LOOKED_BACK && back <= problems->count; back++)
		if (is_same(&problems->items[problems->count - back], kind, place, message))
			return true;
	return false;
}

/* Words of the file stand in the message: it is made safe for a terminal as a whole. */
static void add_message(struct problems *problems, enum problem_kind kind, struct place place,
			const struct text *message)
{
	struct text safe = { 0 };
	struct problem *problem;

	text_add_foreign(&safe, text_string(message), message->length, MESSAGE_MOST);
	if (was_said(problems, kind, place, text_string(&safe))) {
		text_free(&safe);
		return;
	}
	problems->errors += kind == PROBLEM_ERROR;
	problems->kept[kind]++;
	problems->items = memory_room_for(problems->items, problems->count, &problems->room,
					  sizeof *problems->items);
	place.file = keep_file(problems, place.file);
	problem = &problems->items[problems->count++];
	*problem = (struct problem){ kind, place, text_take(&safe) };
}

void problems_add(struct problems *problems, enum problem_kind kind, struct place place,
		  const char *format, ...)
{
	struct text message = { 0 };
	va_list list;

	if (!has_room(problems, kind))
		return;
	va_start(list, format);
	text_add_format_list(&message, format, list);
	va_end(list);
	add_message(problems, kind, place, &message);
	text_free(&message);
}

static void add_all_candidates(struct text *message, const char *const *candidates)
{
	size_t count = 0;

	while (candidates[count])
		count++;
	if (!count || count > CANDIDATES_SHOWN)
		return;
	text_add(message, count == 1 ? " (there is only '" : " (there are '");
	for (size_t i = 0; i < count; i++) {
		if (i)
			text_add(message, i + 1 < count ? "', '" : "' and '");
		text_add(message, candidates[i]);
	}
	text_add(message, "')");
}

void problems_add_unknown(struct problems *problems, struct place place, const char *what,
			  const char *word, const char *const *candidates)
{
	struct text message = { 0 };
	const char *nearest;

	if (!has_room(problems, PROBLEM_ERROR))
		return;
	nearest = words_nearest(word, candidates);
	text_add_format(&message, "unknown %s '%s'", what, word);
	if (nearest)
		text_add_format(&message, " (did you mean '%s'?)", nearest);
	else
		add_all_candidates(&message, candidates);
	add_message(problems, PROBLEM_ERROR, place, &message);
	text_free(&message);
}

static int compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int compare_problems(const void *a, const void *b)
{
	const struct problem *left = a, *right = b;
	int order = strcmp(left->place.file ? left->place.file : "",
			   right->place.file ? right->place.file : "");

	if (!order)
		order = compare_numbers(left->place.line, right->place.line);
	if (!order)
		order = compare_numbers(left->place.column, right->place.column);
	if (!order)
		order = compare_numbers(left->kind, right->kind);
	return order ? order : strcmp(left->message, right->message);
}

void problems_sort(struct problems *problems)
{
	size_t kept = 0;

	if (!problems->count)
		return;
	qsort(problems->items, problems->count, sizeof *problems->items, compare_problems);
	for (size_t i = 0; i < problems->count; i++) {
		struct problem *problem = &problems->items[i];

		if (kept && !compare_problems(problem, &problems->items[kept - 1])) {
			problems->kept[problem->kind]--;
			problems->errors -= problem->kind == PROBLEM_ERROR;
			free(problem->message);
			continue;
		}
		problems->items[kept++] = *problem;
	}
	problems->count = kept;
}

void problem_describe(const struct problem *problem, struct text *out)
{
	const struct place *place = &problem->place;

	if (place->file)
		text_add_foreign(out, place->file, strlen(place->file), MESSAGE_MOST);
	if (place->file && place->line)
		text_add_format(out, ":%u:%u", place->line, place->column);
	if (place->file)
		text_add(out, ": ");
	text_add(out, problem->kind == PROBLEM_ERROR ? "error: " : "warning: ");
	text_add(out, problem->message);
}

void problems_free(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		free(problems->items[i].message);
	free(problems->items);
	arena_free(problems->arena);
	*problems = (struct problems){ 0 };
}
