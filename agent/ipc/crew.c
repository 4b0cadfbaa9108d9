/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/ipc/crew.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "agent/ipc/channel.h"
#include "agent/ipc/shelf.h"
#include "agent/ipc/spawn.h"
#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

/* A prober ends each run at its deadline. One that has not answered so long after it is
 * stuck or stopped: three looks, because our own loop may have been the late one. */
#define OVERDUE_US (2 * CLOCK_SECOND)
#define LOOK_EVERY_US CLOCK_SECOND
enum { LOOKS = 3, PROBERS_MOST = 256, LINES_PER_SECOND = 100 };

/* One that dies again so soon is started again after a pause that doubles. */
#define SOON_US (10 * CLOCK_SECOND)
#define PAUSE_LEAST_US (100 * CLOCK_MILLISECOND)
#define PAUSE_MOST_US (5 * CLOCK_SECOND)

enum ticket_state { TICKET_FREE, TICKET_TAKEN, TICKET_FORGOTTEN };

struct ticket {
	enum ticket_state state;
	uint32_t next_free;
	const struct request *request;
	int64_t overdue_us;
	void (*done)(void *arg, struct observation *observation);
	void *arg;
};

enum { NO_TICKET = UINT32_MAX };

struct prober {
	struct crew *crew;
	unsigned number;
	pid_t pid;
	struct channel *channel;	/* NULL: it is dead, and `pause` runs */
	struct ticket *tickets;
	size_t count, room;
	uint32_t first_free;
	size_t taken;			/* and forgotten ones: what it still owes us */
	uint32_t authorities_sent;	/* of the crew's shelf, from its beginning */
	int64_t started_us;
	int64_t pause_us;
	struct timer pause;
	unsigned looks;
	unsigned lines;			/* logged since */
	int64_t lines_since_us;
	bool started;			/* it has been needed */
	bool ready;
	struct fence_report fence;
};

struct crew {
	struct loop *loop;
	struct prober_settings settings;
	unsigned size, restarts;
	struct timer look;
	struct shelf authorities;
	struct prober probers[];	/* `size` of them, and one of each other kind */
};

static bool prober_says(void *arg, uint8_t kind, struct reader *body);
static void prober_has_closed(void *arg, const char *why);
static void look_after_probers(void *arg);

/* All up to this number: the prober counts along. */
static void send_authorities(struct prober *prober, uint32_t number)
{
	while (prober->authorities_sent < number) {
		uint32_t next = ++prober->authorities_sent;

		message_put_authorities(channel_out(prober->channel), next,
					shelf_at(&prober->crew->authorities, next));
	}
}

/* Its time counts from here: a ticket held while there was no prober is not late yet. */
static void send_request(struct prober *prober, uint32_t number)
{
	struct ticket *ticket = &prober->tickets[number];
	uint32_t authorities =
		shelf_number(&prober->crew->authorities, ticket->request->authorities);

	ticket->overdue_us = loop_now_us(prober->crew->loop) +
			     ticket->request->timeout_ms * CLOCK_MILLISECOND + OVERDUE_US;
	send_authorities(prober, authorities);
	message_put_observe(channel_out(prober->channel), number, authorities, ticket->request);
}

static uint32_t ticket_take(struct prober *prober)
{
	uint32_t ticket = prober->first_free;

	if (ticket == NO_TICKET) {
		prober->tickets = memory_room_for(prober->tickets, prober->count, &prober->room,
						  sizeof *prober->tickets);
		ticket = (uint32_t)prober->count++;
	} else {
		prober->first_free = prober->tickets[ticket].next_free;
	}
	prober->taken++;
	return ticket;
}

static void ticket_give_back(struct prober *prober, uint32_t ticket)
{
	prober->tickets[ticket].state = TICKET_FREE;
	prober->tickets[ticket].next_free = prober->first_free;
	prober->first_free = ticket;
	prober->taken--;
}

/* Every ticket held while it was dead goes out with the start. */
static void prober_start(struct prober *prober)
{
	struct crew *crew = prober->crew;
	const struct channel_user user = {
		.message = prober_says,
		.closed = prober_has_closed,
		.arg = prober,
	};
	struct prober_settings settings = crew->settings;
	int fd = spawn_process(crew->settings.program, "prober", &prober->pid);

	settings.kind = prober->number < crew->size
				? PROBER_OUTSIDE
				: PROBER_INSIDE + (prober->number - crew->size);
	prober->started = true;
	prober->started_us = clock_monotonic_us();
	prober->looks = 0;
	prober->authorities_sent = 0;
	if (fd < 0) {
		prober->pid = 0;
		prober_has_closed(prober, strerror(errno));
		return;
	}
	prober->channel = channel_new(crew->loop, fd, &user);
	message_put_settings(channel_out(prober->channel), &settings);
	for (uint32_t i = 0; i < prober->count; i++)
		if (prober->tickets[i].state == TICKET_TAKEN)
			send_request(prober, i);
}

