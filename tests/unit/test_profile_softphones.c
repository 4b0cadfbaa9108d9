/* SPDX-License-Identifier: Apache-2.0
 *
 * XPhone Connect and AspenUC, planned for a target and judged: what somebody sees who uses them.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/documents.h"
#include "tests/unit/profile_scene.h"

static void a_satellite_that_shows_itself_to_nobody_has_no_findings(void **state)
{
	static const struct system satellite = { .features = "satellite", .open = " " };

	(void)state;
	expect_findings("xphone-connect", VANTAGE_INTERNAL, NULL, &satellite, "");
	expect_findings("xphone-connect", VANTAGE_DMZ, "sweep", &satellite, "");
	expect_findings("xphone-connect", VANTAGE_EXTERNAL, "sweep", &satellite, "");
}

/* Each once, although the baseline has a rule about SSH outside too. */
static void a_satellite_that_is_open_to_all_is_told_so_wherever_we_stand(void **state)
{
	static const struct system satellite = { .features = "satellite",
						 .open = " tcp/22 tcp/3280 tcp/5060 udp/5060 " };
	static const char findings[] = "port/tcp-3280/bridge-closed port/tcp-22/ssh-closed "
				       "port/tcp-5060/sip-closed port/udp-5060/sip-udp-closed";

	(void)state;
	expect_findings("xphone-connect", VANTAGE_INTERNAL, NULL, &satellite, findings);
	expect_findings("xphone-connect", VANTAGE_DMZ, NULL, &satellite, findings);
	expect_findings("xphone-connect", VANTAGE_EXTERNAL, NULL, &satellite, findings);
}

static void the_web_application_is_looked_at_from_inside_and_outside(void **state)
{
	static const struct system good = { .features = "web-server", .open = " tcp/443 " };
	static const struct system old = { .features = "web-server",
					   .open = " tcp/80 tcp/443 ",
					   .as_delivered = true };
	static const struct system gone = { .features = "web-server", .open = " " };
	static const char findings[] =
		"certificate/tcp-443/trusted certificate/tcp-443/name "
		"certificate/tcp-443/remaining tls/tcp-443/versions tls/tcp-443/weak-suites "
		"tls/tcp-443/suites tls/tcp-443/compression http/http-80/redirect "
		"http/root/hsts http/root/powered-by http/root/cookies "
		"certificate/tcp-443/own";

	(void)state;
	expect_findings("xphone-connect", VANTAGE_INTERNAL, NULL, &good, "");
	expect_findings("xphone-connect", VANTAGE_INTERNAL, NULL, &old, findings);
	expect_findings("xphone-connect", VANTAGE_INTERNAL, NULL, &gone,
			"port/tcp-443/web-https");
	expect_findings("xphone-connect", VANTAGE_EXTERNAL, NULL, &good, "");
	expect_findings("xphone-connect", VANTAGE_EXTERNAL, NULL, &gone,
			"port/tcp-443/web-https");
}

static void the_server_must_reach_the_push_services(void **state)
{
	static const struct system server = { .features = "server", .open = " " };
	static const struct system cut_off = { .features = "server", .open = " ",
					       .cut_off = true };
	static const struct system integrated = { .features = "integrated",
						  .open = " tcp/443 tcp/5060 ",
						  .cut_off = true };

	(void)state;
	expect_findings("xphone-connect", VANTAGE_INTERNAL, NULL, &server, "");
	expect_findings("xphone-connect", VANTAGE_INTERNAL, NULL, &cut_off,
			"reach/https-api.push.apple.com/push-services "
			"reach/https-fcm.googleapis.com/push-services");
	/* From outside nobody knows what the server can reach. */
	expect_findings("xphone-connect", VANTAGE_EXTERNAL, NULL, &cut_off, "");
	expect_findings("xphone-connect", VANTAGE_INTERNAL, NULL, &integrated,
			"port/tcp-5060/sip-closed "
			"reach/https-api.push.apple.com/push-services "
			"reach/https-fcm.googleapis.com/push-services");
}

/* By whom it is looked at decides, so the two sides of a port never judge at once. */
static void a_port_for_the_server_alone_has_a_rule_for_either_side(void **state)
{
	static const struct {
		const char *closed, *open;
	} sides[] = {
		{ "bridge-closed", "bridge-open" },
		{ "ssh-closed", "ssh-open" },
		{ "sip-closed", "sip-open" },
	};
	struct setting *setting = setting_new("xphone-connect");

	(void)state;
	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
		const struct rule *closed = rule_of(setting, sides[i].closed);
		const struct rule *open = rule_of(setting, sides[i].open);

		assert_string_equal(closed->not_from, "xphone-server");
		assert_string_equal(open->only_from, "xphone-server");
		assert_string_equal(closed->subjects[0].text, open->subjects[0].text);
		assert_int_equal(closed->severity, SEVERITY_CRITICAL);
		assert_int_equal(closed->vantages, VANTAGE_ANY);
	}
	setting_free(setting);
}

