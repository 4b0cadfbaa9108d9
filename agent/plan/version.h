/* SPDX-License-Identifier: Apache-2.0
 *
 * The version in the name under which a program is installed: "OpenJDK 1.8.0_232",
 * "openjdk-8-jre_8u232-b09", "Java 8 Update 231". Pure.
 *
 * Of a Debian package (name_version_architecture) and an RPM (name-version-release) it is the
 * middle part, without epoch; of other names the part with the most numbers, and the first of
 * such. What is no number is left out, and so is what follows it, but a single letter counts:
 * 1.1.1n is later than 1.1.1.
 */
#ifndef AGENT_PLAN_VERSION_H
#define AGENT_PLAN_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VERSION_NUMBERS_MOST = 8 };

struct version {
	uint64_t numbers[VERSION_NUMBERS_MOST];
	size_t count;
	bool java;	/* spelled as only Java's are: 1.8.0_232, 8u232, 8 Update 232 */
};

/* False when there is no number in the name. */
bool version_read(const char *name, struct version *version);
/* <0, 0, >0. 1.8.0_232 and 8u232 are one version; where one of two is spelled so, 1.8.0.232 and
 * 8.0.232 are that as well. */
int version_compare(const struct version *a, const struct version *b);
/* The same of the versions in two names, each of which has one. */
int version_compare_names(const char *a, const char *b);

#endif
