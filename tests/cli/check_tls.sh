#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check judges the TLS and the certificate of a real server: pins, names, authorities of the
# target's own, and the metrics of lists.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

command -v openssl >/dev/null || { echo "openssl is not here"; exit 77; }
# A port where nobody listens.
listen 1
port=${ports[1]}
openssl req -x509 -newkey rsa:2048 -nodes -days 90 -keyout "$work/key.pem" -out "$work/ca.pem" \
	-subj /CN=pbx.example -addext subjectAltName=DNS:pbx.example 2>"$work/log" || {
	cat "$work/log"
	exit 99
}
openssl s_server -accept "127.0.0.1:$port" -key "$work/key.pem" -cert "$work/ca.pem" -tls1_2 \
	-cipher AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256 -quiet >"$work/log" 2>&1 &
started+=($!)
pin=$(openssl x509 -in "$work/ca.pem" -noout -fingerprint -sha256 | cut -d= -f2)
serial=$(openssl x509 -in "$work/ca.pem" -noout -serial | cut -d= -f2)

export UCPOSTURE_PROFILE_DIR=$work/profiles
mkdir "$work/profiles"
{
	echo "profile: toy"
	echo "title: Toy"
	echo "rules:"
	while IFS='|' read -r id collector expect; do
		echo "  - { id: $id, observe: $collector, subject: tcp/$port, because: b,"
		echo "      expect: { $expect } }"
	done <<-END
		versions|tls|tls.versions: { is: [ TLS1.2 ] }
		suites|tls|tls.weaknesses: { is: [ cbc_sha1, static_rsa ] }
		pin|certificate|cert.sha256: { is: "$pin" }
		serial|certificate|cert.serial: { one_of: [ "00:$serial" ] }
		left|certificate|cert.not_after: { remaining: default }
		same|certificate|cert.sha256: { unchanged: true }
		trusted|certificate|cert.trusted: { is: true }
		name|certificate|cert.name_match: { is: true }
	END
} >"$work/profiles/toy.yaml"
toy=(check --profile=toy --state-dir="$work/state" --format=csv)

tries=0
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || { cat "$work/log"; exit 99; }
	sleep 0.1
done

run 2 "${toy[@]}" 127.0.0.1
[ "$(grep -c ,ok, "$work/out")" = 6 ] || complain "not six are ok"
says 'trusted: true,cert.trusted: false,violated'
says 'name_match: true,cert.name_match: false,violated'
run 0 "${toy[@]}" --ca-file="$work/ca.pem" --name=pbx.example 127.0.0.1
run 2 "${toy[@]}" --ca-file="$work/ca.pem" --name=pbx.example --verify-name=x.example 127.0.0.1
says 'name_match: true,cert.name_match: false,violated'

cat >"$work/toy.conf" <<END
targets:
  - { name: pbx, address: 127.0.0.1, profiles: toy, ca_file: ca.pem, server_name: pbx.example }
END
run 0 check --config.file="$work/toy.conf" --state-dir="$work/state" --format=prometheus
says 'server_name="pbx.example",version="TLS1.1"} 0'
says 'server_name="pbx.example",version="TLS1.2"} 1'
says 'server_name="pbx.example",position="0"} 1'
grep -q 'ucposture_tls_weak_ciphers{.*} 1$' "$work/out" || complain "one suite is weak"
grep -q 'ucposture_certificate_trusted{.*} 1$' "$work/out" || complain "it is trusted"
if command -v promtool >/dev/null; then
	promtool check metrics <"$work/out" >"$work/err" 2>&1 || complain "promtool complains"
fi

# Nobody listens any more: no series is gone, and nobody knows the values.
kill "${started[1]}"
wait "${started[1]}" 2>/dev/null
started=("${started[0]}")
run 3 check --config.file="$work/toy.conf" --state-dir="$work/state" --format=prometheus
says 'version="TLS1.1"} NaN'
says 'position="0"} NaN'
printf 'targets: [ { name: pbx, address: 127.0.0.1, profiles: toy, ca_file: none.pem } ]\n' \
	>"$work/toy.conf"
run 3 check --config.file="$work/toy.conf"
warns "toy.conf:1:69: error: cannot use the ca_file '$work/none.pem': No such file or directory"
finish
