/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire/smb/samples.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"

void sample_load(struct sample *sample, const char *server, const char *question)
{
	const char *root = getenv("top_srcdir");
	char path[4096];

	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/smb/%s_%s", root ? root : ".", server,
		 question);
	FILE *file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot read %s", path);
	int offer = fgetc(file);
	assert_in_range(offer, 0, OFFERS - 1);
	sample->offer = &offers[offer].offer;
	sample->length = fread(sample->bytes, 1, sizeof sample->bytes, file);
	fclose(file);
}

void sample_frame(struct sample *sample)
{
	sample->bytes[1] = 0;
	sample->bytes[2] = (uint8_t)((sample->length - FRAME_BYTES) >> 8);
	sample->bytes[3] = (uint8_t)(sample->length - FRAME_BYTES);
}
