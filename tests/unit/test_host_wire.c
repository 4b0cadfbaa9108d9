/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "collectors/host_sockets.h"
#include "ground/text.h"
#include "tests/unit/host_answers.h"

static const struct host_question tcp4 = { .family = 4, .sequence = SEQUENCE };
static const struct host_question tcp6 = { .family = 6, .sequence = SEQUENCE };
static const struct host_question udp6 = { .family = 6, .udp = true, .sequence = SEQUENCE };

/* What one answer says. */
struct heard {
	struct host_socket sockets[8];
	size_t count;
	struct host_answer answer;
	enum host_message last;
};

static void hear(const struct host_question *question, const uint8_t *bytes, size_t length,
		 struct heard *heard)
{
	/* Of exactly that size, so that a sanitizer sees every step beyond it. */
	uint8_t *copy = malloc(length + 1);
	struct reader in;

	memcpy(copy + 1, bytes, length);
	reader_init(&in, copy + 1, length);
	*heard = (struct heard){ .answer.question = *question, .last = HOST_OTHER };
	while (reader_left(&in) && heard->last <= HOST_OTHER) {
		struct host_socket socket;

		heard->last = host_take_message(&in, &heard->answer, &socket);
		if (heard->last == HOST_SOCKET && heard->count < 8)
			heard->sockets[heard->count++] = socket;
	}
	free(copy);
}

static void hear_all(const struct host_question *question, const struct writer *said,
		     struct heard *heard)
{
	assert_true(writer_ok(said));
	hear(question, said->bytes, said->length, heard);
}

static const struct said web = { "127.0.0.1", 8080, STATE_LISTEN, 0, 33, 1234, -1 };
static const struct said ssh = { "::", 22, STATE_LISTEN, 0, 0, 77, 0 };
static const struct said ssh_six = { "fe80::1", 22, STATE_LISTEN, 3, 0, 78, 1 };

