/* SPDX-License-Identifier: Apache-2.0
 *
 * A string that grows up to a limit stated when it is made. What does not fit is left out
 * and remembered as `cut`; nothing is ever written past the end. The owner calls
 * text_free(); a text of zeroes (struct text t = {0}) is empty and has no limit of its own.
 */
#ifndef GROUND_TEXT_H
#define GROUND_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes;	/* always ends in NUL once something was added */
	size_t length;
	size_t room;
	size_t limit;	/* 0: none */
	bool cut;
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char c);
void text_add_format(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_add_format_list(struct text *text, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));
void text_add_unsigned(struct text *text, uint64_t number);
/* Appends separator first when the text is not empty. */
void text_add_item(struct text *text, const char *separator, const char *string);

/* Bytes of a stranger: invalid UTF-8, control and direction characters become \xNN;
 * at most `most` source bytes are taken, then an ellipsis. Safe on a terminal and in a log. */
void text_add_foreign(struct text *text, const char *bytes, size_t length, size_t most);

/* "" when nothing was added; valid until the next change. */
const char *text_string(const struct text *text);
/* Hands the string over to the caller (free()); the text is empty afterwards. */
char *text_take(struct text *text);
void text_clear(struct text *text);
void text_free(struct text *text);

/* True when bytes are one well-formed UTF-8 character; its length goes to *width. */
bool utf8_character(const char *bytes, size_t length, size_t *width, uint32_t *code);
/* Controls, and the characters that turn the writing direction or end a line. */
bool utf8_disturbs(uint32_t code);

#endif
