/* SPDX-License-Identifier: Apache-2.0
 *
 * snmp_serve TARGETS CHECKS alone ADDRESS FOLDER LINE... | below SOCKET PING
 *
 * Serves a made mirror with so many targets of so many checks each. With "alone" it is an agent
 * that lets in whom the lines say, as in snmpd.conf; with "below" it is an snmpd's subagent. What
 * it reads from its standard input it does: "add TARGET", "remove TARGET". It ends with that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/snmp/serving.h"
#include "tests/unit/made_mirror.h"

struct served {
	struct mirror *mirror;
	struct mib *mib;
	unsigned checks;
	bool ends;
};

static void say(void *owner, int priority, const char *message)
{
	(void)owner;
	fprintf(stderr, "%d %s", priority, message);
}

static void connected(void *owner, bool connected)
{
	(void)owner;
	printf("%s\n", connected ? "connected" : "disconnected");
	fflush(stdout);
}

static void heard(int fd, void *owner)
{
	struct served *served = owner;
	char line[64];
	ssize_t length = read(fd, line, sizeof line - 1);
	unsigned target;

	if (length <= 0) {
		served->ends = true;
		return;
	}
	line[length] = 0;
	if (sscanf(line, "add %u", &target) == 1)
		made_mirror_add(served->mirror, target, served->checks);
	else if (sscanf(line, "remove %u", &target) == 1)
		made_mirror_remove(served->mirror, target);
	else
		return;
	mib_settle(served->mib, serving_ticks());
	printf("done\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct serving_terms terms = {
		.root = { 1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 5061, 1 }, .root_length = 11,
		.say = say, .connected = connected
	};
	struct served served = { 0 };
	struct serving *serving;

	if (argc < 6)
		return 2;
	served.checks = (unsigned)strtoul(argv[2], NULL, 10);
	served.mirror = made_mirror((unsigned)strtoul(argv[1], NULL, 10), served.checks,
				    MADE_EVENTS);
	served.mib = mib_new(served.mirror);
	if (!strcmp(argv[3], "alone")) {
		terms.listen = argv[4];
		terms.folder = argv[5];
		terms.lines = (const char *const *)(argv + 6);
	} else {
		terms.master = argv[4];
		terms.ping_s = (unsigned)strtoul(argv[5], NULL, 10);
	}
	serving = serving_start(&terms, served.mib);
	if (!serving)
		return 1;
	serving_watch(serving, STDIN_FILENO, heard, &served);
	printf("serves\n");
	fflush(stdout);
	while (!served.ends)
		serving_turn(serving, true);
	serving_stop(serving);
	mib_free(served.mib);
	mirror_free(served.mirror);
	return 0;
}
