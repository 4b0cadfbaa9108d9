#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The firewall rules that `ucposture profiles firewall` prints do what they say in the kernel's
# own firewall: every file loads; at a system that listens at what it needs and at more,
# `ucposture check` finds nothing about ports, and the rest is filtered; nothing leaves but for
# where it may. Over IPv4 and IPv6, on the system and at the edge of its network.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/alone.bash
. "$here/alone.bash"
alone_needs nft "$PYTHON3" "$UCPOSTURE"
alone_enter "$0" "$@"
export COLUMNS=200 LC_ALL=C.UTF-8
shipped=${UCPOSTURE_PROFILE_DIR:-$here/../../profiles}
toys=$here/../cli/read

# outside (10.9.2.2) -- this namespace, a router -- pbx (10.9.1.1, and 10.9.1.7 as another host)
mkdir -p /run/netns
mount -t tmpfs none /run/netns || exit 1
for name in pbx outside; do
	ip netns add "$name" || exit 1
	ip link add "to-$name" type veth peer name eth0 netns "$name"
	ip -n "$name" link set lo up
	ip -n "$name" link set eth0 up
	ip link set "to-$name" up
done
join() # NAME NUMBER ADDRESS...
{
	local name=$1 number=$2 address
	shift 2
	ip address add "10.9.$number.254/24" dev "to-$name"
	ip address add "fd09:$number::fe/64" dev "to-$name" nodad
	for address in "$@"; do
		ip -n "$name" address add "10.9.$number.$address/24" dev eth0
		ip -n "$name" address add "fd09:$number::$address/64" dev eth0 nodad
	done
	ip -n "$name" route add default via "10.9.$number.254"
	ip -n "$name" -6 route add default via "fd09:$number::fe"
}
join pbx 1 1 7
join outside 2 2 3
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding

listen() # NAMESPACE FILE PORT...
{
	local namespace=$1 file=$2 tries=0
	shift 2
	: >"$file"
	ip netns exec "$namespace" "$PYTHON3" "$here/listen_all.py" "$file" "$@" &
	pids+=($!)
	until grep -q ready "$file"; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo "nobody listens at $*"; exit 1; }
		sleep 0.05
	done
}

stop_listening()
{
	kill "${pids[@]}"
	wait "${pids[@]}" 2>/dev/null
	pids=()
}

is() # NAME EXPECTED SEEN
{
	if [ "$2" = "$3" ]; then
		echo "ok   $1: ${3:-nothing}"
	else
		fail "$1: expected '$2', seen '$3'"
	fi
}

rules() # PROFILE OPTION...
{
	"$UCPOSTURE" profiles firewall "$@"
}

# Where somebody may come in, of a range the first port: as the table says it.
needed() # PROFILE OPTION...
{
	rules "$@" | awk '/^Keep closed/ { exit }
		$1 == "in" { gsub(", ", ",", $0); count = split($3, ports, ",")
			for (i = 1; i <= count; i++) { sub("-.*", "", ports[i]); print $2 "/" ports[i] } }' |
		sort -u
}

# What `check` finds about ports from outside; where none was looked at, that.
findings() # PROFILE OPTION...
{
	local profile=$1
	shift
	ip netns exec outside "$UCPOSTURE" check --profile="$profile" --format=csv --timeout=1 \
		--name-server=127.0.0.1 "$@" 10.9.1.1 fd09:1::1 | tr -d '\r' |
		awk -F, '$6 == "port" && $9 == "ok" { good++ }
			$6 == "port" && $9 !~ /^(ok|not_applicable)$/ { print $7 "/" $8 ":" $9 }
			END { if (good < 4) print "only " good " are ok" }' |
		sort -u | paste -sd' '
}

states() # ADDRESS SUBJECT...: as seen from outside, in the order of their names
{
	local address=$1 subject
	shift
	for subject in "$@"; do
		ip netns exec outside "$UCPOSTURE" observe port "$subject" "$address" --timeout=1 \
			--facts=port.state |
			sed -nE "s,.*\b(open_or_filtered|filtered|open|closed)\b.*,$subject \1,p" &
	done | sort | sed 's/.* //' | paste -sd' '
}

# --- every file loads -----------------------------------------------------------------------

loads() # PROFILE OPTION...
{
	rules "$@" --format=nftables >"$place/rules" || fail "profiles firewall $*"
	nft -c -f "$place/rules" 2>"$place/errors" ||
		fail "nft refuses the rules of $*: $(head -n 3 "$place/errors")"
	loaded=$((loaded + 1))
}

