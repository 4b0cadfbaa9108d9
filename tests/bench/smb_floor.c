/* SPDX-License-Identifier: Apache-2.0
 *
 * smb_floor ADDRESS COUNT: what no SMB look can be cheaper than: as many connections, the
 * same questions, and nothing but the calls. IPv4; prints the CPU time of one look in
 * microseconds.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/wire/smb/offers.h"

enum { QUESTIONS = OFFER_SMB1 + 1, REQUEST_MOST = 512 };

struct question {
	uint8_t bytes[REQUEST_MOST];
	size_t length;
};

static double cpu_us(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void ask(const struct sockaddr_in *peer, const struct question *question)
{
	uint8_t reply[4096];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (const struct sockaddr *)peer, sizeof *peer) < 0 ||
	    send(fd, question->bytes, question->length, 0) < 0 ||
	    recv(fd, reply, sizeof reply, 0) <= 0) {
		perror("smb_floor");
		exit(1);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(445) };
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	struct question questions[QUESTIONS];

	if (count < 1 || inet_pton(AF_INET, argv[1], &peer.sin_addr) != 1) {
		fprintf(stderr, "usage: smb_floor ADDRESS COUNT\n");
		return 3;
	}
	for (size_t i = 0; i < QUESTIONS; i++) {
		struct writer out;

		writer_init(&out, questions[i].bytes, REQUEST_MOST);
		smb_put_negotiate(&out, &offers[i].offer);
		questions[i].length = out.length;
	}
	double used_us = cpu_us();
	for (long i = 0; i < count; i++)
		for (size_t j = 0; j < QUESTIONS; j++)
			ask(&peer, &questions[j]);
	printf("%.1f\n", (cpu_us() - used_us) / (double)count);
	return 0;
}
