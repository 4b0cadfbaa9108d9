/* SPDX-License-Identifier: Apache-2.0
 *
 * What servers of LDAP, PostgreSQL, RDP and SQL Server say before TLS begins; and how SQL
 * Server wraps it.
 */
#include "tests/fuzz/starttls_for_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out is shorter than what went in, by a header for each packet at least. */
static void unwrap(const uint8_t *data, size_t size)
{
	const struct starttls_protocol *mssql = starttls_named("mssql");
	struct writer inside = { 0 };
	struct reader in;

	reader_init(&in, data, size);
	writer_grow_up_to(&inside, size + 1);
	for (size_t before = 0; mssql->unwrap(&in, &inside) == TURN_GO_ON; before = in.at)
		starttls_demand(in.at > before && inside.length < in.at);
	starttls_demand(writer_ok(&inside));
	writer_free(&inside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const words[] = { "ldap", "postgres", "rdp", "mssql" };

	starttls_fuzz(words, sizeof words / sizeof *words, data, size);
	if (size > 0)
		unwrap(data + 1, size - 1);
	return 0;
}
