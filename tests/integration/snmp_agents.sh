#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real snmpds, each with other users, communities and views: what we see must be what Net-SNMP's
# own programs see in the same run, and no secret may be in anything we write.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
export UCPOSTURE_FENCE=kill SNMPCONFPATH=/nonexistent MIBS=''
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/alone.bash
. "$here/alone.bash"
alone_needs snmpd snmpget snmpbulkwalk "$PYTHON3" "$UCPOSTURE"
alone_enter "$0" "$@"
ip -6 addr add 2001:db8::3/128 dev lo nodad || exit 1
folder=$place
umask 077
export SNMP_PERSISTENT_DIR=$folder

# agent NAME ADDRESSES LINE...: until it answers, or its log says why not.
agent()
{
	local name=$1 address=$2
	shift 2
	mkdir -p "$folder/$name"
	printf '%s\n' "agentaddress $address" "sysName $name" "$@" >"$folder/$name/snmpd.conf"
	SNMP_PERSISTENT_DIR=$folder/$name snmpd -f -Lf "$folder/$name/log" -C \
		-c "$folder/$name/snmpd.conf" -I -smux,mteTrigger,mteTriggerConf &
	pids+=($!)
	for _ in $(seq 100); do
		grep -qs "NET-SNMP version" "$folder/$name/log" && return
		sleep 0.1
	done
	cat "$folder/$name/log"
	exit 1
}

# listening 127.0.0.N: until somebody does
listening()
{
	for _ in $(seq 100); do
		grep -q "$(printf '%02X00007F:00A1' "${1##*.}")" /proc/net/udp && return
		sleep 0.1
	done
	fail "nobody listens at $1"
}

# access NAME LINE: a file for --snmp-access; says its name.
access()
{
	printf '%s\n' "$2" >"$folder/$1.yaml"
	echo "$folder/$1.yaml"
}

# seen HOST FACT [OPTION...]: its value, a list with a line each; - when absent.
seen()
{
	local host=$1 fact=$2
	shift 2
	"$UCPOSTURE" observe snmp udp/161 "$host" --format=json "$@" >"$folder/json" \
		2>>"$folder/errors"
	value "$fact"
}

value()
{
	"$PYTHON3" - "$folder/json" "$1" <<'END'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    seen = json.load(file)
if sys.argv[2] == "outcome":
    print(seen["outcome"], seen["stage"], seen["reason"])
elif sys.argv[2] == "at_once":  # nothing had to be asked again
    print(seen["seconds"] < 1.9)
else:
    value = seen["facts"].get(sys.argv[2], "-")
    value = value if isinstance(value, list) else [str(value).lower()]
    print("\n".join(value))
END
}

# expect WHAT EXPECTED SEEN
expect()
{
	if [ "$2" = "$3" ]; then
		echo "ok   $1: $(head -n 1 <<<"$2" | cut -c 1-70)"
	else
		fail "$1: $(diff <(echo "$2") <(echo "$3") | head -n 6)"
	fi
}

cat >"$folder/listed" <<'END'
EMET 5.52
Java 8 Update 231
Java 8 Update 231
Microsoft Visual C++ 2015-2019 Redistributable (x64) - 14.24.28127
OpenJDK 1.8.0_232
WinPcap 4.1.3
Zoiper "5", 100 % façade
END
sha256="SHA-256 canary-auth AES canary-priv"
agent open "udp:127.0.0.1:161,udp6:[::1]:161" "rocommunity public" "rocommunity6 public"
agent other udp:127.0.0.2:161 "rocommunity canary-k2"
agent users "udp:127.0.0.3:161,udp6:[2001:db8::3]:161" "createUser new $sha256" \
	"createUser old MD5 canary-auth DES canary-priv" "createUser plain" \
	"createUser half SHA canary-auth" \
	"createUser big SHA-512 canary-auth AES-256 canary-priv" \
	"rouser new priv" "rouser old priv" "rouser plain noauth" "rouser half auth" \
	"rouser big priv" 2>/dev/null
agent narrow udp:127.0.0.4:161 "view system included .1.3.6.1.2.1.1" \
	"rocommunity canary-k2 default -V system"
agent windows udp:127.0.0.5:161 "rocommunity canary-k2" \
	"pass_persist -p 1 .1.3.6.1.2.1.25.6.3 $(command -v "$PYTHON3") $here/snmp_software.py $folder/listed"

k2=$(access k2 '{ version: 2c, community: canary-k2 }')
k1=$(access k1 '{ version: 1, community: canary-k2 }')
wrong=$(access wrong '{ version: 2c, community: canary-wrong }')

# What everybody tries first
expect "public is answered" true "$(seen 127.0.0.1 snmp.default_community)"
expect "by all versions" $'v1\nv2c\nv3' "$(value snmp.versions)"
expect "sysDescr" "$(snmpget -v2c -c public -Oqv 127.0.0.1 .1.3.6.1.2.1.1.1.0 |
	tr -d '"' | tr '[:upper:]' '[:lower:]')" "$(value snmp.sysdescr)"
