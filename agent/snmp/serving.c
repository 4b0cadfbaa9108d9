/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/snmp/serving.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "ground/clock.h"
#include "ground/memory.h"

/* An snmpd that does not answer in this time is as good as none. */
#define MASTER_PATIENCE_US (CLOCK_SECOND / 3)

/* In libnetsnmpmibs, and in no header that is installed. */
void init_vacm_vars(void);
void init_usmUser(void);
void init_snmpEngine(void);
void init_system_mib(void);
void init_usmStats(void);
void init_snmpMPDStats(void);

static const char application[] = "ucposture";

struct serving {
	struct serving_terms terms;
	struct mib *mib;
	oid root[SERVING_ROOT_MOST];
};

/* What is longer than any of ours is cut; it stays behind all that it begins with. */
static size_t arcs_below(const struct serving *serving, const netsnmp_variable_list *asked,
			 uint32_t arcs[static MIB_NAME_MOST + 1])
{
	size_t count = 0, root = serving->terms.root_length;

	for (size_t i = root; i < asked->name_length && count <= MIB_NAME_MOST; i++)
		arcs[count++] = (uint32_t)asked->name[i];
	return count;
}

static void answer(netsnmp_variable_list *asked, const struct value *value)
{
	long number = value->integer;
	unsigned long natural = value->natural;

	if (value->type == VALUE_OCTETS)
		snmp_set_var_typed_value(asked, ASN_OCTET_STR, value->bytes, value->length);
	else if (value->type == VALUE_INTEGER)
		snmp_set_var_typed_value(asked, ASN_INTEGER, &number, sizeof number);
	else
		snmp_set_var_typed_value(asked, (u_char)value->type, &natural, sizeof natural);
}

static void answer_get(struct serving *serving, netsnmp_agent_request_info *about,
		       netsnmp_request_info *request)
{
	uint32_t arcs[MIB_NAME_MOST + 1];
	size_t count = arcs_below(serving, request->requestvb, arcs);
	struct value value;
	enum mib_found found = mib_get(serving->mib, arcs, count, clock_wall_us(), &value);

	if (found == MIB_FOUND)
		answer(request->requestvb, &value);
	else
		netsnmp_set_request_error(about, request,
					  found == MIB_NO_OBJECT ? SNMP_NOSUCHOBJECT
								 : SNMP_NOSUCHINSTANCE);
}

/* What is left as it is, is asked of whoever is behind us in the tree. */
static void answer_next(struct serving *serving, netsnmp_request_info *request)
{
	netsnmp_variable_list *asked = request->requestvb;
	size_t length = serving->terms.root_length;
	uint32_t arcs[MIB_NAME_MOST + 1];
	size_t count = 0;
	oid name[SERVING_ROOT_MOST + MIB_NAME_MOST];
	struct mib_name next;
	struct value value;
	int64_t now_us = clock_wall_us();

	/* A walk that begins before us meets our first. */
	if (snmp_oid_compare(asked->name, asked->name_length, serving->root, length) > 0)
		count = arcs_below(serving, asked, arcs);
	if (request->inclusive && mib_get(serving->mib, arcs, count, now_us, &value) == MIB_FOUND) {
		answer(asked, &value);
		return;
	}
	if (!mib_next(serving->mib, arcs, count, now_us, &next, &value))
		return;
	memcpy(name, serving->root, length * sizeof *name);
	for (size_t i = 0; i < next.length; i++)
		name[length + i] = next.arcs[i];
	snmp_set_var_objid(asked, name, length + next.length);
	answer(asked, &value);
}

static int handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
		  netsnmp_agent_request_info *about, netsnmp_request_info *requests)
{
	(void)handler;
	for (netsnmp_request_info *request = requests; request; request = request->next) {
		if (request->processed)
			continue;
		if (about->mode == MODE_GET)
			answer_get(registration->my_reg_void, about, request);
		else if (about->mode == MODE_GETNEXT)
			answer_next(registration->my_reg_void, request);
		else
			netsnmp_set_request_error(about, request, SNMP_ERR_NOTWRITABLE);
	}
	return SNMP_ERR_NOERROR;
}

static void tell_connected(const struct serving *serving, bool connected)
{
	if (serving->terms.connected)
		serving->terms.connected(serving->terms.owner, connected);
}

/* That an snmpd does not take our tree, as another has it already, is said nowhere but here. */
static int on_log(int major, int minor, void *said, void *client)
{
	const struct snmp_log_message *message = said;
	const struct serving *serving = *(struct serving **)client;

	(void)major, (void)minor;
	serving->terms.say(serving->terms.owner, message->priority, message->msg);
	if (!strncmp(message->msg, "registering pdu failed", 22))
		tell_connected(serving, false);
	return 0;
}

