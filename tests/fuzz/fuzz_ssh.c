/* SPDX-License-Identifier: Apache-2.0
 *
 * All that a server says, as the collector takes it: lines, its identification, packets. What
 * is accepted lies within what was said.
 */
#include <stdlib.h>

#include "collectors/ssh_weakness.h"
#include "collectors/ssh_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct reader *in, const struct ssh_text *text)
{
	const char *begin = (const char *)in->bytes, *end = begin + in->length;

	if (text->length && (text->bytes < begin || text->bytes + text->length > end))
		abort();
}

static bool hear_identification(struct reader *in)
{
	struct ssh_identification said;
	struct ssh_text line;

	do {
		if (ssh_take_line(in, &line) != TURN_NEXT_STEP)
			return false;
		check_text(in, &line);
	} while (!ssh_is_identification(&line));
	if (!ssh_read_identification(&line, &said))
		return false;
	check_text(in, &said.protocol);
	check_text(in, &said.software);
	check_text(in, &said.comment);
	return said.speaks_2;
}

static void check_lists(const struct reader *in, const struct ssh_heard *heard)
{
	for (enum ssh_list list = 0; list < SSH_LISTS; list++) {
		struct ssh_text rest = heard->lists[list], name;
		size_t count = 0;

		while (ssh_take_name(&rest, &name)) {
			check_text(in, &name);
			if (!name.length || name.length > SSH_NAME_MOST || ++count > SSH_NAMES_MOST)
				abort();
			if (ssh_is_sign(&name) && ssh_is_weak(list, &name))
				abort();
		}
	}
	ssh_is_open_to_terrapin(heard);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ssh_heard heard;
	struct reader in;
	enum turn turn;

	reader_init(&in, data, size);
	if (!hear_identification(&in))
		return 0;
	do {
		turn = ssh_take_packet(&in, &heard);
	} while (turn == TURN_GO_ON);
	check_text(&in, &heard.words);
	if (turn == TURN_CONCLUDED)
		check_lists(&in, &heard);
	return 0;
}
