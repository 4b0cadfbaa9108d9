/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything together, from files as they lie in a folder.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/plan/load.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

struct folder {
	struct papers papers; /* first: the helpers of papers.h work on it */
	char path[64];
	struct arena *arena;
	struct loaded *loaded;
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

static void put(struct folder *folder, const char *name, const char *bytes)
{
	FILE *file = fopen(in(folder, name), "w");

	assert_non_null(file);
	assert_true(fputs(bytes, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
	struct folder *folder = memory_new(1, sizeof *folder);

	snprintf(folder->path, sizeof folder->path, "/tmp/test_load.XXXXXX");
	if (!mkdtemp(folder->path))
		return -1;
	folder->arena = arena_new();
	mkdir(in(folder, "profiles"), 0700);
	mkdir(in(folder, "d"), 0700);
	put(folder, "profiles/p.yaml", HEAD("p") "rules:\n" WEB);
	put(folder, "c.yaml", "targets: [ { name: a, address: 10.0.0.1, profiles: p } ]\n"
			      "inventory:\n"
			      "  - { file: d/*.yaml, defaults: { profiles: p } }\n"
			      "  - { http: 'https://10.0.0.9/', defaults: { profiles: p } }\n");
	setenv("UCPOSTURE_PROFILE_DIR", in(folder, "profiles"), 1);
	*state = folder;
	return 0;
}

static int end(void **state)
{
	static const char *const names[] = { "profiles/p.yaml", "profiles", "c.yaml", "d/1.yaml",
					     "d/1.yml", "d/2.yaml", "d/3.yaml", "d/pipe.yaml",
					     "d/new", "d", "own/q.yaml", "own" };
	struct folder *folder = *state;

	loaded_free(folder->loaded);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		remove(in(folder, names[i]));
	rmdir(folder->path);
	problems_free(&folder->papers.problems);
	config_free(folder->papers.config);
	arena_free(folder->arena);
	free(folder);
	return 0;
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

static const struct loaded *load(struct folder *folder, const struct inventory_fetched *fetched)
{
	const struct load_order order = { in(folder, "c.yaml"), NULL, fetched };

	loaded_free(folder->loaded);
	problems_free(&folder->papers.problems);
	folder->papers.problems = (struct problems){ 0 };
	folder->loaded = load_all(&order, &folder->papers.problems);
	return folder->loaded;
}

static void assert_targets(const struct config *config, const char *expected)
{
	struct text names = { 0 };

	for (size_t i = 0; i < config->target_count; i++)
		text_add_item(&names, " ", config->targets[i].name);
	assert_string_equal(text_string(&names), expected);
	text_free(&names);
}

/* The path of the folder in front, where a problem has one. */
static void assert_problems_in(struct folder *folder, const char *expected)
{
	struct text whole = { 0 };

	for (const char *c = expected; *c; c++) {
		if (*c == '@')
			text_add(&whole, folder->path);
		else
			text_add_char(&whole, *c);
	}
	assert_problems(&folder->papers, text_string(&whole));
	text_free(&whole);
}

static void targets_of_files_and_of_what_was_fetched_are_planned(void **state)
{
	static const char bytes[] = "[ { \"targets\": [ \"10.0.0.7:80\" ] } ]";
	const struct inventory_document document = { "https://10.0.0.9/", bytes, sizeof bytes - 1 };
	const struct inventory_fetched fetched = { &document, 1 };
	const struct loaded *loaded;

	put(*state, "d/2.yaml", "- { name: c, address: 10.0.0.3 }\n");
	put(*state, "d/1.yaml", "- { name: z, address: 10.0.0.2 }\n");
	put(*state, "d/new", "- { name: d, address: 10.0.0.4 }\n");
	loaded = load(*state, &fetched);
	assert_problems_in(*state, "");
	assert_targets(loaded->config, "a z c 10.0.0.7");
	assert_int_equal(loaded->plan->check_count, 4);
	assert_ptr_equal(loaded->plan->config, loaded->config);
	assert_ptr_equal(loaded->plan->profiles, loaded->profiles);
	assert_targets(load(*state, NULL)->config, "a z c");
}

static void a_mistake_in_any_file_loads_nothing_and_all_are_named(void **state)
{
	struct folder *folder = *state;

	put(folder, "c.yaml", "targets: [ { name: a, address: 10.0.0.1, profiles: q } ]\n"
			      "inventory: [ { file: d/*.yaml, defaults: { profiles: p } } ]\n");
	put(folder, "d/1.yaml", "- { name: a, address: 10.0.0.2 }\n");
	put(folder, "d/2.yaml", "- { name: b, adress: 10.0.0.2 }\n");
	put(folder, "d/3.yaml", "- { name: [");
	put(folder, "profiles/p.yaml", HEAD("p") "rule: []\nrules:\n" WEB);
	assert_null(load(folder, NULL));
	assert_problem(&folder->papers, "c.yaml:1:52: error: unknown profile 'q'");
	assert_problem(&folder->papers, "1.yaml:1:3: error: a second target is called 'a': the"
					" first is in /tmp/test_load.");
	assert_problem(&folder->papers, "2.yaml:1:14: error: unknown key 'adress'");
	assert_problem(&folder->papers, "3.yaml:");
	assert_problem(&folder->papers, "p.yaml:3:1: error: unknown key 'rule'");
}

static void files_that_are_not_there_are_said(void **state)
{
	struct folder *folder = *state;

	put(folder, "c.yaml", "targets: []\ninventory: [ { file: nowhere/*.yaml } ]\n");
	assert_non_null(load(folder, NULL));
	assert_problems_in(folder, "@/c.yaml:2:14: warning: no file is called"
				   " '@/nowhere/*.yaml'\n");
	put(folder, "c.yaml", "targets: []\ninventory: [ { file: d/*.yaml } ]\n");
	put(folder, "d/1.yml", "[]\n");
	assert_non_null(load(folder, NULL));
	assert_problems_in(folder,
			   "@/c.yaml:2:14: warning: no file is called '@/d/*.yaml'\n");
	put(folder, "c.yaml", "targets: []\ninventory: [ { file: d/1.yaml } ]\n");
	assert_null(load(folder, NULL));
	assert_problems_in(folder, "@/d/1.yaml: error: cannot read the file: No such file or"
				   " directory\n");
}

static void an_empty_folder_waits_for_files(void **state)
{
	struct folder *folder = *state;

	assert_non_null(load(folder, NULL));
	assert_problems_in(folder, "");
}

static void a_pipe_is_no_inventory(void **state)
{
	assert_int_equal(mkfifo(in(*state, "d/pipe.yaml"), 0600), 0);
	assert_null(load(*state, NULL));
	assert_problems_in(*state, "@/d/pipe.yaml: error: cannot read the file: it is no ordinary"
				   " file\n");
}

static void a_file_of_authorities_is_looked_for_beside_the_inventory(void **state)
{
	put(*state, "d/1.yaml", "- { name: z, address: 10.0.0.2, ca_file: ca.pem }\n");
	assert_null(load(*state, NULL));
	assert_problems_in(*state, "@/d/1.yaml:1:42: error: cannot use the ca_file '@/d/ca.pem':"
				   " No such file or directory\n");
}

static void profiles_of_the_user_come_from_the_order_or_the_configuration(void **state)
{
	struct folder *folder = *state;
	struct load_order order = { in(folder, "c.yaml"), in(folder, "own"), NULL };
	struct text config = { 0 };

	mkdir(in(folder, "own"), 0700);
	put(folder, "own/q.yaml", HEAD("q") "rules:\n" WEB);
	put(folder, "c.yaml", "targets: [ { name: a, address: 10.0.0.1, profiles: q } ]\n");
	assert_null(load(folder, NULL));
	folder->loaded = load_all(&order, &(struct problems){ 0 });
	assert_non_null(folder->loaded);
	text_add_format(&config, "agent: { profile_dir: %s }\n", order.profile_dir);
	text_add(&config, "targets: [ { name: a, address: 10.0.0.1, profiles: q } ]\n");
	put(folder, "c.yaml", text_string(&config));
	text_free(&config);
	assert_non_null(load(folder, NULL));
	assert_good(&folder->papers);
}

static void the_state_of_an_inventory_changes_with_its_files_alone(void **state)
{
	struct folder *folder = *state;
	const struct config *config;
	uint64_t states[6];

	put(folder, "d/1.yaml", "- { name: b, address: 10.0.0.2 }\n");
	config = load(folder, NULL)->config;
	states[0] = inventory_state(config);
	assert_true(inventory_state(config) == states[0]);
	put(folder, "d/new", "x\n");
	assert_true(inventory_state(config) == states[0]);
	put(folder, "d/2.yaml", "- { name: c, address: 10.0.0.3 }\n");
	states[1] = inventory_state(config);
	/* The same bytes in another file, put in place as editors do. */
	put(folder, "d/new", "- { name: c, address: 10.0.0.4 }\n");
	assert_int_equal(rename(in(folder, "d/new"), in(folder, "d/2.yaml")), 0);
	states[2] = inventory_state(config);
	put(folder, "d/2.yaml", "- { name: c, address: 10.0.0.45 }\n");
	states[3] = inventory_state(config);
	assert_int_equal(rename(in(folder, "d/2.yaml"), in(folder, "d/3.yaml")), 0);
	states[4] = inventory_state(config);
	remove(in(folder, "d/3.yaml"));
	states[5] = inventory_state(config);
	for (size_t i = 0; i < 6; i++)
		for (size_t j = 0; j < i; j++)
			assert_true((states[i] == states[j]) == (i == 5 && j == 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(targets_of_files_and_of_what_was_fetched_are_planned),
		FOLDER_TEST(a_mistake_in_any_file_loads_nothing_and_all_are_named),
		FOLDER_TEST(files_that_are_not_there_are_said),
		FOLDER_TEST(an_empty_folder_waits_for_files),
		FOLDER_TEST(a_pipe_is_no_inventory),
		FOLDER_TEST(a_file_of_authorities_is_looked_for_beside_the_inventory),
		FOLDER_TEST(profiles_of_the_user_come_from_the_order_or_the_configuration),
		FOLDER_TEST(the_state_of_an_inventory_changes_with_its_files_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
