/* SPDX-License-Identifier: Apache-2.0
 *
 * Says one hello to a real TLS server on 127.0.0.1 and keeps what it answers:
 *
 *     record FILE PORT VERSION SUITE[,SUITE...] [share=GROUP]
 *
 * Called by record.sh; what it writes are fixtures of the tests and seeds of the fuzzer,
 * each behind the byte that tells the latter to hear all of it at once.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "collectors/tls/tls_flight.h"
#include "collectors/tls/tls_secrets.h"

enum { SUITES_MOST = 64, REPLY_MOST = 65536 };

static const char *const protocols[] = { "h2", "http/1.1", NULL };

static void fail(const char *what)
{
	fprintf(stderr, "record: cannot %s: %s\n", what, strerror(errno));
	exit(1);
}

static int connect_to(unsigned long port)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_usec = 500000 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
	    connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0)
		fail("connect");
	return fd;
}

static void say(int fd, const struct tls_offer *offer)
{
	uint8_t bytes[8192], records[8192];
	struct writer hello, out;

	writer_init(&hello, bytes, sizeof bytes);
	tls_put_hello(&hello, offer);
	writer_init(&out, records, sizeof records);
	tls_put_records(&out, tls_record_version(offer->version), bytes, hello.length);
	if (!writer_ok(&out) || send(fd, records, out.length, 0) != (ssize_t)out.length)
		fail("say hello");
}

/* As much as comes until the server waits for us. */
static void keep(int fd, const char *path)
{
	static uint8_t reply[REPLY_MOST];
	FILE *file = fopen(path, "wb");
	size_t length = 0;
	ssize_t got;

	while (length < sizeof reply &&
	       (got = recv(fd, reply + length, sizeof reply - length, 0)) > 0)
		length += (size_t)got;
	if (!file || !length)
		fail("keep a reply");
	fputc(TLS_UNTIL_DONE, file);
	fwrite(reply, 1, length, file);
	fclose(file);
}

static size_t read_suites(char *list, uint16_t *suites)
{
	size_t count = 0;

	while (*list && count < SUITES_MOST) {
		suites[count++] = (uint16_t)strtoul(list, &list, 16);
		list += *list == ',';
	}
	return count;
}

int main(int argc, char **argv)
{
	struct tls_offer offer = { .name = "pbx.example", .alpn = protocols, .staple = true };
	struct tls_keys *keys = tls_keys_new();
	struct tls_key_share share = { .group = 0 };
	uint16_t suites[SUITES_MOST];

	if (argc < 5) {
		fprintf(stderr, "usage: record FILE PORT VERSION SUITES [share=GROUP]\n");
		return 3;
	}
	offer.version = (uint16_t)strtoul(argv[3], NULL, 16);
	offer.suites = suites;
	offer.suite_count = read_suites(argv[4], suites);
	offer.groups = tls_groups(&offer.group_count);
	offer.share = &share;
	if (argc > 5 && !tls_keys_share(keys, (uint16_t)strtoul(argv[5] + 6, NULL, 10), &share))
		fail("make a share");
	int fd = connect_to(strtoul(argv[2], NULL, 10));
	say(fd, &offer);
	keep(fd, argv[1]);
	close(fd);
	tls_keys_free(keys);
	return 0;
}
