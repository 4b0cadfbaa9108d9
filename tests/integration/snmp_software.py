#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a Windows has installed, as its SNMP agent tells it: for snmpd's pass_persist at
.1.3.6.1.2.1.25.6.3.

usage: snmp_software.py FILE, which has a program in each line.
"""
import sys

COLUMN = (1, 3, 6, 1, 2, 1, 25, 6, 3, 1, 2)

with open(sys.argv[1], encoding="utf-8") as file:
    rows = {COLUMN + (i,): name for i, name in enumerate(reversed(file.read().splitlines()), 1)}

for line in iter(sys.stdin.readline, ""):
    command = line.strip()
    if command == "PING":
        print("PONG", flush=True)
        continue
    asked = tuple(int(part) for part in sys.stdin.readline().strip().split(".") if part)
    if command == "getnext":
        asked = min((row for row in rows if row > asked), default=None)
    if asked in rows:
        print("." + ".".join(str(part) for part in asked), "string", rows[asked], sep="\n",
              flush=True)
    else:
        print("NONE", flush=True)