static void a_question_asks_for_listeners_of_one_kind(void **state)
{
	uint8_t room[128];
	struct writer out;
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;

	(void)state;
	writer_init(&out, room, sizeof room);
	host_put_question(&out, &udp6);
	assert_true(writer_ok(&out));
	assert_int_equal(out.length, sizeof head + sizeof body);
	memcpy(&head, room, sizeof head);
	memcpy(&body, room + sizeof head, sizeof body);
	assert_int_equal(head.nlmsg_len, out.length);
	assert_int_equal(head.nlmsg_type, SOCK_DIAG_BY_FAMILY);
	assert_int_equal(head.nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
	assert_int_equal(head.nlmsg_seq, SEQUENCE);
	assert_int_equal(body.sdiag_family, AF_INET6);
	assert_int_equal(body.sdiag_protocol, IPPROTO_UDP);
	assert_int_equal(body.idiag_states, 1 << STATE_CLOSE);
}

static void each_socket_of_an_answer_is_read(void **state)
{
	uint8_t room[ANSWER_ROOM];
	struct writer out;
	struct heard heard;

	(void)state;
	writer_init(&out, room, sizeof room);
	answer_socket(&out, NLM_F_MULTI, &ssh);
	answer_socket(&out, NLM_F_MULTI, &ssh_six);
	answer_number(&out, NLMSG_DONE, NLM_F_MULTI, 0);
	hear_all(&tcp6, &out, &heard);
	assert_int_equal(heard.last, HOST_END);
	assert_int_equal(heard.count, 2);
	assert_false(heard.sockets[0].udp);
	assert_false(heard.sockets[0].only_six);
	assert_int_equal(heard.sockets[0].address.family, 6);
	assert_int_equal(heard.sockets[0].address.port, 22);
	assert_int_equal(heard.sockets[0].inode, 77);
	assert_true(heard.sockets[1].only_six);
	assert_int_equal(heard.sockets[1].interface, 3);
	assert_int_equal(heard.sockets[1].address.bytes[15], 1);
}

static void an_answer_comes_in_parts(void **state)
{
	uint8_t room[ANSWER_ROOM];
	struct writer out;
	struct heard heard;

	(void)state;
	writer_init(&out, room, sizeof room);
	answer_socket(&out, NLM_F_MULTI, &web);
	hear_all(&tcp4, &out, &heard);
	assert_int_equal(heard.last, HOST_SOCKET);
	assert_int_equal(heard.sockets[0].user, 33);
	assert_memory_equal(heard.sockets[0].address.bytes, "\x7f\0\0\1\0\0\0\0", 8);
	writer_init(&out, room, sizeof room);
	answer_number(&out, NLMSG_DONE, NLM_F_MULTI, 0);
	hear_all(&tcp4, &out, &heard);
	assert_int_equal(heard.last, HOST_END);
}

/* Every prefix: what was whole before the cut is read, the rest is malformed. */
static void an_answer_cut_short_is_malformed(void **state)
{
	uint8_t room[ANSWER_ROOM];
	size_t ends[4] = { 0 };
	struct writer out;

	(void)state;
	writer_init(&out, room, sizeof room);
	answer_socket(&out, NLM_F_MULTI, &ssh);
	ends[1] = out.length;
	answer_socket(&out, NLM_F_MULTI, &ssh_six);
	ends[2] = out.length;
	answer_number(&out, NLMSG_DONE, NLM_F_MULTI, 0);
	ends[3] = out.length;
	for (size_t length = 1; length < out.length; length++) {
		size_t whole = 0;
		struct heard heard;

		while (ends[whole + 1] <= length)
			whole++;
		hear(&tcp6, room, length, &heard);
		assert_int_equal(heard.count, whole);
		assert_int_equal(heard.last, ends[whole] == length ? HOST_SOCKET : HOST_MALFORMED);
	}
}

/* Also inside a message whose own length is right. */
static void a_message_cut_short_is_malformed(void **state)
{
	uint8_t room[ANSWER_ROOM];
	struct writer out;

	(void)state;
	for (uint32_t less = 1;; less++) {
		struct heard heard;
		uint32_t length;

		writer_init(&out, room, sizeof room);
		answer_socket(&out, 0, &ssh_six);
		if (less >= out.length)
			break;
		length = (uint32_t)out.length - less;
		memcpy(room, &length, sizeof length);
		hear(&tcp6, room, length, &heard);
		/* Three bytes of padding, a whole attribute, or two, may be left out. */
		if (less <= 3 || less == 8 || less == 9 || less == 10 || less == 11 || less == 16)
			assert_int_equal(heard.last, HOST_SOCKET);
		else
			assert_int_equal(heard.last, HOST_MALFORMED);
	}
}

static void an_answer_changed_at_any_byte_is_survived(void **state)
{
	uint8_t room[ANSWER_ROOM];
	struct writer out;

	(void)state;
	writer_init(&out, room, sizeof room);
	answer_socket(&out, NLM_F_MULTI, &ssh);
	answer_socket(&out, NLM_F_MULTI, &ssh_six);
	answer_number(&out, NLMSG_DONE, NLM_F_MULTI, 0);
	for (size_t at = 0; at < out.length; at++) {
		for (unsigned value = 0; value < 256; value++) {
			uint8_t kept = room[at];
			struct heard heard;

			room[at] = (uint8_t)value;
			hear(&tcp6, room, out.length, &heard);
			assert_in_range(heard.count, 0, 2);
			assert_in_range(heard.last, HOST_SOCKET, HOST_MALFORMED);
			for (size_t i = 0; i < heard.count; i++)
				assert_int_not_equal(heard.sockets[i].address.port, 0);
			room[at] = kept;
		}
	}
}

static enum host_message hear_one(const struct host_question *question, const struct said *said)
{
	uint8_t room[ANSWER_ROOM];
	struct writer out;
	struct heard heard;

	writer_init(&out, room, sizeof room);
	answer_socket(&out, NLM_F_MULTI, said);
	hear_all(question, &out, &heard);
	return heard.last;
}

static void a_socket_that_does_not_listen_is_passed_over(void **state)
{
	const struct said connected = { "::1", 161, STATE_ESTABLISHED, 0, 0, 5, 0 };
	const struct said bound = { "::1", 161, STATE_CLOSE, 0, 0, 5, 0 };
	const struct said without_port = { "::1", 0, STATE_CLOSE, 0, 0, 5, 0 };
	const struct host_question other = { .family = 6, .sequence = SEQUENCE + 1 };

	(void)state;
	assert_int_equal(hear_one(&udp6, &bound), HOST_SOCKET);
	assert_int_equal(hear_one(&tcp6, &bound), HOST_OTHER);
	assert_int_equal(hear_one(&udp6, &connected), HOST_OTHER);
	assert_int_equal(hear_one(&udp6, &without_port), HOST_OTHER);
	/* Of the other version of IP, and of another question. */
	assert_int_equal(hear_one(&tcp4, &ssh), HOST_OTHER);
	assert_int_equal(hear_one(&other, &ssh), HOST_OTHER);
}

static void hear_number(uint16_t type, uint16_t flags, int number, struct heard *heard)
{
	uint8_t room[ANSWER_ROOM];
	struct writer out;

	writer_init(&out, room, sizeof room);
	answer_number(&out, type, flags, number);
	hear_all(&tcp4, &out, heard);
}

static void an_error_refuses_the_answer(void **state)
{
	struct heard heard;

	(void)state;
	hear_number(NLMSG_ERROR, 0, -ENOENT, &heard);
	assert_int_equal(heard.last, HOST_REFUSED);
	assert_int_equal(heard.answer.error, ENOENT);
	hear_number(NLMSG_DONE, NLM_F_MULTI, -EINVAL, &heard);
	assert_int_equal(heard.last, HOST_REFUSED);
	assert_int_equal(heard.answer.error, EINVAL);
	hear_number(NLMSG_ERROR, 0, INT_MIN, &heard);
	assert_int_equal(heard.last, HOST_REFUSED);
	assert_int_equal(heard.answer.error, INT_MAX);
	/* Number 0 says that all is well. */
	hear_number(NLMSG_ERROR, 0, 0, &heard);
	assert_int_equal(heard.last, HOST_OTHER);
	hear_number(NLMSG_NOOP, 0, 0, &heard);
	assert_int_equal(heard.last, HOST_OTHER);
}

static void an_answer_that_was_disturbed_says_so(void **state)
{
	uint8_t room[ANSWER_ROOM];
	struct writer out;
	struct heard heard;

	(void)state;
	writer_init(&out, room, sizeof room);
	answer_socket(&out, NLM_F_MULTI | NLM_F_DUMP_INTR, &web);
	answer_number(&out, NLMSG_DONE, NLM_F_MULTI, 0);
	hear_all(&tcp4, &out, &heard);
	assert_int_equal(heard.last, HOST_INTERRUPTED);
	hear_number(NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, 0, &heard);
	assert_int_equal(heard.last, HOST_INTERRUPTED);
	writer_init(&out, room, sizeof room);
	answer_number(&out, NLMSG_OVERRUN, 0, 0);
	answer_number(&out, NLMSG_DONE, NLM_F_MULTI, 0);
	hear_all(&tcp4, &out, &heard);
	assert_int_equal(heard.last, HOST_INTERRUPTED);
}

static struct host_socket made(const char *address, uint16_t port, uint32_t interface)
{
	struct host_socket socket = { .interface = interface };

	assert_true(address_parse(address, &socket.address));
	socket.address.port = port;
	return socket;
}

static void only_loopback_is_local(void **state)
{
	static const struct {
		const char *address;
		uint32_t interface;
		bool local;
	} cases[] = {
		{ "127.0.0.1", 0, true },	 { "127.200.3.4", 0, true },
		{ "::1", 0, true },		 { "::ffff:127.0.0.1", 0, true },
		{ "0.0.0.0", 1, true },		 { "::", 1, true },
		{ "0.0.0.0", 0, false },	 { "::", 0, false },
		{ "::ffff:0.0.0.0", 0, false },	 { "::ffff:10.0.0.1", 0, false },
		{ "10.0.0.1", 0, false },	 { "fe80::1", 2, false },
		{ "224.0.0.251", 0, false },	 { "128.0.0.1", 0, false },
		{ "::127.0.0.1", 0, false },	 { "::2", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct host_socket socket = made(cases[i].address, 1, cases[i].interface);

		assert_int_equal(host_socket_is_local(&socket), cases[i].local);
	}
}

static void assert_written(const struct host_socket *socket, const char *interface,
			   const char *expected)
{
	struct text out = { 0 };

	host_socket_format_address(socket, interface, &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void an_address_is_written_as_ss_does(void **state)
{
	struct host_socket any = made("::", 53, 0), link = made("fe80::1", 53, 2);
	struct host_socket four = made("0.0.0.0", 53, 1);
	char port[HOST_PORT_ROOM];

	(void)state;
	assert_written(&any, NULL, "*");
	any.only_six = true;
	assert_written(&any, NULL, "::");
	assert_written(&link, "eth0", "fe80::1%eth0");
	assert_written(&four, "lo", "0.0.0.0%lo");
	any.udp = true;
	any.address.port = 65535;
	host_socket_format_port(&any, port);
	assert_string_equal(port, "udp/65535");
}

static void sockets_are_put_in_order_and_told_once(void **state)
{
	struct host_sockets sockets = { 0 };
	struct host_socket socket = made("10.0.0.1", 80, 0);

	(void)state;
	host_sockets_tidy(&sockets);
	assert_int_equal(sockets.count, 0);
	socket.inode = 5;
	assert_true(host_sockets_add(&sockets, &socket));
	/* SO_REUSEPORT: the same address, another socket. */
	socket.inode = 4;
	assert_true(host_sockets_add(&sockets, &socket));
	socket.inode = 5;
	assert_true(host_sockets_add(&sockets, &socket));
	socket = made("::1", 22, 0);
	assert_true(host_sockets_add(&sockets, &socket));
	socket.udp = true;
	assert_true(host_sockets_add(&sockets, &socket));
	/* Without an inode nobody can say that they are one. */
	assert_true(host_sockets_add(&sockets, &socket));
	host_sockets_tidy(&sockets);
	assert_int_equal(sockets.count, 5);
	assert_int_equal(sockets.items[0].address.port, 22);
	assert_int_equal(sockets.items[1].inode, 4);
	assert_int_equal(sockets.items[2].inode, 5);
	assert_true(sockets.items[3].udp && sockets.items[4].udp);
	host_sockets_free(&sockets);
}

static void there_is_an_end_to_sockets(void **state)
{
	struct host_sockets sockets = { 0 };
	const struct host_socket socket = made("::1", 22, 0);

	(void)state;
	for (size_t i = 0; i < HOST_SOCKETS_MOST; i++)
		assert_true(host_sockets_add(&sockets, &socket));
	assert_false(host_sockets_add(&sockets, &socket));
	host_sockets_free(&sockets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_asks_for_listeners_of_one_kind),
		cmocka_unit_test(each_socket_of_an_answer_is_read),
		cmocka_unit_test(an_answer_comes_in_parts),
		cmocka_unit_test(an_answer_cut_short_is_malformed),
		cmocka_unit_test(a_message_cut_short_is_malformed),
		cmocka_unit_test(an_answer_changed_at_any_byte_is_survived),
		cmocka_unit_test(a_socket_that_does_not_listen_is_passed_over),
		cmocka_unit_test(an_error_refuses_the_answer),
		cmocka_unit_test(an_answer_that_was_disturbed_says_so),
		cmocka_unit_test(only_loopback_is_local),
		cmocka_unit_test(an_address_is_written_as_ss_does),
		cmocka_unit_test(sockets_are_put_in_order_and_told_once),
		cmocka_unit_test(there_is_an_end_to_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
