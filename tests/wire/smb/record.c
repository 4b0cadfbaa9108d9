/* SPDX-License-Identifier: Apache-2.0
 *
 * Asks a real SMB server (IPv4, port 445) one question after another and keeps its replies
 * as files, each behind the byte that selects the question: record PREFIX ADDRESS FOLDER.
 * Called by record.sh; what it writes are the fixtures of the tests and the fuzzer's seeds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/wire/smb/offers.h"

static int connect_to(const char *address)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(445) };
	struct timeval patience = { .tv_sec = 3 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || inet_pton(AF_INET, address, &peer.sin_addr) != 1 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
	    connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0) {
		fprintf(stderr, "record: cannot reach %s: %s\n", address, strerror(errno));
		exit(1);
	}
	return fd;
}

static size_t ask(const char *address, const struct smb_offer *offer, uint8_t *reply,
		  size_t room)
{
	struct writer out;
	uint8_t bytes[512];
	size_t length = 0;
	ssize_t got;
	int fd = connect_to(address);

	writer_init(&out, bytes, sizeof bytes);
	smb_put_negotiate(&out, offer);
	if (send(fd, out.bytes, out.length, 0) != (ssize_t)out.length)
		exit(1);
	while (length < room && (got = recv(fd, reply + length, room - length, 0)) > 0) {
		struct smb_reply said;
		struct reader in;

		length += (size_t)got;
		reader_init(&in, reply, length);
		if (smb_take_reply(&in, offer, &said) != TURN_NEED_MORE)
			break;
	}
	close(fd);
	return length;
}

static void save(const char *folder, const char *prefix, size_t offer,
		 const uint8_t *bytes, size_t length)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s_%s", folder, prefix, offers[offer].name);
	FILE *file = fopen(path, "wb");
	if (!file) {
		fprintf(stderr, "record: cannot write %s: %s\n", path, strerror(errno));
		exit(1);
	}
	fputc((int)offer, file);
	fwrite(bytes, 1, length, file);
	fclose(file);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: record PREFIX ADDRESS FOLDER\n");
		return 3;
	}
	for (size_t i = 0; i < OFFERS; i++) {
		uint8_t reply[4096];
		size_t length = ask(argv[2], &offers[i].offer, reply, sizeof reply);

		if (length > 0)
			save(argv[3], argv[1], i, reply, length);
		else
			printf("%s closes the connection on %s\n", argv[1], offers[i].name);
	}
	return 0;
}
