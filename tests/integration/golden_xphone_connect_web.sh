#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The web server of XPhone Connect, inside and outside: all is ok, and then one thing after the other
# is not.
set -u
# shellcheck source=tests/integration/golden.bash
. "$(dirname "$0")/golden.bash"
golden_needs sshd ssh-keygen smbd setsid
golden_enter "$0" "$@"

golden_system xphone.example 10.89.0.20 fd89::20
world_start

hsts="Strict-Transport-Security: max-age=31536000"
golden_web ports=443 headers="$hsts" paths=/admin=404
golden_view web --profile=xphone-connect --feature=web-server
golden_view web_outside --profile=xphone-connect --feature=web-server --vantage=external
golden_good web
golden_good web_outside
for view in web web_outside; do
	golden_fault "the web server is down" "$view" "golden_web ports=" "golden_web ports=443" \
		port/tcp-443/web-https=critical 'tls/tcp-443/*=not_applicable' \
		'certificate/tcp-443/*=not_applicable' 'http/root/*=not_applicable'
	golden_fault "the apps are spoken to in the clear" "$view" "golden_web plain:443=yes" \
		"golden_web plain:443=" tls/tcp-443/web-encrypted=critical \
		'tls/tcp-443/[!w]*=unknown' tls/tcp-443/weak-suites=unknown \
		'certificate/tcp-443/*=unknown' 'http/[ar]*=unknown'
done
golden_fault "SSH is installed" web_outside golden_ssh "golden_stop ssh" \
	port/tcp-22/outside-ssh=warning
golden_fault "a bridge is there, and open" web "golden_open tcp/3280" "golden_close tcp/3280" \
	port/tcp-3280/bridge-closed=critical
golden_fault "SMB1 is spoken" web "golden_smb 'server min protocol = NT1'" "golden_stop smb" \
	smb/tcp-445/smb1=critical

# broken NAME SETTING... CHECK=VERDICT...: a SETTING is of golden_web, for port 443
broken()
{
	local name=$1 settings=() differs=() word
	shift
	for word in "$@"; do
		case $word in
		*/*/*=*) differs+=("$word") ;;
		*) settings+=("${word/=/:443=}") ;;
		esac
	done
	# shellcheck disable=SC2034 # that is evaluated
	broken_by=("${settings[@]}")
	# shellcheck disable=SC2016 # likewise
	golden_fault "$name" web 'golden_web "${broken_by[@]}"' \
		'golden_web "${broken_by[@]/%=*/=}"' "${differs[@]}"
}

for how in expired not_yet; do
	broken "the certificate: $how" certificate=$how certificate/tcp-443/remaining=critical \
		certificate/tcp-443/trusted=critical
done
broken "the certificate: self_signed" certificate=self_signed certificate/tcp-443/own=critical \
	certificate/tcp-443/trusted=critical
for how in stranger incomplete; do
	broken "the certificate: $how" certificate=$how certificate/tcp-443/trusted=critical
done
broken "the certificate: wrong_name" certificate=wrong_name certificate/tcp-443/name=critical
broken "TLS 1.0 is offered" "versions=TLSv1 TLSv1.2" \
	"ciphers=ECDHE-ECDSA-AES128-SHA:ECDHE+AESGCM" tls/tcp-443/versions=critical \
	tls/tcp-443/suites=warning
broken "a suite of the past is offered" "ciphers=ECDHE-ECDSA-AES128-SHA:ECDHE+AESGCM" \
	tls/tcp-443/suites=warning
broken "a suite that does not encrypt is offered" "ciphers=AECDH-NULL-SHA:ECDHE+AESGCM" \
	tls/tcp-443/weak-suites=critical
broken "no HSTS" "headers=Server: IIS" http/root/hsts=warning
broken "the web server tells what it is made with" "headers=$hsts|X-Powered-By: ASP.NET" \
	http/root/powered-by=warning
broken "a cookie for everybody" "headers=$hsts|Set-Cookie: session=1" http/root/cookies=warning
golden_fault "plain HTTP is served" web "golden_web 'ports=80 443'" "golden_web ports=443" \
	http/http-80/redirect=critical
golden_fault "plain HTTP leads to HTTPS" web "golden_web 'ports=80 443' redirect:80=yes" \
	"golden_web ports=443 redirect:80="
golden_never tls/tcp-443/compression "no TLS library here can compress any more"
golden_never tls/tcp-443/renegotiation "shown by golden_uc_baseline.sh, at the same server"
golden_fault "outside the web certificate has expired" web_outside \
	"golden_web certificate=expired" "golden_web certificate=" \
	certificate/tcp-443/remaining=critical certificate/tcp-443/trusted=critical
golden_fault "plain HTTP is served outside" web_outside "golden_web 'ports=80 443'" \
	"golden_web ports=443" http/http-80/redirect=critical
golden_finish
