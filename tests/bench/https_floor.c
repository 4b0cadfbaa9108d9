/* SPDX-License-Identifier: Apache-2.0
 *
 * https_floor PORT COUNT: as little as OpenSSL lets one do for a page of 127.0.0.1: a blocking
 * socket, one context for all, nothing verified. Prints the CPU time of one in microseconds.
 */
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int accept_whoever(X509_STORE_CTX *store, void *arg)
{
	(void)store;
	(void)arg;
	return 1;
}

static double cpu_us(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void fetch(SSL_CTX *context, uint16_t port)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	SSL *ssl = SSL_new(context);
	char reply[4096];

	SSL_set_fd(ssl, fd);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
	    SSL_connect(ssl) != 1 || SSL_write(ssl, request, sizeof request - 1) <= 0) {
		fputs("https_floor: nobody speaks TLS there\n", stderr);
		exit(EXIT_FAILURE);
	}
	while (SSL_read(ssl, reply, sizeof reply) > 0)
		continue;
	SSL_free(ssl);
	close(fd);
}

int main(int argc, char **argv)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	double before;

	if (count < 1 || !context) {
		fputs("usage: https_floor PORT COUNT\n", stderr);
		return EXIT_FAILURE;
	}
	SSL_CTX_set_cert_verify_callback(context, accept_whoever, NULL);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	fetch(context, (uint16_t)strtol(argv[1], NULL, 10));
	before = cpu_us();
	for (long i = 0; i < count; i++)
		fetch(context, (uint16_t)strtol(argv[1], NULL, 10));
	printf("%.1f\n", (cpu_us() - before) / (double)count);
	SSL_CTX_free(context);
	return EXIT_SUCCESS;
}
