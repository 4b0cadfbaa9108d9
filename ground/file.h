/* SPDX-License-Identifier: Apache-2.0
 *
 * All that a descriptor has to say, and all that it shall hear, whatever interrupts us.
 */
#ifndef GROUND_FILE_H
#define GROUND_FILE_H

#include "ground/text.h"

/* Ends after `most` bytes and a little more, by which the caller sees that there are too
 * many. False: errno says why. */
bool file_read_all(int fd, size_t most, struct text *bytes);
/* The same of a path, which must be an ordinary file: a pipe would let the reader wait for
 * ever. False, and why, for people. */
bool file_read_ordinary(const char *path, size_t most, struct text *bytes, struct text *why);
bool file_write_all(int fd, const struct text *bytes);

#endif
