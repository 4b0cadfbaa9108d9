/* SPDX-License-Identifier: Apache-2.0
 *
 * Each works, and its vendor's guide was not read to the end. What is not mentioned in a
 * system's faults is as the guide wants it.
 */
#include "contrib/demo/systems.h"

#include <openssl/ssl.h>

static const struct tls_manner good_tls = {
	.least = TLS1_2_VERSION, .suites = "ECDHE+AESGCM:ECDHE+CHACHA20"
};

#define TCP(name, number) .title = (name), .kind = SERVICE_TCP, .port = (number)
#define UDP(name, number) .title = (name), .kind = SERVICE_UDP, .port = (number)
#define HSTS "Strict-Transport-Security: max-age=31536000\r\n"

static const struct page good_pages[] = {
	{ "/", 200, HSTS },
	{ 0 }
};
static const struct page redirecting_pages[] = {
	{ "/", 301, "Location: *" "/\r\n" },
	{ 0 }
};

/* As its installer leaves it: the application server with the vendor's own certificate, and
 * an old client for whose sake TLS 1.0 was switched on again. */
static const struct tls_manner asc_tls = {
	.least = TLS1_VERSION, .most = TLS1_2_VERSION, .self_signed = true,
	.suites = "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:AECDH-AES128-SHA"
};
static const struct service asc_services[] = {
	{ TCP("web interface", 443), .tls = &asc_tls, .answer = web_answer,
	  .pages = good_pages },
	{ TCP("FTP", 21), .greet = ftp_greet },
	{ TCP("file sharing", 445), .answer = smb_answer },
	{ TCP("MS SQL", 1433) },
	{ TCP("replay", 4000) },
	{ TCP("SIP", 5060) },
	{ UDP("SIP", 5060), .answer = sip_answer },
	{ 0 }
};
static const char *const asc_faults[] = {
	"asc-neo.certificate-own",	"asc-neo.certificate-trusted",
	"asc-neo.tls-versions",		"asc-neo.tls-weak-suites",
	"asc-neo.v10-import",		"asc-neo.mssql",
	"asc-neo.smb-signing",		NULL
};

/* An old one, whose telephones load their passwords in the clear. */
static const struct tls_manner starface_tls = {
	.least = TLS1_VERSION, .suites = "ECDHE+AESGCM:ECDHE-ECDSA-AES128-SHA"
};
static const struct service starface_services[] = {
	{ TCP("web interface", 443), .tls = &starface_tls, .answer = web_answer,
	  .pages = good_pages },
	{ TCP("web interface, plain", 80), .answer = web_answer,
	  .pages = redirecting_pages },
	{ UDP("SIP", 5060), .answer = sip_answer },
	{ TCP("SIP over TLS", 5061), .tls = &good_tls },
	{ TCP("XMPP", 5222), .tls = &good_tls, .tls_later = true,
	  .answer = xmpp_answer },
	{ TCP("autoprovisioning", 50080), .answer = web_answer },
	{ 0 }
};
static const char *const starface_faults[] = {
	"starface.tls-versions", "uc-baseline.tls-suites", "starface.web-http",
	"starface.autoprovisioning", NULL
};

/* A satellite whose iptables were switched off to look for something. */
static const struct service xphone_services[] = {
	{ TCP("management bridge", 3280), .tls = &good_tls },
	{ TCP("SSH", 22), .greet = ssh_greet, .answer = ssh_answer },
	{ 0 }
};
static const char *const xphone_faults[] = {
	"xphone-connect.bridge-closed", "xphone-connect.ssh-closed", NULL
};

/* The first page is of use to nobody; the applications have paths of their own. */
#define PHP "X-Powered-By: PHP/5.6.40\r\n"
static const struct page datatal_pages[] = {
	{ "/", 404, HSTS },
	{ "/admin", 200, PHP },
	{ "/mobile", 200, PHP },
	{ "/tid", 200, PHP },
	{ "/presentity", 200, "" },
	{ 0 }
};
static const struct service datatal_services[] = {
	{ TCP("applications", 443), .tls = &good_tls, .answer = web_answer,
	  .pages = datatal_pages },
	{ TCP("applications, plain", 80), .answer = web_answer, .pages = datatal_pages },
	{ TCP("CTStack", 1337) },
	{ TCP("CTStack's settings", 1339), .answer = web_answer },
	{ TCP("SIP", 5060), .answer = sip_answer },
	{ UDP("SIP", 5060), .answer = sip_answer },
	{ TCP("Telephony manager", 9692) },
	{ 0 }
};
static const char *const datatal_faults[] = {
	"datatal-flexi.ctstack-closed", "datatal-flexi.php-version",
	"datatal-flexi.http-redirect", NULL
};
static const struct omission datatal_omissions[] = {
	{ "datatal-flexi.vendor-addresses", "here services.datatal.se is this machine" },
	{ 0 }
};

