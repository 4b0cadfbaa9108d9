/* SPDX-License-Identifier: Apache-2.0
 *
 * The sparse tables: what collectors saw, typed. What a fact does not say has no value, so that
 * nobody takes a want of knowledge for a good sign.
 */
#include <string.h>

#include "agent/snmp/columns_parts.h"
#include "ground/words.h"

#define CERTIFICATE_COLUMNS(X)                                                                \
	X(CERT_SUBJECT, 1, "ucpCertSubject", TEXT, 255)                                       \
	X(CERT_ISSUER, 2, "ucpCertIssuer", TEXT, 255)                                         \
	X(CERT_NOT_AFTER, 3, "ucpCertNotAfter", TIME, 0)                                      \
	X(CERT_DAYS_LEFT, 4, "ucpCertDaysLeft", INTEGER, 0)                                   \
	X(CERT_KEY_BITS, 5, "ucpCertKeyBits", GAUGE, 0)                                       \
	X(CERT_TRUSTED, 6, "ucpCertTrusted", TRUTH, 0)                                        \
	X(CERT_NAME_MATCH, 7, "ucpCertNameMatch", TRUTH, 0)                                   \
	X(CERT_NOT_BEFORE, 8, "ucpCertNotBefore", TIME, 0)                                    \
	X(CERT_SELF_SIGNED, 9, "ucpCertSelfSigned", TRUTH, 0)                                 \
	X(CERT_CHAIN_COMPLETE, 10, "ucpCertChainComplete", TRUTH, 0)                          \
	X(CERT_SERIAL, 11, "ucpCertSerial", TEXT, 64)                                         \
	X(CERT_FINGERPRINT, 12, "ucpCertFingerprint", OCTETS, 32)

#define PORT_COLUMNS(X)                                                                       \
	X(PORT_TRANSPORT, 1, "ucpPortTransport", TRANSPORT, 0)                                \
	X(PORT_NUMBER, 2, "ucpPortNumber", PORT, 0)                                           \
	X(PORT_EXPECTED, 3, "ucpPortExpected", PORT_STATE, 0)                                 \
	X(PORT_OBSERVED, 4, "ucpPortObserved", PORT_STATE, 0)                                 \
	X(PORT_ROUND_TRIP, 5, "ucpPortRoundTrip", GAUGE, 0)

#define TLS_COLUMNS(X)                                                                        \
	X(TLS_VERSIONS, 1, "ucpTlsVersions", TLS_VERSIONS, 0)                                 \
	X(TLS_SUITES, 2, "ucpTlsSuites", GAUGE, 0)                                            \
	X(TLS_WEAK_SUITES, 3, "ucpTlsWeakSuites", GAUGE, 0)                                   \
	X(TLS_SERVER_PREFERS, 4, "ucpTlsServerPrefers", TRUTH, 0)

#define SMB_COLUMNS(X)                                                                        \
	X(SMB_SIGNING, 1, "ucpSmbSigning", SIGNING, 0)                                        \
	X(SMB_SMB1, 2, "ucpSmbSmb1", TRUTH, 0)                                                \
	X(SMB_SMB1_SIGNING, 3, "ucpSmbSmb1Signing", SIGNING, 0)                               \
	X(SMB_DIALECTS, 4, "ucpSmbDialects", SMB_DIALECTS, 0)                                 \
	X(SMB_ENCRYPTION, 5, "ucpSmbEncryption", TRUTH, 0)

#define REACH_COLUMNS(X)                                                                      \
	X(REACH_OK, 1, "ucpReachOk", TRUTH, 0)                                                \
	X(REACH_STAGE, 2, "ucpReachStage", TEXT, 32)                                          \
	X(REACH_PATH, 3, "ucpReachPath", PATH, 0)                                             \
	X(REACH_TIME, 4, "ucpReachTime", GAUGE, 0)                                            \
	X(REACH_STATUS, 5, "ucpReachStatus", NATURAL, 0)

