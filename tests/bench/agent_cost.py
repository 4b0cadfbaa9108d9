#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""agent_cost.py PID SECONDS: what a process and all it started cost in that time: CPU time in us,
how often they woke up, and at the end their memory (PSS) in KiB."""

import os
import pathlib
import sys
import time

TICK_US = 1000000 // os.sysconf("SC_CLK_TCK")
PROC = pathlib.Path("/proc")


def family(pid):
    """With its descendants."""
    pids = [pid]
    for known in pids:
        for task in (PROC / str(known) / "task").iterdir():
            pids += map(int, (task / "children").read_text().split())
    return pids


def used(pids):
    cpu = switches = 0
    for pid in pids:
        # Behind the name, which may hold anything: utime and stime are 14 and 15.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        cpu += (int(fields[11]) + int(fields[12])) * TICK_US
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                switches += int(line.split()[1])
    return cpu, switches


def pss(pid):
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


agent, seconds = int(sys.argv[1]), float(sys.argv[2])
before = used(family(agent))
time.sleep(seconds)
pids = family(agent)
after = used(pids)
print(after[0] - before[0], after[1] - before[1], sum(map(pss, pids)), len(pids))
