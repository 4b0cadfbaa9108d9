/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/host_wire.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>

/* States as the kernel numbers them (net/tcp_states.h). */
enum { STATE_CLOSE = 7, STATE_LISTEN = 10 };

static uint8_t state_wanted(const struct host_question *question)
{
	return question->udp ? STATE_CLOSE : STATE_LISTEN;
}

static uint8_t domain_of(const struct host_question *question)
{
	return question->family == 6 ? AF_INET6 : AF_INET;
}

void host_put_question(struct writer *out, const struct host_question *question)
{
	const struct inet_diag_req_v2 body = {
		.sdiag_family = domain_of(question),
		.sdiag_protocol = question->udp ? IPPROTO_UDP : IPPROTO_TCP,
		.idiag_states = 1U << state_wanted(question),
	};
	const struct nlmsghdr head = {
		.nlmsg_len = sizeof head + sizeof body,
		.nlmsg_type = SOCK_DIAG_BY_FAMILY,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.nlmsg_seq = question->sequence,
	};

	writer_put(out, &head, sizeof head);
	writer_put(out, &body, sizeof body);
}

/* A structure of the kernel's; zeroes when there is less. */
static void take_structure(struct reader *in, void *structure, size_t size)
{
	const uint8_t *bytes = reader_take(in, size);

	memset(structure, 0, size);
	if (bytes)
		memcpy(structure, bytes, size);
}

/* What stands between a length and the next multiple of four; the last may go without. */
static void skip_padding(struct reader *in, size_t length)
{
	size_t padding = -length & 3;

	reader_skip(in, padding < reader_left(in) ? padding : reader_left(in));
}

static void take_attributes(struct reader *in, struct host_socket *socket)
{
	while (reader_ok(in) && reader_left(in)) {
		struct nlattr head;
		struct reader value;

		take_structure(in, &head, sizeof head);
		if (head.nla_len < sizeof head) {
			in->failed = true;
			return;
		}
		value = reader_part(in, head.nla_len - sizeof head);
		if (head.nla_type == INET_DIAG_SKV6ONLY)
			socket->only_six = reader_take_u8(&value) != 0;
		if (!reader_ok(&value))
			in->failed = true;
		skip_padding(in, head.nla_len);
	}
}

static enum host_message take_socket(struct reader *in, const struct host_question *question,
				     struct host_socket *socket)
{
	struct inet_diag_msg message;

	take_structure(in, &message, sizeof message);
	*socket = (struct host_socket){
		.udp = question->udp,
		.address = { .family = question->family, .port = ntohs(message.id.idiag_sport) },
		.interface = message.id.idiag_if,
		.user = message.idiag_uid,
		.inode = message.idiag_inode,
	};
	memcpy(socket->address.bytes, message.id.idiag_src, question->family == 6 ? 16 : 4);
	take_attributes(in, socket);
	if (!reader_ok(in))
		return HOST_MALFORMED;
	if (message.idiag_family != domain_of(question) ||
	    message.idiag_state != state_wanted(question) || !socket->address.port)
		return HOST_OTHER;
	return HOST_SOCKET;
}

/* The number an error or an end carries, 0 when all is well. Old kernels end without one. */
static enum host_message take_error(struct reader *in, struct host_answer *answer,
				    enum host_message well)
{
	int32_t number = 0;

	if (reader_left(in))
		take_structure(in, &number, sizeof number);
	if (!reader_ok(in))
		return HOST_MALFORMED;
	if (number >= 0)
		return well;
	answer->error = number == INT32_MIN ? INT32_MAX : -number;
	return HOST_REFUSED;
}

enum host_message host_take_message(struct reader *in, struct host_answer *answer,
				    struct host_socket *socket)
{
	struct nlmsghdr head;
	struct reader body;

	take_structure(in, &head, sizeof head);
	if (!reader_ok(in) || head.nlmsg_len < sizeof head)
		return HOST_MALFORMED;
	body = reader_part(in, head.nlmsg_len - sizeof head);
	if (!reader_ok(&body))
		return HOST_MALFORMED;
	skip_padding(in, head.nlmsg_len);
	if (head.nlmsg_seq != answer->question.sequence)
		return HOST_OTHER;
	if (head.nlmsg_flags & NLM_F_DUMP_INTR || head.nlmsg_type == NLMSG_OVERRUN)
		answer->interrupted = true;
	switch (head.nlmsg_type) {
	case NLMSG_DONE:
		return take_error(&body, answer,
				  answer->interrupted ? HOST_INTERRUPTED : HOST_END);
	case NLMSG_ERROR:
		return take_error(&body, answer, HOST_OTHER);
	case SOCK_DIAG_BY_FAMILY:
		return take_socket(&body, &answer->question, socket);
	default:
		return HOST_OTHER;
	}
}
