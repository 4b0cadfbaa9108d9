/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <string.h>

#include "collectors/subject.h"
#include "ground/memory.h"
#include "net/address.h"
#include "net/own.h"
#include "net/url.h"

static void addresses_are_read_and_written(void **state)
{
	static const char *const good[] = { "10.0.0.5", "::1", "2001:db8::7", "fe80::1%1" };
	static const char *const bad[] = { "", "10.0.0", "10.0.0.256", "pbx.example", "::g",
					   "[::1]", "fe80::1%", "10.0.0.1%1", "1.2.3.4 " };
	char string[ADDRESS_ROOM];
	struct address address;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(address_parse(good[i], &address));
		address_format(&address, string);
		assert_string_equal(string, good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(address_parse(bad[i], &address));
}

static void a_socket_address_comes_back_the_same(void **state)
{
	static const char *const strings[] = { "192.0.2.1", "2001:db8::1" };
	struct sockaddr_storage storage;
	struct address address, back;
	char string[ADDRESS_ROOM];

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(address_parse(strings[i], &address));
		address.port = 5060;
		address_to_socket(&address, &storage);
		assert_true(address_from_socket(&storage, &back));
		assert_true(address_same_host(&address, &back));
		assert_int_equal(back.port, 5060);
	}
	address_format_with_port(&back, string);
	assert_string_equal(string, "[2001:db8::1]:5060");
}

static void a_network_holds_its_addresses_and_no_others(void **state)
{
	static const struct {
		const char *network, *address;
		bool inside;
	} rows[] = {
		{ "82.115.148.0/24", "82.115.148.255", true },
		{ "82.115.148.0/24", "82.115.149.0", false },
		{ "10.0.0.0/9", "10.127.0.1", true },
		{ "10.0.0.0/9", "10.128.0.1", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "::1", false },
		{ "2a01:650:28:5::255:0/112", "2a01:650:28:5::255:99", true },
		{ "2a01:650:28:5::255:0/112", "2a01:650:28:5::256:0", false },
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.6", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address network, address;
		unsigned bits;

		assert_true(address_parse_network(rows[i].network, &network, &bits));
		assert_true(address_parse(rows[i].address, &address));
		assert_int_equal(address_within(&address, &network, bits), rows[i].inside);
	}
}

static void a_network_with_too_many_bits_is_none(void **state)
{
	struct address network;
	unsigned bits;

	(void)state;
	assert_false(address_parse_network("10.0.0.0/33", &network, &bits));
	assert_false(address_parse_network("::/129", &network, &bits));
	assert_false(address_parse_network("10.0.0.0/", &network, &bits));
	assert_false(address_parse_network("10.0.0.0/x", &network, &bits));
}

static void hosts_are_told_from_their_ports(void **state)
{
	static const struct {
		const char *string, *host;
		uint16_t port;
	} rows[] = {
		{ "pbx.example", "pbx.example", 7 },   { "pbx.example:25", "pbx.example", 25 },
		{ "10.0.0.5:443", "10.0.0.5", 443 },   { "::1", "::1", 7 },
		{ "[::1]:443", "::1", 443 },	       { "[::1]", "::1", 7 },
		{ "", NULL, 0 },		       { ":25", NULL, 0 },
		{ "host:", NULL, 0 },		       { "host:0", NULL, 0 },
		{ "host:65536", NULL, 0 },	       { "[::1", NULL, 0 },
		{ "[::1]x", NULL, 0 },		       { "[host]:1", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char host[64];
		uint16_t port = 7;

		assert_int_equal(address_split_host(rows[i].string, host, sizeof host, &port),
				 rows[i].host != NULL);
		if (rows[i].host) {
			assert_string_equal(host, rows[i].host);
			assert_int_equal(port, rows[i].port);
		}
	}
}

static void subjects_are_read_into_their_canonical_form(void **state)
{
	static const struct {
		const char *string, *canonical, *name;
	} rows[] = {
		{ "tcp/443", "tcp/443", "tcp-443" },
		{ "tcp/0443", "tcp/443", "tcp-443" },
		{ "udp/10000-20000", "udp/10000-20000", "udp-10000-20000" },
		{ "tcp/5060-5060", "tcp/5060", "tcp-5060" },
		{ "https://push.example:443/a/", "https://push.example:443/a/",
		  "https-push.example-443-a" },
		{ "/admin", "/admin", "admin" },
		{ "http://*:8080/a?b", "http://*:8080/a?b", "http-8080-a-b" },
		{ "tcp://[2001:db8::1]:5061", "tcp://[2001:db8::1]:5061",
		  "tcp-2001-db8-1-5061" },
		{ "services.example", "services.example", "services.example" },
	};
	static const char *const bad[] = { "", "tcp/", "tcp/0", "tcp/65536", "tcp/1-", "tcp/9-2",
					   "tcp/1-2-3", "tcp/443x", "https://", "sctp/1", "a b",
					   "https://user:pw@h/", "ftp://h/", "tcp://h",
					   "tls://h/x", "https://h/#a", "https://h?a",
					   "http://a*b/", "https://h:0/", "/a#b" };
	char room[SUBJECT_ROOM], name[SUBJECT_ROOM];
	struct subject subject;
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(subject_parse(rows[i].string, 63, room, &subject, &why));
		assert_string_equal(subject.text, rows[i].canonical);
		subject_format_name(&subject, name);
		assert_string_equal(name, rows[i].name);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(subject_parse(bad[i], 63, room, &subject, &why));
		assert_true(strlen(why) > 10);
	}
	assert_false(subject_parse("udp/53", SUBJECT_TCP, room, &subject, &why));
}

