#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A manager reads a column of 100,000 checks with snmpbulkwalk -Cr50, all on one CPU. The floor is
# a handler of Net-SNMP with nothing behind it but a sorted array; what is over it is ours.
set -u
: "${top_builddir:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
for program in snmpbulkwalk taskset setpriv; do
	command -v "$program" >/dev/null || { echo "snmp_bench: no $program here"; exit 77; }
done
bench_alone
export SNMPCONFPATH=/nonexistent MIBS=''
top=$(cd "$top_builddir" && pwd)
folder=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}"; wait; rm -rf "$folder"' EXIT
export SNMP_PERSISTENT_DIR=$folder/client
chmod 755 "$folder"
mkfifo "$folder/in"
exec 3<>"$folder/in"
rows=100008 column=.1.3.6.1.4.1.8072.9999.9999.5061.1.1.4.1

# serve NAME PROGRAM ARGUMENT...
serve()
{
	local name=$1
	shift
	taskset -c 0 setpriv --reuid=nobody --regid=nogroup --clear-groups "$@" \
		<"$folder/in" >"$folder/$name.out" 2>"$folder/$name.log" &
	pids+=($!)
	for _ in $(seq 300); do
		grep -q serves "$folder/$name.out" && return
		sleep 0.1
	done
	echo "snmp_bench: $name does not serve: $(tail -n 1 "$folder/$name.log")"
	exit 1
}

# walk PID PORT ARC: sets used_us, of the server, and took_us.
walk()
{
	local before count
	before=$(cpu_of "$1")
	took_us=$(date +%s%6N)
	count=$(taskset -c 0 snmpbulkwalk -v2c -c public -t 10 -Cr50 -On "127.0.0.1:$2" \
		"$column.$3" 2>/dev/null | grep -c "^$column.$3[.]")
	took_us=$(($(date +%s%6N) - took_us))
	used_us=$(($(cpu_of "$1") - before))
	[ "$count" = "$rows" ] || { echo "snmp_bench: $count rows of $rows"; exit 1; }
}

least()
{
	printf '%s\n' "$@" | sort -n | head -n 1
}

mkdir "$folder/ours" "$folder/floor"
chown nobody "$folder/ours" "$folder/floor"
serve ours "$top/tests/integration/snmp_serve" 4167 24 alone udp:127.0.0.1:16164 \
	"$folder/ours" "rocommunity public 127.0.0.1"
serve floor "$top/tests/bench/snmp_floor" "$rows" udp:127.0.0.1:16165 "$folder/floor"

# All take turns, as a machine is never the same twice; the least is what each can do.
ours=() texts=() bare=() ours_took=() bare_took=()
for _ in 1 2 3 4 5; do
	walk "${pids[0]}" 16164 5
	ours+=("$used_us") ours_took+=("$took_us")
	walk "${pids[0]}" 16164 9
	texts+=("$used_us")
	walk "${pids[1]}" 16165 5
	bare+=("$used_us") bare_took+=("$took_us")
done
floor_us=$(least "${bare[@]}")
figure "SNMP walk, 100,000 verdicts: CPU (bare handler)" "$(least "${ours[@]}")" "$floor_us" \
	"$(divide "$((floor_us * 3))" 2)" us
figure "SNMP walk, 100,000 texts: CPU" "$(least "${texts[@]}")" - - us
took=$(least "${ours_took[@]}")
figure "SNMP walk, with the manager: time (bare handler)" "$took" "$(least "${bare_took[@]}")" - us
echo "variables a second, manager and agent on one CPU: $((rows * 1000000 / took))"
exit "$bench_missed"
