/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector document: what it brings from whom, what it says to whom, and what it does not.
 */
#include "tests/unit/http_scene.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/document.h"
#include "ground/memory.h"
#include "net/fetch.h"

#define SECRET "Token canary-4711"
#define LENGTH(bytes) "Content-Length: " #bytes "\r\n\r\n"
#define LIST "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"v1\"\r\n" LENGTH(2) "[]"

static const struct document_terms terms = { .authorization = SECRET, .etag = "\"v0\"" };

static void look(struct http_scene *scene, const struct http_script *script, const char *url)
{
	http_begin(scene, script);
	http_look(scene, url, (struct request){ .collector = &document_collector,
						.terms = &terms });
}

static void assert_told(const struct http_scene *scene, enum document_fact which,
			const char *described)
{
	const struct fact *fact = facts_get(scene->seen->facts, document_fact(which));
	struct text text = { 0 };

	if (!described) {
		assert_null(fact);
		return;
	}
	assert_non_null(fact);
	fact_describe(fact, &text);
	assert_string_equal(text_string(&text), described);
	text_free(&text);
}

static void nobody_observes_it(void **state)
{
	(void)state;
	assert_null(collector_named("document"));
	assert_null(fact_named("document.body"));
	for (size_t i = 0; collector_names()[i]; i++)
		assert_string_not_equal(collector_names()[i], "document");
	assert_ptr_equal(collector_at(collector_index(&document_collector)), &document_collector);
}

static void a_document_is_asked_for_on_our_terms_and_told(void **state)
{
	static const struct http_script script = { .replies = { { LIST } } };
	struct http_scene scene;

	(void)state;
	look(&scene, &script, URL);
	http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_told(&scene, DOCUMENT_STATUS, "200");
	assert_told(&scene, DOCUMENT_TYPE, "application/json");
	assert_told(&scene, DOCUMENT_ETAG, "\"v1\"");
	assert_told(&scene, DOCUMENT_BODY, "[]");
	assert_non_null(strstr(scene.asked->heads[0], "\r\nAuthorization: " SECRET "\r\n"));
	assert_non_null(strstr(scene.asked->heads[0], "\r\nIf-None-Match: \"v0\"\r\n"));
	http_end(&scene);
}

static void what_is_no_document_is_told_without_a_body(void **state)
{
	static const struct {
		const char *says, *status;
	} cases[] = {
		{ "HTTP/1.1 304 Not Modified\r\n\r\n", "304" },
		{ "HTTP/1.1 503 Later\r\n" LENGTH(2) "[]", "503" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct http_script script = { .replies = { { cases[i].says } } };
		struct http_scene scene;

		look(&scene, &script, URL);
		http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_told(&scene, DOCUMENT_STATUS, cases[i].status);
		assert_told(&scene, DOCUMENT_BODY, NULL);
		http_end(&scene);
	}
}

static void half_a_document_is_none(void **state)
{
	static const struct {
		const char *says;
		int then;
		enum reason reason;
	} cases[] = {
		{ "HTTP/1.1 200 OK\r\n" LENGTH(9) "[]", THEN_CLOSE, REASON_MALFORMED },
		{ "HTTP/1.1 200 OK\r\n" LENGTH(9) "[]", THEN_HOLD, REASON_TIMED_OUT },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n", THEN_CLOSE,
		  REASON_MALFORMED },
		{ "HTTP/1.0 200 OK\r\n\r\n- name: a\n", THEN_CLOSE, REASON_MALFORMED },
		/* What cannot be mistaken for the half of something. */
		{ "HTTP/1.0 200 OK\r\n\r\n[]", THEN_CLOSE, REASON_NONE },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
		  THEN_HOLD, REASON_NONE },
		{ "HTTP/1.1 200 OK\r\n" LENGTH(0), THEN_CLOSE, REASON_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct http_script script = {
			.replies = { { .says = cases[i].says, .then = cases[i].then } }
		};
		struct http_scene scene;

		http_begin(&scene, &script);
		http_look(&scene, URL, (struct request){ .collector = &document_collector,
							 .timeout_ms = 500 });
		assert_int_equal(scene.seen->outcome.reason, cases[i].reason);
		assert_int_equal(!!facts_get(scene.seen->facts, document_fact(DOCUMENT_BODY)),
				 cases[i].reason == REASON_NONE);
		http_end(&scene);
	}
}

