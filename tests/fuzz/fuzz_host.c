/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer of the kernel's socket diagnostics to a question that the first byte selects. What
 * is read of a socket must fit the question.
 */
#include <stdlib.h>

#include "collectors/host_sockets.h"
#include "ground/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct host_socket *socket, const struct host_question *question)
{
	struct text address = { 0 };
	char port[HOST_PORT_ROOM];

	if (socket->udp != question->udp || socket->address.family != question->family ||
	    !socket->address.port)
		abort();
	host_socket_format_port(socket, port);
	host_socket_format_address(socket, NULL, &address);
	if (!address.length)
		abort();
	text_free(&address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host_answer answer = { .question = { .sequence = 4711 } };
	struct host_sockets sockets = { 0 };
	enum host_message message = HOST_OTHER;
	struct host_socket socket;
	struct reader in;
	size_t count;

	if (size == 0)
		return 0;
	answer.question.family = data[0] & 1 ? 6 : 4;
	answer.question.udp = data[0] & 2;
	reader_init(&in, data + 1, size - 1);
	while (reader_left(&in) && message <= HOST_OTHER) {
		message = host_take_message(&in, &answer, &socket);
		if (message == HOST_SOCKET) {
			look_at(&socket, &answer.question);
			host_sockets_add(&sockets, &socket);
		}
	}
	if ((message == HOST_REFUSED) != (answer.error > 0))
		abort();
	if (message == HOST_END && answer.interrupted)
		abort();
	count = sockets.count;
	host_sockets_tidy(&sockets);
	if (sockets.count > count || !sockets.count != !count)
		abort();
	host_sockets_free(&sockets);
	return 0;
}