expect "sysObjectID" "$(snmpget -v2c -c public -Onqv 127.0.0.1 .1.3.6.1.2.1.1.2.0 | sed 's/^\.//')" \
	"$(value snmp.sysobjectid)"
expect "the engine" "$(snmpget -v3 -u plain -l noAuthNoPriv -Oqvx 127.0.0.3 \
	.1.3.6.1.6.3.10.2.1.1.0 | tr -d '" \n' | tr '[:upper:]' '[:lower:]')" \
	"$(seen 127.0.0.3 snmp.engine_id --facts=engine_id)"
expect "public over IPv6" true "$(seen ::1 snmp.default_community)"
expect "another community" false "$(seen 127.0.0.2 snmp.default_community --timeout=1s)"
expect "a user only" false "$(seen 127.0.0.3 snmp.default_community --timeout=1s)"
expect "nobody listens" "failed connect refused" "$(seen 127.0.0.9 outcome)"

# Access
for user in "new auth: SHA-256, privacy: AES" "old auth: MD5, privacy: DES" \
	"big auth: SHA-512, privacy: AES-256" "half auth: SHA" "plain"; do
	keys=${user#* }
	[ "$keys" = "$user" ] && keys= || keys=", $keys, auth_password: canary-auth"
	case $keys in *privacy*) keys="$keys, privacy_password: canary-priv" ;; esac
	file=$(access user "{ version: 3, user: ${user%% *}$keys }")
	for host in 127.0.0.3 2001:db8::3; do
		expect "$user at $host" granted \
			"$(seen "$host" snmp.access --facts=access "--snmp-access=$file")"
	done
done

# tell USER AUTH PASSWORD PASSWORD: a file that says so
tell()
{
	access told "{ version: 3, user: $1, auth: $2, auth_password: $3, privacy: AES, $(
		)privacy_password: $4 }"
}
expect "an unknown user" unknown_user \
	"$(seen 127.0.0.3 snmp.access --facts=access --snmp-access="$(tell nobody SHA-256 canary-auth canary-priv)")"
expect "a wrong password" wrong_credentials \
	"$(seen 127.0.0.3 snmp.access --facts=access --snmp-access="$(tell new SHA-256 canary-none canary-priv)")"
expect "a wrong digest" wrong_credentials \
	"$(seen 127.0.0.3 snmp.access --facts=access --snmp-access="$(tell new SHA-512 canary-auth canary-priv)")"
expect "a wrong password for privacy" no_answer \
	"$(seen 127.0.0.3 snmp.access --facts=access --timeout=2s \
		--snmp-access="$(tell new SHA-256 canary-auth canary-none)")"
expect "a user without keys" wrong_level "$(seen 127.0.0.3 snmp.access \
	--facts=access --snmp-access="$(tell plain SHA-256 canary-auth canary-priv)")"
expect "a wrong community" no_answer "$(seen 127.0.0.2 snmp.access --timeout=1s \
	"--snmp-access=$wrong")"

# Software: every row, whichever version carries it
truth=$(snmpbulkwalk -v2c -c public -Oqv 127.0.0.1 .1.3.6.1.2.1.25.6.3.1.2 | tr -d '"' | LC_ALL=C sort)
public=$(access public '{ version: 2c, community: public }')
expect "what Debian has installed" "$truth" \
	"$(seen 127.0.0.1 snmp.software --facts=software,software_count "--snmp-access=$public")"
expect "how much" "$(wc -l <<<"$truth")" "$(value snmp.software_count)"
expect "over version 1" "$(snmpbulkwalk -v2c -c canary-k2 -Oqv 127.0.0.2 \
	.1.3.6.1.2.1.25.6.3.1.2 | tr -d '"' | LC_ALL=C sort)" \
	"$(seen 127.0.0.2 snmp.software --facts=software "--snmp-access=$k1")"
expect "what Windows has installed" "$(LC_ALL=C sort "$folder/listed")" \
	"$(seen 127.0.0.5 snmp.software --facts=software "--snmp-access=$k2")"
expect "a view without software" - "$(seen 127.0.0.4 snmp.software --timeout=2s "--snmp-access=$k2")"
expect "which is no failure" "observed None None" "$(value outcome)"
expect "and no empty list" - "$(value snmp.software_count)"
"$UCPOSTURE" observe snmp 127.0.0.5 --facts=software "--snmp-access=$k2" >"$folder/human"
grep -q '^ *Microsoft Visual C++ 2015-2019 Redistributable (x64) - 14.24.28127$' "$folder/human" ||
	fail "a program has no line of its own: $(cat "$folder/human")"

