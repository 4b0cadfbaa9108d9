/* SPDX-License-Identifier: Apache-2.0
 *
 * How an attempt to find something out ended: at which stage, and for which of a bounded
 * list of reasons. Two causes never share a reason. The words are an interface: they are
 * in the JSON, in metric labels and in the MIB.
 */
#ifndef NET_OUTCOME_H
#define NET_OUTCOME_H

#include <stdbool.h>

/* X(constant, word, sentence for people) */
#define REASONS(X)                                                                            \
	X(NONE, "none", "")                                                                   \
	X(REFUSED, "refused", "the connection was refused")                                   \
	X(TIMED_OUT, "timed_out", "nobody answered in time")                                  \
	X(UNREACHABLE, "unreachable", "a router says the host cannot be reached")             \
	X(PROHIBITED, "prohibited", "a firewall on the way says it is not allowed")           \
	X(NO_ROUTE, "no_route", "this machine has no route to the address")                   \
	X(CLOSED_EARLY, "closed_early", "the peer closed the connection before it answered")  \
	X(RESET, "reset", "the peer reset the connection")                                    \
	X(MALFORMED, "malformed", "the answer is cut short or contradicts itself")            \
	X(NOT_THIS_PROTOCOL, "not_this_protocol", "something else answers there")             \
	X(TOO_MUCH, "too_much", "the peer sends more than such an answer can be")             \
	X(NO_ADDRESS, "no_address", "the name has no address of this family")                 \
	X(NO_ADDRESS_AT_ALL, "no_address_at_all", "the name exists but has no address")       \
	X(NAME_NOT_FOUND, "name_not_found", "the name does not exist")                        \
	X(NAME_SERVER_FAILED, "name_server_failed", "the name servers do not answer properly") \
	X(PROXY_REFUSED, "proxy_refused", "the proxy refused to connect us")                  \
	X(PROXY_AUTHENTICATION, "proxy_authentication", "the proxy wants a user and password") \
	X(TLS_FAILED, "tls_failed", "the TLS handshake failed")                               \
	X(STARTTLS_ABSENT, "starttls_absent", "the peer does not offer STARTTLS")             \
	X(STARTTLS_REFUSED, "starttls_refused", "the peer refused STARTTLS")                  \
	X(SOURCE_UNAVAILABLE, "source_unavailable", "the source address is not on this machine") \
	X(NO_RESOURCES, "no_resources", "this machine ran out of sockets or ports")           \
	X(SPOKE_TO_OURSELVES, "spoke_to_ourselves", "the connection reached our own socket")  \
	X(PROBER_DIED, "prober_died", "the process that looked died while doing so")          \
	X(CANCELLED, "cancelled", "we stopped before it was finished")                        \
	X(UNSUPPORTED, "unsupported", "this collector cannot look at that subject")           \
	X(INTERNAL, "internal", "our own fault")

enum reason {
#define REASON_CONSTANT(constant, word, sentence) REASON_##constant,
	REASONS(REASON_CONSTANT)
#undef REASON_CONSTANT
	REASON_COUNT
};

/* X(constant, word) */
#define STAGES(X)                                                                             \
	X(NONE, "none")                                                                       \
	X(RESOLVE, "resolve")                                                                 \
	X(CONNECT, "connect")                                                                 \
	X(PROXY, "proxy")                                                                     \
	X(STARTTLS, "starttls")                                                               \
	X(HANDSHAKE, "handshake")                                                             \
	X(REQUEST, "request")                                                                 \
	X(REPLY, "reply")                                                                     \
	X(PROBER, "prober")

enum stage {
#define STAGE_CONSTANT(constant, word) STAGE_##constant,
	STAGES(STAGE_CONSTANT)
#undef STAGE_CONSTANT
	STAGE_COUNT
};

struct outcome {
	enum stage stage;	/* STAGE_NONE when it did not fail */
	enum reason reason;	/* REASON_NONE: observed */
	const char *step;	/* the dialogue's step, a constant; NULL when there is none */
};

const char *reason_word(enum reason reason);
const char *reason_sentence(enum reason reason);
bool reason_named(const char *word, enum reason *reason);
const char *stage_word(enum stage stage);

/* What errno of a socket call means to somebody who wants to reach a peer. */
enum reason reason_of_errno(int error);

#endif
