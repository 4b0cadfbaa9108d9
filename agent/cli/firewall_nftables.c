/* SPDX-License-Identifier: Apache-2.0
 *
 * A file for nft -f. Nothing in it has to be looked up when it is loaded: names and peers
 * that were not given are sets, which are empty until the administrator fills them.
 */
#include "agent/cli/firewall.h"

#include <ctype.h>
#include <string.h>

#include "ground/memory.h"
#include "net/address.h"

enum {
	COMMENT_MOST = 128,	/* bytes; nft refuses more */
	SET_NAME_MOST = 200,	/* the kernel takes 255, with what comes behind it */
	LINE = 96
};

/* What is being written. */
struct writing {
	const struct firewall *firewall;
	struct text *out;
	struct arena *arena;
	struct strings ends;	/* that have sets; */
	struct strings names;	/* and what those are called */
};

static const char *word(const struct writing *writing, enum heading heading)
{
	return language_heading(writing->firewall->german, heading);
}

/* Lines that begin with # and are not too long. */
static void add_remark(struct writing *writing, const char *indent, const char *string)
{
	struct text safe = { 0 };
	const char *rest;

	screen_add_safe(&safe, string);
	rest = text_string(&safe);
	do {
		const char *line = rest;
		size_t length = screen_take_line(&rest, LINE - 8 * (unsigned)strlen(indent));

		text_add_format(writing->out, "%s# %.*s\n", indent, (int)length, line);
	} while (*rest);
	text_free(&safe);
}

/* There is no way to write a quotation mark between such marks. What is too long is cut. */
static void add_comment(struct writing *writing, const char *string)
{
	struct text safe = { 0 };
	size_t length;
	bool whole;

	screen_add_safe(&safe, string);
	for (size_t i = 0; i < safe.length; i++)
		if (safe.bytes[i] == '"')
			safe.bytes[i] = '\'';
	length = safe.length;
	whole = length <= COMMENT_MOST;
	if (!whole) {
		length = COMMENT_MOST - 3;
		while (length && ((unsigned char)safe.bytes[length] & 0xc0) == 0x80)
			length--;
	}
	text_add_format(writing->out, " comment \"%.*s%s\"\n", (int)length, text_string(&safe),
			whole ? "" : "...");
	text_free(&safe);
}

/* --- sets ----------------------------------------------------------------------------- */

static bool numeric(const char *host, struct address *address)
{
	bool good = host && address_parse(host, address);

	address->scope = 0;
	return good;
}

static const char *end_key(const struct far_end *end)
{
	return end->host ? end->host : end->peer;
}

static bool is_name_taken(const struct writing *writing, const char *name)
{
	for (size_t i = 0; i < writing->names.count; i++)
		if (!strcmp(writing->names.items[i], name))
			return true;
	return false;
}

/* "host_push_toys_example": what nft takes as a name, and no other set's. */
static const char *make_name(struct writing *writing, const struct far_end *end)
{
	struct text name = { 0 };
	const char *made;
	size_t length;

	text_add(&name, end->host ? "host_" : "peer_");
	for (const char *at = end_key(end); *at && name.length < SET_NAME_MOST; at++)
		text_add_char(&name, isalnum((unsigned char)*at)
					     ? (char)tolower((unsigned char)*at)
					     : '_');
	length = name.length;
	for (unsigned again = 2; is_name_taken(writing, text_string(&name)); again++) {
		name.length = length;
		text_add_format(&name, "_again%u", again);
	}
	made = arena_copy(writing->arena, text_string(&name));
	text_free(&name);
	return made;
}

/* The set of an end that is no address. */
static const char *set_of(struct writing *writing, const struct far_end *end)
{
	const char *key = end_key(end);

	for (size_t i = 0; i < writing->ends.count; i++)
		if (!strcmp(writing->ends.items[i], key))
			return writing->names.items[i];
	const char *name = make_name(writing, end);
	strings_add(&writing->ends, writing->arena, key, strlen(key));
	strings_add(&writing->names, writing->arena, name, strlen(name));
	return name;
}

