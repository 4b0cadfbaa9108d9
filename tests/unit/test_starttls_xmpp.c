/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/starttls_scene.h"

#define TLS "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"
#define OPEN "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "                      \
	     "xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>"
#define FEATURES OPEN "<stream:features><starttls " TLS "/></stream:features>"
#define PROCEED "<proceed " TLS "/>"
#define FAILURE "<failure " TLS "/>"
#define PROSODY                                                                               \
	"<?xml version='1.0'?><stream:stream id='2f1e' version='1.0' xml:lang='en' "            \
	"xmlns:stream='http://etherx.jabber.org/streams' from='uc.example' "                    \
	"xmlns='jabber:client'><stream:features>"
#define UNKNOWN_HOST                                                                          \
	"<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"             \
	"<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>This server does not serve "         \
	"uc.example</text></stream:error>"

static const struct scene scenes[] = {
	SCENE("xmpp", "Prosody",
	      PROSODY "<starttls " TLS "><required/></starttls></stream:features>" PROCEED,
	      NEXT_STEP, OFFERED, NULL),
	SCENE("xmpp", "Prosody without TLS",
	      PROSODY "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN"
	      "</mechanism></mechanisms></stream:features><stream:error><unsupported-stanza-type "
	      "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
	      CONCLUDED, ABSENT, "unsupported-stanza-type"),
	SCENE("xmpp", "Prosody that is not for that name", OPEN UNKNOWN_HOST, CONCLUDED, UNKNOWN,
	      "host-unknown: This server does not serve uc.example"),
	SCENE("xmpp-server", "Prosody among servers",
	      "<?xml version='1.0'?><stream:stream xmlns:db='jabber:server:dialback' id='x' "
	      "to='' version='1.0' xmlns:stream='http://etherx.jabber.org/streams' "
	      "from='uc.example' xmlns='jabber:server'><stream:features><starttls " TLS
	      "/><dialback xmlns='urn:xmpp:features:dialback'/></stream:features>" PROCEED,
	      NEXT_STEP, OFFERED, NULL),
	SCENE("xmpp", "ejabberd",
	      "<?xml version='1.0'?><stream:stream id='1234' version='1.0' xml:lang='en' "
	      "xmlns:stream='http://etherx.jabber.org/streams' from='uc.example' "
	      "xmlns='jabber:client'><stream:features><starttls " TLS "><required/></starttls>"
	      "</stream:features>" PROCEED, NEXT_STEP, OFFERED, NULL),
	SCENE("xmpp", "Openfire",
	      "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream=\"http://etherx."
	      "jabber.org/streams\" xmlns=\"jabber:client\" from=\"uc.example\" id=\"7q\" "
	      "xml:lang=\"en\" version=\"1.0\"><stream:features><starttls xmlns=\"urn:ietf:params"
	      ":xml:ns:xmpp-tls\"></starttls><mechanisms xmlns=\"urn:ietf:params:xml:ns:xmpp-sasl"
	      "\"><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
	      "<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\"></proceed>", NEXT_STEP, OFFERED,
	      NULL),
	SCENE("xmpp", "Openfire without a certificate",
	      OPEN "<stream:features></stream:features>" FAILURE, CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "a server that refuses", FEATURES FAILURE, CONCLUDED, REFUSED, NULL),
	SCENE("xmpp", "a server that hangs up", FEATURES "</stream:stream>", CONCLUDED, REFUSED,
	      NULL),
	SCENE("xmpp", "a server that refuses with an error",
	      FEATURES "<stream:error><policy-violation/></stream:error>", CONCLUDED, REFUSED,
	      "policy-violation"),
	SCENE("xmpp", "one who takes the offer out", OPEN "<stream:features/>" PROCEED, NEXT_STEP,
	      STRIPPED, NULL),
	SCENE("xmpp", "a server older than features",
	      "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' id='1'>" FAILURE,
	      CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "a server that hangs up at once", OPEN "</stream:stream>", CONCLUDED, UNKNOWN,
	      NULL),
	SCENE("xmpp", "prefixes of its own",
	      "<s:stream xmlns:s='http://etherx.jabber.org/streams' version='1.0'><s:features>"
	      "<t:starttls xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'/></s:features>"
	      "<t:proceed xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'/>", NEXT_STEP, OFFERED, NULL),
	SCENE("xmpp", "a prefix explained before",
	      "<s:stream xmlns:s='http://etherx.jabber.org/streams' version='1.0' "
	      "xmlns:t='urn:ietf:params:xml:ns:xmpp-tls'><s:features><t:starttls/></s:features>"
	      "<t:proceed/>", NEXT_STEP, OFFERED, NULL),
	SCENE("xmpp", "quotes with a bracket in them",
	      "<stream:stream version=\"1.0\" id='>' from='\"/>'><stream:features><x a='</x>'/>"
	      "</stream:features>" FAILURE, MALFORMED, UNKNOWN, NULL),
	SCENE("xmpp", "quotes in quotes",
	      "<stream:stream version = \"1.0\" id='>' from='\"/'\n><stream:features>\n<starttls\t"
	      TLS " />\n</stream:features >\n" PROCEED, NEXT_STEP, OFFERED, NULL),
};

