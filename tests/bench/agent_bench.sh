#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One agent that watches 10,000 targets × 25 ports, half of them open, for ever: what one interval
# costs all its processes; whether that is ten times what 1,000 targets cost; and what an agent
# with ten targets needs while next to nothing is due.
set -u
: "${UCPOSTURE:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
bench_alone

ports=({8001..8025})
open=("${ports[@]:0:13}")
interval=60
place=$(mktemp -d) || exit 1
agent=
listener=
exporter=
# shellcheck disable=SC2317
clean_up()
{
	for pid in $agent $listener $exporter; do
		kill "$pid"
	done
	wait "$agent"
	rm -rf "$place"
} 2>/dev/null
trap clean_up EXIT

mkfifo "$place/ready"
"$PYTHON3" "$bench_folder/listen.py" "${open[@]}" >"$place/ready" &
listener=$!
read -r _ <"$place/ready"

mkdir "$place/profiles"
{
	printf 'profile: bench\ntitle: Bench\nrules:\n'
	for port in "${ports[@]}"; do
		printf '  - { id: port-%s, observe: port, subject: tcp/%s, because: a figure,\n' \
			"$port" "$port"
		printf '      expect: { port.state: { one_of: [ open, closed ] } } }\n'
	done
} >"$place/profiles/bench.yaml"

# hosts COUNT: addresses of 127.0.0.0/8.
hosts()
{
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		printf "127.78.%d.%d\n", i / 250, i % 250 + 1 }'
}

# watch TARGETS INTERVAL SECONDS: starts an agent, lets it see everything once, and then what it
# costs in so many seconds: sets cost_us, wakes, pss_kib.
watch()
{
	{
		printf 'agent:\n  profile_dir: %s\n  interval: %ss\n' "$place/profiles" "$2"
		printf '  limits: { probes_per_second: 0, per_target: 10, packets_per_second: 0 }\n'
		printf 'targets:\n'
		hosts "$1" | sed 's/.*/  - { name: &, address: &, profiles: [ bench ] }/'
	} >"$place/ucposture.yaml"
	"$UCPOSTURE" agent --config.file="$place/ucposture.yaml" --state-dir="$place/state" \
		2>"$place/log" &
	agent=$!
	for _ in {1..300}; do
		grep -q 'msg="ready' "$place/log" && break
		sleep 0.1
	done
	sleep $((interval + 5))
	read -r cost_us wakes pss_kib _ < <("$PYTHON3" "$bench_folder/agent_cost.py" "$agent" "$3")
	# Nothing may have gone wrong, or the figures are of something else.
	if [ -z "${pss_kib-}" ] || grep -Eq 'level=(warn|error)|topic=alarm' "$place/log"; then
		cat "$place/log"
		echo "agent_bench: the agent with $1 targets does not do what it should"
		exit 1
	fi
	kill "$agent"
	wait "$agent"
	agent=
	rm -rf "$place/state"
}

# The same checks of 1,000 targets, once each: sets blackbox.
blackbox_us()
{
	local before
	command -v prometheus-blackbox-exporter >/dev/null && command -v curl >/dev/null || return 1
	printf 'modules: { tcp: { prober: tcp, timeout: 5s } }\n' >"$place/blackbox.yml"
	prometheus-blackbox-exporter --config.file="$place/blackbox.yml" \
		--web.listen-address=127.0.0.1:9115 2>"$place/blackbox.log" &
	exporter=$!
	for _ in {1..50}; do
		curl -s -o "$place/health" http://127.0.0.1:9115/-/healthy && break
		sleep 0.1
	done
	hosts 1000 | while IFS= read -r host; do
		printf 'url = "http://127.0.0.1:9115/probe?module=tcp&target='"$host"':%s"\n' \
			"${ports[@]}"
	done | sed 'a output = /dev/null' >"$place/urls"
	before=$(cpu_of "$exporter")
	curl -s -Z --parallel-max 50 -K "$place/urls" 2>/dev/null
	blackbox=$(($(cpu_of "$exporter") - before))
	kill "$exporter"
	exporter=
}

# A look wakes us to begin it and to hear of it, and its prober to begin it, once or twice for
# what the network says, and to tell us.
watch 10 600 60
figure "agent, 10 targets: memory (PSS)" "$(divide "$pss_kib" 1024)" - 14 MB
figure "agent, 250 checks in 10 minutes: wake-ups a minute" "$wakes" - 150 ""

peer=-
blackbox_us && peer=$(divide "$((10 * blackbox))" 1000000)
watch 1000 "$interval" "$interval"
few_us=$cost_us
few_kib=$pss_kib
watch 10000 "$interval" "$interval"
figure "agent, 10,000 targets × 25 checks: CPU of a round" "$(divide "$cost_us" 1000000)" "$peer" 15 s
figure "the same, as multiple of 1,000 targets" "$(divide "$cost_us" "$few_us")" - 11 ×
figure "the same, memory (PSS) a check" "$((1024 * (pss_kib - few_kib) / 225000))" - 1500 B
exit "$bench_missed"
