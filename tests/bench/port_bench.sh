#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sweeps of all TCP ports, and silent ports, beside nmap and a bare epoll loop.
set -u
: "${UCPOSTURE:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
bench_alone

ports=65535
floor=${top_builddir:-.}/tests/bench/connect_floor
sweep=("$UCPOSTURE" observe port "tcp/1-$ports" 127.0.0.1 --packets-per-second=0 --format=json)

# The machine may be busy: the best of three of each, in turn.
least() { [ "${!1}" = - ] || [ "$2" -lt "${!1}" ] && printf -v "$1" %s "$2"; }
ours=- ours_wall=- peer=- peer_wall=- bare=- bare_wall=-
for _ in 1 2 3; do
	cpu "${sweep[@]}"
	least ours "$cpu_us"
	least ours_wall "$wall_us"
	if command -v nmap >/dev/null; then
		cpu nmap -sT -T5 -n -Pn -p- --max-retries 1 127.0.0.1
		least peer "$cpu_us"
		least peer_wall "$wall_us"
	fi
	if [ -x "$floor" ]; then
		cpu "$floor" 127.0.0.1
		least bare "$cpu_us"
		least bare_wall "$wall_us"
	fi
done

bar=- bar_wall=-
if [ "$peer" != - ]; then
	bar=$(awk -v peer="$peer" -v n=$ports 'BEGIN { printf "%.1f", 1.1 * peer / n }')
	bar_wall=$((peer_wall / 2000))
	peer=$(divide "$peer" $ports)
	peer_wall=$((peer_wall / 1000))
fi
if [ "$bare" != - ]; then
	bare=$(divide "$bare" $ports)
	bare_wall=$((bare_wall / 1000))
fi
ours=$(divide "$ours" $ports)
ours_wall=$((ours_wall / 1000))
figure "sweep of 65,535 TCP ports: CPU a port (nmap -sT -T5)" "$ours" "$peer" "$bar" us
figure "sweep of 65,535 TCP ports: wall (nmap -sT -T5)" "$ours_wall" "$peer_wall" "$bar_wall" ms
figure "sweep of 65,535 TCP ports: CPU a port (epoll floor)" "$ours" "$bare" "$bare" us
figure "sweep of 65,535 TCP ports: wall (epoll floor)" "$ours_wall" "$bare_wall" - ms

# Silent ports: a firewall on loopback. 127.79.0.1 says nothing at all, 127.79.0.2 answers
# at all ports but a hundred.
if ! command -v nft >/dev/null || ! nft -f - <<'RULES'
table ip silence {
	chain input {
		type filter hook input priority 0;
		ip daddr 127.79.0.1 drop
		ip daddr 127.79.0.2 tcp dport 3000-3099 drop
	}
}
RULES
then
	exit "$bench_missed"
fi
silent()
{
	local title=$1 host=$2 range=$3 bar=$4
	cpu "$UCPOSTURE" observe port "tcp/$range" "$host" --packets-per-second=0 --format=json
	ours_wall=$((wall_us / 1000))
	peer_wall=-
	if command -v nmap >/dev/null; then
		cpu nmap -sT -T5 -n -Pn -p "$range" "$host"
		peer_wall=$((wall_us / 1000))
	fi
	figure "$title" "$ours_wall" "$peer_wall" "$bar" ms
}
silent "100 filtered ports alone: wall (nmap -sT -T5)" 127.79.0.1 3000-3099 3290
silent "100 filtered beside 900 closed: wall (nmap -sT -T5)" 127.79.0.2 2100-3099 1500
exit "$bench_missed"
