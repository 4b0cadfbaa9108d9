/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/connect.h"
#include "net/spares.h"

static int bind_loopback(struct address *address)
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	socklen_t length = sizeof name;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, length), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	assert_true(address_parse("127.0.0.1", address));
	address->port = ntohs(name.sin_port);
	return fd;
}

static void a_refused_socket_serves_for_an_open_port(void **state)
{
	struct spares *spares = spares_new();
	struct address closed, open;
	int holder = bind_loopback(&closed), listener = bind_loopback(&open);
	struct connect_report report;
	int fd;

	(void)state;
	assert_int_equal(listen(listener, 1), 0);
	fd = connect_begin(&closed, NULL, &report);
	assert_int_equal(report.end, CONNECT_RESET);
	spares_keep(spares, 4, fd);
	assert_int_equal(spares_take(spares, 6), -1);
	assert_int_equal(spares_take(spares, 4), fd);
	assert_int_equal(spares_take(spares, 4), -1);
	connect_again(fd, &open, &report);
	assert_int_equal(report.end, CONNECT_ESTABLISHED);
	close(fd);
	close(holder);
	close(listener);
	spares_free(spares);
}

static void a_hung_up_socket_serves_again(void **state)
{
	struct address closed, open;
	int holder = bind_loopback(&closed), listener = bind_loopback(&open);
	struct connect_report report;
	int fd, accepted;
	char byte;

	(void)state;
	assert_int_equal(listen(listener, 4), 0);
	fd = connect_begin(&open, NULL, &report);
	assert_int_equal(report.end, CONNECT_ESTABLISHED);
	assert_true(connect_hang_up(fd));
	accepted = accept(listener, NULL, NULL);
	assert_int_equal(recv(accepted, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	close(accepted);
	connect_again(fd, &closed, &report);
	assert_int_equal(report.end, CONNECT_RESET);
	connect_again(fd, &open, &report);
	assert_int_equal(report.end, CONNECT_ESTABLISHED);
	close(fd);
	close(holder);
	close(listener);
}

static void more_than_enough_are_closed(void **state)
{
	struct spares *spares = spares_new();
	int last = -1;

	(void)state;
	for (int i = 0; i < 40; i++) {
		last = socket(AF_INET6, SOCK_STREAM, 0);
		spares_keep(spares, 6, last);
	}
	assert_int_equal(fcntl(last, F_GETFD), -1);
	assert_int_equal(errno, EBADF);
	assert_int_not_equal(spares_take(spares, 6), -1);
	spares_free(spares);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_socket_serves_for_an_open_port),
		cmocka_unit_test(a_hung_up_socket_serves_again),
		cmocka_unit_test(more_than_enough_are_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
