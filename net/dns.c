/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

static_assert(RESOLUTION_MOST <= 64, "c-ares' records are parsed on the stack");

struct dns_socket {
	struct dns_socket *next;
	struct dns *dns;
	struct watch watch;
	int fd;
};

struct dns {
	struct loop *loop;
	ares_channel channel;
	struct timer timer;
	struct dns_socket *sockets;
	char **domains;
	size_t domain_count;
	int dots;
	bool has_servers;
	bool ending;
};

struct question {
	struct dns *dns;
	struct dns_answers answers;
	unsigned awaited; /* answers that have not come */
	void (*done)(void *arg, const struct dns_answers *answers);
	void *arg;
};

static void dns_time_is_up(void *arg);

static void dns_wait(struct dns *dns)
{
	struct timeval wait, *next = ares_timeout(dns->channel, NULL, &wait);

	if (next)
		timer_start(&dns->timer, dns->loop,
			    clock_monotonic_us() + next->tv_sec * CLOCK_SECOND + next->tv_usec,
			    dns_time_is_up, dns);
	else
		timer_stop(&dns->timer);
}

static void dns_time_is_up(void *arg)
{
	struct dns *dns = arg;

	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	dns_wait(dns);
}

static void dns_socket_is_ready(void *arg, unsigned what)
{
	struct dns_socket *socket = arg;
	struct dns *dns = socket->dns;
	int fd = socket->fd;

	/* This may free the socket. */
	ares_process_fd(dns->channel, what & LOOP_READ ? fd : ARES_SOCKET_BAD,
			what & LOOP_WRITE ? fd : ARES_SOCKET_BAD);
	dns_wait(dns);
}

static void dns_socket_changes(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct dns *dns = arg;
	struct dns_socket **place = &dns->sockets, *socket;
	unsigned what = (readable ? LOOP_READ : 0u) | (writable ? LOOP_WRITE : 0u);

	while (*place && (*place)->fd != fd)
		place = &(*place)->next;
	socket = *place;
	if (what) {
		if (!socket) {
			socket = memory_new(1, sizeof *socket);
			socket->dns = dns;
			socket->fd = fd;
			*place = socket;
		}
		watch_start(&socket->watch, dns->loop, fd, what, dns_socket_is_ready, socket);
	} else if (socket) {
		*place = socket->next;
		watch_stop(&socket->watch);
		free(socket);
	}
}

static void dns_take_search(struct dns *dns)
{
	struct ares_options saved;
	int mask;

	dns->dots = 1;
	if (ares_save_options(dns->channel, &saved, &mask) != ARES_SUCCESS)
		return;
	dns->dots = saved.ndots;
	dns->domain_count = saved.ndomains > 0 ? (size_t)saved.ndomains : 0;
	dns->domains = memory_new(dns->domain_count, sizeof *dns->domains);
	for (size_t i = 0; i < dns->domain_count; i++)
		dns->domains[i] = memory_copy(saved.domains[i]);
	ares_destroy_options(&saved);
}

struct dns *dns_new(struct loop *loop, const struct resolver_settings *settings)
{
	struct dns *dns = memory_new(1, sizeof *dns);
	struct ares_options options = {
		/* An alias file would be opened with each question: behind the fence. */
		.flags = ARES_FLAG_NOALIASES,
		.timeout = settings->timeout_ms ? settings->timeout_ms : 2000,
		.tries = settings->tries ? settings->tries : 2,
		.lookups = (char *)(uintptr_t) "b",
		.sock_state_cb = dns_socket_changes,
		.sock_state_cb_data = dns,
		.resolvconf_path = (char *)(uintptr_t)settings->resolv_conf,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
		   ARES_OPT_SOCK_STATE_CB | (settings->resolv_conf ? ARES_OPT_RESOLVCONF : 0);
	int status;

