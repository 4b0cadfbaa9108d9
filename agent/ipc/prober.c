/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/ipc/prober.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "agent/ipc/channel.h"
#include "agent/ipc/fence.h"
#include "agent/ipc/shelf.h"
#include "collectors/collector.h"
#include "collectors/machine.h"
#include "collectors/run.h"
#include "collectors/trust.h"
#include "ground/log.h"
#include "ground/memory.h"
#include "net/fetch.h"
#include "net/snmp.h"

struct prober {
	struct loop *loop;
	struct channel *engine;
	struct resolver *resolver;
	enum prober_kind kind;
	struct machine *machine;	/* NULL unless it looks inside */
	struct runner *runner;		/* NULL until the settings have come */
	struct shelf authorities;
};

/* Where to send what a run brings; lives in the run's arena. */
struct errand {
	struct prober *prober;
	uint32_t ticket;
};

/* The engine has others to wait for, unless this was the last one. */
static void send_observation(void *arg, struct observation *observation)
{
	struct errand *errand = arg;
	struct prober *prober = errand->prober;
	struct writer *out = runner_busy(prober->runner) ? channel_out_soon(prober->engine)
							  : channel_out(prober->engine);

	message_put_observed(out, errand->ticket, observation);
	observation_free(observation);
}

static void send_log(void *arg, enum log_level level, const char *topic, const char *line)
{
	struct prober *prober = arg;

	message_put_log(channel_out(prober->engine), (uint8_t)level, topic, line);
}

/* All that needs a file, or a system call that the fence forbids, is done here: name
 * servers and hosts are read, OpenSSL loads its algorithms and seeds itself, libcurl makes
 * its socket pair, Net-SNMP sets itself up, and the system's authorities are opened. A ring
 * for io_uring would be made here as well. */
static void prepare(struct prober *prober, const struct prober_settings *settings)
{
	struct resolver_settings resolver = {
		.servers = *settings->name_servers ? settings->name_servers : NULL,
	};
	SSL_CTX *context;

	OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
	/* Making one fetches every algorithm that a handshake may want. */
	context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_free(context);
	fetch_prepare();
	snmp_prepare();
	prober->resolver = resolver_new(prober->loop, &resolver);
	prober->runner = runner_new(prober->loop, prober->resolver);
	runner_take_bundle(prober->runner, trust_open_system_bundle());
}

/* The same for one that looks inside the machine: it meets no names and no certificates. */
static void prepare_inside(struct prober *prober)
{
	prober->machine = machine_open();
	prober->runner = runner_new(prober->loop, NULL);
	runner_take_machine(prober->runner, prober->machine);
}

static bool take_settings(struct prober *prober, struct reader *body)
{
	struct prober_settings settings;
	struct fence_report report;

	if (prober->runner || !message_take_settings(body, &settings))
		return false;
	prober->kind = settings.kind;
	if (settings.kind == PROBER_INSIDE) {
		prepare_inside(prober);
		fence_close_inside(settings.user, prober->machine, &report);
	} else {
		prepare(prober, &settings);
		fence_close(settings.user, &report);
	}
	/* What a stranger makes us print shall not reach the administrator's terminal. Only a
	 * sanitizer, which works without the filter, has something to say there. */
	if (report.seccomp)
		dup2(STDIN_FILENO, STDERR_FILENO);
	message_put_ready(channel_out(prober->engine), MESSAGE_READY, &report);
	return true;
}

static bool take_request(struct prober *prober, struct reader *body)
{
	struct arena *arena = arena_new();
	struct errand *errand = arena_take(arena, sizeof *errand);
	struct request request;
	uint32_t number;

	errand->prober = prober;
	if (!prober->runner ||
	    !message_take_observe(body, &errand->ticket, &number, arena, &request) ||
	    number > prober->authorities.count ||
	    prober_kind_for(request.collector) != prober->kind) {
		arena_free(arena);
		return false;
	}
	request.authorities = shelf_at(&prober->authorities, number);
	runner_start(prober->runner, arena, &request, send_observation, errand);
	return true;
}

static bool take_authorities(struct prober *prober, struct reader *body)
{
	const char *pem;
	size_t length;
	uint32_t number;

	return message_take_authorities(body, &number, &pem, &length) &&
	       shelf_put(&prober->authorities, number, pem, length);
}

static bool take_message(void *arg, uint8_t kind, struct reader *body)
{
	struct prober *prober = arg;

	switch (kind) {
	case MESSAGE_SETTINGS:
		return take_settings(prober, body);
	case MESSAGE_OBSERVE:
		return take_request(prober, body);
	case MESSAGE_AUTHORITIES:
		return take_authorities(prober, body);
	default:
		return false;
	}
}

/* Nobody waits for a tidy end: the system takes everything back at once. */
static _Noreturn void hang_up(void *arg, const char *why)
{
	(void)arg;
	(void)why;
	_exit(EXIT_SUCCESS);
}

/* The terminal's signals are for the engine, which hangs up when it wants us to end. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGPIPE, SIGQUIT,
				       SIGTERM, SIGTSTP, SIGXFSZ };
	struct sigaction action = { .sa_handler = SIG_IGN };

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		sigaction(ignored[i], &action, NULL);
}

void prober_main(void)
{
	struct prober prober = { 0 };
	struct channel_user user = {
		.message = take_message,
		.closed = hang_up,
		.arg = &prober,
	};

	ignore_signals();
	prctl(PR_SET_NAME, "ucposture");
	if (fcntl(PROBER_SOCKET, F_GETFD) < 0) {
		log_error("prober", "this is started by ucposture itself, not by people");
		_exit(EXIT_FAILURE);
	}
	prober.loop = loop_new();
	prober.engine = channel_new(prober.loop, PROBER_SOCKET, &user);
	log_redirect(send_log, &prober);
	loop_run(prober.loop);
	hang_up(NULL, NULL);
}
