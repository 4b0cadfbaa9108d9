/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts between processes: u16 count; per fact u8 collector, u8 row, then its value. A list
 * is u32 count and its elements; a text is u32 length and its bytes; a number of a list is
 * a u64; a record is a u16 count and per fact its u8 column and its value. What does not fit
 * the descriptor, or claims more than is there, is refused whole.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "ground/memory.h"

static void put_text(struct writer *out, const char *text)
{
	size_t length = strlen(text);

	writer_put_u32be(out, (uint32_t)length);
	writer_put(out, text, length);
}

static void put_records(struct writer *out, const struct fact *fact);

static void put_fact(struct writer *out, const struct fact *fact)
{
	uint64_t real;

	switch (fact->about->type) {
	case FACT_BOOLEAN:
		writer_put_u8(out, fact->truth);
		break;
	case FACT_INTEGER:
	case FACT_TIME:
		writer_put_u64be(out, (uint64_t)fact->integer);
		break;
	case FACT_REAL:
		memcpy(&real, &fact->real, sizeof real);
		writer_put_u64be(out, real);
		break;
	case FACT_TEXT:
		put_text(out, fact->text);
		break;
	case FACT_TEXTS:
		writer_put_u32be(out, (uint32_t)fact->count);
		for (size_t i = 0; i < fact->count; i++)
			put_text(out, fact->texts[i]);
		break;
	case FACT_NUMBERS:
		writer_put_u32be(out, (uint32_t)fact->count);
		for (size_t i = 0; i < fact->count; i++)
			writer_put_u64be(out, (uint64_t)fact->numbers[i]);
		break;
	case FACT_RECORDS:
		put_records(out, fact);
		break;
	}
}

static uint8_t column_of(const struct fact_descriptor *columns,
			 const struct fact_descriptor *about)
{
	uint8_t column = 0;

	while (columns[column].name && &columns[column] != about)
		column++;
	return column;
}

static void put_records(struct writer *out, const struct fact *fact)
{
	writer_put_u32be(out, (uint32_t)fact->count);
	for (size_t i = 0; i < fact->count; i++) {
		const struct facts *record = fact->records[i];
		size_t count = facts_count(record);

		writer_put_u16be(out, (uint16_t)count);
		for (size_t j = 0; j < count; j++) {
			const struct fact *cell = facts_at(record, j);

			writer_put_u8(out, column_of(fact->about->columns, cell->about));
			put_fact(out, cell);
		}
	}
}

void facts_encode(const struct facts *facts, struct writer *out)
{
	size_t count = facts_count(facts);

	writer_put_u16be(out, (uint16_t)count);
	for (size_t i = 0; i < count; i++) {
		const struct fact *fact = facts_at(facts, i);
		uint8_t collector = 0, row = 0;

		if (!fact_place(fact->about, &collector, &row))
			out->failed = true;
		writer_put_u8(out, collector);
		writer_put_u8(out, row);
		put_fact(out, fact);
	}
}

/* A copy that ends in NUL, or NULL: a NUL inside would hide what follows it. */
static char *take_text(struct reader *in)
{
	uint32_t length = reader_take_u32be(in);
	const uint8_t *bytes = reader_take(in, length);

	if (!bytes || memchr(bytes, 0, length)) {
		in->failed = true;
		return NULL;
	}
	return memory_copy_span((const char *)bytes, length);
}

static void take_single_text(struct reader *in, struct facts *facts,
			     const struct fact_descriptor *about)
{
	char *text = take_text(in);

	if (text)
		facts_set_text(facts, about, text);
	free(text);
}

static void take_texts(struct reader *in, struct facts *facts,
		       const struct fact_descriptor *about)
{
	uint32_t count = reader_take_u32be(in), have = 0;
	char **texts;

	/* Each text takes four bytes at least: the claim cannot make us take more memory
	 * than the message itself has. */
	if (count > reader_left(in) / 4) {
		in->failed = true;
		return;
	}
	texts = memory_new(count, sizeof *texts);
	while (have < count && (texts[have] = take_text(in)))
		have++;
	if (have == count)
		facts_set_texts(facts, about, (const char *const *)texts, count);
	for (uint32_t i = 0; i < have; i++)
		free(texts[i]);
	free(texts);
}

static void take_numbers(struct reader *in, struct facts *facts,
			 const struct fact_descriptor *about)
{
	uint32_t count = reader_take_u32be(in);
	int64_t *numbers;

	if (count > reader_left(in) / 8) {
		in->failed = true;
		return;
	}
	numbers = memory_new(count, sizeof *numbers);
	for (uint32_t i = 0; i < count; i++)
		numbers[i] = (int64_t)reader_take_u64be(in);
	facts_set_numbers(facts, about, numbers, count);
	free(numbers);
}

static void take_records(struct reader *in, struct facts *facts,
			 const struct fact_descriptor *about);

static void take_fact(struct reader *in, struct facts *facts,
		      const struct fact_descriptor *about)
{
	uint64_t bits;
	double real;

	switch (about->type) {
	case FACT_BOOLEAN:
		facts_set_boolean(facts, about, reader_take_u8(in) != 0);
		break;
	case FACT_INTEGER:
		facts_set_integer(facts, about, (int64_t)reader_take_u64be(in));
		break;
	case FACT_TIME:
		facts_set_time(facts, about, (int64_t)reader_take_u64be(in));
		break;
	case FACT_REAL:
		bits = reader_take_u64be(in);
		memcpy(&real, &bits, sizeof real);
		/* What is not a number compares with none: no expectation could be broken. */
		if (isfinite(real))
			facts_set_real(facts, about, real);
		else
			in->failed = true;
		break;
	case FACT_TEXT:
		take_single_text(in, facts, about);
		break;
	case FACT_TEXTS:
		take_texts(in, facts, about);
		break;
	case FACT_NUMBERS:
		take_numbers(in, facts, about);
		break;
	case FACT_RECORDS:
		take_records(in, facts, about);
		break;
	}
}

/* Records within records are nobody's: no table has them, so this ends. */
static void take_record(struct reader *in, struct facts *record,
			const struct fact_descriptor *columns)
{
	uint16_t count = reader_take_u16be(in);
	uint8_t known = 0;

	while (columns[known].name)
		known++;
	for (uint16_t i = 0; i < count && reader_ok(in); i++) {
		uint8_t column = reader_take_u8(in);

		if (column >= known)
			in->failed = true;
		else
			take_fact(in, record, &columns[column]);
	}
}

static void take_records(struct reader *in, struct facts *facts,
			 const struct fact_descriptor *about)
{
	uint32_t count = reader_take_u32be(in);

	/* A record costs more memory than its two bytes. */
	if (count > FACT_RECORDS_MOST)
		in->failed = true;
	for (uint32_t i = 0; i < count && reader_ok(in); i++)
		take_record(in, facts_add_record(facts, about), about->columns);
}

bool facts_decode(struct reader *in, struct facts *facts)
{
	uint16_t count = reader_take_u16be(in);

	for (uint16_t i = 0; i < count && reader_ok(in); i++) {
		uint8_t collector = reader_take_u8(in), row = reader_take_u8(in);
		const struct fact_descriptor *about =
			reader_ok(in) ? fact_at(collector, row) : NULL;

		if (!about)
			return false;
		take_fact(in, facts, about);
	}
	return reader_ok(in);
}
