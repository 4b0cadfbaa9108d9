/* SPDX-License-Identifier: Apache-2.0
 *
 * What came of a request: facts, and how it ended. Facts gathered before a failure are kept.
 */
#ifndef COLLECTORS_OBSERVATION_H
#define COLLECTORS_OBSERVATION_H

#include "collectors/facts.h"
#include "collectors/request.h"
#include "net/address.h"
#include "net/outcome.h"

struct observation {
	struct address address;		/* family 0: it never came to that */
	int64_t started_wall_us;
	int64_t elapsed_us;
	struct outcome outcome;
	char *detail;			/* a few words more, escaped, for people; or NULL */
	char *step;			/* what outcome.step points to after decoding, or NULL */
	struct facts *facts;		/* never NULL */
};

struct observation *observation_new(void);
void observation_free(struct observation *observation);
void observation_encode(const struct observation *observation, struct writer *out);
/* NULL when the bytes are not an observation. */
struct observation *observation_decode(struct reader *in);
/* The object of DESIGN chapter 4, as an element or member `key`. */
void observation_to_json(const struct observation *observation, const struct request *request,
			 struct json *json, const char *key);

#endif
