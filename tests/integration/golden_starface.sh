#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A STARFACE as its document wants it is fine, seen from inside, with all of its features in use
# and with none; and whatever the document demands is found when it is missing, of the PBX itself
# and of all whom it needs.
# shellcheck disable=SC2016,SC2119 # faults are words that golden_fault evaluates
set -u
here=$(dirname "$0")
# shellcheck source=tests/integration/golden.bash
. "$here/golden.bash"
golden_needs kamailio prosody chronyd tinyproxy
golden_enter "$0" "$@"

features="web-http,ucc-clients,mobile-clients,xmpp-tls,sip-tcp,sip-tls,autoprovisioning,\
autoprovisioning-tls,active-directory,pbx-network,starface-connect"
web="80 443 5061 5223 50081"

world_vendors
golden_system pbx.example 10.77.0.1 fd77::1
golden_name_server dns.example 10.77.0.53 fd77::53
golden_peer ntp.example 10.77.0.123 fd77::123
golden_peer provider.example 10.77.0.2 fd77::2
golden_peer other.example 10.77.0.3 fd77::3
world_start

# --- every feature in use -----------------------------------------------------------------

golden_web ports="$web" redirect:80=yes headers="Strict-Transport-Security: max-age=31536000"
golden_xmpp
golden_sip udp:5060 'www_challenge("pbx.example", "1")'
golden_open tcp/5060 tcp/50080 tcp/3090
golden_udp udp/3090 answers
golden_view inside --profile=starface --feature="$features"
golden_good inside

# closed PORT APPLY UNDO CHECK=VERDICT...
closed() {
	golden_fault "$1 is closed" inside "${@:2}"
}
closed tcp/443 'golden_web ports="${web/443/}"' 'golden_web ports="$web"' \
	port/tcp-443/web-https=critical 'tls/tcp-443/*=not_applicable' \
	'certificate/tcp-443/*=not_applicable' 'http/root/*=not_applicable'
closed tcp/80 'golden_web ports="${web/80/}"' 'golden_web ports="$web"' \
	port/tcp-80/web-http=warning
closed tcp/5061 'golden_web ports="${web/5061/}"' 'golden_web ports="$web"' \
	port/tcp-5061/sip-tls=critical 'tls/tcp-5061/*=not_applicable'
closed tcp/5223 'golden_web ports="${web/5223/}"' 'golden_web ports="$web"' \
	port/tcp-5223/xmpp-tls=warning 'tls/tcp-5223/*=not_applicable'
closed tcp/50081 'golden_web ports="${web/50081/}"' 'golden_web ports="$web"' \
	port/tcp-50081/autoprovisioning-tls=warning 'tls/tcp-50081/*=not_applicable'
closed tcp/5222 'golden_stop xmpp' golden_xmpp \
	port/tcp-5222/xmpp=warning tls/tcp-5222/xmpp-starttls=not_applicable
closed "tcp/5222 over IPv6" \
	'golden_nft "ip6 daddr fd77::1 tcp dport 5222 reject with tcp reset"' golden_nft_flush \
	port/tcp-5222/xmpp@6=warning tls/tcp-5222/xmpp-starttls@6=not_applicable
closed udp/5060 'golden_stop sip' "golden_sip udp:5060 'sl_send_reply(\"200\", \"OK\")'" \
	port/udp-5060/sip-udp=critical
closed tcp/5060 'golden_close tcp/5060' 'golden_open tcp/5060' port/tcp-5060/sip-tcp=warning
closed tcp/50080 'golden_close tcp/50080' 'golden_open tcp/50080' \
	port/tcp-50080/autoprovisioning=warning
closed tcp/3090 'golden_close tcp/3090' 'golden_open tcp/3090' \
	port/tcp-3090/pbx-network-tcp=warning
closed udp/3090 'golden_udp udp/3090 refused' 'golden_udp udp/3090 answers' \
	port/udp-3090/pbx-network-udp=warning

# Whoever offers TLS 1.0 needs a suite of its time; only on 443 somebody minds that too.
old_suite="ECDHE+AESGCM:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"
for port in 443 5061 5223; do
	also=()
	[ "$port" != 443 ] || also=(tls/tcp-443/suites=warning)
	golden_fault "TLS 1.0 on $port" inside \
		"golden_web versions:$port='TLSv1 TLSv1.1 TLSv1.2' ciphers:$port='$old_suite'" \
		"golden_web versions:$port= ciphers:$port=" \
		"tls/tcp-$port/versions=critical" "${also[@]}"
	[ "$port" != 443 ] || also=(tls/tcp-443/renegotiation=not_applicable)
	golden_fault "no TLS 1.2 on $port" inside "golden_web versions:$port=TLSv1.3" \
		"golden_web versions:$port=" "tls/tcp-$port/current=warning" "${also[@]}"
done
golden_fault "443 speaks plain HTTP" inside 'golden_web plain:443=yes' 'golden_web plain:443=' \
	tls/tcp-443/spoken=critical 'tls/tcp-443/*=unknown' 'certificate/tcp-443/*=unknown' \
	'http/root/*=unknown'
golden_fault "5061 does not speak TLS" inside 'golden_web plain:5061=yes' \
	'golden_web plain:5061=' tls/tcp-5061/spoken=critical 'tls/tcp-5061/*=unknown'
golden_fault "50081 does not speak TLS" inside 'golden_web plain:50081=yes' \
	'golden_web plain:50081=' tls/tcp-50081/spoken-to-telephones=critical
