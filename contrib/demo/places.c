/* SPDX-License-Identifier: Apache-2.0 */
#include "contrib/demo/places.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collectors/request.h"
#include "ground/text.h"

static const struct stand *stand_at(const struct demo *demo, const char *host)
{
	for (size_t i = 0; i < demo->stand_count; i++) {
		const struct stand *stand = &demo->stands[i];

		if (!strcmp(stand->where, host))
			return stand;
		for (const char *const *name = stand->system->names; name && *name; name++)
			if (!strcasecmp(*name, host))
				return stand;
	}
	return NULL;
}

static const struct post *
post_of(const struct stand *stand, enum service_kind kind, unsigned port)
{
	for (size_t i = 0; i < stand->post_count; i++) {
		const struct service *service = stand->posts[i].scene.service;

		if (service->kind == kind && service->port == port)
			return &stand->posts[i];
	}
	return NULL;
}

/* Whether the machine says that nobody is there, as it does at once on loopback. It may have
 * services of its own that listen on all its addresses. */
static bool is_refused(const struct address *address, int type, unsigned port)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	struct address place = *address;
	struct sockaddr_storage name;
	bool refused;
	socklen_t width;
	char byte = 0;

	if (fd < 0)
		return false;
	place.port = (uint16_t)port;
	width = address_to_socket(&place, &name);
	refused = connect(fd, (struct sockaddr *)&name, width) < 0 && errno == ECONNREFUSED;
	if (type == SOCK_DGRAM)
		refused = send(fd, &byte, 1, 0) == 1 &&
			  recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNREFUSED;
	close(fd);
	return refused;
}

/* What UDP services speak is asked for by their port number: those cannot be moved. */
static enum fate decide_udp(const struct stand *stand, const struct subject *subject,
			    struct text *moved)
{
	for (unsigned port = subject->first; port <= subject->last; port++) {
		const struct post *post = post_of(stand, SERVICE_UDP, port);

		if (post ? post->port == port : is_refused(&stand->address, SOCK_DGRAM, port))
			continue;
		text_add_format(moved, "udp/%u %s", port,
				post ? "belongs to root or to another program"
				     : "is open on this machine");
		return FATE_LEFT_OUT;
	}
	return FATE_STAYS;
}

/* Whether all of them are found when one looks that much higher. */
static bool fits(const struct stand *stand, const struct subject *subject, unsigned by)
{
	if (subject->last + by > UINT16_MAX)
		return false;
	for (unsigned port = subject->first; port <= subject->last; port++) {
		const struct post *post = post_of(stand, SERVICE_TCP, port);

		if (post ? post->port != port + by
			 : !is_refused(&stand->address, SOCK_STREAM, port + by))
			return false;
	}
	return true;
}

static void add_moved(const struct subject *subject, unsigned by, struct text *moved)
{
	const char *text = subject->text, *mark = strstr(text, "://"), *host;

	if (subject->kind & (SUBJECT_TCP | SUBJECT_TLS)) {
		text_add_format(moved, "%.*s/%u", (int)strcspn(text, "/"), text,
				subject->first + by);
		if (subject->last != subject->first)
			text_add_format(moved, "-%u", subject->last + by);
	} else if (!mark) {
		text_add_format(moved, "https://*:%u%s", subject->first + by, text);
	} else {
		host = mark + strlen("://");
		text_add_format(moved, "%.*s:%u%s", (int)(host + strcspn(host, ":/") - text),
				text, subject->first + by,
				host + strcspn(host, "/"));
	}
}

enum fate place_decide(const struct demo *demo, const struct request *request,
		       struct text *moved)
{
	const struct subject *subject = &request->subject;
	const struct stand *stand = stand_at(demo, request->host);

	/* Names are asked of the demonstration's own name server. */
	if (subject->kind == SUBJECT_NAME)
		return FATE_STAYS;
	if (!stand) {
		text_add_format(moved, "%s is not simulated", request->host);
		return FATE_LEFT_OUT;
	}
	if (subject->kind == SUBJECT_UDP)
		return decide_udp(stand, subject, moved);
	for (unsigned move = 0; move <= MOVES_MOST; move++) {
		if (!fits(stand, subject, move * MOVE_BY))
			continue;
		if (move)
			add_moved(subject, move * MOVE_BY, moved);
		return move ? FATE_MOVES : FATE_STAYS;
	}
	text_add_format(moved, "the ports of %s are taken", subject->text);
	return FATE_LEFT_OUT;
}