static void prober_pause_is_over(void *arg)
{
	struct prober *prober = arg;

	prober->crew->restarts++;
	prober_start(prober);
}

/* At once, unless it has lived for a short time only. */
static void prober_start_again(struct prober *prober)
{
	int64_t now_us = clock_monotonic_us();

	if (now_us - prober->started_us > SOON_US)
		prober->pause_us = 0;
	timer_start(&prober->pause, prober->crew->loop, now_us + prober->pause_us,
		    prober_pause_is_over, prober);
	prober->pause_us = prober->pause_us ? 2 * prober->pause_us : PAUSE_LEAST_US;
	if (prober->pause_us > PAUSE_MOST_US)
		prober->pause_us = PAUSE_MOST_US;
}

/* Waits for it, which is short: it is dead or gets killed here. */
static int prober_bury(struct prober *prober)
{
	int status = 0;

	if (prober->pid) {
		kill(prober->pid, SIGKILL);
		while (waitpid(prober->pid, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	prober->pid = 0;
	return status;
}

static void log_death(const struct prober *prober, const char *why, int status)
{
	bool killed = WIFSIGNALED(status);

	log_warn("crew", "prober %u: %s, %s %d, with %zu observations under way",
		 prober->number, why, killed ? "ended by signal" : "ended with",
		 killed ? WTERMSIG(status) : WEXITSTATUS(status), prober->taken);
}

static struct observation *died_observation(void)
{
	struct observation *observation = observation_new();

	observation->started_wall_us = clock_wall_us();
	observation->outcome =
		(struct outcome){ .stage = STAGE_PROBER, .reason = REASON_PROBER_DIED };
	return observation;
}

/* What it was busy with, so that answering can ask for something new. */
static struct ticket *take_all_tickets(struct prober *prober, size_t *count)
{
	struct ticket *taken = memory_new(prober->taken, sizeof *taken);

	*count = 0;
	for (uint32_t i = 0; i < prober->count; i++) {
		if (prober->tickets[i].state == TICKET_TAKEN)
			taken[(*count)++] = prober->tickets[i];
		if (prober->tickets[i].state != TICKET_FREE)
			ticket_give_back(prober, i);
	}
	return taken;
}

static void prober_has_closed(void *arg, const char *why)
{
	struct prober *prober = arg;
	struct ticket *taken;
	size_t count;

	log_death(prober, why, prober_bury(prober));
	channel_free(prober->channel);
	prober->channel = NULL;
	prober->ready = false;
	taken = take_all_tickets(prober, &count);
	prober_start_again(prober);
	for (size_t i = 0; i < count; i++)
		taken[i].done(taken[i].arg, died_observation());
	free(taken);
}

static bool prober_observed(struct prober *prober, struct reader *body)
{
	uint32_t number;
	struct observation *observation = message_take_observed(body, &number);
	struct ticket ticket;

	if (!observation)
		return false;
	if (number >= prober->count || prober->tickets[number].state == TICKET_FREE) {
		observation_free(observation);
		return false;
	}
	ticket = prober->tickets[number];
	ticket_give_back(prober, number);
	if (ticket.state == TICKET_FORGOTTEN)
		observation_free(observation);
	else
		ticket.done(ticket.arg, observation);
	return true;
}

/* The topic is ours to say, and a prober gone mad shall not fill the disk. */
static bool prober_logged(struct prober *prober, struct reader *body)
{
	int64_t now_us = loop_now_us(prober->crew->loop);
	char topic[32], line[1024];
	uint8_t level;

	if (!message_take_log(body, &level, topic, line))
		return false;
	if (now_us - prober->lines_since_us > CLOCK_SECOND) {
		prober->lines_since_us = now_us;
		prober->lines = 0;
	}
	if (prober->lines++ < LINES_PER_SECOND)
		log_relay((enum log_level)level, "prober", line);
	return true;
}

static bool prober_says(void *arg, uint8_t kind, struct reader *body)
{
	struct prober *prober = arg;

	switch (kind) {
	case MESSAGE_READY:
		prober->ready = message_take_ready(body, &prober->fence);
		return prober->ready;
	case MESSAGE_OBSERVED:
		return prober_observed(prober, body);
	case MESSAGE_LOG:
		return prober_logged(prober, body);
	default:
		return false;
	}
}

static unsigned all_probers(const struct crew *crew)
{
	return crew->size + PROBER_KINDS - PROBER_INSIDE;
}

static bool prober_is_overdue(const struct prober *prober, int64_t now_us)
{
	for (uint32_t i = 0; i < prober->count; i++)
		if (prober->tickets[i].state != TICKET_FREE &&
		    prober->tickets[i].overdue_us < now_us)
			return true;
	return false;
}

static void look_after_probers(void *arg)
{
	struct crew *crew = arg;
	int64_t now_us = clock_monotonic_us();

	for (unsigned i = 0; i < all_probers(crew); i++) {
		struct prober *prober = &crew->probers[i];

		prober->looks = prober_is_overdue(prober, now_us) ? prober->looks + 1 : 0;
		/* Its end is seen as any other's, from the socket. */
		if (prober->looks >= LOOKS && prober->pid) {
			log_error("crew", "prober %u does not answer any more and is ended", i);
			kill(prober->pid, SIGKILL);
		}
	}
	if (crew_under_way(crew))
		timer_start(&crew->look, crew->loop, now_us + LOOK_EVERY_US, look_after_probers,
			    crew);
}

unsigned crew_usual_size(void)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof cpus, &cpus))
		return 1;
	return (unsigned)CPU_COUNT(&cpus);
}

