/* SPDX-License-Identifier: Apache-2.0 */
#include "net/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static struct address loopback(int family, uint16_t port)
{
	struct address address;

	assert_true(address_parse(family == 6 ? "::1" : "127.0.0.1", &address));
	address.port = port;
	return address;
}

static int listener(struct address *address)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(address, &name);
	int fd = socket(address_domain(address), SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (bind(fd, (struct sockaddr *)&name, length) || listen(fd, 8)) {
		close(fd);
		return -1;
	}
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, address));
	return fd;
}

/* A port of which nobody listens, and nobody will while fd is open. */
static int closed_port(struct address *address)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(address, &name);
	int fd = socket(address_domain(address), SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&name, length), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, address));
	return fd;
}

static void an_open_port_of_this_machine_is_established_at_once(void **state)
{
	static const int families[] = { 4, 6 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct address peer = loopback(families[i], 0);
		int server = listener(&peer), fd;
		struct connect_report report;

		if (server < 0)
			continue;
		fd = connect_begin(&peer, NULL, &report);
		assert_true(fd >= 0);
		assert_int_equal(report.end, CONNECT_ESTABLISHED);
		assert_int_equal(report.reason, REASON_NONE);
		assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		close(fd);
		close(server);
	}
}

static void a_closed_port_of_this_machine_is_reset_at_once(void **state)
{
	struct address peer = loopback(4, 0);
	int reserved = closed_port(&peer);
	struct connect_report report;
	int fd = connect_begin(&peer, NULL, &report);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(report.end, CONNECT_RESET);
	assert_int_equal(report.reason, REASON_REFUSED);
	close(fd);
	close(reserved);
}

static void a_socket_that_was_reset_can_try_the_next_port(void **state)
{
	struct address closed = loopback(4, 0), open = loopback(4, 0);
	struct address source = loopback(4, 0);
	int reserved = closed_port(&closed), server = listener(&open);
	struct connect_report report;
	int fd = connect_begin(&closed, &source, &report);

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(report.end, CONNECT_RESET);
		connect_again(fd, &closed, &report);
	}
	connect_again(fd, &open, &report);
	assert_int_equal(report.end, CONNECT_ESTABLISHED);
	close(fd);
	close(server);
	close(reserved);
}

static void a_connection_to_ourselves_is_told_from_an_open_port(void **state)
{
	struct address peer = loopback(4, 0);
	int reserved = closed_port(&peer);
	struct connect_report report;
	int fd;

	(void)state;
	close(reserved);
	fd = connect_begin(&peer, &peer, &report);
	assert_true(fd >= 0);
	assert_int_equal(report.end, CONNECT_SELF);
	assert_int_equal(report.reason, REASON_SPOKE_TO_OURSELVES);
	close(fd);
}

static void the_source_address_is_the_one_asked_for(void **state)
{
	struct address peer = loopback(4, 0), source, seen;
	int server = listener(&peer), fd, accepted;
	struct connect_report report;
	struct sockaddr_storage name;
	socklen_t length = sizeof name;

	(void)state;
	assert_true(address_parse("127.0.77.1", &source));
	fd = connect_begin(&peer, &source, &report);
	assert_int_equal(report.end, CONNECT_ESTABLISHED);
	accepted = accept(server, (struct sockaddr *)&name, &length);
	assert_true(accepted >= 0);
	assert_true(address_from_socket(&name, &seen));
	assert_true(address_same_host(&seen, &source));
	close(accepted);
	close(fd);
	close(server);
}

static void a_source_that_is_not_ours_is_named_as_such(void **state)
{
	struct address peer = loopback(4, 9), source;
	struct connect_report report;

	(void)state;
	assert_true(address_parse("192.0.2.1", &source));
	assert_int_equal(connect_begin(&peer, &source, &report), -1);
	assert_int_equal(report.end, CONNECT_FAILED);
	assert_int_equal(report.reason, REASON_SOURCE_UNAVAILABLE);
}