enum { CERTIFICATE_COLUMNS(COLUMN_CONSTANT) };
enum { PORT_COLUMNS(COLUMN_CONSTANT) };
enum { TLS_COLUMNS(COLUMN_CONSTANT) };
enum { SMB_COLUMNS(COLUMN_CONSTANT) };
enum { REACH_COLUMNS(COLUMN_CONSTANT) };
static const struct column certificate_columns[] = { CERTIFICATE_COLUMNS(COLUMN_ROW) };
static const struct column port_columns[] = { PORT_COLUMNS(COLUMN_ROW) };
static const struct column tls_columns[] = { TLS_COLUMNS(COLUMN_ROW) };
static const struct column smb_columns[] = { SMB_COLUMNS(COLUMN_ROW) };
static const struct column reach_columns[] = { REACH_COLUMNS(COLUMN_ROW) };

static const struct fact *fact_of(const struct row *row, enum shown shown)
{
	return shown_fact(row->about->facts, row->check, shown);
}

static bool set_fact_truth(const struct row *row, enum shown shown, struct value *value)
{
	const struct fact *fact = fact_of(row, shown);

	return fact && value_set_truth(value, fact->truth);
}

static bool set_fact_text(const struct row *row, enum shown shown, struct value *value)
{
	const struct fact *fact = fact_of(row, shown);

	return fact && value_set_text(value, fact->text);
}

static bool set_fact_time(const struct row *row, enum shown shown, struct value *value)
{
	const struct fact *fact = fact_of(row, shown);

	return fact && value_set_time(value, fact->integer);
}

static uint64_t natural(int64_t number)
{
	return number > 0 ? (uint64_t)number : 0;
}

/* 0: it is not there. */
static double fact_real(const struct row *row, enum shown shown)
{
	const struct fact *fact = fact_of(row, shown);

	return fact ? fact->real : 0;
}

/* Of a duration in seconds: so many parts each. */
static uint64_t parts_of(double seconds, unsigned parts)
{
	return seconds > 0 && seconds < 1e6 ? (uint64_t)(seconds * parts + 0.5) : 0;
}

/* The first bit is the first word's, from the left. */
static void set_bits(const struct fact *fact, const char *const *words, uint8_t *bits)
{
	for (size_t i = 0; fact && i < fact->count; i++) {
		int place = words_find(fact->texts[i], words);

		if (place >= 0)
			*bits |= (uint8_t)(0x80 >> place);
	}
}

/* The place of its word, counted from 1; `otherwise` without one. */
static bool set_fact_word(const struct row *row, enum shown shown, const char *const *words,
			  int otherwise, struct value *value)
{
	const struct fact *fact = fact_of(row, shown);
	int place = fact ? words_find(fact->text, words) : -1;

	return value_set_integer(value, place < 0 ? otherwise : place + 1);
}

static bool has_certificate(const struct shown_facts *facts, const struct mirror_check *check)
{
	return shown_fact(facts, check, SHOWN_CERT_NOT_AFTER);
}

static bool take_certificate(const struct row *row, uint32_t arc, struct value *value)
{
	const struct fact *fact;

	switch (arc) {
	case CERT_SUBJECT:
		return set_fact_text(row, SHOWN_CERT_SUBJECT, value);
	case CERT_ISSUER:
		return set_fact_text(row, SHOWN_CERT_ISSUER, value);
	case CERT_NOT_AFTER:
		return set_fact_time(row, SHOWN_CERT_NOT_AFTER, value);
	case CERT_DAYS_LEFT:
		fact = fact_of(row, SHOWN_CERT_NOT_AFTER);
		return fact && value_set_integer(value, days_between(row->about->now_wall_us,
								     fact->integer));
	case CERT_KEY_BITS:
		fact = fact_of(row, SHOWN_CERT_KEY_BITS);
		return fact && value_set_natural(value, natural(fact->integer));
	case CERT_TRUSTED:
		return set_fact_truth(row, SHOWN_CERT_TRUSTED, value);
	case CERT_NAME_MATCH:
		return set_fact_truth(row, SHOWN_CERT_NAME_MATCH, value);
	case CERT_NOT_BEFORE:
		return set_fact_time(row, SHOWN_CERT_NOT_BEFORE, value);
	case CERT_SELF_SIGNED:
		return set_fact_truth(row, SHOWN_CERT_SELF_SIGNED, value);
	case CERT_CHAIN_COMPLETE:
		return set_fact_truth(row, SHOWN_CERT_CHAIN_COMPLETE, value);
	case CERT_SERIAL:
		return set_fact_text(row, SHOWN_CERT_SERIAL, value);
	case CERT_FINGERPRINT:
		fact = fact_of(row, SHOWN_CERT_SHA256);
		return value_set_hex(value, fact ? fact->text : "");
	default:
		return false;
	}
}

