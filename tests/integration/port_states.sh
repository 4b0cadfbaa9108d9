#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The states of ports as they truly are: a peer in a network namespace of its own drops,
# rejects in every way nft knows, is not there at all, or runs real servers.
set -u
: "${UCPOSTURE:?}"
for tool in ip nft chronyd unbound dnsmasq in.tftpd snmpd kamailio python3; do
	command -v $tool >/dev/null || {
		echo "$tool is not here"
		exit 77
	}
done
[ "$(id -u)" = 0 ] || exit 77

us=ucp-us-$$ peer=ucp-peer-$$
place=$(mktemp -d) || exit 99
chmod 755 "$place"
failures=0

clean_up()
{
	local pid space
	# Everything in these namespaces is ours, also what daemons leave when they fork.
	for space in $peer $us; do
		for pid in $(ip netns pids "$space" 2>/dev/null); do
			kill -9 "$pid" 2>/dev/null
		done
	done
	wait 2>/dev/null
	ip netns del $us 2>/dev/null
	ip netns del $peer 2>/dev/null
	rm -rf "$place"
}
trap clean_up EXIT

in_us() { ip netns exec $us "$@"; }
in_peer() { ip netns exec $peer "$@"; }

serve()
{
	local name=$1
	shift
	ip netns exec $peer "$@" >"$place/$name.log" 2>&1 &
}

make_network()
{
	local last
	ip netns add $us && ip netns add $peer || exit 77
	ip -n $us link add veth0 type veth peer name veth0 netns $peer || exit 77
	in_us ip link set lo up
	in_peer ip link set lo up
	in_us ip address add 10.77.0.1/24 dev veth0
	in_us ip address add fd77::1/64 dev veth0 nodad
	for last in 2 3 4; do
		in_peer ip address add 10.77.0.$last/24 dev veth0
		in_peer ip address add fd77::$last/64 dev veth0 nodad
	done
	in_us ip link set veth0 up
	in_peer ip link set veth0 up
	# The peer is also a router: to 10.88.0.0/24 it knows no way, to 10.89.0.0/24 it does.
	in_peer ip link add veth8 type veth peer name veth9
	in_peer ip link set veth8 up
	in_peer ip route add 10.89.0.0/24 dev veth8
	in_peer ip -6 route add fd89::/64 dev veth8
	in_us ip route add 10.88.0.0/15 via 10.77.0.2
	in_us ip -6 route add fd88::/15 via fd77::2
	in_peer sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	# Errors come as often as we ask; how they are rationed is looked at below.
	in_peer sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
}

# Ports 1001 to 1009 belong to the firewall, over TCP and UDP alike.
make_firewall()
{
	in_peer nft -f - <<'RULES'
table inet states {
	chain input {
		type filter hook input priority 0;
		ip daddr 10.77.0.4 tcp dport 1-60000 drop
		tcp dport { 1001, 3000-3099 } drop
		udp dport 1001 drop
		tcp dport 1002 reject with tcp reset
		meta nfproto ipv4 th dport 1003 reject with icmp port-unreachable
		meta nfproto ipv4 th dport 1004 reject with icmp admin-prohibited
		meta nfproto ipv4 th dport 1005 reject with icmp host-prohibited
		meta nfproto ipv4 th dport 1006 reject with icmp net-prohibited
		meta nfproto ipv4 th dport 1007 reject with icmp host-unreachable
		meta nfproto ipv4 th dport 1008 reject with icmp net-unreachable
		meta nfproto ipv4 th dport 1009 reject with icmp prot-unreachable
		meta nfproto ipv6 th dport 1003 reject with icmpv6 port-unreachable
		meta nfproto ipv6 th dport 1004 reject with icmpv6 admin-prohibited
		meta nfproto ipv6 th dport 1005 reject with icmpv6 policy-fail
		meta nfproto ipv6 th dport 1006 reject with icmpv6 reject-route
		meta nfproto ipv6 th dport 1007 reject with icmpv6 addr-unreachable
		meta nfproto ipv6 th dport 1008 reject with icmpv6 no-route
	}
	chain forward {
		type filter hook forward priority 0;
		th dport 1003 reject
		th dport 1004 drop
	}
}
RULES
}

start_chronyd()
{
	# A driftfile of its own: what chronyd is given there it replaces when it ends.
	cat >"$place/chrony.conf" <<CONF
local stratum 10
allow all
cmdport 0
bindcmdaddress /
driftfile $place/drift
pidfile $place/chronyd.pid
CONF
	serve chronyd chronyd -x -d -u root -f "$place/chrony.conf"
}

