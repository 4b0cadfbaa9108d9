/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of our words came back, and what else an answer says.
 */
#include "tests/unit/sip_samples.h"

static bool compare(const char *bytes, size_t length, const struct sip_question *question,
		    struct sip_echo *echo)
{
	struct sip_message message;
	char *copy;
	bool whole = take(bytes, length, &copy, &message) == TURN_NEXT_STEP;

	if (whole)
		sip_compare(&message, question, echo);
	free(copy);
	return whole;
}

static void assert_rewritten(const char *bytes, const struct sip_question *question,
			     const char *expected)
{
	static const char *const words[] = {
#define WORD(constant, word) word,
		SIP_PARTS(WORD)
#undef WORD
	};
	struct text text = { 0 };
	struct sip_echo echo;

	assert_true(compare(bytes, strlen(bytes), question, &echo));
	for (size_t i = 0; i < SIP_PART_COUNT; i++)
		if (echo.rewritten[i])
			text_add_item(&text, " ", words[i]);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void what_came_back_as_it_was_is_intact(void **state)
{
	const struct sip_question question = usual_question();
	struct sip_echo echo;

	(void)state;
	assert_rewritten(INTACT, &question, "");
	assert_rewritten(COMPACT, &question, "");
	assert_true(compare(INTACT, sizeof INTACT - 1, &question, &echo));
	assert_true(echo.ours);
	assert_true(address_same_host(&echo.seen_as, &question.from));
	assert_int_equal(echo.seen_as.port, 5555);
	assert_true(compare(COMPACT, sizeof COMPACT - 1, &question, &echo));
	assert_int_equal(echo.seen_as.family, 0);
}

static void what_came_back_changed_is_named(void **state)
{
	static const struct {
		const char *reply, *rewritten;
	} cases[] = {
		{ REWRITTEN, "via call_id cseq from to contact" },
		{ "SIP/2.0 200 OK\r\nCall-ID: " CALL_ID "\r\n\r\n", "via cseq from to" },
		{ "SIP/2.0 200 OK\r\nVia: " VIA BRANCH ", SIP/2.0/UDP 10.0.0.1\r\nFrom: " FROM
		  "\r\nTo: " TO "\r\nCall-ID: " CALL_ID "\r\nCSeq: 1 INVITE\r\n\r\n",
		  "via cseq" },
		{ "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.0.0.9:5555" BRANCH "\r\nFrom: " FROM
		  "\r\nTo: " TO "\r\nCall-ID: " CALL_ID "\r\nCSeq: 1 OPTIONS\r\n\r\n", "via" },
		{ "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.9" BRANCH "\r\nFrom: " FROM
		  "\r\nTo: " TO "\r\nCall-ID: " CALL_ID "\r\nCSeq: 1 OPTIONS\r\n"
		  "m: <sip:a@b>, <sip:ucposture@10.0.0.9:5555;transport=udp>\r\n\r\n", "via" },
		{ "SIP/2.0 200 OK\r\nVia: " VIA "\r\nFrom: <sip:ucposture@10.0.0.9:5555>;tag=x"
		  "\r\nTo: " TO "\r\nCall-ID: " CALL_ID "\r\nCSeq: 1 OPTIONS\r\n"
		  "m: <sip:a@b>, <sip:ucposture@10.0.0.8:5555>\r\n\r\n", "via from contact" },
	};
	const struct sip_question question = usual_question();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_rewritten(cases[i].reply, &question, cases[i].rewritten);
}

static void one_of_our_secrets_is_enough_to_know_a_reply_for_ours(void **state)
{
	static const struct {
		const char *fields;
		bool ours;
	} cases[] = {
		{ "Via: " VIA BRANCH "\r\n", true },
		{ "Via: SIP/2.0/UDP x" BRANCH "\r\n", true },
		{ "i: " CALL_ID "\r\n", true },
		{ "CSeq: 1 OPTIONS\r\nf: <sip:x>;tag=5555555566666666\r\n", true },
		{ "f: <sip:x>;tag=5555555566666666\r\n", false },
		{ "CSeq: 1 OPTIONS\r\nf: <sip:x>;tag=555555556666666\r\n", false },
		{ "Via: " VIA ";branch=z9hG4bK\r\n", false },
		{ "Via: " VIA "\r\nCSeq: 1 OPTIONS\r\nTo: " TO "\r\n", false },
		{ "i: 3333333344444444\r\n", false },
		{ "", false },
	};
	const struct sip_question question = usual_question();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sip_echo echo;
		char room[512];

		snprintf(room, sizeof room, "SIP/2.0 200 OK\r\n%s\r\n", cases[i].fields);
		assert_true(compare(room, strlen(room), &question, &echo));
		assert_int_equal(echo.ours, cases[i].ours);
	}
}

