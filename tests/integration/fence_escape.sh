#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Nobody gets out of the fence, and a prober can do its work inside: as root, who has to
# become somebody else first, and as an ordinary user; with a filter that refuses, and for
# the work with one that kills.
set -u

programs=${top_builddir:-.}/tests/integration
folder=$(mktemp -d) || exit 1
peer=

# shellcheck disable=SC2317 # the trap calls it
finish()
{
	[ -z "$peer" ] || kill "$peer" 2>/dev/null
	rm -rf "$folder"
}
trap finish EXIT

if [ "$(id -u)" != 0 ]; then
	echo "SKIP: this needs root, to become an ordinary user as well"
	exit 77
fi

# Echoes TCP and UDP on one port of 127.0.0.1, and tells who asks that fence.example is
# 192.0.2.1.
cat >"$folder/peer.py" <<'PEER'
import os, select, socket, sys

tcp = socket.create_server(("127.0.0.1", 0))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(tcp.getsockname())
with open(sys.argv[1] + ".new", "w") as out:
    out.write(str(tcp.getsockname()[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])


def answer(query):
    if b"\x05fence" not in query:
        return query
    end = query.index(b"\x05fence") + len(b"\x05fence\x07example\x00") + 4
    question, kind = query[12:end], query[end - 4:end - 2]
    records = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
    if kind != b"\x00\x01":
        records = b""
    count = b"\x00\x01" if records else b"\x00\x00"
    return query[:2] + b"\x81\x80\x00\x01" + count + b"\x00\x00\x00\x00" + question + records


peers = [tcp, udp]
while True:
    for ready in select.select(peers, [], [])[0]:
        if ready is tcp:
            peers.append(tcp.accept()[0])
        elif ready is udp:
            query, sender = udp.recvfrom(2000)
            udp.sendto(answer(query), sender)
        else:
            try:
                said = ready.recv(2000)
                ready.sendall(said)
            except ConnectionError:  # who asked hung up before the answer came
                said = b""
            if not said:
                peers.remove(ready)
                ready.close()
PEER
"${PYTHON3:-python3}" "$folder/peer.py" "$folder/port" &
peer=$!
for _ in $(seq 100); do
	[ -s "$folder/port" ] && break
	sleep 0.05
done
port=$(cat "$folder/port") || exit 1

# An ordinary user may not be able to reach the build tree.
chmod 755 "$folder"
cp "$programs/fence_escape" "$programs/fence_work" "$folder" || exit 1

failed=0
# check NAME PATTERN COMMAND...: the command ends with 0 and its output has the pattern. The
# output goes through a pipe: behind the fence nobody writes to files.
check()
{
	local name=$1 pattern=$2 status
	shift 2
	"$@" 2>&1 | cat >"$folder/out"
	status=${PIPESTATUS[0]}
	if grep -q 'seccomp 0' "$folder/out"; then
		echo "SKIP: this build, or this kernel, has no system call filter"
		exit 77
	fi
	if [ "$status" = 0 ] && grep -q "$pattern" "$folder/out"; then
		echo "ok: $name"
	else
		echo "FAILED: $name (exit status $status)"
		failed=1
	fi
	sed 's/^/    /' "$folder/out"
}

as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
check "root does not get out" ' 0 escapes' "$folder/fence_escape" $$
check "a user does not get out" ' 0 escapes' "${as_user[@]}" "$folder/fence_escape" $$
check "root does not get out of the inside" ' 0 escapes' "$folder/fence_escape" $$ inside
check "a user does not get out of the inside" ' 0 escapes' \
	"${as_user[@]}" "$folder/fence_escape" $$ inside
for who in root user; do
	run=()
	[ $who = root ] || run=("${as_user[@]}")
	check "the work of a $who" 'works memory' "${run[@]}" "$folder/fence_work" "$port"
	check "the work of a $who under a filter that kills" 'works memory' \
		env UCPOSTURE_FENCE=kill "${run[@]}" "$folder/fence_work" "$port"
done
exit $failed
