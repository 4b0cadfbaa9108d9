/* SPDX-License-Identifier: Apache-2.0
 *
 * The two languages of titles, and of the headings above them. What rules say in full
 * (because, remedy) is English only, as profiles have it.
 */
#ifndef AGENT_CLI_LANGUAGE_H
#define AGENT_CLI_LANGUAGE_H

#include "agent/plan/profile.h"
#include "ground/text.h"

/* X(constant, English, German) */
#define HEADINGS(X)                                                                           \
	X(PORTS, "Ports", "Ports")                                                            \
	X(TLS, "Encryption (TLS)", "Verschlüsselung (TLS)")                                   \
	X(CERTIFICATES, "Certificates", "Zertifikate")                                        \
	X(SMB, "File sharing (SMB)", "Dateifreigaben (SMB)")                                  \
	X(WEB, "Web (HTTP)", "Web (HTTP)")                                                    \
	X(SIP, "Telephony (SIP)", "Telefonie (SIP)")                                          \
	X(HOSTS, "Hosts and names elsewhere", "Server und Namen anderswo")                    \
	X(SOFTWARE, "Software and others", "Software und anderes")                            \
	X(UNSEEN, "What nobody can see from the network",                                     \
	  "Was vom Netz aus niemand sehen kann")                                              \
	X(FEATURES, "Features", "Funktionen")                                                 \
	X(SCENARIOS, "Scenarios", "Szenarien")                                                \
	X(PEERS, "Peers", "Gegenstellen")                                                     \
	X(ALWAYS, "Always", "Immer")                                                          \
	X(FEATURE, "Feature", "Funktion")                                                     \
	X(SCENARIO, "Scenario", "Szenario")                                                   \
	X(VANTAGE, "Vantage", "Standort")                                                     \
	X(OR, "or", "oder")                                                                   \
	X(PORT, "PORT", "PORT")                                                               \
	X(WAY, "WAY", "WEG")                                                                  \
	X(STATE, "STATE", "STAND")                                                            \
	X(WHEN_OFF, "IF OFF", "OHNE")                                                         \
	X(WHO, "WHO", "WER")                                                                  \
	X(WHAT, "WHAT, AND WHERE IT STANDS", "WAS, UND WO ES STEHT")                          \
	X(IN, "in", "ein")                                                                    \
	X(OUT, "out", "aus")                                                                  \
	X(OPEN, "open", "offen")                                                              \
	X(CLOSED, "closed", "zu")                                                             \
	X(ALL_BUT, "all but", "alle außer")                                                   \
	X(FROM, "from", "aus")                                                                \
	X(TO_PEER, "to", "zu")                                                                \
	X(FROM_PEER, "from", "von")                                                           \
	X(SOURCE, "Source", "Quelle")                                                         \
	X(EXTENDS, "Extends", "Erweitert")                                                    \
	X(RULES, "Rules", "Regeln")                                                           \
	X(UNSEEN_COUNT, "Unseen", "Ungesehen")                                                \
	X(OF_WHICH_FROM, "of which inherited:", "davon geerbt:")                              \
	X(UNSEEN_MEANS, "Demands that nobody can see from the network:",                      \
	  "Forderungen, die vom Netz aus niemand sehen kann:")

enum heading {
#define HEADING_CONSTANT(constant, english, german) HEADING_##constant,
	HEADINGS(HEADING_CONSTANT)
#undef HEADING_CONSTANT
	HEADING_COUNT
};

/* The word of --lang; NULL is English. */
bool language_is_german(const char *word);
const char *language_heading(bool german, enum heading heading);
/* The German title where there is one and it is wanted. */
const char *language_title(bool german, const char *title, const char *title_de);
/* "Mobile clients (mobile-clients)"; the name alone when the list does not have it. */
void language_add_named(bool german, const struct named *list, size_t count, const char *name,
			struct text *out);

#endif
