#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Certificates of real servers, good and with every fault: what we say of each against what
# openssl and GnuTLS's certtool say of the same bytes.
set -u
: "${UCPOSTURE:?}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/tls_servers.bash
. "$here/tls_servers.bash"
# shellcheck source=tests/integration/tls_certificates.bash
. "$here/tls_certificates.bash"
tls_needs nginx certtool
tls_enter "$0" "$@"
tls_authority
ca=$tls_place/ca
rsa="RSA rsa_keygen_bits:2048" ec="EC ec_paramgen_curve:P-256"
years_ago=20200101000000Z year_ago=20210101000000Z far=20980101000000Z farther=20990101000000Z

# shows NAME CERTIFICATE DIRECTIVE... -- KEY=VALUE...: an nginx in TLS 1.2 and 1.3.
shows() {
	local name=$1 directives=() versions="ssl_protocols TLSv1.2 TLSv1.3"
	directives=("$(tls_nginx_shows "$2")")
	shift 2
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		case $1 in
		ssl_protocols*) versions=$1 ;;
		*) directives+=("$1") ;;
		esac
		shift
	done
	shift
	directives+=("$versions")
	tls_nginx "$name" ssl "${directives[@]}"
	tls_case "$name" "$address" 443 only=certificate without=nmap,sslscan "$@"
}

ours=(ca="$ca/root.pem" name=pbx.example)
tls_nginx_begin

tls_certificate good "$rsa" "DNS:pbx.example,DNS:www.pbx.example"
shows good good -- "${ours[@]}"
shows unknown_issuer good -- name=pbx.example
shows wrong_name good -- ca="$ca/root.pem" name=other.example
shows verified_name good -- "${ours[@]}" verify=www.pbx.example
shows verified_wrong_name good -- "${ours[@]}" verify=www.other.example
shows another_authority good -- ca="$ca/stranger.pem" name=pbx.example

cat "$ca/good.pem" >"$ca/incomplete.chain.pem"
cp "$ca/good.key" "$ca/incomplete.key"
shows incomplete_chain incomplete -- "${ours[@]}"
cat "$ca/good.chain.pem" "$ca/root.pem" >"$ca/rooted.chain.pem"
cp "$ca/good.key" "$ca/rooted.key"
shows with_root rooted -- "${ours[@]}"
shows unknown_root rooted -- name=pbx.example
cat "$ca/good.pem" "$ca/root.pem" "$ca/issuing.pem" >"$ca/disordered.chain.pem"
cp "$ca/good.key" "$ca/disordered.key"
shows disordered_chain disordered -- "${ours[@]}"
cat "$ca/good.chain.pem" "$ca/stranger.pem" >"$ca/stray.chain.pem"
cp "$ca/good.key" "$ca/stray.key"
shows stray_element stray -- "${ours[@]}"

tls_self_signed self_signed DNS:pbx.example
shows self_signed self_signed -- name=pbx.example
shows self_signed_but_known self_signed -- name=pbx.example ca="$ca/self_signed.pem"

tls_certificate expired "$rsa" DNS:pbx.example "$years_ago" "$year_ago"
shows expired expired -- "${ours[@]}"
tls_certificate early "$rsa" DNS:pbx.example "$far" "$farther"
shows not_yet_valid early -- "${ours[@]}"

tls_certificate wildcard "$rsa" "DNS:*.pbx.example"
shows wildcard wildcard -- ca="$ca/root.pem" name=www.pbx.example
shows wildcard_without_label wildcard -- ca="$ca/root.pem" name=pbx.example
shows wildcard_too_deep wildcard -- ca="$ca/root.pem" name=a.b.pbx.example

tls_certificate numeric "$rsa" "IP:10.98.0.0,IP:10.98.0.1,IP:fd98::1,DNS:pbx.example"
shows address_not_named numeric -- ca="$ca/root.pem"
shows address_named numeric -- ca="$ca/root.pem" verify=10.98.0.1
shows address_6_named numeric -- ca="$ca/root.pem" verify=fd98::1

tls_certificate nameless "$rsa" ""
shows common_name_only nameless -- "${ours[@]}"

tls_certificate direct "$rsa" DNS:pbx.example "" "" root
shows from_root direct -- "${ours[@]}"

tls_certificate client "$rsa" DNS:pbx.example "" "" issuing -extensions client_only
shows wrong_purpose client -- "${ours[@]}"

tls_certificate ecdsa "$ec" DNS:pbx.example
shows ecdsa ecdsa -- "${ours[@]}"
tls_certificate p384 "EC ec_paramgen_curve:P-384" DNS:pbx.example
shows p384 p384 -- "${ours[@]}"
tls_certificate ed25519 ED25519 DNS:pbx.example
shows ed25519 ed25519 -- "${ours[@]}"
tls_certificate ed448 ED448 DNS:pbx.example
shows ed448 ed448 -- "${ours[@]}"
tls_certificate pss "RSA-PSS rsa_keygen_bits:2048" DNS:pbx.example
shows rsa_pss pss -- "${ours[@]}"
tls_certificate big "RSA rsa_keygen_bits:4096" DNS:pbx.example
shows rsa_4096 big -- "${ours[@]}"
tls_certificate small "RSA rsa_keygen_bits:1024" DNS:pbx.example
shows rsa_1024 small -- "${ours[@]}"
tls_certificate sha1 "$rsa" DNS:pbx.example "" "" issuing -extensions leaf_extensions -md sha1
shows sha1_signature sha1 -- "${ours[@]}"
tls_certificate sha512 "$rsa" DNS:pbx.example "" "" issuing -extensions leaf_extensions \
	-md sha512
shows sha512_signature sha512 -- "${ours[@]}"
tls_certificate odd "$rsa" "DNS:pbx.example,email:a@pbx.example,URI:sip:pbx.example,DNS:xn--bcher-kva.example"
shows other_kinds_of_name odd -- "${ours[@]}"

shows two_kinds good "$(tls_nginx_shows ecdsa)" -- "${ours[@]}" look=chains
shows only_1_3 good "ssl_protocols TLSv1.3" -- "${ours[@]}"
shows only_1_3_p521 good "ssl_protocols TLSv1.3" "ssl_ecdh_curve secp521r1" -- "${ours[@]}"

for state in good revoked unknown; do
	tls_certificate "stapled_$state" "$rsa" DNS:pbx.example
	tls_staple "stapled_$state" "$state"
	shows "staple_$state" "stapled_$state" "ssl_stapling on" \
		"ssl_stapling_file $ca/stapled_$state.ocsp" -- "${ours[@]}"
done
shows staple_1_3 stapled_good "ssl_protocols TLSv1.3" "ssl_stapling on" \
	"ssl_stapling_file $ca/stapled_good.ocsp" -- "${ours[@]}"
shows staple_of_another good "ssl_stapling on" \
	"ssl_stapling_file $ca/stapled_good.ocsp" -- "${ours[@]}"

tls_nginx_start
tls_finish
