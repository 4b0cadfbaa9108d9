/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/sip_samples.h"

static const char *const samples[] = { INTACT, COMPACT, REWRITTEN };

enum { SAMPLES = sizeof samples / sizeof *samples };

/* --- what we say ---------------------------------------------------------------- */

static const char *say(const struct sip_question *question)
{
	static char room[SIP_REQUEST_ROOM];
	struct writer out;

	writer_init(&out, room, sizeof room);
	sip_put_options(&out, question);
	writer_put_u8(&out, 0);
	assert_true(writer_ok(&out));
	return room;
}

static void assert_says(const char *request, const char *line)
{
	if (!strstr(request, line))
		fail_msg("%s is not in %s", line, request);
}

static void a_request_says_all_that_a_well_mannered_client_says(void **state)
{
	const struct sip_question question = usual_question();
	const char *request = say(&question);

	(void)state;
	assert_ptr_equal(strstr(request, "OPTIONS sip:10.0.0.5:5060 SIP/2.0\r\n"), request);
	assert_says(request, "\r\nVia: " VIA ";rport" BRANCH "\r\n");
	assert_says(request, "\r\nMax-Forwards: 70\r\n");
	assert_says(request, "\r\nFrom: " FROM "\r\n");
	assert_says(request, "\r\nTo: " TO "\r\n");
	assert_says(request, "\r\nCall-ID: " CALL_ID "\r\n");
	assert_says(request, "\r\nCSeq: 1 OPTIONS\r\n");
	assert_says(request, "\r\nContact: <sip:ucposture@10.0.0.9:5555>\r\n");
	assert_says(request, "\r\nAccept: application/sdp\r\n");
	assert_says(request, "\r\nUser-Agent: ucposture/");
	assert_string_equal(request + strlen(request) - 23, "\r\nContent-Length: 0\r\n\r\n");
}

static void a_request_for_a_name_asks_for_the_name(void **state)
{
	struct sip_question question = usual_question();
	const char *request;

	(void)state;
	question.name = "pbx.example";
	request = say(&question);
	assert_ptr_equal(strstr(request, "OPTIONS sip:pbx.example SIP/2.0\r\n"), request);
	assert_says(request, "\r\nFrom: <sip:ucposture@pbx.example>;tag=5555555566666666\r\n");
	assert_says(request, "\r\nTo: <sip:pbx.example>\r\n");
	assert_says(request, "\r\nContact: <sip:ucposture@10.0.0.9:5555>\r\n");
}

static void a_request_over_a_connection_says_so(void **state)
{
	struct sip_question question = usual_question();

	(void)state;
	question.transport = SIP_TLS;
	assert_says(say(&question), "\r\nVia: SIP/2.0/TLS 10.0.0.9:5555;");
	assert_says(say(&question), "\r\nContact: <sip:ucposture@10.0.0.9:5555;transport=tcp>\r\n");
	question.transport = SIP_TCP;
	assert_says(say(&question), "\r\nVia: SIP/2.0/TCP 10.0.0.9:5555;");
}

static void ipv6_stands_in_brackets_and_without_its_zone(void **state)
{
	struct sip_question question = question_at("fe80::9%7", "fe80::5%7");
	const char *request = say(&question);

	(void)state;
	assert_ptr_equal(strstr(request, "OPTIONS sip:[fe80::5]:5060 SIP/2.0\r\n"), request);
	assert_says(request, "\r\nVia: SIP/2.0/UDP [fe80::9]:5555;");
	assert_null(strchr(request, '%'));
	question.name = "fe80::5%7";
	assert_says(say(&question), "OPTIONS sip:[fe80::5] SIP/2.0\r\n");
}

static void where_we_are_may_be_left_unsaid(void **state)
{
	struct sip_question question = usual_question();

	(void)state;
	question.transport = SIP_TCP;
	question.from.family = 0;
	question.name = "pbx.example";
	assert_says(say(&question), "\r\nVia: SIP/2.0/TCP ucposture.invalid;");
}

static void a_name_without_end_is_cut(void **state)
{
	char name[5000];
	struct sip_question question = usual_question();

	(void)state;
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	question.name = name;
	assert_true(strlen(say(&question)) < SIP_REQUEST_ROOM - 1);
}

/* --- what is a message ------------------------------------------------------------ */

static enum turn turn_of(const char *bytes, size_t length)
{
	struct sip_message message;
	char *copy;
	enum turn turn = take(bytes, length, &copy, &message);

	free(copy);
	return turn;
}

