/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/fake_crew.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"

static void note_most(size_t value, size_t *most)
{
	if (value > *most)
		*most = value;
}

static void answer_some(void *arg)
{
	struct crew *crew = arg;

	for (size_t i = 0; i < crew->answers_per_turn && crew->count; i++) {
		struct errand errand = crew->waiting[0];
		struct observation *observation = observation_new();

		memmove(crew->waiting, crew->waiting + 1, --crew->count * sizeof errand);
		crew->of_prober[errand.key]--;
		(errand.wide ? crew->wide : crew->narrow)[errand.target]--;
		crew->at_port[errand.port]--;
		observation->started_wall_us = errand.target;
		if (crew->silent)
			observation->outcome = (struct outcome){ .stage = STAGE_CONNECT,
								 .reason = REASON_TIMED_OUT };
		errand.done(errand.arg, observation);
	}
	if (crew->count)
		timer_start(&crew->answer, crew->loop, 0, answer_some, crew);
}

/* The test's targets are told apart by their hosts: "0", "1" … */
void crew_observe(struct crew *crew, uint32_t key, const struct request *request,
		  void (*done)(void *arg, struct observation *observation), void *arg)
{
	struct errand *errand = &crew->waiting[crew->count++];

	*errand = (struct errand){ .done = done, .arg = arg, .key = key };
	errand->target = (uint32_t)strtoul(request->host, NULL, 10);
	errand->wide = request->subject.first == request->subject.last &&
		       !strcmp(request->collector->name, "port");
	crew->order[crew->asked++] = errand->target;
	note_most(++(errand->wide ? crew->wide : crew->narrow)[errand->target],
		  errand->wide ? &crew->wide_most : &crew->narrow_most);
	note_most(++crew->of_prober[key], &crew->prober_most);
	errand->port = request->subject.first;
	note_most(++crew->at_port[errand->port], &crew->port_most);
	if (crew->answers_per_turn && !crew->answer.running)
		timer_start(&crew->answer, crew->loop, 0, answer_some, crew);
}

void crew_forget(struct crew *crew)
{
	crew->forgotten += crew->count;
	crew->count = 0;
}

size_t crew_size(const struct crew *crew)
{
	return crew->size;
}
