/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/access.h"

#include <string.h>
#include <sys/stat.h>

#include "agent/plan/form.h"
#include "ground/memory.h"
#include "ground/words.h"
#include "net/snmp.h"

/* RFC 3414 section 11.2 wants passwords of 8 at least; a user's name has 32 at most. */
enum { PASSWORD_LEAST = 8, USER_MOST = 32, TEXT_MOST = 255 };

static const char *const version_words[] = { "1", "2c", "3", NULL };
static const int version_values[] = { 1, 2, 3 };
static const char *const auth_words[] = { "MD5",     "SHA",	"SHA-224", "SHA-256",
					  "SHA-384", "SHA-512", NULL };
static const char *const privacy_words[] = { "DES", "AES", "AES-192", "AES-256", NULL };

static void keep(const struct field *field, void *base, const char *text)
{
	memcpy((char *)base + field->at, &text, sizeof text);
}

static bool read_secret(struct reading *reading, const struct field *field,
			const struct node *node, void *base)
{
	size_t length;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, field->name, node, "a text");
	length = strlen(node->text);
	if (length < (size_t)field->least || length > (size_t)field->most) {
		form_error(reading, node->place, "'%s' has %zu characters: it takes %d to %d",
			   field->name, length, (int)field->least, (int)field->most);
		return false;
	}
	keep(field, base, node->text);
	return true;
}

/* A password that slipped in here is not shown, either. */
static bool read_protocol(struct reading *reading, const struct field *field,
			  const struct node *node, void *base)
{
	struct text known = { 0 };
	const char *nearest;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, field->name, node, "a word");
	if (words_find(node->text, field->words) >= 0) {
		keep(field, base, field->words[words_find(node->text, field->words)]);
		return true;
	}
	for (size_t i = 0; field->words[i]; i++)
		text_add_item(&known, ", ", field->words[i]);
	nearest = words_nearest(node->text, field->words);
	form_error(reading, node->place, "'%s' is none of %s%s%s%s", field->name,
		   text_string(&known), nearest ? " (did you mean '" : "",
		   nearest ? nearest : "", nearest ? "'?)" : "");
	text_free(&known);
	return false;
}

#define SECRET(name, member, from, to)                                                        \
	{ name, FIELD_OWN, AT(struct snmp_access, member), .least = from, .most = to,         \
	  .read = read_secret }
#define PROTOCOL(name, member, known)                                                         \
	{ name, FIELD_OWN, AT(struct snmp_access, member), .words = known,                    \
	  .read = read_protocol }

static const struct field access_fields[] = {
	{ "version", FIELD_WORD, true, AT(struct snmp_access, version), .words = version_words,
	  .values = version_values },
	SECRET("community", community, 1, TEXT_MOST),
	SECRET("user", user, 1, USER_MOST),
	PROTOCOL("auth", auth, auth_words),
	SECRET("auth_password", auth_password, PASSWORD_LEAST, TEXT_MOST),
	PROTOCOL("privacy", privacy, privacy_words),
	SECRET("privacy_password", privacy_password, PASSWORD_LEAST, TEXT_MOST),
	SECRET("context", context, 1, TEXT_MOST),
	{ .name = NULL },
};

static const char *const version_3_keys[] = { "user",	 "auth",	     "auth_password",
					      "privacy", "privacy_password", "context", NULL };

/* True: the one key is there, and the other that it needs is not. */
static bool lacks(struct reading *reading, const struct node *node, const char *key,
		  const char *needed)
{
	const struct node *member = node_member(node, key);

	if (!member || node_member(node, needed))
		return false;
	form_error(reading, member->key_place, "'%s' needs '%s'", key, needed);
	return true;
}

static bool check_community(struct reading *reading, const struct node *node)
{
	bool good = true;

	for (size_t i = 0; version_3_keys[i]; i++) {
		const struct node *member = node_member(node, version_3_keys[i]);

		if (!member)
			continue;
		form_error(reading, member->key_place,
			   "'%s' belongs to version 3: versions 1 and 2c know a community only",
			   version_3_keys[i]);
		good = false;
	}
	if (!node_member(node, "community")) {
		form_error(reading, node->place, "versions 1 and 2c need 'community'");
		good = false;
	}
	return good;
}

static bool check_user(struct reading *reading, const struct node *node)
{
	const struct node *community = node_member(node, "community");
	bool good = !community;

	if (community)
		form_error(reading, community->key_place,
			   "'community' belongs to versions 1 and 2c: version 3 has users");
	if (!node_member(node, "user")) {
		form_error(reading, node->place, "version 3 needs 'user'");
		good = false;
	}
	/* Each is worth a message of its own. */
	good &= !lacks(reading, node, "auth", "auth_password");
	good &= !lacks(reading, node, "auth_password", "auth");
	good &= !lacks(reading, node, "privacy", "privacy_password");
	good &= !lacks(reading, node, "privacy_password", "privacy");
	good &= !lacks(reading, node, "privacy", "auth");
	return good;
}

static bool check_access(struct reading *reading, const struct node *node, void *base)
{
	const struct snmp_access *access = base;

	return access->version == 3 ? check_user(reading, node) : check_community(reading, node);
}

static const struct form access_form = { "snmp_access", access_fields,
					 .size = sizeof(struct snmp_access),
					 .check = check_access };

static void warn_when_open(struct reading *reading, const char *file)
{
	const struct place place = { .file = file };
	struct stat about;

	if (!stat(file, &about) && S_ISREG(about.st_mode) && about.st_mode & S_IROTH)
		problems_add(reading->problems, PROBLEM_WARNING, place,
			     "everybody on this machine can read its passwords and communities:"
			     " chmod o-r");
}

bool access_read_field(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	struct snmp_access *access = arena_take(reading->arena, sizeof *access);
	const struct snmp_access *kept = access;

	*access = (struct snmp_access){ 0 };
	if (node->kind != NODE_MAP) {
		form_error(reading, node->place,
			   "'%s' is a map, such as { version: 2c, community: … }", field->name);
		return false;
	}
	warn_when_open(reading, node->place.file);
	if (!form_read(reading, &access_form, node, access))
		return false;
	memcpy((char *)base + field->at, &kept, sizeof kept);
	return true;
}

const struct snmp_access *access_read(const char *file, struct arena *arena,
				      struct problems *problems)
{
	static const struct field whole = { "snmp_access", FIELD_OWN, .at = 0,
					    .read = access_read_field };
	struct reading reading = { arena, problems, NULL };
	const struct snmp_access *access = NULL;
	const struct node *root = NULL;
	struct text bytes = { 0 };

	if (tree_load(file, &bytes, problems))
		root = tree_read(arena, arena_copy(arena, file), text_string(&bytes),
				 bytes.length, problems);
	if (root)
		access_read_field(&reading, &whole, root, &access);
	text_free(&bytes);
	return problems->errors ? NULL : access;
}
