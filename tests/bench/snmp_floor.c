/* SPDX-License-Identifier: Apache-2.0
 *
 * snmp_floor ROWS ADDRESS FOLDER: what Net-SNMP itself costs. A handler with nothing behind it
 * but a sorted array: at .1.3.6.1.4.1.8072.9999.9999.5061.1.1.4.1.5 an integer with two
 * numbers as its index. Community public; ends with its standard input.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

enum { CHECKS = 24, COLUMN_LENGTH = 15 };

struct row {
	oid target, check;
};

struct floor_rows {
	struct row *all;
	size_t count;
	bool ends;
};

void init_vacm_vars(void);

static const oid column[COLUMN_LENGTH] = { 1, 3,    6,    1,	4,    1, 8072, 9999,
					   9999, 5061, 1, 1, 4, 1, 5 };

/* The first that is behind the index asked for. */
static size_t find_behind(const struct floor_rows *rows, oid target, oid check)
{
	size_t first = 0, behind = rows->count;

	while (first < behind) {
		size_t middle = first + (behind - first) / 2;
		const struct row *row = &rows->all[middle];

		if (row->target < target || (row->target == target && row->check <= check))
			first = middle + 1;
		else
			behind = middle;
	}
	return first;
}

static int handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
		  netsnmp_agent_request_info *about, netsnmp_request_info *requests)
{
	const struct floor_rows *rows = registration->my_reg_void;

	(void)handler;
	for (; requests; requests = requests->next) {
		netsnmp_variable_list *asked = requests->requestvb;
		size_t length = asked->name_length;
		size_t at = find_behind(rows, length > COLUMN_LENGTH ? asked->name[15] : 0,
					length > COLUMN_LENGTH + 1 ? asked->name[16] : 0);
		oid name[COLUMN_LENGTH + 2];
		long value = 1;

		if (about->mode != MODE_GETNEXT || at == rows->count)
			continue;
		memcpy(name, column, sizeof column);
		name[15] = rows->all[at].target;
		name[16] = rows->all[at].check;
		snmp_set_var_objid(asked, name, COLUMN_LENGTH + 2);
		snmp_set_var_typed_value(asked, ASN_INTEGER, &value, sizeof value);
	}
	return SNMP_ERR_NOERROR;
}

static void heard(int fd, void *owner)
{
	struct floor_rows *rows = owner;
	char byte;

	rows->ends = read(fd, &byte, 1) <= 0;
}

int main(int argc, char **argv)
{
	char left_out[] = "-smux", access[] = "rocommunity public 127.0.0.1";
	netsnmp_handler_registration *registration;
	struct floor_rows rows = { 0 };

	if (argc != 4)
		return 2;
	rows.count = strtoul(argv[1], NULL, 10);
	rows.all = calloc(rows.count, sizeof *rows.all);
	for (size_t i = 0; i < rows.count; i++)
		rows.all[i] = (struct row){ 3 * (i / CHECKS) + 1, 7 * (i % CHECKS) + 1 };
	setenv("MIBS", "", 1);
	set_configuration_directory(argv[3]);
	set_persistent_directory(argv[3]);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_PORTS, argv[2]);
	add_to_init_list(left_out);
	init_agent("floor");
	init_vacm_vars();
	registration = netsnmp_create_handler_registration("floor", handle, column, COLUMN_LENGTH,
							   HANDLER_CAN_RONLY);
	registration->my_reg_void = &rows;
	netsnmp_register_handler(registration);
	netsnmp_config_remember(access);
	init_snmp("floor");
	if (init_master_agent())
		return 1;
	register_readfd(STDIN_FILENO, heard, &rows);
	printf("serves\n");
	fflush(stdout);
	while (!rows.ends)
		agent_check_and_process(1);
	snmp_shutdown("floor");
	free(rows.all);
	return 0;
}
