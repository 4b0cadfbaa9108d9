/* SPDX-License-Identifier: Apache-2.0
 *
 * Which algorithms of SSH are no longer good enough, and what Terrapin needs. Pure. Used by
 * ssh.c; the table in ssh_weakness.c says why for each.
 */
#ifndef COLLECTORS_SSH_WEAKNESS_H
#define COLLECTORS_SSH_WEAKNESS_H

#include "collectors/ssh_wire.h"

bool ssh_is_weak(enum ssh_list list, const struct ssh_text *name);
/* No algorithm but a sign of what the server can: it is no choice of anybody's. */
bool ssh_is_sign(const struct ssh_text *name);
/* CVE-2023-48795: packets can be cut out of the beginning of a session unnoticed. */
bool ssh_is_open_to_terrapin(const struct ssh_heard *heard);

#endif