static void add_set(struct writing *writing, const char *name, unsigned family,
		    const struct strings *networks)
{
	struct text elements = { 0 };

	for (size_t i = 0; networks && i < networks->count; i++) {
		struct address network;
		unsigned bits;

		if (address_parse_network(networks->items[i], &network, &bits) &&
		    network.family == family)
			text_add_item(&elements, ", ", networks->items[i]);
	}
	text_add_format(writing->out,
			"\tset %s_%u {\n\t\ttype %s\n\t\tflags interval\n\t\tauto-merge\n", name,
			family, family == 6 ? "ipv6_addr" : "ipv4_addr");
	if (elements.length)
		text_add_format(writing->out, "\t\telements = { %s }\n", text_string(&elements));
	text_add(writing->out, "\t}\n\n");
	text_free(&elements);
}

static void add_sets(struct writing *writing, const char *name, enum heading heading,
		     const char *of, const struct strings *networks)
{
	struct text remark = { 0 };

	text_add_format(&remark, "%s%s%s", of, *of ? ": " : "", word(writing, heading));
	add_remark(writing, "\t", text_string(&remark));
	add_set(writing, name, 4, networks);
	add_set(writing, name, 6, networks);
	text_free(&remark);
}

static void add_sets_of(struct writing *writing, const struct opening *openings, size_t count)
{
	const struct profile *profile = writing->firewall->profile;

	for (size_t i = 0; i < count; i++) {
		for (size_t at = 0; at < openings[i].end_count; at++) {
			const struct far_end *end = &openings[i].ends[at];
			size_t before = writing->names.count;
			struct text of = { 0 };
			struct address address;

			if (numeric(end->host, &address))
				continue;
			const char *name = set_of(writing, end);
			if (end->host)
				text_add(&of, end->host);
			else
				language_add_named(writing->firewall->german, profile->peers,
						   profile->peer_count, end->peer, &of);
			if (writing->names.count > before)
				add_sets(writing, name, HEADING_TO_BE_FILLED, text_string(&of),
					 NULL);
			text_free(&of);
		}
	}
}

/* --- rules ---------------------------------------------------------------------------- */

static void add_ports(struct writing *writing, const struct opening *opening)
{
	bool several = opening->port_count > 1;

	text_add(writing->out, opening->udp ? "udp dport " : "tcp dport ");
	text_add(writing->out, several ? "{ " : "");
	firewall_add_ports(opening, writing->out);
	text_add(writing->out, several ? " }" : "");
}

static void add_rule(struct writing *writing, const char *match, const struct opening *opening,
		     const char *verdict, const char *why)
{
	text_add_format(writing->out, "\t\t%s", match);
	add_ports(writing, opening);
	text_add_format(writing->out, " %s", verdict);
	add_comment(writing, why);
}

/* "ip saddr { 192.0.2.1, 192.0.2.2 } "; false when there is none of the family. */
static bool match_addresses(const struct opening *opening, unsigned family, struct text *match)
{
	char string[ADDRESS_ROOM];
	struct text list = { 0 };
	bool found;

	for (size_t i = 0; i < opening->end_count; i++) {
		struct address address;

		if (!numeric(opening->ends[i].host, &address) || address.family != family)
			continue;
		address_format(&address, string);
		text_add_item(&list, ", ", string);
	}
	text_clear(match);
	text_add_format(match, "%s %s { %s } ", family == 6 ? "ip6" : "ip",
			opening->out ? "daddr" : "saddr", text_string(&list));
	found = list.length;
	text_free(&list);
	return found;
}

static void add_for_ends(struct writing *writing, const struct opening *opening,
			 const char *verdict, const char *why)
{
	struct text match = { 0 };

	for (unsigned family = 4; family <= 6; family += 2) {
		if (match_addresses(opening, family, &match))
			add_rule(writing, text_string(&match), opening, verdict, why);
		for (size_t i = 0; i < opening->end_count; i++) {
			struct address address;

			if (numeric(opening->ends[i].host, &address))
				continue;
			text_clear(&match);
			text_add_format(&match, "%s %s @%s_%u ", family == 6 ? "ip6" : "ip",
					opening->out ? "daddr" : "saddr",
					set_of(writing, &opening->ends[i]), family);
			add_rule(writing, text_string(&match), opening, verdict, why);
		}
	}
	text_free(&match);
}

