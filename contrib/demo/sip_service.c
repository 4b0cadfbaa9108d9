/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "contrib/demo/service.h"

/* The headers that RFC 3261 8.2.6.2 wants back, as they came. */
static void echo(struct writer *out, const char *line, size_t length)
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

enum follows sip_answer(const struct scene *scene, struct reader *in, struct writer *out)
{
	const char *line;
	size_t length;

	(void)scene;
	if (!reader_take_line(in, &line, &length) || !memmem(line, length, " SIP/2.0", 8))
		return FOLLOWS_END;
	writer_put_text(out, "SIP/2.0 200 OK\r\n");
	while (reader_take_line(in, &line, &length) && length)
		echo(out, line, length);
	writer_put_text(out, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n"
			     "Content-Length: 0\r\n\r\n");
	return FOLLOWS_MORE;
}
