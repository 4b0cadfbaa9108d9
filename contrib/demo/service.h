/* SPDX-License-Identifier: Apache-2.0
 *
 * What the simulated systems offer at their ports. systems.c is the table of them, serve.c
 * lets them speak; the other files of services know one protocol each.
 */
#ifndef CONTRIB_DEMO_SERVICE_H
#define CONTRIB_DEMO_SERVICE_H

#include "contrib/demo/tls_service.h"
#include "net/bytes.h"

enum service_kind { SERVICE_TCP, SERVICE_UDP };

enum { SERVICE_REPLY_MOST = 2048 };

/* What comes after an answer. */
enum follows {
	FOLLOWS_MORE,	/* of the same; a visitor to whom nothing was said is shown out */
	FOLLOWS_TLS,	/* the handshake (STARTTLS) */
	FOLLOWS_END
};

/* Where a service is. */
struct scene {
	const struct service *service;
	const char *address;
	const char *const *names;	/* of hosts there, ended by NULL; or NULL */
	uint16_t https_port;	/* of the same system; it may have been moved */
};

struct service {
	const char *title;	/* NULL: the end of a table */
	enum service_kind kind;
	uint16_t port;
	const struct tls_manner *tls;	/* NULL: it knows none */
	bool tls_later;		/* not from the first byte, but after FOLLOWS_TLS */
	void (*greet)(const struct scene *scene, struct writer *out);
	/* NULL: it listens and says nothing. */
	enum follows (*answer)(const struct scene *scene, struct reader *in,
			       struct writer *out);
	const struct page *pages;	/* of a web server, ended by one without a path */
};

/* What a web server says to a path; to others it says 404. */
struct page {
	const char *path;
	unsigned status;
	const char *head;	/* lines of headers with their ends. A '*' in it stands for the
				   system's own https://HOST:PORT. */
};

enum follows web_answer(const struct scene *scene, struct reader *in, struct writer *out);
enum follows sip_answer(const struct scene *scene, struct reader *in, struct writer *out);
enum follows smb_answer(const struct scene *scene, struct reader *in, struct writer *out);
enum follows name_answer(const struct scene *scene, struct reader *in, struct writer *out);
enum follows xmpp_answer(const struct scene *scene, struct reader *in, struct writer *out);
void ftp_greet(const struct scene *scene, struct writer *out);
void ssh_greet(const struct scene *scene, struct writer *out);
enum follows ssh_answer(const struct scene *scene, struct reader *in, struct writer *out);

#endif
