/* SPDX-License-Identifier: Apache-2.0
 *
 * The process in which every byte of a stranger is parsed. It is started by the crew as
 * `ucposture prober`, finds the engine at descriptor 3, closes its fence, and answers
 * requests until the engine hangs up. It has no files and nothing to lose.
 */
#ifndef AGENT_IPC_PROBER_H
#define AGENT_IPC_PROBER_H

enum { PROBER_SOCKET = 3 };

/* What main() calls for the word `prober`; never returns. */
_Noreturn void prober_main(void);

#endif
