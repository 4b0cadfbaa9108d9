/* SPDX-License-Identifier: Apache-2.0
 *
 * The protocols of lines: SMTP (RFC 3207), IMAP (RFC 3501 6.2.1), POP3 (RFC 2595 4) and
 * FTP (RFC 4217). Each is asked for the list of what it can do, and then for TLS in any case:
 * a list without it and a server that takes the command all the same are not of one mind.
 */
#include <string.h>

#include "collectors/starttls/starttls_lines.h"

static bool is_refusal(const struct reply *reply)
{
	return reply->code >= 400;
}

/* SMTP and FTP begin alike; who names the other is the other. */
static enum turn read_welcome(struct reader *in, struct starttls *starttls, bool free_within,
			      const char *other)
{
	const struct reader begin = *in;
	bool first = !(starttls->state & STATE_CODE);
	struct reply reply;

	if (first && !reply_may_begin(in))
		return starttls_stranger(starttls, in);
	enum turn turn = reply_take(in, starttls, free_within, &reply);
	if (turn != TURN_NEXT_STEP)
		return turn;
	if (first && !strcmp(starttls_recognise(reply.line.text, reply.line.length), other))
		return starttls_stranger(starttls, &begin);
	/* 120: "ready in so many minutes", and then again */
	if (!reply.last || (free_within && reply.code == 120))
		return TURN_GO_ON;
	if (is_refusal(&reply))
		return line_turned_away(starttls, &reply.line);
	return reply.code == 220 ? TURN_NEXT_STEP : TURN_MALFORMED;
}

/* --- SMTP --------------------------------------------------------------------------------- */

/* Whom we say we are. A name of ours that DNS knows there is none; Postfix with
 * reject_non_fqdn_helo_hostname refuses "localhost", with reject_unknown_helo_hostname any
 * name that has no address, ".invalid" above all. An address literal passes both, passes
 * Exim's syntax check, and is what RFC 5321 4.1.4 tells clients without a name to say.
 * Filters suspect those who call themselves 127.0.0.1; this one is for documentation. */
#define SMTP_WE "[192.0.2.1]"

static enum turn smtp_greeting_read(struct reader *in, void *talk)
{
	return read_welcome(in, talk, false, "ftp");
}

static void ehlo_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "EHLO " SMTP_WE "\r\n");
}

static void look_at_keyword(struct starttls *starttls, const struct reply *reply)
{
	struct line rest = reply->rest, word;

	if (!line_take_word(&rest, &word))
		return;
	if (line_word_is(&word, "STARTTLS"))
		starttls->listed = true;
	else if (line_word_is_mask(&word))
		starttls->state |= STATE_LIST_MASKED;
}

static bool is_unknown_command(const struct reply *reply)
{
	return reply->code == 500 || reply->code == 502;
}

static enum turn ehlo_refused(struct starttls *starttls, const struct reply *reply)
{
	if (reply->code == 421)
		return line_turned_away(starttls, &reply->line);
	/* Who does not know EHLO can do nothing that EHLO would list. */
	if (is_unknown_command(reply))
		starttls->state |= STATE_LIST_KNOWN;
	if (line_has_mask(reply->line))
		starttls->state |= STATE_LIST_MASKED;
	starttls->state |= STATE_EHLO_REFUSED;
	return TURN_NEXT_STEP;
}

static enum turn ehlo_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct reply reply;
	enum turn turn = reply_take(in, starttls, false, &reply);

	if (turn != TURN_NEXT_STEP)
		return turn;
	if (is_refusal(&reply))
		return reply.last ? ehlo_refused(starttls, &reply) : TURN_GO_ON;
	if (reply.code != 250)
		return TURN_MALFORMED;
	/* The first line is the server's name; but some forget it. */
	if (!reply.first || line_word_is(&reply.rest, "STARTTLS"))
		look_at_keyword(starttls, &reply);
	if (!reply.last)
		return TURN_GO_ON;
	starttls->state |= STATE_LIST_KNOWN;
	/* HELO is for those only that refused EHLO, but steps come one after another: the end
	 * of the line is left for that step to take, as all that it waits for. */
	in->at--;
	return TURN_NEXT_STEP;
}

static void helo_write(struct writer *out, void *talk)
{
	const struct starttls *starttls = talk;

	if (starttls->state & STATE_EHLO_REFUSED)
		writer_put_text(out, "HELO " SMTP_WE "\r\n");
}

static enum turn helo_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct reply reply;

	if (!(starttls->state & STATE_EHLO_REFUSED)) {
		reader_skip(in, 1);
		return TURN_NEXT_STEP;
	}
	enum turn turn = reply_take(in, starttls, false, &reply);
	if (turn != TURN_NEXT_STEP)
		return turn;
	if (!reply.last)
		return TURN_GO_ON;
	return reply.code == 421 ? line_turned_away(starttls, &reply.line) : TURN_NEXT_STEP;
}

