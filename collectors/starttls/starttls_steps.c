/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/starttls/starttls_steps.h"

#include <string.h>

/* RFC 8446 5.1 */
enum { TLS_RECORD_ALERT = 0x15, TLS_RECORD_MAJOR = 0x03 };

void starttls_note(struct starttls *starttls, const void *said, size_t length)
{
	if (length > STARTTLS_SAID_MOST - 1)
		length = STARTTLS_SAID_MOST - 1;
	memset(starttls->said, 0, sizeof starttls->said);
	if (length)
		memcpy(starttls->said, said, length);
}

enum turn starttls_stranger(struct starttls *starttls, const struct reader *in)
{
	struct reader first = *in;
	size_t length = reader_left(in);

	if (length == 1 && reader_take_u8(&first) == TLS_RECORD_ALERT)
		return TURN_NEED_MORE;
	first = *in;
	starttls_note(starttls, reader_take(&first, length), length);
	return TURN_NOT_THIS_PROTOCOL;
}

bool starttls_met_tls(const struct starttls *starttls)
{
	return starttls->said[0] == TLS_RECORD_ALERT && starttls->said[1] == TLS_RECORD_MAJOR;
}

enum turn starttls_concluded(struct starttls *starttls, enum starttls_answer answer)
{
	starttls->answer = answer;
	return TURN_CONCLUDED;
}

enum turn starttls_begins(struct starttls *starttls, enum starttls_answer answer,
			  const struct reader *in)
{
	if (reader_left(in))
		return TURN_MALFORMED;
	starttls->answer = answer;
	starttls->secured = true;
	return TURN_NEXT_STEP;
}