loaded=0
for folder in "$shipped" "$toys"; do
	export UCPOSTURE_PROFILE_DIR=$folder
	for file in "$folder"/*.yaml; do
		profile=$(basename "$file" .yaml)
		if grep -q '^hosted: true' "$file"; then
			loads "$profile" --target=192.0.2.1,2001:db8::1 --feature=all --lang=de
			continue
		fi
		loads "$profile"
		loads "$profile" --feature=all --lang=de
		loads "$profile" --feature=all --admin=192.0.2.0/24,2001:db8::/64,192.0.2.7
		edge="--vantage=external --target=192.0.2.1 --target=2001:db8::1"
		# shellcheck disable=SC2086
		loads "$profile" $edge
		for scenario in $("$UCPOSTURE" --complete profiles firewall "$profile" --scenario= |
			sed 's/.*=//'); do
			# shellcheck disable=SC2086
			loads "$profile" $edge --scenario="$scenario" --feature=all --lang=de
		done
	done
done
echo "ok   nft takes $loaded files"
[ $loaded -gt 25 ] || fail "only $loaded files were tried"

# --- on the system itself -------------------------------------------------------------------

unneeded="tcp/23 tcp/9999"

on_system() # NAME PROFILE RULES-OPTIONS -- CHECK-OPTIONS
{
	local name=$1 profile=$2 options=()
	shift 2
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	rules "$profile" "${options[@]}" --format=nftables >"$place/rules"
	ip netns exec pbx nft -f "$place/rules" || fail "$name: the rules do not load"
	# shellcheck disable=SC2046,SC2086
	listen pbx "$place/seen" $( (needed "$profile" "${options[@]}"
		tr ' ' '\n' <<<"$unneeded") | sort -u)
	is "$name: nothing is found about ports" '' "$(findings "$profile" "$@")"
	# shellcheck disable=SC2086
	is "$name: what nobody needs is filtered" 'filtered filtered' "$(states 10.9.1.1 $unneeded)"
	is "$name: and over IPv6" filtered "$(states fd09:1::1 tcp/9999)"
	# It is the rules that filter.
	ip netns exec pbx nft flush ruleset
	is "$name: without the rules it is open" 'open' "$(states 10.9.1.1 tcp/9999)"
	stop_listening
}

export UCPOSTURE_PROFILE_DIR=$shipped
on_system starface starface --feature=ucc-clients,sip-tls -- --feature=ucc-clients,sip-tls
on_system asc-neo asc-neo --feature=replay,snmp,recording-sip -- \
	--feature=replay,snmp,recording-sip
on_system datatal-flexi datatal-flexi --feature=presentity,operator -- \
	--feature=presentity,operator
server="--feature=satellite --peer=xphone-server=10.9.2.2 --peer=xphone-server=fd09:2::2"
# shellcheck disable=SC2086
on_system xphone-connect xphone-connect $server -- $server
export UCPOSTURE_PROFILE_DIR=$toys
on_system toy-pbx toy-pbx --feature=clients,games -- --feature=clients,games
on_system 'toy-pbx and its console' toy-pbx --peer=console=10.9.2.2 --peer=console=fd09:2::2 -- \
	--peer=console=10.9.2.2 --peer=console=fd09:2::2

# Only the console comes to its port.
rules toy-pbx --peer=console=10.9.2.2 --peer=console=fd09:2::2 --admin=10.9.2.3 \
	--format=nftables >"$place/rules"
ip netns exec pbx nft -f "$place/rules" || fail 'the rules for the console do not load'
listen pbx "$place/seen" tcp/3280 tcp/22
comes() # FROM TO PORT
{
	ip netns exec outside "$UCPOSTURE" observe port "$3" "$2" --source="$1" --timeout=1 \
		--facts=port.state | sed -n 's/.*\(filtered\|open\|closed\).*/\1/p'
}
is 'the console gets in over IPv4' open "$(comes 10.9.2.2 10.9.1.1 tcp/3280)"
is 'the console gets in over IPv6' open "$(comes fd09:2::2 fd09:1::1 tcp/3280)"
is 'but not to SSH' filtered "$(comes 10.9.2.2 10.9.1.1 tcp/22)"
is 'somebody else does not over IPv6' filtered "$(comes fd09:2::3 fd09:1::1 tcp/3280)"
# Nobody is at either; from the one that is let through, the system itself says so.
is 'of a range all comes in but what must be closed' 'open_or_filtered closed' \
	"$(states 10.9.1.1 udp/20500 udp/20501)"
is 'the administrator does' open "$(comes 10.9.2.3 10.9.1.1 tcp/22)"
stop_listening

# --- what leaves it ---------------------------------------------------------------------------

