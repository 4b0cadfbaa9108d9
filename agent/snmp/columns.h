/* SPDX-License-Identifier: Apache-2.0
 *
 * The objects of UC-POSTURE-MIB: where each stands, what it is called, its syntax, and what its
 * value is in a row. A scalar is the only row of a table of its own. Everything here is pure: the
 * same mirror at the same time has the same values.
 */
#ifndef AGENT_SNMP_COLUMNS_H
#define AGENT_SNMP_COLUMNS_H

#include "agent/mirror/mirror.h"
#include "agent/snmp/value.h"

/* X(constant, word in the MIB, type) */
#define SYNTAXES(X)                                                                           \
	X(TEXT, "SnmpAdminString", OCTETS)                                                    \
	X(OCTETS, "OCTET STRING", OCTETS)                                                     \
	X(TIME, "DateAndTime", OCTETS)                                                        \
	X(ADDRESS, "InetAddress", OCTETS)                                                     \
	X(TLS_VERSIONS, "UcpTlsVersions", OCTETS)                                             \
	X(SMB_DIALECTS, "UcpSmbDialects", OCTETS)                                             \
	X(INTEGER, "Integer32", INTEGER)                                                      \
	X(TRUTH, "TruthValue", INTEGER)                                                       \
	X(ADDRESS_TYPE, "InetAddressType", INTEGER)                                           \
	X(IP, "InetVersion", INTEGER)                                                         \
	X(STATE, "UcpState", INTEGER)                                                         \
	X(SEVERITY, "UcpSeverity", INTEGER)                                                   \
	X(FAMILY, "UcpCheckFamily", INTEGER)                                                  \
	X(UNIT, "UcpUnit", INTEGER)                                                           \
	X(VANTAGE, "UcpVantage", INTEGER)                                                     \
	X(KIND, "UcpChangeKind", INTEGER)                                                     \
	X(CAUSE, "UcpChangeCause", INTEGER)                                                   \
	X(TRANSPORT, "UcpTransport", INTEGER)                                                 \
	X(PORT_STATE, "UcpPortState", INTEGER)                                                \
	X(SIGNING, "UcpSigning", INTEGER)                                                     \
	X(PATH, "UcpPath", INTEGER)                                                           \
	X(PORT, "InetPortNumber", GAUGE)                                                      \
	X(GAUGE, "Gauge32", GAUGE)                                                            \
	X(NATURAL, "Unsigned32", GAUGE)                                                       \
	X(COUNTER, "Counter32", COUNTER)                                                      \
	X(STAMP, "TimeStamp", TICKS)

enum syntax {
#define SYNTAX_CONSTANT(constant, word, type) SYNTAX_##constant,
	SYNTAXES(SYNTAX_CONSTANT)
#undef SYNTAX_CONSTANT
	SYNTAX_COUNT
};

/* What of an observation the MIB shows. X(constant, name of the fact) */
#define SHOWN_FACTS(X)                                                                        \
	X(CERT_SUBJECT, "cert.subject")                                                       \
	X(CERT_ISSUER, "cert.issuer")                                                         \
	X(CERT_NOT_BEFORE, "cert.not_before")                                                 \
	X(CERT_NOT_AFTER, "cert.not_after")                                                   \
	X(CERT_KEY_BITS, "cert.key_bits")                                                     \
	X(CERT_TRUSTED, "cert.trusted")                                                       \
	X(CERT_NAME_MATCH, "cert.name_match")                                                 \
	X(CERT_SELF_SIGNED, "cert.self_signed")                                               \
	X(CERT_CHAIN_COMPLETE, "cert.chain_complete")                                         \
	X(CERT_SERIAL, "cert.serial")                                                         \
	X(CERT_SHA256, "cert.sha256")                                                         \
	X(PORT_STATE, "port.state")                                                           \
	X(PORT_RTT, "port.rtt_seconds")                                                       \
	X(TLS_VERSIONS, "tls.versions")                                                       \
	X(TLS_CIPHERS, "tls.ciphers")                                                         \
	X(TLS_WEAK_CIPHERS, "tls.weak_ciphers")                                               \
	X(TLS_PREFERENCE, "tls.preference")                                                   \
	X(SMB_DIALECTS, "smb.dialects")                                                       \
	X(SMB_SMB1, "smb.smb1")                                                               \
	X(SMB_SIGNING, "smb.signing")                                                         \
	X(SMB_SMB1_SIGNING, "smb.smb1_signing")                                               \
	X(SMB_ENCRYPTION, "smb.encryption")                                                   \
	X(REACH_OK, "reach.ok")                                                               \
	X(REACH_STAGE, "reach.stage")                                                         \
	X(REACH_PATH, "reach.path")                                                           \
	X(REACH_STATUS, "reach.status")                                                       \
	X(REACH_SECONDS, "reach.seconds")                                                     \
	X(HTTP_SECONDS, "http.seconds")

enum shown {
#define SHOWN_CONSTANT(constant, name) SHOWN_##constant,
	SHOWN_FACTS(SHOWN_CONSTANT)
#undef SHOWN_CONSTANT
	SHOWN_COUNT
};

/* Facts are known by their descriptors, which are looked up once. */
struct shown_facts {
	const struct fact_descriptor *about[SHOWN_COUNT];
};

void columns_look_up(struct shown_facts *facts);

/* What is outside of the mirror and decides values too. */
struct circumstance {
	const struct mirror *mirror;
	const struct shown_facts *facts;
	int64_t now_wall_us;
	uint32_t changed_ticks;	/* sysUpTime when rows came or went */
};

/* One row: the members that its table has no use for are not set. */
struct row {
	const struct circumstance *about;
	const struct mirror_target *target;
	const struct mirror_check *check;
	const struct feed_event *event;
	uint32_t index[2];	/* as in the name */
};

struct column {
	uint32_t arc;
	const char *name;	/* in the MIB */
	enum syntax syntax;
	uint32_t most;		/* octets of a text; 0: its syntax says it */
};

/* What the rows of a table are, and so how they are found. */
enum rows {
	ROWS_ONE,		/* a scalar: .0 */
	ROWS_CLASSES,		/* family and verdict */
	ROWS_SEVERITIES,
	ROWS_TARGETS,
	ROWS_CHECKS,
	ROWS_SOME_CHECKS,	/* those that `has` says */
	ROWS_EVENTS,
	ROWS_TOLD		/* an event in a notification; not in the tree */
};

enum { TABLE_ARCS = 4 };

struct table {
	uint32_t arcs[TABLE_ARCS];	/* of its entry, below ucPostureMIB */
	uint32_t arc_count;
	enum rows rows;
	const struct column *columns;	/* by arc, ascending */
	size_t column_count;
	/* False: this row has none there. */
	bool (*take)(const struct row *row, uint32_t arc, struct value *value);
	bool (*has)(const struct shown_facts *facts, const struct mirror_check *check);
};

enum {
	TABLE_AGENT, TABLE_SUMMARY, TABLE_CLASSES, TABLE_SCORE, TABLE_SEVERITIES, TABLE_TARGETS,
	TABLE_CHECKS, TABLE_CERTIFICATES, TABLE_EVENTS, TABLE_NOTIFY, TABLE_PORTS, TABLE_TLS,
	TABLE_SMB, TABLE_REACH, TABLE_EXCEPTIONS, TABLE_COUNT
};

/* In the order of names. */
const struct table *columns_table(size_t which);
const char *syntax_word(enum syntax syntax);
enum value_type syntax_type(enum syntax syntax);
/* False: no such instance. */
bool column_take(const struct table *table, const struct column *column, const struct row *row,
		 struct value *value);

#endif