/* Where the word stands, it means nothing. */
static const struct scene not_listed[] = {
	SCENE("xmpp", "a comment", OPEN "<stream:features><!-- <starttls " TLS "/> --></stream:"
	      "features>" FAILURE, CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "character data", OPEN "<stream:features><![CDATA[<starttls " TLS
	      "/></stream:features>]]></stream:features>" FAILURE, CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "an instruction", OPEN "<stream:features><?x <starttls " TLS
	      "/> ?></stream:features>" FAILURE, CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "another namespace", OPEN "<stream:features><starttls xmlns='urn:x'/>"
	      "</stream:features>" FAILURE, CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "no namespace", OPEN "<stream:features><starttls/></stream:features>" FAILURE,
	      CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "deeper", OPEN "<stream:features><x><starttls " TLS "/></x></stream:features>"
	      FAILURE, CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "an attribute", OPEN "<stream:features><x starttls='" "starttls" "' " TLS
	      "/></stream:features>" FAILURE, CONCLUDED, ABSENT, NULL),
	SCENE("xmpp", "a name that begins so", OPEN "<stream:features><starttlsx " TLS
	      "/></stream:features>" FAILURE, CONCLUDED, ABSENT, NULL),
};

static const struct scene strange[] = {
	SCENE("xmpp", "a web server", "HTTP/1.1 400 Bad Request\r\n", NOT_THIS_PROTOCOL, UNKNOWN,
	      "HTTP/1.1 400 Bad Request\r\n"),
	SCENE("xmpp", "a page", "<html><head>", NOT_THIS_PROTOCOL, UNKNOWN, "<html><head>"),
	SCENE("xmpp", "a page with a type", "<!DOCTYPE html>", NOT_THIS_PROTOCOL, UNKNOWN,
	      "<!DOCTYPE html>"),
	SCENE("xmpp", "consent in a comment", FEATURES "<!--" PROCEED "--><x/>", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("xmpp", "consent to something else", FEATURES "<proceed xmlns='urn:x'/>", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("xmpp", "more than consent", FEATURES PROCEED "<iq/>", MALFORMED, UNKNOWN, NULL),
	SCENE("xmpp", "elements across", OPEN "<a><b></a></b>", MALFORMED, UNKNOWN, NULL),
	SCENE("xmpp", "a message too early", OPEN "<message/>", MALFORMED, UNKNOWN, NULL),
	SCENE("xmpp", "a type in the stream", OPEN "<!DOCTYPE x>", MALFORMED, UNKNOWN, NULL),
	SCENE("xmpp", "an attribute without value", OPEN "<stream:features><starttls xmlns/>",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("xmpp", "an end that is empty", OPEN "<stream:features></stream:features/>",
	      MALFORMED,
	      UNKNOWN, NULL),
	SCENE("xmpp", "a bottomless stanza",
	      OPEN "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>", MALFORMED, UNKNOWN, NULL),
};

static void every_server_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		assert_scene(&scenes[i]);
}

static void a_dialogue_cut_anywhere_says_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		assert_cut_says_nothing(&scenes[i]);
}

static void a_changed_byte_makes_no_contradiction(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		assert_changed_is_survived(&scenes[i]);
}

static void the_word_alone_is_no_offer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof not_listed / sizeof *not_listed; i++) {
		assert_scene(&not_listed[i]);
		assert_cut_says_nothing(&not_listed[i]);
	}
}