static void what_is_too_much_or_holds_a_nul_is_refused(void **state)
{
	struct fetch_header length = { "content-length", "3" };
	struct fetch_end end = { .status = 200, .headers = &length, .header_count = 1 };
	struct facts *facts = facts_new();

	(void)state;
	reader_init(&end.body, "a\0b", 3);
	assert_int_equal(document_tell(&end, facts), REASON_MALFORMED);
	reader_init(&end.body, "abc", 3);
	end.cut = REASON_TOO_MUCH;
	assert_int_equal(document_tell(&end, facts), REASON_TOO_MUCH);
	assert_null(facts_get(facts, document_fact(DOCUMENT_BODY)));
	end.cut = REASON_NONE;
	assert_int_equal(document_tell(&end, facts), REASON_NONE);
	facts_free(facts);
}

static void an_etag_that_could_break_a_request_is_not_kept(void **state)
{
	struct fetch_header etag = { "etag", "\"a\x7f\"" };
	const struct fetch_end end = { .status = 304, .headers = &etag, .header_count = 1 };
	struct facts *facts = facts_new();

	(void)state;
	document_tell(&end, facts);
	assert_null(facts_get(facts, document_fact(DOCUMENT_ETAG)));
	etag.value = "W/\"a b\"";
	document_tell(&end, facts);
	assert_string_equal(facts_get(facts, document_fact(DOCUMENT_ETAG))->text, etag.value);
	facts_free(facts);
}

static void another_path_of_the_same_host_is_asked_once(void **state)
{
	static const struct http_script script = {
		.replies = { { TO("/admin/") }, { LIST } }
	}, circle = { .replies = { { TO("/a") }, { TO("/b") }, { LIST } } };
	struct http_scene scene;

	(void)state;
	look(&scene, &script, URL);
	assert_told(&scene, DOCUMENT_BODY, "[]");
	http_assert_asked(&scene, 2, "GET /admin/ HTTP/1.1");
	assert_non_null(strstr(scene.asked->heads[1], "\r\nAuthorization: " SECRET "\r\n"));
	http_end(&scene);
	look(&scene, &circle, URL);
	assert_told(&scene, DOCUMENT_STATUS, "302");
	http_assert_asked(&scene, 2, "GET /a HTTP/1.1");
	http_end(&scene);
}

static void another_host_is_never_asked(void **state)
{
	static const struct http_script script = {
		.replies = { { TO("http://localhost:%u/admin") }, { LIST } }
	};
	struct http_scene scene;

	(void)state;
	look(&scene, &script, URL);
	http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_told(&scene, DOCUMENT_STATUS, "302");
	assert_true(facts_get(scene.seen->facts, document_fact(DOCUMENT_LOCATION)) != NULL);
	http_assert_asked(&scene, 1, "GET /admin HTTP/1.1");
	http_end(&scene);
}

static void its_terms_travel_with_a_request(void **state)
{
	const struct request want = { .collector = &document_collector,
				      .subject = { .text = "http://a.example/" },
				      .host = "a.example", .terms = &terms };
	struct arena *arena = arena_new();
	struct request have;
	struct writer out;
	struct reader in;

	(void)state;
	writer_grow_up_to(&out, 1000);
	request_encode(&want, &out);
	reader_init(&in, out.bytes, out.length);
	assert_true(request_decode(&in, arena, &have));
	assert_ptr_equal(have.collector, &document_collector);
	assert_string_equal(have.terms->authorization, terms.authorization);
	assert_string_equal(have.terms->etag, terms.etag);
	for (size_t length = 0; length < out.length; length++) {
		reader_init(&in, out.bytes, length);
		assert_false(request_decode(&in, arena, &have));
	}
	writer_free(&out);
	arena_free(arena);
}

