/* SPDX-License-Identifier: Apache-2.0
 *
 * Which sockets of this machine itself wait for whoever comes, as its kernel knows them: also
 * what a firewall hides, what listens on one address only, and whose they are.
 */
#ifndef COLLECTORS_HOST_H
#define COLLECTORS_HOST_H

#include "collectors/collector.h"

extern const struct collector host_collector;

#endif
