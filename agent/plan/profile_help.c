/* SPDX-License-Identifier: Apache-2.0
 *
 * Made by profile_help.py from man/ucposture-profile.5; change that.
 */
#include "agent/plan/profile_help.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *what, *key, *help;
} rows[] = {
	{ "a profile", "profile",
	  "Its name, the same as the file's without .yaml." },
	{ "a profile", "title",
	  "What people call the product." },
	{ "a profile", "title_de",
	  "What people call the product." },
	{ "a profile", "extends",
	  "Another profile whose rules apply too." },
	{ "a profile", "hosted",
	  "true: the system is a service elsewhere, and the rules are about the way there "
	  "from the site that uses it. 'ucposture profiles firewall' speaks of that site's "
	  "firewall then." },
	{ "a profile", "source",
	  "Where the rules come from." },
	{ "a profile", "features",
	  "Optional parts of the product: a name and a title for each, or both titles." },
	{ "a profile", "scenarios",
	  "What is only done when asked for: a name and a title for each, or both titles." },
	{ "a profile", "peers",
	  "Other systems that the product talks to: a name and a title for each, or both "
	  "titles." },
	{ "a profile", "rules",
	  "What is demanded, a list." },
	{ "a profile", "not_observable",
	  "A list of sentences that demand what nobody can see from the network." },
	{ "a source", "vendor",
	  "Who wrote it." },
	{ "a source", "document",
	  "What it is called." },
	{ "a source", "version",
	  "Which edition it is, or of when." },
	{ "a feature, scenario or peer", "title",
	  "What people call it." },
	{ "a feature, scenario or peer", "title_de",
	  "What people call it." },
	{ "a rule", "id",
	  "Its name, unique in the profile, of lower case letters, digits and hyphens." },
	{ "a rule", "title",
	  "One line for people; without it they read the id." },
	{ "a rule", "title_de",
	  "One line for people; without it they read the id." },
	{ "a rule", "observe",
	  "A collector; 'ucposture observe --help' lists them with their facts." },
	{ "a rule", "subject",
	  "What it looks at, one or a list: 'tcp/443', 'udp/10000-20000', 'any/161' (of "
	  "this machine itself: TCP and UDP), a URL, a name, or a path of the target such "
	  "as '/admin', which stands for 'https://*:443/admin'. For dns a star is the name "
	  "that clients find the target by, its server_name or address; where both are "
	  "numeric the rule does not apply." },
	{ "a rule", "expect",
	  "What must hold, all of it: facts, each with operators. Installed software is "
	  "only seen by who may read the system: such rules do not apply to targets without "
	  "snmp_access, nor to peers." },
	{ "a rule", "otherwise",
	  "What must hold instead while none of the rule's features is in use. Without it "
	  "the rule does not apply then." },
	{ "a rule", "severity",
	  "critical or major (the usual one): a violation is critical; minor or warning: it "
	  "is a warning. They count 8, 4, 2 and 1 in the score." },
	{ "a rule", "vantage",
	  "From where the rule holds, one or a list of internal, dmz, external, host; "
	  "without it from everywhere. What a collector sees only at the machine itself "
	  "holds from host, and nowhere else." },
	{ "a rule", "feature",
	  "It applies when this feature is in use, or any of a list." },
	{ "a rule", "scenario",
	  "It applies when this scenario is asked for, or any of a list." },
	{ "a rule", "peer",
	  "It looks at the target's peer of that name, and does not apply when there is "
	  "none." },
	{ "a rule", "only_from",
	  "It holds only where we look from the address of the target's peer of that name, "
	  "and does not apply elsewhere, nor when there is no such peer." },
	{ "a rule", "not_from",
	  "It holds everywhere but at that peer's own address. Over a version of IP in "
	  "which the peer has no address nobody looks from it." },
	{ "a rule", "provisional_while",
	  "The id of another rule of the profile: while that one finds something at the "
	  "same port of the same host, be it accepted or not, what this one finds says "
	  "little and may end with it. The finding stays, marked as provisional." },
	{ "a rule", "starttls",
	  "The protocol that begins in the clear: smtp, imap, pop3, ftp, xmpp, xmpp-server, "
	  "ldap, postgres, rdp, mssql, sip, sips." },
	{ "a rule", "server_name",
	  "Ask for this name (SNI and the like) instead of the target's." },
	{ "a rule", "verify_name",
	  "The certificate must be for this name or address instead." },
	{ "a rule", "timeout",
	  "How long looking may take, as '5s'." },
	{ "a rule", "interval",
	  "How often the agent looks, as '24h'; usually as often as at the rest of the "
	  "target." },
	{ "a rule", "via",
	  "By which path a URL elsewhere is reached, direct, proxy or a list of both, which "
	  "are checks of their own; the one through the proxy does not apply where neither "
	  "the target nor the agent has one. Without via it is through the proxy when there "
	  "is one." },
	{ "a rule", "by_address",
	  "true: ask for the numeric address instead of a name, as scanners do that know no "
	  "other." },
	{ "a rule", "when_closed",
	  "What it means to this rule that nobody serves there: unknown (the usual one), or "
	  "not_applicable when the connection is refused, or ok when it is refused or "
	  "nobody answers at all. Of a rule with otherwise that is so while none of its "
	  "features is in use; else it is unknown." },
	{ "a rule", "when_absent",
	  "What it means that a fact is not there although the subject was seen, as "
	  "renegotiation where only TLS 1.3 is spoken: unknown (the usual one) or "
	  "not_applicable." },
	{ "a rule", "because",
	  "Why the rule is there. It must be given." },
	{ "a rule", "remedy",
	  "What to do about a violation." },
	{ "a rule", "otherwise_remedy",
	  "What to do instead about a violation of otherwise." },
	{ "a rule", "reference",
	  "The place in the document." },
	{ "a sentence that is not observable", "sentence",
	  "What is demanded." },
	{ "a sentence that is not observable", "reason",
	  "Why nobody can see it from the network." },
	{ "a sentence that is not observable", "by_hand",
	  "How to look instead." },
	{ "a sentence that is not observable", "reference",
	  "The place in the document." },
	{ "a sentence that is not observable", "inbound",
	  "Ports, one or a list, that a firewall has to let through all the same: to the "
	  "product, or from it." },
	{ "a sentence that is not observable", "outbound",
	  "Ports, one or a list, that a firewall has to let through all the same: to the "
	  "product, or from it." },
	{ "a sentence that is not observable", "vantage",
	  "When, and for outbound to whom; as in rules." },
	{ "a sentence that is not observable", "feature",
	  "When, and for outbound to whom; as in rules." },
	{ "a sentence that is not observable", "scenario",
	  "When, and for outbound to whom; as in rules." },
	{ "a sentence that is not observable", "peer",
	  "When, and for outbound to whom; as in rules." },
	{ "an operator", "is",
	  "The value is this one, or is not. Fingerprints and serial numbers may have "
	  "colons, spaces and capitals, as tools print them." },
	{ "an operator", "is_not",
	  "The value is this one, or is not. Fingerprints and serial numbers may have "
	  "colons, spaces and capitals, as tools print them." },
	{ "an operator", "one_of",
	  "The value is one of a list." },
	{ "an operator", "none_of",
	  "Neither the value nor any element of it is one of a list." },
	{ "an operator", "only",
	  "Every element is one of a list. Numbers may be ranges such as '5060-5062'. For "
	  "port.open the word allowed-ports stands for every port, of the same transport, "
	  "that another check of the target speaks of: a port that must not be open is one "
	  "finding, not two." },
	{ "an operator", "all_of",
	  "Each of a list is among the elements." },
	{ "an operator", "within",
	  "The address is, or all are, inside one of these networks. Of a list without any "
	  "nothing is known, and when_absent says what that means; so it is with matches, "
	  "at_least and at_most." },
	{ "an operator", "matches",
	  "A POSIX extended regular expression." },
	{ "an operator", "at_least",
	  "Numbers, and texts that are versions, compared number by number." },
	{ "an operator", "at_most",
	  "Numbers, and texts that are versions, compared number by number." },
	{ "an operator", "present",
	  "The fact was seen, or was not, although the subject was." },
	{ "an operator", "absent",
	  "The fact was seen, or was not, although the subject was." },
	{ "an operator", "remaining",
	  "How much time is left until then: '{ warning: 30d, critical: 7d }', or a share "
	  "of the lifetime such as '25%', or a list of both, of which the shorter counts. "
	  "The word default stands for 30d and 7d, and for 25% and 10% where the whole life "
	  "is shorter than 60d." },
	{ "an operator", "entry",
	  "Of a list of texts, such as the installed software, the operators beside it "
	  "speak of the entries that match this pattern only, whatever the case of their "
	  "letters: '{ entry: \"*OpenJDK*\", at_least: 1.8.0_232 }', '{ entry: \"EMET*\", "
	  "absent: true }'. The operators are present, absent, at_least, at_most and "
	  "matches; all but the first two hold for each such entry, and where there is none "
	  "when_absent says what it means." },
	{ "an operator", "unchanged",
	  "Nothing has changed since it was first seen: '{ unchanged: true }'. Lists may "
	  "change their order. The first time it is ok; a change is found until 'ucposture "
	  "check --accept-changes' accepts it, and what cannot be remembered is unknown." },
};

const char *profile_help(const char *what, const char *key)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].what, what) && !strcmp(rows[i].key, key))
			return rows[i].help;
	return NULL;
}
