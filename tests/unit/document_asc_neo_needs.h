/* SPDX-License-Identifier: Apache-2.0
 *
 * ASC neo: what each row of the communication matrix is required for, in the profile's words,
 * and whether it has the star.
 */
#ifndef TESTS_UNIT_DOCUMENT_ASC_NEO_NEEDS_H
#define TESTS_UNIT_DOCUMENT_ASC_NEO_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

struct need {
	unsigned row;
	bool star;		/* the installer opens it in the Windows firewall */
	const char *features;	/* any of them needs it inbound; NULL: always there */
	const char *peer;	/* that it goes out to */
	const char *peer_features;	/* any of them needs it outbound; NULL: the peer does */
};

static const struct need communication_needs[] = {
	{ 1, false, "v10-import", NULL, NULL },
	{ 2, false, NULL, "smtp", NULL },
	{ 3, false, NULL, "cucm", "recording-cisco-ucm recording-cisco-ucm-encrypted" },
	{ 4, true, "phoneapp web-http", NULL, NULL },
	{ 5, false, NULL, "ntp", NULL },
	{ 6, false, "nas-rpc", "nas", "nas-rpc" },
	{ 7, false, NULL, "nas", "nas-netbios" },
	{ 8, false, NULL, "nas", "nas-netbios" },
	{ 9, false, NULL, "nas", "nas-netbios" },
	{ 10, true, "snmp", NULL, NULL },
	{ 11, true, NULL, "trap-receiver", NULL },
	{ 12, true, NULL, "ldap", "ldap-unencrypted" },
	{ 13, true, NULL, NULL, NULL },
	{ 14, false, NULL, "cloud-storage", NULL },
	{ 15, false, NULL, "salesforce", NULL },
	{ 16, false, NULL, "nas", NULL },
	{ 17, false, NULL, "nas", NULL },
	{ 18, true, NULL, "ldap", "ldap-encrypted" },
	{ 19, true, NULL, "unify-pbx", NULL },
	{ 20, true, "mssql-server", NULL, NULL },
	{ 21, false, "recording-genesys", NULL, NULL },
	{ 22, false, NULL, "tetra-tcs", NULL },
	{ 23, false, NULL, "mx-one", "recording-mx-one" },
	{ 24, false, NULL, "micc", NULL },
	{ 25, false, NULL, "cucm", "recording-cisco-ucm" },
	{ 26, false, NULL, "cucm", "recording-cisco-ucm-encrypted" },
	{ 27, false, NULL, "centera", NULL },
	{ 28, true, "remote-desktop", NULL, NULL },
	{ 29, true, NULL, "alcatel-tsapi", NULL },
	{ 30, false, NULL, "cucm", "recording-cisco-ucm-encrypted" },
	{ 31, true, "replay", NULL, NULL },
	{ 32, true, "replay-via-phone-multi-server", NULL, NULL },
	{ 33, true, "replay-via-phone-multi-server", NULL, NULL },
	{ 34, true, "live-listening", NULL, NULL },
	{ 35, true, "replay-server", NULL, NULL },
	{ 36, true, "recording-tdm", NULL, NULL },
	{ 37, true, "recording-tdm", NULL, NULL },
	{ 38, true, "multi-server", NULL, NULL },
	{ 39, true, "multi-server", "other-server", NULL },
	{ 40, true, "screen-recording", NULL, NULL },
	{ 41, true, "screen-recording", NULL, NULL },
	{ 42, true, "clientcommand", NULL, NULL },
	{ 43, true, NULL, "avaya-aes", "recording-avaya" },
	{ 44, true, NULL, "avaya-aes", "recording-avaya-encrypted" },
	{ 45, true, "recording-sip", "pbx", "recording-sip" },
	{ 46, true, "recording-sip-tls", "pbx", "recording-sip-tls" },
	{ 47, false, NULL, "media-streamer", "recording-sip-tls" },
	{ 48, true, "replay-via-phone", NULL, "replay-via-phone" },
	{ 49, true, "external-dongle", "dongle-server", NULL },
	{ 50, true, "postgres-server", NULL, NULL },
	{ 51, true, "alarm-manager", "other-server", "alarm-manager" },
	{ 52, true, "recording-skype", "skype-connector", NULL },
	{ 53, true, "recording-skype", "skype-relay", NULL },
	{ 54, true, "avaya-cie", NULL, NULL },
	{ 55, true, "multi-core", NULL, NULL },
	{ 56, false, NULL, "openscape-contact-center", NULL },
	{ 57, false, NULL, "mivoice-business", NULL },
	{ 58, false, NULL, "mx-one", "evoipneo-mx-one" },
	{ 59, false, "keyword-spotting", NULL, NULL },
	{ 60, false, NULL, "openstage", NULL },
	{ 61, false, "keyword-spotting", NULL, NULL },
	{ 62, false, NULL, "lms", NULL },
	{ 63, false, NULL, "mx-one", "recording-mx-one-csta3" },
	{ 64, true, "recording-turrets", NULL, NULL },
	{ 65, true, "multi-server", NULL, NULL },
	{ 66, true, "multi-server", NULL, NULL },
	{ 67, true, "cti-ipc-unigy", NULL, NULL },
	{ 68, true, "recording-openscape-xpert", NULL, NULL },
	{ 69, true, "recording-kappacher", NULL, NULL },
	{ 70, true, "recording-rtp", NULL, NULL },
	{ 71, true, "replay-via-phone", NULL, NULL },
	{ 72, true, "recording-kappacher", NULL, NULL },
	{ 73, true, "failover-tool", NULL, NULL },
	{ 74, false, "keyword-spotting", NULL, NULL },
	{ 75, false, "recording-jabber", NULL, NULL },
};

#endif
