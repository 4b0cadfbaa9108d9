/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine tells its faces (snmp, web), and what they answer. Frames are those of
 * messages.h. After FEED_RESET everything follows; later only what changed; FEED_SETTLED ends
 * each part that belongs together. A face treats the bytes as a stranger's, and so does the
 * engine with what the face says.
 */
#ifndef AGENT_MIRROR_FEED_H
#define AGENT_MIRROR_FEED_H

#include "agent/engine/event.h"
#include "collectors/observation.h"

enum feed_kind {
	/* engine → face */
	FEED_SETTINGS = 64,	/* the face's own, once, first */
	FEED_RESET,
	FEED_AGENT,		/* struct feed_agent */
	FEED_RULE,		/* struct feed_rule */
	FEED_TARGET,		/* struct feed_target */
	FEED_SIGHT,		/* struct feed_sight: before the checks that it decides */
	FEED_CHECK,		/* struct feed_check */
	FEED_GONE,		/* u8 which (FEED_TARGET, _CHECK, _SIGHT, _RULE), u32 number */
	FEED_EVENT,		/* struct feed_event: for the table of events */
	FEED_SETTLED,
	FEED_TELL,		/* u32 sink, struct feed_event: to be told to that sink */
	/* face → engine */
	FEED_READY,		/* struct fence_report */
	FEED_TOLD,		/* u32 sink, u64 number, u8 acknowledged */
	FEED_STATE,		/* u8 good, text: how the face is, when that changed */
	FEED_END
};

/* X(constant, collector): what the MIB calls families, in its order less 1. */
#define FEED_FAMILY_LIST(X)                                                                   \
	X(OTHER, "")                                                                          \
	X(PORT, "port")                                                                       \
	X(CERTIFICATE, "certificate")                                                         \
	X(TLS, "tls")                                                                         \
	X(SMB, "smb")                                                                         \
	X(REACH, "reach")                                                                     \
	X(HTTP, "http")                                                                       \
	X(DNS, "dns")                                                                         \
	X(SIP, "sip")                                                                         \
	X(SNMP, "snmp")                                                                       \
	X(SSH, "ssh")                                                                         \
	X(HOST, "host")

enum feed_family {
#define FEED_FAMILY_CONSTANT(constant, collector) FEED_FAMILY_##constant,
	FEED_FAMILY_LIST(FEED_FAMILY_CONSTANT)
#undef FEED_FAMILY_CONSTANT
	FEED_FAMILIES
};

/* Texts are never NULL after decoding; "" for nothing. */
struct feed_agent {
	const char *version;
	int64_t started_wall_us, loaded_wall_us;
	bool config_valid, store_writable, uplink_up;
	uint64_t observations;		/* since the start */
	uint32_t late_s;		/* what is due has waited so long */
	uint64_t told, untold, suppressed;	/* notifications, over all sinks */
	uint64_t last_event;
};

struct feed_rule {
	uint32_t number;
	uint8_t family;			/* enum feed_family */
	const char *name;		/* "starface.tls-versions" */
	const char *title, *because, *remedy, *otherwise_remedy, *reference;
};

struct feed_target {
	uint32_t number, check;		/* in the store; of its own alarm */
	const char *name, *address, *profiles;	/* profiles: comma separated */
	const char *labels;		/* "name\0value\0…", in `labels_length` bytes */
	uint32_t labels_length;
	uint8_t vantage;		/* enum vantage */
	bool down;
	uint8_t told;			/* enum verdict, of its own alarm */
	uint64_t raised;
};

/* An observation. */
struct feed_sight {
	uint32_t number;
	struct observation *observation;
};

struct feed_check {
	uint32_t number, target, rule, sight;	/* sight: 0: none */
	const char *name, *subject;
	const char *expected, *observed, *reason;
	const char *exception_reason, *exception_owner;
	int64_t exception_until_us;	/* 0: none */
	int64_t judged_wall_us, since_wall_us;	/* 0: never */
	uint64_t raised;		/* the event that raised its alarm; 0: none */
	uint16_t port;
	uint8_t ip;			/* 4, 6 or 0 */
	uint8_t verdict, severity;
	uint8_t told;			/* enum verdict, of its alarm */
	uint8_t expected_port;		/* 0: any, 1: open, 2: closed */
	bool flaps, held, unused_feature;
};

struct feed_event {
	struct event event;		/* texts in the arena */
	uint32_t count;			/* of a storm: events that were hidden */
	bool storm;
	struct arena *arena;
};

#endif
