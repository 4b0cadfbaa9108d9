/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "collectors/document.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/certificate_facts.h"
#include "collectors/collector.h"
#include "collectors/http_facts.h"
#include "collectors/trust.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/pace.h"

enum { HEAD_MOST = 32 << 10, REDIRECTS_MOST = 1, STATUS_OK = 200, ETAG_MOST = 256, HEADERS = 2 };

static const struct fact_descriptor facts[] = {
	[DOCUMENT_STATUS] = { .name = "document.status", .type = FACT_INTEGER,
			      .help = "The status of the answer." },
	[DOCUMENT_TYPE] = { .name = "document.type", .type = FACT_TEXT,
			    .help = "What the server says it is." },
	[DOCUMENT_LOCATION] = { .name = "document.location", .type = FACT_TEXT,
				.help = "Where the server sends us instead." },
	[DOCUMENT_ETAG] = { .name = "document.etag", .type = FACT_TEXT,
			    .help = "What the server calls this version of it." },
	[DOCUMENT_BODY] = { .name = "document.body", .type = FACT_TEXT,
			    .help = "All of it." },
	[DOCUMENT_BODY + 1] = { .name = NULL }
};

struct errand {
	struct run *run;
	struct url url;
	struct route route;
	char address[ADDRESS_ROOM];
	struct http_place place;
	struct http_target target;
	unsigned redirects;
	struct fetch_header asking[HEADERS];
	size_t asking_count;
	struct pace pace;
	struct fetch *fetch;
};

const struct fact_descriptor *document_fact(enum document_fact fact)
{
	return &facts[fact];
}

/* --- whom we ask ----------------------------------------------------------- */

static bool is_true(const struct facts *shown, enum certificate_fact which)
{
	const struct fact *fact = facts_get(shown, certificate_fact(which));

	return fact && fact->truth;
}

/* In a handshake of older versions somebody on the way may choose how weak it is. */
static bool is_new_enough(const char *version)
{
	return version && (!strcmp(version, "TLSv1.2") || !strcmp(version, "TLSv1.3"));
}

static bool is_whom_we_trust(void *arg, const struct fetch_end *end)
{
	const struct errand *errand = arg;
	struct run *run = errand->run;
	const char *name = request_verified_name(run->request);
	const struct exhibit exhibit = {
		.chain = end->chain, .staple = end->staple, .cut = end->chain_cut,
		.name = name, .authorities = run->request->authorities,
		.wall_us = clock_wall_us()
	};
	struct facts *shown = facts_new();
	const struct fact *error;
	bool good = false;

	if (!is_new_enough(end->tls_version))
		run_note(run, "the server speaks no newer TLS than %s", end->tls_version);
	else if (!end->chain.length || !trust_examine(run_trust(run), &exhibit, shown))
		run_note(run, "the server shows no certificate");
	else if (!is_true(shown, CERT_TRUSTED))
		run_note(run, "its certificate is not trusted: %s",
			 (error = facts_get(shown, certificate_fact(CERT_TRUST_ERROR)))
				 ? error->text : "nobody says why");
	else if (!is_true(shown, CERT_NAME_MATCH))
		run_note(run, "its certificate does not name %s", name);
	else
		good = true;
	facts_free(shown);
	return good;
}

/* --- what came of it ------------------------------------------------------- */

static const char *header_of(const struct fetch_end *end, const char *name)
{
	for (size_t i = 0; i < end->header_count; i++)
		if (!strcmp(end->headers[i].name, name))
			return end->headers[i].value;
	return NULL;
}

static void tell_header(const struct fetch_end *end, const char *name, enum document_fact fact,
			struct facts *told)
{
	const char *value = header_of(end, name);

	if (value)
		facts_set_foreign(told, &facts[fact], value, strlen(value));
}

/* It is sent back as it came, so only when there is nothing in it but what RFC 9110 allows. */
static void tell_etag(const struct fetch_end *end, struct facts *told)
{
	const char *etag = header_of(end, "etag");
	size_t length = 0;

	while (etag && etag[length] >= ' ' && etag[length] <= '~')
		length++;
	if (length && !etag[length] && length <= ETAG_MOST)
		facts_set_text(told, &facts[DOCUMENT_ETAG], etag);
}

/* A body that ends when the connection does may be half of one. JSON shows that by itself;
 * in YAML half a list is a list as well. */
static bool shows_its_end(const struct fetch_end *end)
{
	const char *coding = header_of(end, "transfer-encoding");
	const uint8_t *body = end->body.bytes;

	return (coding && strcasestr(coding, "chunked")) || header_of(end, "content-length") ||
	       (end->body.length && (body[0] == '[' || body[0] == '{'));
}

