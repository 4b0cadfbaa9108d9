/* SPDX-License-Identifier: Apache-2.0
 *
 * A profile as a document for people: a head, chapters, what nobody can see, and the words
 * that choose parts of it.
 */
#ifndef AGENT_CLI_PROFILE_TEXT_H
#define AGENT_CLI_PROFILE_TEXT_H

#include "agent/cli/rule_text.h"

void profile_text_add(const struct document *document);

#endif
