/* SPDX-License-Identifier: Apache-2.0 */
#include "net/snmp_coder.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
#include <net-snmp/library/lcd_time.h>
#include <net-snmp/library/read_config.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/datagram.h"

/* Net-SNMP is never asked whether time is up: that is for snmp.c to say. */
#define FOR_EVER_US (3600 * CLOCK_SECOND)

struct snmp_coder {
	int fd;
	struct address peer;
	uint8_t version;
	void *handle;			/* Net-SNMP's */
	struct usmUser *user;		/* lent to Net-SNMP for the time of a call; or NULL */
	struct snmp_engine engine;
	int64_t engine_at_us;		/* when its clock said so */
	bool sending;			/* it is we who want to send, not Net-SNMP */
	enum reason sent;
	int request;			/* the id of the question at hand */
	struct snmp_reply reply;
	netsnmp_variable_list *answer, *next;
};

/* Version by version, as Net-SNMP counts them. */
static const long wire_versions[] = { 0, SNMP_VERSION_1, SNMP_VERSION_2c, SNMP_VERSION_3 };

/* Net-SNMP would read MIBs and configuration, keep an index of certificates below its
 * folder, and speak on standard error; a folder that cannot be one leaves it nothing to do. */
void snmp_prepare(void)
{
	setenv("MIBS", "", 1);
	setenv("MIBDIRS", "/dev/null", 1);
	set_configuration_directory("/dev/null");
	set_persistent_directory("/dev/null");
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
	snmp_disable_log();
	/* Without a log of any kind it would be standard error again. */
	snmp_enable_calllog();
	init_snmp("ucposture");
	setlocale(LC_CTYPE, "C");
}

/* The transport, as Net-SNMP calls one. */

static struct snmp_coder *coder_of(const netsnmp_transport *transport)
{
	return *(struct snmp_coder **)transport->data;
}

static int transport_send(netsnmp_transport *transport, const void *bytes, int length,
			  void **opaque, int *opaque_length)
{
	struct snmp_coder *coder = coder_of(transport);

	(void)opaque;
	(void)opaque_length;
	/* Net-SNMP would answer some stranger's messages with reports of its own. */
	if (coder->sending)
		coder->sent = datagram_send(coder->fd, &coder->peer, bytes, (size_t)length);
	return length;
}

static int transport_receive(netsnmp_transport *transport, void *room, int most, void **opaque,
			     int *opaque_length)
{
	struct snmp_coder *coder = coder_of(transport);
	struct address from;
	size_t length;

	*opaque = NULL;
	*opaque_length = 0;
	if (datagram_receive(coder->fd, room, (size_t)most, &length, &from,
			     &coder->reply.reason)) {
		coder->reply.heard = SNMP_HEARD_RUBBISH;
		return (int)length;
	}
	if (coder->reply.reason != REASON_NONE)
		coder->reply.heard = SNMP_HEARD_ERROR;
	return -1;
}

static int transport_close(netsnmp_transport *transport)
{
	(void)transport;
	return 0;
}

static netsnmp_transport *transport_new(struct snmp_coder *coder)
{
	netsnmp_transport *transport = memory_new(1, sizeof *transport);
	struct snmp_coder **owner = memory_new(1, sizeof *owner);

	/* Net-SNMP frees what `data` points to. */
	*owner = coder;
	transport->data = owner;
	transport->data_length = sizeof *owner;
	transport->sock = coder->fd;
	transport->msgMaxSize = DATAGRAM_MOST - 1;
	transport->f_recv = transport_receive;
	transport->f_send = transport_send;
	transport->f_close = transport_close;
	return transport;
}

/* Users and clocks are lent and taken back around each call that may need them. */

static void lend(struct snmp_coder *coder)
{
	const struct snmp_engine *engine = &coder->engine;
	int64_t passed_us = clock_monotonic_us() - coder->engine_at_us;

	if (!coder->user)
		return;
	usm_add_user(coder->user);
	set_enginetime(engine->id, (u_int)engine->length, engine->boots,
		       engine->seconds + (u_int)(passed_us / CLOCK_SECOND), TRUE);
}

