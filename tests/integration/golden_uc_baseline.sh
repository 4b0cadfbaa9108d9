#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A well kept telephone system has nothing to fear from uc-baseline, and each of its faults is
# found. The vendors' profiles inherit these rules, and their golden tests leave them to this one.
# shellcheck disable=SC2016,SC2034,SC2119 # faults are words that golden_fault evaluates
set -u
here=$(dirname "$0")
# shellcheck source=tests/integration/golden.bash
. "$here/golden.bash"
golden_needs kamailio sshd ssh-keygen snmpd smbd setsid gnutls-serv
golden_enter "$0" "$@"

hsts="Strict-Transport-Security: max-age=31536000"
digest='www_challenge("pbx.example", "1")'
macs="MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com"

golden_system pbx.example 10.77.0.1 fd77::1
golden_peer inner.example 10.77.0.9 fd77::9
world_start

# --- inside -------------------------------------------------------------------------------

golden_web ports="80 443" redirect:80=yes headers="$hsts" paths=/admin=403
golden_sip udp:5060 "$digest"
golden_ssh "$macs"
golden_smb
golden_view inside --profile=uc-baseline --feature=sip
golden_good inside
golden_fault "Telnet is open" inside 'golden_open tcp/23' 'golden_close tcp/23' \
	port/tcp-23/telnet=critical

golden_fault "SMB1 is offered" inside 'golden_smb "server min protocol = NT1"' golden_smb \
	smb/tcp-445/smb1=critical

golden_fault "SSH offers what is broken" inside \
	'golden_ssh "Ciphers +aes128-cbc" "MACs +hmac-sha1"' 'golden_ssh "$macs"' \
	ssh/tcp-22/weak-algorithms=warning

basic='append_to_reply("WWW-Authenticate: Basic realm=\"old\"\r\n"); sl_send_reply("401", "No")'
golden_fault "SIP asks for passwords in the clear" inside 'golden_sip udp:5060 "$basic"' \
	'golden_sip udp:5060 "$digest"' sip/udp-5060/authentication=critical
golden_fault "something rewrites SIP" inside 'golden_stop sip; golden_sip_box alg inner.example' \
	'golden_stop box0; golden_stop box1; golden_sip udp:5060 "$digest"' \
	sip/udp-5060/via-intact=critical

for fault in expired not_yet; do
	golden_fault "the certificate: $fault" inside "golden_web certificate=$fault" \
		'golden_web certificate=' \
		certificate/tcp-443/trusted=critical certificate/tcp-443/remaining=critical
done
for fault in self_signed stranger incomplete; do
	golden_fault "the certificate: $fault" inside "golden_web certificate=$fault" \
		'golden_web certificate=' certificate/tcp-443/trusted=critical
done
golden_fault "the certificate: wrong_name" inside "golden_web certificate=wrong_name" \
	'golden_web certificate=' certificate/tcp-443/name=critical

golden_fault "TLS 1.1 is offered" inside \
	'golden_web versions="TLSv1.1 TLSv1.2" ciphers="ECDHE-ECDSA-AES128-SHA"' \
	'golden_web versions= ciphers=' tls/tcp-443/versions=critical tls/tcp-443/suites=warning
golden_fault "a suite without a certificate is offered" inside \
	'golden_web ciphers="ECDHE+AESGCM:AECDH-AES128-SHA:@SECLEVEL=0"' 'golden_web ciphers=' \
	tls/tcp-443/weak-suites=critical tls/tcp-443/suites=warning
golden_fault "a suite of the past is offered" inside \
	'golden_web ciphers="ECDHE+AESGCM:ECDHE-ECDSA-AES128-SHA"' 'golden_web ciphers=' \
	tls/tcp-443/suites=warning
