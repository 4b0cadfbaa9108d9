/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/sip_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config.h"

static const char version[] = "SIP/2.0 ";
static const char method[] = "OPTIONS";
static const char user[] = "sip:ucposture@";
static const char nowhere[] = "ucposture.invalid";

enum { NAME_MOST = 255, CSEQ = 1, USUAL_PORT = 5060, USUAL_PORT_OF_TLS = 5061 };

/* What a question says, in words. */
struct words {
	char here[ADDRESS_ROOM];
	char target[NAME_MOST + 3];
	char branch[32], tag[32], call_id[ADDRESS_ROOM + 32];
};

/* A zone such as %2 means something on this machine only. */
static struct address without_zone(struct address address)
{
	address.scope = 0;
	return address;
}

/* A name stands there without port: it is whom we want, wherever he listens. */
static void put_target(const struct sip_question *question, struct words *words)
{
	const struct address to = without_zone(question->to);
	char string[ADDRESS_ROOM];

	if (!question->name) {
		address_format_with_port(&to, string);
		snprintf(words->target, sizeof words->target, "%s", string);
	} else if (strchr(question->name, ':')) {
		snprintf(words->target, sizeof words->target, "[%.*s]",
			 (int)strcspn(question->name, "%"), question->name);
	} else {
		snprintf(words->target, sizeof words->target, "%.*s", NAME_MOST,
			 question->name);
	}
}

static void put_words(const struct sip_question *question, struct words *words)
{
	const struct address from = without_zone(question->from);

	snprintf(words->here, sizeof words->here, "%s", nowhere);
	if (from.family)
		address_format_with_port(&from, words->here);
	put_target(question, words);
	snprintf(words->branch, sizeof words->branch, "z9hG4bK%016" PRIx64, question->branch);
	snprintf(words->tag, sizeof words->tag, "%016" PRIx64, question->tag);
	snprintf(words->call_id, sizeof words->call_id, "%016" PRIx64 "@%s", question->call_id,
		 words->here);
}

static const char *transport_word(const struct sip_question *question)
{
	static const char *const words[] = { "UDP", "TCP", "TLS" };

	return words[question->transport];
}

/* Whoever calls as a user of his own address is a stranger; with a name we say to belong to
 * it, as a telephone would, and so are asked to prove it. */
static const char *from_host(const struct sip_question *question, const struct words *words)
{
	return question->name ? words->target : words->here;
}

void sip_put_options(struct writer *out, const struct sip_question *question)
{
	struct words words;

	put_words(question, &words);
	writer_put_format(out, "%s sip:%s SIP/2.0\r\n", method, words.target);
	writer_put_format(out, "Via: SIP/2.0/%s %s;rport;branch=%s\r\n",
			  transport_word(question), words.here, words.branch);
	writer_put_text(out, "Max-Forwards: 70\r\n");
	writer_put_format(out, "From: <%s%s>;tag=%s\r\n", user, from_host(question, &words),
			  words.tag);
	writer_put_format(out, "To: <sip:%s>\r\n", words.target);
	writer_put_format(out, "Call-ID: %s\r\n", words.call_id);
	writer_put_format(out, "CSeq: %d %s\r\n", CSEQ, method);
	writer_put_format(out, "Contact: <%s%s%s>\r\n", user, words.here,
			  question->transport == SIP_UDP ? "" : ";transport=tcp");
	writer_put_text(out, "Accept: application/sdp\r\n"
			     "User-Agent: ucposture/" PACKAGE_VERSION "\r\n"
			     "Content-Length: 0\r\n\r\n");
}

/* --- messages ------------------------------------------------------------------ */

/* As far as it has come. */
static bool begins_with_version(struct sip_text line)
{
	struct sip_text begin = { version, sizeof version - 1 };

	if (line.length < begin.length)
		begin.length = line.length;
	line.length = begin.length;
	return sip_text_same(line, begin);
}

/* As far as it has come. */
static bool begins_with_method(struct sip_text line)
{
	struct sip_text rest = line, token;

	return sip_take_token(&rest, &token) && token.bytes == line.bytes &&
	       (token.length == line.length || token.bytes[token.length] == ' ');
}