static void take_back(struct snmp_coder *coder)
{
	struct snmp_engine *engine = &coder->engine;
	u_int boots, seconds;

	if (engine->length && get_enginetime(engine->id, (u_int)engine->length, &boots, &seconds,
					     FALSE) == SNMPERR_SUCCESS) {
		engine->boots = boots;
		engine->seconds = seconds;
		coder->engine_at_us = clock_monotonic_us();
	}
	/* Of all engines: a stranger may have named a hundred. */
	free_etimelist();
	if (!coder->user)
		return;
	usm_remove_user(coder->user);
	coder->user->next = NULL;
	coder->user->prev = NULL;
}

static void forget_answer(struct snmp_coder *coder)
{
	snmp_free_varbind(coder->answer);
	coder->answer = NULL;
	coder->next = NULL;
}

static void note_engine(struct snmp_coder *coder, const netsnmp_pdu *pdu)
{
	struct snmp_engine *engine = &coder->engine;

	if (engine->length || pdu->securityEngineIDLen < SNMP_ENGINE_LEAST ||
	    pdu->securityEngineIDLen > SNMP_ENGINE_MOST)
		return;
	engine->length = pdu->securityEngineIDLen;
	memcpy(engine->id, pdu->securityEngineID, engine->length);
}

static void take_report(struct snmp_coder *coder, netsnmp_pdu *pdu)
{
	struct snmp_reply *reply = &coder->reply;

	note_engine(coder, pdu);
	reply->heard = coder->engine.length ? SNMP_HEARD_REPORT : SNMP_HEARD_RUBBISH;
	switch (snmpv3_get_report_type(pdu)) {
	case SNMPERR_UNKNOWN_USER_NAME:
		reply->refusal = SNMP_UNKNOWN_USER;
		break;
	case SNMPERR_AUTHENTICATION_FAILURE:
	case SNMPERR_DECRYPTION_ERR:
		reply->refusal = SNMP_WRONG_CREDENTIALS;
		break;
	case SNMPERR_UNSUPPORTED_SEC_LEVEL:
		reply->refusal = SNMP_WRONG_LEVEL;
		break;
	case SNMPERR_NOT_IN_TIME_WINDOW:
		reply->out_of_time = true;
		break;
	default:
		reply->refusal = SNMP_REFUSED_OTHERWISE;
		break;
	}
}

/* Net-SNMP has found that a message answers one of ours. 1: so it does. 0: that question
 * stays open; after a report we decide ourselves whether to ask again. */
static int take_message(int operation, netsnmp_session *theirs, int request, netsnmp_pdu *pdu,
			void *asked)
{
	struct snmp_coder *coder = theirs->callback_magic;

	(void)request;
	if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE ||
	    (intptr_t)asked != coder->request)
		return 1;
	if (pdu->command == SNMP_MSG_REPORT) {
		take_report(coder, pdu);
		return 0;
	}
	coder->reply.heard = SNMP_HEARD_ANSWER;
	coder->reply.error = pdu->errstat;
	coder->answer = pdu->variables;
	coder->next = pdu->variables;
	pdu->variables = NULL;
	return 1;
}

static void prepare_theirs(struct snmp_coder *coder, netsnmp_session *theirs)
{
	snmp_sess_init(theirs);
	theirs->version = wire_versions[coder->version];
	theirs->callback = take_message;
	theirs->callback_magic = coder;
	theirs->timeout = FOR_EVER_US;
	theirs->flags |= SNMP_FLAGS_DONT_PROBE;
}

static bool begin(struct snmp_coder *coder, netsnmp_session *theirs)
{
	netsnmp_session *made;

	coder->handle = snmp_sess_add(theirs, transport_new(coder), NULL, NULL);
	if (!coder->handle)
		return false;
	made = snmp_sess_session(coder->handle);
	/* Net-SNMP has cleared the flag; without it, sending waits for the engine's name. */
	made->flags |= SNMP_FLAGS_DONT_PROBE;
	/* With none left it tells us that a clock was wrong, and does not ask again by itself. */
	made->retries = -1;
	return true;
}

struct snmp_coder *snmp_coder_new(int fd, const struct snmp_plan *plan)
{
	struct snmp_coder *coder = memory_new(1, sizeof *coder);
	char *community = memory_copy(plan->community);
	netsnmp_session theirs;

