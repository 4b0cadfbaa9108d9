/* SPDX-License-Identifier: Apache-2.0
 *
 * How an observation ends that never came to TLS, and what there is to say about it.
 */
#include <string.h>

#include "collectors/tls_facts.h"
#include "collectors/tls_talk.h"
#include "ground/text.h"

/* IANA's registry of TLS alerts. */
static const struct {
	uint8_t alert;
	const char *name;
} alerts[] = {
	{ 0, "close_notify" },
	{ 10, "unexpected_message" },
	{ 20, "bad_record_mac" },
	{ 21, "decryption_failed" },
	{ 22, "record_overflow" },
	{ 30, "decompression_failure" },
	{ 40, "handshake_failure" },
	{ 41, "no_certificate" },
	{ 42, "bad_certificate" },
	{ 43, "unsupported_certificate" },
	{ 44, "certificate_revoked" },
	{ 45, "certificate_expired" },
	{ 46, "certificate_unknown" },
	{ 47, "illegal_parameter" },
	{ 48, "unknown_ca" },
	{ 49, "access_denied" },
	{ 50, "decode_error" },
	{ 51, "decrypt_error" },
	{ 60, "export_restriction" },
	{ 70, "protocol_version" },
	{ 71, "insufficient_security" },
	{ 80, "internal_error" },
	{ 86, "inappropriate_fallback" },
	{ 90, "user_canceled" },
	{ 100, "no_renegotiation" },
	{ 109, "missing_extension" },
	{ 110, "unsupported_extension" },
	{ 111, "certificate_unobtainable" },
	{ 112, "unrecognized_name" },
	{ 113, "bad_certificate_status_response" },
	{ 114, "bad_certificate_hash_value" },
	{ 115, "unknown_psk_identity" },
	{ 116, "certificate_required" },
	{ 120, "no_application_protocol" },
};

static const char *alert_name(uint8_t alert)
{
	for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
		if (alerts[i].alert == alert)
			return alerts[i].name;
	return "unknown";
}

static struct outcome failed_at(enum stage stage, enum reason reason)
{
	return (struct outcome){ .stage = stage, .reason = reason };
}

/* Its first line is enough to know somebody by. */
static void note_words(struct run *run, const char *about, const char *words)
{
	size_t length = strcspn(words, "\r\n");

	if (length)
		run_note(run, "%s: %.*s", about, (int)length, words);
}

/* Of greetings that are no text a NUL may be a part. */
static void note_plain_text(struct run *run, const char words[static TLS_WORDS_MOST])
{
	const char *spoken = starttls_recognise(words, TLS_WORDS_MOST);
	const struct starttls_protocol *protocol = starttls_named(spoken);

	facts_set_text(run->facts, tls_fact(TLS_FACT_PLAIN_TEXT), spoken);
	if (!strcmp(spoken, "other"))
		note_words(run, "what is said here in plain text", words);
	else if (protocol && protocol->count)
		run_note(run, "%s is spoken here in plain text: ask with --starttls=%s", spoken,
			 spoken);
	else
		run_note(run, "%s is spoken here in plain text", spoken);
}

static void note_no_starttls(struct run *run, const struct tls_answer *answer)
{
	const struct dialogue_end *end = &answer->end;

	if (starttls_met_tls(answer->starttls))
		run_note(run, "TLS begins here with the first byte: ask without --starttls");
	else if (end->outcome.reason == REASON_TIMED_OUT &&
		 end->outcome.stage == STAGE_STARTTLS && !end->bytes_received)
		run_note(run, "nothing is said here in plain text: if TLS begins with the first "
			      "byte, ask without --starttls");
	else
		note_words(run, "what the peer says", answer->starttls->said);
}

static struct outcome no_starttls(const struct tls_answer *answer)
{
	const struct outcome *end = &answer->end.outcome;

	switch (answer->starttls->answer) {
	case STARTTLS_REFUSED:
		return failed_at(STAGE_STARTTLS, REASON_STARTTLS_REFUSED);
	case STARTTLS_ABSENT:
	case STARTTLS_STRIPPED:
		return failed_at(STAGE_STARTTLS, REASON_STARTTLS_ABSENT);
	case STARTTLS_OFFERED:
	case STARTTLS_UNKNOWN:
	default:
		/* It would not speak to us at all: too busy, or not for this name. */
		return end->reason == REASON_NONE ? failed_at(STAGE_STARTTLS, REASON_REFUSED)
						  : *end;
	}
}

static void note_turned_away(struct run *run, const struct tls_peer *peer,
			     const struct dialogue_end *end)
{
	if (end->connect_us < 0 && peer->accepted && end->outcome.reason != REASON_CANCELLED)
		run_note(run, "it accepted connections before, but not the %u. of them",
			 peer->connections);
}

void tls_talk_tell_starttls(struct run *run, const struct tls_answer *answer)
{
	if (answer->starttls && answer->starttls->answer != STARTTLS_UNKNOWN)
		facts_set_text(run->facts, tls_fact(TLS_FACT_STARTTLS),
			       starttls_answer_word(answer->starttls->answer));
}

struct outcome tls_talk_failure(struct run *run, const struct tls_peer *peer,
				const struct tls_answer *answer)
{
	const struct tls_flight *flight = answer->flight;
	const struct starttls *starttls = answer->starttls;

	tls_talk_tell_starttls(run, answer);
	if (starttls && !starttls->secured && answer->end.connect_us >= 0) {
		note_no_starttls(run, answer);
		return no_starttls(answer);
	}
	if (flight->said == TLS_SAID_PLAIN_TEXT) {
		note_plain_text(run, flight->words);
		return failed_at(STAGE_HANDSHAKE, REASON_NOT_THIS_PROTOCOL);
	}
	if (flight->alerted || flight->said == TLS_SAID_ALERT) {
		run_note(run, "the server answers with the alert %s (%u)",
			 alert_name(flight->alert), flight->alert);
		return failed_at(STAGE_HANDSHAKE, REASON_TLS_FAILED);
	}
	/* A hello was heard after all, but none with which the asker could do anything. */
	if (answer->end.outcome.reason == REASON_NONE)
		return failed_at(STAGE_HANDSHAKE, REASON_TLS_FAILED);
	note_turned_away(run, peer, &answer->end);
	return answer->end.outcome;
}
