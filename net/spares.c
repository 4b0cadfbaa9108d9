/* SPDX-License-Identifier: Apache-2.0 */
#include "net/spares.h"

#include <stdlib.h>
#include <unistd.h>

#include "ground/memory.h"

enum { SPARES_MOST = 16, FAMILIES = 2 };

struct spares {
	int fds[FAMILIES][SPARES_MOST];
	unsigned counts[FAMILIES];
};

struct spares *spares_new(void)
{
	return memory_new(1, sizeof(struct spares));
}

void spares_free(struct spares *spares)
{
	if (!spares)
		return;
	for (unsigned family = 0; family < FAMILIES; family++)
		for (unsigned i = 0; i < spares->counts[family]; i++)
			close(spares->fds[family][i]);
	free(spares);
}

int spares_take(struct spares *spares, uint8_t family)
{
	unsigned six = family == 6;

	return spares->counts[six] ? spares->fds[six][--spares->counts[six]] : -1;
}

void spares_keep(struct spares *spares, uint8_t family, int fd)
{
	unsigned six = family == 6;

	if (spares->counts[six] < SPARES_MOST)
		spares->fds[six][spares->counts[six]++] = fd;
	else
		close(fd);
}
