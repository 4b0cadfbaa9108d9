#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real name servers (knot, unbound, dnsmasq) over both versions of IP: every fact must be what
# dig sees, and what their zones say; and rules about the vendors' ranges find who answers
# from elsewhere.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
export UCPOSTURE_FENCE=kill
# shellcheck source=tests/integration/alone.bash
. "$(dirname "$0")/alone.bash"
alone_needs knotd unbound dnsmasq dig "$PYTHON3" "$UCPOSTURE"
alone_enter "$0" "$@"

here=$(cd "$(dirname "$0")" && pwd)
knot=10.53.0.1 knot6=fd53::1 inside=10.53.0.2 inside6=fd53::2 cache=10.53.0.3 cache6=fd53::3
refuser=10.53.0.4 silent=10.53.0.9 nobody=10.53.0.10
for address in $knot $inside $cache $refuser $silent $nobody; do
	ip address add "$address/32" dev lo || exit 1
done
for address in $knot6 $inside6 $cache6; do
	ip address add "$address/128" dev lo nodad || exit 1
done

start() { # NAME PROGRAM ARGUMENT...
	local name=$1
	shift
	"$@" </dev/null >"$place/$name.log" 2>&1 &
	pids+=($!)
}

answers() { # NAME SERVER QUESTION
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		if dig "@$2" "$3" +time=1 +tries=1 +short +notcp 2>/dev/null | grep -q .; then
			return
		fi
		sleep 0.1
	done
	echo "$1 does not answer at $2:"
	cat "$place/$1.log"
	exit 1
}

# Who has the names: the vendor's, ours, and a signed zone.
zone() { # ZONE, the records on standard input
	{
		echo "\$TTL 300"
		echo "$1. SOA ns.$1. root.$1. 1 3600 600 86400 60"
		echo "$1. NS ns.$1."
		echo "ns.$1. A $knot"
		sed "s/ @/ $1./; s/^\([^ ]*\) /\1.$1. /"
	} >"$place/$1.zone"
}

zone example <<'END'
pbx 60 A 10.1.0.10
pbx 60 A 10.1.0.9
pbx 120 AAAA 2001:db8::10
pbx 120 AAAA 2001:db8::9
four A 10.1.0.4
six AAAA 2001:db8::6
empty TXT "nothing"
www 200 CNAME a.chain.example.
a.chain 45 CNAME B.Chain.example.
b.chain 100 CNAME pbx.example.
gone CNAME nowhere.example.
loop CNAME loop2.example.
loop2 CNAME loop.example.
_sip._tcp A 10.1.0.5
*.wild A 10.1.0.6
END
for i in $(seq 0 149); do
	echo "many.example. 60 A 10.2.0.$i"
	echo "many.example. 60 AAAA 2001:db8:2::$i"
done >>"$place/example.zone"
zone signed.test <<'END'
pbx 60 A 10.1.0.7
pbx 60 AAAA 2001:db8::7
END
zone datatal.se <<'END'
services A 82.115.148.20
services A 82.115.148.21
services AAAA 2a01:650:28:5::255:14
elsewhere A 82.115.148.20
elsewhere A 82.115.149.20
elsewhere AAAA 2a01:650:28:5::255:14
elsewhere AAAA 2a01:650:28:5::254:14
only4 A 82.115.148.22
END
cat >"$place/knot.conf" <<END
server:
    rundir: $place
    listen: [ $knot@53, $knot6@53 ]
database:
    storage: $place
log:
  - target: stdout
    any: info
policy:
  - id: signing
    algorithm: ecdsap256sha256
template:
  - id: default
    storage: $place
    file: "%s.zone"
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: example
  - domain: datatal.se
  - domain: signed.test
    dnssec-signing: on
    dnssec-policy: signing
END
start knot knotd -c "$place/knot.conf"
answers knot $knot pbx.example
answers knot $knot6 pbx.example
# Signed a moment after it begins to answer.
for _ in $(seq 50); do
	dig @$knot signed.test DNSKEY +noall +answer >"$place/signed.key"
	[ -s "$place/signed.key" ] && break
	sleep 0.1
done

# Who tells those inside other things.
start dnsmasq dnsmasq -k -C /dev/null --no-resolv --no-hosts --bind-interfaces \
	--user=root --pid-file= --local-ttl=60 --listen-address=$inside,$inside6 \
	--local=/example/ --local=/datatal.se/ --host-record=services.datatal.se,192.0.2.20 \
	--host-record=pbx.example,10.1.0.9,2001:db8::9 \
	--host-record=pbx.example,10.1.0.10,2001:db8::10 \
	--host-record=four.example,10.1.0.4 --cname=alias.example,four.example
answers dnsmasq $inside services.datatal.se
answers dnsmasq $inside6 services.datatal.se

# A cache that verifies; one that refuses; and what lies behind that one is broken.
unbound_of() { # NAME, its options on standard input
	{
		cat <<-END
			server:
			 chroot: ""
			 username: ""
			 pidfile: ""
			 directory: "$place"
			 use-syslog: no
			 do-daemonize: no
			 num-threads: 1
			 do-not-query-localhost: no
			 qname-minimisation: no
		END
		cat
	} >"$place/$1.conf"
	start "$1" unbound -d -p -c "$place/$1.conf"
}

