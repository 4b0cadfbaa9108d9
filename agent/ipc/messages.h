/* SPDX-License-Identifier: Apache-2.0
 *
 * Every message between the engine and its probers, in the frames of frame.h. Both ends are the
 * same program, but each treats the other's bytes as a stranger's.
 */
#ifndef AGENT_IPC_MESSAGES_H
#define AGENT_IPC_MESSAGES_H

#include "collectors/observation.h"

enum message_kind {
	/* engine → prober */
	MESSAGE_SETTINGS = 1,	/* struct prober_settings; the first message */
	MESSAGE_OBSERVE,	/* u32 ticket, u32 number of authorities or 0, request */
	/* prober → engine */
	MESSAGE_READY,		/* struct fence_report: the fence is closed */
	MESSAGE_OBSERVED,	/* u32 ticket, observation */
	MESSAGE_LOG,		/* u8 level, topic, line */
	/* engine → prober */
	MESSAGE_AUTHORITIES,	/* u32 number, PEM: before the first request that says it */
	MESSAGE_KINDS
};

/* Each has a fence or a life of its own. */
enum prober_kind {
	PROBER_OUTSIDE,		/* it looks at the network */
	PROBER_INSIDE,		/* at the machine it runs on, and not at the network */
	PROBER_FETCHING,	/* brings the engine's documents, and meets no target */
	PROBER_KINDS
};

enum prober_kind prober_kind_for(const struct collector *collector);

struct prober_settings {
	char name_servers[512];	/* "": the system's */
	char user[64];		/* to become when started as root; "": nobody */
	enum prober_kind kind;
	const char *program;	/* what is started as a prober; NULL: this very program.
				   The crew's own business, so it is not sent. */
};

struct fence_report {
	uint8_t no_new_privileges;
	uint8_t seccomp;	/* 0: none, 1: refuses, 2: kills */
	uint8_t landlock;	/* the ABI level, 0: none */
	uint32_t user;
};

void message_put_settings(struct writer *out, const struct prober_settings *settings);
bool message_take_settings(struct reader *body, struct prober_settings *settings);
/* authorities: the number of the request's, see shelf.h. */
void message_put_observe(struct writer *out, uint32_t ticket, uint32_t authorities,
			 const struct request *request);
bool message_take_observe(struct reader *body, uint32_t *ticket, uint32_t *authorities,
			  struct arena *arena, struct request *request);
void message_put_authorities(struct writer *out, uint32_t number, const char *pem);
/* In place, without a NUL at its end. */
bool message_take_authorities(struct reader *body, uint32_t *number, const char **pem,
			      size_t *length);
/* kind: MESSAGE_READY, or what others who have a fence call it. */
void message_put_ready(struct writer *out, uint8_t kind, const struct fence_report *report);
bool message_take_ready(struct reader *body, struct fence_report *report);
/* Within a frame that began there. What no frame can hold goes without its facts, so that one
 * endless list does not cost all the others their answers. */
void message_put_observation(struct writer *out, size_t frame,
			     const struct observation *observation);
void message_put_observed(struct writer *out, uint32_t ticket,
			  const struct observation *observation);
/* NULL when the body is damaged; the observation is the caller's. */
struct observation *message_take_observed(struct reader *body, uint32_t *ticket);
void message_put_log(struct writer *out, uint8_t level, const char *topic, const char *line);
bool message_take_log(struct reader *body, uint8_t *level, char topic[static 32],
		      char line[static 1024]);

#endif
