/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings that strangers may send, and a round that has each of them in every place.
 */
#ifndef TESTS_UNIT_HOSTILE_H
#define TESTS_UNIT_HOSTILE_H

#include "tests/unit/made.h"

static const char *const hostile_words[] = {
	"", " ", "\t", "\n", "\r\n", "\"", "'", "''", "\\", "\\n", "\\\\", "\\\"", "`id`",
	"$(id)", "%s%n%x", "%", "&", "&amp;", "<", ">", "</testcase>", "]]>", "<![CDATA[",
	"<!--", "-->", "<script>alert(1)</script>", "|", "a|b=1;2;3", "score=1|x", ";", ",",
	",,,\"\"", "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1",
	"\r=1", "\n=1", "# HELP x y", "\n# HELP ucposture_x y\n", "# EOF", "}", "{", "{}",
	"\"} 1\nx{a=\"", "NaN", "null", "true", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07",
	"\x1bP", "\x08\x08\x08", "\x7f", "\xc2\x80", "\xc2\x9b" "31m", "\xe2\x80\xae" "abc",
	"\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf" "bom", "\xef\xbf\xbe", "\xef\xbf\xbf",
	"\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
	"\xff", "\xfe", "\x80", "\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xf0\x9f\x98",
	"\xf0\x9f\x98\x80", "\xe4\xbd\xa0\xe5\xa5\xbd", "e\xcc\x81\xcc\x81\xcc\x81",
	"Gr\xc3\xbc\xc3\x9f" "e", "Gr\xfc\xdf" "e", "a\nb", "a\r\nb", "a\tb", "'\"'\"'",
	"../../etc/passwd", "http://x/?a=b&c=d", "OK - all fine", "0 \"Service\" - OK",
	"UCPOSTURE OK - |score=100%", "x' or '1'='1", "[::1]", "fe80::1%eth0", "\x01", "\x02",
	"\x03", "\x04", "\x05", "\x06", "\x0b", "\x0c", "\x0e", "\x0f", "\x10", "\x14", "\x17",
	"\x18", "\x19", "\x1a", "\x1c", "\x1d", "\x1e", "\x1f"
};

enum { HOSTILE_WORDS = sizeof hostile_words / sizeof *hostile_words };

/* One more: longer than any line. */
static inline const char *hostile_long(void)
{
	static char word[5001];

	for (size_t i = 0; i < sizeof word - 1; i++)
		word[i] = i % 70 ? 'x' : ' ';
	return word;
}

static inline void hostile_check(struct made_results *made, const char *word, size_t index)
{
	static const enum verdict verdicts[] = {
		VERDICT_OK, VERDICT_WARNING, VERDICT_CRITICAL, VERDICT_UNKNOWN,
		VERDICT_NOT_APPLICABLE, VERDICT_EXCEPTED
	};
	struct check *check = made_check(made, word, verdicts[index % VERDICT_COUNT]);
	struct rule *rule = &made->rules[made->plan.check_count - 1];
	struct judgement *judgement = &made->judgements[made->plan.check_count - 1];
	struct text name = { 0 };

	/* Names of checks are unique, whatever else they are. */
	text_add_format(&name, "%s%zu", word, index);
	check->name = text_take(&name);
	check->subject = word;
	rule->title = rule->because = rule->remedy = rule->reference = word;
	free(judgement->expected);
	free(judgement->observed);
	judgement->expected = memory_copy(word);
	judgement->observed = memory_copy(word);
	judgement->detail = memory_copy(word);
	judgement->reason = "violated";
}

/* Two targets, the second with a hostile name, address and labels. */
static inline struct made_results *hostile_round(void)
{
	struct made_results *made = made_new();

	for (size_t at = 0; at < 2; at++) {
		struct target *target = made_target(made, at ? hostile_words[86] : "pbx");

		made->labels[at] = (struct label){ hostile_words[at ? 43 : 6], "\"} 1\nx" };
		target->labels = &made->labels[at];
		target->label_count = 1;
		for (size_t i = 0; i < HOSTILE_WORDS; i++)
			hostile_check(made, hostile_words[i], i);
	}
	hostile_check(made, hostile_long(), HOSTILE_WORDS);
	return made;
}

static inline void hostile_free(struct made_results *made)
{
	for (size_t i = 0; i < made->plan.check_count; i++)
		free((char *)made->checks[i].name);
	made_free(made);
}

#endif
