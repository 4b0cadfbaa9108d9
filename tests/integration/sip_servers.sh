#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real kamailios over UDP, TCP and TLS, IPv4 and IPv6, with each kind of answer; boxes in between
# that rewrite SIP, addresses or both; and who is no SIP server at all. What we see must be what a
# client of the test's own sees, and what the servers were told to do; and they must have heard
# OPTIONS and nothing else, and have found nothing worth an error.
set -u
: "${UCPOSTURE:?}"
export UCPOSTURE_FENCE=kill
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/tls_servers.bash
. "$here/tls_servers.bash"
# shellcheck source=tests/integration/tls_certificates.bash
. "$here/tls_certificates.bash"
tls_needs kamailio
tls_enter "$0" "$@"
tls_authority
tls_certificate rsa "RSA rsa_keygen_bits:2048" "DNS:pbx.example"
config=$tls_place/kamailio.cfg
cat >"$tls_place/tls.cfg" <<CONF
[server:default]
method = TLSv1.2+
certificate = $tls_place/ca/rsa.chain.pem
private_key = $tls_place/ca/rsa.key
[client:default]
CONF

# own, own_6: an address of its own, in $address.
own() {
	tls_next
}

own_6() {
	tls_last=$((tls_last + 1))
	address=fd98::$tls_last
	ip address add "$address/128" dev lo nodad || exit 1
}

bracketed() {
	case $1 in
	*:*) echo "[$1]" ;;
	*) echo "$1" ;;
	esac
}

