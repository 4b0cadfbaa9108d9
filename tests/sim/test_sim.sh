#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The engine in a simulated world, 1,000 times; and whether the simulation can be believed.
# UC_SIM_SEEDS, UC_SIM_DAYS: another range, another length.
set -u
sim=${top_builddir:-.}/tests/sim/sim
failures=0
number=0

report()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failures=$((failures + 1))
	fi
}

echo "1..3"
"$sim" --test-itself 2>&1 | sed 's/^/# /'
report "${PIPESTATUS[0]}" "the oracle notices every planted fault"
"$sim" --seeds=1-20 --days=2 --twice 2>&1 | sed 's/^/# /'
report "${PIPESTATUS[0]}" "the same seed is the same story"
"$sim" --seeds="${UC_SIM_SEEDS:-1-1000}" --days="${UC_SIM_DAYS:-1}" 2>&1 | sed 's/^/# /'
report "${PIPESTATUS[0]}" "whatever happens, every true change is exactly one event"
exit $((failures > 0))
