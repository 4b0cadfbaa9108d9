/* SPDX-License-Identifier: Apache-2.0
 *
 * What an SNMP agent has told, for people: names of programs have blanks in them, so each has
 * a line of its own.
 */
#include "agent/cli/observe_text.h"
#include "collectors/collector.h"

static void add_public(struct page *page)
{
	bool answered = page_truth(page, "snmp.default_community");

	page_add(page, answered, "public %s", answered ? "is answered" : "is not answered");
}

/* Their number is told of a whole list only; but nobody may have asked for it. */
static bool breaks_off(const struct page *page)
{
	const struct fact_descriptor *count = fact_named("snmp.software_count");
	int row = collector_fact_row(page->request->collector, count);
	uint64_t wanted = page->request->wanted;

	return !facts_get(page->seen->facts, count) && (!wanted || wanted & UINT64_C(1) << row);
}

static void add_software(struct page *page)
{
	const struct fact *software = page_fact(page, "snmp.software");

	if (!software)
		return;
	page_add(page, false,
		 breaks_off(page) ? "%zu entries, and the list breaks off" : "%zu entries",
		 software->count);
	for (size_t i = 0; i < software->count; i++)
		page_add_below(page, false, 0, software->texts[i]);
}

const struct row *observe_snmp_rows(void)
{
	static const struct row rows[] = {
		{ "versions", { "snmp.versions" }, NULL },
		{ "community", { "snmp.default_community" }, add_public },
		{ "name", { "snmp.sysname" }, NULL },
		{ "describes", { "snmp.sysdescr" }, NULL },
		{ "product", { "snmp.sysobjectid" }, NULL },
		{ "engine", { "snmp.engine_id" }, NULL },
		{ "boots", { "snmp.engine_boots" }, NULL },
		{ "access", { "snmp.access" }, NULL },
		{ "software", { "snmp.software", "snmp.software_count" }, add_software },
		{ .label = NULL }
	};

	return rows;
}
