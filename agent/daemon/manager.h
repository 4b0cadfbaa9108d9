/* SPDX-License-Identifier: Apache-2.0
 *
 * What the service manager is told of us, as sd_notify(3) has it: a datagram to the socket that
 * the environment names. Without such a socket nothing is told.
 */
#ifndef AGENT_DAEMON_MANAGER_H
#define AGENT_DAEMON_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

struct manager;

/* Takes what it needs out of the environment: nobody whom we start shall speak for us. */
struct manager *manager_new(int64_t now_us);
void manager_free(struct manager *manager);
void manager_say_ready(struct manager *manager);
void manager_say_reloading(struct manager *manager);
void manager_say_stopping(struct manager *manager);
/* A line for people; said again with nothing changed it does nothing. */
void manager_say_status(struct manager *manager, const char *status);
/* The watchdog, and what could not be said yet: to be called by the loop that must not hang, and
 * when it wants to be called again; INT64_MAX: never. A loop that comes late says nothing this
 * time, and whoever is late again is ended by the manager. */
int64_t manager_turn(struct manager *manager, int64_t now_us);

/* Whether standard error goes to the journal (JOURNAL_STREAM in systemd.exec(5)). */
bool manager_keeps_the_log(void);

#endif
