/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for net/resolve.c in tests of what runs collectors. It knows numeric hosts and
 * six.example, which has no IPv4 address; late.example and never.example want a lookup,
 * which comes a little later or never.
 */
#ifndef TESTS_UNIT_FAKE_RESOLVER_H
#define TESTS_UNIT_FAKE_RESOLVER_H

#include "net/resolve.h"

/* Lookups cancelled in this process. */
unsigned fake_cancelled(void);

#endif