/* Whether it may become the first line of an answer or a request when more of it comes. */
static bool may_become_sip(const struct reader *in)
{
	struct sip_text line = { (const char *)in->bytes + in->at, reader_left(in) };

	return !line.length || begins_with_version(line) || begins_with_method(line);
}

static enum turn read_status(struct sip_text line, struct sip_message *message)
{
	struct sip_text digits = { line.bytes + sizeof version - 1, 3 };
	uint32_t status;

	if (line.length < sizeof version - 1 + digits.length ||
	    !sip_text_number(digits, &status) || status < 100 || status > 699)
		return TURN_MALFORMED;
	line = (struct sip_text){ digits.bytes + digits.length,
				  line.length - (sizeof version - 1) - digits.length };
	/* Some leave out the blank with the phrase behind it. */
	if (line.length && *line.bytes != ' ')
		return TURN_MALFORMED;
	message->status = status;
	message->reason = (struct sip_text){ line.bytes + !!line.length,
					     line.length - !!line.length };
	return TURN_NEXT_STEP;
}

static enum turn read_first_line(struct sip_text line, struct sip_message *message)
{
	static const char ending[] = " SIP/2.0";
	struct sip_text end = line;

	*message = (struct sip_message){ 0 };
	if (line.length >= sizeof version - 1 && begins_with_version(line))
		return read_status(line, message);
	if (line.length < sizeof ending || !begins_with_method(line))
		return TURN_NOT_THIS_PROTOCOL;
	end.bytes += end.length - (sizeof ending - 1);
	end.length = sizeof ending - 1;
	return sip_text_is(end, ending) ? TURN_NEXT_STEP : TURN_NOT_THIS_PROTOCOL;
}

/* Two that contradict each other are how messages are smuggled past somebody. */
static enum turn read_body_bytes(struct sip_message *message)
{
	struct sip_text rest = message->fields, name, value;
	bool told = false;
	uint32_t bytes;

	while (sip_take_field(&rest, &name, &value)) {
		if (!sip_text_is(name, "Content-Length") && !sip_text_is(name, "l"))
			continue;
		if (!sip_text_number(value, &bytes) || bytes > SIP_BODY_MOST ||
		    (told && bytes != message->body_bytes))
			return TURN_MALFORMED;
		message->body_bytes = bytes;
		told = true;
	}
	return TURN_NEXT_STEP;
}

enum turn sip_take_message(struct reader *in, size_t *looked, struct sip_message *message)
{
	struct reader head;
	const char *line;
	size_t length, fields_at;
	enum turn turn;

	while (reader_take_if(in, "\r", 1) || reader_take_if(in, "\n", 1))
		;
	head = *in;
	if (!reader_take_line(&head, &line, &length))
		return may_become_sip(in) ? TURN_NEED_MORE : TURN_NOT_THIS_PROTOCOL;
	turn = read_first_line((struct sip_text){ line, length }, message);
	if (turn != TURN_NEXT_STEP)
		return turn;
	fields_at = head.at;
	if (*looked > head.at)
		reader_skip(&head, *looked - head.at);
	do {
		*looked = head.at;
		if (!reader_take_line(&head, &line, &length))
			return TURN_NEED_MORE;
	} while (length);
	message->fields = (struct sip_text){ (const char *)in->bytes + fields_at,
					     head.at - fields_at };
	turn = read_body_bytes(message);
	if (turn == TURN_NEXT_STEP) {
		*looked = 0;
		*in = head;
	}
	return turn;
}

/* --- fields -------------------------------------------------------------------- */

