/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/syntax.h"

#include <string.h>

/* What libyaml says (0.2.5), or the begin of it, and what helps. */
static const struct {
	const char *problem;
	const char *help;
	bool tells_begin; /* where the list, map or text begins that has no end */
} explanations[] = {
	{ "mapping values are not allowed",
	  "a ':' cannot stand here: check how far this line and the one above are indented, "
	  "or put the text in quotes",
	  false },
	{ "did not find expected key",
	  "a key was expected here: check how far this line is indented, and the quotes above",
	  false },
	{ "did not find expected '-' indicator",
	  "another '- …' of the list was expected here: check how far this line is indented",
	  false },
	{ "could not find expected ':'",
	  "a ':' is missing behind a key on this line or the one above", false },
	{ "block sequence entries are not allowed",
	  "a '- …' cannot stand here: put it on a line of its own", false },
	{ "mapping keys are not allowed", "a '?' cannot stand here: put the text in quotes",
	  false },
	{ "did not find expected ',' or ']'",
	  "a ',' or the closing ']' of the list was expected here", true },
	{ "did not find expected ',' or '}'",
	  "a ',' or the closing '}' of the map was expected here", true },
	{ "did not find expected node content", "a value was expected here", false },
	{ "found unexpected end of stream",
	  "the file ends inside a text in quotes: the closing quote is missing", true },
	{ "found unexpected document indicator",
	  "a '---' or '...' stands inside a text in quotes: is a closing quote missing?",
	  true },
	{ "found unknown escape character",
	  "no such escape exists: write \\\\ for a backslash, or use single quotes", false },
	{ "did not find expected hexdecimal number", "hexadecimal digits were expected here",
	  false },
	{ "found invalid Unicode character escape", "no such character exists", false },
	{ "found character that cannot start any token",
	  "a text cannot begin with this character: put it in quotes", false },
	{ "did not find expected alphabetic or numeric character",
	  "a text cannot begin with '&' or '*': put it in quotes", false },
	{ "found unexpected ':'", "a ':' cannot stand here: put the text in quotes", false },
	{ "found undefined tag handle", "tags ('!…') are not used here: put the text in quotes",
	  false },
	{ "did not find expected tag URI",
	  "tags ('!…') are not used here: put the text in quotes", false },
	{ "did not find expected <document start>",
	  "the file should have ended above: check how far this line is indented", false },
	{ "did not find expected comment or line break",
	  "behind '|' or '>' the text begins on the next line", false },
	{ "found an indentation indicator equal to 0", "a text is indented by 1 to 9, not 0",
	  false },
	{ "control characters are not allowed", "a control character stands here", false },
	{ "found incompatible YAML document", "only YAML 1.1 and 1.2 are understood", false },
};

enum { EXPLANATIONS = sizeof explanations / sizeof *explanations };

/* EXPLANATIONS when there is none. */
static size_t find_explanation(const char *problem)
{
	size_t i = 0;

	while (i < EXPLANATIONS &&
	       strncmp(problem, explanations[i].problem, strlen(explanations[i].problem)))
		i++;
	return i;
}

/* libyaml's reader names a byte, not a line. */
static struct place place_of_byte(const char *file, const char *bytes, size_t offset)
{
	struct place place = { file, 1, 1 };

	for (size_t i = 0; i < offset; i++) {
		if (bytes[i] == '\n') {
			place.line++;
			place.column = 1;
		} else if ((bytes[i] & 0xc0) != 0x80) {
			place.column++;
		}
	}
	return place;
}

/* The column of a tab among the blanks a line begins with; 0 when there is none. */
static unsigned indenting_tab(const char *bytes, size_t length, unsigned line)
{
	const char *end = bytes + length, *c = bytes;
	unsigned column = 1;

	for (unsigned at = 1; at < line && c; at++) {
		c = memchr(c, '\n', (size_t)(end - c));
		c = c ? c + 1 : NULL;
	}
	for (; c && c < end && *c == ' '; c++)
		column++;
	return c && c < end && *c == '\t' ? column : 0;
}

/* What is no character at all has no explanation of its own. */
static void
explain_bytes(const yaml_parser_t *parser, struct place place, struct problems *problems)
{
	size_t found = find_explanation(parser->problem);

	problems_add(problems, PROBLEM_ERROR, place, "%s",
		     found < EXPLANATIONS
			     ? explanations[found].help
			     : "the file is not UTF-8 from here on: save it in that encoding");
}

static void
explain_problem(const yaml_parser_t *parser, struct place place, struct problems *problems)
{
	const char *problem = parser->problem ? parser->problem : "";
	unsigned begin = (unsigned)parser->context_mark.line + 1;
	size_t found = find_explanation(problem);

	if (found == EXPLANATIONS)
		problems_add(problems, PROBLEM_ERROR, place, "this is not YAML: %s", problem);
	else if (explanations[found].tells_begin && begin < place.line)
		problems_add(problems, PROBLEM_ERROR, place, "%s (it begins in line %u)",
			     explanations[found].help, begin);
	else
		problems_add(problems, PROBLEM_ERROR, place, "%s", explanations[found].help);
}

void syntax_explain(const yaml_parser_t *parser, const char *file, const char *bytes,
		    size_t length, struct problems *problems)
{
	struct place place = { file, (unsigned)parser->problem_mark.line + 1,
			       (unsigned)parser->problem_mark.column + 1 };
	size_t offset = parser->problem_offset < length ? parser->problem_offset : length;
	unsigned tab;

	if (parser->error == YAML_READER_ERROR) {
		explain_bytes(parser, place_of_byte(file, bytes, offset), problems);
		return;
	}
	tab = indenting_tab(bytes, length, place.line);
	if (tab) {
		place.column = tab;
		problems_add(problems, PROBLEM_ERROR, place,
			     "a tab cannot indent a line: use spaces");
		return;
	}
	explain_problem(parser, place, problems);
}