static void add_opening(struct writing *writing, const struct opening *opening,
			const char *verdict)
{
	struct text why = { 0 };

	firewall_add_reasons(writing->firewall, opening, "; ", &why);
	if (why.length > COMMENT_MOST)
		add_remark(writing, "\t\t", text_string(&why));
	if (opening->end_count && !opening->all_but)
		add_for_ends(writing, opening, verdict, text_string(&why));
	else
		add_rule(writing, "", opening, verdict, text_string(&why));
	text_free(&why);
}

/* Whether it belongs into the chain of what comes from the system, or to it. A site reaches a
 * hosted system by what goes out of the site. */
static bool is_of_chain(const struct writing *writing, const struct opening *opening, bool from)
{
	return writing->firewall->profile->hosted
		       ? opening->service && opening->out != from
		       : opening->out == from;
}

/* Whoever is named first, then what a range must not open, then what is for anybody. */
static void add_openings(struct writing *writing, bool from)
{
	const struct openings *openings = writing->firewall->openings;

	for (size_t i = 0; i < openings->open_count; i++)
		if (is_of_chain(writing, &openings->open[i], from) &&
		    openings->open[i].end_count)
			add_opening(writing, &openings->open[i], "accept");
	for (size_t i = 0; i < openings->closed_count; i++)
		if (is_of_chain(writing, &openings->closed[i], from) &&
		    openings->closed[i].in_range)
			add_opening(writing, &openings->closed[i], "drop");
	for (size_t i = 0; i < openings->open_count; i++)
		if (is_of_chain(writing, &openings->open[i], from) &&
		    !openings->open[i].end_count)
			add_opening(writing, &openings->open[i], "accept");
}

/* Without these nothing works: answers, neighbours, and what routers say. */
static void add_beginning(struct writing *writing, const char *loopback)
{
	text_add(writing->out, "\t\tct state established,related accept\n"
			       "\t\tct state invalid drop\n");
	if (loopback)
		text_add_format(writing->out, "\t\t%s \"lo\" accept\n", loopback);
	text_add(writing->out,
		 "\t\ticmp type { echo-request, destination-unreachable, time-exceeded,"
		 " parameter-problem } accept\n"
		 "\t\ticmpv6 type { echo-request, destination-unreachable, packet-too-big,"
		 " time-exceeded,\n"
		 "\t\t\tparameter-problem, nd-neighbor-solicit, nd-neighbor-advert,\n"
		 "\t\t\tnd-router-solicit, nd-router-advert, mld-listener-query,\n"
		 "\t\t\tmld-listener-report, mld-listener-done, mld2-listener-report } accept\n");
}

static void add_admins(struct writing *writing)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		text_add_format(writing->out, "\t\t%s saddr @admin_%u accept",
				family == 6 ? "ip6" : "ip", family);
		add_comment(writing, word(writing, HEADING_ADMINISTRATION));
	}
}

static void add_chain(struct writing *writing, bool out)
{
	bool edge = firewall_is_at_edge(writing->firewall);

	if (edge)
		text_add_format(writing->out, "\tchain %s_system {\n", out ? "from" : "to");
	else
		text_add_format(writing->out,
				"\tchain %s {\n\t\ttype filter hook %s priority filter; policy"
				" drop;\n",
				out ? "output" : "input", out ? "output" : "input");
	add_beginning(writing, edge ? NULL : out ? "oifname" : "iifname");
	if (!out && !writing->firewall->profile->hosted)
		add_admins(writing);
	text_add_char(writing->out, '\n');
	add_openings(writing, out);
	text_add(writing->out, edge ? "\n\t\tdrop\n\t}\n" : "\t}\n");
}

