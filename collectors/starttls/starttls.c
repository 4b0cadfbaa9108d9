/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/starttls/starttls.h"

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
