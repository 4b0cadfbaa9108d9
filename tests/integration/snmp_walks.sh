#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A made mirror is served as nobody, by itself and below a real snmpd, and Net-SNMP's programs
# walk it, which themselves refuse names that do not increase.
set -u
: "${MIBDIRS=}"
: "${top_builddir:?}" "${top_srcdir:?}"
export SNMPCONFPATH=/nonexistent MIBS=''
here=$(cd "$(dirname "$0")" && pwd)
serve=$(cd "$top_builddir" && pwd)/tests/integration/snmp_serve
mib=$(cd "$top_srcdir" && pwd)/mibs
# shellcheck source=tests/integration/alone.bash
. "$here/alone.bash"
alone_needs snmpd snmpget snmpset snmpwalk snmpbulkwalk snmptable setpriv "$serve"
alone_enter "$0" "$@"
chmod 755 "$place"
export SNMP_PERSISTENT_DIR=$place/client
root=.1.3.6.1.4.1.8072.9999.9999.5061.1
targets=12 checks=30

# until COMMAND...: it is so, or ten seconds have passed.
until_so()
{
	for _ in $(seq 100); do
		"$@" && return
		sleep 0.1
	done
	fail "waited for: $*"
	return 1
}

# serving NAME ARGUMENT...: its standard input is open at $inlet, and it has said that it serves.
serving()
{
	local name=$1
	shift
	mkfifo "$place/$name.in"
	exec {inlet}<>"$place/$name.in"
	setpriv --reuid=nobody --regid=nogroup --clear-groups "$serve" "$targets" "$checks" "$@" \
		<"$place/$name.in" >"$place/$name.out" 2>"$place/$name.log" &
	served=$!
	pids+=("$served")
	until_so grep -q serves "$place/$name.out" || { cat "$place/$name.log"; exit 1; }
}

# end_serving: in order, as the engine ends its faces.
end_serving()
{
	kill "$served" && wait "$served"
}

end_at_once()
{
	kill -KILL "$1"
	wait "$1"
} 2>/dev/null

tell()
{
	: >"$place/$1.out"
	printf '%s\n' "$2" >&"$inlet"
	until_so grep -q "done" "$place/$1.out"
}

ask()
{
	local program=$1
	shift
	"$program" -v2c -c public -t 5 -r 2 -On "$@" 2>>"$place/client.log"
}

# The age of a state is another by the next walk; and the end is told only where the tree ends.
steady()
{
	grep -v -e "^$root.1.4.1.12[.]" -e 'No more variables left'
}

same()
{
	cmp -s "$2" "$3" || fail "$1: $(diff "$2" "$3" | head -n 3)"
}

# value ADDRESS NAME
value()
{
	ask snmpget -Oqv "$1" "$root.$2"
}

mkdir "$place/state"
chown nobody "$place/state"
alone=127.0.0.1:16164
as_alone=(alone "udp:$alone" "$place/state" "rwcommunity public 127.0.0.1 $root"
	"createUser watcher SHA-256 wonderful AES wonderful" "rouser watcher priv $root")
serving first "${as_alone[@]}"

echo "walks meet the same, whatever they ask with"
ask snmpwalk "$alone" "$root" | steady >"$place/next"
for repetitions in 1 7 50 500; do
	ask snmpbulkwalk "-Cr$repetitions" "$alone" "$root" | steady >"$place/bulk"
	same "snmpbulkwalk -Cr$repetitions" "$place/next" "$place/bulk"
done
count=$(grep -c "^$root.1.4.1.5[.]" "$place/next")
[ "$count" = $((targets * checks)) ] || fail "$count rows of checks"
count=$(grep -c "^$root.1.3.1[.]" "$place/next")
[ "$count" = $((targets * 19)) ] || fail "$count values of targets"

echo "what is asked for alone is what a walk says"
while read -r name _; do
	ask snmpget "$alone" "$name"
done < <(shuf -n 40 --random-source="$mib/UC-POSTURE-MIB.txt" "$place/next") >"$place/got"
grep -Fxf "$place/got" "$place/next" | sort >"$place/walked"
sort -u "$place/got" >"$place/asked"
same "snmpget" "$place/walked" "$place/asked"

echo "what is not there is said to be so"
[[ $(value "$alone" 1.1.99.0) = *"No Such Object"* ]] || fail "a column that there is not"
[[ $(value "$alone" 1.3.1.2.2) = *"No Such Instance"* ]] || fail "a row that there is not"
[[ $(ask snmpwalk "$alone" .1.3.6.1.2.1) = *"No Such Object"* ]] ||
	fail "it shows more than its own tree"
ask snmpset "$alone" "$root.1.3.1.2.1" s other >"$place/set" && fail "it can be written to"
[ "$(value "$alone" 1.3.1.2.1)" = '"pbx-00000"' ] || fail "it was written to"
snmpget -v2c -c private -t 1 -r 0 "$alone" "$root.1.1.1.0" >/dev/null 2>&1 &&
	fail "another community is let in"

# as_watcher PASSWORD [OPTION...]
as_watcher()
{
	local password=$1
	shift
	snmpget -v3 -u watcher -l authPriv -a SHA-256 -A "$password" -x AES -X "$password" -t 5 \
		-Oqv "$@" "$alone" "$root.1.1.1.0" 2>>"$place/client.log"
}

echo "a user of SNMPv3 is let in by the password, which is kept nowhere"
[ "$(as_watcher wonderful)" = '"1.0"' ] || fail "the user is not let in"
as_watcher wonderfull >/dev/null && fail "a wrong password is let in"
grep -rq wonderful "$place/state" "$place/first.log" && fail "the password was written down"

