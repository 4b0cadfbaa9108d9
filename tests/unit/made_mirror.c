/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/made_mirror.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent/ipc/frame.h"
#include "collectors/collector.h"
#include "collectors/observation.h"

enum { ROOM = 1 << 30 };

static const int64_t made_wall_us = INT64_C(1795219200) * 1000000;

static void set_texts(struct facts *facts, const char *name, const char *const *texts,
		      size_t count)
{
	facts_set_texts(facts, fact_named(name), texts, count);
}

static void see_certificate(struct facts *facts)
{
	facts_set_text(facts, fact_named("cert.subject"), "CN=pbx.example");
	facts_set_text(facts, fact_named("cert.issuer"), "CN=Made Authority");
	facts_set_time(facts, fact_named("cert.not_before"), made_wall_us);
	facts_set_time(facts, fact_named("cert.not_after"),
		       made_wall_us + INT64_C(90) * 86400 * 1000000);
	facts_set_integer(facts, fact_named("cert.key_bits"), 2048);
	facts_set_boolean(facts, fact_named("cert.trusted"), false);
	facts_set_boolean(facts, fact_named("cert.name_match"), true);
	facts_set_boolean(facts, fact_named("cert.self_signed"), false);
	facts_set_boolean(facts, fact_named("cert.chain_complete"), true);
	facts_set_text(facts, fact_named("cert.serial"), "0badcafe");
	facts_set_text(facts, fact_named("cert.sha256"),
		       "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
}

static void see_tls(struct facts *facts)
{
	static const char *const versions[] = { "TLS1.0", "TLS1.2", "TLS1.3" };
	static const char *const ciphers[] = { "TLS_RSA_WITH_RC4_128_MD5",
					       "TLS_AES_128_GCM_SHA256" };

	set_texts(facts, "tls.versions", versions, 3);
	set_texts(facts, "tls.ciphers", ciphers, 2);
	set_texts(facts, "tls.weak_ciphers", ciphers, 1);
	facts_set_text(facts, fact_named("tls.preference"), "client");
}

static void see_smb(struct facts *facts)
{
	static const char *const dialects[] = { "2.0.2", "3.1.1" };

	set_texts(facts, "smb.dialects", dialects, 2);
	facts_set_boolean(facts, fact_named("smb.smb1"), true);
	facts_set_text(facts, fact_named("smb.signing"), "required");
	facts_set_text(facts, fact_named("smb.smb1_signing"), "disabled");
	facts_set_boolean(facts, fact_named("smb.encryption"), true);
}

static void see(enum feed_family family, struct facts *facts)
{
	if (family == FEED_FAMILY_CERTIFICATE)
		see_certificate(facts);
	if (family == FEED_FAMILY_TLS)
		see_tls(facts);
	if (family == FEED_FAMILY_SMB)
		see_smb(facts);
	if (family == FEED_FAMILY_PORT) {
		facts_set_text(facts, fact_named("port.state"), "filtered");
		facts_set_real(facts, fact_named("port.rtt_seconds"), 0.0125);
	}
	if (family == FEED_FAMILY_REACH) {
		facts_set_boolean(facts, fact_named("reach.ok"), true);
		facts_set_text(facts, fact_named("reach.stage"), "reply");
		facts_set_text(facts, fact_named("reach.path"), "proxy");
		facts_set_integer(facts, fact_named("reach.status"), 204);
		facts_set_real(facts, fact_named("reach.seconds"), 0.25);
	}
}

static void put_rules(struct writer *out)
{
	for (unsigned i = 0; i < FEED_FAMILIES; i++) {
		const struct feed_rule rule = { .number = i + 1, .family = (uint8_t)i,
						.name = "made.rule", .title = "It is so",
						.remedy = "Make it so.",
						.otherwise_remedy = "Leave it.",
						.reference = "Guide, 4.2" };

		feed_put_rule(out, &rule);
	}
}

static void put_check(struct writer *out, unsigned target, unsigned check)
{
	enum feed_family family = made_family(check);
	struct observation *observation = observation_new();
	bool excepted = made_is_excepted(check);
	const struct feed_check fed = {
		.number = made_check_number(target, check),
		.target = made_target_number(target),
		.rule = family + 1,
		.sight = family + 1,
		.name = "made/tcp-443/so",
		.subject = check % 2 ? "udp/5060" : "tcp/443",
		.expected = "TLS1.2 TLS1.3",
		.observed = "TLS1.0 TLS1.2",
		.reason = "violated",
		.exception_reason = excepted ? "The old phones need it" : NULL,
		.exception_owner = excepted ? "Somebody" : NULL,
		.exception_until_us =
			excepted ? made_wall_us + INT64_C(30) * 86400 * 1000000 : 0,
		.judged_wall_us = made_wall_us,
		.since_wall_us = made_wall_us - INT64_C(3600) * 1000000,
		.raised = 7,
		.port = 443,
		.ip = 4,
		.verdict = (uint8_t)(check % VERDICT_COUNT),
		.severity = SEVERITY_MINOR,
		.told = VERDICT_OK,
		.expected_port = 1,
		.unused_feature = check % 11 == 1
	};

	/* What all targets show alike is kept once. */
	if (target == 0) {
		observation->started_wall_us = made_wall_us;
		observation->elapsed_us = 2000;
		see(family, observation->facts);
		feed_put_sight(out, family + 1, observation);
	}
	observation_free(observation);
	feed_put_check(out, &fed);
}

static void put_target(struct writer *out, unsigned target, unsigned checks)
{
	char name[32];
	const struct feed_target fed = { .number = made_target_number(target), .name = name,
					 .address = target % 2 ? "2001:db8::1" : "192.0.2.1",
					 .profiles = "starface,uc-baseline",
					 .vantage = VANTAGE_DMZ };

	snprintf(name, sizeof name, "pbx-%05u", target);
	feed_put_target(out, &fed);
	for (unsigned i = 0; i < checks; i++)
		put_check(out, target, i);
}

static void put_event(struct writer *out, unsigned number)
{
	const struct feed_event event = {
		.event = { .number = made_event_number(number), .alarm = 7,
			   .at_us = made_wall_us, .kind = (uint8_t)(number % EVENT_KIND_COUNT),
			   .to = VERDICT_CRITICAL, .target_name = "pbx-00001",
			   .check_name = "made/tcp-443/so", .title = "It is so",
			   .observed = "TLS1.0" }
	};

	feed_put_event(out, &event);
}

/* What does not make sense to the mirror is a mistake of this file. */
static void hear(struct mirror *mirror, struct writer *out)
{
	struct reader in, body;
	uint8_t kind;

	feed_put_mark(out, FEED_SETTLED);
	reader_init(&in, out->bytes, out->length);
	while (frame_next(&in, &kind, &body) > 0)
		if (!mirror_hear(mirror, kind, &body))
			abort();
	if (!writer_ok(out) || reader_left(&in))
		abort();
	writer_free(out);
	mirror_settle(mirror);
}

struct mirror *made_mirror(unsigned targets, unsigned checks, unsigned events)
{
	const struct feed_agent agent = { .version = "1.0", .started_wall_us = made_wall_us,
					  .loaded_wall_us = made_wall_us, .config_valid = true,
					  .store_writable = true, .uplink_up = true,
					  .observations = (UINT64_C(1) << 32) + 5,
					  .last_event = 1098 };
	struct mirror *mirror = mirror_new(MADE_EVENTS);
	struct writer out;

	writer_grow_up_to(&out, ROOM);
	feed_put_mark(&out, FEED_RESET);
	feed_put_agent(&out, &agent);
	put_rules(&out);
	for (unsigned i = 0; i < targets; i++)
		put_target(&out, i, checks);
	for (unsigned i = 0; i < events; i++)
		put_event(&out, i);
	hear(mirror, &out);
	return mirror;
}

void made_mirror_add(struct mirror *mirror, unsigned target, unsigned checks)
{
	struct writer out;

	writer_grow_up_to(&out, ROOM);
	put_target(&out, target, checks);
	hear(mirror, &out);
}

void made_mirror_remove(struct mirror *mirror, unsigned target)
{
	struct writer out;

	writer_grow_up_to(&out, ROOM);
	feed_put_gone(&out, FEED_TARGET, made_target_number(target));
	hear(mirror, &out);
}
