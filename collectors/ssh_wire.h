/* SPDX-License-Identifier: Apache-2.0
 *
 * How an SSH server introduces itself, as bytes: its identification (RFC 4253 4.2) and the
 * first packet, KEXINIT (6 and 7.1), which is not encrypted. Pure; all texts are in place.
 * Called by ssh.c, the tests and the fuzzer.
 */
#ifndef COLLECTORS_SSH_WIRE_H
#define COLLECTORS_SSH_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "net/bytes.h"
#include "net/dialogue.h"

enum { SSH_NAMES_MOST = 256, SSH_NAME_MOST = 255 };

struct ssh_text {
	const char *bytes;
	size_t length;
};

struct ssh_identification {
	struct ssh_text protocol;	/* "2.0" */
	struct ssh_text software;	/* "OpenSSH_9.2p1"; may be empty */
	struct ssh_text comment;	/* "Debian-2"; may be empty */
	bool speaks_2;
};

/* In their order in KEXINIT: from client to server, then back. */
enum ssh_list {
	SSH_KEX,
	SSH_HOST_KEYS,
	SSH_CIPHERS_IN,
	SSH_CIPHERS_OUT,
	SSH_MACS_IN,
	SSH_MACS_OUT,
	SSH_COMPRESSION_IN,
	SSH_COMPRESSION_OUT,
	SSH_LANGUAGES_IN,
	SSH_LANGUAGES_OUT,
	SSH_LISTS
};

struct ssh_heard {
	bool parted;			/* it would not speak to us: DISCONNECT */
	struct ssh_text words;		/* why, in its own words */
	struct ssh_text lists[SSH_LISTS];	/* for ssh_take_name(); else */
};

/* Ours, with the end of the line. */
void ssh_put_identification(struct writer *out);
/* NEXT_STEP: the next line. NOT_THIS_PROTOCOL: no server that identifies itself says so,
 * nor may before it does. */
enum turn ssh_take_line(struct reader *in, struct ssh_text *line);
bool ssh_is_identification(const struct ssh_text *line);
/* False when it contradicts RFC 4253 4.2. */
bool ssh_read_identification(const struct ssh_text *line, struct ssh_identification *said);
/* CONCLUDED: KEXINIT, or that it parts; GO_ON: a packet that says nothing. */
enum turn ssh_take_packet(struct reader *in, struct ssh_heard *heard);
/* The first name of a list; false when there is none left. */
bool ssh_take_name(struct ssh_text *list, struct ssh_text *name);

#endif
