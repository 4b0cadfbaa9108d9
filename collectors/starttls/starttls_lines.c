/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/starttls/starttls_lines.h"

#include <string.h>
#include <strings.h>

enum { LINE_MOST = 4096, MASK_LEAST = 4 };

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool line_begins(const struct line *line, const char *words)
{
	size_t length = strlen(words);

	return line->length >= length && !strncasecmp(line->text, words, length);
}

struct line line_behind(const struct line *line, size_t length)
{
	return (struct line){ line->text + length, line->length - length };
}

bool line_take_word(struct line *rest, struct line *word)
{
	size_t start = 0, end;

	while (start < rest->length && !is_alphanumeric(rest->text[start]))
		start++;
	end = start;
	while (end < rest->length && is_alphanumeric(rest->text[end]))
		end++;
	*word = (struct line){ rest->text + start, end - start };
	*rest = line_behind(rest, end);
	return word->length > 0;
}

bool line_word_is(const struct line *word, const char *wanted)
{
	return word->length == strlen(wanted) && !strncasecmp(word->text, wanted, word->length);
}

bool line_has_word(struct line line, const char *wanted)
{
	struct line word;

	while (line_take_word(&line, &word))
		if (line_word_is(&word, wanted))
			return true;
	return false;
}

/* Firewalls that "inspect" SMTP write X over words they don't know, both ways, and a letter
 * at the end of those in the server's list: "250-XXXXXXXA", "500 unknown: XXXXXXXX". */
bool line_word_is_mask(const struct line *word)
{
	size_t length = 0;

	while (length < word->length && word->text[length] == 'X')
		length++;
	return length >= MASK_LEAST &&
	       (length == word->length || (length + 1 == word->length &&
					   word->text[length] >= 'A' && word->text[length] <= 'Z'));
}

bool line_has_mask(struct line line)
{
	struct line word;

	while (line_take_word(&line, &word))
		if (line_word_is_mask(&word))
			return true;
	return false;
}

static void note_line(struct starttls *starttls, const struct line *line)
{
	starttls_note(starttls, line->text, line->length);
}

enum turn line_take(struct reader *in, struct line *line)
{
	if (!reader_take_line(in, &line->text, &line->length))
		return reader_left(in) > LINE_MOST + 1 ? TURN_MALFORMED : TURN_NEED_MORE;
	if (line->length > LINE_MOST || memchr(line->text, '\0', line->length))
		return TURN_MALFORMED;
	return TURN_NEXT_STEP;
}

bool line_may_begin(const struct reader *in, const char *words)
{
	size_t length = reader_left(in);

	if (length > strlen(words))
		length = strlen(words);
	return !length || !strncasecmp((const char *)in->bytes + in->at, words, length);
}

enum turn line_turned_away(struct starttls *starttls, const struct line *line)
{
	note_line(starttls, line);
	return starttls_concluded(starttls, STARTTLS_UNKNOWN);
}

enum turn line_taken(struct starttls *starttls, const struct reader *in)
{
	bool stripped = !starttls->listed && starttls->state & STATE_LIST_KNOWN;

	return starttls_begins(starttls, stripped ? STARTTLS_STRIPPED : STARTTLS_OFFERED, in);
}

enum turn line_not_taken(struct starttls *starttls, const struct line *line, bool unknown)
{
	enum starttls_answer answer = STARTTLS_UNKNOWN;

	if (line_has_mask(*line) || (!starttls->listed && starttls->state & STATE_LIST_MASKED))
		answer = STARTTLS_STRIPPED;
	else if (starttls->listed)
		answer = STARTTLS_REFUSED;
	else if (unknown || starttls->state & STATE_LIST_KNOWN)
		answer = STARTTLS_ABSENT;
	note_line(starttls, line);
	return starttls_concluded(starttls, answer);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool reply_may_begin(const struct reader *in)
{
	struct reader head = *in;

	for (size_t i = 0; i < 3 && reader_left(&head); i++)
		if (!is_digit((char)reader_take_u8(&head)))
			return false;
	return !reader_left(&head) || strchr(" -\r\n", reader_take_u8(&head));
}

static bool parse_reply(const struct line *line, struct reply *reply)
{
	if (line->length < 3 || line->text[0] < '1' || line->text[0] > '5' ||
	    !is_digit(line->text[1]) || !is_digit(line->text[2]))
		return false;
	if (line->length > 3 && line->text[3] != ' ' && line->text[3] != '-')
		return false;
	reply->code = (unsigned)((line->text[0] - '0') * 100 + (line->text[1] - '0') * 10 +
				 line->text[2] - '0');
	reply->last = line->length == 3 || line->text[3] == ' ';
	reply->rest = line_behind(line, line->length > 3 ? 4 : 3);
	return true;
}

/* Between the first line and the last, SMTP has the same code before each (RFC 5321 4.2.1),
 * FTP whatever it likes (RFC 959 4.2). */
enum turn reply_take(struct reader *in, struct starttls *starttls, bool free_within,
		     struct reply *reply)
{
	unsigned open = starttls->state & STATE_CODE;
	enum turn turn = line_take(in, &reply->line);

	if (turn != TURN_NEXT_STEP)
		return turn;
	bool parsed = parse_reply(&reply->line, reply);
	if (open && (!parsed || reply->code != open)) {
		if (!free_within)
			return TURN_MALFORMED;
		reply->code = open;
		reply->last = false;
		reply->rest = reply->line;
	} else if (!parsed) {
		return TURN_MALFORMED;
	}
	reply->first = !open;
	starttls->state = (starttls->state & ~(unsigned)STATE_CODE) |
			  (reply->last ? 0 : reply->code);
	return TURN_NEXT_STEP;
}