static void what_breaks_the_rules_is_not_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
		struct play play;

		play_whole(&play, strange[i].protocol, strange[i].bytes, strange[i].length);
		assert_played(&strange[i], &play);
	}
}

static void the_end_of_the_stream_may_follow_a_no_and_blanks_a_yes(void **state)
{
	static const struct scene ends[] = {
		SCENE("xmpp", "a line's end", FEATURES PROCEED "\r\n", NEXT_STEP, OFFERED, NULL),
		SCENE("xmpp", "a failure", FEATURES FAILURE "</stream:stream>", CONCLUDED, REFUSED,
		      NULL),
		SCENE("xmpp", "an error", OPEN UNKNOWN_HOST "</stream:stream>", CONCLUDED, UNKNOWN,
		      "host-unknown: This server does not serve uc.example"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct play play;

		play_whole(&play, "xmpp", ends[i].bytes, ends[i].length);
		assert_played(&ends[i], &play);
	}
}

static void what_has_no_end_is_malformed(void **state)
{
	static const char *const beginnings[] = {
		"<stream:stream ", "<!--", "<?xml ", OPEN "<stream:features>", OPEN "<![CDATA["
	};
	enum { LENGTH = 10000 };
	char *bytes = malloc(LENGTH);

	(void)state;
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		struct play play;

		memset(bytes, 'x', LENGTH);
		memcpy(bytes, beginnings[i], strlen(beginnings[i]));
		play_whole(&play, "xmpp", bytes, 8000);
		assert_int_equal(play.turn, TURN_NEED_MORE);
		play_whole(&play, "xmpp", bytes, LENGTH);
		assert_int_equal(play.turn, TURN_MALFORMED);
	}
	free(bytes);
}

static void a_tls_alert_is_told(void **state)
{
	static const char alert[] = { 0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46 };
	struct play play;

	(void)state;
	play_bytewise(&play, "xmpp", alert, sizeof alert);
	assert_int_equal(play.turn, TURN_NOT_THIS_PROTOCOL);
	assert_true(starttls_met_tls(&play.starttls));
}

static void we_ask_for_the_name(void **state)
{
	struct play play;

	(void)state;
	play_whole(&play, "xmpp", scenes[0].bytes, scenes[0].length);
	assert_asked(&play, "<?xml version='1.0'?><stream:stream to='uc.example' "
			    "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
			    "version='1.0'><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
	play_start(&play, "xmpp-server");
	assert_non_null(strstr((char *)play.room, " xmlns='jabber:server' "));
}

static void a_name_cannot_break_out_of_its_quotes(void **state)
{
	struct starttls starttls = { .name = "a'/><b c=\"&\n\x01" };
	const struct starttls_protocol *protocol = starttls_named("xmpp");
	uint8_t room[512];
	struct writer out;

	(void)state;
	writer_init(&out, room, sizeof room);
	protocol->steps[0].write(&out, &starttls);
	writer_put_u8(&out, 0);
	assert_true(writer_ok(&out));
	assert_non_null(strstr((char *)room, " to='a&#39;/&#62;&#60;b c=&#34;&#38;' xmlns="));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_server_is_understood),
		cmocka_unit_test(a_dialogue_cut_anywhere_says_nothing),
		cmocka_unit_test(a_changed_byte_makes_no_contradiction),
		cmocka_unit_test(the_word_alone_is_no_offer),
		cmocka_unit_test(what_breaks_the_rules_is_not_believed),
		cmocka_unit_test(the_end_of_the_stream_may_follow_a_no_and_blanks_a_yes),
		cmocka_unit_test(what_has_no_end_is_malformed),
		cmocka_unit_test(a_tls_alert_is_told),
		cmocka_unit_test(we_ask_for_the_name),
		cmocka_unit_test(a_name_cannot_break_out_of_its_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