static bool has_port(const struct shown_facts *facts, const struct mirror_check *check)
{
	return shown_fact(facts, check, SHOWN_PORT_STATE);
}

static bool take_port(const struct row *row, uint32_t arc, struct value *value)
{
	static const char *const states[] = {
		"unknown", "open", "closed", "filtered", "unreachable", "open_or_filtered", NULL
	};
	const struct feed_check *fed = &row->check->fed;

	switch (arc) {
	case PORT_TRANSPORT:
		return value_set_integer(value, strncmp(fed->subject, "udp/", 4) ? 1 : 2);
	case PORT_NUMBER:
		return value_set_natural(value, fed->port);
	case PORT_EXPECTED:
		return set_word(value, fed->expected_port);
	case PORT_OBSERVED:
		return set_fact_word(row, SHOWN_PORT_STATE, states, 1, value);
	case PORT_ROUND_TRIP:
		return value_set_natural(value,
					 parts_of(fact_real(row, SHOWN_PORT_RTT), 1000000));
	default:
		return false;
	}
}

static bool has_tls(const struct shown_facts *facts, const struct mirror_check *check)
{
	return shown_fact(facts, check, SHOWN_TLS_VERSIONS);
}

static bool take_tls(const struct row *row, uint32_t arc, struct value *value)
{
	static const char *const versions[] = {
		"SSLv3", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3", NULL
	};
	const struct fact *fact;
	uint8_t bits = 0;

	switch (arc) {
	case TLS_VERSIONS:
		set_bits(fact_of(row, SHOWN_TLS_VERSIONS), versions, &bits);
		return value_set_bytes(value, &bits, sizeof bits);
	case TLS_SUITES:
		fact = fact_of(row, SHOWN_TLS_CIPHERS);
		return fact && value_set_natural(value, fact->count);
	case TLS_WEAK_SUITES:
		fact = fact_of(row, SHOWN_TLS_WEAK_CIPHERS);
		return fact && value_set_natural(value, fact->count);
	case TLS_SERVER_PREFERS:
		fact = fact_of(row, SHOWN_TLS_PREFERENCE);
		return fact && value_set_truth(value, !strcmp(fact->text, "server"));
	default:
		return false;
	}
}

static bool has_smb(const struct shown_facts *facts, const struct mirror_check *check)
{
	return shown_fact(facts, check, SHOWN_SMB_DIALECTS) ||
	       shown_fact(facts, check, SHOWN_SMB_SMB1);
}

static bool set_dialects(const struct row *row, struct value *value)
{
	static const char *const dialects[] = {
		"1", "2.0.2", "2.1", "3.0", "3.0.2", "3.1.1", NULL
	};
	const struct fact *first = fact_of(row, SHOWN_SMB_SMB1);
	uint8_t bits = first && first->truth ? 0x80 : 0;

	set_bits(fact_of(row, SHOWN_SMB_DIALECTS), dialects, &bits);
	return value_set_bytes(value, &bits, sizeof bits);
}

static bool take_smb(const struct row *row, uint32_t arc, struct value *value)
{
	static const char *const signing[] = { "disabled", "enabled", "required", NULL };
	enum { SIGNING_UNKNOWN = 4 };

	switch (arc) {
	case SMB_SIGNING:
		return set_fact_word(row, SHOWN_SMB_SIGNING, signing, SIGNING_UNKNOWN, value);
	case SMB_SMB1:
		return set_fact_truth(row, SHOWN_SMB_SMB1, value);
	case SMB_SMB1_SIGNING:
		return set_fact_word(row, SHOWN_SMB_SMB1_SIGNING, signing, SIGNING_UNKNOWN,
				     value);
	case SMB_DIALECTS:
		return set_dialects(row, value);
	case SMB_ENCRYPTION:
		return set_fact_truth(row, SHOWN_SMB_ENCRYPTION, value);
	default:
		return false;
	}
}