# A clock that is wrong at first: its report says zero, and then that we are out of time.
cat >"$folder/relay.py" <<'END'
import re, select, socket

ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
theirs = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
theirs.connect(("127.0.0.3", 161))
ours.bind(("127.0.0.6", 161))
client = None
while True:
    for ready in select.select([ours, theirs], [], [])[0]:
        if ready is ours:
            question, client = ours.recvfrom(65536)
            theirs.send(question)
            continue
        answer = theirs.recv(65536)
        found = re.search(rb"\x04\x11\x80.{16}\x02\x01(.)\x02(.)", answer, re.S)
        length = found.group(2)[0]
        # Only the report for nobody; what is signed cannot be changed.
        if answer[found.end() + length:][:2] == b"\x04\x00":
            answer = (answer[:found.start(1)] + b"\0" + answer[found.end(1):found.end()]
                      + bytes(length) + answer[found.end() + length:])
        ours.sendto(answer, client)
END
"$PYTHON3" "$folder/relay.py" &
pids+=($!)
listening 127.0.0.6
expect "a clock that was wrong" granted \
	"$(seen 127.0.0.6 snmp.access --facts=access,engine_boots --snmp-access="$(tell new SHA-256 canary-auth canary-priv)")"
expect "set right at once" True "$(value at_once)"
expect "a clock of zero" 0 "$(value snmp.engine_boots)"

# Rules. Two targets that are one engine, with keys that differ; one that is silent.
"$PYTHON3" -c 'import socket, time
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.8", 161))
time.sleep(600)' &
pids+=($!)
listening 127.0.0.8
mkdir "$folder/profiles"
cat >"$folder/profiles/strict.yaml" <<'END'
profile: strict
title: Strict
rules:
  - { id: public, observe: snmp, subject: udp/161, because: b, severity: critical,
      when_closed: not_applicable, expect: { snmp.default_community: { is: false } } }
  - { id: access, observe: snmp, subject: udp/161, because: b, severity: critical,
      when_closed: not_applicable, expect: { snmp.access: { is: granted } } }
END
good='version: 3, user: new, auth: SHA-256, auth_password: canary-auth, privacy: AES, privacy_password'
cat >"$folder/config.yaml" <<END
agent: { probers: 1, profile_dir: $folder/profiles, snmp_access: { version: 2c, community: canary-k2 } }
targets:
  - { name: a-good, address: 127.0.0.3, profiles: strict, timeout: 1s,
      snmp_access: { $good: canary-priv } }
  - { name: a-twin, address: "2001:db8::3", profiles: strict, timeout: 1s,
      snmp_access: { version: 3, user: new, auth: SHA-256, auth_password: canary-none } }
  - { name: open, address: 127.0.0.1, profiles: strict, timeout: 1s }
  - { name: closed, address: 127.0.0.9, profiles: strict }
  - { name: silent, address: 127.0.0.8, profiles: strict, timeout: 1s }
END
for format in json human prometheus nagios csv junit checkmk; do
	"$UCPOSTURE" check --config.file="$folder/config.yaml" --format="$format" -v \
		>"$folder/report.$format" 2>>"$folder/errors"
done
verdicts=$("$PYTHON3" - "$folder/report.json" <<'END'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    for target in json.load(file)["targets"]:
        print(target["name"], *(c["rule"].split(".")[1] + "=" + c["verdict"] for c in target["checks"]))
END
)
expect "verdicts" "a-good public=ok access=ok
a-twin public=ok access=critical
open public=critical access=critical
closed public=not_applicable access=not_applicable
silent public=unknown access=unknown" "$verdicts"
"$UCPOSTURE" check --profile=strict --timeout=1s --profile.dir="$folder/profiles" "--snmp-access=$k2" 127.0.0.2 \
	>"$folder/report.host" 2>>"$folder/errors" || fail "check --snmp-access: $(cat "$folder/report.host")"
"$UCPOSTURE" config check "$folder/config.yaml" >"$folder/report.config" 2>&1
chmod o+r "$k2"
"$UCPOSTURE" observe snmp 127.0.0.4 --timeout=1s "--snmp-access=$k2" >"$folder/report.open" 2>&1
grep -q "k2.yaml: warning: everybody on this machine can read" "$folder/report.open" ||
	fail "no warning of a file that everybody can read: $(cat "$folder/report.open")"
if grep -l canary "$folder"/report.* "$folder"/json "$folder"/human "$folder"/errors; then
	fail "secrets have been told"
fi

[ "$failures" -eq 0 ]