struct crew *crew_new(struct loop *loop, unsigned probers, const struct prober_settings *settings)
{
	unsigned size = probers ? probers : crew_usual_size();
	struct crew *crew;

	if (size > PROBERS_MOST)
		size = PROBERS_MOST;
	crew = memory_new(1, sizeof *crew + (size + PROBER_KINDS) * sizeof *crew->probers);
	crew->loop = loop;
	crew->size = size;
	crew->settings = *settings;
	for (unsigned i = 0; i < all_probers(crew); i++) {
		struct prober *prober = &crew->probers[i];

		prober->crew = crew;
		prober->number = i;
		prober->first_free = NO_TICKET;
	}
	return crew;
}

void crew_start(struct crew *crew)
{
	for (unsigned i = 0; i < crew->size; i++)
		if (!crew->probers[i].started)
			prober_start(&crew->probers[i]);
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	timer_stop(&crew->look);
	for (unsigned i = 0; i < all_probers(crew); i++) {
		struct prober *prober = &crew->probers[i];

		channel_free(prober->channel);
		prober_bury(prober);
		timer_stop(&prober->pause);
		free(prober->tickets);
	}
	shelf_free(&crew->authorities);
	free(crew);
}

void crew_observe(struct crew *crew, uint32_t key, const struct request *request,
		  void (*done)(void *arg, struct observation *observation), void *arg)
{
	enum prober_kind kind = prober_kind_for(request->collector);
	struct prober *prober = &crew->probers[kind == PROBER_OUTSIDE
						       ? key % crew->size
						       : crew->size + kind - PROBER_INSIDE];
	uint32_t number;

	if (!prober->started)
		prober_start(prober);
	number = ticket_take(prober);
	prober->tickets[number] = (struct ticket){
		.state = TICKET_TAKEN,
		.request = request,
		.overdue_us = INT64_MAX,
		.done = done,
		.arg = arg,
	};
	if (prober->channel)
		send_request(prober, number);
	if (!crew->look.running)
		timer_start(&crew->look, crew->loop, loop_now_us(crew->loop) + LOOK_EVERY_US,
			    look_after_probers, crew);
}

void crew_forget(struct crew *crew)
{
	for (unsigned i = 0; i < all_probers(crew); i++) {
		struct prober *prober = &crew->probers[i];

		for (uint32_t j = 0; j < prober->count; j++) {
			if (prober->tickets[j].state != TICKET_TAKEN)
				continue;
			prober->tickets[j].state = TICKET_FORGOTTEN;
			if (!prober->channel)
				ticket_give_back(prober, j);
		}
	}
}

size_t crew_under_way(const struct crew *crew)
{
	size_t taken = 0;

	for (unsigned i = 0; i < all_probers(crew); i++)
		taken += crew->probers[i].taken;
	return taken;
}

size_t crew_size(const struct crew *crew)
{
	return crew->size;
}

unsigned crew_restarts(const struct crew *crew)
{
	return crew->restarts;
}

bool crew_fence(const struct crew *crew, struct fence_report *report)
{
	*report = crew->probers[0].fence;
	for (unsigned i = 0; i < crew->size; i++) {
		const struct fence_report *fence = &crew->probers[i].fence;

		if (!crew->probers[i].ready)
			return false;
		if (fence->no_new_privileges < report->no_new_privileges)
			report->no_new_privileges = fence->no_new_privileges;
		if (fence->seccomp < report->seccomp)
			report->seccomp = fence->seccomp;
		if (fence->landlock < report->landlock)
			report->landlock = fence->landlock;
		if (!fence->user)
			report->user = 0;
	}
	return true;
}