start_name_servers()
{
	cat >"$place/unbound.conf" <<CONF
server:
	interface: 10.77.0.2
	interface: fd77::2
	access-control: 0.0.0.0/0 allow
	access-control: ::0/0 allow
	chroot: ""
	username: ""
	directory: "$place"
	pidfile: "$place/unbound.pid"
	do-daemonize: no
	use-syslog: no
	module-config: "iterator"
remote-control:
	control-enable: no
CONF
	serve unbound unbound -d -c "$place/unbound.conf"
	serve dnsmasq dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts \
		--user=root --pid-file="$place/dnsmasq.pid" --bind-interfaces \
		--listen-address=10.77.0.3 --listen-address=fd77::3
}

start_tftp_servers()
{
	mkdir -m 755 "$place/tftp"
	serve tftpd4 in.tftpd --foreground --listen -4 --address 10.77.0.2:69 -s "$place/tftp"
	serve tftpd6 in.tftpd --foreground --listen -6 --address '[fd77::2]:69' -s "$place/tftp"
}

# .2 knows the community "public", .3 speaks version 3 only.
start_snmpd()
{
	echo 'rocommunity public' >"$place/snmpd2.conf"
	echo 'rocommunity6 public' >>"$place/snmpd2.conf"
	echo 'rouser watcher' >"$place/snmpd3.conf"
	for last in 2 3; do
		mkdir "$place/snmp$last"
		serve snmpd$last env SNMP_PERSISTENT_DIR="$place/snmp$last" snmpd -f -Lo -C \
			-c "$place/snmpd$last.conf" -p "$place/snmpd$last.pid" -I system_mib,usmConf,snmpv3mibs,vacm_conf \
			udp:10.77.0.$last:161 "udp6:[fd77::$last]:161"
	done
}

start_kamailio()
{
	cat >"$place/kamailio.cfg" <<CONF
#!KAMAILIO
fork=yes
children=1
disable_tcp=yes
auto_aliases=no
dns=no
rev_dns=no
log_stderror=yes
listen=udp:10.77.0.2:5060
listen=udp:10.77.0.2:5062
listen=udp:[fd77::2]:5060
loadmodule "sl.so"
request_route {
	sl_send_reply("200", "Nobody is disturbed");
	exit;
}
CONF
	serve kamailio kamailio -DD -E -f "$place/kamailio.cfg" -Y "$place" -P "$place/kamailio.pid" \
		-m 24 -M 4
}

