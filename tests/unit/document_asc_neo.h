/* SPDX-License-Identifier: Apache-2.0
 *
 * ASC neo: the communication matrix.
 */
#ifndef TESTS_UNIT_DOCUMENT_ASC_NEO_H
#define TESTS_UNIT_DOCUMENT_ASC_NEO_H

#include "tests/unit/document_rows.h"

static const struct row communication_matrix[] = {
	{ 1, "tcp/21", IN, 0 },
	{ 2, "tcp/25", OUT, 0 },
	{ 3, "udp/69", OUT, 0 },
	{ 4, "tcp/80", IN, 0 },
	{ 5, "udp/123", OUT, 0 },
	{ 6, "tcp/135", IN | OUT, 0 },
	{ 7, "udp/137", OUT, OUT },
	{ 8, "udp/138", OUT, OUT },
	{ 9, "tcp/139", OUT, 0 },
	{ 10, "udp/161", IN, 0 },
	{ 11, "udp/162", OUT, OUT },
	{ 12, "tcp/389", OUT, 0 },
	{ 13, "tcp/443", IN, 0 },
	{ 14, "tcp/443", OUT, 0 },
	{ 15, "tcp/443", IN | OUT, 0 },
	{ 16, "tcp/445", OUT, 0 },
	{ 17, "udp/445", OUT, OUT },
	{ 18, "tcp/636", OUT, 0 },
	{ 19, "tcp/1040", OUT, 0 },
	{ 20, "tcp/1433", IN, 0 },
	{ 21, "tcp/2030", IN, 0 },
	{ 22, "tcp/2222", OUT, 0 },
	{ 23, "tcp/2555", OUT, 0 },
	{ 24, "tcp/2601", OUT, 0 },
	{ 25, "tcp/2748", OUT, 0 },
	{ 26, "tcp/2749", OUT, 0 },
	{ 27, "tcp/3218", OUT, 0 },
	{ 27, "udp/3218", OUT, OUT },
	{ 28, "tcp/3389", IN, 0 },
	{ 29, "tcp/3595", OUT, 0 },
	{ 30, "tcp/3804", OUT, 0 },
	{ 31, "tcp/4000", IN, 0 },
	{ 32, "tcp/4001", IN, 0 },
	{ 33, "tcp/4002", IN, 0 },
	{ 34, "tcp/4003", IN, 0 },
	{ 35, "tcp/4040", IN, 0 },
	{ 36, "tcp/4321", IN, 0 },
	{ 37, "tcp/4323", IN, 0 },
	{ 38, "tcp/4400", IN, 0 },
	{ 39, "tcp/4421", IN | OUT, 0 },
	{ 40, "tcp/4498", IN, 0 },
	{ 41, "tcp/4499", IN, 0 },
	{ 42, "tcp/4711", IN, 0 },
	{ 43, "tcp/4721", OUT, 0 },
	{ 44, "tcp/4722", OUT, 0 },
	{ 45, "tcp/5060 udp/5060", IN | OUT, 0 },
	{ 46, "tcp/5061", IN | OUT, 0 },
	{ 47, "tcp/5062", OUT, 0 },
	{ 48, "udp/5062", IN | OUT, OUT },
	{ 49, "tcp/5180", IN | OUT, 0 },
	{ 50, "tcp/5432", IN, 0 },
	{ 51, "udp/5432", IN | OUT, OUT },
	{ 52, "tcp/5443", IN | OUT, 0 },
	{ 53, "tcp/5444", IN | OUT, 0 },
	{ 54, "tcp/5555", IN, 0 },
	{ 55, "tcp/5701-5705", IN, 0 },
	{ 56, "tcp/6000-6015", OUT, 0 },
	{ 57, "tcp/6810", OUT, 0 },
	{ 58, "tcp/7300", OUT, 0 },
	{ 59, "tcp/8080", IN, 0 },
	{ 60, "tcp/8085", OUT, 0 },
	{ 61, "tcp/8161", IN, 0 },
	{ 62, "tcp/8181", OUT, 0 },
	{ 63, "tcp/8882", OUT, 0 },
	{ 64, "tcp/9000", IN, 0 },
	{ 65, "tcp/9010", IN, 0 },
	{ 66, "tcp/9011", IN, 0 },
	{ 67, "tcp/9050", IN, 0 },
	{ 68, "tcp/16900 udp/16900", IN, 0 },
	{ 69, "tcp/20000", IN, 0 },
	{ 70, "udp/20000-23999", IN, IN },
	{ 71, "udp/24000-24099", IN, IN },
	{ 72, "udp/47000-47199", IN, IN },
	{ 73, "tcp/50505", IN, 0 },
	{ 74, "tcp/61616", IN, 0 },
	{ 75, "tcp", IN, IN },	/* the administrator's choice */
};

static const struct table asc_neo_tables[] = {
	{ "asc-neo", "Table 2", ROWS(communication_matrix), NULL, "port" },
};

static const char *const asc_neo_places[] = {
	"Section 5",
	"Section 5.1",
};

#endif
