/* SPDX-License-Identifier: Apache-2.0
 *
 * What the protocols of lines share: lines and their words, replies that begin with a code,
 * and what it means when the command that begins TLS is taken or not. For starttls_mail.c.
 */
#ifndef COLLECTORS_STARTTLS_LINES_H
#define COLLECTORS_STARTTLS_LINES_H

#include "collectors/starttls/starttls_steps.h"

/* What starttls->state holds: below, the code of a reply that goes on over several lines. */
enum {
	STATE_CODE = 0x03ff,
	STATE_IN_LIST = 0x0400,		/* POP3: between +OK and the dot */
	STATE_LIST_KNOWN = 0x0800,	/* what it can do is told, be it nothing */
	STATE_LIST_MASKED = 0x1000,	/* part of it is made illegible */
	STATE_EHLO_REFUSED = 0x2000,
	STATE_AUTH_LISTED = 0x4000	/* FTP: AUTH, whatever with */
};

struct line {
	const char *text;
	size_t length;
};

/* A line of a reply in SMTP or FTP. */
struct reply {
	struct line line, rest;		/* the whole, and what is behind the code */
	unsigned code;
	bool first, last;
};

/* Upper and lower case are one. */
bool line_begins(const struct line *line, const char *words);
/* Without the first `length` bytes. */
struct line line_behind(const struct line *line, size_t length);
/* Words are made of letters and digits. */
bool line_take_word(struct line *rest, struct line *word);
bool line_has_word(struct line line, const char *wanted);
bool line_word_is(const struct line *word, const char *wanted);
/* A word that a firewall wrote X over. */
bool line_word_is_mask(const struct line *word);
bool line_has_mask(struct line line);

/* NEXT_STEP when there is one; MALFORMED when it has no end or a NUL. */
enum turn line_take(struct reader *in, struct line *line);
/* Whether the peer's first bytes, as far as they have come, are those. */
bool line_may_begin(const struct reader *in, const char *words);

/* NEXT_STEP when a line of a reply is there. `free_within`: only the first line and the last
 * have the code. */
enum turn reply_take(struct reader *in, struct starttls *starttls, bool free_within,
		     struct reply *reply);
bool reply_may_begin(const struct reader *in);

/* CONCLUDED: it would not even hear us, which says nothing of TLS. */
enum turn line_turned_away(struct starttls *starttls, const struct line *line);
/* The command was taken. */
enum turn line_taken(struct starttls *starttls, const struct reader *in);
/* It was not; `unknown`: the server says in so many words that it does not know it. */
enum turn line_not_taken(struct starttls *starttls, const struct line *line, bool unknown);

#endif
