/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways out of the fence: those that no prober has, and those that only one would try that
 * looks inside the machine.
 */
#ifndef TESTS_INTEGRATION_FENCE_ESCAPE_H
#define TESTS_INTEGRATION_FENCE_ESCAPE_H

#include <netinet/in.h>
#include <stddef.h>
#include <sys/types.h>

#include "collectors/machine.h"

/* What was got hold of before the fence closed, as a prober has its socket. */
struct before {
	pid_t parent;
	int memory_file;	/* a memfd with a program in it */
	int tcp, udp;
	in_port_t port;		/* where one of ours listens on 127.0.0.1 */
	void *page;		/* readable and writable */
	struct machine *machine;
};

struct attempt {
	const char *name;
	long (*attempt)(const struct before *before);	/* -1: it was denied */
};

#define TRY(name) { #name, try_##name }

const struct attempt *attempts_inside(size_t *count);

#endif
