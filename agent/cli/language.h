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
	  "Forderungen, die vom Netz aus niemand sehen kann:")                                \
	X(LET_THROUGH, "Let through", "Durchlassen")                                          \
	X(KEEP_CLOSED, "Keep closed", "Geschlossen halten")                                   \
	X(PORTS_COLUMN, "PORTS", "PORTS")                                                     \
	X(FROM_OR_TO, "FROM / TO", "VON / ZU")                                                \
	X(ANYBODY, "anybody", "alle")                                                         \
	X(PLACE, "Place", "Ort")                                                              \
	X(AT_SYSTEM, "at the system itself", "am System selbst")                              \
	X(AT_EDGE, "at the edge of its network", "am Rand seines Netzes")                     \
	X(AT_SITE, "at the edge of the site that uses it", "am Rand des Standorts, der es nutzt") \
	X(ON, "On", "An")                                                                     \
	X(OFF, "Off", "Aus")                                                                  \
	X(SWITCHED_ON, "Switched on", "Eingeschaltet")                                        \
	X(SWITCHED_OFF, "Switched off", "Ausgeschaltet")                                      \
	X(IMPLIED, "the firewall rules that its document implies",                            \
	  "die Firewall-Regeln, die aus dem Dokument folgen")                                 \
	X(UNTRIED, "Derived from a document and not tried at your system: read it first.",    \
	  "Aus einem Dokument abgeleitet und nicht an Ihrem System erprobt: erst lesen.")     \
	X(LOCKED_OUT,                                                                         \
	  "Administrators (SSH, Remote Desktop) get in from the sets admin_4 and admin_6 only."  \
	  " While those are empty, loading this from afar locks you out.",                    \
	  "Administratoren (SSH, Remotedesktop) kommen nur aus den Mengen admin_4 und admin_6" \
	  " herein. Sind sie leer, sperrt das Laden aus der Ferne Sie aus.")                  \
	X(NOT_NAMED,                                                                          \
	  "What the document does not name is dropped, both ways: name servers perhaps, backup," \
	  " monitoring, updates of the operating system, DHCP. Add it.",                      \
	  "Was das Dokument nicht nennt, wird in beiden Richtungen verworfen: Nameserver"     \
	  " vielleicht, Backup, Überwachung, Updates des Betriebssystems, DHCP. Ergänzen.")   \
	X(EMPTY_SETS,                                                                         \
	  "Names are not looked up. The sets that stand for them, and for peers that were not" \
	  " given, are empty, and nothing gets there until you write elements = { ... } into"  \
	  " them. Loading the file anew forgets what was added in the meantime.",             \
	  "Namen werden nicht aufgelöst. Die Mengen an ihrer Stelle, und die für nicht"       \
	  " angegebene Gegenstellen, sind leer, und nichts kommt dorthin, bis Sie elements ="  \
	  " { ... } hineinschreiben. Neues Laden vergisst, was inzwischen ergänzt wurde.")    \
	X(ABOUT_EDGE,                                                                         \
	  "It decides about the system's own addresses alone; other traffic goes on as it did." \
	  " Translation of addresses (dnat) stays yours; here count the addresses inside.",   \
	  "Entschieden wird nur über die Adressen des Systems; alles andere bleibt, wie es"   \
	  " war. Adressumsetzung (dnat) bleibt Ihre; hier zählen die inneren Adressen.")      \
	X(ADMINISTRATION, "Administration", "Verwaltung")                                     \
	X(ADMINS, "Where administrators come from; empty: from nowhere",                      \
	  "Woher Administratoren kommen; leer: von nirgends")                                 \
	X(SYSTEM, "The system's addresses, all of them", "Die Adressen des Systems, alle")    \
	X(TO_BE_FILLED, "fill in the addresses", "Adressen eintragen")

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
