/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole collector against servers that play a part.
 */
#include "tests/unit/part_scene.h"
#include "tests/unit/ssh_packets.h"

#include "collectors/collector.h"

#define MODERN "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"

static const char *const modern[SSH_LISTS] = SSH_MODERN;
static const char *const old[SSH_LISTS] = SSH_OLD;

/* A part that says these lines, and then its lists if it has some. */
static struct part part_of(struct writer *said, const char *lines,
			   const char *const lists[SSH_LISTS])
{
	writer_grow_up_to(said, 1 << 20);
	writer_put_text(said, lines);
	if (lists)
		ssh_put_kexinit(said, lists);
	return (struct part){ .says = said->bytes, .length = said->length };
}

static void look(struct part_scene *scene, const struct part *part)
{
	part_begin(scene, part);
	part_look(scene, (struct request){ .collector = collector_named("ssh") });
}

static void assert_modern(const struct part_scene *scene)
{
	part_assert_outcome(scene, STAGE_NONE, REASON_NONE);
	part_assert_fact(scene, "ssh.banner", "SSH-2.0-OpenSSH_9.2p1 Debian-2");
	part_assert_fact(scene, "ssh.protocol", "2.0");
	part_assert_fact(scene, "ssh.software", "OpenSSH_9.2p1");
	part_assert_fact(scene, "ssh.comment", "Debian-2");
	part_assert_fact(scene, "ssh.kex", "curve25519-sha256");
	part_assert_fact(scene, "ssh.weak_algorithms", "");
	part_assert_fact(scene, "ssh.terrapin", "false");
	assert_non_null(part_fact(scene, "ssh.seconds"));
}

static void a_server_is_seen_in_one_connection(void **state)
{
	struct part_scene scene;
	struct writer said;
	const struct part part = part_of(&said, MODERN, modern);

	(void)state;
	look(&scene, &part);
	assert_modern(&scene);
	assert_int_equal(scene.calls, 1);
	part_end(&scene);
	writer_free(&said);
}

static void we_identify_ourselves_and_close_without_a_reset(void **state)
{
	struct part_scene scene;
	struct writer said;
	struct part part = part_of(&said, MODERN, modern);

	(void)state;
	part.waits = true;
	look(&scene, &part);
	assert_modern(&scene);
	assert_memory_equal(scene.heard, "SSH-2.0-ucposture_", 18);
	assert_true(scene.left);
	assert_false(scene.reset);
	part_end(&scene);
	writer_free(&said);
}

static void both_directions_are_told_as_one(void **state)
{
	struct part_scene scene;
	struct writer said;
	const struct part part = part_of(&said, "SSH-1.99-old\n", old);

	(void)state;
	look(&scene, &part);
	part_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	part_assert_fact(&scene, "ssh.protocol", "1.99");
	part_assert_fact(&scene, "ssh.comment", NULL);
	part_assert_fact(&scene, "ssh.kex", "diffie-hellman-group1-sha1");
	part_assert_fact(&scene, "ssh.host_keys", "ssh-rsa ssh-dss");
	part_assert_fact(&scene, "ssh.ciphers", "3des-cbc aes128-cbc arcfour");
	part_assert_fact(&scene, "ssh.macs", "hmac-md5 hmac-sha1");
	part_assert_fact(&scene, "ssh.compression", "none zlib");
	part_assert_fact(&scene, "ssh.weak_algorithms",
			 "diffie-hellman-group1-sha1 ssh-rsa ssh-dss 3des-cbc aes128-cbc arcfour "
			 "hmac-md5");
	part_end(&scene);
	writer_free(&said);
}

static void words_before_and_packets_between_do_not_matter(void **state)
{
	struct part_scene scene;
	struct writer said;
	struct part part;

	(void)state;
	part_of(&said, "Unauthorized use is prohibited\r\n\r\n" MODERN, NULL);
	ssh_put_debug(&said);
	ssh_put_kexinit(&said, modern);
	part = (struct part){ .says = said.bytes, .length = said.length, .then = PART_DRIP };
	look(&scene, &part);
	assert_modern(&scene);
	part_end(&scene);
	writer_free(&said);
}

static void assert_fails(const struct part *part, enum reason reason, const char *step)
{
	struct part_scene scene;

	look(&scene, part);
	part_assert_outcome(&scene, STAGE_REPLY, reason);
	assert_string_equal(scene.seen->outcome.step, step);
	part_assert_fact(&scene, "ssh.weak_algorithms", NULL);
	part_end(&scene);
}