static void smtp_starttls_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "STARTTLS\r\n");
}

static enum turn smtp_starttls_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct reply reply;
	enum turn turn = reply_take(in, starttls, false, &reply);

	if (turn != TURN_NEXT_STEP)
		return turn;
	if (!reply.last)
		return TURN_GO_ON;
	if (is_refusal(&reply))
		return line_not_taken(starttls, &reply.line, is_unknown_command(&reply));
	return reply.code == 220 ? line_taken(starttls, in) : TURN_MALFORMED;
}

static const struct step smtp_steps[] = {
	{ "greeting", NULL, smtp_greeting_read, STAGE_STARTTLS },
	{ "ehlo", ehlo_write, ehlo_read, STAGE_STARTTLS },
	{ "helo", helo_write, helo_read, STAGE_STARTTLS },
	{ "starttls", smtp_starttls_write, smtp_starttls_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_smtp = {
	.word = "smtp", .steps = smtp_steps, .count = sizeof smtp_steps / sizeof *smtp_steps,
	.usual_port = 25
};

/* --- FTP ---------------------------------------------------------------------------------- */

static enum turn ftp_greeting_read(struct reader *in, void *talk)
{
	return read_welcome(in, talk, true, "smtp");
}

static void feat_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "FEAT\r\n");
}

/* " AUTH TLS", " AUTH TLS;TLS-C;SSL;TLS-P;", " AUTH SSL;TLS"; but who lists AUTH in another way
 * may know TLS all the same. */
static void look_at_feature(struct starttls *starttls, const struct reply *reply)
{
	struct line rest = reply->rest, word;

	if (!line_take_word(&rest, &word) || !line_word_is(&word, "AUTH"))
		return;
	starttls->listed |= line_has_word(rest, "TLS");
	starttls->state |= STATE_AUTH_LISTED;
}

/* FEAT is younger than FTP: a server that does not know it may know AUTH. But RFC 4217 4 has
 * those that know both list what they can do. */
static enum turn feat_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct reply reply;
	enum turn turn = reply_take(in, starttls, true, &reply);

	if (turn != TURN_NEXT_STEP)
		return turn;
	if (reply.code == 211 && !reply.first && !reply.last)
		look_at_feature(starttls, &reply);
	if (!reply.last)
		return TURN_GO_ON;
	if (reply.code == 421)
		return line_turned_away(starttls, &reply.line);
	if (reply.code == 211 && !reply.first &&
	    (starttls->listed || !(starttls->state & STATE_AUTH_LISTED)))
		starttls->state |= STATE_LIST_KNOWN;
	return TURN_NEXT_STEP;
}

static void auth_tls_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "AUTH TLS\r\n");
}

/* RFC 4217 4 and RFC 2228 3: 504 knows AUTH and not TLS. 530 asks to log in first, as vsftpd
 * says to everything that it does not know; AUTH comes before that. */
static bool is_unknown_to_ftp(const struct reply *reply)
{
	return is_unknown_command(reply) || reply->code == 501 || reply->code == 504 ||
	       reply->code == 530;
}

static enum turn auth_tls_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct reply reply;
	enum turn turn = reply_take(in, starttls, true, &reply);

	if (turn != TURN_NEXT_STEP)
		return turn;
	if (!reply.last)
		return TURN_GO_ON;
	/* Known, but not now or not by policy, whether it is listed or not. */
	if (reply.code == 431 || reply.code == 534) {
		starttls_note(starttls, reply.line.text, reply.line.length);
		return starttls_concluded(starttls, STARTTLS_REFUSED);
	}
	if (is_refusal(&reply))
		return line_not_taken(starttls, &reply.line, is_unknown_to_ftp(&reply));
	return reply.code == 234 ? line_taken(starttls, in) : TURN_MALFORMED;
}

static const struct step ftp_steps[] = {
	{ "greeting", NULL, ftp_greeting_read, STAGE_STARTTLS },
	{ "feat", feat_write, feat_read, STAGE_STARTTLS },
	{ "auth_tls", auth_tls_write, auth_tls_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_ftp = {
	.word = "ftp", .steps = ftp_steps, .count = sizeof ftp_steps / sizeof *ftp_steps,
	.usual_port = 21
};

/* --- IMAP --------------------------------------------------------------------------------- */

static enum turn imap_greeting_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct line line;

	if (!line_may_begin(in, "* "))
		return starttls_stranger(starttls, in);
	enum turn turn = line_take(in, &line);
	if (turn != TURN_NEXT_STEP)
		return turn;
	if (line_begins(&line, "* OK"))
		return TURN_NEXT_STEP;
	if (line_begins(&line, "* BYE"))
		return line_turned_away(starttls, &line);
	if (!line_begins(&line, "* PREAUTH"))
		return TURN_MALFORMED;
	/* RFC 3501 7.1.4: logged in already, where STARTTLS has no place any more. */
	starttls_note(starttls, line.text, line.length);
	return starttls_concluded(starttls, STARTTLS_ABSENT);
}

/* A line of the answer to the command with that tag: NEXT_STEP for the last, which `*word`
 * begins; GO_ON for one before. */
static enum turn imap_take(struct reader *in, const char *tag, struct line *line,
			   struct line *word)
{
	enum turn turn = line_take(in, line);
	struct line rest;

	if (turn != TURN_NEXT_STEP)
		return turn;
	if (line_begins(line, "* "))
		return TURN_GO_ON;
	if (!line_begins(line, tag))
		return TURN_MALFORMED;
	rest = line_behind(line, strlen(tag));
	if (!line_take_word(&rest, word))
		return TURN_MALFORMED;
	return line_word_is(word, "OK") || line_word_is(word, "NO") || line_word_is(word, "BAD") ?
		       TURN_NEXT_STEP : TURN_MALFORMED;
}

static void capability_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "a1 CAPABILITY\r\n");
}

