#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Versions, suites and certificate of one endpoint with fewer than 30 suites, beside sslscan at
# the same scope; then the certificates of 1,000 hosts, beside blackbox_exporter, where TLS 1.2
# is offered and where only TLS 1.3 is. The server is nginx.
set -u
: "${UCPOSTURE:?}" "${top_builddir:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
for program in taskset nginx openssl sslscan curl prometheus-blackbox-exporter; do
	command -v "$program" >/dev/null || { echo "tls_bench: no $program here"; exit 77; }
done
bench_alone
# On one CPU: across two of them it is the waking that costs, and nobody's work.
taskset -p -c 0 $$ >/dev/null || exit 1

many=$top_builddir/tests/bench/look_many
place=$(mktemp -d) || exit 1
nginx_pid=
exporter=
# shellcheck disable=SC2317
clean_up()
{
	[ -n "$nginx_pid" ] && kill "$nginx_pid" && wait "$nginx_pid"
	[ -n "$exporter" ] && kill "$exporter" && wait "$exporter"
	rm -rf "$place"
} 2>/dev/null
trap clean_up EXIT

# --- the server: one worker, so that its CPU time can be told -----------------------------

suites='ECDHE+aRSA+AESGCM:ECDHE+aRSA+CHACHA20:ECDHE+aRSA+AES:kDHE+aRSA+AES:kRSA+AES'
suites="$suites:!AESCCM:!AESCCM8:@SECLEVEL=0"

server()
{
	printf 'server {\n listen %s ssl backlog=4096;\n ssl_protocols %s;\n' "$1" "$2"
	printf ' ssl_ciphers "%s";\n ssl_dhparam %s/dh.pem;\n' "$suites" "$place"
	printf ' ssl_certificate %s/chain.pem;\n ssl_certificate_key %s/leaf.key;\n' "$place" "$place"
	printf ' ssl_session_cache none;\n return 204;\n}\n'
}

make_certificates()
{
	openssl dhparam -dsaparam -out "$place/dh.pem" 2048
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$place/ca.key" -out "$place/ca.pem" \
		-subj '/CN=Bench CA' -days 100
	openssl req -newkey rsa:2048 -nodes -keyout "$place/leaf.key" -out "$place/leaf.csr" \
		-subj '/CN=bench.example'
	printf 'subjectAltName=DNS:bench.example\n' >"$place/leaf.ext"
	openssl x509 -req -in "$place/leaf.csr" -CA "$place/ca.pem" -CAkey "$place/ca.key" \
		-CAcreateserial -days 90 -extfile "$place/leaf.ext" -out "$place/leaf.pem"
	cat "$place/leaf.pem" "$place/ca.pem" >"$place/chain.pem"
} >"$place/openssl.log" 2>&1

start_nginx()
{
	cat >"$place/openssl.cnf" <<-'END'
		openssl_conf = all
		[all]
		ssl_conf = ssl
		[ssl]
		system_default = old
		[old]
		CipherString = ALL:COMPLEMENTOFALL:@SECLEVEL=0
		MinProtocol = TLSv1
	END
	{
		echo 'daemon off; master_process off; worker_rlimit_nofile 8192;'
		echo "pid $place/pid; error_log $place/error.log crit;"
		echo 'events { worker_connections 4096; }'
		echo "http { access_log off; client_body_temp_path $place/body;"
		echo "proxy_temp_path $place/p; fastcgi_temp_path $place/f;"
		echo "uwsgi_temp_path $place/u; scgi_temp_path $place/s;"
		server 443 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3'
		server 444 'TLSv1.3'
		echo '}'
	} >"$place/nginx.conf"
	OPENSSL_CONF="$place/openssl.cnf" nginx -p "$place" -c "$place/nginx.conf" \
		2>"$place/nginx.log" &
	nginx_pid=$!
	for _ in {1..100}; do
		ss -ltn | grep -q ':444 ' && return 0
		sleep 0.1
	done
	cat "$place/nginx.log"
	exit 1
}

# Connections that came in so far, of the whole namespace.
accepted()
{
	awk '$1 == "Tcp:" && $2 ~ /^[0-9]/ { print $7 }' /proc/net/snmp
}

make_certificates || { cat "$place/openssl.log"; exit 1; }
start_nginx

# --- one endpoint -----------------------------------------------------------------------------

scan=(sslscan --no-heartbleed --no-compression --no-renegotiation --no-fallback --no-groups
	--no-cipher-details --show-certificate --no-colour 127.0.0.1:443)
versions_and_suites=(tls.versions tls.ciphers tls.weak_ciphers tls.weaknesses tls.anonymous)
looks=100

"$many" tls tcp/443 127.0.0.1 1 "${versions_and_suites[@]}" >"$place/seen" || exit 1
"${scan[@]}" >"$place/scan" || exit 1
ours_count=$(tail -n 1 "$place/seen" | "$PYTHON3" -c \
	'import json, sys; print(len(json.load(sys.stdin)["facts"]["tls.ciphers"]))')
peers_count=$(grep -E '^(Accepted|Preferred)' "$place/scan" | awk '{ print $5 }' | sort -u | wc -l)
[ "$ours_count" -eq "$peers_count" ] || {
	echo "tls_bench: we see $ours_count suites, sslscan $peers_count"
	exit 1
}