/* The master is asked for little, and seldom; once is enough. */
static int on_session(int major, int minor, void *session, void *client)
{
	netsnmp_session *opened = session;

	(void)major, (void)minor, (void)client;
	opened->timeout = MASTER_PATIENCE_US;
	opened->retries = 0;
	return 0;
}

static int on_index(int major, int minor, void *session, void *client)
{
	(void)major, (void)session;
	tell_connected(*(struct serving **)client, minor == SNMPD_CALLBACK_INDEX_START);
	return 0;
}

/* Net-SNMP frees what it is given for a callback, when it ends. */
static void call_back(struct serving *serving, int major, int minor, SNMPCallback *callback)
{
	struct serving **client = memory_new(1, sizeof *client);

	*client = serving;
	snmp_register_callback(major, minor, callback, client);
}

static void prepare(struct serving *serving)
{
	setenv("MIBS", "", 1);
	setenv("MIBDIRS", "/dev/null", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_DISABLE_PERL, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID,
			       NETSNMP_DS_AGENT_DONT_LOG_TCPWRAPPERS_CONNECTS, 1);
	snmp_disable_log();
	snmp_enable_calllog();
	call_back(serving, SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log);
}

/* What was kept is only read again where configuration is looked for, and for that the
 * environment goes before all else. */
static void keep_in(const char *folder)
{
	setenv("SNMPCONFPATH", folder, 1);
	set_persistent_directory(folder);
}

static bool serve_tree(struct serving *serving)
{
	netsnmp_handler_registration *registration =
		netsnmp_create_handler_registration("ucPostureMIB", handle, serving->root,
						    serving->terms.root_length,
						    HANDLER_CAN_RONLY);

	if (!registration)
		return false;
	registration->my_reg_void = serving;
	return netsnmp_register_handler(registration) == MIB_REGISTERED_OK;
}

/* No file is read, none is written: who may see what is the snmpd's business. */
static bool start_below(struct serving *serving)
{
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	keep_in("/dev/null");
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID,
			       NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS, 1);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET,
			      serving->terms.master);
	call_back(serving, SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_SESSION_INIT, on_session);
	call_back(serving, SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_index);
	call_back(serving, SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, on_index);
	if (init_agent(application))
		return false;
	/* init_agent() puts its own there. */
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL,
			   (int)serving->terms.ping_s);
	if (!serve_tree(serving))
		return false;
	init_snmp(application);
	return true;
}

/* Not init_mib_modules(), which would serve all of this machine: only what managers need to
 * find us, and SNMPv3 to work. */
static void init_own_modules(void)
{
	init_vacm_vars();
	init_usmUser();
	init_snmpEngine();
	init_system_mib();
	init_usmStats();
	init_snmpMPDStats();
}

static bool start_alone(struct serving *serving)
{
	char *left_out = memory_copy("-smux");

	keep_in(serving->terms.folder);
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE, 0);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_PORTS,
			      serving->terms.listen);
	/* It would listen at a port of its own; the call cuts up what it is given. */
	add_to_init_list(left_out);
	free(left_out);
	if (init_agent(application))
		return false;
	init_own_modules();
	if (!serve_tree(serving))
		return false;
	for (const char *const *line = serving->terms.lines; line && *line; line++) {
		char *copy = memory_copy(*line);

		netsnmp_config_remember(copy);
		free(copy);
	}
	init_snmp(application);
	/* A start that ends badly counts too, or managers refuse us after the next one. */
	snmp_store(application);
	return init_master_agent() == 0;
}

struct serving *serving_start(const struct serving_terms *terms, struct mib *mib)
{
	struct serving *serving = memory_new(1, sizeof *serving);

	serving->terms = *terms;
	serving->mib = mib;
	for (size_t i = 0; i < terms->root_length; i++)
		serving->root[i] = terms->root[i];
	prepare(serving);
	if (terms->master ? start_below(serving) : start_alone(serving))
		return serving;
	serving_stop(serving);
	return NULL;
}

void serving_stop(struct serving *serving)
{
	snmp_shutdown(application);
	shutdown_agent();
	free(serving);
}

void serving_watch(struct serving *serving, int fd, void (*heard)(int fd, void *owner),
		   void *owner)
{
	(void)serving;
	register_readfd(fd, heard, owner);
}

void serving_turn(struct serving *serving, bool waits)
{
	(void)serving;
	agent_check_and_process(waits);
}

uint32_t serving_ticks(void)
{
	return (uint32_t)netsnmp_get_agent_uptime();
}
