#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 10,000 targets × 25 checks: reading the configuration, planning it, and whether twice as
# many targets take about twice as long.
set -u
: "${top_builddir:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

program=$top_builddir/tests/bench/plan_bench
[ -x "$program" ] || {
	echo "plan_bench: make tests/bench/plan_bench first"
	exit 1
}
{
	read -r _ checks observations read_ms plan_ms bytes
	read -r _ _ _ _ twice_ms _
} < <("$program" 10000 20000)
figure "10,000 targets × 25 checks: read the configuration" "$read_ms" - 1000 ms
figure "10,000 targets × 25 checks: plan" "$plan_ms" - 1000 ms
figure "the same, memory a check with its observations" "$bytes" - 200 B
figure "20,000 targets: plan, as multiple of 10,000" "$(divide "$twice_ms" "$plan_ms")" - 3 ×
echo "plan_bench: $checks checks share $observations observations"
exit "$bench_missed"
