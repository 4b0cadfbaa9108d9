#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 100,000 seeds of a week each, a range at a time on each CPU. What is done is noted in
# sim-long.done: begun again it goes on from there. UC_SIM_SEEDS: how many; UC_SIM_DAYS: how
# long; UC_SIM_JOBS: how many at once.
set -u
sim=${top_builddir:-.}/tests/sim/sim
seeds=${UC_SIM_SEEDS:-100000}
days=${UC_SIM_DAYS:-7}
jobs=${UC_SIM_JOBS:-$(nproc)}
each=500
done_file=${top_builddir:-.}/sim-long.done
build=$(cksum <"$sim" | tr ' ' '-')

# Of another program, or of other days, nothing is done yet.
if [ "$(head -n 1 "$done_file" 2>/dev/null)" != "$build $days" ]; then
	echo "$build $days" >"$done_file"
fi

run_range()
{
	local first=$1 last=$(($1 + each - 1)) said
	[ "$last" -le "$seeds" ] || last=$seeds
	grep -qx "$first-$last" "$done_file" && return 0
	if said=$("$sim" --seeds="$first-$last" --days="$days" 2>&1); then
		echo "$first-$last" >>"$done_file"
		echo "${said%%$'\n'*}"
		return 0
	fi
	echo "$said"
	return 1
}
export -f run_range
export sim seeds days each done_file

echo "1..1"
if seq 1 "$each" "$seeds" | xargs -P "$jobs" -I{} bash -c 'run_range {}' | sed 's/^/# /' &&
	[ "${PIPESTATUS[1]}" = 0 ]; then
	echo "ok 1 - $seeds seeds of $days days"
else
	echo "not ok 1 - $seeds seeds of $days days"
	exit 1
fi