/* RFC 3261 7.3.3 */
static bool is_field(struct sip_text name, const char *wanted)
{
	static const struct {
		char compact[2];
		const char *name;
	} forms[] = {
		{ "f", "From" }, { "i", "Call-ID" }, { "k", "Supported" }, { "m", "Contact" },
		{ "t", "To" }, { "v", "Via" }, { "l", "Content-Length" },
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (sip_text_is(name, forms[i].compact))
			return !strcmp(forms[i].name, wanted);
	return sip_text_is(name, wanted);
}

/* Takes the next field of that name. */
static bool take_field(struct sip_text *rest, const char *wanted, struct sip_text *value)
{
	struct sip_text name;

	while (sip_take_field(rest, &name, value))
		if (is_field(name, wanted))
			return true;
	return false;
}

struct sip_text sip_field(const struct sip_message *message, const char *name)
{
	struct sip_text rest = message->fields, value;

	return take_field(&rest, name, &value) ? value : (struct sip_text){ 0 };
}

static bool is_among(struct sip_text token, const struct sip_text *tokens, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (sip_text_same(token, tokens[i]))
			return true;
	return false;
}

size_t sip_tokens(const struct sip_message *message, const char *name, struct sip_text *tokens,
		  size_t most)
{
	struct sip_text rest = message->fields, list, token;
	size_t count = 0;

	while (count < most && take_field(&rest, name, &list))
		while (count < most && sip_take_part(&list, ',', &token))
			if (sip_text_is_token(token) && !is_among(token, tokens, count))
				tokens[count++] = token;
	return count;
}

/* RFC 3261 22.1 and RFC 7616; Basic may be offered beside Digest. */
enum sip_auth sip_challenge(const struct sip_message *message, struct sip_text *realm)
{
	const char *name = message->status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate";
	struct sip_text rest = message->fields, value, scheme;
	enum sip_auth auth = SIP_AUTH_OTHER;

	*realm = (struct sip_text){ 0 };
	if (message->status != 401 && message->status != 407)
		return SIP_AUTH_NONE;
	while (take_field(&rest, name, &value)) {
		if (!sip_take_token(&value, &scheme))
			continue;
		if (sip_text_is(scheme, "Basic"))
			auth = SIP_AUTH_BASIC;
		else if (sip_text_is(scheme, "Digest") && auth != SIP_AUTH_BASIC)
			auth = SIP_AUTH_DIGEST;
		if (!realm->bytes)
			*realm = sip_parameter(value, ',', "realm");
	}
	return auth;
}

/* --- what came back ------------------------------------------------------------ */

struct via {
	struct sip_text transport, sent_by, parameters;
};

static bool read_via(struct sip_text text, struct via *via)
{
	struct sip_text token;

	*via = (struct via){ 0 };
	if (!sip_take_token(&text, &token) || !sip_text_is(token, "SIP") ||
	    !sip_take_character(&text, '/') || !sip_take_token(&text, &token) ||
	    !sip_text_is(token, "2.0") || !sip_take_character(&text, '/') ||
	    !sip_take_token(&text, &via->transport) || !sip_take_part(&text, ';', &via->sent_by))
		return false;
	via->parameters = text;
	return true;
}

/* How many there are, and the first. */
static size_t find_via(const struct sip_message *message, struct sip_text *top)
{
	struct sip_text rest = message->fields, list, value;
	size_t count = 0;

	while (take_field(&rest, "Via", &list))
		while (sip_take_part(&list, ',', &value))
			if (!count++)
				*top = value;
	return count;
}

static bool is_our_end(struct sip_text text, const struct sip_question *question)
{
	const struct address from = without_zone(question->from);
	struct address address;
	struct sip_text host, port;
	uint32_t number = question->transport == SIP_TLS ? USUAL_PORT_OF_TLS : USUAL_PORT;

	sip_split_port(text, &host, &port);
	if (port.bytes && !sip_text_number(port, &number))
		return false;
	if (!from.family)
		return sip_text_is(host, nowhere) && !port.bytes;
	return sip_text_address(host, &address) && address_same_host(&address, &from) &&
	       number == from.port;
}

/* RFC 3261 18.2.1 and RFC 3581 4: the server adds what it saw, if it differs or was asked for. */
static struct address read_seen_as(struct sip_text parameters, struct address from)
{
	struct address seen;
	uint32_t port;
	bool host_told = sip_text_address(sip_parameter(parameters, ';', "received"), &seen);
	bool port_told = sip_text_number(sip_parameter(parameters, ';', "rport"), &port) &&
			 port && port <= UINT16_MAX;

	if (!host_told && !port_told)
		return (struct address){ 0 };
	if (!host_told)
		seen = without_zone(from);
	seen.port = port_told ? (uint16_t)port : from.port;
	return seen;
}

/* Whether the branch is the one we gave it. */
static bool compare_via(const struct sip_message *message, const struct sip_question *question,
			const struct words *words, struct sip_echo *echo)
{
	struct sip_text top = { 0 };
	size_t count = find_via(message, &top);
	bool sent_by_kept, branch_kept;
	struct via via;

	echo->rewritten[SIP_PART_VIA] = true;
	if (!read_via(top, &via))
		return false;
	sent_by_kept = is_our_end(via.sent_by, question);
	branch_kept = sip_text_is(sip_parameter(via.parameters, ';', "branch"), words->branch);
	if (sent_by_kept || branch_kept)
		echo->seen_as = read_seen_as(via.parameters, question->from);
	/* With more than one, somebody on the way forgot his own. */
	echo->rewritten[SIP_PART_VIA] =
		!(count == 1 && sent_by_kept && branch_kept &&
		  sip_text_is(via.transport, transport_word(question)));
	return branch_kept;
}

static bool compare_cseq(struct sip_text value, struct sip_echo *echo)
{
	struct sip_text number_text, word;
	uint32_t number;
	bool kept = sip_take_token(&value, &number_text) &&
		    sip_text_number(number_text, &number) && number == CSEQ &&
		    sip_take_token(&value, &word) && sip_text_is(word, method) && !value.length;

	echo->rewritten[SIP_PART_CSEQ] = !kept;
	return kept;
}

static bool is_uri(struct sip_text value, const char *user_part, const char *host)
{
	struct sip_text uri = sip_uri(value);
	size_t width = strlen(user_part);
	struct sip_text front = { uri.bytes, width };

	return uri.length > width && sip_text_is(front, user_part) &&
	       sip_text_is((struct sip_text){ uri.bytes + width, uri.length - width }, host);
}

/* Whether the tag is ours. */
static bool compare_from(struct sip_text value, const char *host, const struct words *words,
			 struct sip_echo *echo)
{
	bool tag_kept = sip_text_is(sip_field_parameter(value, "tag"), words->tag);

	echo->rewritten[SIP_PART_FROM] = !tag_kept || !is_uri(value, user, host);
	return tag_kept;
}

/* Servers tell their own; ours is known by its user. */
static void compare_contact(const struct sip_message *message,
			    const struct sip_question *question, struct sip_echo *echo)
{
	struct sip_text rest = message->fields, list, value, uri, front;

	while (take_field(&rest, "Contact", &list)) {
		while (sip_take_part(&list, ',', &value)) {
			uri = sip_uri(value);
			front = (struct sip_text){ uri.bytes, sizeof user - 1 };
			if (uri.length < sizeof user || !sip_text_is(front, user))
				continue;
			uri.bytes += front.length;
			uri.length -= front.length;
			if (sip_take_part(&uri, ';', &value) && !is_our_end(value, question))
				echo->rewritten[SIP_PART_CONTACT] = true;
		}
	}
}

void sip_compare(const struct sip_message *message, const struct sip_question *question,
		 struct sip_echo *echo)
{
	struct words words;
	bool branch_kept, call_id_kept, cseq_kept, tag_kept;

	*echo = (struct sip_echo){ 0 };
	put_words(question, &words);
	branch_kept = compare_via(message, question, &words, echo);
	call_id_kept = sip_text_is(sip_field(message, "Call-ID"), words.call_id);
	cseq_kept = compare_cseq(sip_field(message, "CSeq"), echo);
	tag_kept = compare_from(sip_field(message, "From"), from_host(question, &words), &words,
				echo);
	echo->rewritten[SIP_PART_CALL_ID] = !call_id_kept;
	echo->rewritten[SIP_PART_TO] = !is_uri(sip_field(message, "To"), "sip:", words.target);
	compare_contact(message, question, echo);
	echo->ours = branch_kept || call_id_kept || (cseq_kept && tag_kept);
}
