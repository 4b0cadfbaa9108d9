#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every *_bench.sh of this folder: each prints its figures through figure() of lib.sh.
# A bar that is missed makes it fail; a peer that is not installed only has no figure.
set -u
here=$(cd "$(dirname "$0")" && pwd)
failures=0
printf '%-52s %12s %12s %12s\n' figure ours peer bar
for bench in "$here"/*_bench.sh; do
	[ -e "$bench" ] || continue
	bash "$bench"
	case $? in
	0 | 77) ;;
	*)
		echo "missed: $(basename "$bench")"
		failures=$((failures + 1))
		;;
	esac
done
[ "$failures" -eq 0 ]