static enum turn capability_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct line line, word;
	enum turn turn = imap_take(in, "a1 ", &line, &word);

	if (turn != TURN_GO_ON)
		return turn;
	if (line_begins(&line, "* BYE"))
		return line_turned_away(starttls, &line);
	if (line_begins(&line, "* CAPABILITY ")) {
		starttls->state |= STATE_LIST_KNOWN;
		starttls->listed = line_has_word(line, "STARTTLS");
	}
	return TURN_GO_ON;
}

static void imap_starttls_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "a2 STARTTLS\r\n");
}

static enum turn imap_starttls_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct line line, word;
	enum turn turn = imap_take(in, "a2 ", &line, &word);

	if (turn == TURN_GO_ON && line_begins(&line, "* BYE"))
		return line_not_taken(starttls, &line, false);
	if (turn != TURN_NEXT_STEP)
		return turn;
	if (line_word_is(&word, "OK"))
		return line_taken(starttls, in);
	return line_not_taken(starttls, &line, line_word_is(&word, "BAD"));
}

static const struct step imap_steps[] = {
	{ "greeting", NULL, imap_greeting_read, STAGE_STARTTLS },
	{ "capability", capability_write, capability_read, STAGE_STARTTLS },
	{ "starttls", imap_starttls_write, imap_starttls_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_imap = {
	.word = "imap", .steps = imap_steps, .count = sizeof imap_steps / sizeof *imap_steps,
	.usual_port = 143
};

/* --- POP3 --------------------------------------------------------------------------------- */

/* NEXT_STEP with a line that begins with either; RFC 1939 3. */
static enum turn pop3_take(struct reader *in, struct line *line, bool *well)
{
	enum turn turn = line_take(in, line);

	*well = turn == TURN_NEXT_STEP && line_begins(line, "+OK");
	return turn != TURN_NEXT_STEP || *well || line_begins(line, "-ERR") ? turn :
									      TURN_MALFORMED;
}

static enum turn pop3_greeting_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct line line;
	bool well;

	if (!line_may_begin(in, "+OK") && !line_may_begin(in, "-ERR"))
		return starttls_stranger(starttls, in);
	enum turn turn = pop3_take(in, &line, &well);
	return turn != TURN_NEXT_STEP || well ? turn : line_turned_away(starttls, &line);
}

static void capa_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "CAPA\r\n");
}

/* CAPA is younger than POP3: who does not know it may know STLS. */
static enum turn capa_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct line line;
	enum turn turn;
	bool well;

	if (!(starttls->state & STATE_IN_LIST)) {
		turn = pop3_take(in, &line, &well);
		if (turn != TURN_NEXT_STEP || !well)
			return turn;
		starttls->state |= STATE_IN_LIST;
		return TURN_GO_ON;
	}
	turn = line_take(in, &line);
	if (turn != TURN_NEXT_STEP)
		return turn;
	if (line_word_is(&line, ".")) {
		starttls->state |= STATE_LIST_KNOWN;
		return TURN_NEXT_STEP;
	}
	starttls->listed |= line_word_is(&line, "STLS");
	return TURN_GO_ON;
}

static void stls_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "STLS\r\n");
}

static enum turn stls_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct line line;
	bool well;
	enum turn turn = pop3_take(in, &line, &well);

	if (turn != TURN_NEXT_STEP)
		return turn;
	/* Without a code of RFC 2449 8, in brackets, -ERR is what an unknown command gets. */
	return well ? line_taken(starttls, in) :
		      line_not_taken(starttls, &line, !line_begins(&line, "-ERR ["));
}

static const struct step pop3_steps[] = {
	{ "greeting", NULL, pop3_greeting_read, STAGE_STARTTLS },
	{ "capa", capa_write, capa_read, STAGE_STARTTLS },
	{ "stls", stls_write, stls_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_pop3 = {
	.word = "pop3", .steps = pop3_steps, .count = sizeof pop3_steps / sizeof *pop3_steps,
	.usual_port = 110
};
