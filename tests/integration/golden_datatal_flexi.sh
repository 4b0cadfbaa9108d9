#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A Datatal Flexi with nothing in use but what every one needs is fine, from inside and at the
# machine itself; each fault of the document is found, and nothing else changes.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/golden.bash
. "$here/golden.bash"
# shellcheck source=tests/integration/golden_datatal_flexi.bash
. "$here/golden_datatal_flexi.bash"
golden_needs setsid
golden_enter "$0" "$@"

flexi_begin

# --- inside, nothing but what every Flexi needs ------------------------------------------

golden_web ports=443 headers="$flexi_hsts" directives="$flexi_by_name"
golden_open tcp/5060 tcp/1337@loopback tcp/1339@loopback
golden_udp udp/5060 answers
golden_view unused --profile=datatal-flexi "${flexi_user[@]}"
golden_good unused

golden_fault "nobody serves HTTPS" unused "golden_web ports=" "golden_web ports=443" \
	port/tcp-443/web-https=critical 'tls/tcp-443/*=not_applicable' \
	'certificate/tcp-443/*=not_applicable' http/root/hsts=not_applicable \
	http/root/powered-by=not_applicable http/root/cookies=not_applicable
golden_fault "the port for HTTPS speaks HTTP" unused "golden_web plain:443=yes" \
	"golden_web plain:443=" tls/tcp-443/spoken=critical 'tls/tcp-443/[!s]*=unknown' \
	tls/tcp-443/suites=unknown 'certificate/tcp-443/*=unknown' 'http/root/*=unknown' \
	'http/*/php-version=unknown'
golden_fault "the site shows itself to whoever asks by number" unused \
	"golden_web directives:443='# any name'" "golden_web directives:443=" \
	http/root/bound-to-name=warning
golden_fault "HTTP serves the site" unused "golden_web 'ports=80 443'" "golden_web ports=443" \
	http/http-80/redirect=critical
golden_fault "HTTP serves the site to whoever asks by number" unused \
	"golden_web 'ports=80 443' directives:80='# any name'" "golden_web ports=443 directives:80=" \
	http/http-80/redirect=critical http/http-80/bound-to-name=warning
for path in admin mobile tid tidweb; do
	golden_fault "PHP exposes itself at /$path" unused \
		"golden_web directives:443='$flexi_by_name location = /$path { return 200 x; \
			add_header X-Powered-By PHP/5.6.40 always; }'" \
		"golden_web directives:443=" "http/$path/php-version=warning"
done
for service in 9692=telephony-manager 13404=active-state 13317=exchange-connector; do
	port=${service%=*}
	golden_fault "$port is open and nobody needs it" unused "golden_open tcp/$port" \
		"golden_close tcp/$port" "port/tcp-$port/${service#*=}=warning"
done
golden_fault "there is an external site that nobody asked for" unused \
	"golden_web 'ports=443 4443' paths:4443='$flexi_not_shown'" "golden_web ports=443 paths:4443=" \
	port/tcp-4443/external-site=warning
for path in admin flexistat tid; do
	golden_fault "it shows /$path" unused \
		"golden_web 'ports=443 4443' paths:4443='${flexi_not_shown/"/$path=404"/"/$path=200"}'" \
		"golden_web ports=443 paths:4443=" port/tcp-4443/external-site=warning \
		"http/https-4443-$path/external-site-no-others=critical"
done
golden_fault "the external site serves HTTP" unused \
	"golden_web 'ports=443 8080' plain:8080=yes paths:8080='$flexi_not_shown'" \
	"golden_web ports=443 plain:8080= paths:8080=" \
	http/http-8080/external-site-redirect=critical \
	'http/http-8080-*/external-site-no-others-plain=not_applicable'
for path in admin flexistat tid; do
	golden_fault "the external site shows /$path over HTTP" unused \
		"golden_web 'ports=443 8080' plain:8080=yes \
			directives:8080='if (\$uri != /$path) { return 301 https://\$host/; }'" \
		"golden_web ports=443 plain:8080= directives:8080=" \
		"http/http-8080-$path/external-site-no-others-plain=critical"