unbound_of refuser <<END
 interface: $refuser
 access-control: 0.0.0.0/0 refuse
remote-control:
 control-enable: no
END
unbound_of cache <<END
 interface: $cache
 interface: $cache6
 access-control: 0.0.0.0/0 allow
 access-control: ::/0 allow
 local-zone: "test." nodefault
 trust-anchor-file: "$place/signed.key"
remote-control:
 control-enable: no
stub-zone:
 name: "example"
 stub-addr: $knot
stub-zone:
 name: "datatal.se"
 stub-addr: $knot6
stub-zone:
 name: "signed.test"
 stub-addr: $knot
forward-zone:
 name: "broken.test"
 forward-addr: $refuser
END
answers cache $cache pbx.example
answers cache $cache6 pbx.signed.test

# Takes everything and says nothing.
start silent "$PYTHON3" -c '
import signal, socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((sys.argv[1], 53))
tcp = socket.create_server((sys.argv[1], 53))
print("ready", flush=True)
signal.pause()' $silent
for _ in $(seq 50); do
	[ -s "$place/silent.log" ] && break
	sleep 0.1
done

# expect NAME TRUTH SERVER...: as the zone has it, and as dig sees it.
expect() {
	local name=$1 truth=$2
	shift 2
	echo "$name|$*|$truth" >>"$place/cases"
}

four="a=10.1.0.4" plain="truncated=false authenticated=false"
both="a=10.1.0.10,10.1.0.9 aaaa=2001:db8::10,2001:db8::9"
for server in "$knot" "$knot6" "$cache" "$cache6" "$inside" "$inside6"; do
	expect pbx.example "observed $both rcode=noerror $plain" "$server"
	expect four.example "observed $four rcode=noerror $plain" "$server"
	expect nowhere.example "observed rcode=nxdomain $plain" "$server"
done
for server in "$knot" "$knot6" "$cache" "$cache6"; do
	expect six.example "observed aaaa=2001:db8::6 rcode=noerror $plain" "$server"
	expect empty.example "observed rcode=noerror $plain" "$server"
	expect www.example "observed $both rcode=noerror \
cname=a.chain.example,b.chain.example,pbx.example $plain" "$server"
	expect gone.example "observed rcode=nxdomain cname=nowhere.example $plain" "$server"
	expect many.example "observed a=150 aaaa=150 rcode=noerror truncated=true \
authenticated=false" "$server"
done
expect PBX.Example "observed $both rcode=noerror $plain" "$knot"
expect _sip._tcp.example "observed a=10.1.0.5 rcode=noerror $plain" "$knot"
expect x.y.wild.example "observed a=10.1.0.6 rcode=noerror $plain" "$knot"
expect alias.example "observed $four rcode=noerror cname=four.example $plain" "$inside"
expect loop.example "observed rcode=noerror cname=loop2.example,loop.example $plain" "$knot"
expect loop.example "observed rcode=servfail $plain" "$cache"
expect pbx.broken.test "observed rcode=servfail $plain" "$cache"
expect pbx.example "observed rcode=refused $plain" "$refuser"
expect pbx.other.example.net "observed rcode=refused $plain" "$knot"
expect pbx.signed.test "observed a=10.1.0.7 aaaa=2001:db8::7 rcode=noerror truncated=false \
authenticated=true" "$cache"
expect nowhere.signed.test "observed rcode=nxdomain truncated=false authenticated=true" "$cache6"
expect pbx.signed.test "observed a=10.1.0.7 aaaa=2001:db8::7 rcode=noerror $plain \
agreement=true" "$cache" "$knot"

# Who is silent, or not there, loses nothing of what the others say.
expect pbx.example "reply timed_out silent=$silent" "$silent"
expect pbx.example "connect refused silent=$nobody" "$nobody"
expect four.example "observed $four rcode=noerror $plain silent=$silent" "$silent" "$knot"
expect four.example "observed $four rcode=noerror $plain agreement=true silent=$nobody" \
	"$knot" "$nobody" "$cache6"

# Who says something else is seen.
expect pbx.example "observed $both rcode=noerror $plain agreement=true" \
	"$knot" "$inside6" "$cache6" "$inside"
expect services.datatal.se "observed a=192.0.2.20,82.115.148.20,82.115.148.21 \
aaaa=2a01:650:28:5::255:14 rcode=noerror $plain agreement=false" "$knot" "$inside"
expect six.example "observed aaaa=2001:db8::6 rcode=nxdomain $plain agreement=false" \
	"$inside" "$knot"
expect pbx.example "observed $both rcode=refused $plain agreement=false" "$refuser" "$knot"

"$PYTHON3" "$here/dns_compare.py" "$place/cases" || failures=1

