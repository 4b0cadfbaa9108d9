/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_plain.h"

#include <sys/random.h>

#include "collectors/sip_wire.h"
#include "collectors/starttls/starttls_steps.h"

/* Nobody is called by this. Where we are need not be said: answers come back over the
 * connection, RFC 3261 18.2.2. */
static void write_options(struct writer *out, void *talk)
{
	struct sip_question question = {
		.transport = SIP_TCP,
		.name = ((const struct starttls *)talk)->name
	};

	/* Without chance the answer is the same. */
	(void)!getrandom(&question.branch, sizeof question.branch, 0);
	question.call_id = question.tag = question.branch;
	sip_put_options(out, &question);
}

static enum turn read_first_line(struct reader *in, void *talk)
{
	static const char begin[] = "SIP/2.0 ";
	struct reader whole = *in;
	const char *line;
	size_t length;

	if (reader_left(in) < sizeof begin - 1)
		return TURN_NEED_MORE;
	if (!reader_take_if(in, begin, sizeof begin - 1))
		return TURN_NOT_THIS_PROTOCOL;
	if (!reader_take_line(&whole, &line, &length))
		return TURN_NEED_MORE;
	starttls_note(talk, line, length);
	return TURN_CONCLUDED;
}

const struct step *tls_plain_sip(void)
{
	static const struct step options = {
		"options", write_options, read_first_line, STAGE_REPLY
	};

	return &options;
}