static void strangers_are_known_by_their_first_line(void **state)
{
	static const struct {
		const char *bytes;
		enum turn turn;
	} cases[] = {
		{ "", TURN_NEED_MORE },
		{ "\r\n\r\n", TURN_NEED_MORE },
		{ "\r\n\r\nSIP/2", TURN_NEED_MORE },
		{ "sip/2.0 2", TURN_NEED_MORE },
		{ "OPTIONS sip:a@b SIP/2.0\r\nVia", TURN_NEED_MORE },
		{ "OPTIONS", TURN_NEED_MORE },
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", TURN_NOT_THIS_PROTOCOL },
		{ "HTTP/1", TURN_NOT_THIS_PROTOCOL },
		{ "220 mail.example ESMTP\r\n", TURN_NOT_THIS_PROTOCOL },
		{ "SSH-2.0-OpenSSH_9.2\r\n", TURN_NOT_THIS_PROTOCOL },
		{ "RTSP/1.0 200 OK\r\n\r\n", TURN_NOT_THIS_PROTOCOL },
		{ "SIP/3.0 200 OK\r\n\r\n", TURN_NOT_THIS_PROTOCOL },
		{ "SIP/2.0\r\n\r\n", TURN_NOT_THIS_PROTOCOL },
		{ " SIP/2.0\r\n\r\n", TURN_NOT_THIS_PROTOCOL },
		{ "SIP\xfb SIP/2.0\r\n\r\n", TURN_NOT_THIS_PROTOCOL },
		{ "GET / HTTP/1.1\r\n\r\n", TURN_NOT_THIS_PROTOCOL },
		{ "\x15\x03\x01", TURN_NOT_THIS_PROTOCOL },
		{ "<?xml", TURN_NOT_THIS_PROTOCOL },
		{ "SIP/2.0 20 OK\r\n\r\n", TURN_MALFORMED },
		{ "SIP/2.0 2000 OK\r\n\r\n", TURN_MALFORMED },
		{ "SIP/2.0 099 OK\r\n\r\n", TURN_MALFORMED },
		{ "SIP/2.0 700 OK\r\n\r\n", TURN_MALFORMED },
		{ "SIP/2.0 -12 OK\r\n\r\n", TURN_MALFORMED },
		{ "SIP/2.0 \r\n\r\n", TURN_MALFORMED },
		{ "SIP/2.0 603\r\n\r\n", TURN_NEXT_STEP },
		{ "SIP/2.0 200 \n\n", TURN_NEXT_STEP },
		{ "NOTIFY sip:a@b sip/2.0\r\n\r\n", TURN_NEXT_STEP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (turn_of(cases[i].bytes, strlen(cases[i].bytes)) != cases[i].turn)
			fail_msg("%s is %d", cases[i].bytes,
				 turn_of(cases[i].bytes, strlen(cases[i].bytes)));
}

static void a_reply_cut_anywhere_needs_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++)
		for (size_t length = 0; length < strlen(samples[i]); length++)
			assert_int_equal(turn_of(samples[i], length), TURN_NEED_MORE);
}

static void a_reply_is_found_though_it_comes_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		size_t looked = 0, length = 0;
		struct sip_message message;
		struct reader in;
		enum turn turn;

		do {
			reader_init(&in, samples[i], length++);
			turn = sip_take_message(&in, &looked, &message);
		} while (turn == TURN_NEED_MORE);
		assert_int_equal(turn, TURN_NEXT_STEP);
		assert_int_equal(in.at, strlen(samples[i]));
	}
}

static enum turn turn_of_length(const char *lines, uint32_t *body_bytes)
{
	char room[256];
	struct sip_message message;
	char *copy;
	enum turn turn;

	snprintf(room, sizeof room, "SIP/2.0 200 OK\r\n%s\r\n", lines);
	turn = take(room, strlen(room), &copy, &message);
	*body_bytes = message.body_bytes;
	free(copy);
	return turn;
}

static void a_length_is_a_number_that_is_said_once(void **state)
{
	static const char *const lies[] = {
		"Content-Length: -1\r\n", "Content-Length: 65536\r\n", "Content-Length:\r\n",
		"Content-Length: 4294967296\r\n", "Content-Length: 99999999999999999999\r\n",
		"Content-Length: 1\r\nl: 2\r\n", "l: 1, 1\r\n", "l: 0x1\r\n", "l: 1 2\r\n"
	};
	uint32_t body_bytes;

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
		assert_int_equal(turn_of_length(lies[i], &body_bytes), TURN_MALFORMED);
	assert_int_equal(turn_of_length("l: 7\r\ncontent-length : 7\r\n", &body_bytes),
			 TURN_NEXT_STEP);
	assert_int_equal(body_bytes, 7);
	assert_int_equal(turn_of_length("l:\r\n 65535\r\n", &body_bytes), TURN_NEXT_STEP);
	assert_int_equal(body_bytes, 65535);
	assert_int_equal(turn_of_length("X: 1\r\n", &body_bytes), TURN_NEXT_STEP);
	assert_int_equal(body_bytes, 0);
}

static void ten_thousand_fields_are_read(void **state)
{
	struct text many = { 0 };
	struct sip_message message;
	struct sip_text tokens[4];
	char *copy;

	(void)state;
	text_add(&many, "SIP/2.0 200 OK\r\n");
	for (int i = 0; i < 10000; i++)
		text_add(&many, i % 2 ? "Via: a,b\r\n" : "Allow:A,B,C,D,E,F\r\n");
	text_add(&many, "i: last\r\n\r\n");
	assert_int_equal(take(many.bytes, many.length, &copy, &message), TURN_NEXT_STEP);
	assert_true(sip_text_is(sip_field(&message, "Call-ID"), "last"));
	assert_int_equal(sip_tokens(&message, "Allow", tokens, 4), 4);
	free(copy);
	text_free(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_says_all_that_a_well_mannered_client_says),
		cmocka_unit_test(a_request_for_a_name_asks_for_the_name),
		cmocka_unit_test(a_request_over_a_connection_says_so),
		cmocka_unit_test(ipv6_stands_in_brackets_and_without_its_zone),
		cmocka_unit_test(where_we_are_may_be_left_unsaid),
		cmocka_unit_test(a_name_without_end_is_cut),
		cmocka_unit_test(strangers_are_known_by_their_first_line),
		cmocka_unit_test(a_reply_cut_anywhere_needs_more),
		cmocka_unit_test(a_reply_is_found_though_it_comes_byte_by_byte),
		cmocka_unit_test(a_length_is_a_number_that_is_said_once),
		cmocka_unit_test(ten_thousand_fields_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