echo "where somebody else listens nothing is served"
mkdir "$place/elsewhere"
"$serve" 1 1 alone "udp:$alone" "$place/elsewhere" <"$place/first.in" >"$place/taken" 2>&1 &&
	fail "two listen at one port"
grep -q "Error opening specified endpoint" "$place/taken" || fail "$(cat "$place/taken")"

echo "rows come and go, and when is said"
[[ $(value "$alone" 1.1.5.0) = *"0:0:00:00.00"* ]] || fail "something has changed"
tell first "remove 3"
[[ $(value "$alone" 1.3.1.2.10) = *"No Such Instance"* ]] || fail "it is still there"
[[ $(value "$alone" 1.1.5.0) != *"0:0:00:00.00"* ]] || fail "nothing has changed"
tell first "add 3"
ask snmpwalk "$alone" "$root" | steady | grep -v "^$root.1.1.5.0" >"$place/again"
grep -v "^$root.1.1.5.0" "$place/next" | diff - "$place/again" | grep -v '^[0-9]' \
	>"$place/changed"
# Only what it counts has begun anew.
[ -s "$place/changed" ] && fail "after the target came again: $(head -n 3 "$place/changed")"

echo "starts are counted, and the engine keeps its name"
boots()
{
	awk '$1 == "engineBoots" { print $2 }' "$place/state/ucposture.conf"
}
engine=$(grep oldEngineID "$place/state/ucposture.conf")
[ "$(boots)" = 1 ] || fail "the first start is $(boots)"
end_at_once "$served"
serving second "${as_alone[@]}"
[ "$(boots)" = 2 ] || fail "the second start is $(boots)"
[ "$(grep oldEngineID "$place/state/ucposture.conf")" = "$engine" ] || fail "another engine"
[ "$(as_watcher wonderful)" = '"1.0"' ] || fail "the user is not let in after a start"
end_serving

echo "a password that was changed while it was away is the one that counts"
as_alone[4]="createUser watcher SHA-256 different AES different"
serving third "${as_alone[@]}"
[ "$(boots)" = 3 ] || fail "the third start is $(boots)"
[ "$(as_watcher different)" = '"1.0"' ] || fail "the new password is not let in"
as_watcher wonderful -t 1 -r 0 >/dev/null && fail "the old password is let in"
end_serving
serving fourth "${as_alone[@]:0:4}"
as_watcher different -t 1 -r 0 >/dev/null && fail "who was taken out is let in"

base=
for folder in ${MIBDIRS//:/ } /usr/share/snmp/mibs/ietf /usr/share/snmp/mibs /var/lib/mibs/ietf /usr/share/mibs/ietf; do
	[ -e "$folder/SNMPv2-SMI" ] || [ -e "$folder/SNMPv2-SMI.txt" ] && base=$base:$folder
done
if [ -n "$base" ]; then
	echo "tables have names with the MIB"
	snmptable -v2c -c public -t 5 -M "$mib$base" -m UC-POSTURE-MIB "$alone" \
		UC-POSTURE-MIB::ucpTargetTable >"$place/table" 2>>"$place/client.log"
	[ "$(grep -c pbx- "$place/table")" = "$targets" ] || fail "$(head "$place/table")"
else
	echo "no base MIBs here: tables are not shown by their names"
fi
end_serving

# snmpd_start: the machine's own, with us below.
snmpd_start()
{
	: >"$place/snmpd.log"
	SNMP_PERSISTENT_DIR=$place/snmpd snmpd -f -Lf "$place/snmpd.log" -C \
		-c "$place/snmpd.conf" -I -smux,mteTrigger,mteTriggerConf &
	snmpd=$!
	pids+=("$snmpd")
	until_so grep -q "NET-SNMP version" "$place/snmpd.log"
}

echo "below an snmpd it is the same"
below=127.0.0.1:16161
cat >"$place/snmpd.conf" <<-END
	agentaddress udp:$below
	master agentx
	agentXSocket unix:$place/agentx
	agentXPerms 0666 0755
	rocommunity public 127.0.0.1
	maxGetbulkResponses 500
END
serving below below "unix:$place/agentx" 1
grep -q connected "$place/below.out" && fail "connected to nobody"
snmpd_start
until_so grep -q '^connected' "$place/below.out"
ask snmpbulkwalk -Cr50 "$below" "$root" | steady >"$place/below"
same "below an snmpd" "$place/next" "$place/below"
[ "$(ps -o user= -p "$served")" = nobody ] || fail "it does not run as nobody"

echo "who comes second is told that the tree is another's"
"$serve" 1 1 below "unix:$place/agentx" 1 <"$place/below.in" >"$place/other.out" \
	2>"$place/other.log" &
other=$!
pids+=("$other")
until_so grep -q disconnected "$place/other.out"
end_at_once "$other"
[ "$(value "$below" 1.2.2.0)" = "$targets" ] || fail "the second is served"

echo "when the snmpd comes again it is found again"
end_at_once "$snmpd"
until_so grep -q disconnected "$place/below.out"
: >"$place/below.out"
snmpd_start
until_so grep -q '^connected' "$place/below.out"
ask snmpbulkwalk -Cr50 "$below" "$root" | steady >"$place/below"
same "after the snmpd was away" "$place/next" "$place/below"
end_serving

[ "$failures" -eq 0 ] || tail -n 5 "$place"/*.log
[ "$failures" -eq 0 ]
