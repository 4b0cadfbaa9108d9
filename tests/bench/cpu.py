#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cpu.py COMMAND...: the CPU time of the command and all it started, and the wall time, in us."""

import ctypes
import os
import resource
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36

# Descendants whose parent is gone come to us, so that none is forgotten.
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
# Who started us by a wrapper has had children before us, which count as ours.
before = resource.getrusage(resource.RUSAGE_CHILDREN)
began = time.monotonic()
with open(os.devnull, "w", encoding="utf-8") as nowhere:
    code = subprocess.run(sys.argv[1:], stdout=nowhere, check=False).returncode
wall = time.monotonic() - began
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = used.ru_utime - before.ru_utime + used.ru_stime - before.ru_stime
print(round(cpu * 1e6), round(wall * 1e6))
sys.exit(0 if code in (0, 1, 2) else code)
