/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a check has to look so that it finds the demonstration, and nobody else.
 */
#ifndef CONTRIB_DEMO_PLACES_H
#define CONTRIB_DEMO_PLACES_H

#include "contrib/demo/demo.h"

struct request;

enum fate {
	FATE_STAYS,
	FATE_MOVES,
	FATE_LEFT_OUT
};

/* MOVES: `moved` becomes the new subject. LEFT_OUT: it becomes the reason, for people. */
enum fate place_decide(const struct demo *demo, const struct request *request,
		       struct text *moved);

#endif