static bool has_reach(const struct shown_facts *facts, const struct mirror_check *check)
{
	return shown_fact(facts, check, SHOWN_REACH_STAGE);
}

static bool take_reach(const struct row *row, uint32_t arc, struct value *value)
{
	static const char *const paths[] = { "unknown", "direct", "proxy", NULL };
	const struct fact *fact;

	switch (arc) {
	case REACH_OK:
		return set_fact_truth(row, SHOWN_REACH_OK, value);
	case REACH_STAGE:
		return set_fact_text(row, SHOWN_REACH_STAGE, value);
	case REACH_PATH:
		return set_fact_word(row, SHOWN_REACH_PATH, paths, 1, value);
	case REACH_TIME:
		fact = fact_of(row, SHOWN_REACH_OK);
		return value_set_natural(
			value, fact && fact->truth
				       ? parts_of(fact_real(row, SHOWN_REACH_SECONDS), 1000)
				       : 0);
	case REACH_STATUS:
		fact = fact_of(row, SHOWN_REACH_STATUS);
		return value_set_natural(value, fact ? natural(fact->integer) : 0);
	default:
		return false;
	}
}

/* What an observation of each family measures: a time until then, a duration, or a list. */
enum unit shown_measure(const struct row *row, int64_t *number)
{
	static const struct {
		enum unit unit;
		enum shown shown;
	} measures[FEED_FAMILIES] = {
		[FEED_FAMILY_CERTIFICATE] = { UNIT_DAYS, SHOWN_CERT_NOT_AFTER },
		[FEED_FAMILY_PORT] = { UNIT_MILLISECONDS, SHOWN_PORT_RTT },
		[FEED_FAMILY_REACH] = { UNIT_MILLISECONDS, SHOWN_REACH_SECONDS },
		[FEED_FAMILY_HTTP] = { UNIT_MILLISECONDS, SHOWN_HTTP_SECONDS },
		[FEED_FAMILY_TLS] = { UNIT_COUNT, SHOWN_TLS_WEAK_CIPHERS }
	};
	uint8_t family = row->check->rule->family;
	enum unit unit = family < FEED_FAMILIES ? measures[family].unit : 0;
	const struct fact *fact = unit ? fact_of(row, measures[family].shown) : NULL;

	if (!fact)
		return UNIT_NONE;
	*number = unit == UNIT_DAYS ? days_between(row->about->now_wall_us, fact->integer)
		  : unit == UNIT_COUNT ? (int64_t)fact->count
				       : (int64_t)parts_of(fact->real, 1000);
	return unit;
}

const struct table certificate_table = { .arcs = { 1, 5, 1 }, .arc_count = 3,
					 .rows = ROWS_SOME_CHECKS,
					 COLUMNS(certificate_columns),
					 .take = take_certificate, .has = has_certificate };
const struct table port_table = { .arcs = { 1, 8, 1 }, .arc_count = 3,
				  .rows = ROWS_SOME_CHECKS, COLUMNS(port_columns),
				  .take = take_port, .has = has_port };
const struct table tls_table = { .arcs = { 1, 9, 1 }, .arc_count = 3,
				 .rows = ROWS_SOME_CHECKS, COLUMNS(tls_columns),
				 .take = take_tls, .has = has_tls };
const struct table smb_table = { .arcs = { 1, 10, 1 }, .arc_count = 3,
				 .rows = ROWS_SOME_CHECKS, COLUMNS(smb_columns),
				 .take = take_smb, .has = has_smb };
const struct table reach_table = { .arcs = { 1, 11, 1 }, .arc_count = 3,
				   .rows = ROWS_SOME_CHECKS, COLUMNS(reach_columns),
				   .take = take_reach, .has = has_reach };
