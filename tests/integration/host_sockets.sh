#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What listens on this machine, as we see it and as ss does, line by line: real daemons, odd
# sockets, odd names of processes, sockets that come and go; as root and as an ordinary user.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/alone.bash
. "$(dirname "$0")/alone.bash"
alone_needs ss setpriv nginx snmpd unbound "$PYTHON3"
alone_enter "$0" "$@"

chmod 755 "$place"
# An ordinary user may not be able to reach the build tree.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
PYTHON3=$(command -v python3)
cp "$UCPOSTURE" "$place/ucposture" && cp "$here"/host_*.py "$place" || exit 1

# A device that leads nowhere.
ip link add veth0 type veth peer name veth1
ip link set veth0 up
ip link set veth1 up
ip addr add 192.0.2.5/24 dev veth0
ip addr add 2001:db8::5/64 dev veth0 nodad
ip addr add fe80::5/64 dev veth0 nodad

result()
{
	if [ "$1" = 0 ]; then
		echo "ok   $2"
	else
		echo "FAIL $2"
		sed 's/^/     /' "$place/out"
		failures=$((failures + 1))
	fi
}

# listeners KIND [ARGUMENT...]: starts host_listeners.py; prefix as the array `as`.
as=()
listeners()
{
	"${as[@]}" "$PYTHON3" "$place/host_listeners.py" "$@" >"$place/$1.said" 2>&1 &
	started=$!
	for _ in $(seq 200); do
		grep -q ready "$place/$1.said" && return
		sleep 0.05
	done
	echo "FAIL listeners $1 do not come up"
	cat "$place/$1.said"
	exit 1
}

# listens PROTOCOL PORT
listens()
{
	for _ in $(seq 200); do
		ss -H -ln "--$1" "sport = :$2" | grep -q . && return
		sleep 0.05
	done
	echo "FAIL nobody listens on $1/$2"
	exit 1
}

# compare NAME [ANY]: both look at the same time; prefix as the array `as`.
compare()
{
	"${as[@]}" env UCPOSTURE_FENCE=kill "$place/ucposture" observe host --format=json \
		>"$place/seen"
	"${as[@]}" ss -H -ltnupe >"$place/ss"
	"$PYTHON3" "$place/host_compare.py" "$place/seen" "$place/ss" "${@:2}" >"$place/out" 2>&1
	result $? "$1: $(tail -n 1 "$place/out")"
}

nginx_conf="daemon off; worker_processes 3; pid $place/nginx.pid; error_log $place/nginx.log;
events { worker_connections 16; }
http { access_log off; server { listen 127.0.0.1:1337; listen 1338; listen [::]:1338; } }"
echo "$nginx_conf" >"$place/nginx.conf"
nginx -p "$place" -c "$place/nginx.conf" 2>"$place/nginx.err" &
snmpd -f -Lf /dev/null -C -I "" -p "$place/snmpd.pid" --rocommunity=public \
	udp:127.0.0.1:161 'udp6:[::1]:161' 2>"$place/snmpd.err" &
printf 'server:\n interface: 192.0.2.5\n do-daemonize: no\n chroot: ""\n username: ""\n%s' \
	" pidfile: $place/unbound.pid
 use-syslog: no
" >"$place/unbound.conf"
unbound -d -c "$place/unbound.conf" 2>"$place/unbound.err" &
listens tcp 1337
listens tcp 1338
listens udp 161
listens udp 53

compare "real daemons"
listeners odd 192.0.2.5 veth0
compare "odd sockets and names"
as=(setpriv --reuid=4321 --regid=4321 --clear-groups)
listeners own
compare "an ordinary user"
as=()

# That the rest is not hidden: a user without rights sees the sockets, not whose they are.
"$PYTHON3" - "$place/seen" >"$place/out" 2>&1 <<'END'
import json, sys

seen = json.load(open(sys.argv[1], encoding="utf-8"))
sockets = seen["facts"]["host.sockets"]
known = {socket["port"] for socket in sockets if "pid" in socket}
assert known == {7300, 7301, 7302}, known
assert "root" in seen["detail"], seen["detail"]
END
result $? "an ordinary user knows its own processes only"

listeners churn
for round in 1 2 3 4 5; do
	compare "while sockets come and go, $round" any
done
kill "$started"
wait "$started" 2>/dev/null

# exposure SUBJECT EXPECTED
exposure()
{
	"$place/ucposture" observe host "$1" --facts=exposure --format=json >"$place/out"
	"$PYTHON3" -c 'import json, sys
facts = json.load(open(sys.argv[1], encoding="utf-8"))["facts"]
sys.exit(facts != {"host.exposure": sys.argv[2]})' "$place/out" "$2"
	result $? "$1 is $2"
}
exposure tcp/1337 loopback
exposure udp/1337 none
exposure tcp/1338 exposed
exposure tcp/1339 none
exposure any/161 loopback
exposure any/53 exposed
exposure tcp/7001-7004 loopback
exposure udp/7001-7004 none

mkdir "$place/profiles"
cat >"$place/profiles/pbx.yaml" <<'PROFILE'
profile: pbx
title: A telephone system
rules:
  - id: local-only
    title: The inner ports are local
    observe: host
    subject: [tcp/1337, tcp/1338, tcp/1339]
    expect: { host.exposure: { one_of: [none, loopback] } }
    severity: critical
    because: The guide says that they are for the machine itself
    remedy: Bind them to 127.0.0.1
PROFILE
UCPOSTURE_PROFILE_DIR=$place/profiles UCPOSTURE_FENCE=kill "$place/ucposture" check \
	--vantage=host --profile=pbx --format=json 127.0.0.1 >"$place/seen"
"$PYTHON3" - "$place/seen" >"$place/out" 2>&1 <<'END'
import json, sys

report = json.load(open(sys.argv[1], encoding="utf-8"))
checks = {check["subject"]: (check["verdict"], check["observed"])
          for check in report["targets"][0]["checks"]}
assert checks == {"tcp/1337": ("ok", "loopback"), "tcp/1338": ("critical", "exposed"),
                  "tcp/1339": ("ok", "none")}, checks
END
result $? "a profile's rule is judged"

exit $((failures > 0))
