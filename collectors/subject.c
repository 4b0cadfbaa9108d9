/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/subject.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/dns_wire.h"
#include "net/url.h"

static const struct {
	const char *word;
	enum subject_kind kind;
} transports[] = {
	{ "tcp/", SUBJECT_TCP },
	{ "udp/", SUBJECT_UDP },
	{ "tls/", SUBJECT_TLS },
	{ "any/", SUBJECT_ANY },
};

enum { TRANSPORTS = sizeof transports / sizeof *transports, PORT_OF_HTTPS = 443 };

/* A decimal port from 1 to 65535; *string moves behind it. */
static bool take_port(const char **string, uint16_t *port)
{
	size_t digits = strspn(*string, "0123456789");
	unsigned long number;

	if (digits < 1 || digits > 5)
		return false;
	number = strtoul(*string, NULL, 10);
	*string += digits;
	*port = (uint16_t)number;
	return number >= 1 && number <= 65535;
}

static bool parse_ports(const char *string, struct subject *out, const char **why)
{
	*why = "a port is a number from 1 to 65535, or a range such as 10000-20000";
	if (!take_port(&string, &out->first))
		return false;
	out->last = out->first;
	if (*string == '-') {
		string++;
		if (!take_port(&string, &out->last))
			return false;
		if (out->last < out->first) {
			*why = "the range ends before it begins";
			return false;
		}
	}
	return !*string;
}

static const char *kinds_wanted(unsigned kinds)
{
	if (kinds & SUBJECT_ANY)
		return "a subject here is tcp/PORT, udp/PORT, any/PORT for both, or a range such as"
		       " any/1-1024";
	if (kinds & SUBJECT_UDP)
		return "a subject here is tcp/PORT, udp/PORT or a range such as tcp/1-1024";
	if (kinds & SUBJECT_PATH)
		return "a subject here is a path such as /admin, a URL, or a URL with a star"
		       " for the target such as http://*:8080/";
	if (kinds & SUBJECT_URL)
		return "a subject here is a URL such as https://host/path or tcp://host:port";
	if (kinds & SUBJECT_OWN_NAME)
		return "a subject here is a host name, or a star for the target's own";
	if (kinds & SUBJECT_NAME)
		return "a subject here is a host name";
	return "a subject here is tcp/PORT";
}

static bool has_blank_or_control(const char *string)
{
	for (; *string; string++)
		if ((unsigned char)*string <= ' ' || *string == 0x7f)
			return true;
	return false;
}

/* A port without a host: it is the target's. */
static bool is_of_target(const struct url *url)
{
	return !strcmp(url->host, "*");
}

static bool parse_url(const char *string, unsigned kinds, struct subject *out,
		      const char **why)
{
	struct url url;

	if (!url_parse(string, &url, why))
		return false;
	out->kind = is_of_target(&url) ? SUBJECT_PATH : SUBJECT_URL;
	out->first = out->last = url.port;
	*why = out->kind == SUBJECT_PATH ? "this needs a host of its own instead of the star"
					 : kinds_wanted(kinds);
	return kinds & out->kind;
}

static bool parse_name(const char *string, struct subject *out, const char **why)
{
	struct address address;
	struct dns_name name;

	out->kind = SUBJECT_NAME;
	if (address_parse(string, &address)) {
		*why = "this is an address, and a subject here is a host name";
		return false;
	}
	if (strchr(string, ':')) {
		*why = "a subject here is a host name without a port";
		return false;
	}
	return dns_name_parse(string, &name, why);
}

static bool parse_text(const char *string, unsigned kinds, struct subject *out,
		       const char **why)
{
	if (kinds & (SUBJECT_URL | SUBJECT_PATH) && strstr(string, "://"))
		return parse_url(string, kinds, out, why);
	if (kinds & SUBJECT_PATH && string[0] == '/' && !strchr(string, '#')) {
		out->kind = SUBJECT_PATH;
		out->first = out->last = PORT_OF_HTTPS;
		return true;
	}
	if (kinds & SUBJECT_OWN_NAME && !strcmp(string, "*")) {
		out->kind = SUBJECT_OWN_NAME;
		return true;
	}
	return kinds & SUBJECT_NAME && string[0] && !strchr(string, '/') &&
	       parse_name(string, out, why);
}

bool subject_parse(const char *string, unsigned kinds, char room[static SUBJECT_ROOM],
		   struct subject *out, const char **why)
{
	*out = (struct subject){ .text = room };
	*why = kinds_wanted(kinds);
	if (strlen(string) >= SUBJECT_ROOM || has_blank_or_control(string))
		return false;
	for (size_t i = 0; i < TRANSPORTS; i++) {
		size_t length = strlen(transports[i].word);

		if (strncmp(string, transports[i].word, length))
			continue;
		if (!(kinds & transports[i].kind))
			return false;
		out->kind = transports[i].kind;
		if (!parse_ports(string + length, out, why))
			return false;
		if (out->first == out->last)
			snprintf(room, SUBJECT_ROOM, "%s%u", transports[i].word, out->first);
		else
			snprintf(room, SUBJECT_ROOM, "%s%u-%u", transports[i].word, out->first,
				 out->last);
		return true;
	}
	if (!parse_text(string, kinds, out, why))
		return false;
	snprintf(room, SUBJECT_ROOM, "%s", string);
	return true;
}

void subject_format_name(const struct subject *subject, char name[static SUBJECT_ROOM])
{
	size_t length = 0;

	/* Runs of anything but letters, digits, dots and minus signs become one minus. */
	for (const char *c = subject->text; *c && length < SUBJECT_ROOM - 1; c++) {
		bool plain = isalnum((unsigned char)*c) || *c == '.' || *c == '_';

		if (plain)
			name[length++] = *c;
		else if (length && name[length - 1] != '-')
			name[length++] = '-';
	}
	while (length && name[length - 1] == '-')
		length--;
	name[length] = '\0';
	/* The path of the first page is nothing but a slash, and the target's name but a star. */
	if (!length)
		snprintf(name, SUBJECT_ROOM, "%s",
			 subject->kind == SUBJECT_OWN_NAME ? "own-name" : "root");
}

bool subject_same_port(const struct subject *a, const struct subject *b)
{
	if (!a->first || !b->first)
		return !strcmp(a->text, b->text);
	return a->first == b->first && a->last == b->last &&
	       (a->kind == SUBJECT_UDP) == (b->kind == SUBJECT_UDP);
}
