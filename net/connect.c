/* SPDX-License-Identifier: Apache-2.0 */
#include "net/connect.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

static void report_failure(struct connect_report *report, enum reason reason, int error)
{
	report->end = CONNECT_FAILED;
	report->reason = reason;
	report->error = error;
}

static bool fd_is_bound_to(int fd, const struct address *peer)
{
	struct address us;

	return address_of_socket(fd, &us) && us.port == peer->port &&
	       address_same_host(&us, peer);
}

static void report_established(int fd, const struct address *peer,
			       struct connect_report *report)
{
	if (fd_is_bound_to(fd, peer)) {
		report->end = CONNECT_SELF;
		report->reason = REASON_SPOKE_TO_OURSELVES;
	} else {
		report->end = CONNECT_ESTABLISHED;
	}
}

/* EADDRNOTAVAIL has two meanings: all ports of our address are in use, or we have no
 * address of that family to speak from. A datagram socket is short of no ports. */
static enum reason reason_of_no_local_address(const struct sockaddr_storage *peer,
					      socklen_t length)
{
	int fd = socket(peer->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has_source = fd >= 0 && !connect(fd, (const struct sockaddr *)peer, length);

	if (fd >= 0)
		close(fd);
	return has_source ? REASON_NO_RESOURCES : REASON_NO_ROUTE;
}

static void report_icmp(struct connect_report *report)
{
	report->end = CONNECT_ICMP;
	report->reason = icmp_reason(&report->icmp);
}

static void report_error(int fd, int error, struct connect_report *report)
{
	if (icmp_take(fd, &report->icmp)) {
		report_icmp(report);
	} else if (error == ECONNREFUSED) {
		report->end = CONNECT_RESET;
		report->reason = REASON_REFUSED;
	} else if (error == ECONNRESET) {
		report->end = CONNECT_DROPPED;
		report->reason = REASON_RESET;
	} else {
		report_failure(report, reason_of_errno(error), error);
	}
}

static bool socket_bind(int fd, const struct address *source, struct connect_report *report)
{
	struct sockaddr_storage name;
	socklen_t length;
	int on = 1;

	if (!source || !source->family)
		return true;
	/* Without this a port is reserved at once, and 28,000 attempts exhaust them although
	 * each goes somewhere else. */
	if (!source->port)
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	else
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	length = address_to_socket(source, &name);
	if (!bind(fd, (struct sockaddr *)&name, length))
		return true;
	report_failure(report, errno == EADDRINUSE ? REASON_NO_RESOURCES
						   : REASON_SOURCE_UNAVAILABLE, errno);
	return false;
}

static int socket_for(const struct address *peer, struct connect_report *report)
{
	int fd = socket(address_domain(peer), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		report_failure(report, reason_of_errno(errno), errno);
	else
		icmp_listen(fd, peer->family);
	return fd;
}

/* For whoever is connecting a second connect() tells more than SO_ERROR: whether it has
 * come to an end at all, and which. */
static void connect_ask(int fd, const struct address *peer, struct connect_report *report)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(peer, &name);
	int error;

	*report = (struct connect_report){ .end = CONNECT_PENDING };
	error = connect(fd, (struct sockaddr *)&name, length) ? errno : 0;
	if (!error)
		report_established(fd, peer, report);
	else if (error == EADDRNOTAVAIL)
		report_failure(report, reason_of_no_local_address(&name, length), error);
	else if (error != EINPROGRESS && error != EALREADY && error != EINTR)
		report_error(fd, error, report);
}

void connect_finish(int fd, const struct address *peer, struct connect_report *report)
{
	connect_ask(fd, peer, report);
	/* An error that came while the socket was busy is only in the queue: the kernel goes
	 * on trying, we need not. */
	if (report->end == CONNECT_PENDING && icmp_take(fd, &report->icmp))
		report_icmp(report);
}

void connect_again(int fd, const struct address *peer, struct connect_report *report)
{
	connect_ask(fd, peer, report);
	/* A peer on this machine has answered by now, but the first call never says so. */
	if (report->end == CONNECT_PENDING)
		connect_ask(fd, peer, report);
}

bool connect_hang_up(int fd)
{
	static const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	return !connect(fd, &nobody, sizeof nobody);
}

int connect_begin(const struct address *peer, const struct address *source,
		  struct connect_report *report)
{
	int fd;

	*report = (struct connect_report){ .end = CONNECT_PENDING };
	fd = socket_for(peer, report);
	if (fd < 0)
		return -1;
	if (socket_bind(fd, source, report)) {
		connect_again(fd, peer, report);
		if (report->end != CONNECT_FAILED)
			return fd;
	}
	close(fd);
	return -1;
}
