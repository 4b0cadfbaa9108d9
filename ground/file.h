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
bool file_write_all(int fd, const struct text *bytes);

#endif
