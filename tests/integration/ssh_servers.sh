#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real sshds, from what Debian ships to what nobody should run: what we see must be what
# sshd -T says of their configuration, and what nmap's ssh2-enum-algos sees. And nobody shall
# find more in his log than that somebody was there.
set -u
shopt -s extglob
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
export UCPOSTURE_FENCE=kill
# shellcheck source=tests/integration/alone.bash
. "$(dirname "$0")/alone.bash"
alone_needs sshd ssh-keygen nmap "$PYTHON3" "$UCPOSTURE"
alone_enter "$0" "$@"

sshd=$(command -v sshd)
# sshd wants its folder for privilege separation.
mount -t tmpfs -o mode=755 ssh /run && mkdir /run/sshd || exit 77
for kind in ed25519 rsa ecdsa; do
	ssh-keygen -q -t "$kind" -N '' -f "$place/$kind" || exit 1
done

listens() { # NAME ADDRESS PORT
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		if (exec 3<>"/dev/tcp/$2/$3") 2>/dev/null; then
			sleep 0.1
			return
		fi
		sleep 0.1
	done
	fail "$1: does not listen on $2:"
	cat "$place/$1.log"
}

own() { # ADDRESS
	case $1 in
	*:*) ip address add "$1/128" dev lo ;;
	*) ip address add "$1/32" dev lo ;;
	esac || exit 1
}

start() { # NAME ADDRESS SETTING...
	local name=$1 address=$2
	shift 2
	own "$address"
	{
		printf '%s\n' "Port 22" "ListenAddress $address" "PidFile none" "UsePAM no" \
			"HostKey $place/ed25519" "HostKey $place/rsa" "HostKey $place/ecdsa"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$place/$name.conf"
	"$sshd" -D -e -f "$place/$name.conf" </dev/null >>"$place/$name.log" 2>&1 &
	pids+=($!)
	listens "$name" "$address" 22
	: >"$place/$name.log"
}

# said NAME ADDRESS [WORD=VALUE...]: our facts are those of sshd -T and of nmap, and these.
said() {
	local name=$1 address=$2 six=
	shift 2
	"$UCPOSTURE" observe ssh tcp/22 "$address" --format=json >"$place/json"
	sleep 0.2
	cp "$place/$name.log" "$place/logged"
	case $address in *:*) six=-6 ;; esac
	nmap $six -Pn -n -p22 --script ssh2-enum-algos -oX "$place/xml" "$address" >/dev/null 2>&1
	"$sshd" -T -f "$place/$name.conf" >"$place/truth" 2>/dev/null
	if "$PYTHON3" - "$place" "$@" <<'END'; then
import json, sys
import xml.etree.ElementTree as tree

place, wanted = sys.argv[1], dict(word.split("=", 1) for word in sys.argv[2:])
with open(place + "/json", encoding="utf-8") as file:
    seen = json.load(file)
facts, wrong = seen["facts"], []
if seen["outcome"] != "observed":
    sys.exit(f"     {seen}")
signs = ("kex-strict-", "ext-info-", "kexguess2@")

def hold(what, ours, theirs):
    if ours != theirs:
        wrong.append(f"     {what}\n       we   {ours}\n       they {theirs}")

def plain(names):
    return [name for name in names if not name.startswith(signs)]

names = {"kex_algorithms": "kex", "server_host_key_algorithms": "host_keys",
         "encryption_algorithms": "ciphers", "mac_algorithms": "macs",
         "compression_algorithms": "compression"}
tables = {}
for table in tree.parse(place + "/xml").iter("table"):
    if table.get("key") in names:
        tables[names[table.get("key")]] = plain(elem.text for elem in table.iter("elem"))
for word in names.values():
    hold(f"{word}, nmap", facts["ssh." + word], tables.get(word))
with open(place + "/truth", encoding="utf-8") as file:
    truth = dict(line.rstrip("\n").split(" ", 1) for line in file if " " in line)
for key, word in (("kexalgorithms", "kex"), ("ciphers", "ciphers"), ("macs", "macs")):
    hold(f"{word}, sshd -T", facts["ssh." + word], truth[key].split(","))
hold("protocol", facts["ssh.protocol"], "2.0")
for word, value in wanted.items():
    ours = facts.get("ssh." + word, "-")
    ours = ",".join(ours) if isinstance(ours, list) else str(ours)
    hold(word, ours.split("_")[0] if word == "software" else ours, value)
with open(place + "/logged", encoding="utf-8") as file:
    logged = file.read().splitlines()
if len(logged) != 1 or not logged[0].startswith("Connection closed by "):
    wrong.append(f"     it logged {logged}")
print("\n".join(wrong), end="\n" if wrong else "")
sys.exit(bool(wrong))
END
		echo "ok   $name"
	else
		fail "$name"
	fi
}