static void what_is_not_ssh_is_not_this_protocol(void **state)
{
	static const char *const others[] = {
		"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n",
		"220 pbx.example ESMTP Postfix\r\n", "\x15\x03\x01\x00\x02\x02\x46",
	};

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct part waits = { .says = others[i], .waits = true };
		const struct part closes = { .says = others[i], .then = PART_CLOSE };

		assert_fails(&waits, REASON_NOT_THIS_PROTOCOL, "identification");
		assert_fails(&closes, REASON_NOT_THIS_PROTOCOL, "identification");
	}
}

static void a_tarpit_is_not_this_protocol(void **state)
{
	const struct part fast = { .says = "u0FXm)#8\r\n", .then = PART_REPEAT };
	const struct part slow = { .says = "u0FXm)#8\r\nkj", .then = PART_HOLD };

	(void)state;
	assert_fails(&fast, REASON_NOT_THIS_PROTOCOL, "identification");
	assert_fails(&slow, REASON_NOT_THIS_PROTOCOL, "identification");
}

static void who_turns_us_away_is_quoted(void **state)
{
	const struct part full = { .says = "Exceeded MaxStartups\r\n", .waits = true,
				   .then = PART_CLOSE };
	struct part_scene scene;
	struct writer said;
	struct part parting;

	(void)state;
	look(&scene, &full);
	part_assert_outcome(&scene, STAGE_REPLY, REASON_CLOSED_EARLY);
	assert_string_equal(scene.seen->detail, "it says: Exceeded MaxStartups");
	part_end(&scene);

	part_of(&said, MODERN, NULL);
	ssh_put_disconnect(&said, "Too many\033[31m users");
	parting = (struct part){ .says = said.bytes, .length = said.length };
	look(&scene, &parting);
	part_assert_outcome(&scene, STAGE_REPLY, REASON_CLOSED_EARLY);
	assert_string_equal(scene.seen->detail, "it says: Too many\\x1B[31m users");
	part_assert_fact(&scene, "ssh.software", "OpenSSH_9.2p1");
	part_end(&scene);
	writer_free(&said);
}

static void who_speaks_version_1_alone_is_seen_so_far(void **state)
{
	const struct part part = { .says = "SSH-1.5-1.2.27\n" };
	struct part_scene scene;

	(void)state;
	look(&scene, &part);
	part_assert_outcome(&scene, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL);
	part_assert_fact(&scene, "ssh.protocol", "1.5");
	part_assert_fact(&scene, "ssh.software", "1.2.27");
	part_assert_fact(&scene, "ssh.kex", NULL);
	part_end(&scene);
}

static void who_stops_halfway_has_said_half(void **state)
{
	static const struct {
		enum part_then then;
		size_t beyond;
		enum reason reason;
	} ways[] = {
		{ PART_CLOSE, 0, REASON_CLOSED_EARLY }, { PART_HOLD, 0, REASON_TIMED_OUT },
		{ PART_CLOSE, 100, REASON_MALFORMED },	{ PART_HOLD, 100, REASON_TIMED_OUT }
	};
	struct part_scene scene;
	struct writer said;

	(void)state;
	part_of(&said, MODERN, modern);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const struct part part = { .says = said.bytes,
					   .length = strlen(MODERN) + ways[i].beyond,
					   .waits = true,
					   .then = ways[i].then };

		look(&scene, &part);
		part_assert_outcome(&scene, STAGE_REPLY, ways[i].reason);
		assert_string_equal(scene.seen->outcome.step, "algorithms");
		part_assert_fact(&scene, "ssh.software", "OpenSSH_9.2p1");
		part_assert_fact(&scene, "ssh.kex", NULL);
		part_end(&scene);
	}
	writer_free(&said);
}

static void who_says_nothing_is_waited_for(void **state)
{
	const struct part silent = { .then = PART_HOLD };
	const struct part closes = { .waits = true, .then = PART_CLOSE };

	(void)state;
	assert_fails(&silent, REASON_TIMED_OUT, "identification");
	assert_fails(&closes, REASON_CLOSED_EARLY, "identification");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_seen_in_one_connection),
		cmocka_unit_test(we_identify_ourselves_and_close_without_a_reset),
		cmocka_unit_test(both_directions_are_told_as_one),
		cmocka_unit_test(words_before_and_packets_between_do_not_matter),
		cmocka_unit_test(what_is_not_ssh_is_not_this_protocol),
		cmocka_unit_test(a_tarpit_is_not_this_protocol),
		cmocka_unit_test(who_turns_us_away_is_quoted),
		cmocka_unit_test(who_speaks_version_1_alone_is_seen_so_far),
		cmocka_unit_test(who_stops_halfway_has_said_half),
		cmocka_unit_test(who_says_nothing_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
