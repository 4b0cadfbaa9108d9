/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_facts.h"

#include "collectors/starttls/starttls.h"
#include "collectors/tls/tls_hello.h"
#include "collectors/tls/tls_suites.h"

static const char *const version_words[] = {
#define VERSION_WORD(constant, value, word) word,
	TLS_VERSIONS(VERSION_WORD)
#undef VERSION_WORD
	NULL
};
#define WORD(constant, word) word,
static const char *const weakness_words[] = { TLS_WEAKNESSES(WORD) NULL };
static const char *const starttls_answers[] = { STARTTLS_ANSWERS(WORD) NULL };
#undef WORD
#define WORD(word) word,
static const char *const plain_words[] = { STARTTLS_PLAIN_WORDS(WORD) NULL };
#undef WORD
static const char *const preference_words[] = { "server", "client", NULL };
static const char *const client_certificate_words[] = { "none", "requested", "required", NULL };

const struct fact_descriptor tls_fact_table[] = {
	[TLS_FACT_VERSIONS] = {
		.name = "tls.versions", .type = FACT_TEXTS, .words = version_words,
		.metric = "tls_version_accepted",
		.help = "The versions of SSL and TLS that the server accepts."
	},
	[TLS_FACT_CIPHERS] = {
		.name = "tls.ciphers", .type = FACT_TEXTS,
		.help = "The cipher suites it accepts with any of these versions, by their"
			" names in the IANA registry."
	},
	[TLS_FACT_WEAK_CIPHERS] = {
		.name = "tls.weak_ciphers", .type = FACT_TEXTS, .metric = "tls_weak_ciphers",
		.help = "Those among them that are in one of the classes of tls.weaknesses."
	},
	[TLS_FACT_WEAKNESSES] = {
		.name = "tls.weaknesses", .type = FACT_TEXTS, .words = weakness_words,
		.help = "The classes of weak suites of which it accepts at least one."
	},
	[TLS_FACT_PREFERENCE] = {
		.name = "tls.preference", .type = FACT_TEXT, .words = preference_words,
		.help = "Whose order of suites decides; unknown while it accepts only one."
	},
	[TLS_FACT_ANONYMOUS] = {
		.name = "tls.anonymous", .type = FACT_BOOLEAN,
		.help = "Whether it accepts a suite in which nobody proves who he is."
	},
	[TLS_FACT_GROUPS] = {
		.name = "tls.groups", .type = FACT_TEXTS,
		.help = "The groups and curves it accepts for agreeing on keys."
	},
	[TLS_FACT_ALPN] = {
		.name = "tls.alpn", .type = FACT_TEXTS,
		.help = "The application protocols that it chooses by name (ALPN)."
	},
	[TLS_FACT_CLIENT_CERTIFICATE] = {
		.name = "tls.client_certificate", .type = FACT_TEXT,
		.words = client_certificate_words,
		.help = "Whether it asks clients for a certificate. Required means that the"
			" handshake fails without; some servers turn clients away only later."
	},
	[TLS_FACT_COMPRESSION] = {
		.name = "tls.compression", .type = FACT_BOOLEAN,
		.help = "Whether it compresses what it encrypts, which can give secrets away."
	},
	[TLS_FACT_SECURE_RENEGOTIATION] = {
		.name = "tls.secure_renegotiation", .type = FACT_BOOLEAN,
		.help = "Whether it knows RFC 5746; TLS 1.3 has no renegotiation at all."
	},
	[TLS_FACT_FALLBACK_SCSV] = {
		.name = "tls.fallback_scsv", .type = FACT_BOOLEAN,
		.help = "Whether it refuses clients that fell back to an older version although"
			" both know a newer one; unknown while it accepts only one."
	},
	[TLS_FACT_STARTTLS] = {
		.name = "tls.starttls", .type = FACT_TEXT, .words = starttls_answers,
		.help = "What became of asking for TLS in plain text: offered, absent, offered but"
			" refused, or taken out of the offer by somebody on the way."
	},
	[TLS_FACT_PLAIN_TEXT] = {
		.name = "tls.plain_text", .type = FACT_TEXT, .words = plain_words,
		.help = "The protocol that speaks in plain text where TLS was expected."
	},
	[TLS_FACT_COUNT] = { .name = NULL }
};

const struct fact_descriptor *tls_fact(enum tls_fact fact)
{
	return &tls_fact_table[fact];
}
