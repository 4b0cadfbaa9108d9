# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The faults that uc-baseline finds in any system, for golden tests of profiles that extend it.
# Sourced behind golden.bash; each looks through a VIEW in which all was well:
#   golden_baseline_web VIEW [WORD=CHECK=VERDICT]...   of a golden_web that listens on 443 only and
#                                sends Strict-Transport-Security. WORD is the first word of a line
#                                below: by that fault this check differs too
#   golden_baseline_telnet VIEW
#   golden_baseline_ssh VIEW     of a system without SSH

# Word, what golden_web is told (for port 443), what differs, and the fault in words.
golden_baseline_of_web="\
expired|certificate=expired|certificate/tcp-443/remaining=critical certificate/tcp-443/trusted=critical|the web certificate has expired
not_yet|certificate=not_yet|certificate/tcp-443/remaining=critical certificate/tcp-443/trusted=critical|the web certificate is not valid yet
self_signed|certificate=self_signed|certificate/tcp-443/trusted=critical|the web certificate has signed itself
stranger|certificate=stranger|certificate/tcp-443/trusted=critical|nobody knows who issued the web certificate
wrong_name|certificate=wrong_name|certificate/tcp-443/name=critical|the web certificate is for another name
versions|versions=TLSv1 TLSv1.2;ciphers=ECDHE-ECDSA-AES128-SHA:ECDHE+AESGCM|tls/tcp-443/versions=critical tls/tcp-443/suites=warning|TLS 1.0 is offered
suites|ciphers=ECDHE-ECDSA-AES128-SHA:ECDHE+AESGCM|tls/tcp-443/suites=warning|suites of the past are offered
weak|ciphers=AECDH-NULL-SHA:ECDHE+AESGCM|tls/tcp-443/weak-suites=critical|a suite is offered that neither encrypts nor proves who is there
hsts|headers=Server: unsaid|http/root/hsts=warning|browsers are not told to insist on HTTPS
powered_by|directives=add_header X-Powered-By PHP/5.4 always;|http/root/powered-by=warning|the web server tells what it is made with
cookies|directives=add_header Set-Cookie session=1 always;|http/root/cookies=warning|everybody on the way can read a cookie"

golden_baseline_web() { # VIEW [WORD=CHECK=VERDICT]...
	local view=$1 word settings differs name other
	shift
	while IFS='|' read -r word settings differs name; do
		for other in "$@"; do
			[ "${other%%=*}" != "$word" ] || differs+=" ${other#*=}"
		done
		# shellcheck disable=SC2086 # words
		golden_fault "$name" "$view" "golden_baseline_set '$settings'" \
			"golden_baseline_set '$settings' back" $differs
	done <<<"$golden_baseline_of_web"
	golden_fault "the web server serves plain HTTP" "$view" "golden_web 'ports=80 443'" \
		"golden_web ports=443" "http/http-80/redirect=${golden_baseline_http:-warning}"
	golden_fault "the web server sends browsers to HTTPS" "$view" \
		"golden_web 'ports=80 443' redirect:80=yes" "golden_web ports=443 redirect:80="
	golden_never tls/tcp-443/compression "no server of today compresses"
	golden_never tls/tcp-443/renegotiation "every server of today knows RFC 5746"
}

# golden_baseline_set KEY=VALUE;... [back]
golden_baseline_set() {
	local pairs=() pair words=()
	IFS='~' read -r -a pairs <<<"${1//;[a-z]/~&}"
	for pair in "${pairs[@]}"; do
		pair=${pair#;}
		words+=("${pair%%=*}:443=$([ $# -eq 2 ] || echo "${pair#*=}")")
	done
	golden_web "${words[@]}"
}

golden_baseline_telnet() { # VIEW
	golden_fault "somebody offers Telnet" "$1" "golden_open tcp/23" "golden_close tcp/23" \
		port/tcp-23/telnet=critical
}

golden_baseline_ssh() { # VIEW
	golden_fault "SSH offers algorithms of the past" "$1" \
		"golden_ssh 'KexAlgorithms +diffie-hellman-group1-sha1' 'Ciphers +3des-cbc'" \
		"golden_stop ssh" ssh/tcp-22/weak-algorithms=warning
}
