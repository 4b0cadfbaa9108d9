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

/* What the systems need on the Internet, all of it in order. */
static const char *const internet_names[] = {
	"license.starface.de", "push.starface.de", "siptrunk.de", "starface-cdn.de",
	"update.starface.de", "www.starface-cdn.de", NULL
};
static const struct service internet_services[] = {
	{ UDP("names", 10053), .answer = name_answer },
	{ TCP("servers of vendors", 443), .tls = &good_tls, .answer = web_answer,
	  .pages = good_pages },
	{ TCP("servers of vendors, plain", 80), .answer = web_answer,
	  .pages = good_pages },
	{ TCP("licences of STARFACE", 8383), .tls = &good_tls, .answer = web_answer,
	  .pages = good_pages },
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
	{ .name = "starface",
	  .profile = "starface",
	  .story = "STARFACE PBX: an old one that still offers TLS 1.0, with plain HTTP open to "
		   "browsers, and to telephones that fetch their passwords.",
	  .settings = "features: [ mobile-clients, ucc-clients ]\n",
	  .services = starface_services,
	  .faults = starface_faults },
	{ .name = "internet", .names = internet_names, .services = internet_services },
	{ 0 }
};

const struct system *systems(void)
{
	return table;
}
