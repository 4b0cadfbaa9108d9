/* SPDX-License-Identifier: Apache-2.0
 *
 * AspenUC: the port list, and what is said around it. All of it is meant in both directions:
 * IN is towards AspenUC's server, OUT what the client needs elsewhere, or what comes back.
 */
#ifndef TESTS_UNIT_DOCUMENT_ASPENUC_H
#define TESTS_UNIT_DOCUMENT_ASPENUC_H

#include "tests/unit/document_rows.h"

static const struct row aspenuc_ports[] = {
	{ 1, "tcp/5100 udp/5100 tcp/5060 udp/5060 tcp/5061 udp/5061", IN | OUT, OUT },
	{ 2, "tcp/443", IN | OUT, OUT },
	{ 3, "tcp/53", IN | OUT, IN },
	{ 4, "tcp/443 tcp/5222 tcp/5223 tcp/5269 tcp/5270", IN | OUT, OUT },
	/* 2195 and 2196 are those of an interface that is no more. */
	{ 5, "tcp/2195 tcp/2196", IN | OUT, IN | OUT },
	{ 5, "tcp://api.push.apple.com:2197", IN | OUT, IN },
	{ 5, "tcp://1-courier.push.apple.com:5223", IN | OUT, IN },
	{ 5, "tcp://1-courier.push.apple.com:443", IN | OUT, IN },
	{ 6, "udp/1024-65535", IN | OUT, IN | OUT },
	{ 7, "udp/8801 udp/8802", IN | OUT, IN },
};

static const struct table aspenuc_tables[] = {
	{ "aspenuc", "Port list", ROWS(aspenuc_ports), NULL, "port reach" },
};

static const char *const aspenuc_places[] = {
	"Description",
	"Both directions",
	"Decision",
	"NGFW, inspection",
	"NGFW, port 5100",
	"NGFW, all applications",
	"Summary, risk",
	"Summary, addresses",
	"Summary, live document",
};

#endif
