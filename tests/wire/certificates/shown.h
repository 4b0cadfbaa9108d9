/* SPDX-License-Identifier: Apache-2.0
 *
 * What make.py has made, and the exhibits that tests make of it.
 */
#ifndef TESTS_WIRE_CERTIFICATES_SHOWN_H
#define TESTS_WIRE_CERTIFICATES_SHOWN_H

#include "collectors/certificate_facts.h"
#include "collectors/trust.h"

/* The first of June 2026. */
#define SHOWN_AT (INT64_C(1780272000) * 1000000)

struct shown_file {
	uint8_t *bytes;		/* ended by NUL; to be freed */
	size_t length;
};

/* Fails the test when there is no such file. */
struct shown_file shown_load(const char *name, const char *suffix);
/* An open descriptor of it. */
int shown_open(const char *name, const char *suffix);

/* A chain, authorities or NULL, and a staple or NULL, by their names. */
struct shown {
	struct shown_file chain, authorities, staple;
	struct exhibit exhibit;		/* for the name pbx.example, at SHOWN_AT */
};

void shown_init(struct shown *shown, const char *chain, const char *authorities,
		const char *staple);
void shown_free(struct shown *shown);

/* NULL: no such fact. */
const struct fact *shown_fact(const struct facts *facts, enum certificate_fact fact);
const char *shown_text(const struct facts *facts, enum certificate_fact fact);
/* -1: no such fact. */
int shown_truth(const struct facts *facts, enum certificate_fact fact);

#endif
