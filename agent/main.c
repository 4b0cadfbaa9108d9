/* SPDX-License-Identifier: Apache-2.0
 *
 * One program, two lives: what people type, and the prober that it starts itself as.
 */
#include <string.h>

#include "agent/cli/cli.h"
#include "agent/daemon/daemon.h"
#include "agent/daemon/daemon.h"
#include "agent/ipc/prober.h"

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "prober"))
		prober_main();
	/* Before anything else: who ends it while it starts finds it in order, too. */
	if (argc > 1 && !strcmp(argv[1], "agent"))
		daemon_hold_signals(true);
	if (argc > 1 && !strcmp(argv[1], "agent"))
		daemon_hold_signals(true);
	return cli_main(argc, argv);
}