# Everybody but GnuTLS insists on it.
old() {
	golden_serve old gnutls-serv --quiet --http --port 8443 --priority "NONE:+VERS-TLS1.2:\
+ECDHE-ECDSA:+AES-128-GCM:+AEAD:+SIGN-ALL:+GROUP-SECP256R1:+CTYPE-ALL:%DISABLE_SAFE_RENEGOTIATION" \
		--x509certfile "$tls_place/ca/system-system.chain.pem" \
		--x509keyfile "$tls_place/ca/system-system.key"
	tls_listens old 127.0.0.1 8443
	world_await
	golden_redirect 443 8443
}
golden_fault "renegotiation is not secured" inside old 'golden_nft_flush; golden_stop old' \
	tls/tcp-443/renegotiation=warning http/root/hsts=warning
golden_never tls/tcp-443/compression "no TLS library here can compress any more"

golden_fault "HTTP goes on without TLS" inside 'golden_web redirect:80=' \
	'golden_web redirect:80=yes' http/http-80/redirect=warning
golden_fault "no HSTS" inside 'golden_web headers=' 'golden_web headers="$hsts"' \
	http/root/hsts=warning
golden_fault "the web server tells what it is made with" inside \
	'golden_web headers="$hsts|X-Powered-By: PHP/7.4"' 'golden_web headers="$hsts"' \
	http/root/powered-by=warning
golden_fault "a cookie for everybody" inside \
	'golden_web headers="$hsts|Set-Cookie: session=1"' 'golden_web headers="$hsts"' \
	http/root/cookies=warning
golden_fault "no web interface" inside 'golden_stop web' 'golden_web' \
	'tls/tcp-443/*=not_applicable' 'certificate/tcp-443/*=not_applicable' \
	'http/root/*=not_applicable'
golden_done inside

# --- SNMP: only where it is in use, for who does not know the community makes us wait ------

for server in web sip ssh smb; do
	golden_stop "$server"
done
golden_snmp
golden_view monitored --profile=uc-baseline --feature=snmp --timeout=2s
golden_good monitored
golden_fault "SNMP answers to public" monitored \
	'golden_snmp "rocommunity public" "rocommunity6 public"' golden_snmp \
	snmp/udp-161/default-community=critical
golden_fault "nobody answers over SNMP" monitored 'golden_stop snmp' golden_snmp \
	snmp/udp-161/default-community=not_applicable
golden_done monitored
golden_stop snmp

# --- outside ------------------------------------------------------------------------------

golden_web
golden_view outside --profile=uc-baseline --vantage=external
golden_good outside
golden_fault "Telnet is open to all" outside 'golden_open tcp/23' 'golden_close tcp/23' \
	port/tcp-23/telnet=critical
golden_fault "administrators' pages are open to all" outside 'golden_web paths=' \
	'golden_web paths=/admin=403' http/admin/outside-admin=critical
open_to_all() { # RULE VERDICT PORT...
	local rule=$1 verdict=$2 port
	shift 2
	for port in "$@"; do
		case $port in
		tcp/*) set -- "golden_open $port" "golden_close $port" ;;
		udp/*) set -- "golden_udp $port answers" "golden_udp $port refused" ;;
		esac
		golden_fault "$port is open to all" outside "$1" "$2" "port/${port/\//-}/$rule=$verdict"
	done
}
open_to_all outside-file-sharing critical tcp/135 tcp/139
golden_fault "files are shared with all" outside golden_smb 'golden_stop smb' \
	port/tcp-445/outside-file-sharing=critical
open_to_all outside-databases critical tcp/1433 tcp/3306 tcp/5432
open_to_all outside-remote-control critical tcp/3389 tcp/5900 tcp/5985 tcp/5986
open_to_all outside-ssh warning tcp/22
open_to_all outside-directory critical tcp/389
open_to_all outside-file-transfer critical tcp/21 udp/69
open_to_all outside-snmp critical udp/161
open_to_all outside-amplifiers warning udp/53 udp/123
golden_done outside

# --- every port -----------------------------------------------------------------------------

# It takes seconds for each family; port_states.sh has that of IPv4.
golden_view sweep --profile=uc-baseline --scenario=sweep --family=6
golden_good sweep
golden_fault "a port that nobody knows" sweep 'golden_open tcp/31337' 'golden_close tcp/31337' \
	port/tcp-1-65535/sweep=critical
golden_finish
