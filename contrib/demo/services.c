/* SPDX-License-Identifier: Apache-2.0
 *
 * A telephone system as it is found in the field: it works, and its guide was not read.
 * The rules are those of profiles/demo-pbx.yaml.
 */
#include <string.h>

#include "contrib/demo/service.h"

static void telnet_greet(struct writer *out)
{
	/* RFC 854: IAC DO TERMINAL-TYPE */
	writer_put(out, "\xff\xfd\x18", 3);
	writer_put_text(out, "\r\nDemoPBX 3.1\r\nlogin: ");
}

static void provisioning_answer(struct reader *in, struct writer *out)
{
	if (reader_take_if(in, "GET ", 4))
		writer_put_text(out, "HTTP/1.1 404 Not Found\r\nServer: DemoPBX\r\n"
				     "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

static void database_answer(struct reader *in, struct writer *out)
{
	/* "SSLRequest": length 8, code 80877103; N: no TLS here */
	if (reader_take_if(in, "\0\0\0\x08\x04\xd2\x16\x2f", 8))
		writer_put_u8(out, 'N');
}

static void tftp_answer(struct reader *in, struct writer *out)
{
	enum { READ_REQUEST = 1, ERROR = 5, FILE_NOT_FOUND = 1 };

	if (reader_take_u16be(in) != READ_REQUEST)
		return;
	writer_put_u16be(out, ERROR);
	writer_put_u16be(out, FILE_NOT_FOUND);
	writer_put_text(out, "No such telephone");
	writer_put_u8(out, 0);
}

/* The headers that RFC 3261 8.2.6.2 wants back, as they came. */
static void sip_echo(struct writer *out, const char *line, size_t length)
{
	static const char *const echoed[] = { "Via:", "From:", "To:", "Call-ID:", "CSeq:", NULL };

	for (size_t i = 0; echoed[i]; i++) {
		size_t width = strlen(echoed[i]);

		if (length < width || strncasecmp(line, echoed[i], width) != 0)
			continue;
		writer_put(out, line, length);
		if (!strcmp(echoed[i], "To:") && !memmem(line, length, ";tag=", 5))
			writer_put_text(out, ";tag=demo");
		writer_put_text(out, "\r\n");
	}
}

static void sip_answer(struct reader *in, struct writer *out)
{
	const char *line;
	size_t length;

	if (!reader_take_line(in, &line, &length) || !memmem(line, length, " SIP/2.0", 8))
		return;
	writer_put_text(out, "SIP/2.0 200 OK\r\n");
	while (reader_take_line(in, &line, &length) && length)
		sip_echo(out, line, length);
	writer_put_text(out, "Server: DemoPBX 3.1\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n"
			     "Content-Length: 0\r\n\r\n");
}

static const struct service table[] = {
	{ "web interface", SERVICE_TCP, 443, { "web-https" }, 0, NULL, NULL },
	{ "SIP", SERVICE_UDP, 5060, { "sip-udp" }, 0, NULL, sip_answer },
	{ "SIP with TLS", SERVICE_TCP, 5061, { "sip-tls" }, 0, NULL, NULL },
	{ "directory (fell over)", SERVICE_CLOSED, 636, { "directory" }, 1, NULL, NULL },
	{ "mobile clients (not in use)", SERVICE_TCP, 5222, { "mobile" }, 1, NULL, NULL },
	{ "telnet", SERVICE_TCP, 23, { "telnet" }, 1, telnet_greet, NULL },
	{ "provisioning", SERVICE_TCP, 8080, { "provisioning" }, 1, NULL, provisioning_answer },
	{ "TFTP", SERVICE_UDP, 69, { "tftp" }, 1, NULL, tftp_answer },
	{ "database", SERVICE_TCP, 5432, { "database" }, 1, NULL, database_answer },
	{ "remote support (off)", SERVICE_CLOSED, 5900, { "remote-support" }, 0, NULL, NULL },
	{ "voice mail share", SERVICE_TCP, 445, { "smb-signing", "smb1" }, 2, NULL, smb_answer },
	{ "forgotten debugger", SERVICE_TCP, 7447, { "maintenance" }, 1, NULL, NULL },
	{ 0 }
};

const struct service *services(void)
{
	return table;
}