#define LET_THROUGH                                                                           \
	" tcp/443 tcp/5060 udp/5060 tcp/5061 tls/5061 tcp/5100 udp/5100 tcp/5222 tcp/5223 "   \
	"tcp/5269 tcp/5270 udp/5061 "

static void a_site_that_lets_all_of_the_list_through_has_no_findings(void **state)
{
	static const struct system site = { .features = "mobile-clients",
					    .open = LET_THROUGH };

	(void)state;
	expect_findings("aspenuc", VANTAGE_INTERNAL, NULL, &site, "");
	expect_findings("aspenuc", VANTAGE_INTERNAL, "sweep", &site, "");
}

static void a_firewall_that_knows_the_usual_ports_only_is_told_what_it_stops(void **state)
{
	static const struct system site = { .features = "mobile-clients",
					    .open = " tcp/443 tcp/5060 tcp/5061 tls/5061 ",
					    .cut_off = true };

	(void)state;
	expect_findings("aspenuc", VANTAGE_INTERNAL, NULL, &site,
			"port/udp-5060/sip-udp port/udp-5061/sip-udp-5061 "
			"port/tcp-5100/sip-service-port port/udp-5100/sip-service-port-udp "
			"port/tcp-5222/xmpp port/tcp-5223/xmpp "
			"port/tcp-5269/xmpp-servers port/tcp-5270/xmpp-servers "
			"reach/tcp-1-courier.push.apple.com-5223/apple-push "
			"reach/tcp-1-courier.push.apple.com-443/apple-push "
			"reach/tcp-api.push.apple.com-2197/apple-push-sending");
}

static void a_box_that_rewrites_sip_is_found_at_every_port_of_sip(void **state)
{
	static const struct system site = { .open = LET_THROUGH, .rewritten = true };

	(void)state;
	expect_findings("aspenuc", VANTAGE_INTERNAL, NULL, &site,
			"sip/tls-5061/via-intact sip/tcp-5060/via-intact "
			"sip/tcp-5100/via-intact sip/udp-5060/via-intact "
			"sip/udp-5100/via-intact");
}

/* "Port list, row 3" is the row of a table; what is ours says so. */
static bool is_place(const struct document *document, const char *part)
{
	for (size_t i = 0; i < document->place_count; i++)
		if (!strcmp(part, document->places[i]))
			return true;
	for (size_t i = 0; i < document->table_count; i++)
		if (!strncmp(part, document->tables[i].place,
			     strlen(document->tables[i].place)))
			return true;
	return !strcmp(part, "Not in the document");
}

static void expect_places(const struct document *document, const char *reference)
{
	char *copy = strdup(reference ? reference : ""), *rest = copy, *part;

	while ((part = strsep(&rest, ";"))) {
		part += strspn(part, " ");
		if (!is_place(document, part))
			fail_msg("%s: there is no '%s'", document->profile, part);
	}
	free(copy);
}

static void every_reference_is_a_place_of_the_document(void **state)
{
	(void)state;
	for (size_t d = 0; d < DOCUMENTS; d++) {
		struct setting *setting = setting_new(documents[d].profile);
		const struct profile *profile =
			profiles_named(setting->profiles, documents[d].profile);
		bool ours = !strcmp(profile->name, "xphone-connect") ||
			    !strcmp(profile->name, "aspenuc");

		for (size_t i = 0; ours && i < profile->rule_count; i++)
			if (!strcmp(profile->rules[i].profile, profile->name))
				expect_places(&documents[d], profile->rules[i].reference);
		for (size_t i = 0; ours && i < profile->not_observable_count; i++)
			expect_places(&documents[d], profile->not_observable[i].reference);
		setting_free(setting);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_satellite_that_shows_itself_to_nobody_has_no_findings),
		cmocka_unit_test(a_satellite_that_is_open_to_all_is_told_so_wherever_we_stand),
		cmocka_unit_test(the_web_application_is_looked_at_from_inside_and_outside),
		cmocka_unit_test(the_server_must_reach_the_push_services),
		cmocka_unit_test(a_port_for_the_server_alone_has_a_rule_for_either_side),
		cmocka_unit_test(a_site_that_lets_all_of_the_list_through_has_no_findings),
		cmocka_unit_test(a_firewall_that_knows_the_usual_ports_only_is_told_what_it_stops),
		cmocka_unit_test(a_box_that_rewrites_sip_is_found_at_every_port_of_sip),
		cmocka_unit_test(every_reference_is_a_place_of_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
