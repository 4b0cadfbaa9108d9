/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECTORS_HTTP_H
#define COLLECTORS_HTTP_H

struct collector;

extern const struct collector http_collector;

#endif