	dns->loop = loop;
	status = ares_library_init(ARES_LIB_INIT_ALL);
	if (status == ARES_SUCCESS)
		status = ares_init_options(&dns->channel, &options, mask);
	if (status != ARES_SUCCESS) {
		log_error("resolve", "cannot prepare for asking name servers: %s",
			  ares_strerror(status));
		abort();
	}
	dns->has_servers = !settings->servers ||
			   !ares_set_servers_ports_csv(dns->channel, settings->servers);
	/* The system's servers must not be asked in silence instead. */
	if (!dns->has_servers)
		log_error("resolve",
			  "%s: not a list of name servers; write addresses with commas between "
			  "them, like 10.0.0.1,[::1]:5353",
			  settings->servers);
	dns_take_search(dns);
	return dns;
}

void dns_free(struct dns *dns)
{
	if (!dns)
		return;
	dns->ending = true;
	timer_stop(&dns->timer);
	ares_destroy(dns->channel);
	ares_library_cleanup();
	for (size_t i = 0; i < dns->domain_count; i++)
		free(dns->domains[i]);
	free(dns->domains);
	free(dns);
}

size_t dns_search_domains(const struct dns *dns)
{
	return dns->domain_count;
}

const char *dns_search_domain(const struct dns *dns, size_t n)
{
	return n < dns->domain_count ? dns->domains[n] : NULL;
}

int dns_dots(const struct dns *dns)
{
	return dns->dots;
}

size_t dns_servers(const struct dns *dns, struct address *servers, size_t most)
{
	struct ares_addr_port_node *list = NULL;
	size_t count = 0;

	if (!dns->has_servers || ares_get_servers_ports(dns->channel, &list) != ARES_SUCCESS)
		return 0;
	for (const struct ares_addr_port_node *node = list; node; node = node->next) {
		struct address server = {
			.family = node->family == AF_INET6 ? 6 : 4,
			.port = node->udp_port ? (uint16_t)node->udp_port : NAMESERVER_PORT,
		};

		memcpy(server.bytes, &node->addr, server.family == 6 ? 16 : 4);
		if (count < most)
			servers[count] = server;
		count++;
	}
	ares_free_data(list);
	return count;
}

static enum dns_status status_of(int error)
{
	switch (error) {
	case ARES_SUCCESS:
		return DNS_FOUND;
	case ARES_ENODATA:
		return DNS_EMPTY;
	case ARES_ENOTFOUND:
	case ARES_EBADNAME:
		return DNS_NO_NAME;
	case ARES_ETIMEOUT:
		return DNS_SILENT;
	default:
		return DNS_FAILED;
	}
}

static void answer_add(struct dns_answer *answer, uint8_t family, const void *bytes, int ttl)
{
	struct address *address = &answer->addresses[answer->count++];
	uint32_t seconds = ttl > 0 ? (uint32_t)ttl : 0;

	*address = (struct address){ .family = family };
	memcpy(address->bytes, bytes, family == 6 ? 16 : 4);
	if (answer->count == 1 || seconds < answer->ttl_seconds)
		answer->ttl_seconds = seconds;
}

static void question_is_answered(struct question *question, struct dns_answer *answer)
{
	struct dns *dns = question->dns;

	/* An alias that leads to a name without such records is a success to c-ares. */
	if (answer->status == DNS_FOUND && !answer->count)
		answer->status = DNS_EMPTY;
	if (--question->awaited)
		return;
	if (!dns->ending)
		question->done(question->arg, &question->answers);
	free(question);
}

static void four_has_come(void *arg, int status, int timeouts, unsigned char *bytes, int length)
{
	struct question *question = arg;
	struct dns_answer *answer = &question->answers.four;
	struct ares_addrttl records[RESOLUTION_MOST];
	int count = RESOLUTION_MOST;

	(void)timeouts;
	if (status == ARES_SUCCESS)
		status = ares_parse_a_reply(bytes, length, NULL, records, &count);
	answer->status = status_of(status);
	for (int i = 0; answer->status == DNS_FOUND && i < count; i++)
		answer_add(answer, 4, &records[i].ipaddr, records[i].ttl);
	question_is_answered(question, answer);
}

static void six_has_come(void *arg, int status, int timeouts, unsigned char *bytes, int length)
{
	struct question *question = arg;
	struct dns_answer *answer = &question->answers.six;
	struct ares_addr6ttl records[RESOLUTION_MOST];
	int count = RESOLUTION_MOST;

	(void)timeouts;
	if (status == ARES_SUCCESS)
		status = ares_parse_aaaa_reply(bytes, length, NULL, records, &count);
	answer->status = status_of(status);
	for (int i = 0; answer->status == DNS_FOUND && i < count; i++)
		answer_add(answer, 6, &records[i].ip6addr, records[i].ttl);
	question_is_answered(question, answer);
}

void dns_ask(struct dns *dns, const char *name,
	     void (*done)(void *arg, const struct dns_answers *answers), void *arg)
{
	static const struct dns_answers none = { { .status = DNS_FAILED },
						 { .status = DNS_FAILED } };
	struct question *question;

	if (!dns->has_servers) {
		done(arg, &none);
		return;
	}
	question = memory_new(1, sizeof *question);
	question->dns = dns;
	question->done = done;
	question->arg = arg;
	question->awaited = 2;
	ares_query(dns->channel, name, ns_c_in, ns_t_a, four_has_come, question);
	ares_query(dns->channel, name, ns_c_in, ns_t_aaaa, six_has_come, question);
	dns_wait(dns);
}
