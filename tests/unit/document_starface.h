/* SPDX-License-Identifier: Apache-2.0
 *
 * STARFACE: the port table, the addresses, the examples.
 */
#ifndef TESTS_UNIT_DOCUMENT_STARFACE_H
#define TESTS_UNIT_DOCUMENT_STARFACE_H

#include "tests/unit/document_rows.h"

static const struct row starface_ports[] = {
	{ 1, "tcp/53 udp/53", OUT, 0 },
	{ 2, "tcp/80", IN, 0 },
	{ 3, "tcp/80", IN, 0 },
	{ 4, "udp/123", OUT, 0 },
	{ 5, "tcp/443", IN, 0 },
	{ 6, "tcp/443", IN, 0 },
	{ 7, "udp/1902", IN | OUT, IN | OUT },
	{ 8, "tcp/3090 udp/3090", IN | OUT, 0 },
	{ 9, "udp/5060", IN | OUT, 0 },
	{ 10, "tcp/5060", IN, 0 },
	{ 11, "tcp/5061", IN | OUT, 0 },
	{ 12, "tcp/5222", IN, 0 },
	{ 13, "udp/10000-20000", IN, IN },
	{ 14, "udp/1025-65535", OUT, OUT },
	{ 15, "tcp/50080", IN, 0 },
	{ 16, "tcp/50081", IN, 0 },
};

static const struct row starface_tls[] = {
	{ 1, "tcp/443", IN, 0 },
	{ 2, "tcp/5061", IN, 0 },
	{ 3, "tcp/5223", IN, 0 },
};

static const struct row trunk_inbound[] = {
	{ 1, "udp/5060", IN, 0 },
	{ 2, "tcp/5061", IN, 0 },
	{ 3, "udp/10000-20000", IN, IN },
};

static const struct row trunk_outbound[] = {
	{ 1, "udp/5060", OUT, 0 },
	{ 2, "tcp/5061", OUT, 0 },
	{ 3, "udp/1025-65535", OUT, OUT },
};

static const struct row clients_inbound[] = {
	{ 1, "tcp/443", IN, 0 },
	{ 2, "udp/5060", IN, 0 },
	{ 3, "tcp/5061", IN, 0 },
	{ 4, "tcp/5222", IN, 0 },
	{ 5, "tcp/50080", IN, 0 },
	{ 6, "tcp/50081", IN, 0 },
	{ 7, "udp/10000-20000", IN, IN },
};

static const struct row clients_outbound[] = {
	{ 1, "udp/5060", OUT, 0 },
	{ 2, "tcp/5061", OUT, 0 },
	{ 3, "tcp/5222", OUT, OUT },
	{ 4, "tcp/50080", OUT, OUT },
	{ 5, "tcp/50081", OUT, OUT },
	{ 6, "udp/1025-65535", OUT, OUT },
};

static const struct row web_outbound[] = {
	{ 1, "tcp/443", OUT, OUT },
	{ 2, "udp/5060", OUT, 0 },
	{ 3, "tcp/5061", OUT, 0 },
	{ 4, "tcp/5222", OUT, OUT },
	{ 5, "tcp/50080", OUT, OUT },
	{ 6, "tcp/50081", OUT, OUT },
	{ 7, "udp/1025-65535", OUT, OUT },
};

static const struct row starface_servers[] = {
	{ 1, "http://license.starface.de", OUT, 0 },
	{ 2, "https://license.starface.de", OUT, 0 },
	{ 3, "https://license.starface.de:8383", OUT, 0 },
	{ 4, "http://update.starface.de", OUT, 0 },
	{ 5, "https://update.starface.de", OUT, 0 },
	{ 6, "http://starface-cdn.de", OUT, 0 },
	{ 7, "https://starface-cdn.de", OUT, 0 },
	{ 8, "http://www.starface-cdn.de", OUT, 0 },
	{ 9, "https://www.starface-cdn.de", OUT, 0 },
	{ 10, "https://siptrunk.de", OUT, 0 },
};

static const struct row starface_mobile[] = {
	{ 1, "https://push.starface.de", OUT, 0 },
};

/* Without ports: SIP over TLS is what the examples let out over TCP. */
static const struct row starface_connect[] = {
	{ 1, "tcp://37.120.180.58:5061", OUT, 0 },
	{ 2, "tcp://37.120.180.6:5061", OUT, 0 },
	{ 3, "tcp://37.120.181.198:5061", OUT, 0 },
	{ 4, "tcp://37.120.181.229:5061", OUT, 0 },
	{ 5, "tcp://85.184.250.15:5061", OUT, 0 },
};

static const struct table starface_tables[] = {
	{ "starface", "Port table", ROWS(starface_ports), NULL, "port" },
	{ "starface", "TLS list", ROWS(starface_tls), NULL, "tls" },
	{ "starface", "Example 1, inbound", ROWS(trunk_inbound), "sip-trunk", "port" },
	{ "starface", "Example 1, outbound", ROWS(trunk_outbound), NULL, "port" },
	{ "starface", "Example 2, inbound", ROWS(clients_inbound), "remote-clients", "port" },
	{ "starface", "Example 2, outbound", ROWS(clients_outbound), NULL, "port" },
	{ "starface", "Example 3, inbound", ROWS(clients_inbound), "remote-clients-web", "port" },
	{ "starface", "Example 3, outbound", ROWS(web_outbound), NULL, "port" },
	{ "starface", "Server addresses", ROWS(starface_servers), NULL, "reach" },
	{ "starface", "Mobile clients", ROWS(starface_mobile), NULL, "reach" },
	{ "starface", "STARFACE Connect", ROWS(starface_connect), NULL, "reach" },
};

static const char *const starface_places[] = {
	"Introduction",
	"TLS list",
	"Mobile clients",
	"Server addresses",
	"STARFACE Connect",
	"Example 1, footnote 1",
	"Example 2, footnote 1",
	"Example 3, footnote 1",
};

#endif