/* What is not to or from the system is nobody's business here. */
static void add_forwarding(struct writing *writing)
{
	const struct openings *openings = writing->firewall->openings;

	text_add(writing->out, "\n\tchain forward {\n\t\ttype filter hook forward priority filter;"
			       " policy accept;\n");
	for (size_t i = 0; writing->firewall->profile->hosted && i < openings->open_count; i++)
		if (!openings->open[i].service)
			add_opening(writing, &openings->open[i], "accept");
	for (unsigned family = 4; family <= 6; family += 2) {
		const char *ip = family == 6 ? "ip6" : "ip";

		text_add_format(writing->out,
				"\t\t%s daddr @system_%u jump to_system\n"
				"\t\t%s saddr @system_%u jump from_system\n",
				ip, family, ip, family);
	}
	text_add(writing->out, "\t}\n");
}

/* --- the head ------------------------------------------------------------------------- */

static void add_list_remark(struct writing *writing, enum heading heading,
			    const struct text *list)
{
	struct text line = { 0 };

	text_add_format(&line, "%s: %s", word(writing, heading), text_string(list));
	if (list->length)
		add_remark(writing, "", text_string(&line));
	text_free(&line);
}

static void add_choices(struct writing *writing)
{
	struct text list = { 0 };

	firewall_add_choice(writing->firewall, true, &list);
	add_list_remark(writing, HEADING_SWITCHED_ON, &list);
	text_clear(&list);
	firewall_add_choice(writing->firewall, false, &list);
	add_list_remark(writing, HEADING_SWITCHED_OFF, &list);
	text_free(&list);
}

static void add_head(struct writing *writing)
{
	const struct firewall *firewall = writing->firewall;
	const struct profile *profile = firewall->profile;
	bool edge = firewall_is_at_edge(firewall);
	struct text line = { 0 };

	text_add(writing->out, "#!/usr/sbin/nft -f\n");
	text_add_format(&line, "%s (%s): %s, %s",
			language_title(firewall->german, profile->title, profile->title_de),
			profile->name, word(writing, HEADING_IMPLIED),
			word(writing, firewall_place(firewall)));
	add_remark(writing, "", text_string(&line));
	text_clear(&line);
	if (profile->document)
		text_add(&line, profile->document);
	add_list_remark(writing, HEADING_SOURCE, &line);
	text_add(writing->out, "#\n");
	add_remark(writing, "", word(writing, HEADING_UNTRIED));
	if (!profile->hosted) {
		add_remark(writing, "", word(writing, HEADING_LOCKED_OUT));
		add_remark(writing, "", word(writing, HEADING_NOT_NAMED));
	}
	add_remark(writing, "", word(writing, HEADING_EMPTY_SETS));
	if (edge)
		add_remark(writing, "", word(writing, HEADING_ABOUT_EDGE));
	text_add(writing->out, "#\n");
	add_choices(writing);
	text_free(&line);
}

void firewall_add_nftables(const struct firewall *firewall, struct text *out)
{
	const struct openings *openings = firewall->openings;
	struct writing writing = { .firewall = firewall, .out = out, .arena = arena_new() };
	struct text table = { 0 };

	text_add_format(&table, "ucposture_%s", firewall->profile->name);
	for (char *at = table.bytes; *at; at++)
		*at = *at == '-' ? '_' : *at;
	add_head(&writing);
	/* A table that is there already is replaced, with one step. */
	text_add_format(out, "\ntable inet %s\ndelete table inet %s\n\ntable inet %s {\n",
			text_string(&table), text_string(&table), text_string(&table));
	if (!firewall->profile->hosted)
		add_sets(&writing, "admin", HEADING_ADMINS, "", &firewall->admins);
	if (firewall_is_at_edge(firewall))
		add_sets(&writing, "system", HEADING_SYSTEM, "", &firewall->addresses);
	add_sets_of(&writing, openings->open, openings->open_count);
	for (size_t i = 0; i < openings->closed_count; i++)
		if (openings->closed[i].in_range && !openings->closed[i].all_but)
			add_sets_of(&writing, &openings->closed[i], 1);
	add_chain(&writing, false);
	text_add_char(out, '\n');
	add_chain(&writing, true);
	if (firewall_is_at_edge(firewall))
		add_forwarding(&writing);
	text_add(out, "}\n");
	text_free(&table);
	arena_free(writing.arena);
}
