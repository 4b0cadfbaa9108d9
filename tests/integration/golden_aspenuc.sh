#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The profile aspenuc, from inside of a site: everything of the list gets through and all is ok;
# then the site's firewall stops one thing after the other, rewrites SIP, or answers in AspenUC's
# place, and exactly that is found.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/golden.bash
. "$here/golden.bash"
golden_needs kamailio setsid
golden_enter "$0" "$@"

world_host api.push.apple.com 17.188.143.34 2620:149:a44::22 https:2197
world_host 1-courier.push.apple.com 17.188.143.37 2620:149:a44::25 https:5223 https:443
golden_system uc.aspen.example 198.51.100.10 2001:db8:a5::10
golden_name_server ns.site.example 10.88.0.53 fd88::53
golden_peer firewall.site.example 10.88.1.1 fd88:1::1
golden_peer media.zoom.example 203.0.113.88 2001:db8:88::1
world_start

sip="udp:5060 tcp:5060 udp:5100 tcp:5100 tls:5061"

# All of the service, as it should be.
sip_is_well()
{
	golden_sip "$sip" 'sl_send_reply("200", "OK")'
}

golden_web ports="443" headers="Strict-Transport-Security: max-age=31536000"
sip_is_well
golden_open tcp/5222 tcp/5223 tcp/5269 tcp/5270
golden_udp udp/5061 answers
golden_udp udp/8801@media.zoom.example answers
golden_udp udp/8802@media.zoom.example answers

peers=(--peer=dns=ns.site.example --peer=zoom=media.zoom.example)
golden_view inside --profile=aspenuc --feature=mobile-clients "${peers[@]}"
golden_good inside

# stopped NAME PORT CHECK=VERDICT...: by the site's firewall, which says so
stopped()
{
	local name=$1 port=$2
	shift 2
	golden_fault "$name" inside "golden_refuse ${port#*@} ${port%@*}" golden_nft_flush "$@"
}

at=uc.aspen.example
stopped "encrypted SIP is stopped" "tcp/5061@$at" port/tcp-5061/sip-tls=critical \
	tls/tcp-5061/spoken=not_applicable sip/tls-5061/via-intact=not_applicable
stopped "unencrypted SIP is stopped" "tcp/5060@$at" port/tcp-5060/sip-tcp=warning \
	'sip/tcp-5060/*=not_applicable'
stopped "SIP over UDP is stopped" "udp/5060@$at" port/udp-5060/sip-udp=warning \
	'sip/udp-5060/*=not_applicable'
stopped "UDP 5061 is stopped" "udp/5061@$at" port/udp-5061/sip-udp-5061=warning
stopped "the application SIP does not contain TCP 5100" "tcp/5100@$at" \
	port/tcp-5100/sip-service-port=critical 'sip/tcp-5100/*=not_applicable'
stopped "the application SIP does not contain UDP 5100" "udp/5100@$at" \
	port/udp-5100/sip-service-port-udp=warning 'sip/udp-5100/*=not_applicable'
stopped "HTTPS is stopped" "tcp/443@$at" port/tcp-443/https=critical \
	'tls/tcp-443/*=not_applicable' 'certificate/tcp-443/*=not_applicable' \
	'http/root/*=not_applicable'
for port in 5222 5223; do
	stopped "chat is stopped at $port" "tcp/$port@$at" "port/tcp-$port/xmpp=critical"
done
for port in 5269 5270; do
	stopped "chat between servers is stopped at $port" "tcp/$port@$at" \
		"port/tcp-$port/xmpp-servers=warning"
done
stopped "names are not told over TCP" tcp/53@ns.site.example port/tcp-53/name-server=critical
for port in 8801 8802; do
	stopped "Zoom is stopped at $port" "udp/$port@media.zoom.example" \
		"port/udp-$port/zoom=warning"
done
for port in 5223 443; do
	stopped "Apple's telephones are cut off at $port" "tcp/$port@1-courier.push.apple.com" \
		"reach/tcp-1-courier.push.apple.com-$port/apple-push=critical"
done
stopped "who sends push messages is cut off" tcp/2197@api.push.apple.com \
	reach/tcp-api.push.apple.com-2197/apple-push-sending=warning

# A firewall that says nothing: over UDP silence is all there is to see, where an answer is due.
golden_view hasty --profile=aspenuc --timeout=1s "${peers[@]}"
golden_good hasty
golden_fault "UDP is dropped" hasty \
	"golden_nft 'udp dport { 5060, 5061, 5100, 8801, 8802 } drop'" golden_nft_flush \
	port/udp-5060/sip-udp=warning port/udp-5100/sip-service-port-udp=warning \
	'sip/udp-*=unknown'

# A firewall with an opinion on SIP: what goes to the system's ports passes through a box that
# writes its own address into it. Inside of TLS it cannot read.
tls_serve box4 "$PYTHON3" "$here/sip_box.py" alg 10.88.1.1 198.51.100.10
tls_serve box6 "$PYTHON3" "$here/sip_box.py" alg fd88:1::1 2001:db8:a5::10
tls_listens box4 10.88.1.1 5060
tls_listens box6 fd88:1::1 5060
tls_await
for port in tcp/5060 tcp/5100 udp/5060 udp/5100; do
	golden_fault "an ALG rewrites SIP at $port" inside \
		"golden_divert $at $port firewall.site.example ${port%/*}/5060" golden_nft_flush \
		"sip/${port/\//-}/via-intact=critical"
done
golden_never sip/tls-5061/via-intact "nobody on the way can write inside of TLS"

# Somebody answers in AspenUC's place.
golden_fault "HTTPS is answered in the clear" inside "golden_web plain:443=yes" \
	"golden_web plain:443=" tls/tcp-443/spoken=critical 'tls/tcp-443/[!s]*=unknown' \
	tls/tcp-443/suites=unknown 'certificate/tcp-443/*=unknown' 'http/root/*=unknown'
golden_fault "encrypted SIP is answered in the clear" inside \
	"golden_sip '${sip/tls:5061/}' 'sl_send_reply(\"200\", \"OK\")'
		golden_web 'ports=443 5061' plain:5061=yes" \
	"golden_web ports=443 plain:5061=; sip_is_well" \
	tls/tcp-5061/spoken=critical sip/tls-5061/via-intact=unknown
golden_fault "passwords are asked for in the clear" inside \
	"golden_sip '$sip' 'append_to_reply(\"WWW-Authenticate: Basic realm=old\r\n\")' \
		'sl_send_reply(\"401\", \"Unauthorized\")'" sip_is_well 'sip/*/authentication=critical'
golden_finish
