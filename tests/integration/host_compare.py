#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""host_compare.py SEEN SS [ANY]: holds what `ucposture observe host --format=json` saw against
what `ss -H -ltnupe` did, line by line; ports from 20000 on are left out with ANY. Names of
processes are held against /proc, since ss cuts some. Ends with 1 when they differ.
"""

import collections
import json
import pwd
import re
import sys

LOCAL = re.compile(r"^(127\.|\[::1\]|\[::ffff:127\.|[^%]*%lo:)")


def escaped(raw):
    """As text_add_foreign() writes it: what is no proper character, or disturbs, as hex."""
    out = ""
    for char in raw.decode("utf-8", "surrogateescape"):
        code = ord(char)
        if 0xdc80 <= code <= 0xdcff:
            out += f"\\x{code - 0xdc00:02X}"
        elif code < 0x20 or code == 0x7f or char in "\u202e":
            out += "".join(f"\\x{byte:02X}" for byte in char.encode())
        else:
            out += char
    return out


def name_of(pid):
    with open(f"/proc/{pid}/comm", "rb") as file:
        return escaped(file.read()[:-1])


def user_of(number):
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def ours(path):
    with open(path, encoding="utf-8") as file:
        seen = json.load(file)
    assert seen["outcome"] == "observed", seen
    for record in seen["facts"].get("host.sockets", []):
        address, percent, device = record["address"].partition("%")
        if ":" in address:
            address = "[" + address + "]"
        yield (record["port"], (
            record["protocol"], f"{address}{percent}{device}:{record['port']}",
            record["exposure"], record["user"], record.get("process"), record.get("pid"),
            record.get("processes")))
    for fact, least in (("host.listening", ()), ("host.exposed", ("exposed",))):
        ports = {f"{record['protocol']}/{record['port']}"
                 for record in seen["facts"].get("host.sockets", [])
                 if not least or record["exposure"] in least}
        assert set(seen["facts"][fact]) == ports, (fact, ports)


def lines_of(path):
    """A name may have a line feed, and ss writes it."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        lines = []
        for line in file.read().split("\n"):
            if re.match(r"(tcp|udp) +(LISTEN|UNCONN) ", line):
                lines.append(line)
            elif lines:
                lines[-1] += "\n" + line
    return lines


def theirs(path):
    for line in lines_of(path):
        words = line.split(None, 5)
        address, port = words[4].rsplit(":", 1)
        users = line.partition("users:(")[2]
        pids = {int(pid) for pid in re.findall(r'",pid=(\d+),fd=\d+\)', users)}
        user = re.search(r"\buid:(\d+)", line.rpartition("))")[2])
        pid = min(pids) if pids else None
        yield (int(port), (
            words[0], f"{address}:{port}",
            "loopback" if LOCAL.match(f"{address}:{port}") else "exposed",
            user_of(int(user.group(1)) if user else 0),
            name_of(pid) if pid else None, pid, len(pids) or None))


def main():
    most = 19999 if len(sys.argv) > 3 else 65535
    left = collections.Counter(line for port, line in ours(sys.argv[1]) if port <= most)
    right = collections.Counter(line for port, line in theirs(sys.argv[2]) if port <= most)
    for line in sorted((left - right).elements(), key=str):
        print("only ucposture:", line)
    for line in sorted((right - left).elements(), key=str):
        print("only ss:       ", line)
    print(f"{sum(left.values())} sockets, {sum(right.values())} by ss")
    sys.exit(left != right or not left)


main()
