/* SPDX-License-Identifier: Apache-2.0
 *
 * What keeps a number from being given twice when the database cannot tell: the greatest one
 * that somebody was told of before it was on disk, and one that none is beyond. A small file
 * beside the database, which is written over in place, as that works on a full disk too.
 */
#ifndef AGENT_ENGINE_STORE_MARKS_H
#define AGENT_ENGINE_STORE_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "ground/text.h"

struct store_marks {
	int fd;			/* -1: there is no file */
	uint64_t told, most;
	bool fresh;		/* not as in the file */
};

/* folder NULL: nothing is kept. False, and a line: it is there and cannot be read. */
bool store_marks_open(struct store_marks *marks, const char *folder, struct text *said);
void store_marks_close(struct store_marks *marks);
/* This number is told although it is not on disk. False: nobody will know that after a crash. */
bool store_marks_tell(struct store_marks *marks, uint64_t number);
/* Before numbers up to this one are given. */
void store_marks_give(struct store_marks *marks, uint64_t number);

#endif
