/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine tells its faces (snmp, web), and what they answer. Frames are those of frame.h.
 * After FEED_RESET everything follows but events, which never become untrue; later only what
 * changed; FEED_SETTLED ends each part that belongs together. A face treats the bytes as a
 * stranger's, and so does the engine with what the face says.
 */
#ifndef AGENT_MIRROR_FEED_H
#define AGENT_MIRROR_FEED_H

#include "agent/engine/event.h"
#include "agent/ipc/messages.h"
#include "ground/text.h"

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
	FEED_EVENT,		/* struct feed_event: for the table of events, in any order */
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

enum {
	FEED_TEXT_MOST = 4096,		/* longer texts are cut */
	FEED_LABELS_MOST = 16384,
	FEED_STATE_MOST = 512,
	FEED_EVENTS_MOST = 1000		/* of those before a face was started */
};

/* Texts are never NULL after decoding; "" for nothing. They are one piece of memory, which
 * begins with the first text: feed_free() that one. */
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
	struct event event;		/* its texts begin with target_name */
	uint32_t count;			/* of a storm: events that were hidden */
	bool storm;
};

/* Each puts one whole frame; NULL as a text is "". */
void feed_put_settings(struct writer *out, const void *settings, size_t length);
/* Those without a body: FEED_RESET, FEED_SETTLED. */
void feed_put_mark(struct writer *out, enum feed_kind kind);
void feed_put_agent(struct writer *out, const struct feed_agent *agent);
void feed_put_rule(struct writer *out, const struct feed_rule *rule);
void feed_put_target(struct writer *out, const struct feed_target *target);
void feed_put_sight(struct writer *out, uint32_t number, const struct observation *observation);
void feed_put_check(struct writer *out, const struct feed_check *check);
void feed_put_gone(struct writer *out, enum feed_kind which, uint32_t number);
void feed_put_event(struct writer *out, const struct feed_event *event);
void feed_put_tell(struct writer *out, uint32_t sink, const struct feed_event *event);
void feed_put_ready(struct writer *out, const struct fence_report *report);
void feed_put_told(struct writer *out, uint32_t sink, uint64_t number, bool acknowledged);
void feed_put_state(struct writer *out, bool good, const char *text);

/* False: the body makes no sense, and nothing was kept. */
bool feed_take_mark(struct reader *body);
bool feed_take_agent(struct reader *body, struct feed_agent *agent);
bool feed_take_rule(struct reader *body, struct feed_rule *rule);
bool feed_take_target(struct reader *body, struct feed_target *target);
bool feed_take_sight(struct reader *body, struct feed_sight *sight);
bool feed_take_check(struct reader *body, struct feed_check *check);
bool feed_take_gone(struct reader *body, enum feed_kind *which, uint32_t *number);
bool feed_take_event(struct reader *body, struct feed_event *event);
bool feed_take_tell(struct reader *body, uint32_t *sink, struct feed_event *event);
bool feed_take_ready(struct reader *body, struct fence_report *report);
bool feed_take_told(struct reader *body, uint32_t *sink, uint64_t *number, bool *acknowledged);
/* Fit for a log. */
bool feed_take_state(struct reader *body, bool *good, struct text *text);
/* NULL is fine. */
void feed_free(const char *first_text);

#endif
