/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of certificates as people have them: good, damaged, and of another kind altogether.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/plan/authorities.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

static const char first[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBgjCCASmgAwIBAgIUctx3IcRZX2eR5E923JpeNNhd4cMwCgYIKoZIzj0EAwIw\n"
	"FjEUMBIGA1UEAwwLQXV0aG9yaXR5IDEwIBcNMjYxMTIxMTI0NzMzWhgPMjEyNjEw\n"
	"MjgxMjQ3MzNaMBYxFDASBgNVBAMMC0F1dGhvcml0eSAxMFkwEwYHKoZIzj0CAQYI\n"
	"KoZIzj0DAQcDQgAE/JHC3ShZbx4kcwjaVtSvQrVxBXd5DKLA7f7D+zssATZ5DgVV\n"
	"JAnthtQ0YxWZ1P0qIaATKKlCxNNAKjyPwgRVNKNTMFEwHQYDVR0OBBYEFD23/Tg5\n"
	"pl/W4OqHQK7O1asTZtKuMB8GA1UdIwQYMBaAFD23/Tg5pl/W4OqHQK7O1asTZtKu\n"
	"MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgEDGfyp4KiB0OnD1U\n"
	"JPDW4jR6pYLKrEdhS6pxWl/XPoACIDyNYFf6DtBvxAKhm7698n00HZ31Wq1c/vSi\n"
	"52JYWg9J\n"
	"-----END CERTIFICATE-----\n";

static const char second[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBgjCCASmgAwIBAgIUMAfM30zQue8wTf2QKzXMBQyBEEYwCgYIKoZIzj0EAwIw\n"
	"FjEUMBIGA1UEAwwLQXV0aG9yaXR5IDIwIBcNMjYxMTIxMTI0NzMzWhgPMjEyNjEw\n"
	"MjgxMjQ3MzNaMBYxFDASBgNVBAMMC0F1dGhvcml0eSAyMFkwEwYHKoZIzj0CAQYI\n"
	"KoZIzj0DAQcDQgAE/RPuxsdSBhMmtGB3YY+xP7arInELiFxUatbRb1c6/g30YdPD\n"
	"Ul4hUQACe+q5iOex4mIA4483IQ9QfnO15QhzcqNTMFEwHQYDVR0OBBYEFF8l0wma\n"
	"HeZguQW4xa/z4J40UId7MB8GA1UdIwQYMBaAFF8l0wmaHeZguQW4xa/z4J40UId7\n"
	"MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgDWTIxraaKe0kXJaq\n"
	"GflOZ98yX+C8KgdNNB3EybUa1DgCIAToWw/2TgoGAlj8PWlV0cFmVuTcGqTHgw69\n"
	"z4HVXAB+\n"
	"-----END CERTIFICATE-----\n";

struct folder {
	struct papers papers; /* first: the helpers of papers.h work on it */
	char path[64];
	struct arena *arena;
};

static const char *in(struct folder *folder, const char *name)
{
	struct text path = { 0 };
	const char *whole;

	text_add_format(&path, "%s/%s", folder->path, name);
	whole = arena_copy(folder->arena, text_string(&path));
	text_free(&path);
	return whole;
}

static void put(struct folder *folder, const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(in(folder, name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
	struct folder *folder = memory_new(1, sizeof *folder);

	snprintf(folder->path, sizeof folder->path, "/tmp/test_authorities.XXXXXX");
	if (!mkdtemp(folder->path))
		return -1;
	folder->arena = arena_new();
	folder->papers.profiles = profiles_new();
	*state = folder;
	return 0;
}

static int end(void **state)
{
	static const char *const names[] = { "ca.pem", "other.pem", "c.yaml", "pipe" };
	struct folder *folder = *state;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(in(folder, names[i]));
	rmdir(folder->path);
	plan_free(folder->papers.plan);
	problems_free(&folder->papers.problems);
	config_free(folder->papers.config);
	profiles_free(folder->papers.profiles);
	arena_free(folder->arena);
	free(folder);
	return 0;
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

static const char *load(struct folder *folder, const char *bytes, struct text *why)
{
	put(folder, "ca.pem", bytes, strlen(bytes));
	text_clear(why);
	return authorities_load(folder->arena, in(folder, "ca.pem"), why);
}

static void refuses(struct folder *folder, const char *bytes, const char *expected)
{
	struct text why = { 0 };

	assert_null(load(folder, bytes, &why));
	assert_string_equal(text_string(&why), expected);
	text_free(&why);
}

static void only_the_certificates_of_a_file_are_taken(void **state)
{
	struct text why = { 0 }, file = { 0 }, both = { 0 };

	text_add_format(&both, "%s%s", first, second);
	text_add_format(&file,
			"Subject: CN = Authority 1\r\n%s\n# the second\n%s"
			"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
			first, second);
	assert_string_equal(load(*state, text_string(&file), &why), text_string(&both));
	text_free(&why);
	text_free(&file);
	text_free(&both);
}

static void a_file_without_certificates_says_what_it_is(void **state)
{
	refuses(*state, "", "it is empty");
	refuses(*state, "0\x82\x01\x82",
		"it is not PEM; 'openssl x509 -inform der -in FILE' makes that of a certificate");
	refuses(*state, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
		"there is a private key in it, and no certificate: give the certificate of the"
		" authority");
	refuses(*state, "targets: []\n",
		"there is no certificate in it: a line with -----BEGIN CERTIFICATE----- begins"
		" one");
}

static void what_cannot_be_read_says_why(void **state)
{
	struct folder *folder = *state;
	struct text why = { 0 };

	assert_null(authorities_load(folder->arena, in(folder, "none.pem"), &why));
	assert_string_equal(text_string(&why), "No such file or directory");
	text_clear(&why);
	assert_null(authorities_load(folder->arena, folder->path, &why));
	assert_string_equal(text_string(&why), "it is no ordinary file");
	text_clear(&why);
	assert_int_equal(mkfifo(in(folder, "pipe"), 0600), 0);
	assert_null(authorities_load(folder->arena, in(folder, "pipe"), &why));
	assert_string_equal(text_string(&why), "it is no ordinary file");
	text_free(&why);
}

/* Fewer certificates than somebody put there would make wrong verdicts. */
static void a_file_cut_anywhere_is_refused_or_holds_whole_certificates(void **state)
{
	struct text file = { 0 }, why = { 0 };

	text_add_format(&file, "%s%s", first, second);
	for (size_t length = 1; length < file.length; length++) {
		struct text part = { 0 };
		const char *taken;

		text_add_bytes(&part, file.bytes, length);
		taken = load(*state, text_string(&part), &why);
		text_free(&part);
		/* A last line break, or the hyphens before a begin, are no loss. */
		if (taken && strcmp(taken, first) != 0 && length != file.length - 1)
			fail_msg("cut at %zu", length);
		if (taken && length > strlen(first) + strlen("-----BEGIN CERTIFICATE-----") &&
		    length != file.length - 1)
			fail_msg("cut at %zu: the second is missing", length);
		assert_true(taken || why.length);
	}
	text_free(&file);
	text_free(&why);
}

static void a_damaged_certificate_is_counted(void **state)
{
	struct text file = { 0 }, why = { 0 };

	text_add_format(&file, "%s%s", first, second);
	file.bytes[strlen(first) + 40] = '!';
	assert_null(load(*state, text_string(&file), &why));
	assert_string_equal(text_string(&why),
			    "certificate 2 in it is damaged (bad base64 decode): copy it again");
	text_free(&file);
	text_free(&why);
}

static const char too_large[] =
	"it is larger than 1 MiB: those of the system are known anyway, give only your own";

static void too_much_is_refused(void **state)
{
	struct text file = { 0 }, why = { 0 };

	while (file.length + strlen(first) < AUTHORITIES_MOST)
		text_add(&file, first);
	assert_string_equal(load(*state, text_string(&file), &why), text_string(&file));
	while (file.length <= AUTHORITIES_MOST)
		text_add(&file, "# nothing but a comment\n");
	assert_null(load(*state, text_string(&file), &why));
	assert_string_equal(text_string(&why), too_large);
	text_free(&file);
	text_free(&why);
}

/* Long lines are written again as short ones, of which there are more. */
static void what_is_too_much_once_written_again_is_refused(void **state)
{
	struct text file = { 0 }, why = { 0 };

	while (file.length + strlen(first) < AUTHORITIES_MOST) {
		size_t body = strlen("-----BEGIN CERTIFICATE-----\n"), column = 0;

		text_add_bytes(&file, first, body);
		for (const char *c = first + body; *c != '-'; c++)
			if (*c != '\n' || ++column % 3 == 0)
				text_add_char(&file, *c);
		text_add(&file, file.bytes[file.length - 1] == '\n' ? "" : "\n");
		text_add(&file, "-----END CERTIFICATE-----\n");
	}
	assert_null(load(*state, text_string(&file), &why));
	assert_string_equal(text_string(&why), too_large);
	text_free(&file);
	text_free(&why);
}

#define TLS RULE("tls", "observe: tls, subject: tcp/443, expect: { tls.versions: { is: TLS1.3 } }")

static const struct plan *plan_of(struct folder *folder, const char *targets)
{
	struct papers *papers = &folder->papers;

	put(folder, "c.yaml", targets, strlen(targets));
	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" TLS WEB);
	papers->config = config_read(in(folder, "c.yaml"), &papers->problems);
	profiles_settle(papers->profiles, &papers->problems);
	papers->plan = plan_make(papers->config, papers->profiles, &papers->problems);
	return papers->plan;
}

static void targets_with_one_file_share_its_bytes(void **state)
{
	struct folder *folder = *state;
	const struct plan *plan;

	put(folder, "ca.pem", first, strlen(first));
	put(folder, "other.pem", second, strlen(second));
	plan = plan_of(folder, "targets:\n"
			       "- { name: a, address: 10.0.0.1, profiles: p, ca_file: ca.pem }\n"
			       "- { name: b, address: 10.0.0.2, profiles: p, ca_file: other.pem }\n"
			       "- { name: c, address: 10.0.0.3, profiles: p, ca_file: ca.pem }\n"
			       "- { name: d, address: 10.0.0.4, profiles: p }\n");
	assert_good(&folder->papers);
	assert_int_equal(plan->check_count, 8);
	assert_string_equal(request_of(plan, 0)->authorities, first);
	assert_string_equal(request_of(plan, 2)->authorities, second);
	assert_ptr_equal(request_of(plan, 4)->authorities, request_of(plan, 0)->authorities);
	assert_null(request_of(plan, 6)->authorities);
	/* The collector port looks at no certificate. */
	assert_null(request_of(plan, 1)->authorities);
}

/* Each by a name of its own, as if they were many files. */
static void too_many_large_files_are_refused(void **state)
{
	struct folder *folder = *state;
	struct text file = { 0 }, yaml = { 0 }, expected = { 0 };

	while (file.length + strlen(first) < AUTHORITIES_MOST)
		text_add(&file, first);
	put(folder, "ca.pem", file.bytes, file.length);
	text_add(&yaml, "targets:\n");
	for (unsigned i = 0; i < 17; i++)
		text_add_format(&yaml,
				"- { name: t%02u, address: 10.0.0.1, profiles: p, "
				"ca_file: %.*sca.pem }\n",
				i, (int)(2 * i), "././././././././././././././././././");
	plan_of(folder, text_string(&yaml));
	text_add_format(&expected,
			"%s/c.yaml:18:57: error: cannot use the ca_file"
			" '%s/././././././././././././././././ca.pem': all files of authorities"
			" together are larger than 16 MiB: give only those that issue for your"
			" targets\n",
			folder->path, folder->path);
	assert_problems(&folder->papers, text_string(&expected));
	text_free(&file);
	text_free(&yaml);
	text_free(&expected);
}

static void a_file_that_is_missing_has_its_place(void **state)
{
	struct folder *folder = *state;
	struct text expected = { 0 };

	plan_of(folder, "targets:\n"
			"- { name: a, address: 10.0.0.1, profiles: p, ca_file: ca.pem }\n"
			"- { name: b, address: 10.0.0.2, profiles: p, ca_file: ca.pem }\n");
	text_add_format(&expected,
			"%s/c.yaml:2:55: error: cannot use the ca_file '%s/ca.pem': No such file"
			" or directory\n",
			folder->path, folder->path);
	assert_problems(&folder->papers, text_string(&expected));
	text_free(&expected);
}

static void bytes_alone_never_open_a_file(void **state)
{
	struct folder *folder = *state;
	struct text yaml = { 0 };

	text_add_format(&yaml,
			"targets: [ { name: a, address: 10.0.0.1, profiles: p, ca_file: %s } ]",
			in(folder, "none.pem"));
	folder->papers.config = config_read_bytes("c", text_string(&yaml), yaml.length,
						  &folder->papers.problems);
	assert_good(&folder->papers);
	assert_non_null(folder->papers.config->targets[0].ca_file);
	assert_null(folder->papers.config->targets[0].authorities);
	text_free(&yaml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(only_the_certificates_of_a_file_are_taken),
		FOLDER_TEST(a_file_without_certificates_says_what_it_is),
		FOLDER_TEST(what_cannot_be_read_says_why),
		FOLDER_TEST(a_file_cut_anywhere_is_refused_or_holds_whole_certificates),
		FOLDER_TEST(a_damaged_certificate_is_counted),
		FOLDER_TEST(too_much_is_refused),
		FOLDER_TEST(what_is_too_much_once_written_again_is_refused),
		FOLDER_TEST(targets_with_one_file_share_its_bytes),
		FOLDER_TEST(too_many_large_files_are_refused),
		FOLDER_TEST(a_file_that_is_missing_has_its_place),
		FOLDER_TEST(bytes_alone_never_open_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
