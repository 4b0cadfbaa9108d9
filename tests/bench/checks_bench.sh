#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 1,000 addresses × 10 ports, half of them open, through plan, probers and judge.
set -u
: "${UCPOSTURE:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
bench_alone

open=(8001 8002 8003 8004 8005)
closed=(9001 9002 9003 9004 9005)
checks=10000
place=$(mktemp -d) || exit 1
listener=
exporter=
# shellcheck disable=SC2317
clean_up()
{
	[ -n "$listener" ] && kill "$listener"
	[ -n "$exporter" ] && kill "$exporter"
	rm -rf "$place"
} 2>/dev/null
trap clean_up EXIT

mkfifo "$place/ready"
"$PYTHON3" "$bench_folder/listen.py" "${open[@]}" >"$place/ready" &
listener=$!
read -r _ <"$place/ready"

for a in {1..4}; do
	for b in {1..250}; do
		echo "127.78.$a.$b"
	done
done >"$place/hosts"
ports=("${open[@]}" "${closed[@]}")
commas=$(IFS=,; echo "${ports[*]}")

mkdir "$place/profiles"
{
	printf 'profile: bench\ntitle: Bench\nrules:\n  - id: port\n    observe: port\n    subject: [ '
	printf 'tcp/%s, ' "${ports[@]}"
	printf ']\n    expect: { port.state: { one_of: [ open, closed ] } }\n    because: a figure\n'
} >"$place/profiles/bench.yaml"
{
	printf 'agent:\n  profile_dir: %s\n' "$place/profiles"
	printf '  limits: { probes_per_second: 0, per_target: 10, packets_per_second: 0 }\ntargets:\n'
	sed 's/.*/  - { name: &, address: &, profiles: [ bench ] }/' "$place/hosts"
} >"$place/ucposture.yaml"

"$UCPOSTURE" check --config.file="$place/ucposture.yaml" --format=csv >"$place/csv" || {
	echo "checks_bench: the checks are not all ok"
	exit 1
}
seen=$(grep -c 'tcp/' "$place/csv")
[ "$seen" -eq "$checks" ] || {
	echo "checks_bench: $seen checks instead of $checks"
	exit 1
}

cpu_best "$UCPOSTURE" check --config.file="$place/ucposture.yaml" --format=csv
ours=$(divide "$cpu_us" "$checks")
ours_wall=$((wall_us / 1000))

peer=- peer_wall=-
if command -v nmap >/dev/null; then
	cpu_best nmap -sT -Pn -n -T5 -p "$commas" -iL "$place/hosts"
	peer=$(divide "$cpu_us" "$checks")
	peer_wall=$((wall_us / 1000))
fi
figure "1,000 hosts × 10 ports: CPU a check (nmap -sT)" "$ours" "$peer" 30 us
figure "1,000 hosts × 10 ports: wall (nmap -sT)" "$ours_wall" "$peer_wall" - ms

peer=- peer_wall=-
if command -v prometheus-blackbox-exporter >/dev/null && command -v curl >/dev/null; then
	printf 'modules: { tcp: { prober: tcp, timeout: 5s } }\n' >"$place/blackbox.yml"
	prometheus-blackbox-exporter --config.file="$place/blackbox.yml" \
		--web.listen-address=127.0.0.1:9115 2>"$place/blackbox.log" &
	exporter=$!
	for _ in {1..50}; do
		curl -s -o "$place/health" http://127.0.0.1:9115/-/healthy && break
		sleep 0.1
	done
	while IFS= read -r host; do
		printf 'url = "http://127.0.0.1:9115/probe?module=tcp&target='"$host"':%s"\noutput = /dev/null\n' \
			"${ports[@]}"
	done <"$place/hosts" >"$place/urls"
	before=$(cpu_of "$exporter")
	cpu curl -s -Z --parallel-max 50 -K "$place/urls" 2>/dev/null
	peer=$(divide "$(($(cpu_of "$exporter") - before))" "$checks")
	peer_wall=$((wall_us / 1000))
fi
figure "1,000 hosts × 10 ports: CPU a check (blackbox)" "$ours" "$peer" 30 us
figure "1,000 hosts × 10 ports: wall (blackbox)" "$ours_wall" "$peer_wall" - ms
exit "$bench_missed"
