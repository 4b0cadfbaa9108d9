/* SPDX-License-Identifier: Apache-2.0
 *
 * Datatal Flexi: the interface table, and the sentences of guideline and pictures. The table
 * says between whom an interface is, with an arrow of two heads, and not who listens: IN are
 * those for which we take that to be Flexi.
 */
#ifndef TESTS_UNIT_DOCUMENT_DATATAL_FLEXI_H
#define TESTS_UNIT_DOCUMENT_DATATAL_FLEXI_H

#include "tests/unit/document_rows.h"

static const struct row datatal_interfaces[] = {
	{ 1, "tcp/5060 udp/5060", IN | OUT, 0 },
	{ 2, "udp/40000-50000", IN | OUT, IN | OUT },
	{ 3, "tcp/50797 udp/50797", OUT, 0 },
	{ 4, "udp/69", OUT, 0 },
	{ 5, "tcp/33333 udp/33333", OUT, 0 },
	{ 6, "tcp/80", OUT, 0 },
	{ 7, "tcp", OUT, OUT },		/* "unknown" */
	{ 8, "tcp/2809", OUT, 0 },
	{ 9, "tcp/443", IN, 0 },
	{ 10, "tcp/9692", IN, 0 },
	{ 11, "tcp/13404", IN, 0 },
	{ 12, "tcp/13317", IN, 0 },
};

static const struct row datatal_servers[] = {
	{ 13, "https://services.datatal.se", OUT, 0 },
	{ 14, "https://services.datatal.se", OUT, 0 },
};

/* Their addresses are in the table as well. */
static const struct row datatal_networks[] = {
	{ 13, "services.datatal.se", IN, 0 },
	{ 14, "services.datatal.se", IN, 0 },
};

static const struct table datatal_tables[] = {
	{ "datatal-flexi", "Interface table", ROWS(datatal_interfaces), NULL, "port" },
	{ "datatal-flexi", "Interface table", ROWS(datatal_servers), NULL, "reach" },
	{ "datatal-flexi", "Interface table", ROWS(datatal_networks), NULL, "dns" },
};

static const char *const datatal_places[] = {
	"Summary",
	"Checklist, point 1",
	"Checklist, point 2",
	"Checklist, point 3",
	"Checklist, point 4",
	"Checklist, point 5",
	"Checklist, point 6",
	"Checklist, point 7",
	"Checklist, point 8",
	"Checklist, point 9",
	"Windows security, point 1",
	"Windows security, point 2",
	"Windows security, point 2a",
	"Windows security, point 2a i",
	"Windows security, point 2a ii",
	"Windows security, point 2a iii",
	"Windows security, point 3",
	"Windows security, point 4",
	"Windows security, point 5",
	"Windows security, point 6",
	"Secure connection, https",
	"Secure connection, app",
	"Secure connection, operator",
	"Secure connection, other applications",
	"Accounts, Windows account",
	"Accounts, sysop",
	"Accounts, admin",
	"Accounts, password length",
	"Accounts, user privileges",
	"Accounts, default PIN",
	"Accounts, PIN length",
	"Kemp, web proxy",
	"Kemp, public certificate",
	"Kemp, IPv6",
	"Kemp, default gateway",
	"Kemp, port 80",
	"Kemp, real server",
	"Kemp, malicious requests",
	"Kemp, X-Forwarded-For",
	"Kemp, port 443",
	"Kemp, supported protocols",
	"Kemp, cipher set",
	"Kemp, port 9692",
	"Kemp, port 13404",
	"Kemp, overview",
	"IIS, /admin",
	"IIS, /api",
	"IIS, /flexistat",
	"IIS, /mobile",
	"IIS, /presentity",
	"IIS, /tid",
	"IIS, /tidweb",
	"Site bindings, http",
	"Site bindings, https",
	"PHP settings",
	"External site, bindings",
	"External site, certificate",
	"External site, applications",
	"External site, application pools",
	"IP restrictions, /admin",
	"CTStack, configuration",
	"CTStack, no encryption",
	"CTStack, API",
	"CTStack, RTP",
	"CTStack, SIP binding",
	"CTStack, SIP credentials",
};

#endif
