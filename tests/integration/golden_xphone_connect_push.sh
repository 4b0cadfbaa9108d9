#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The XPhone Server with everything on one machine, and alone behind a proxy: it reaches the push
# services, and its call controller is closed; then one thing after the other is not so.
set -u
# shellcheck source=tests/integration/golden.bash
. "$(dirname "$0")/golden.bash"
golden_needs setsid tinyproxy
golden_enter "$0" "$@"

golden_system xphone.example 10.89.0.20 fd89::20
world_host api.push.apple.com 17.188.143.34 2620:149:a44::22 https:443
world_host fcm.googleapis.com 142.250.185.74 2a00:1450:4001:82a::200a https:443
world_host push.c4b.example 46.16.216.10 2a00:f48:2000::10 https:443
# Boxes on the way out: one opens TLS, one speaks none.
world_host opener.site.example 10.89.0.30 fd89::30 https:443
world_break opener.site.example stranger
world_host gate.site.example 10.89.0.31 fd89::31 http:80
world_start

golden_web ports=443 headers="Strict-Transport-Security: max-age=31536000"
golden_view whole --profile=xphone-connect --feature=integrated \
	--peer=c4b-push=push.c4b.example
golden_good whole
c4b=push.c4b.example push=push-services
for name in api.push.apple.com fcm.googleapis.com; do
	golden_fault "$name cannot be reached" whole "golden_refuse $name tcp/443" \
		golden_nft_flush "reach/https-$name/$push=critical"
	golden_fault "somebody opens TLS towards $name" whole \
		"golden_divert $name tcp/443 opener.site.example tcp/443" golden_nft_flush \
		"reach/https-$name/$push=critical"
done
golden_fault "C4B cannot be reached" whole "golden_refuse $c4b tcp/443" golden_nft_flush \
	port/tcp-443/push-c4b=critical tls/tcp-443/push-c4b-encrypted=not_applicable
golden_fault "somebody answers for C4B in the clear" whole \
	"golden_divert $c4b tcp/443 gate.site.example tcp/80" golden_nft_flush \
	tls/tcp-443/push-c4b-encrypted=critical
for port in 5060 5061 5080; do
	golden_fault "the controller answers SIP at $port" whole "golden_open tcp/$port" \
		"golden_close tcp/$port" "port/tcp-$port/sip-closed=critical"
done
for port in 5060 5080; do
	golden_fault "the controller answers SIP over UDP at $port" whole \
		"golden_udp udp/$port answers" "golden_udp udp/$port refused" \
		"port/udp-$port/sip-udp-closed=critical"
done
golden_fault "a bridge is there, and open" whole "golden_open tcp/3280" \
	"golden_close tcp/3280" port/tcp-3280/bridge-closed=critical

# Where the firewall lets nobody out but the proxy, that is the way; and the only one looked at
# where there is one.
world_proxy tinyproxy
proxy_address=${proxy#http://} proxy_address=${proxy_address%:*}
cat >"$golden/proxied.yaml" <<CONFIGURATION
agent: { proxy: $proxy }
targets:
  - { name: xphone, address: xphone.example, profiles: [ xphone-connect ], features: [ server ],
      ca_file: $world_ca }
CONFIGURATION
only_the_proxy()
{
	nft -f - <<-RULES || golden_complain "nft"
		table inet way_out {
			chain proxy {
				tcp dport 443 meta skuid != tinyproxy reject with tcp reset
			}
			chain out {
				type filter hook output priority 0
				ip daddr ${world_v4[fcm.googleapis.com]} jump proxy
				ip6 daddr ${world_v6[fcm.googleapis.com]} jump proxy
			}
		}
	RULES
}

golden_fault "nobody but the proxy gets out" whole only_the_proxy \
	"nft delete table inet way_out" "reach/https-fcm.googleapis.com/$push=critical"
golden_done whole
only_the_proxy
golden_view proxied --config.file="$golden/proxied.yaml"
golden_good proxied
golden_fault "the proxy is down" proxied \
	"golden_nft 'ip daddr $proxy_address tcp dport 3128 reject with tcp reset'" \
	golden_nft_flush "reach/*/$push=critical"
golden_fault "the proxy does not get to Apple" proxied \
	"golden_refuse api.push.apple.com tcp/443" golden_nft_flush \
	"reach/https-api.push.apple.com/$push=critical"
for check in 'tls/tcp-443/[!p]*' 'certificate/tcp-443/*' 'http/*' port/tcp-443/web-https \
	smb/tcp-445/smb1; do
	golden_never "$check" "shown by golden_xphone_connect_web.sh, of the same web server"
done
golden_finish
