/* SPDX-License-Identifier: Apache-2.0
 *
 * Getting a finished text out: to a descriptor, or into a file that is complete from the
 * moment it has its name, so that whoever reads it meanwhile sees the old one.
 */
#ifndef AGENT_CLI_OUTPUT_H
#define AGENT_CLI_OUTPUT_H

#include "ground/text.h"

/* Both say on standard error what went wrong and return false. */
bool output_write(int fd, const char *name, const struct text *text);
bool output_replace(const char *file, const struct text *text);

#endif