	coder->fd = fd;
	coder->peer = plan->route->peer;
	coder->version = plan->version;
	prepare_theirs(coder, &theirs);
	if (plan->version == 3) {
		theirs.securityModel = SNMP_SEC_MODEL_USM;
		theirs.securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	} else {
		theirs.community = (u_char *)community;
		theirs.community_len = strlen(community);
	}
	/* It fails only when there is no memory. */
	if (!begin(coder, &theirs))
		abort();
	free(community);
	return coder;
}

static void end(struct snmp_coder *coder)
{
	forget_answer(coder);
	if (coder->handle)
		snmp_sess_close(coder->handle);
	coder->handle = NULL;
	usm_free_user(coder->user);
	coder->user = NULL;
}

void snmp_coder_free(struct snmp_coder *coder)
{
	if (!coder)
		return;
	end(coder);
	free(coder);
}

static bool add_auth(netsnmp_session *theirs, const struct snmp_access *access)
{
	size_t count;
	oid *protocol = sc_get_auth_oid(usm_lookup_auth_type(access->auth), &count);

	if (!protocol)
		return false;
	theirs->securityLevel = SNMP_SEC_LEVEL_AUTHNOPRIV;
	theirs->securityAuthProto = protocol;
	theirs->securityAuthProtoLen = count;
	theirs->securityAuthKeyLen = USM_AUTH_KU_LEN;
	return generate_Ku(protocol, (u_int)count, (const u_char *)access->auth_password,
			   strlen(access->auth_password), theirs->securityAuthKey,
			   &theirs->securityAuthKeyLen) == SNMPERR_SUCCESS;
}

static bool add_privacy(netsnmp_session *theirs, const struct snmp_access *access)
{
	size_t count;
	oid *protocol = sc_get_priv_oid(usm_lookup_priv_type(access->privacy), &count);

	if (!protocol)
		return false;
	theirs->securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
	theirs->securityPrivProto = protocol;
	theirs->securityPrivProtoLen = count;
	theirs->securityPrivKeyLen = USM_PRIV_KU_LEN;
	return generate_Ku(theirs->securityAuthProto, (u_int)theirs->securityAuthProtoLen,
			   (const u_char *)access->privacy_password,
			   strlen(access->privacy_password), theirs->securityPrivKey,
			   &theirs->securityPrivKeyLen) == SNMPERR_SUCCESS;
}

/* Net-SNMP makes the user, with keys for this engine, when the coder is added; then we take
 * it out of the list that all sessions share. */
static bool add_user(struct snmp_coder *coder, netsnmp_session *theirs)
{
	const struct snmp_engine *engine = &coder->engine;

	if (!begin(coder, theirs))
		return false;
	coder->user = usm_get_user(engine->id, engine->length, theirs->securityName);
	take_back(coder);
	return coder->user;
}

bool snmp_coder_become(struct snmp_coder *coder, const struct snmp_access *access)
{
	struct snmp_engine engine = coder->engine;
	char *user = memory_copy(access->user), *context = memory_copy(access->context);
	netsnmp_session theirs;
	bool good;

	end(coder);
	prepare_theirs(coder, &theirs);
	theirs.securityModel = SNMP_SEC_MODEL_USM;
	theirs.securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	theirs.securityEngineID = engine.id;
	theirs.securityEngineIDLen = engine.length;
	theirs.securityName = user;
	theirs.securityNameLen = strlen(user);
	theirs.contextName = context;
	theirs.contextNameLen = context ? strlen(context) : 0;
	good = (!access->auth || add_auth(&theirs, access)) &&
	       (!access->privacy || add_privacy(&theirs, access)) && add_user(coder, &theirs);
	explicit_bzero(&theirs, sizeof theirs);
	free(user);
	free(context);
	return good;
}

const struct snmp_engine *snmp_coder_engine(const struct snmp_coder *coder)
{
	return &coder->engine;
}

/* The question for the engine is one of nobody, without a name (RFC 3414 section 4). */
static void make_discovery(netsnmp_pdu *pdu)
{
	pdu->version = SNMP_VERSION_3;
	pdu->securityName = memory_copy("");
	pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	pdu->securityModel = SNMP_SEC_MODEL_USM;
}

