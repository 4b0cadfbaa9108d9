/* SPDX-License-Identifier: Apache-2.0
 *
 * A store in a folder of its own, and what tests of it do most.
 */
#ifndef TESTS_UNIT_STORE_SCENE_H
#define TESTS_UNIT_STORE_SCENE_H

#include "agent/engine/store.h"

#define NOW INT64_C(1790000000000000)

#define STORE_TEST(name)                                                                      \
	cmocka_unit_test_setup_teardown(name, store_make_folder, store_remove_folder)

int store_make_folder(void **state);
int store_remove_folder(void **state);
const char *store_folder(void);
struct store *opened(void);
struct store *opened_again(struct store *store);
/* As if a check had been judged so often enough; the number of the event. */
uint64_t tell(struct store *store, uint32_t check, enum verdict from, enum verdict to);
/* Of the target pbx. */
uint32_t some_check(struct store *store, const char *name);
void set_sinks(struct store *store, const char *first, const char *second);
/* What the sink has yet to be told: " 1 2 5"; all of it is acknowledged when asked. */
void expect_untold(struct store *store, size_t sink, const char *expected, bool acknowledges);
void expect_events(struct store *store, uint64_t before, size_t most, const char *expected);

#endif
