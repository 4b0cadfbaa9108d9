#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The simulated UC systems have the faults they say they have, and `ucposture check` finds each
# of them and no other: as root, as anybody, twice at once, and where other programs have the
# ports. Nothing leaves the machine meanwhile, although a route leads out of the namespace.
set -u
: "${top_builddir:?}" "${top_srcdir:?}" "${UCPOSTURE:?}" "${PYTHON3:?}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/alone.bash
source "$here/alone.bash"
alone_needs nft setpriv comm
alone_enter "$0" "$@"
export UCPOSTURE_PROFILE_DIR=$top_srcdir/profiles
chmod 755 "$place"
# Where another user can start it, wherever the build is.
cp "$top_builddir/contrib/demo/ucdemo" "$place/" || exit 99
cp -r "$top_srcdir/profiles" "$place/profiles" || exit 99

# Everything that is not for this machine is counted.
watch_the_way_out()
{
	ip link add out type veth peer name far && ip link set far up &&
		ip addr add 192.0.2.1/24 dev out && ip addr add 2001:db8::1/64 dev out nodad &&
		ip link set out up &&
		ip route add default dev out && ip -6 route add default dev out &&
		nft add table inet watch &&
		nft add chain inet watch out '{ type filter hook output priority 0; }' &&
		nft add rule inet watch out oifname lo accept &&
		# The kernel's own, for neighbours and groups.
		nft add rule inet watch out icmpv6 type 130-143 accept &&
		nft add rule inet watch out counter reject || exit 99
}

packets_that_left()
{
	nft list chain inet watch out | awk '/counter/ { print $3 }'
}

# start NAME COMMAND...: ucdemo, started by COMMAND, in a folder of that name.
start()
{
	local name=$1 at=$place/$1
	shift
	mkdir -m 777 "$at"
	: >"$at/said"
	"$@" "$place/ucdemo" "$at" "$place/profiles" >"$at/said" &
	echo $! >"$at/pid"
	pids+=($!)
	for _ in {1..100}; do
		grep -qx ready "$at/said" && return
		sleep 0.05
	done
	fail "$name: ucdemo did not become ready"
}

# compare NAME: what ucdemo says and what the check finds agree.
compare()
{
	local name=$1 at=$place/$1 code
	"$UCPOSTURE" check --config.file="$at/ucposture.yaml" --format=json >"$at/found.json"
	code=$?
	[ "$code" -eq 2 ] || fail "$name: check ended with $code, not 2"
	sed -n 's/^fault //p' "$at/said" | sort >"$at/faults"
	[ "$(cut -d' ' -f1 "$at/faults" | sort -u | wc -l)" -eq "$(grep -c '^story ' "$at/said")" ] ||
		fail "$name: a system names no faults"
	"$PYTHON3" - "$at/found.json" >"$at/found" <<'READ' || fail "$name: the JSON cannot be read"
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    targets = json.load(file)["targets"]
print("\n".join(sorted({f"{t['name']} {c['rule']}" for t in targets for c in t["checks"]
                        if c["verdict"] not in ("ok", "not_applicable")})))
READ
	if diff -u --label said --label found "$at/faults" "$at/found"; then
		echo "$name: $(wc -l <"$at/faults") faults, all found, none invented"
	else
		fail "$name: not the same faults were found"
	fi
}

# stop NAME
stop()
{
	local pid code
	pid=$(cat "$place/$1/pid")
	kill "$pid"
	wait "$pid"
	code=$?
	[ "$code" -eq 0 ] || fail "$1: ucdemo ended with $code"
}

watch_the_way_out
"$UCPOSTURE" observe reach tcp://192.0.2.9:80 --timeout=1s >/dev/null
"$UCPOSTURE" observe port udp/53 2001:db8::9 --timeout=1s >/dev/null
[ "$(packets_that_left)" -ge 2 ] || fail "what leaves is not counted"
left=$(packets_that_left)

start own-ports env
compare own-ports
grep -q '^moved\|^left-out.*udp' "$place/own-ports/said" && fail "own-ports: root's are moved"