static void add_name(netsnmp_pdu *pdu, const struct snmp_name *name)
{
	oid ids[SNMP_NAME_MOST];

	for (size_t i = 0; i < name->count; i++)
		ids[i] = name->ids[i];
	snmp_add_null_var(pdu, ids, name->count);
}

static netsnmp_pdu *make_pdu(struct snmp_coder *coder, const struct snmp_question *question)
{
	static const int commands[] = { SNMP_MSG_GET, SNMP_MSG_GETNEXT, SNMP_MSG_GETBULK };
	netsnmp_pdu *pdu = snmp_pdu_create(commands[question->command]);

	if (!pdu)
		abort();
	if (!question->count)
		make_discovery(pdu);
	for (size_t i = 0; i < question->count; i++)
		add_name(pdu, &question->names[i]);
	if (question->command == SNMP_GET_BULK) {
		pdu->non_repeaters = 0;
		pdu->max_repetitions = (long)question->repetitions;
	}
	if (question->again)
		pdu->reqid = coder->request;
	coder->request = (int)pdu->reqid;
	return pdu;
}

enum reason snmp_coder_send(struct snmp_coder *coder, const struct snmp_question *question)
{
	netsnmp_pdu *pdu = make_pdu(coder, question);
	int sent;

	forget_answer(coder);
	coder->sent = REASON_NONE;
	coder->sending = true;
	lend(coder);
	sent = snmp_sess_async_send(coder->handle, pdu, take_message,
				    (void *)(intptr_t)coder->request);
	take_back(coder);
	coder->sending = false;
	if (sent)
		return coder->sent;
	snmp_free_pdu(pdu);
	return REASON_INTERNAL;
}

const struct snmp_reply *snmp_coder_read(struct snmp_coder *coder)
{
	netsnmp_large_fd_set readable;

	forget_answer(coder);
	coder->reply = (struct snmp_reply){ .heard = SNMP_HEARD_NOTHING };
	netsnmp_large_fd_set_init(&readable, coder->fd + 1);
	netsnmp_large_fd_setfd(coder->fd, &readable);
	lend(coder);
	snmp_sess_read2(coder->handle, &readable);
	take_back(coder);
	netsnmp_large_fd_set_cleanup(&readable);
	return &coder->reply;
}

static bool take_name(struct snmp_name *name, const oid *ids, size_t count)
{
	if (count > SNMP_NAME_MOST)
		return false;
	name->count = count;
	for (size_t i = 0; i < count; i++)
		name->ids[i] = (uint32_t)ids[i];
	return true;
}

static uint64_t number_of(const netsnmp_variable_list *variable)
{
	if (variable->type == ASN_COUNTER64)
		return (uint64_t)variable->val.counter64->high << 32 |
		       (variable->val.counter64->low & UINT32_MAX);
	return (uint64_t)*variable->val.integer;
}

static void take_value(const netsnmp_variable_list *variable, struct snmp_value *value)
{
	switch (variable->type) {
	case ASN_OCTET_STR:
		value->kind = SNMP_BYTES;
		value->bytes = variable->val.string;
		value->length = variable->val_len;
		break;
	case ASN_INTEGER:
	case ASN_COUNTER:
	case ASN_GAUGE:
	case ASN_TIMETICKS:
	case ASN_COUNTER64:
		value->kind = SNMP_NUMBER;
		value->number = number_of(variable);
		break;
	case ASN_OBJECT_ID:
		if (take_name(&value->object, variable->val.objid,
			      variable->val_len / sizeof(oid)))
			value->kind = SNMP_OBJECT;
		break;
	case SNMP_ENDOFMIBVIEW:
		value->end = true;
		value->kind = SNMP_ABSENT;
		break;
	case SNMP_NOSUCHOBJECT:
	case SNMP_NOSUCHINSTANCE:
		value->kind = SNMP_ABSENT;
		break;
	default:
		break;
	}
}

bool snmp_coder_next(struct snmp_coder *coder, struct snmp_value *value)
{
	const netsnmp_variable_list *variable = coder->next;

	if (!variable)
		return false;
	coder->next = variable->next_variable;
	*value = (struct snmp_value){ .kind = SNMP_OTHER };
	if (take_name(&value->name, variable->name, variable->name_length))
		take_value(variable, value);
	return true;
}
