/* SPDX-License-Identifier: Apache-2.0
 *
 * Closes the real fence and then does what a prober has to do: TCP and UDP to the port of
 * 127.0.0.1 that is its argument and echoes, names asked of the same port, a TLS hello,
 * the keys of every group and suite, memory. 1 when something does not work. For fence_escape.sh.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/ipc/fence.h"
#include "collectors/tls/tls_secrets.h"
#include "ground/memory.h"
#include "net/loop.h"
#include "net/resolve.h"

/* One peer that echoes, over TCP or UDP. */
struct talk {
	struct loop *loop;
	struct watch watch;
	int fd;
	bool done;
	char heard[16];
};

static void echo_has_come(void *arg, unsigned what)
{
	struct talk *talk = arg;

	(void)what;
	talk->done = recv(talk->fd, talk->heard, sizeof talk->heard - 1, 0) > 0;
	watch_stop(&talk->watch);
}

static void may_send(void *arg, unsigned what)
{
	struct talk *talk = arg;

	(void)what;
	if (send(talk->fd, "hello", 5, MSG_NOSIGNAL) == 5)
		watch_start(&talk->watch, talk->loop, talk->fd, LOOP_READ, echo_has_come, talk);
	else
		watch_stop(&talk->watch);
}

static bool turn_until(struct loop *loop, const bool *done)
{
	for (int i = 0; i < 300 && !*done; i++)
		loop_turn(loop, 10000);
	return *done;
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static bool talk_to(struct loop *loop, int type, uint16_t port)
{
	const struct sockaddr_in own = loopback(0), peer = loopback(port);
	struct talk talk = { .loop = loop };
	bool good;

	talk.fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* From a given source address, as the configuration may want it. */
	if (talk.fd < 0 || bind(talk.fd, (const struct sockaddr *)&own, sizeof own) < 0)
		return false;
	if (connect(talk.fd, (const struct sockaddr *)&peer, sizeof peer) < 0 &&
	    errno != EINPROGRESS)
		return false;
	watch_start(&talk.watch, loop, talk.fd, LOOP_WRITE, may_send, &talk);
	good = turn_until(loop, &talk.done) && !strcmp(talk.heard, "hello");
	watch_stop(&talk.watch);
	close(talk.fd);
	return good;
}

static void name_was_found(void *arg, const struct resolution *resolution)
{
	bool *found = arg;

	*found = resolution->reason == REASON_NONE &&
		 resolution->addresses[0].bytes[0] == 192;
}

static bool say_hello_in_tls(SSL_CTX *context)
{
	SSL *tls = SSL_new(context);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	bool good;

	SSL_set_bio(tls, in, out);
	good = SSL_connect(tls) < 0 && BIO_ctrl_pending(out) > 100;
	SSL_free(tls);
	return good;
}

/* The private keys are made now, when the first server wants them. */
static bool keys_can_be_made(struct tls_keys *keys)
{
	struct tls_secrets *secrets = tls_secrets_new(keys);
	struct tls_key_share share;
	uint8_t record[64] = { 0 }, type;
	size_t count, length;
	const uint16_t *groups = tls_keys_groups(&count);
	bool good = true;

	for (size_t i = 0; i < count; i++)
		for (uint16_t suite = 0x1301; suite <= 0x1305; suite++)
			good = good && tls_keys_share(keys, groups[i], &share) &&
			       tls_secrets_derive(secrets, suite, &share) &&
			       !tls_secrets_open(secrets, record, sizeof record, &length, &type);
	tls_secrets_free(secrets);
	return good;
}

/* Large, small, and grown: brk, mmap, mremap, munmap. */
static bool memory_works(void)
{
	char *large = memory_new(1, 8 << 20), *small = memory_new(100, 10);

	large = memory_resize(large, 1, 64 << 20);
	large[(64 << 20) - 1] = 'x';
	free(large);
	free(small);
	return true;
}

static bool limits_can_be_asked_for(void)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur == limit.rlim_max;
}

static int result_of(const char *what, bool good)
{
	printf("%s %s\n", good ? "works" : "FAILS", what);
	return !good;
}

static int work(const char *port_word)
{
	char servers[64];
	const uint16_t port = (uint16_t)strtoul(port_word, NULL, 10);
	const struct resolver_settings settings = { .servers = servers };
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	struct tls_keys *keys = tls_keys_new();
	struct loop *loop = loop_new();
	struct resolver *resolver;
	struct fence_report report;
	bool found = false;
	int failed = 0;

	snprintf(servers, sizeof servers, "127.0.0.1:%u", port);
	resolver = resolver_new(loop, &settings);
	fence_close("", &report);
	printf("fence: seccomp %u\n", report.seccomp);
	failed += result_of("tcp", talk_to(loop, SOCK_STREAM, port));
	failed += result_of("udp", talk_to(loop, SOCK_DGRAM, port));
	resolver_lookup(resolver, "fence.example", 4, name_was_found, &found);
	failed += result_of("dns", turn_until(loop, &found));
	failed += result_of("tls", say_hello_in_tls(context));
	failed += result_of("keys", keys_can_be_made(keys));
	failed += result_of("limits", limits_can_be_asked_for());
	failed += result_of("memory", memory_works());
	resolver_free(resolver);
	loop_free(loop);
	tls_keys_free(keys);
	SSL_CTX_free(context);
	return failed != 0;
}

int main(int argc, char **argv)
{
	static char lines[BUFSIZ];

	/* Otherwise the first line would ask for a file's properties, behind the fence. */
	setvbuf(stdout, lines, _IOLBF, sizeof lines);
	return argc == 2 ? work(argv[1]) : 2;
}
