/* SPDX-License-Identifier: Apache-2.0
 *
 * What a SIP server says, to a question over IPv4 or IPv6, by name or by address, as the first
 * byte has it. It must be read the same whether it comes at once or in two pieces.
 */
#include <stdlib.h>

#include "collectors/sip_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TOKENS = 8 };

static struct sip_question question_of(uint8_t kind)
{
	struct sip_question question = {
		.transport = (enum sip_transport)(kind % 3),
		.name = kind & 4 ? "pbx.example" : NULL,
		.branch = UINT64_C(0x1111111122222222),
		.call_id = UINT64_C(0x3333333344444444),
		.tag = UINT64_C(0x5555555566666666)
	};

	if (!address_parse(kind & 8 ? "2001:db8::9" : "10.0.0.9", &question.from) ||
	    !address_parse(kind & 8 ? "2001:db8::5" : "10.0.0.5", &question.to))
		abort();
	question.from.port = 5555;
	question.to.port = 5060;
	if (kind & 16)
		question.from.family = 0;
	return question;
}

static void read_all(const struct sip_message *message, const struct sip_question *question)
{
	struct sip_text tokens[TOKENS], realm;
	struct text said = { .limit = 1000 };
	struct sip_echo echo;

	if (message->body_bytes > SIP_BODY_MOST || message->status > 699)
		abort();
	sip_compare(message, question, &echo);
	if (!echo.ours && !echo.rewritten[SIP_PART_VIA])
		abort();
	for (size_t i = sip_tokens(message, "Allow", tokens, TOKENS); i-- > 0;)
		if (!sip_text_is_token(tokens[i]))
			abort();
	if (sip_challenge(message, &realm) == SIP_AUTH_NONE && realm.bytes)
		abort();
	sip_text_say(realm, &said);
	sip_text_say(sip_field(message, "Server"), &said);
	text_free(&said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sip_question question;
	struct sip_message message;
	size_t looked = 0, looked_before = 0;
	struct reader in, part;
	enum turn turn, turn_before;

	if (size < 2)
		return 0;
	question = question_of(data[0]);
	reader_init(&part, data + 1, (size - 1) / 2);
	turn_before = sip_take_message(&part, &looked_before, &message);
	reader_init(&in, data + 1, size - 1);
	turn = sip_take_message(&in, &looked, &message);
	if (turn_before != TURN_NEED_MORE && turn_before != turn)
		abort();
	reader_init(&part, data + 1, size - 1);
	if (turn_before == TURN_NEED_MORE &&
	    (sip_take_message(&part, &looked_before, &message) != turn || part.at != in.at))
		abort();
	while (turn == TURN_NEXT_STEP) {
		read_all(&message, &question);
		turn = sip_take_message(&in, &looked, &message);
	}
	return 0;
}