diff -u --label profiles --label demonstrated \
	<(basename -a -s .yaml "$place"/profiles/*.yaml | grep -vx -e reachable -e uc-baseline) \
	<(sed -n 's/^story \([^ ]*\) .*/\1/p' "$place/own-ports/said" | sort) ||
	fail "not every product is demonstrated"

# Without the right to low ports they are moved, and the configuration says where to.
start moved-ports setpriv --reuid=65534 --regid=65534 --clear-groups
compare moved-ports
grep -q '^moved asc-neo 443 10443$' "$place/moved-ports/said" ||
	fail "moved-ports: not said to be moved"

# Both are still there.
compare own-ports
stop moved-ports
stop own-ports

# Other programs listen at all addresses of the machine.
"$PYTHON3" - >"$place/others" <<'OTHERS' &
import signal
import socket

taken = []
for kind, ports in ((socket.SOCK_STREAM, (22, 23, 80, 443, 445, 1433, 3389, 5060, 5702)),
                    (socket.SOCK_DGRAM, (161, 5060))):
    for port in ports:
        taken.append(socket.socket(socket.AF_INET, kind))
        if kind == socket.SOCK_STREAM:
            # What was there before has ended just now.
            taken[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken[-1].bind(("0.0.0.0", port))
        if kind == socket.SOCK_STREAM:
            taken[-1].listen()
print("taken", flush=True)
signal.pause()
OTHERS
pids+=($!)
for _ in {1..100}; do
	grep -q taken "$place/others" && break
	sleep 0.05
done
start crowded env
compare crowded
for line in 'moved asc-neo 443 10443' 'left-out asc-neo asc-neo.snmp-get udp/161 is open' \
	'left-out starface starface.sip-udp udp/5060 belongs to'; do
	grep -q "^$line" "$place/crowded/said" || fail "crowded: ucdemo does not say '$line'"
done
stop crowded
kill "${pids[-1]}" "${pids[-2]}" 2>/dev/null

# expect_shown FILE: of the demonstration; each finding is an alarm of the agent.
expect_shown()
{
	local systems
	systems=$(grep -c 'rules of its guide are broken' "$1")
	[ "$systems" -eq "$(grep -c '^story ' "$place/own-ports/said")" ] ||
		fail "the demonstration shows $systems systems"
	awk '/rules of its guide are broken/ && !($1 == $11 && / and 0 others/)' "$1" | grep . &&
		fail "the demonstration's counts differ"
	awk '/^== all of them/ { all = 1 } /^== the agent/ { all = 0; agent = 1 }
	     /^[$] ucposture alarms/ { listed = 1 } /^== to try next/ { listed = 0 }
	     all && /^(CRITICAL|WARNING) / {
		     for (i = 2; i <= NF; i++)
			     if ($i ~ /^(critical|warning),/)
				     found += $(i - 1)
	     }
	     agent && listed && /^(CRITICAL|WARNING) / { raised++ }
	     END { print found + 0, raised + 0; exit !found || found != raised }' "$1" ||
		fail "the agent of the demonstration has other alarms than there are findings"
}

# And what people see: root, and at the same time somebody else.
mkdir -p "$place/tree/contrib/demo" &&
	cp "$top_builddir/contrib/demo/ucdemo" "$top_srcdir/contrib/demo/demonstrate" \
		"$place/tree/contrib/demo/" &&
	cp -r "$top_srcdir/profiles" "$UCPOSTURE" "$place/tree/" || exit 99
began=$(date +%s)
setpriv --reuid=65534 --regid=65534 --clear-groups "$place/tree/contrib/demo/demonstrate" \
	"$place/tree" >"$place/shown-to-others" &
others=$!
"$top_srcdir/contrib/demo/demonstrate" "$top_builddir" >"$place/shown" ||
	fail "the demonstration ended with $?"
wait "$others" || fail "the demonstration of somebody else ended with $?"
[ $(($(date +%s) - began)) -le 15 ] || fail "two demonstrations took more than 15 s"
expect_shown "$place/shown"
expect_shown "$place/shown-to-others"

[ "$(packets_that_left)" -eq "$left" ] ||
	fail "$(($(packets_that_left) - left)) packets left the machine"
echo "packets that left the machine: $(($(packets_that_left) - left))"
[ "$failures" -eq 0 ]