static void no_more_descriptors_is_our_own_shortage(void **state)
{
	struct address peer = loopback(4, 9);
	struct connect_report report;
	struct rlimit before, none;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(connect_begin(&peer, NULL, &report), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(report.end, CONNECT_FAILED);
	assert_int_equal(report.reason, REASON_NO_RESOURCES);
	assert_int_equal(report.error, EMFILE);
}

/* From here on: a network of our own, in a child, with a firewall that rejects. */

struct rejection {
	int family;
	uint16_t port;
	const char *with;	/* nft's word */
	uint8_t type, code;
	enum icmp_kind kind;
	enum reason reason;
};

static const struct rejection rejections[] = {
	{ 4, 1001, "icmp type port-unreachable", ICMP_DEST_UNREACH, ICMP_PORT_UNREACH,
	  ICMP_KIND_NO_PORT, REASON_REFUSED },
	{ 4, 1002, "icmp type host-unreachable", ICMP_DEST_UNREACH, ICMP_HOST_UNREACH,
	  ICMP_KIND_NO_HOST, REASON_UNREACHABLE },
	{ 4, 1003, "icmp type net-unreachable", ICMP_DEST_UNREACH, ICMP_NET_UNREACH,
	  ICMP_KIND_NO_NETWORK, REASON_UNREACHABLE },
	{ 4, 1004, "icmp type prot-unreachable", ICMP_DEST_UNREACH, ICMP_PROT_UNREACH,
	  ICMP_KIND_NO_PROTOCOL, REASON_UNREACHABLE },
	{ 4, 1005, "icmp type admin-prohibited", ICMP_DEST_UNREACH, ICMP_PKT_FILTERED,
	  ICMP_KIND_PROHIBITED, REASON_PROHIBITED },
	{ 4, 1006, "icmp type host-prohibited", ICMP_DEST_UNREACH, ICMP_HOST_ANO,
	  ICMP_KIND_PROHIBITED, REASON_PROHIBITED },
	{ 4, 1007, "icmp type net-prohibited", ICMP_DEST_UNREACH, ICMP_NET_ANO,
	  ICMP_KIND_PROHIBITED, REASON_PROHIBITED },
	{ 6, 1001, "icmpv6 type port-unreachable", ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT,
	  ICMP_KIND_NO_PORT, REASON_REFUSED },
	{ 6, 1002, "icmpv6 type addr-unreachable", ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR,
	  ICMP_KIND_NO_HOST, REASON_UNREACHABLE },
	{ 6, 1003, "icmpv6 type no-route", ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE,
	  ICMP_KIND_NO_NETWORK, REASON_UNREACHABLE },
	{ 6, 1005, "icmpv6 type admin-prohibited", ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN,
	  ICMP_KIND_PROHIBITED, REASON_PROHIBITED },
};

enum { REJECTIONS = sizeof rejections / sizeof *rejections };
enum { CHILD_FINE = 0, CHILD_WRONG = 1, CHILD_CANNOT = 77 };
enum { PORT_WITH_RESET = 1090, PORT_SILENT = 1091 };

static bool raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool up = fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &request);

	if (fd >= 0)
		close(fd);
	return up;
}

static bool load_rules(void)
{
	char name[] = "/tmp/test_connect_XXXXXX";
	char *arguments[] = { (char *)"nft", (char *)"-f", name, NULL };
	int fd = mkstemp(name), status = -1;
	pid_t child;

	if (fd < 0)
		return false;
	dprintf(fd, "table inet t {\n chain c {\n  type filter hook input priority 0\n");
	for (size_t i = 0; i < REJECTIONS; i++)
		dprintf(fd, "  meta nfproto ipv%d tcp dport %u reject with %s\n",
			rejections[i].family, rejections[i].port, rejections[i].with);
	dprintf(fd, "  tcp dport %d reject with tcp reset\n  tcp dport %d drop\n }\n}\n",
		PORT_WITH_RESET, PORT_SILENT);
	close(fd);
	if (!posix_spawnp(&child, "nft", NULL, NULL, arguments, environ))
		waitpid(child, &status, 0);
	unlink(name);
	return status == 0;
}

static struct connect_report attempt(const struct address *peer, int wait_ms)
{
	struct connect_report report;
	int fd = connect_begin(peer, NULL, &report);
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	if (report.end == CONNECT_PENDING && poll(&wait, 1, wait_ms) > 0)
		connect_finish(fd, peer, &report);
	if (fd >= 0)
		close(fd);
	return report;
}

