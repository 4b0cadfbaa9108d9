/* SPDX-License-Identifier: Apache-2.0
 *
 * Replies of a real smbd, recorded by record.sh: SERVER_QUESTION, the questions being those
 * of offers.h and the servers those of record.sh.
 */
#ifndef TESTS_WIRE_SMB_SAMPLES_H
#define TESTS_WIRE_SMB_SAMPLES_H

#include "tests/wire/smb/offers.h"

enum { SAMPLE_ROOM = 1024, FRAME_BYTES = 4 };

struct sample {
	const struct smb_offer *offer;
	size_t length;
	uint8_t bytes[SAMPLE_ROOM];
};

/* Fails the test when there is no such file. */
void sample_load(struct sample *sample, const char *server, const char *question);
/* Makes the frame say that it is as long as it is. */
void sample_frame(struct sample *sample);

#endif
