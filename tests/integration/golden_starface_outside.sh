#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A STARFACE seen from outside: in each of the document's three examples what is forwarded as it
# says is fine, and it is found when something is missing, and when anything else is forwarded.
# shellcheck disable=SC2119 # golden_view and the like take what they need
set -u
here=$(dirname "$0")
# shellcheck source=tests/integration/golden.bash
. "$here/golden.bash"
golden_needs kamailio
golden_enter "$0" "$@"

world_host push.starface.de 37.120.180.101 2a02:2e00:5::101 https:443
golden_system pbx.example 10.77.0.1 fd77::1
world_start

sip="golden_sip udp:5060 'www_challenge(\"pbx.example\", \"1\")'"
eval "$sip"
golden_web ports=5061 paths=/admin=403

# changed VIEW FAULT OPEN-OR-CLOSE PORT CHECK=VERDICT...: a port that is closed, or open.
changed() {
	local view=$1 fault=$2 how=$3 port=$4 apply undo
	case $how:$port in
	open:udp/*) apply="golden_udp $port answers" undo="golden_udp $port refused" ;;
	open:*) apply="golden_open $port" undo="golden_close $port" ;;
	close:udp/5060) apply="golden_stop sip" undo=$sip ;;
	close:*) apply="golden_close $port" undo="golden_open $port" ;;
	esac
	golden_fault "$port $fault" "$view" "$apply" "$undo" "${@:5}"
}

# web VIEW FAULT PORTS-NOW PORTS CHECK=VERDICT...: one of TLS.
web() {
	golden_fault "$2" "$1" "golden_web ports='$3'" "golden_web ports='$4'" "${@:5}"
}

missing="is not forwarded"
superfluous="is forwarded"
old_suite="ECDHE+AESGCM:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"

# --- example 1: outside are only the SIP providers ----------------------------------------

golden_view trunk --profile=starface --vantage=external --scenario=sip-trunk --feature=sip-tls
golden_good trunk
changed trunk "$missing" close udp/5060 port/udp-5060/forwarded-sip-udp=critical
web trunk "tcp/5061 $missing" "" 5061 port/tcp-5061/forwarded-sip-tls=critical
golden_fault "tcp/5061 $missing over IPv6" trunk \
	'golden_nft "ip6 daddr fd77::1 tcp dport 5061 reject with tcp reset"' golden_nft_flush \
	port/tcp-5061/forwarded-sip-tls@6=critical
web trunk "tcp/443 $superfluous" "443 5061" 5061 port/tcp-443/not-forwarded-trunk=critical
for port in tcp/80 tcp/3090 udp/3090 tcp/5060 tcp/5222 tcp/5223 tcp/50080 tcp/50081; do
	changed trunk "$superfluous" open "$port" \
		"port/${port/\//-}/not-forwarded-trunk=critical"
done
golden_fault "TLS 1.0 on 5061" trunk \
	"golden_web versions='TLSv1 TLSv1.2' ciphers='$old_suite'" \
	"golden_web versions= ciphers=" tls/tcp-5061/forwarded-tls-versions=critical
golden_done trunk

# A provider without TLS: nobody needs the port.
golden_web ports=
golden_view plain --profile=starface --vantage=external --scenario=sip-trunk
golden_good plain
web plain "tcp/5061 $superfluous without need" 5061 "" \
	port/tcp-5061/forwarded-sip-tls=critical
golden_done plain

# --- example 2: clients and telephones are outside too --------------------------------------

golden_web ports="443 5061 50081"
golden_open tcp/5222 tcp/50080
golden_view clients --profile=starface --vantage=external --scenario=remote-clients \
	--feature=ucc-clients,mobile-clients,autoprovisioning,autoprovisioning-tls
golden_good clients
changed clients "$missing" close udp/5060 port/udp-5060/forwarded-sip-udp=critical
changed clients "$missing" close tcp/5222 port/tcp-5222/forwarded-xmpp=critical
changed clients "$missing" close tcp/50080 port/tcp-50080/forwarded-autoprovisioning=critical
web clients "tcp/443 $missing" "5061 50081" "443 5061 50081" \
	port/tcp-443/forwarded-https=critical
web clients "tcp/5061 $missing" "443 50081" "443 5061 50081" \
	port/tcp-5061/forwarded-sip-tls=critical
web clients "tcp/50081 $missing" "443 5061" "443 5061 50081" \
	port/tcp-50081/forwarded-autoprovisioning-tls=warning
for port in tcp/80 tcp/3090 udp/3090 tcp/5060 tcp/5223; do
	changed clients "$superfluous" open "$port" \
		"port/${port/\//-}/not-forwarded-clients=critical"
done
golden_fault "TLS 1.0 on 443" clients \
	"golden_web versions:443='TLSv1 TLSv1.2' ciphers:443='$old_suite'" \
	"golden_web versions:443= ciphers:443=" tls/tcp-443/forwarded-tls-versions=critical
golden_fault "nobody gets to the push server" clients "golden_refuse push.starface.de tcp/443" \
	golden_nft_flush reach/https-push.starface.de/push-server=critical
golden_done clients

# --- example 3, and nobody outside has a UCC client or a telephone that is provisioned ------

golden_close tcp/50080
golden_web ports=443
golden_view web --profile=starface --vantage=external --scenario=remote-clients-web
golden_good web
web web "tcp/443 $missing" "" 443 port/tcp-443/forwarded-https=critical
changed web "$missing" close tcp/5222 port/tcp-5222/forwarded-xmpp=critical
changed web "$superfluous without need" open tcp/50080 \
	port/tcp-50080/forwarded-autoprovisioning=critical
web web "tcp/50081 $superfluous without need" "443 50081" 443 \
	port/tcp-50081/forwarded-autoprovisioning-tls=warning
web web "tcp/5061 $superfluous without need" "443 5061" 443 \
	port/tcp-5061/forwarded-sip-tls=critical
golden_finish
