#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What was first seen is remembered from one run to the next, until somebody accepts a change.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

listen 1
port=${ports[0]}
export UCPOSTURE_PROFILE_DIR=$work/profiles
export XDG_STATE_HOME=$work/home
mkdir "$work/profiles"
cat >"$work/profiles/toy.yaml" <<END
profile: toy
title: Toy
rules:
  - id: same
    observe: port
    subject: tcp/$port
    expect: { port.state: { unchanged: true } }
    because: Nobody should change it
  - id: open
    observe: port
    subject: tcp/$port
    expect: { port.state: { present: true } }
    because: This one remembers nothing
END
state=$work/state/of/toy
toy=(check --profile=toy --state-dir="$state" --format=csv -v 127.0.0.1)

run 0 explain toy.same
says 'unchanged since first seen'

run 0 "${toy[@]}"
says 'open (first seen now)'
is_quiet
grep -q "^127.0.0.1	port/tcp-$port/same	port.state	20" "$state/first-seen" ||
	complain "nothing was remembered: $(cat "$state/first-seen")"
[ "$(grep -c port.state "$state/first-seen")" = 1 ] || complain "too much was remembered"
before=$(cat "$state/first-seen")
run 0 "${toy[@]}"
says_not 'first seen now'
says "unchanged since $(date -u +%Y-%m)"
is_quiet
[ "$(cat "$state/first-seen")" = "$before" ] || complain "what was remembered has changed"

# Nobody listens there any more.
kill "${started[0]}"
wait "${started[0]}" 2>/dev/null
started=()
run 2 "${toy[@]}"
says ': open,closed,'
[ "$(cat "$state/first-seen")" = "$before" ] || complain "a change was remembered by itself"
run 0 "${toy[@]}" --accept-changes
warns "ucposture: 127.0.0.1 port/tcp-$port/same: accepted port.state closed in place of 20"
run 0 "${toy[@]}"
is_quiet

# A damaged file is set aside; a newer one is left alone; and never is all well then.
echo "pbx" >>"$state/first-seen"
run 0 "${toy[@]}"
warns "$state/first-seen was damaged and is now called first-seen.damaged-1"
says 'closed (first seen now)'
[ -e "$state/first-seen.damaged-1" ] || complain "the damaged file is gone"
echo "ucposture first-seen 2" >"$state/first-seen"
run 3 "${toy[@]}"
warns 'a newer version of ucposture has written it'
warns 'give a folder that can be written to'
says 'not_remembered'
grep -qx "ucposture first-seen 2" "$state/first-seen" || complain "the newer file was changed"
run 3 check --profile=toy --state-dir="$work/profiles/toy.yaml" --format=csv 127.0.0.1
warns 'toy.yaml: Not a directory'
says 'closed (cannot be remembered)'

# The folder of the configuration, and an option that would do nothing.
cat >"$work/toy.conf" <<END
agent: { state_dir: $work/other }
targets: [ { name: toy, address: 127.0.0.1, profiles: toy } ]
END
run 0 check --config.file="$work/toy.conf" --format=csv
[ -s "$work/other/first-seen" ] || complain "the folder of the configuration is not used"
sed -i '/id: same/,/Nobody should/d' "$work/profiles/toy.yaml"
run 0 check --profile=toy --accept-changes --state-dir="$work/none" --format=csv 127.0.0.1
warns "no rule of these targets says 'unchanged'"
[ ! -e "$work/none" ] || complain "a folder was made for nothing"
finish