static void how_the_server_saw_us_is_what_it_added(void **state)
{
	static const struct {
		const char *parameters, *seen;
	} cases[] = {
		{ BRANCH ";received=203.0.113.7;rport=1024", "203.0.113.7:1024" },
		{ ";rport=1024" BRANCH, "10.0.0.9:1024" },
		{ ";received=203.0.113.7" BRANCH, "203.0.113.7:5555" },
		{ ";rport;received=203.0.113.7" BRANCH, "203.0.113.7:5555" },
		{ ";received=[2001:db8::7];rport=9" BRANCH, "[2001:db8::7]:9" },
		{ ";received=2001:db8::7;rport=9" BRANCH, "[2001:db8::7]:9" },
		{ ";rport" BRANCH, "none" },
		{ ";rport=0;received=nonsense" BRANCH, "none" },
		{ ";rport=65536" BRANCH, "none" },
	};
	const struct sip_question question = usual_question();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sip_echo echo;
		char room[512], seen[ADDRESS_ROOM];

		snprintf(room, sizeof room, "SIP/2.0 200 OK\r\nVia: %s%s\r\n\r\n", VIA,
			 cases[i].parameters);
		assert_true(compare(room, strlen(room), &question, &echo));
		assert_int_equal(echo.rewritten[SIP_PART_VIA], false);
		address_format_with_port(&echo.seen_as, seen);
		assert_string_equal(echo.seen_as.family ? seen : "none", cases[i].seen);
	}
}

/* That a single byte made it intact would be a false comfort. */
static void a_changed_byte_never_makes_a_rewritten_reply_intact(void **state)
{
	const struct sip_question question = usual_question();
	char changed[sizeof REWRITTEN];
	struct sip_echo echo;

	(void)state;
	for (size_t at = 0; at < sizeof REWRITTEN - 1; at++) {
		for (unsigned c = 0; c < 256; c++) {
			memcpy(changed, REWRITTEN, sizeof changed);
			changed[at] = (char)c;
			if (!compare(changed, sizeof changed - 1, &question, &echo))
				continue;
			assert_true(echo.rewritten[SIP_PART_VIA]);
			assert_true(echo.rewritten[SIP_PART_CALL_ID]);
			assert_true(echo.rewritten[SIP_PART_FROM]);
			assert_true(echo.rewritten[SIP_PART_TO]);
		}
	}
}

static bool is_same_letter(char a, char b)
{
	return (a | 32) == (b | 32) && (a | 32) >= 'a' && (a | 32) <= 'z';
}

static void a_changed_byte_of_ours_is_always_seen(void **state)
{
	static const struct {
		const char *words;
		enum sip_part part;
	} parts[] = {
		{ VIA, SIP_PART_VIA }, { BRANCH, SIP_PART_VIA }, { CALL_ID, SIP_PART_CALL_ID },
		{ "1 OPTIONS", SIP_PART_CSEQ }, { FROM, SIP_PART_FROM }, { TO, SIP_PART_TO },
	};
	const struct sip_question question = usual_question();

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t from = (size_t)(strstr(INTACT, parts[i].words) - INTACT);

		for (size_t at = from; at < from + strlen(parts[i].words); at++) {
			for (unsigned c = 1; c < 256; c++) {
				char changed[] = INTACT;
				struct sip_echo echo;

				/* Blanks are one as good as another. */
				if (is_same_letter(changed[at], (char)c) || changed[at] == ' ' ||
				    changed[at] == (char)c || strchr("\r\n \t", (int)c))
					continue;
				changed[at] = (char)c;
				if (compare(changed, sizeof changed - 1, &question, &echo) &&
				    !echo.rewritten[parts[i].part])
					fail_msg("%c for %c of %s", (int)c, INTACT[at],
						 parts[i].words);
			}
		}
	}
}

