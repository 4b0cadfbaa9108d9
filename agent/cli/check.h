/* SPDX-License-Identifier: Apache-2.0
 *
 * The settings of `check`, and the targets they name: from a configuration, or from the
 * hosts and options of the command line alone.
 */
#ifndef AGENT_CLI_CHECK_H
#define AGENT_CLI_CHECK_H

#include "agent/cli/options.h"
#include "agent/plan/config.h"

enum { PEERS_MOST = 32 };

struct peer_list {
	struct peer items[PEERS_MOST];
	size_t count;
};

struct check_settings {
	const char *config_file, *profile_dir;
	/* without a configuration */
	struct strings profiles, features, scenarios;
	struct peer_list peers;
	struct dual source;
	const char *vantage, *proxy, *server_name, *verify_name, *ca_file,
		*snmp_access;
	uint8_t family;
	uint32_t timeout_ms;
	/* in both cases */
	uint32_t probers, probes_per_second, packets_per_second;
	const char *state_dir, *name_servers;
	bool accept_changes;
	const char *format, *output, *language, *colour;
	unsigned verbose;
};

/* smtp=mail.example:25; given twice, an address of each version of IP */
bool check_set_peer(const struct setting *setting);
bool check_set_source(const struct setting *setting);
/* The configuration with the chosen targets in it; look at problems->errors before use. */
struct config *check_config(const struct invocation *invocation, struct problems *problems);

#endif
