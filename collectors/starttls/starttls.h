/* SPDX-License-Identifier: Apache-2.0
 *
 * How to come from plain text to TLS in each protocol: a few steps before the hello, made of
 * pure functions. Used by tls_talk.c; http and reach may.
 */
#ifndef COLLECTORS_STARTTLS_H
#define COLLECTORS_STARTTLS_H

#include "net/dialogue.h"

/* X(constant, word): also the values of the fact tls.starttls. */
#define STARTTLS_ANSWERS(X)                                                                   \
	X(OFFERED, "offered")                                                                 \
	X(ABSENT, "absent")	/* neither offered nor taken */                               \
	X(REFUSED, "refused")	/* offered, but refused when asked for */                     \
	X(STRIPPED, "stripped")	/* somebody in between takes the offer out */

enum starttls_answer {
	STARTTLS_UNKNOWN,	/* it never came to that */
#define STARTTLS_CONSTANT(constant, word) STARTTLS_##constant,
	STARTTLS_ANSWERS(STARTTLS_CONSTANT)
#undef STARTTLS_CONSTANT
};

/* X(word): all that starttls_recognise() can say, and the values of tls.plain_text. */
#define STARTTLS_PLAIN_WORDS(X)                                                               \
	X("smtp") X("imap") X("pop3") X("ftp") X("xmpp") X("sip") X("http") X("ssh") X("ldap") \
	X("postgres") X("mysql") X("rdp") X("telnet") X("vnc") X("irc") X("other")

enum { STARTTLS_SAID_MOST = 200 };

/* The part of a talk that these steps read and write; the talk's first member, so that the
 * steps of starttls and of the handshake share one `void *talk`. */
struct starttls {
	const char *name;		/* whom we want to speak to; never NULL */
	enum starttls_answer answer;
	bool listed;			/* the peer's list of abilities names it */
	bool secured;			/* TLS can begin, also when it was stripped */
	char said[STARTTLS_SAID_MOST];	/* the line that refuses or spoils it, or how a stranger
					   began; raw, NULs too, and ended by one; or "" */
	unsigned state;			/* the protocol's own */
};

struct starttls_protocol {
	const char *word;		/* "smtp" */
	/* Stage STAGE_STARTTLS. The last ends with NEXT_STEP once TLS can begin. CONCLUDED: no
	 * TLS to be had, for the reason `answer` is; UNKNOWN, when the peer would not speak to
	 * us at all (too busy, not for this name), in words that are in `said`. */
	const struct step *steps;
	size_t count;			/* 0: TLS from the first byte */
	uint16_t usual_port;
	/* How TLS bytes travel, for those that wrap them (TDS); NULL: as they are. */
	void (*wrap)(struct writer *out, const void *bytes, size_t length);
	/* Takes one wrapping from `in`; what was inside is appended. NEED_MORE, GO_ON, … */
	enum turn (*unwrap)(struct reader *in, struct writer *inside);
};

const struct starttls_protocol *starttls_named(const char *word);
/* Ended by NULL; for options, profiles and messages. */
const char *const *starttls_words(void);
const char *starttls_answer_word(enum starttls_answer answer);
/* Ended by NULL; of the fact. */
const char *const *starttls_answer_words(void);
/* After NOT_THIS_PROTOCOL: a TLS alert came, so that the port begins with TLS. */
bool starttls_met_tls(const struct starttls *starttls);
/* What speaks plain text there, by its first bytes: "smtp", "ssh", "http" …; "other". */
const char *starttls_recognise(const char *bytes, size_t length);

#endif
