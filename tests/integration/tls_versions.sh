#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Versions, suites, groups and habits of real TLS servers: nginx and openssl s_server in each
# version and with every kind of suite, gnutls-serv (RC4, 3DES), NSS selfserv (SSLv3).
set -u
: "${UCPOSTURE:?}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/tls_servers.bash
. "$here/tls_servers.bash"
# shellcheck source=tests/integration/tls_certificates.bash
. "$here/tls_certificates.bash"
tls_needs nginx nmap sslscan certtool
tls_enter "$0" "$@"
tls_authority
tls_certificate rsa "RSA rsa_keygen_bits:2048" "DNS:pbx.example"
tls_certificate ecdsa "EC ec_paramgen_curve:P-256" "DNS:pbx.example"
rsa=$(tls_nginx_shows rsa) ecdsa=$(tls_nginx_shows ecdsa)
ca=$tls_place/ca
weak="ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0"

web() { # NAME LISTEN-WORDS DIRECTIVE... [-- KEY=VALUE...]
	local name=nginx_$1 words=() directives=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		directives+=("$1")
		shift
	done
	words=("${@:2}")
	tls_nginx "$name" "${directives[@]}"
	tls_case "$name" "$address" 443 "${words[@]}"
}

tls_nginx_begin
web 1_0 ssl "$rsa" "ssl_protocols TLSv1" "$weak"
web 1_1 ssl "$rsa" "ssl_protocols TLSv1.1" "$weak"
web 1_2 ssl "$rsa" "ssl_protocols TLSv1.2" "ssl_ciphers HIGH" -- look=groups
web 1_3 ssl "$rsa" "ssl_protocols TLSv1.3" -- look=groups
web without_1_1 ssl "$rsa" "ssl_protocols TLSv1 TLSv1.2" "$weak"
web default ssl "$rsa"
web everything "ssl http2" "$rsa" "$ecdsa" "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3" \
	"$weak" "ssl_dhparam $ca/dh.pem" -- look=chains
web server_order ssl "$rsa" "ssl_protocols TLSv1.2 TLSv1.3" "ssl_prefer_server_ciphers on"
web client_order ssl "$rsa" "ssl_protocols TLSv1.2" "ssl_prefer_server_ciphers off"
web chacha_order ssl "$rsa" "ssl_protocols TLSv1.2" "ssl_prefer_server_ciphers on" \
	"ssl_conf_command Options PrioritizeChaCha"
web h2 "ssl http2" "$ecdsa" "ssl_protocols TLSv1.2 TLSv1.3"
web anonymous ssl "$rsa" "ssl_protocols TLSv1.2" "ssl_ciphers aNULL:@SECLEVEL=0" \
	-- look=groups
web static_rsa ssl "$rsa" "ssl_protocols TLSv1.2" "ssl_ciphers kRSA"
web dhe ssl "$rsa" "ssl_protocols TLSv1.2" "ssl_ciphers kDHE" \
	"ssl_dhparam $ca/dh.pem"
web one_suite ssl "$rsa" "ssl_protocols TLSv1.2" "ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256"
web ecdsa_only ssl "$ecdsa" "ssl_protocols TLSv1.2 TLSv1.3" "ssl_ciphers HIGH"
web one_curve ssl "$rsa" "ssl_protocols TLSv1.2 TLSv1.3" "ssl_ecdh_curve secp384r1" \
	-- look=groups
web x25519 ssl "$rsa" "ssl_protocols TLSv1.2 TLSv1.3" "ssl_ecdh_curve X25519" -- look=groups
web ccm ssl "$rsa" "ssl_protocols TLSv1.3" \
	"ssl_conf_command Ciphersuites TLS_AES_128_CCM_8_SHA256:TLS_AES_128_CCM_SHA256"
web asks ssl "$rsa" "ssl_protocols TLSv1.2 TLSv1.3" "ssl_verify_client optional" \
	"ssl_client_certificate $ca/root.pem"
web demands ssl "$rsa" "ssl_protocols TLSv1.2" "ssl_verify_client on" \
	"ssl_client_certificate $ca/root.pem"
