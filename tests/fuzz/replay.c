/* SPDX-License-Identifier: Apache-2.0
 *
 * The main() of a fuzz target in `make check`: feeds it every seed of its corpus, each
 * also cut and changed at each byte, up to a bounded number. Speaks TAP. A target that
 * hangs is ended by an alarm, which counts as a failure.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATIENCE_SECONDS = 120, PLACES_MOST = 4096, SEED_MOST = 1 << 20 };

static size_t replay_bytes(const uint8_t *bytes, size_t length)
{
	/* Exactly as large as the input, so that a sanitizer sees every step beyond it. */
	uint8_t *copy = memory_new(length ? length : 1, 1);

	memcpy(copy, bytes, length);
	LLVMFuzzerTestOneInput(length ? copy : copy + 1, length);
	free(copy);
	return 1;
}

static size_t replay_seed(uint8_t *bytes, size_t length)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	size_t stride = length / PLACES_MOST + 1;
	size_t runs = replay_bytes(bytes, length);

	for (size_t at = 0; at < length; at += stride)
		runs += replay_bytes(bytes, at);
	for (size_t at = 0; at < length; at += stride) {
		uint8_t was = bytes[at];

		for (size_t i = 0; i < sizeof changes; i++) {
			bytes[at] = was ^ changes[i];
			runs += replay_bytes(bytes, length);
		}
		bytes[at] = 0;
		runs += replay_bytes(bytes, length);
		bytes[at] = was;
	}
	return runs;
}

static size_t replay_file(const char *path)
{
	uint8_t *bytes = memory_new(SEED_MOST, 1);
	FILE *file = fopen(path, "rb");
	size_t length, runs = 0;

	if (file) {
		length = fread(bytes, 1, SEED_MOST, file);
		runs = replay_seed(bytes, length);
		fclose(file);
	} else {
		printf("# cannot read %s\n", path);
	}
	free(bytes);
	return runs;
}

/* tests/fuzz/fuzz_smb replays tests/fuzz/corpus/smb. */
static const char *target_of(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;

	return strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name;
}

int main(int argc, char **argv)
{
	const char *source = getenv("top_srcdir");
	char folder[PATH_MAX], path[PATH_MAX];
	size_t seeds = 0, runs = 0, failures = 0;
	struct dirent *entry;
	DIR *corpus;

	if (argc > 1)
		return replay_file(argv[1]) ? 0 : 1;
	alarm(PATIENCE_SECONDS);
	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", source ? source : ".",
		 target_of(argv[0]));
	corpus = opendir(folder);
	while (corpus && (entry = readdir(corpus))) {
		struct stat about;
		size_t more;

		snprintf(path, sizeof path, "%.2048s/%s", folder, entry->d_name);
		if (stat(path, &about) < 0 || !S_ISREG(about.st_mode))
			continue;
		more = replay_file(path);
		failures += more == 0;
		runs += more;
		seeds++;
	}
	if (corpus)
		closedir(corpus);
	printf("1..1\n%s 1 - %s: %zu inputs made of %zu seeds in %s\n",
	       seeds && !failures ? "ok" : "not ok", target_of(argv[0]), runs, seeds, folder);
	return seeds && !failures ? 0 : 1;
}
