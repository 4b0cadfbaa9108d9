/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of SIP's header fields, RFC 3261 7.3.1 and 25.1: folded lines, lists, parameters,
 * quoted strings, <addresses>. Pure functions over parts of the message, which stay where they
 * are: nothing is copied or freed, and each walks over its text once. Used by sip_wire.c.
 */
#ifndef COLLECTORS_SIP_TEXT_H
#define COLLECTORS_SIP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "ground/text.h"
#include "net/address.h"

/* As it stands in the message, folds and quotes too. bytes NULL: it is not there. */
struct sip_text {
	const char *bytes;
	size_t length;
};

struct sip_text sip_text_of(const char *string);
/* Upper and lower case are one. */
bool sip_text_is(struct sip_text text, const char *string);
bool sip_text_same(struct sip_text a, struct sip_text b);
/* Not empty, and made of the characters that methods, tags and the like are made of. */
bool sip_text_is_token(struct sip_text text);
/* Digits, and no more than fit. */
bool sip_text_number(struct sip_text text, uint32_t *number);
/* An IPv6 address stands in brackets or, as in `received`, without. */
bool sip_text_address(struct sip_text text, struct address *address);
/* For people: without its quotes, each fold a blank. */
void sip_text_say(struct sip_text text, struct text *out);

/* Each takes the next from the front of `rest`, without the blanks around it; false when
 * there is none. */

/* A whole field. Lines that are none are skipped. */
bool sip_take_field(struct sip_text *rest, struct sip_text *name, struct sip_text *value);
/* What stands before the separator, or all; not where it is quoted or between < and >. */
bool sip_take_part(struct sip_text *rest, char separator, struct sip_text *part);
/* As many characters as a token has. */
bool sip_take_token(struct sip_text *rest, struct sip_text *token);
bool sip_take_character(struct sip_text *rest, char character);

/* host, host:port, [v6], [v6]:port; blanks may stand around the colon. Without one the port's
 * bytes are NULL. */
void sip_split_port(struct sip_text text, struct sip_text *host, struct sip_text *port);
/* name=value among parts of `parameters`; bytes NULL: none. Of one without "=" it is "". */
struct sip_text sip_parameter(struct sip_text parameters, char separator, const char *name);
/* Of From, To, Contact: what stands between < and >, or before the parameters. */
struct sip_text sip_uri(struct sip_text value);
/* Of the same: a parameter of the header field, not of the address. */
struct sip_text sip_field_parameter(struct sip_text value, const char *name);

#endif