# A kamailio's settings; what it answers where is added by sip_answers.
sip_begin() { # SETTING...
	local setting
	: >"$config.listen"
	cat >"$config" <<CONF
#!KAMAILIO
fork=yes
children=1
tcp_children=2
auto_aliases=no
dns=no
rev_dns=no
log_stderror=yes
enable_tls=yes
CONF
	for setting in "$@"; do
		echo "$setting" >>"$config"
	done
	cat >>"$config" <<CONF
include_file "$config.listen"
loadmodule "tls.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "xlog.so"
loadmodule "auth.so"
modparam("tls", "config", "$tls_place/tls.cfg")
request_route {
	xlog("L_WARN", "heard \$rm over \$pr\n");
CONF
}

# At $address, over all three.
sip_answers() { # STATEMENT...
	local statement at
	at=$(bracketed "$address")
	printf 'listen=%s\n' "udp:$at:5060" "tcp:$at:5060" "tls:$at:5061" >>"$config.listen"
	echo "	if (\$Ri == \"$address\") {" >>"$config"
	for statement in "$@"; do
		echo "		$statement;" >>"$config"
	done
	echo "		exit;" >>"$config"
	echo "	}" >>"$config"
}

sip_start() { # NAME
	echo "}" >>"$config"
	mkdir "$tls_place/$1"
	mv "$config" "$config.listen" "$tls_place/$1"
	sed -i "s|$config.listen|$tls_place/$1/kamailio.cfg.listen|" "$tls_place/$1/kamailio.cfg"
	tls_serve "$1" kamailio -DD -E -f "$tls_place/$1/kamailio.cfg" -Y "$tls_place/$1" \
		-P "$tls_place/$1/pid" -m 32 -M 8
	tls_listens "$1" "$address" 5060
}

# Cases for all that $address listens to.
each() { # NAME KEY=VALUE...
	local name=$1
	shift
	tls_case "${name}_udp" udp "$address" 5060 "$@"
	tls_case "${name}_tcp" tcp "$address" 5060 "$@"
	tls_case "${name}_tls" tls "$address" 5061 "$@"
}

intact="rewritten="
sip_begin 'server_header="Server: Test PBX (1.0)"'
for six in "" _6; do
	"own$six"
	declare "ok$six=$address"
	sip_answers 'append_to_reply("Allow: INVITE, ACK, BYE, OPTIONS\r\nAllow: INFO\r\n")' \
		'append_to_reply("Supported: replaces, timer\r\n")' 'sl_send_reply("200", "Fine")'
	each "ok$six" status=200 status_class=success "server=Test PBX (1.0)" auth=none nat=false \
		allow=INVITE,ACK,BYE,OPTIONS,INFO supported=replaces,timer same_address=true "$intact"
	"own$six"
	sip_answers 'www_challenge("pbx.example", "1")'
	each "digest$six" status=401 auth=digest realm=pbx.example "$intact"
	"own$six"
	declare "contact$six=$address"
	sip_answers "append_to_reply(\"Contact: \$ct\r\n\")" 'sl_send_reply("200", "OK")'
	each "contact$six" status=200 "$intact"
done
tls_next
sip_answers 'proxy_challenge("a, b", "0")'
each proxy_digest status=407 status_class=client_error auth=digest 'realm=a, b'
for status in 302 404 405 483 503 603; do
	tls_next
	sip_answers "append_to_reply(\"Allow: INVITE\r\n\")" "sl_send_reply(\"$status\", \"No\")"
	each "status_$status" "status=$status" allow=INVITE reason_phrase=No "$intact"
done
tls_next
sip_answers 'append_to_reply("WWW-Authenticate: Basic realm=\"old\"\r\n")' \
	'sl_send_reply("401", "Unauthorized")'
each basic status=401 auth=basic realm=old
tls_next
sip_answers 'sl_send_reply("100", "Trying")' 'sl_send_reply("404", "After all")'
each provisional status=404 "reason_phrase=After all"
tls_next
sip_answers 'drop'
each silent ends="failed reply timed_out"
sip_start kamailio

# As Debian delivers it, and without a word on itself.
sip_begin 'server_signature=no'
tls_next
sip_answers 'sl_send_reply("200", "OK")'
each nameless status=200 server=-
sip_start nameless
sip_begin
tls_next
sip_answers 'sl_send_reply("200", "OK")'
each as_delivered "server=kamailio ($(kamailio -v | sed -n '1s/^version: kamailio \(.*[^ ]\) *$/\1/p'))"
sip_start delivered

box() { # NAME HABIT SERVER [OTHER]
	local name=$1
	shift
	tls_serve "$name" "$PYTHON3" "$here/sip_box.py" "$1" "$address" "${@:2}"
	tls_listens "$name" "$address" 5060
}

through() { # NAME HABIT SERVER KEY=VALUE...
	local name=$1
	box "$name" "$2" "$3"
	shift 3
	tls_case "${name}_udp" udp "$address" 5060 "$@"
	tls_case "${name}_tcp" tcp "$address" 5060 "$@"
}

for six in "" _6; do
	declare -n server=contact$six
	"own$six"
	through "nat$six" nat "$server" status=200 nat=true via_intact=true "$intact"
	"own$six"
	through "alg$six" alg "$server" status=200 via_intact=false rewritten=via,call_id,from,contact
	"own$six"
	through "alg_via$six" alg_via "$server" via_intact=false rewritten=via
	# A box that covers its tracks has forgotten what the server added.
	"own$six"
	through "polite$six" polite "$server" via_intact=true nat=true "$intact"
	declare -n server=ok$six
	"own$six"
	other=$address
	"own$six"
	box "elsewhere$six" elsewhere "$server" "$other"
	tls_case "elsewhere$six" udp "$address" 5060 status=200 same_address=false \
		"answer_from=$(bracketed "$other"):5060" via_intact=true
	"own$six"
	box "lossy$six" lossy "$server"
	tls_case "lossy$six" udp "$address" 5060 status=200 same_address=true
	"own$six"
	box "forger$six" forger "$server"
	tls_case "forger$six" udp "$address" 5060 status=200 auth=none
done

# Who is none.
tls_next
tls_serve http "$PYTHON3" -m http.server --bind "$address" --directory "$tls_place/ca" 5060
tls_listens http "$address" 5060
tls_case http_tcp tcp "$address" 5060 ends="failed reply not_this_protocol"
tls_case http_tls tls "$address" 5060 ends="failed handshake not_this_protocol"
tls_case closed_udp udp "$address" 5060 ends="failed connect refused"
tls_case closed_tcp tcp "$address" 5061 ends="failed connect refused"
own_6
tls_case closed_udp_6 udp "$address" 5060 ends="failed connect refused"
tls_case closed_tls_6 tls "$address" 5061 ends="failed connect refused"

tls_await
"$PYTHON3" "$here/sip_compare.py" "$tls_place/cases" || tls_failed=1
heard=$(sed -n 's/.*heard \([^ ]*\) over .*/\1/p' "$tls_place"/{kamailio,nameless,delivered}.log |
	sort | uniq -c)
if [ "$(wc -l <<<"$heard")" -ne 1 ] || [[ $heard != *OPTIONS ]]; then
	echo "FAIL they should hear OPTIONS alone: $heard"
	tls_failed=1
fi
if grep -hE '(ERROR|CRITICAL|BUG|ALERT):' "$tls_place"/{kamailio,nameless,delivered}.log; then
	echo "FAIL kamailio has something to complain of"
	tls_failed=1
fi
echo "kamailio heard: $heard"
[ "$tls_failed" -eq 0 ]