tls_nginx_start

server() { # NAME OPTION... [-- KEY=VALUE...]
	local name=s_server_$1 words=() options=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	words=("${@:2}")
	tls_s_server "$name" "${options[@]}"
	tls_case "$name" "$address" 443 "${words[@]}"
}

leaf=(-cert "$ca/rsa.pem" -key "$ca/rsa.key" -cert_chain "$ca/issuing.pem")
any=(-cipher ALL:@SECLEVEL=0)
server 1_0 "${leaf[@]}" -tls1 "${any[@]}"
server 1_1 "${leaf[@]}" -tls1_1 "${any[@]}"
server 1_2 "${leaf[@]}" -tls1_2 -serverpref
server 1_3 "${leaf[@]}" -tls1_3 -ciphersuites "TLS_AES_256_GCM_SHA384:\
TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_8_SHA256:\
TLS_AES_128_CCM_SHA256" -- look=groups
server p521 "${leaf[@]}" -tls1_3 -groups P-521 -- look=groups
server ffdhe "${leaf[@]}" -tls1_3 -groups ffdhe3072 -- look=groups
server named_curve "${leaf[@]}" -tls1_2 -named_curve brainpoolP384r1 -- look=groups \
	group=brainpoolP384r1
server null "${leaf[@]}" -tls1_2 -cipher eNULL:@SECLEVEL=0 -- look=groups
server dhparam "${leaf[@]}" -tls1_2 -cipher kDHE -dhparam "$ca/dh.pem"
server psk -nocert -psk 0123456789abcdef -tls1_2 -cipher PSK:@SECLEVEL=0 -- \
	without=sslscan,openssl
server requires_1_2 "${leaf[@]}" -tls1_2 -Verify 2 -CAfile "$ca/root.pem"
server requires_1_3 "${leaf[@]}" -tls1_3 -Verify 2 -CAfile "$ca/root.pem"
server requests "${leaf[@]}" -verify 2 -CAfile "$ca/root.pem"
server alpn "${leaf[@]}" -alpn http/1.1,sip/2
server by_name "${leaf[@]}" -servername pbx.example -servername_fatal \
	-cert2 "$ca/ecdsa.pem" -key2 "$ca/ecdsa.key" -- name=pbx.example without=nmap

other() { # NAME PORT PRIORITY OPTION...
	local name=gnutls_$1 port=$2
	tls_gnutls "$name" "$port" rsa "${@:3}"
	tls_case "$name" "$address" "$port"
}

if ! tls_missing gnutls-serv; then
	other weak 5601 "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+ARCFOUR-128:+3DES-CBC:+MD5"
	other rc4 5602 "NONE:+VERS-TLS1.0:+ARCFOUR-128:+SHA1:+MD5:+RSA:+CTYPE-X509:+COMP-NULL:\
+SIGN-ALL:+GROUP-ALL" --disable-client-cert
	other server_order 5603 "NORMAL:%SERVER_PRECEDENCE" --disable-client-cert
	other anonymous 5604 "NORMAL:+ANON-ECDH:+ANON-DH:-VERS-TLS1.3" --disable-client-cert
	other unsafe 5605 "NORMAL:-VERS-TLS1.3:%DISABLE_SAFE_RENEGOTIATION" --disable-client-cert
	other requires 5606 "NORMAL" --require-client-cert
	other null 5607 "NORMAL:+NULL:-VERS-TLS1.3" --disable-client-cert
fi

nss() { # NAME PORT VERSIONS OPTION...
	local name=selfserv_$1 port=$2
	tls_selfserv "$name" "$port" "${@:3}"
	tls_case "$name" "$address" "$port" without=sslscan
}

if ! tls_missing selfserv certutil pk12util; then
	echo "sslscan is not asked about selfserv: it waits for an answer that never comes"
	nss ssl3 5701 ssl3:ssl3
	nss ssl3_up 5702 ssl3:tls1.2
	nss modern 5703 tls1.2:tls1.3
	nss requests 5704 tls1.0:tls1.2 -r
	nss requires 5705 tls1.2:tls1.2 -r -r
fi

tls_finish
