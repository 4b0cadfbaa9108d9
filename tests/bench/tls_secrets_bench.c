/* SPDX-License-Identifier: Apache-2.0
 *
 * tls_secrets_bench COUNT: derives the keys of a TLS 1.3 handshake COUNT times for each group
 * and opens a flight of four records' size; prints microseconds of CPU for each part.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collectors/tls/tls_secrets.h"

static double cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static bool derive(struct tls_keys *keys, const struct tls_key_share *servers)
{
	static const uint8_t message[300];
	struct tls_secrets *secrets = tls_secrets_new(keys);
	bool derived;

	tls_secrets_add_message(secrets, message, sizeof message);
	tls_secrets_add_message(secrets, message, 122);
	derived = tls_secrets_derive(secrets, 0x1301, servers);
	tls_secrets_free(secrets);
	return derived;
}

static bool bench_groups(struct tls_keys *keys, struct tls_keys *servers, long count)
{
	size_t groups;
	const uint16_t *group = tls_keys_groups(&groups);

	for (size_t i = 0; i < groups; i++) {
		struct tls_key_share share, ours;
		double began;

		if (!tls_keys_share(servers, group[i], &share) ||
		    !tls_keys_share(keys, group[i], &ours))
			return false;
		began = cpu_us();
		for (long n = 0; n < count; n++)
			if (!derive(keys, &share))
				return false;
		printf("derive, group %u: %.1f\n", group[i], (cpu_us() - began) / (double)count);
	}
	return true;
}

static void bench_schedule(struct tls_keys *keys, long count)
{
	static const uint16_t suites[] = { 0x1301, 0x1302, 0x1303, 0x1304, 0x1305 };
	static const uint8_t message[422];
	uint8_t fragment[700];

	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
		double began = cpu_us();

		for (long n = 0; n < count; n++) {
			struct tls_secrets *secrets = tls_secrets_new(keys);
			size_t length;
			uint8_t type;

			tls_secrets_add_message(secrets, message, sizeof message);
			tls_secrets_derive_from(secrets, suites[i], message, 32);
			for (int record = 0; record < 2; record++) {
				memset(fragment, 0, sizeof fragment);
				tls_secrets_open(secrets, fragment, sizeof fragment, &length,
						 &type);
			}
			tls_secrets_free(secrets);
		}
		printf("schedule and two records, suite %04x: %.1f\n", suites[i],
		       (cpu_us() - began) / (double)count);
	}
}

int main(int argc, char **argv)
{
	long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	struct tls_keys *keys, *servers;
	double began;
	bool done;

	if (count < 1) {
		fprintf(stderr, "usage: tls_secrets_bench COUNT\n");
		return 3;
	}
	began = cpu_us();
	keys = tls_keys_new();
	printf("algorithms, once: %.1f\n", cpu_us() - began);
	servers = tls_keys_new();
	done = bench_groups(keys, servers, count);
	bench_schedule(keys, count);
	tls_keys_free(servers);
	tls_keys_free(keys);
	return done ? 0 : 1;
}
