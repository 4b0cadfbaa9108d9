/* SPDX-License-Identifier: Apache-2.0
 *
 * libcurl on our loop: one HTTP request over a connection that is open already. Only
 * fetch_transfer.c includes it; fetch.c is the one who calls here.
 */
#ifndef NET_FETCH_TRANSFER_H
#define NET_FETCH_TRANSFER_H

#include "net/fetch.h"

struct transfer_plan {
	const char *url;		/* http:// */
	const char *host;		/* the header */
	const char *agent;
	const struct fetch_header *asking;
	size_t asking_count;
	const struct proxy *proxy;	/* is at the other end and wants the whole URL; NULL */
	int fd;				/* taken over */
};

/* The one that ends it may stop it; the others may not. */
struct transfer_events {
	/* A line of a head with its end; some of the body, before any line when there is no
	 * head. False: enough. */
	bool (*line)(void *arg, const char *line, size_t length);
	bool (*body)(void *arg, const char *bytes, size_t length);
	/* NONE: nothing comes any more, for whatever reason. whole: because all has come.
	 * Never from inside transfer_start(). */
	void (*ended)(void *arg, enum reason reason, bool whole);
};

struct transfer;

struct loop *fetcher_loop(const struct fetcher *fetcher);
struct transfer *transfer_start(struct fetcher *fetcher, const struct transfer_plan *plan,
				const struct transfer_events *events, void *arg);
/* Is open until the transfer is stopped. */
int transfer_socket(const struct transfer *transfer);
/* Closes the connection and releases all; to be called once, whether it has ended or not. */
void transfer_stop(struct transfer *transfer);

#endif
