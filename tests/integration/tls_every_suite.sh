#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A server for each suite that OpenSSL knows, alone: that one is seen and no other. Takes minutes.
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
both="$(tls_nginx_shows rsa); $(tls_nginx_shows ecdsa)"
parameters="ssl_dhparam $tls_place/ca/dh.pem"

# suites VERSION STRING: what openssl has.
suites() {
	openssl ciphers -s "-$1" "$2:@SECLEVEL=0" | tr ':' '\n' | grep -v '^TLS_'
}

tls_nginx_begin
for suite in $(suites tls1_2 ALL:COMPLEMENTOFALL | grep -vE 'PSK|SRP|DSS'); do
	tls_nginx "$suite" ssl "$both" "$parameters" "ssl_protocols TLSv1 TLSv1.1 TLSv1.2" \
		"ssl_ciphers $suite:@SECLEVEL=0"
	tls_case "suite_$suite" "$address" 443
done
for suite in AES_128_GCM_SHA256 AES_256_GCM_SHA384 CHACHA20_POLY1305_SHA256 AES_128_CCM_SHA256 \
	AES_128_CCM_8_SHA256; do
	tls_nginx "$suite" ssl "$both" "ssl_protocols TLSv1.3" \
		"ssl_conf_command Ciphersuites TLS_$suite"
	tls_case "suite_$suite" "$address" 443
done
tls_nginx_start
tls_finish