/* --- https ----------------------------------------------------------------- */

/* One that issues for itself and names that. */
static SSL_CTX *server_of(const char *names, char **pem)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_RSA_gen(2048);
	X509 *certificate = X509_new();
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
	BIO *bio = BIO_new(BIO_s_mem());
	size_t length;
	char *bytes;

	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
				   (const unsigned char *)names, -1, -1, 0);
	X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
	X509_add_ext(certificate, extension, -1);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	PEM_write_bio_X509(bio, certificate);
	length = (size_t)BIO_get_mem_data(bio, &bytes);
	*pem = memory_copy_span(bytes, length);
	BIO_free(bio);
	X509_EXTENSION_free(extension);
	EVP_PKEY_free(key);
	X509_free(certificate);
	return context;
}

static void look_securely(struct http_scene *scene, SSL_CTX *tls, const char *authorities)
{
	struct http_script script = { .replies = { { LIST } }, .tls = tls };

	http_begin(scene, &script);
	http_look(scene, SECURE_URL, (struct request){ .collector = &document_collector,
						       .terms = &terms,
						       .authorities = authorities });
}

static void who_is_trusted_and_named_is_asked(void **state)
{
	struct http_scene scene;
	SSL_CTX *tls;
	char *pem;

	(void)state;
	tls = server_of("IP:127.0.0.1", &pem);
	look_securely(&scene, tls, pem);
	http_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_told(&scene, DOCUMENT_BODY, "[]");
	assert_non_null(strstr(scene.asked->heads[0], SECRET));
	http_end(&scene);
	SSL_CTX_free(tls);
	free(pem);
}

static void a_stranger_hears_nothing(void **state)
{
	static const struct {
		const char *names;
		bool trusted;
		int newest;
		const char *detail;
	} cases[] = {
		{ "IP:127.0.0.1", false, 0, "its certificate is not trusted: " },
		{ "DNS:other.example", true, 0, "its certificate does not name 127.0.0.1" },
		{ "IP:127.0.0.1", true, TLS1_1_VERSION, "no newer TLS than TLSv1.1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_scene scene;
		SSL_CTX *tls;
		char *pem;

		tls = server_of(cases[i].names, &pem);
		if (cases[i].newest) {
			SSL_CTX_set_security_level(tls, 0);
			SSL_CTX_set_min_proto_version(tls, TLS1_VERSION);
			SSL_CTX_set_max_proto_version(tls, cases[i].newest);
		}
		look_securely(&scene, tls, cases[i].trusted ? pem : NULL);
		http_assert_outcome(&scene, STAGE_HANDSHAKE, REASON_TLS_FAILED);
		assert_non_null(strstr(scene.seen->detail, cases[i].detail));
		assert_int_equal(scene.asked->count, 1);
		assert_string_equal(scene.asked->heads[0], "");
		assert_told(&scene, DOCUMENT_STATUS, NULL);
		http_end(&scene);
		SSL_CTX_free(tls);
		free(pem);
	}
}

static int prepare(void **state)
{
	(void)state;
	fetch_prepare();
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_observes_it),
		cmocka_unit_test(a_document_is_asked_for_on_our_terms_and_told),
		cmocka_unit_test(what_is_no_document_is_told_without_a_body),
		cmocka_unit_test(half_a_document_is_none),
		cmocka_unit_test(what_is_too_much_or_holds_a_nul_is_refused),
		cmocka_unit_test(an_etag_that_could_break_a_request_is_not_kept),
		cmocka_unit_test(another_path_of_the_same_host_is_asked_once),
		cmocka_unit_test(another_host_is_never_asked),
		cmocka_unit_test(its_terms_travel_with_a_request),
		cmocka_unit_test(who_is_trusted_and_named_is_asked),
		cmocka_unit_test(a_stranger_hears_nothing),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
