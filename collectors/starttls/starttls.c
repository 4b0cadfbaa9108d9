/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/starttls/starttls.h"

#include <string.h>

#include "collectors/starttls/starttls_steps.h"
#include "ground/words.h"

/* RFC 3261 26.2: SIP has no STARTTLS; with `sip` the port may be one for plain SIP. */
static const struct starttls_protocol starttls_sip = { .word = "sip", .usual_port = 5060 };
static const struct starttls_protocol starttls_sips = { .word = "sips", .usual_port = 5061 };

/* X(constant, word) */
#define STARTTLS_PROTOCOLS(X)                                                                 \
	X(smtp, "smtp")                                                                       \
	X(imap, "imap")                                                                       \
	X(pop3, "pop3")                                                                       \
	X(ftp, "ftp")                                                                         \
	X(xmpp, "xmpp")                                                                       \
	X(xmpp_server, "xmpp-server")                                                         \
	X(ldap, "ldap")                                                                       \
	X(postgres, "postgres")                                                               \
	X(rdp, "rdp")                                                                         \
	X(mssql, "mssql")                                                                     \
	X(sip, "sip")                                                                         \
	X(sips, "sips")

const char *const *starttls_words(void)
{
	static const char *const words[] = {
#define STARTTLS_WORD(constant, word) word,
		STARTTLS_PROTOCOLS(STARTTLS_WORD)
#undef STARTTLS_WORD
		NULL
	};

	return words;
}

const struct starttls_protocol *starttls_named(const char *word)
{
	static const struct starttls_protocol *const protocols[] = {
#define STARTTLS_PROTOCOL(constant, word) &starttls_##constant,
		STARTTLS_PROTOCOLS(STARTTLS_PROTOCOL)
#undef STARTTLS_PROTOCOL
	};
	int index = words_find(word, starttls_words());

	return index < 0 ? NULL : protocols[index];
}

const char *const *starttls_answer_words(void)
{
	static const char *const words[] = {
#define STARTTLS_WORD(constant, word) word,
		STARTTLS_ANSWERS(STARTTLS_WORD)
#undef STARTTLS_WORD
		NULL
	};

	return words;
}

const char *starttls_answer_word(enum starttls_answer answer)
{
	return answer == STARTTLS_UNKNOWN ? NULL : starttls_answer_words()[answer - 1];
}

/* A name as it stands in a SIP URI; IPv6 in brackets. */
static void put_sip_host(struct writer *out, const char *name)
{
	writer_put_format(out, strchr(name, ':') ? "[%s]" : "%s", name);
}

/* Nobody is called by this: RFC 3261 11. Nothing listens at the address in Via: replies come
 * back over the connection (18.2.2). */
static void write_options(struct writer *out, void *talk)
{
	const char *name = ((const struct starttls *)talk)->name;

	writer_put_text(out, "OPTIONS sip:");
	put_sip_host(out, name);
	writer_put_text(out, " SIP/2.0\r\n"
			     "Via: SIP/2.0/TCP ucposture.invalid;branch=z9hG4bK-ucposture\r\n"
			     "Max-Forwards: 70\r\n"
			     "From: <sip:ucposture@ucposture.invalid>;tag=ucposture\r\n"
			     "To: <sip:");
	put_sip_host(out, name);
	writer_put_text(out, ">\r\n"
			     "Call-ID: ucposture-plain-text\r\n"
			     "CSeq: 1 OPTIONS\r\n"
			     "User-Agent: ucposture\r\n"
			     "Accept: application/sdp\r\n"
			     "Content-Length: 0\r\n\r\n");
}

static enum turn read_reply(struct reader *in, void *talk)
{
	static const char begin[] = "SIP/2.0 ";
	struct reader whole = *in;
	const char *line;
	size_t length;

	if (reader_left(in) < sizeof begin - 1)
		return TURN_NEED_MORE;
	if (!reader_take_if(in, begin, sizeof begin - 1))
		return TURN_NOT_THIS_PROTOCOL;
	if (!reader_take_line(&whole, &line, &length))
		return TURN_NEED_MORE;
	starttls_note(talk, line, length);
	return TURN_CONCLUDED;
}

const struct step *starttls_plain_sip(void)
{
	static const struct step options = { "options", write_options, read_reply, STAGE_REPLY };

	return &options;
}