static void ipv6_comes_back_in_another_spelling(void **state)
{
	static const char reply[] =
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP [2001:DB8:0:0::9]:5555;received=2001:db8::9"
		BRANCH "\r\n\r\n";
	const struct sip_question question = question_at("2001:db8::9", "2001:db8::5");
	struct sip_echo echo;

	(void)state;
	assert_true(compare(reply, sizeof reply - 1, &question, &echo));
	assert_false(echo.rewritten[SIP_PART_VIA]);
	assert_true(address_same_host(&echo.seen_as, &question.from));
}

static void authentication_is_what_the_status_demands(void **state)
{
	static const struct {
		const char *reply;
		enum sip_auth auth;
		const char *realm;
	} cases[] = {
		{ "SIP/2.0 401 No\r\nWWW-Authenticate: Digest qop=\"auth\", Realm=\"a, b\"\r\n\r\n",
		  SIP_AUTH_DIGEST, "\"a, b\"" },
		{ "SIP/2.0 407 No\r\nProxy-Authenticate: Digest realm=\"p\"\r\n"
		  "WWW-Authenticate: Basic realm=\"w\"\r\n\r\n", SIP_AUTH_DIGEST, "\"p\"" },
		{ "SIP/2.0 401 No\r\nWWW-Authenticate: Digest realm=\"d\"\r\n"
		  "WWW-Authenticate: basic realm=\"b\"\r\n"
		  "WWW-Authenticate: Digest realm=\"e\"\r\n\r\n", SIP_AUTH_BASIC, "\"d\"" },
		{ "SIP/2.0 401 No\r\nWWW-Authenticate: NTLM realm=n\r\n\r\n", SIP_AUTH_OTHER, "n" },
		{ "SIP/2.0 401 No\r\nWWW-Authenticate: \r\n\r\n", SIP_AUTH_OTHER, NULL },
		{ "SIP/2.0 401 No\r\n\r\n", SIP_AUTH_OTHER, NULL },
		{ "SIP/2.0 200 OK\r\nWWW-Authenticate: Digest realm=\"d\"\r\n\r\n", SIP_AUTH_NONE,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sip_message message;
		struct sip_text realm;
		char *copy;

		assert_int_equal(take(cases[i].reply, strlen(cases[i].reply), &copy, &message),
				 TURN_NEXT_STEP);
		assert_int_equal(sip_challenge(&message, &realm), cases[i].auth);
		assert_int_equal(realm.bytes != NULL, cases[i].realm != NULL);
		if (cases[i].realm)
			assert_true(sip_text_is(realm, cases[i].realm));
		free(copy);
	}
}

static void tokens_are_told_once_and_only_if_they_are_some(void **state)
{
	static const char reply[] =
		"SIP/2.0 200 OK\r\nAllow: INVITE,ack , \x1b[31m, INVITE\r\n"
		"k: replaces\r\nallow:\r\n BYE,,a b\r\nAllow: OPTIONS\r\n\r\n";
	struct sip_text tokens[8];
	struct sip_message message;
	char *copy;

	(void)state;
	assert_int_equal(take(reply, sizeof reply - 1, &copy, &message), TURN_NEXT_STEP);
	assert_int_equal(sip_tokens(&message, "Allow", tokens, 8), 4);
	assert_true(sip_text_is(tokens[0], "INVITE"));
	assert_true(sip_text_is(tokens[1], "ack"));
	assert_true(sip_text_is(tokens[2], "BYE"));
	assert_true(sip_text_is(tokens[3], "OPTIONS"));
	assert_int_equal(sip_tokens(&message, "Supported", tokens, 8), 1);
	assert_int_equal(sip_tokens(&message, "Allow", tokens, 3), 3);
	assert_int_equal(sip_tokens(&message, "Require", tokens, 8), 0);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_back_as_it_was_is_intact),
		cmocka_unit_test(what_came_back_changed_is_named),
		cmocka_unit_test(one_of_our_secrets_is_enough_to_know_a_reply_for_ours),
		cmocka_unit_test(how_the_server_saw_us_is_what_it_added),
		cmocka_unit_test(a_changed_byte_never_makes_a_rewritten_reply_intact),
		cmocka_unit_test(a_changed_byte_of_ours_is_always_seen),
		cmocka_unit_test(ipv6_comes_back_in_another_spelling),
		cmocka_unit_test(authentication_is_what_the_status_demands),
		cmocka_unit_test(tokens_are_told_once_and_only_if_they_are_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
