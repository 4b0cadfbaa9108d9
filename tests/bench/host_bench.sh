#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What listens on this machine, few sockets and many, whole commands: never slower than ss.
set -u
: "${UCPOSTURE:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
command -v ss >/dev/null || { echo "no ss here"; exit 77; }
bench_alone

place=$(mktemp -d) || exit 1
holder=
# shellcheck disable=SC2317
clean_up()
{
	[ -n "$holder" ] && kill -9 "$holder"
	rm -rf "$place"
} 2>/dev/null
trap clean_up EXIT
mkfifo "$place/ready"

least()
{
	printf '%s\n' "$@" | sort -n | head -n 1
}

for count in 10 10000; do
	"$PYTHON3" "$bench_folder/hold.py" "$count" >"$place/ready" &
	holder=$!
	read -r _ <"$place/ready" || exit 1
	[ "$("$UCPOSTURE" observe host --format=json | grep -c '"port": ')" = "$count" ] || {
		echo "host_bench: it does not see all $count sockets"
		exit 1
	}
	# They take turns, as a machine is never the same twice.
	ours=() peers=() ours_wall=() peers_wall=() exposure=()
	for _ in 1 2 3 4 5; do
		cpu "$UCPOSTURE" observe host
		ours+=("$cpu_us") ours_wall+=("$wall_us")
		cpu ss -ltnup
		peers+=("$cpu_us") peers_wall+=("$wall_us")
		cpu "$UCPOSTURE" observe host --facts=exposure
		exposure+=("$cpu_us")
	done
	peer=$(least "${peers[@]}")
	wall=$(least "${peers_wall[@]}")
	figure "host, $count sockets: CPU (ss -ltnup)" "$(least "${ours[@]}")" "$peer" "$peer" us
	figure "host, $count sockets: time (ss -ltnup)" "$(least "${ours_wall[@]}")" "$wall" \
		"$wall" us
	figure "host, $count sockets, exposure only: CPU" "$(least "${exposure[@]}")" - - us
	kill -9 "$holder"
	wait "$holder" 2>/dev/null
	holder=
done
exit "$bench_missed"