static bool rejection_is_told(const struct rejection *expected)
{
	struct address peer = loopback(expected->family, expected->port);
	struct connect_report report = attempt(&peer, 500);
	bool told = report.end == CONNECT_ICMP && report.icmp.family == expected->family &&
		    report.icmp.type == expected->type && report.icmp.code == expected->code &&
		    icmp_kind(&report.icmp) == expected->kind &&
		    report.reason == expected->reason &&
		    address_same_host(&report.icmp.origin, &peer);

	if (!told)
		fprintf(stderr, "%s: end %d reason %s type %d code %d\n", expected->with,
			report.end, reason_word(report.reason), report.icmp.type,
			report.icmp.code);
	return told;
}

static int visit_firewall(void)
{
	int wrong = CHILD_FINE;

	if (unshare(CLONE_NEWNET) || !raise_loopback() || !load_rules())
		return CHILD_CANNOT;
	for (size_t i = 0; i < REJECTIONS; i++)
		if (!rejection_is_told(&rejections[i]))
			wrong = CHILD_WRONG;
	for (int family = 4; family <= 6; family += 2) {
		struct address reset = loopback(family, PORT_WITH_RESET);
		struct address silent = loopback(family, PORT_SILENT);

		if (attempt(&reset, 500).end != CONNECT_RESET ||
		    attempt(&silent, 50).end != CONNECT_PENDING)
			wrong = CHILD_WRONG;
	}
	return wrong;
}

/* Whether a word that a firewall rejects is the end of an open connection. */
static bool rejection_ends(int fd)
{
	struct pollfd wait = { .fd = fd };

	return send(fd, "x", 1, MSG_NOSIGNAL) == 1 && poll(&wait, 1, 300) == 1;
}

static int visit_hints(void)
{
	struct address peer = loopback(4, 1002);
	struct connect_report report;
	int server, hearing, ignoring;

	if (unshare(CLONE_NEWNET) || !raise_loopback())
		return CHILD_CANNOT;
	server = listener(&peer);
	hearing = connect_begin(&peer, NULL, &report);
	ignoring = connect_begin(&peer, NULL, &report);
	if (server < 0 || report.end != CONNECT_ESTABLISHED)
		return CHILD_WRONG;
	icmp_ignore(ignoring, 4);
	if (!load_rules())
		return CHILD_CANNOT;
	return rejection_ends(hearing) && !rejection_ends(ignoring) ? CHILD_FINE : CHILD_WRONG;
}

static int visit_no_route(void)
{
	struct address four, six;
	struct connect_report report;

	if (unshare(CLONE_NEWNET) || !raise_loopback())
		return CHILD_CANNOT;
	address_parse("192.0.2.1", &four);
	address_parse("2001:db8::1", &six);
	four.port = six.port = 9;
	report = attempt(&four, 50);
	if (report.end != CONNECT_FAILED || report.reason != REASON_NO_ROUTE)
		return CHILD_WRONG;
	report = attempt(&six, 50);
	return report.end == CONNECT_FAILED && report.reason == REASON_NO_ROUTE ? CHILD_FINE
										: CHILD_WRONG;
}

static void in_a_child(int (*visit)(void))
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(visit());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_CANNOT)
		skip();
	assert_int_equal(WEXITSTATUS(status), CHILD_FINE);
}

static void every_kind_of_rejection_is_told_from_a_reset_and_from_silence(void **state)
{
	(void)state;
	in_a_child(visit_firewall);
}

static void an_open_connection_outlives_a_rejected_packet(void **state)
{
	(void)state;
	in_a_child(visit_hints);
}

static void no_route_is_this_machines_matter(void **state)
{
	(void)state;
	in_a_child(visit_no_route);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_port_of_this_machine_is_established_at_once),
		cmocka_unit_test(a_closed_port_of_this_machine_is_reset_at_once),
		cmocka_unit_test(a_socket_that_was_reset_can_try_the_next_port),
		cmocka_unit_test(a_connection_to_ourselves_is_told_from_an_open_port),
		cmocka_unit_test(the_source_address_is_the_one_asked_for),
		cmocka_unit_test(a_source_that_is_not_ours_is_named_as_such),
		cmocka_unit_test(no_more_descriptors_is_our_own_shortage),
		cmocka_unit_test(every_kind_of_rejection_is_told_from_a_reset_and_from_silence),
		cmocka_unit_test(an_open_connection_outlives_a_rejected_packet),
		cmocka_unit_test(no_route_is_this_machines_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
