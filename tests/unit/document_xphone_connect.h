/* SPDX-License-Identifier: Apache-2.0
 *
 * XPhone Connect: no table, but a list of sentences for each machine.
 */
#ifndef TESTS_UNIT_DOCUMENT_XPHONE_CONNECT_H
#define TESTS_UNIT_DOCUMENT_XPHONE_CONNECT_H

#include "tests/unit/document_rows.h"

static const char *const xphone_connect_places[] = {
	"DMZ",
	"Satellite, Debian image",
	"Satellite, no aptitude",
	"Satellite, iptables",
	"Satellite, TCP only",
	"Satellite, management bridge",
	"Satellite, TLS",
	"Satellite, exchange of certificates",
	"Satellite, TCP 3280",
	"Satellite, SSH",
	"Call controller, encrypted RTP",
	"Call controller, other UDP",
	"Call controller, dynamic ports",
	"Call controller, SIP",
	"Call controller, known networks",
	"Mobile web application, certificates",
	"Mobile web application, signalling",
	"XPhone Server, push",
};

#endif