goes() # ADDRESS PORT...: from the system
{
	ip netns exec pbx "$PYTHON3" - "$@" <<-'END'
		import socket, sys
		host, family = sys.argv[1], socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		for word in sys.argv[2:]:
		    kind, port = word.split("/")
		    way = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
		    way.settimeout(0.3)
		    way.bind(("fd09:1::1" if ":" in host else "10.9.1.1", 0))
		    try:
		        way.connect((host, int(port)))
		        way.send(b"x")
		    except OSError:
		        pass
	END
}

rules toy-pbx --feature=clients --peer=clock=10.9.2.2 --peer=clock=fd09:2::2 \
	--peer=provider=provider.example --format=nftables >"$place/rules"
ip netns exec pbx nft -f "$place/rules" || fail 'the rules for what leaves do not load'
listen outside "$place/seen" udp/123 udp/53 udp/20000 tcp/5061 tcp/5062 tcp/443 tcp/80
for address in 10.9.2.2 fd09:2::2; do
	goes "$address" udp/123 udp/53 tcp/5061 tcp/443 tcp/80
done
goes 10.9.2.3 udp/123 udp/20000
sleep 0.2
came() { sed -n "s/ .*$1.*//p" "$place/seen" | sort | paste -sd' '; }
is 'of all that leaves, that to the clock arrives over IPv4, and voice' 'udp/123 udp/20000' \
	"$(came 10.9.1.1)"
is 'and over IPv6' 'udp/123' "$(came fd09:1::)"
# What a name stands for is filled in by hand, and then that is where it may go.
ip netns exec pbx nft -f - <<-'END' || fail 'the sets cannot be filled'
	add element inet ucposture_toy_pbx host_provider_example_4 { 10.9.2.2 }
	add element inet ucposture_toy_pbx host_provider_example_6 { fd09:2::2 }
	add element inet ucposture_toy_pbx host_push_toys_example_4 { 10.9.2.3 }
END
: >"$place/seen"
for address in 10.9.2.2 fd09:2::2 10.9.2.3; do
	goes "$address" tcp/5061 tcp/5062 tcp/443 tcp/80
done
sleep 0.2
is 'to a filled set it goes over IPv4' 'tcp/443 tcp/5061 tcp/5062' "$(came 10.9.1.1)"
is 'and over IPv6' 'tcp/5061 tcp/5062' "$(came fd09:1::)"
ip netns exec pbx nft flush ruleset
stop_listening

# --- at the edge of its network ---------------------------------------------------------------

edge=(--vantage=external --scenario=workers --feature=clients)
rules toy-pbx "${edge[@]}" --target=10.9.1.1 --target=fd09:1::1 --format=nftables >"$place/rules"
nft -f "$place/rules" || fail 'the rules of the edge do not load'
# shellcheck disable=SC2046
listen pbx "$place/seen" $( (needed toy-pbx "${edge[@]}"; echo tcp/9999; echo tcp/80) | sort -u)
is 'at the edge nothing is found about ports' '' "$(findings toy-pbx "${edge[@]}")"
for address in 10.9.1.1 fd09:1::1; do
	is "at the edge nothing else gets in to $address" 'filtered open filtered' \
		"$(states "$address" tcp/80 tcp/8443 tcp/9999)"
done
is 'other systems are not concerned' 'open open' \
	"$(states 10.9.1.7 tcp/9999) $(states fd09:1::7 tcp/9999)"
listen outside "$place/left" tcp/80 tcp/5061 udp/20000 udp/500
for address in 10.9.2.2 fd09:2::2; do
	goes "$address" tcp/80 udp/500 udp/20000
done
sleep 0.2
is 'and what leaves is what may' 'udp/20000 udp/20000' \
	"$(sed -n 's/ .*//; /^ready/d; p' "$place/left" | sort | paste -sd' ')"
stop_listening

# --- at the edge of a site that uses a hosted system --------------------------------------------

nft delete table inet ucposture_toy_pbx
export UCPOSTURE_PROFILE_DIR=$shipped
rules aspenuc --target=10.9.1.1,fd09:1::1 --format=nftables >"$place/rules"
nft -f "$place/rules" || fail 'the rules of a site do not load'
listen pbx "$place/seen" tcp/443 tcp/5100 tcp/9999
for address in 10.9.1.1 fd09:1::1; do
	is "a site gets to what it needs of $address" 'open open filtered' \
		"$(states "$address" tcp/443 tcp/5100 tcp/9999)"
done
is 'and to everybody else as before' 'open open' \
	"$(states 10.9.1.7 tcp/9999) $(states fd09:1::7 tcp/9999)"
[ $failures = 0 ] || echo "$failures failures"
exit $((failures > 0))
