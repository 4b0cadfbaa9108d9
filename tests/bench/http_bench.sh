#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One look at a page of nginx over HTTP and over HTTPS, beside blackbox_exporter's, in one
# process each.
set -u
: "${top_builddir:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for program in taskset nginx openssl curl prometheus-blackbox-exporter; do
	command -v "$program" >/dev/null || { echo "http_bench: no $program here"; exit 77; }
done
bench_alone
# On one CPU: across two of them it is the waking that costs, and nobody's work.
taskset -p -c 0 $$ >/dev/null || exit 1

many=$top_builddir/tests/bench/look_many
place=$(mktemp -d) || exit 1
pids=()
# shellcheck disable=SC2317
clean_up()
{
	local pid
	for pid in "${pids[@]}"; do
		kill "$pid" && wait "$pid"
	done
	rm -rf "$place"
} 2>/dev/null
trap clean_up EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
	-subj /CN=bench.example -keyout "$place/key.pem" -out "$place/cert.pem" 2>/dev/null
cat >"$place/nginx.conf" <<END
daemon off;
master_process off;
pid $place/pid;
error_log $place/error.log crit;
events { worker_connections 1024; }
http {
	access_log off;
	keepalive_timeout 0;
	client_body_temp_path $place/b;
	proxy_temp_path $place/p;
	fastcgi_temp_path $place/f;
	uwsgi_temp_path $place/u;
	scgi_temp_path $place/s;
	default_type text/html;
	ssl_certificate $place/cert.pem;
	ssl_certificate_key $place/key.pem;
	ssl_session_cache none;
	add_header Strict-Transport-Security max-age=31536000;
	server { listen 80; return 200 "<title>bench</title>"; }
	server { listen 443 ssl; ssl_protocols TLSv1.2; return 200 "<title>bench</title>"; }
	server { listen 444 ssl; ssl_protocols TLSv1.3; return 200 "<title>bench</title>"; }
}
END
nginx -p "$place" -c "$place/nginx.conf" 2>"$place/nginx.log" &
pids+=($!)
echo 'modules: { page: { prober: http, http: { tls_config: { insecure_skip_verify: true } } } }' \
	>"$place/blackbox.yml"
prometheus-blackbox-exporter --config.file="$place/blackbox.yml" \
	--web.listen-address=127.0.0.1:9115 2>"$place/blackbox.log" &
exporter=$!
pids+=("$exporter")
for address in http://127.0.0.1:9115/-/healthy https://127.0.0.1/; do
	for _ in {1..100}; do
		curl -sk -o "$place/health" "$address" && break
		sleep 0.1
	done
done

# page URL TEXT LOOKS TIMES BAR: so many times cheaper than the exporter, and no dearer than BAR.
page()
{
	local url=$1 text=$2 looks=$3 times=$4 bar=$5 run before us ours=() peer=()
	local probe="http://127.0.0.1:9115/probe?module=page&target=${url/\*/127.0.0.1}"
	if ! "$many" http "$url" 127.0.0.1 1 | grep -q '"http.status":200.*"http.title":"bench"' ||
		! curl -s "$probe" | grep -q '^probe_success 1'; then
		echo "http_bench: $url is not seen as it is"
		exit 1
	fi
	for ((run = 0; run < looks; run++)); do
		printf 'url = "%s"\noutput = /dev/null\n' "$probe"
	done >"$place/urls"
	for run in 1 2 3; do
		read -r us _ < <("$many" http "$url" 127.0.0.1 "$looks")
		ours+=("$us")
		before=$(cpu_of "$exporter")
		curl -s -K "$place/urls"
		peer+=("$((($(cpu_of "$exporter") - before) / looks))")
	done
	us=$(printf '%s\n' "${ours[@]}" | sort -n | sed -n 2p)
	before=$(printf '%s\n' "${peer[@]}" | sort -n | sed -n 2p)
	figure "$text: CPU (blackbox_exporter)" "$us" "$before" "$(divide "$before" "$times")" us
	[ "$bar" = - ] || figure "$text: CPU (bar)" "$us" - "$bar" us
}

# floor PORT TEXT: what OpenSSL alone takes; said beside ours, and no bar.
floor()
{
	local run floors=()
	for run in 1 2 3; do
		floors[run]=$("$(dirname "$many")/https_floor" "$1" 300)
	done
	printf '%-52s %9s us\n' "$2: CPU of OpenSSL alone" \
		"$(printf '%s\n' "${floors[@]}" | sort -n | sed -n 2p)"
}

page 'http://*/' "HTTP, one page" 500 5 120
page 'https://*/' "HTTPS over TLS 1.2, one page" 300 1.7 -
floor 443 "HTTPS over TLS 1.2, one page"
page 'https://*:444/' "HTTPS over TLS 1.3, one page" 300 1.7 -
floor 444 "HTTPS over TLS 1.3, one page"
exit "$bench_missed"