/* The provider's servers as they are seen from behind a customer's firewall: it allows the
 * application SIP, and takes 5060 and 5061 for all of it. */
static const struct service aspenuc_services[] = {
	{ TCP("web", 443), .tls = &good_tls, .answer = web_answer, .pages = good_pages },
	{ TCP("SIP", 5060), .answer = sip_answer },
	{ UDP("SIP", 5060), .answer = sip_answer },
	{ TCP("SIP over TLS", 5061), .tls = &good_tls, .answer = sip_answer },
	{ UDP("SIP", 5061), .answer = sip_answer },
	{ TCP("XMPP", 5222), .tls = &good_tls, .tls_later = true, .answer = xmpp_answer },
	{ TCP("XMPP over TLS", 5223), .tls = &good_tls, .answer = xmpp_answer },
	{ TCP("XMPP of servers", 5269), .tls = &good_tls, .tls_later = true,
	  .answer = xmpp_answer },
	{ TCP("XMPP of servers over TLS", 5270), .tls = &good_tls, .answer = xmpp_answer },
	{ 0 }
};
static const char *const aspenuc_faults[] = {
	"aspenuc.sip-service-port", "aspenuc.sip-service-port-udp", NULL
};

/* What the systems need on the Internet, all of it in order. */
static const char *const internet_names[] = {
	"1-courier.push.apple.com", "api.push.apple.com", "fcm.googleapis.com",
	"license.starface.de", "push.starface.de", "services.datatal.se", "siptrunk.de",
	"starface-cdn.de", "update.starface.de", "www.starface-cdn.de", NULL
};
static const struct service internet_services[] = {
	{ UDP("names", 10053), .answer = name_answer },
	{ TCP("servers of vendors", 443), .tls = &good_tls, .answer = web_answer,
	  .pages = good_pages },
	{ TCP("servers of vendors, plain", 80), .answer = web_answer,
	  .pages = good_pages },
	{ TCP("licences of STARFACE", 8383), .tls = &good_tls, .answer = web_answer,
	  .pages = good_pages },
	{ TCP("messages of Apple", 2197), .tls = &good_tls },
	{ TCP("messages of Apple", 5223), .tls = &good_tls },
	{ TCP("names over TCP", 53) },
	{ 0 }
};

static const struct system table[] = {
	{ .name = "asc-neo",
	  .profile = "asc-neo",
	  .story = "ASC neo, call recording: as it was delivered, with ASC's own certificate, "
		   "TLS 1.0 and a suite that asks for no certificate at all. FTP and MS SQL are "
		   "open though nothing uses them, and nobody needs to sign what he writes to "
		   "the file share.",
	  .settings = "features: [ replay, recording-sip ]\n",
	  .services = asc_services,
	  .faults = asc_faults },
	{ .name = "xphone-connect",
	  .profile = "xphone-connect",
	  .story = "XPhone Connect, the satellite in the DMZ: its management bridge and SSH "
		   "answer everybody, not the XPhone Server alone.",
	  .settings = "features: [ satellite ]\n",
	  .services = xphone_services,
	  .faults = xphone_faults },
	{ .name = "starface",
	  .profile = "starface",
	  .story = "STARFACE PBX: an old one that still offers TLS 1.0, with plain HTTP open to "
		   "browsers, and to telephones that fetch their passwords.",
	  .settings = "features: [ mobile-clients, ucc-clients ]\n",
	  .services = starface_services,
	  .faults = starface_faults },
	{ .name = "datatal-flexi",
	  .profile = "datatal-flexi",
	  .story = "Datatal Flexi: CTStack, which speaks SIP with the PBX, takes orders and "
		   "settings from everybody on the network. The web server tells which PHP it "
		   "has, and whoever comes by plain HTTP stays there.",
	  .settings = "features: [ presentity, mobile-app, tid ]\n",
	  .services = datatal_services,
	  .faults = datatal_faults,
	  .omissions = datatal_omissions },
	{ .name = "aspenuc",
	  .profile = "aspenuc",
	  .story = "AspenUC, telephony from the cloud, as seen from behind a customer's "
		   "firewall: it lets the application SIP through at 5060 and 5061, but not "
		   "at AspenUC's own port 5100.",
	  .settings = "features: [ mobile-clients ]\npeers: { dns: * }\n",
	  .services = aspenuc_services,
	  .faults = aspenuc_faults },
	{ .name = "internet", .names = internet_names, .services = internet_services },
	{ 0 }
};

const struct system *systems(void)
{
	return table;
}
