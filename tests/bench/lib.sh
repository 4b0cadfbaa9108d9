# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the benches share. Sourced.
# shellcheck disable=SC2034

: "${PYTHON3:=python3}"
bench_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bench_missed=0

# Again, in a network namespace where nothing listens and nothing leads out.
bench_alone()
{
	[ "${BENCH_ALONE-}" = yes ] && { ip link set lo up; return; }
	[ "$(id -u)" -eq 0 ] || {
		echo "$(basename "$0"): needs root for a network namespace"
		exit 77
	}
	BENCH_ALONE=yes exec unshare --net bash "$0"
}

# cpu COMMAND...: runs it, its output to /dev/null; sets cpu_us (all its processes) and wall_us.
cpu()
{
	read -r cpu_us wall_us < <("$PYTHON3" "$bench_folder/cpu.py" "$@")
	[ -n "${cpu_us-}" ] || { echo "cannot run $1"; exit 1; }
}

# The best of three runs: what else the machine does makes figures larger, never smaller.
cpu_best()
{
	local best_cpu best_wall run
	for run in 1 2 3; do
		cpu "$@"
		if [ "$run" = 1 ] || [ "$cpu_us" -lt "$best_cpu" ]; then
			best_cpu=$cpu_us best_wall=$wall_us
		fi
	done
	cpu_us=$best_cpu wall_us=$best_wall
}

# cpu_of PID: the CPU time a running process has used, in us.
cpu_of()
{
	local tick
	tick=$((1000000 / $(getconf CLK_TCK)))
	awk -v tick="$tick" '{ print ($14 + $15) * tick }' "/proc/$1/stat"
}

# divide A B: with one decimal.
divide()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }'
}

# figure TEXT OURS PEER BAR UNIT: less is better; PEER and BAR may be -.
figure()
{
	printf '%-52s %9s %-2s %9s %-2s %9s %-2s\n' "$1" "$2" "$5" "$3" "$5" "$4" "$5"
	if [ "$4" != - ] && awk -v a="$2" -v b="$4" 'BEGIN { exit !(a > b) }'; then
		bench_missed=1
	fi
}
