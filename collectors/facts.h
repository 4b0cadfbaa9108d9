/* SPDX-License-Identifier: Apache-2.0
 *
 * The one currency: names and typed values. Each collector describes its facts in a table;
 * the judge, the JSON, the metrics, `observe`, the MIB and the manual read that table, so
 * a new fact is a new row and no face changes.
 */
#ifndef COLLECTORS_FACTS_H
#define COLLECTORS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ground/json.h"
#include "net/bytes.h"

enum fact_type {
	FACT_BOOLEAN,
	FACT_INTEGER,
	FACT_REAL,
	FACT_TIME,	/* wall clock, microseconds */
	FACT_TEXT,
	FACT_TEXTS,	/* a list */
	FACT_NUMBERS,	/* a list */
	FACT_RECORDS	/* a list of sets of facts, each of the rows in `columns` */
};

/* A list of records cannot be longer. */
enum { FACT_RECORDS_MOST = 16384 };

/* Of which subjects a fact can be told. */
enum fact_subjects { FACT_OF_ANY, FACT_OF_ONE_PORT, FACT_OF_RANGE };

/* What of a fact is the same at the next look, when nothing has changed. */
enum fact_lasting {
	FACT_LASTS,
	FACT_NAMES_LAST,	/* of texts such as "name: value" */
	FACT_FLEETS		/* nothing: a time that passes, an address that takes turns */
};

struct fact_descriptor {
	const char *name;		/* "smb.signing"; a table ends with NULL */
	enum fact_type type;
	const char *unit;		/* "seconds", or NULL */
	const char *help;		/* one sentence */
	const char *metric;		/* without the prefix: "smb_signing_required", or NULL */
	const char *const *words;	/* the only values a text can have, or NULL */
	const struct fact_descriptor *columns;	/* of records; ended by a row without a name */
	enum fact_subjects told_of;
	enum fact_lasting lasting;
	bool needs_access;		/* only seen with the request's snmp_access */
};

struct fact {
	const struct fact_descriptor *about;
	size_t count;			/* of a list */
	union {
		bool truth;
		int64_t integer;	/* and FACT_TIME */
		double real;
		const char *text;
		const char *const *texts;
		const int64_t *numbers;
		struct facts *const *records;
	};
};

/* A set of facts with the memory of its values; at most one fact per descriptor. */
struct facts;

struct facts *facts_new(void);
void facts_free(struct facts *facts);
size_t facts_count(const struct facts *facts);
const struct fact *facts_at(const struct facts *facts, size_t index);
const struct fact *facts_get(const struct facts *facts, const struct fact_descriptor *about);
/* Values are copied; setting a fact again replaces it. */
void facts_set_boolean(struct facts *facts, const struct fact_descriptor *about, bool truth);
void facts_set_integer(struct facts *facts, const struct fact_descriptor *about, int64_t number);
void facts_set_real(struct facts *facts, const struct fact_descriptor *about, double number);
void facts_set_time(struct facts *facts, const struct fact_descriptor *about, int64_t wall_us);
void facts_set_text(struct facts *facts, const struct fact_descriptor *about, const char *text);
void facts_set_foreign(struct facts *facts, const struct fact_descriptor *about,
		       const void *bytes, size_t length);
void facts_set_texts(struct facts *facts, const struct fact_descriptor *about,
		     const char *const *texts, size_t count);
void facts_set_numbers(struct facts *facts, const struct fact_descriptor *about,
		       const int64_t *numbers, size_t count);
/* Appends an empty record to the list, or begins it; the record stays the set's. */
struct facts *facts_add_record(struct facts *facts, const struct fact_descriptor *about);
/* As if it had never been set. */
void facts_drop(struct facts *facts, const struct fact_descriptor *about);

/* For people: "TLS1.2 TLS1.3", "true", "0.041". Runs of numbers as 5060-5062. */
void fact_describe(const struct fact *fact, struct text *out);
/* {"smb.signing":"required", …} as the member `key`. */
void facts_to_json(const struct facts *facts, struct json *json, const char *key);

/* facts_wire.c: the compact message encoding; decode is for bytes nobody vouches for. */
void facts_encode(const struct facts *facts, struct writer *out);
bool facts_decode(struct reader *in, struct facts *facts);

#endif