umac="umac-64-etm@openssh.com,umac-64@openssh.com"
start usual 10.99.0.1
said usual 10.99.0.1 software=OpenSSH "weak_algorithms=$umac" terrapin=False

start old 10.99.0.2 "KexAlgorithms +diffie-hellman-group1-sha1,diffie-hellman-group14-sha1" \
	"Ciphers +3des-cbc,aes128-cbc" "MACs +hmac-md5,hmac-sha1-96" "HostKeyAlgorithms +ssh-rsa" \
	"Compression no"
weak=diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,ssh-rsa,3des-cbc,aes128-cbc
said old 10.99.0.2 "weak_algorithms=$weak,$umac,hmac-md5,hmac-sha1-96" compression=none

start strict 10.99.0.3 "KexAlgorithms curve25519-sha256" "Ciphers aes256-gcm@openssh.com" \
	"MACs hmac-sha2-512-etm@openssh.com" "HostKeyAlgorithms ssh-ed25519" \
	"DebianBanner no"
said strict 10.99.0.3 weak_algorithms= terrapin=False comment=- host_keys=ssh-ed25519

echo "Authorized personnel only" >"$place/notice"
start talkative 10.99.0.4 "Banner $place/notice" "DebianBanner no" \
	"VersionAddendum PBX of Example Ltd"
said talkative 10.99.0.4 "comment=PBX of Example Ltd" software=OpenSSH

start six fd99::5
said six fd99::5 software=OpenSSH "weak_algorithms=$umac"

expect() { # NAME ADDRESS PATTERN OPTION...
	local name=$1 address=$2 pattern=$3 seen
	shift 3
	seen=$("$UCPOSTURE" observe ssh tcp/22 "$address" --format=json "$@" |
		"$PYTHON3" -c 'import json, sys
seen = json.load(sys.stdin)
print(seen["outcome"], seen["stage"], seen["reason"], seen["detail"])')
	# shellcheck disable=SC2254
	case $seen in
	$pattern) echo "ok   $name: $seen" ;;
	*) fail "$name: $seen" ;;
	esac
}

# One may knock; the second is turned away. That it is in a hurry may look like a reset.
start full 10.99.0.6 "MaxStartups 1"
exec 7<>/dev/tcp/10.99.0.6/22
sleep 0.2
expect full 10.99.0.6 "failed reply @(closed_early|reset) *"
exec 7>&-

own 10.99.0.7
"$PYTHON3" -m http.server --bind 10.99.0.7 --directory "$place/" 22 >"$place/http.log" 2>&1 &
pids+=($!)
listens http 10.99.0.7 22
expect http 10.99.0.7 "failed reply not_this_protocol *"

own 10.99.0.8
cat >"$place/tarpit.py" <<'END'
import socket, threading, time

def drip(connection):
    try:
        while True:
            connection.sendall(b"u0FXm)#8\r\n")
            time.sleep(0.3)
    except OSError:
        connection.close()

listener = socket.create_server(("10.99.0.8", 22))
while True:
    threading.Thread(target=drip, args=(listener.accept()[0],), daemon=True).start()
END
"$PYTHON3" "$place/tarpit.py" >"$place/tarpit.log" 2>&1 &
pids+=($!)
listens tarpit 10.99.0.8 22
expect tarpit 10.99.0.8 "failed reply not_this_protocol it says: u0FXm)#8" --timeout=1

[ "$failures" -eq 0 ]