static enum reason tell_body(const struct fetch_end *end, struct facts *told)
{
	char *body;

	if (end->cut != REASON_NONE)
		return end->cut;
	if (!shows_its_end(end) || memchr(end->body.bytes ? end->body.bytes : (const void *)"", 0,
					  end->body.length))
		return REASON_MALFORMED;
	body = memory_copy_span((const char *)end->body.bytes, end->body.length);
	facts_set_text(told, &facts[DOCUMENT_BODY], body);
	free(body);
	return REASON_NONE;
}

enum reason document_tell(const struct fetch_end *end, struct facts *told)
{
	facts_set_integer(told, &facts[DOCUMENT_STATUS], end->status);
	tell_header(end, "content-type", DOCUMENT_TYPE, told);
	tell_header(end, "location", DOCUMENT_LOCATION, told);
	tell_etag(end, told);
	return end->status == STATUS_OK ? tell_body(end, told) : REASON_NONE;
}

static void ask(struct errand *errand);

static void has_come(void *arg, const struct fetch_end *end)
{
	struct errand *errand = arg;
	struct run *run = errand->run;
	struct outcome outcome = end->outcome;

	errand->fetch = NULL;
	if (outcome.reason != REASON_NONE) {
		if (end->proxy_status)
			run_note(run, "the proxy answers %u", end->proxy_status);
	} else if (errand->redirects < REDIRECTS_MOST &&
		   http_leads_on(end, &errand->place, &errand->target)) {
		errand->redirects++;
		errand->place.path = errand->url.path = errand->target.path;
		ask(errand);
		return;
	} else {
		outcome.reason = document_tell(end, run->facts);
		outcome.stage = outcome.reason == REASON_NONE ? STAGE_NONE : STAGE_REPLY;
	}
	run_finish(run, outcome);
}

/* --- asking ---------------------------------------------------------------- */

static void go(void *arg, struct outcome outcome)
{
	struct errand *errand = arg;
	struct run *run = errand->run;
	const struct fetch_plan plan = {
		.url = &errand->url, .route = &errand->route,
		.agent = "ucposture/" PACKAGE_VERSION, .deadline_us = run->deadline_us,
		.most_head_bytes = HEAD_MOST, .most_body_bytes = DOCUMENT_MOST + 1,
		.asking = errand->asking, .asking_count = errand->asking_count,
		.accept = is_whom_we_trust
	};

	if (outcome.reason == REASON_NONE)
		errand->fetch = fetch_start(run_fetcher(run), &plan, has_come, errand);
	else
		run_finish(run, outcome);
}

static void ask(struct errand *errand)
{
	pace_start(&errand->pace, run_loop(errand->run), &errand->route,
		   errand->run->deadline_us, go, errand);
}

static void add_header(struct errand *errand, const char *name, const char *value)
{
	if (value)
		errand->asking[errand->asking_count++] = (struct fetch_header){ name, value };
}

static void document_start(struct run *run)
{
	struct errand *errand = memory_new(1, sizeof *errand);
	const struct document_terms none = { 0 },
				    *terms = run->request->terms ? run->request->terms : &none;
	struct address address = run->route.peer;

	run->work = errand;
	errand->run = run;
	request_url(run->request, &errand->url);
	if (!*errand->url.path)
		errand->url.path = "/";
	errand->route = run->route;
	errand->route.peer.port = errand->url.port;
	/* The zone is nobody else's business. */
	address.scope = 0;
	address_format(&address, errand->address);
	errand->place = (struct http_place){
		.scheme = url_encrypted(&errand->url) ? HTTP_SECURE : HTTP_PLAIN,
		.host = errand->route.name ? errand->route.name : errand->address,
		.port = errand->url.port,
		.path = errand->url.path
	};
	add_header(errand, "Authorization", terms->authorization);
	add_header(errand, "If-None-Match", terms->etag);
	if (errand->url.scheme == URL_HTTP || errand->url.scheme == URL_HTTPS)
		ask(errand);
	else
		run_finish(run, (struct outcome){ .stage = STAGE_REQUEST,
						  .reason = REASON_UNSUPPORTED });
}

static void document_stop(struct run *run)
{
	struct errand *errand = run->work;

	pace_stop(&errand->pace);
	if (errand->fetch)
		fetch_cancel(errand->fetch);
	free(errand);
}

const struct collector document_collector = {
	.name = "document",
	.answers = "what a document of the engine's holds",
	.kinds = SUBJECT_URL,
	.subject = "https://netbox.example/targets.json",
	.facts = facts,
	.fetches = true,
	.start = document_start,
	.stop = document_stop
};