# TCP 22 accepts and says nothing; UDP 4000 answers with nonsense, also where DNS is asked.
start_oddities()
{
	cat >"$place/odd.py" <<'PY'
import select, socket
polled = {}
poll = select.poll()
for family, host in ((socket.AF_INET, "10.77.0.2"), (socket.AF_INET6, "fd77::2")):
    tcp = socket.socket(family, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((host, 22))
    tcp.listen(100)
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind((host, 4000))
    nonsense = socket.socket(family, socket.SOCK_DGRAM)
    nonsense.bind((host.replace("2", "4"), 53))
    for s in (udp, nonsense):
        polled[s.fileno()] = s
        poll.register(s, select.POLLIN)
    polled[tcp.fileno() + 10000] = tcp
while True:
    for fd, _ in poll.poll():
        data, sender = polled[fd].recvfrom(2048)
        polled[fd].sendto(b"what?", sender)
PY
	serve odd python3 "$place/odd.py"
}

# wait_for NAME COMMAND…: until it succeeds, at most ten seconds.
wait_for()
{
	local name=$1 i
	shift
	for ((i = 0; i < 100; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	echo "$name did not start:"
	tail -n 5 "$place/$name.log"
	failures=$((failures + 1))
}

listens() { in_peer ss -Hlun "src $1" | grep -q .; }

look() { in_us "$UCPOSTURE" observe port "$@" --packets-per-second=0 --format=json; }

# Lines of HOST SUBJECT STATE CAUSE [REPLY] on standard input; "-" is "no such fact", and
# a state "!REASON" an observation that failed. All are looked at side by side.
expect()
{
	local title=$1
	cat >"$place/expected"
	if in_us "${PYTHON3:-python3}" - "$UCPOSTURE" "$place/expected" "$title" <<'PY'
import json, subprocess, sys

program, expected, title = sys.argv[1:]
rows = [line.split() for line in open(expected) if line.strip()]
looks = [subprocess.Popen([program, "observe", "port", row[1], row[0], "--format=json"],
                          stdout=subprocess.PIPE) for row in rows]
wrong = 0
for row, look in zip(rows, looks):
    seen = json.loads(look.communicate()[0])
    facts = seen["facts"]
    saw = [facts.get("port.state", "!" + str(seen["reason"])), facts.get("port.cause", "-"),
           facts.get("port.reply", "-")]
    want = row[2:] + ["-"] * (5 - len(row))
    if saw != want:
        print(f"{title}: {row[0]} {row[1]} is {' '.join(want)}, seen as {' '.join(saw)}")
        wrong += 1
sys.exit(wrong > 0)
PY
	then
		echo "$title: as it is ($(wc -l <"$place/expected") ports)"
	else
		failures=$((failures + 1))
	fi
}

# expect_range TITLE WITHIN SUBJECT HOST FACTS: a range, seen within so many ms of its own
# measuring. FACTS is open ports, filtered, closed and unreachable, or the word of a failure.
expect_range()
{
	local title=$1
	if look "$3" "$4" | "${PYTHON3:-python3}" -c '
import json, sys
title, within, wanted = sys.argv[1:]
seen = json.load(sys.stdin)
facts = seen["facts"]
saw = str(seen["reason"]) if seen["stage"] not in (None, "none") else "%s %s %s %s" % (
    ",".join(map(str, facts["port.open"])) or "none", facts["port.filtered_count"],
    facts["port.closed_count"], facts["port.unreachable_count"])
took = round(seen["seconds"] * 1000)
if saw != wanted or took > int(within):
    sys.exit(f"{title}: wanted {wanted} in {within} ms, saw {saw} in {took} ms")
print(f"{title}: {saw} in {took} ms")' "$title" "$2" "$5"
	then
		return
	fi
	failures=$((failures + 1))
}

make_network
make_firewall
start_chronyd
start_name_servers
start_tftp_servers
start_snmpd
start_kamailio
start_oddities
wait_for chronyd listens :123
wait_for unbound listens 10.77.0.2:53
wait_for dnsmasq listens 10.77.0.3:53
wait_for tftpd4 listens 10.77.0.2:69
wait_for tftpd6 listens '[fd77::2]:69'
wait_for snmpd2 listens 10.77.0.2:161
wait_for snmpd3 listens 10.77.0.3:161
wait_for kamailio listens 10.77.0.2:5060
wait_for odd listens 10.77.0.2:4000

expect "nobody has answered there yet" <<'ROWS'
10.77.0.4 tcp/22 filtered no_answer
10.77.0.99 tcp/22 unreachable icmp_host_unreachable
10.77.0.98 udp/53 unreachable icmp_host_unreachable
fd77::99 tcp/22 unreachable icmp_host_unreachable
fd77::98 udp/53 unreachable icmp_host_unreachable
ROWS

expect "the firewall, IPv4" <<'ROWS'
10.77.0.2 tcp/22 open established
10.77.0.2 tcp/1000 closed reset
10.77.0.2 tcp/1001 filtered no_answer
10.77.0.2 tcp/1002 closed reset
10.77.0.2 tcp/1003 filtered icmp_port_unreachable
10.77.0.2 tcp/1004 filtered icmp_prohibited
10.77.0.2 tcp/1005 filtered icmp_prohibited
10.77.0.2 tcp/1006 filtered icmp_prohibited
10.77.0.2 tcp/1007 unreachable icmp_host_unreachable
10.77.0.2 tcp/1008 unreachable icmp_net_unreachable
10.77.0.2 tcp/1009 filtered icmp_protocol_unreachable
10.77.0.2 udp/1000 closed icmp_port_unreachable
10.77.0.2 udp/1001 open_or_filtered no_answer
10.77.0.2 udp/1003 closed icmp_port_unreachable
10.77.0.2 udp/1004 filtered icmp_prohibited
10.77.0.2 udp/1005 filtered icmp_prohibited
10.77.0.2 udp/1006 filtered icmp_prohibited
10.77.0.2 udp/1007 unreachable icmp_host_unreachable
10.77.0.2 udp/1008 unreachable icmp_net_unreachable
10.77.0.2 udp/1009 filtered icmp_protocol_unreachable
ROWS

expect "the firewall, IPv6" <<'ROWS'
fd77::2 tcp/22 open established
fd77::2 tcp/1000 closed reset
fd77::2 tcp/1001 filtered no_answer
fd77::2 tcp/1002 closed reset
fd77::2 tcp/1003 filtered icmp_port_unreachable
fd77::2 tcp/1004 filtered icmp_prohibited
fd77::2 tcp/1005 filtered icmp_prohibited
fd77::2 tcp/1006 filtered icmp_prohibited
fd77::2 tcp/1007 unreachable icmp_host_unreachable
fd77::2 tcp/1008 unreachable icmp_net_unreachable
fd77::2 udp/1000 closed icmp_port_unreachable
fd77::2 udp/1001 open_or_filtered no_answer
fd77::2 udp/1003 closed icmp_port_unreachable
fd77::2 udp/1004 filtered icmp_prohibited
fd77::2 udp/1005 filtered icmp_prohibited
fd77::2 udp/1006 filtered icmp_prohibited
fd77::2 udp/1007 unreachable icmp_host_unreachable
fd77::2 udp/1008 unreachable icmp_net_unreachable
ROWS

expect "a router on the way, and none" <<'ROWS'
10.88.0.5 tcp/80 unreachable icmp_net_unreachable
10.88.0.5 udp/80 unreachable icmp_net_unreachable
10.89.0.5 tcp/1003 filtered icmp_port_unreachable
10.89.0.5 udp/1003 filtered icmp_port_unreachable
10.89.0.5 tcp/1004 filtered no_answer
10.89.0.6 tcp/80 unreachable icmp_host_unreachable
fd88::5 tcp/80 unreachable icmp_net_unreachable
fd88::5 udp/80 unreachable icmp_net_unreachable
fd89::5 tcp/1003 filtered icmp_port_unreachable
fd89::5 udp/1003 filtered icmp_port_unreachable
192.0.2.1 tcp/80 !no_route local
192.0.2.1 udp/80 !no_route local
2001:db8::1 tcp/80 !no_route local
2001:db8::1 udp/80 !no_route local
ROWS

expect "real servers" <<'ROWS'
10.77.0.2 udp/53 open reply dns
10.77.0.2 udp/69 open reply tftp
10.77.0.2 udp/123 open reply ntp
10.77.0.2 udp/161 open reply snmp
10.77.0.2 udp/5060 open reply sip
10.77.0.2 udp/5062 open reply sip
10.77.0.2 udp/4000 open reply unrecognised
10.77.0.3 udp/53 open reply dns
10.77.0.3 udp/161 open reply snmp
10.77.0.4 udp/53 open reply unrecognised
fd77::2 udp/53 open reply dns
fd77::2 udp/69 open reply tftp
fd77::2 udp/123 open reply ntp
fd77::2 udp/161 open reply snmp
fd77::2 udp/5060 open reply sip
fd77::2 udp/5062 closed icmp_port_unreachable
fd77::2 udp/4000 open reply unrecognised
fd77::3 udp/53 open reply dns
fd77::3 udp/161 open reply snmp
fd77::4 udp/53 open reply unrecognised
ROWS

expect_range "100 filtered ports alone" 3290 tcp/3000-3099 10.77.0.4 "none 100 0 0"
expect_range "100 filtered beside 900 closed" 1500 tcp/2100-3099 10.77.0.2 "none 100 900 0"
expect_range "the same over IPv6" 1500 tcp/2100-3099 fd77::2 "none 100 900 0"
expect_range "all ports of the peer" 60000 tcp/1-65535 10.77.0.2 "22,53 106 65425 2"
expect_range "all ports of a host that is not there" 4000 tcp/1-65535 10.77.0.97 unreachable
expect_range "UDP of a host that is not there" 5000 udp/1-1000 fd77::97 unreachable
expect_range "the firewall over UDP" 9000 udp/1000-1009 10.77.0.2 "none 5 3 2"

# Connecting from the very port that is looked at succeeds, now and then, by itself.
for round in {1..10}; do
	expect_range "nobody but ourselves, $round" 60000 tcp/32768-60999 127.0.0.1 "none 0 28232 0"
done
expect_range "nobody but ourselves, UDP" 60000 udp/32768-60999 127.0.0.1 "none 0 28232 0"

# Linux gives six errors at once to each of us, then one a second: nobody is taken for silent.
in_peer sysctl -qw net.ipv4.icmp_ratelimit=1000 net.ipv6.icmp.ratelimit=1000
mkdir "$place/profiles"
cat >"$place/profiles/rationed.yaml" <<'PROFILE'
profile: rationed
title: Closed UDP ports
rules:
  - id: closed
    observe: port
    subject: [ udp/7001, udp/7002, udp/7003, udp/7004, udp/7005, udp/7006, udp/7007, udp/7008, udp/7009 ]
    expect: { port.state: { is: closed } }
    because: nobody listens there
PROFILE
printf 'agent: { profile_dir: %s }\ntargets: [ { name: four, address: 10.77.0.3, profiles: [ rationed ] }, { name: six, address: "fd77::3", profiles: [ rationed ] } ]\n' \
	"$place/profiles" >"$place/ucposture.yaml"
export UCPOSTURE_PROFILE_DIR=$place/profiles
if in_us "$UCPOSTURE" check --config.file="$place/ucposture.yaml" --format=csv >"$place/csv"; then
	echo "closed UDP ports of a host that rations its errors: as they are"
else
	echo "closed UDP ports of a host that rations its errors:"
	cat "$place/csv"
	failures=$((failures + 1))
fi

[ $failures -eq 0 ]