# The vendor's ranges, as a profile asks for them.
mkdir "$place/profiles"
{
	cat <<-'END'
		profile: ranges
		title: Where the services of Datatal lie
		source: { document: this test }
		rules:
	END
	for name in services elsewhere only4 nowhere; do
		cat <<-END
			  - id: $name-four
			    observe: dns
			    subject: $name.datatal.se
			    expect: { dns.a: { within: [82.115.148.0/24] } }
			    because: the document names this range
			  - id: $name-six
			    observe: dns
			    subject: $name.datatal.se
			    expect: { dns.aaaa: { within: ["2a01:650:28:5::255:0/112"] } }
			    when_absent: not_applicable
			    because: the document names this range
			  - id: $name-is-there
			    observe: dns
			    subject: $name.datatal.se
			    expect: { dns.rcode: { is: noerror } }
			    because: without it there is no service
		END
	done
	cat <<-'END'
		  - id: agree
		    observe: dns
		    subject: services.datatal.se
		    expect: { dns.agreement: { is: true } }
		    when_absent: not_applicable
		    because: who answers differently may lead astray
	END
} >"$place/profiles/ranges.yaml"

# judged SERVERS: "RULE VERDICT" of each check, sorted.
judged() {
	"$UCPOSTURE" check --profile=ranges --profile.dir="$place/profiles" --format=json \
		--name-server="$1" --timeout=2 10.53.0.1 >"$place/report.json" 2>"$place/errors"
	"$PYTHON3" -c '
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    for check in sorted(json.load(file)["targets"][0]["checks"], key=lambda c: c["rule"]):
        print(check["rule"].split(".")[-1] + ":" + check["verdict"], end=" ")
' "$place/report.json" || cat "$place/errors"
}

verdicts() { # SERVERS EXPECTED
	local seen
	seen=$(judged "$1")
	if [ "$seen" = "$2 " ]; then
		echo "ok   rules at $1: $seen"
	else
		fail "rules at $1: expected $2"
		echo "     seen $seen"
	fi
}

verdicts "$cache6" "agree:not_applicable elsewhere-four:critical elsewhere-is-there:ok \
elsewhere-six:critical nowhere-four:unknown nowhere-is-there:critical \
nowhere-six:not_applicable only4-four:ok only4-is-there:ok only4-six:not_applicable \
services-four:ok services-is-there:ok services-six:ok"
verdicts "$cache6,$knot" "agree:ok elsewhere-four:critical elsewhere-is-there:ok \
elsewhere-six:critical nowhere-four:unknown nowhere-is-there:critical \
nowhere-six:not_applicable only4-four:ok only4-is-there:ok only4-six:not_applicable \
services-four:ok services-is-there:ok services-six:ok"
verdicts "$knot,$inside" "agree:critical elsewhere-four:critical elsewhere-is-there:ok \
elsewhere-six:critical nowhere-four:unknown nowhere-is-there:critical \
nowhere-six:not_applicable only4-four:ok only4-is-there:ok only4-six:not_applicable \
services-four:critical services-is-there:ok services-six:ok"
verdicts "$silent" "agree:unknown elsewhere-four:unknown elsewhere-is-there:unknown \
elsewhere-six:unknown nowhere-four:unknown nowhere-is-there:unknown nowhere-six:unknown \
only4-four:unknown only4-is-there:unknown only4-six:unknown services-four:unknown \
services-is-there:unknown services-six:unknown"

# The servers given are those that hosts are looked up at, too; the option outweighs the file.
cat >"$place/ucposture.yaml" <<END
agent: { name_servers: [ $silent, "[$knot6]:53" ] }
targets:
  - { name: ns, address: ns.example, profiles: [ port-of-dns ] }
END
cat >"$place/profiles/port-of-dns.yaml" <<'END'
profile: port-of-dns
title: A name server
source: { document: this test }
rules:
  - id: listens
    observe: port
    subject: tcp/53
    expect: { port.state: { is: open } }
    because: it is one
END

# reaches LABEL WORD...: whether the port of ns.example is found open over IPv4.
reaches() {
	local label=$1
	shift
	if "$UCPOSTURE" "$@" --format=json >"$place/report.json" 2>"$place/errors" &&
		grep -qE '"port.state": "open"|"observed": "open"' "$place/report.json"; then
		echo "ok   $label"
	else
		fail "$label:"
		cat "$place/report.json" "$place/errors"
	fi
}

reaches "a host is looked up at the server given to observe" \
	observe port tcp/53 ns.example --family=4 --name-server="$knot"
reaches "a host is looked up at the server given to check" \
	check --profile=port-of-dns --profile.dir="$place/profiles" --name-server="$cache6" \
	--family=4 ns.example
reaches "a host is looked up at the servers of the configuration" \
	check --config.file="$place/ucposture.yaml" --profile.dir="$place/profiles"
sed -i "s/\[ $silent, .* \]/[ $silent ]/" "$place/ucposture.yaml"
reaches "the option outweighs the configuration" \
	check --config.file="$place/ucposture.yaml" --profile.dir="$place/profiles" \
	--name-server="$knot"

[ "$failures" -eq 0 ]