before=$(accepted)
"$many" tls tcp/443 127.0.0.1 1 "${versions_and_suites[@]}" >/dev/null
"$many" certificate tcp/443 127.0.0.1 1 >/dev/null
# look_many looks once more before it measures.
ours_connections=$((($(accepted) - before) / 2))
before=$(accepted)
"${scan[@]}" >/dev/null
peers_connections=$(($(accepted) - before))

# endpoint_us: sets ours (CPU of one look) and ours_server; the median of three.
median()
{
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

add()
{
	awk -v a="$1" -v b="$2" 'BEGIN { print a + b }'
}

ours=() ours_all=() ours_server=() peer=() peer_server=()
for _ in 1 2 3; do
	before=$(cpu_of "$nginx_pid")
	read -r tls _ < <("$many" tls tcp/443 127.0.0.1 "$looks" "${versions_and_suites[@]}")
	read -r certificate _ < <("$many" certificate tcp/443 127.0.0.1 "$looks")
	ours_server+=($((($(cpu_of "$nginx_pid") - before) / (looks + 1))))
	ours+=("$(add "$tls" "$certificate")")
	read -r everything _ < <("$many" tls tcp/443 127.0.0.1 "$looks")
	ours_all+=("$(add "$everything" "$certificate")")
	before=$(cpu_of "$nginx_pid")
	scans=()
	for _ in {1..10}; do
		cpu "${scan[@]}"
		scans+=("$cpu_us")
	done
	peer_server+=($((($(cpu_of "$nginx_pid") - before) / 10)))
	peer+=("$(median "${scans[@]}")")
done
us=$(median "${ours[@]}")
scan_us=$(median "${peer[@]}")
server_us=$(median "${ours_server[@]}")
scan_server_us=$(median "${peer_server[@]}")
title="TLS, versions, $ours_count suites, certificate"
figure "$title: CPU (bar)" "$us" - 2000 us
figure "$title: CPU (sslscan)" "$us" "$scan_us" "$(divide "$scan_us" 10)" us
figure "$title: connections (bar)" "$ours_connections" "$peers_connections" \
	$((ours_count + 5 + 3)) ""
figure "$title: CPU of the server" "$server_us" "$scan_server_us" \
	"$(awk -v a="$scan_server_us" 'BEGIN { printf "%.0f", a * 0.6 }')" us
figure "TLS, every fact and the certificate: CPU" "$(median "${ours_all[@]}")" - - us

# --- certificates of 1,000 hosts ----------------------------------------------------------------

for a in {1..4}; do
	for b in {1..250}; do
		echo "127.78.$a.$b"
	done
done >"$place/hosts"
printf 'modules: { tls: { prober: tcp, timeout: 5s, tcp: { tls: true, tls_config: { insecure_skip_verify: true } } } }\n' \
	>"$place/blackbox.yml"
prometheus-blackbox-exporter --config.file="$place/blackbox.yml" \
	--web.listen-address=127.0.0.1:9115 2>"$place/blackbox.log" &
exporter=$!
for _ in {1..50}; do
	curl -s -o "$place/health" http://127.0.0.1:9115/-/healthy && break
	sleep 0.1
done

# certificates PORT TEXT TIMES: 1,000 hosts there, at least so many times cheaper: the collector
# in one process, as the exporter is one; and beside it the whole check, with its start, three
# processes, plan, judge and report.
certificates()
{
	local port=$1 text=$2 times=$3 run before collector ours=() alone=() peer=()
	mkdir -p "$place/profiles"
	printf 'profile: bench\ntitle: Bench\nrules:\n  - id: valid\n    observe: certificate\n    subject: tcp/%s\n    expect: { cert.not_after: { remaining: { warning: 30d } } }\n    because: a figure\n' \
		"$port" >"$place/profiles/bench.yaml"
	{
		printf 'agent:\n  profile_dir: %s\n' "$place/profiles"
		printf '  limits: { probes_per_second: 500 }\ntargets:\n'
		sed 's/.*/  - { name: &, address: &, profiles: [ bench ] }/' "$place/hosts"
	} >"$place/ucposture.yaml"
	sed 's,.*,url = "http://127.0.0.1:9115/probe?module=tls\&target=&:'"$port"'"\noutput = /dev/null,' \
		"$place/hosts" >"$place/urls"
	"$UCPOSTURE" check --config.file="$place/ucposture.yaml" --format=csv >"$place/csv" || {
		echo "tls_bench: not every certificate was seen on $port"
		exit 1
	}
	for run in 1 2 3; do
		cpu "$UCPOSTURE" check --config.file="$place/ucposture.yaml" --format=csv
		ours[run]=$cpu_us
		read -r collector _ < <("$many" certificate "tcp/$port" 127.78.1.1+1000 1000)
		alone[run]=$collector
		before=$(cpu_of "$exporter")
		curl -s -Z --parallel-max 50 -K "$place/urls" 2>/dev/null
		peer[run]=$(($(cpu_of "$exporter") - before))
	done
	figure "$text: collector (blackbox)" "$(median "${alone[@]}")" \
		"$(divide "$(median "${peer[@]}")" 1000)" \
		"$(divide "$(median "${peer[@]}")" "$((1000 * times))")" us
	figure "$text: whole check (blackbox)" "$(divide "$(median "${ours[@]}")" 1000)" \
		"$(divide "$(median "${peer[@]}")" 1000)" - us
}

certificates 443 "certificates of 1,000 hosts, TLS 1.2" 8
certificates 444 "certificates of 1,000 hosts, TLS 1.3 only" 5
exit "$bench_missed"