static void a_star_is_the_name_of_the_target(void **state)
{
	char room[SUBJECT_ROOM], name[SUBJECT_ROOM];
	struct subject subject;
	const char *why;

	(void)state;
	assert_true(subject_parse("*", SUBJECT_NAME | SUBJECT_OWN_NAME, room, &subject, &why));
	assert_int_equal(subject.kind, SUBJECT_OWN_NAME);
	assert_string_equal(subject.text, "*");
	subject_format_name(&subject, name);
	assert_string_equal(name, "own-name");
	assert_false(subject_parse("*", SUBJECT_URL | SUBJECT_PATH, room, &subject, &why));
	assert_false(subject_parse("*/", SUBJECT_NAME | SUBJECT_OWN_NAME, room, &subject, &why));
	assert_non_null(strstr(why, "a star"));
}

static void any_is_a_port_of_both_protocols(void **state)
{
	const unsigned kinds = SUBJECT_TCP | SUBJECT_ANY;
	char room[SUBJECT_ROOM];
	struct subject subject;
	const char *why;

	(void)state;
	assert_true(subject_parse("any/1-65535", kinds, room, &subject, &why));
	assert_int_equal(subject.kind, SUBJECT_ANY);
	assert_int_equal(subject.first, 1);
	assert_int_equal(subject.last, 65535);
	assert_string_equal(subject.text, "any/1-65535");
	assert_false(subject_parse("any", kinds, room, &subject, &why));
	assert_non_null(strstr(why, "any/PORT"));
	assert_false(subject_parse("any/161", SUBJECT_TCP, room, &subject, &why));
}

static void a_url_is_scheme_host_port_and_path(void **state)
{
	struct url url;
	const char *why;

	(void)state;
	assert_true(url_parse("https://push.example", &url, &why));
	assert_string_equal(url.host, "push.example");
	assert_int_equal(url.port, 443);
	assert_string_equal(url.path, "");
	assert_true(url_encrypted(&url));
	assert_true(url_parse("http://[::1]:81/a?b=c", &url, &why));
	assert_string_equal(url.host, "::1");
	assert_int_equal(url.port, 81);
	assert_string_equal(url.path, "/a?b=c");
	assert_false(url_encrypted(&url));
	assert_true(url_parse("tcp://sip.example:5061", &url, &why));
	assert_int_equal(url.scheme, URL_TCP);
}

static bool is_ours(const struct own_addresses *own, const char *string)
{
	struct address address;

	assert_true(address_parse(string, &address));
	return own_addresses_have(own, &address);
}

/* Whatever interfaces there are: the loopback's whole network is ours, documentation is not. */
static void this_machine_has_its_own_addresses_and_no_others(void **state)
{
	struct arena *arena = arena_new();
	struct own_addresses own = own_addresses_now(arena);

	(void)state;
	assert_true(is_ours(&own, "127.0.0.1"));
	assert_true(is_ours(&own, "127.9.9.9"));
	assert_false(is_ours(&own, "192.0.2.77"));
	assert_false(is_ours(&own, "2001:db8:77::1"));
	own.count = 0;
	assert_false(is_ours(&own, "127.0.0.1"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_written),
		cmocka_unit_test(a_socket_address_comes_back_the_same),
		cmocka_unit_test(a_network_holds_its_addresses_and_no_others),
		cmocka_unit_test(a_network_with_too_many_bits_is_none),
		cmocka_unit_test(hosts_are_told_from_their_ports),
		cmocka_unit_test(subjects_are_read_into_their_canonical_form),
		cmocka_unit_test(a_star_is_the_name_of_the_target),
		cmocka_unit_test(any_is_a_port_of_both_protocols),
		cmocka_unit_test(this_machine_has_its_own_addresses_and_no_others),
		cmocka_unit_test(a_url_is_scheme_host_port_and_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
