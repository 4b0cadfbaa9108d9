#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every *_bench.sh of this folder: each prints lines of `figure | ours | peer | bar`.
set -u
here=$(cd "$(dirname "$0")" && pwd)
failures=0
for bench in "$here"/*_bench.sh; do
	[ -e "$bench" ] || continue
	bash "$bench" || failures=$((failures + 1))
done
[ "$failures" -eq 0 ]
