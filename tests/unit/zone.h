/* SPDX-License-Identifier: Apache-2.0
 *
 * What the name servers of the tests know, and what they say: also nothing, or something
 * damaged.
 */
#ifndef TESTS_UNIT_ZONE_H
#define TESTS_UNIT_ZONE_H

#include "net/bytes.h"

/* The answer to one question, without the length that TCP puts in front; false: none. */
bool zone_reply(struct reader *in, struct writer *out, bool over_tcp);

#endif