golden_fault "XMPP offers no TLS" inside "golden_xmpp 'modules_enabled = { \"saslauth\", \"disco\" }' \
'c2s_require_encryption = false' 'allow_unencrypted_plain_auth = true'" golden_xmpp \
	tls/tcp-5222/xmpp-starttls=critical

golden_fault "the certificate has expired" inside 'golden_web certificate=expired' \
	'golden_web certificate=' \
	certificate/tcp-443/trusted=critical certificate/tcp-443/remaining=critical
golden_fault "the certificate is its own" inside 'golden_web certificate=self_signed' \
	'golden_web certificate=' certificate/tcp-443/trusted=critical
golden_fault "the certificate is for another name" inside 'golden_web certificate=wrong_name' \
	'golden_web certificate=' certificate/tcp-443/name=critical
golden_fault "plain HTTP is served although HTTPS is there" inside 'golden_web redirect:80=' \
	'golden_web redirect:80=yes' http/http-80/redirect=warning
golden_done inside

# --- no feature in use --------------------------------------------------------------------

golden_close tcp/5060 tcp/50080 tcp/3090
golden_udp udp/3090 refused
golden_stop xmpp
golden_web ports="443 5061" redirect:80=
golden_view bare --profile=starface
golden_good bare
golden_fault "tcp/80 is open" bare 'golden_web ports="80 443 5061"' \
	'golden_web ports="443 5061"' \
	port/tcp-80/web-http=warning http/http-80/redirect=warning
golden_fault "tcp/80 is open, if only to send browsers on" bare \
	'golden_web ports="80 443 5061" redirect:80=yes' \
	'golden_web ports="443 5061" redirect:80=' port/tcp-80/web-http=warning
for check in tcp-5060/sip-tcp tcp-5222/xmpp tcp-50080/autoprovisioning \
	tcp-3090/pbx-network-tcp; do
	port=tcp/${check//[!0-9]/}
	golden_fault "$port is open" bare "golden_open $port" "golden_close $port" \
		"port/$check=warning"
done
golden_fault "udp/3090 is open" bare 'golden_udp udp/3090 answers' \
	'golden_udp udp/3090 refused' port/udp-3090/pbx-network-udp=warning
golden_done bare

# --- whom it needs ------------------------------------------------------------------------

golden_stop web
golden_stop sip
golden_ntp ntp.example
golden_open tcp/5061@provider.example tcp/3090@other.example
golden_udp udp/5060@provider.example answers
golden_udp udp/3090@other.example answers
# At the PBX itself nobody looks at the PBX from outside.
golden_view needs --profile=starface --vantage=host --feature="$features" \
	--peer=dns=dns.example --peer=ntp=ntp.example --peer=sip-provider=provider.example \
	--peer=other-pbx=other.example
golden_good needs

# away HOST PORT CHECK=VERDICT...
away() {
	golden_fault "nobody gets to $1, $2" needs "golden_refuse $1 $2" golden_nft_flush "${@:3}"
}
away dns.example udp/53 port/udp-53/name-server-udp=critical
away dns.example tcp/53 port/tcp-53/name-server-tcp=warning
away ntp.example udp/123 port/udp-123/time-server=warning
away provider.example udp/5060 port/udp-5060/provider-sip-udp=critical
away provider.example tcp/5061 port/tcp-5061/provider-sip-tls=critical
away other.example tcp/3090 port/tcp-3090/other-pbx=critical
away other.example udp/3090 port/udp-3090/other-pbx-udp=warning
away push.starface.de tcp/443 reach/https-push.starface.de/push-server=critical
away license.starface.de tcp/80 reach/http-license.starface.de/license-server=critical
away license.starface.de tcp/443 reach/https-license.starface.de/license-server=critical
away license.starface.de tcp/8383 reach/https-license.starface.de-8383/license-server=critical
for host in update.starface.de starface-cdn.de www.starface-cdn.de; do
	away "$host" tcp/80 "reach/http-$host/update-server=critical"
	away "$host" tcp/443 "reach/https-$host/update-server=critical"
done
away siptrunk.de tcp/443 reach/https-siptrunk.de/provider-portal=warning
i=0
for address in 37.120.180.58 37.120.180.6 37.120.181.198 37.120.181.229 85.184.250.15; do
	i=$((i + 1))
	away "connect-$i.starface.example" tcp/5061 \
		"reach/tcp-$address-5061/connect-servers=warning"
done
golden_fault "the network has no way out over IPv4" needs \
	'golden_nft "ip daddr 37.120.0.0/16 tcp flags & (syn | ack) == syn reject with tcp reset"' \
	golden_nft_flush \
	'reach/http*@4=critical' reach/https-siptrunk.de/provider-portal@4=warning \
	'reach/tcp-37*@4=warning'
golden_done needs

# Connect's servers are never asked for through a proxy: audio would not go there.
world_proxy tinyproxy
cat >"$golden/proxied.yaml" <<CONFIG
agent: { vantage: host, proxy: "$proxy" }
targets:
  - { name: pbx, address: pbx.example, profiles: [ starface ], ca_file: "$world_ca",
      features: [ mobile-clients, starface-connect ] }
CONFIG
golden_view proxied --config.file="$golden/proxied.yaml"
golden_good proxied
golden_fault "the proxy is gone" proxied 'golden_nft "tcp dport 3128 reject with tcp reset"' \
	golden_nft_flush 'reach/http*=critical' reach/https-siptrunk.de/provider-portal=warning
golden_finish
