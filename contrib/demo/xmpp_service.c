/* SPDX-License-Identifier: Apache-2.0
 *
 * A stream of XMPP up to STARTTLS (RFC 6120 4.2 and 5.4.2), which it demands.
 */
#include <string.h>

#include "contrib/demo/service.h"

static bool contains(struct reader *in, const char *word)
{
	return memmem(in->bytes, in->length, word, strlen(word)) != NULL;
}

enum follows xmpp_answer(const struct scene *scene, struct reader *in, struct writer *out)
{
	if (contains(in, "<starttls")) {
		writer_put_text(out, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
		return FOLLOWS_TLS;
	}
	if (contains(in, "<stream:stream"))
		writer_put_format(out,
				  "<?xml version='1.0'?><stream:stream from='%s' id='demo' "
				  "version='1.0' xmlns='jabber:client' "
				  "xmlns:stream='http://etherx.jabber.org/streams'>"
				  "<stream:features>"
				  "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
				  "<required/></starttls></stream:features>",
				  scene->address);
	return FOLLOWS_MORE;
}
