/* SPDX-License-Identifier: Apache-2.0
 *
 * What the manual says of each key of a profile and each operator.
 */
#ifndef AGENT_PLAN_PROFILE_HELP_H
#define AGENT_PLAN_PROFILE_HELP_H

/* what: as the form is called, "a rule" or "an operator"; NULL when the manual has no such key. */
const char *profile_help(const char *what, const char *key);

#endif