done
for port in 1337 1339; do
	golden_fault "CTStack can be reached at $port" unused "golden_open tcp/$port" \
		"golden_close tcp/$port" "port/tcp-$port/ctstack-closed=critical"
done
golden_fault "CTStack takes no SIP over TCP" unused "golden_close tcp/5060" "golden_open tcp/5060" \
	port/tcp-5060/sip-tcp=warning
golden_fault "CTStack takes no SIP over UDP" unused "golden_udp udp/5060 refused" \
	"golden_udp udp/5060 answers" port/udp-5060/sip-udp=critical

# --- the vendor's servers --------------------------------------------------------------------

vendor=https-services.datatal.se
golden_fault "the licence server is cut off" unused "golden_refuse services.datatal.se" \
	golden_nft_flush "reach/$vendor/license-server=critical" \
	"reach/$vendor/license-certificate=unknown"
at=20
for fault in expired stranger wrong_name; do
	at=$((at + 1))
	golden_fault "who answers for the vendor is $fault" unused \
		"flexi_names 's/^(services.datatal.se. A) .*/\1 82.115.148.$at/' \
			's/^(services.datatal.se. AAAA) .*/\1 2a01:650:28:5::255:$at/'" flexi_names \
		"reach/$vendor/license-certificate=warning"
done
golden_fault "the vendor's server is outside of its IPv4 network" unused \
	"flexi_names 's/^(services.datatal.se. A) .*/\1 82.115.149.20/'" flexi_names \
	dns/services.datatal.se/vendor-addresses=warning
golden_fault "the vendor's server is outside of its IPv6 network" unused \
	"flexi_names 's/^(services.datatal.se. AAAA) .*/\1 2a01:650:28:5::256:20/'" flexi_names \
	dns/services.datatal.se/vendor-addresses=warning
golden_fault "the vendor's server has no IPv6 address" unused \
	"flexi_names '/^services.datatal.se. AAAA/d'" flexi_names \
	dns/services.datatal.se/vendor-addresses=warning "reach/$vendor/*@6=not_applicable"
golden_fault "the vendor's server has no IPv4 address" unused \
	"flexi_names '/^services.datatal.se. A /d'" flexi_names \
	dns/services.datatal.se/vendor-addresses=warning "reach/$vendor/*@4=not_applicable"
golden_fault "nobody knows the vendor's server" unused "flexi_names '/^services.datatal.se. /d'" flexi_names \
	dns/services.datatal.se/vendor-addresses=warning "reach/$vendor/license-server=critical" \
	"reach/$vendor/license-certificate=unknown"

golden_done unused

# --- at the machine itself -------------------------------------------------------------------

golden_view host --profile=datatal-flexi --vantage=host
golden_good host
for port in 1337 1339; do
	golden_fault "CTStack listens to the network at $port" host "golden_open tcp/$port" \
		"golden_close tcp/$port" "host/tcp-$port/ctstack-loopback=critical"
done
golden_fault "SIP is bound to the machine itself" host \
	"golden_close tcp/5060; golden_udp udp/5060 refused; golden_open tcp/5060@loopback" \
	"golden_close tcp/5060@loopback; golden_open tcp/5060; golden_udp udp/5060 answers" \
	host/any-5060/ctstack-sip-bound=critical
golden_fault "SIP is bound to no address" host \
	"golden_close tcp/5060; golden_udp udp/5060 refused" \
	"golden_open tcp/5060; golden_udp udp/5060 answers" host/any-5060/ctstack-sip-bound=critical

for type in AAAA=6 A=4; do
	golden_fault "the name has no IPv${type#*=} address" host \
		"flexi_names '/^flexi.example. ${type%=*} /d'" flexi_names \
		dns/own-name/both-families=warning \
		"port/*@${type#*=}=not_applicable" "smb/*@${type#*=}=not_applicable"
done
golden_finish
