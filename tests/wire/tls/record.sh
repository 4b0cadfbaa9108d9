#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Records the flights in tests/fuzz/corpus/tls_flight anew: record.sh RECORDER, where
# RECORDER is the built record.c. Only needed when other flights are wanted. Last done with
# OpenSSL 3.0, GnuTLS 3.7 and NSS 3.87. Needs root: the servers run in a namespace.
set -eu
recorder=$(realpath "${1?record.sh RECORDER}")
root=$(cd "$(dirname "$0")/../../.." && pwd)
seeds=$root/tests/fuzz/corpus/tls_flight

if [ -z "${RECORD_NAMESPACE-}" ]; then
	RECORD_NAMESPACE=1 exec unshare --net --pid --fork --mount-proc --kill-child \
		bash "$0" "$@"
fi
ip link set lo up
folder=$(mktemp -d)
port=4433
server=
trap 'stop; rm -rf "$folder"' EXIT

stop() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null || true
	server=
}

# start PROGRAM ARGUMENT...: waits until it listens, on a port of its own.
start() {
	stop
	"$@" >"$folder/log" 2>&1 </dev/null &
	server=$!
	for _ in {1..100}; do
		! ss -Hltn "sport = :$port" | grep -q . || return 0
		sleep 0.05
	done
	cat "$folder/log" >&2
	return 1
}

# On a port of its own: with -www it leaves its standard input alone.
openssl_start() { # CERTIFICATE OPTION...
	local certificate=$1
	shift
	port=$((port + 1))
	start openssl s_server -www -accept "127.0.0.1:$port" -cert "$folder/$certificate.pem" \
		-key "$folder/$certificate.key" "$@"
}

gnutls_start() { # PRIORITY OPTION...
	local priority=$1
	shift
	port=$((port + 1))
	start gnutls-serv --quiet --nodb --port="$port" --priority="$priority" \
		--x509certfile="$folder/rsa.pem" --x509keyfile="$folder/rsa.key" "$@"
}

nss_start() { # VERSIONS OPTION...
	local versions=$1
	shift
	port=$((port + 1))
	start selfserv -d "sql:$folder/nss" -n rsa -p "$port" -V "$versions" "$@"
}

certificate() { # NAME ISSUER KEY...
	local name=$1 issuer=$2
	shift 2
	openssl req -newkey "$@" -nodes -keyout "$folder/$name.key" \
		-subj "/CN=$name.example" -out "$folder/$name.csr" 2>/dev/null
	openssl x509 -req -in "$folder/$name.csr" -CA "$folder/$issuer.pem" \
		-CAkey "$folder/$issuer.key" -days 3650 -out "$folder/$name.pem" 2>/dev/null
}

make_certificates() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/ca.key" -days 3650 \
		-subj "/CN=authority.example" -out "$folder/ca.pem" 2>/dev/null
	certificate rsa ca rsa:2048
	certificate ec ca ec -pkeyopt ec_paramgen_curve:P-256
	local serial
	serial=$(openssl x509 -in "$folder/rsa.pem" -noout -serial)
	printf 'V\t351231235959Z\t\t%s\tunknown\t/CN=rsa.example\n' "${serial#serial=}" \
		>"$folder/index"
	openssl ocsp -index "$folder/index" -rsigner "$folder/ca.pem" -rkey "$folder/ca.key" \
		-CA "$folder/ca.pem" -issuer "$folder/ca.pem" -cert "$folder/rsa.pem" \
		-respout "$folder/staple" -ndays 3650 >/dev/null 2>&1
	openssl pkcs12 -export -in "$folder/rsa.pem" -inkey "$folder/rsa.key" -name rsa \
		-passout pass: -out "$folder/rsa.p12"
	mkdir "$folder/nss"
	certutil -N -d "sql:$folder/nss" --empty-password
	pk12util -i "$folder/rsa.p12" -d "sql:$folder/nss" -W "" -K "" >/dev/null
}

# flight NAME VERSION SUITES [share=GROUP]
flight() {
	"$recorder" "$seeds/$1" "$port" "${@:2}"
	printf '%s: %s bytes\n' "$1" "$(stat -c %s "$seeds/$1")"
}

mkdir -p "$seeds"
make_certificates
all="ALL:COMPLEMENTOFALL:@SECLEVEL=0"

openssl_start rsa -cipher "$all" -cert_chain "$folder/ca.pem" -alpn http/1.1 \
	-status_file "$folder/staple"
flight openssl_1_0_rsa 0301 002f
flight openssl_1_1_ecdhe 0302 c014
flight openssl_1_2_dhe 0303 009e
flight openssl_1_2_ecdhe 0303 c030,c02f
flight openssl_1_2_anonymous_dh 0303 00a6
flight openssl_1_2_anonymous_ecdh 0303 c018
flight openssl_1_3_retry 0304 1301
flight openssl_1_3 0304 1302,1301 share=29
flight openssl_refuses_suites 0303 0005
openssl_start ec -cipher "$all" -no_tls1_3 -no_tls1_1 -no_tls1 -Verify 2 -CAfile "$folder/ca.pem"
flight openssl_1_2_client_certificate 0303 c02b
flight openssl_refuses_1_0 0301 c009,002f
flight openssl_refuses_1_3 0304 1301
openssl_start rsa -cipher "$all" -psk 0102 -psk_hint pbx -nocert
flight openssl_1_2_psk 0303 00a8
flight openssl_1_2_ecdhe_psk 0303 c035
openssl_start rsa -groups P-384
flight openssl_1_3_retry_p384 0304 1301 share=29
gnutls_start "NORMAL:+VERS-ALL:+ARCFOUR-128:+3DES-CBC:+ANON-ECDH:+ANON-DH:+RSA:+SHA1" \
	--ocsp-response="$folder/staple" --alpn=h2
flight gnutls_1_0_3des 0301 000a
flight gnutls_1_1_rc4 0302 0005
flight gnutls_1_2_ffdhe 0303 009f
flight gnutls_1_2_ecdhe 0303 cca8
flight gnutls_1_2_anonymous_ecdh 0303 c018
flight gnutls_1_3 0304 1303 share=29
flight gnutls_1_3_retry 0304 1303
gnutls_start NORMAL --require-client-cert --x509cafile="$folder/ca.pem"
flight gnutls_1_2_client_certificate 0303 c02f
flight gnutls_refuses 0303 0004
nss_start ssl3:ssl3
flight nss_sslv3 0300 000a,002f,0005
nss_start tls1.0:tls1.3 -H 1
flight nss_1_0 0301 c013
flight nss_1_2_dhe 0303 009e
flight nss_1_3 0304 1301 share=29
flight nss_1_3_retry 0304 1301
flight nss_refuses 0303 00a6
