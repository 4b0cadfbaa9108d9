#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check, explain and config check with a profile of our own against listeners of our own;
# every format is read back by a program that knows it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

listen 2
web=${ports[0]} extra=${ports[1]} closed=${ports[2]}
export UCPOSTURE_PROFILE_DIR=$work/profiles
mkdir "$work/profiles"
cat >"$work/profiles/toy.yaml" <<END
profile: toy
title: Toy PBX
title_de: Spielzeuganlage
source: { vendor: Toys, document: Toy guide, version: "1" }
features: { calls: Calls, games: Games }
scenarios: { sweep: Look at some ports }
peers: { mail: Mail relay }
rules:
  - id: web
    title: The web interface answers
    title_de: Die Weboberfläche antwortet
    observe: port
    subject: tcp/$web
    expect: { port.state: { is: open } }
    because: People log in there
    remedy: Switch it on
    reference: Row 1
  - id: secret
    title: Nobody needs this port
    observe: port
    subject: tcp/$extra
    feature: calls
    expect: { port.state: { is: open } }
    otherwise: { port.state: { is: closed } }
    because: Only calls need it
    remedy: Close it
    reference: Row 2
  - id: backup
    title: The backup service answers
    observe: port
    subject: tcp/$closed
    feature: games
    expect: { port.state: { is: open } }
    severity: minor
    because: Games are saved there
  - id: share
    title: The share is signed
    observe: smb
    subject: tcp/$extra
    scenario: sweep
    expect: { smb.signing: { is: required } }
    because: Anybody could change it on the way
  - id: relay
    title: The mail relay is within reach
    observe: port
    subject: tcp/25
    peer: mail
    expect: { port.state: { is: open } }
    because: Voice mail goes out
not_observable:
  - sentence: Change the password
    reason: We never log in
    by_hand: Ask
END
cat >"$work/profiles/from.yaml" <<END
profile: from
title: Satellite
peers: { server: The server }
rules:
  - id: for-the-server
    observe: port
    subject: tcp/$web
    only_from: server
    expect: { port.state: { is: open } }
    because: The server talks to it
  - id: for-nobody-else
    observe: port
    subject: tcp/$web
    not_from: server
    expect: { port.state: { is_not: open } }
    because: Nobody else does
  - id: later
    observe: port
    subject: tcp/$web
    expect: { port.state: { is: closed } }
    provisional_while: for-nobody-else
    severity: minor
    because: It says little while others come in
END
toy=(check --profile=toy --probes-per-second=0)

# --- from whose address ------------------------------------------------------
# All of 127.0.0.0/8 is ours, nothing of 192.0.2.0/24.
from=(check --profile=from --verbose)
run 2 "${from[@]}" 127.0.0.1
says '1 peer not given'
says 'provisional while'
run 2 "${from[@]}" --format=json 127.0.0.1
says '"provisional": true'
matches check.schema.json
run 1 "${from[@]}" --peer=server=127.0.0.9 127.0.0.1
says '1 other source'
says_not 'provisional while port'
run 2 "${from[@]}" --peer=server=192.0.2.9 --peer='server=[2001:db8::9]' 127.0.0.1
says '1 other source'
run 2 "${from[@]}" --peer=server=127.0.0.9 --source=127.0.0.8 127.0.0.1
run 1 "${from[@]}" --peer=server=127.0.0.9 --source=127.0.0.9 --source=::1 127.0.0.1
run 3 "${from[@]}" --peer=server=localhost 127.0.0.1
warns 'must be given by its addresses'
run 3 "${from[@]}" --peer=server=127.0.0.9 --peer=server=127.0.0.8 127.0.0.1
warns 'one address of each version of IP is enough'
run 3 "${from[@]}" --source=127.0.0.9 --source=127.0.0.8 127.0.0.1
warns 'one address of each version of IP is enough'

# --- exit codes ------------------------------------------------------------
run 2 "${toy[@]}" 127.0.0.1
says 'CRITICAL  port/tcp-'
says 'Close it'
says 'Row 2'
says 'off: calls, games'
is_quiet
# Many that are off are a number, unless they are asked for.
{
	printf 'profile: many\ntitle: Many\nfeatures:\n'
	for number in {1..13}; do printf '  part-%s: Part\n' "$number"; done
	printf 'rules:\n  - { id: web, observe: port, subject: tcp/1, because: toys,\n'
	printf '      feature: [ part-1%s ], expect: { port.state: { is_not: open } } }\n' \
		"$(printf ', part-%s' {2..13})"
} >"$work/profiles/many.yaml"
run 3 check --profile=many 127.0.0.1
says 'off: 13; --verbose lists them'
run 0 check --profile=many --feature=part-2 127.0.0.1
says 'on: Part (part-2); off: part-1, part-3'
run 3 check --profile=many --verbose 127.0.0.1
says 'part-13'
rm "$work/profiles/many.yaml"
run 0 "${toy[@]}" --feature=calls 127.0.0.1
says_not 'CRITICAL'
says '1 peer not given'
run 1 "${toy[@]}" --feature=calls,games 127.0.0.1
says 'WARNING'
run 3 "${toy[@]}" --feature=calls --scenario=sweep 127.0.0.1
says 'UNKNOWN'
run 0 "${toy[@]}" --feature=calls --peer="mail=127.0.0.1:$web" 127.0.0.1
run 2 "${toy[@]}" --feature=calls --peer="mail=127.0.0.1:$closed" 127.0.0.1
run 0 "${toy[@]}" --feature=calls --verbose 127.0.0.1
says 'ok        port/tcp-'
run 0 "${toy[@]}" --feature=calls '[::1]'
run 0 "${toy[@]}" --feature=calls 127.0.0.1 ::1
says 'VERDICT   TARGET'
run 0 "${toy[@]}" --feature=calls 127.0.0.1 127.0.0.1
says_not 'VERDICT   TARGET'

# --- languages and colours -------------------------------------------------
run 2 "${toy[@]}" --lang=de 127.0.0.1
says 'Spielzeuganlage'
run 2 "${toy[@]}" --format=json --lang=de 127.0.0.1
says 'Die Weboberfläche antwortet'
run 2 "${toy[@]}" 127.0.0.1
says_not "$(printf '\033')"
run 2 "${toy[@]}" --color=always 127.0.0.1
says "$(printf '\033')"

# --- formats ---------------------------------------------------------------
every=("${toy[@]}" "--feature=calls,games" --scenario=sweep 127.0.0.1 ::1)
run 1 "${every[@]}" --format=nagios
[ "$(wc -l <"$work/out")" = 1 ] || complain 'nagios says more than one line'
says 'UCPOSTURE WARNING - 2 targets: '
says ' | score='
run 1 "${every[@]}" --format=nagios -vv
says 'WARNING 127.0.0.1 port/tcp-'
run 1 "${every[@]}" --format=checkmk
grep -qvE '^[0-3] "UC posture [^"]+" [^ ]+ .+$' "$work/out" && complain 'not a local check'
run 1 "${every[@]}" --format=csv
"${PYTHON3:-python3}" - "$work/out" <<-'END' || complain 'not a table'
	import csv, sys
	rows = list(csv.DictReader(open(sys.argv[1], newline="")))
	sys.exit(len(rows) < 10 or {row["verdict"] for row in rows} !=
	         {"ok", "warning", "unknown", "not_applicable"})
END
run 1 "${every[@]}" --format=json
if "${PYTHON3:-python3}" -c 'import jsonschema' 2>/dev/null; then
	matches check.schema.json
else
	echo 'python3-jsonschema is not here, the schema was not tried'
fi
run 1 "${every[@]}" --format=junit
if command -v xmllint >/dev/null; then
	xmllint --noout "$work/out" 2>"$work/err" || complain 'not XML'
else
	echo 'xmllint is not here, JUnit was not tried'
fi
run 1 "${every[@]}" --format=prometheus
says 'ucposture_port_state{target="127.0.0.1"'
says 'ucposture_target_up{target="127.0.0.1"} 1'
says 'ucposture_smb_signing_required{'
if command -v promtool >/dev/null; then
	promtool check metrics <"$work/out" 2>"$work/err" >&2 || complain 'promtool minds'
else
	echo 'promtool is not here, the metrics were not tried'
fi

# --- files -----------------------------------------------------------------
run 0 "${toy[@]}" --feature=calls --format=json --output="$work/report.json" 127.0.0.1
[ ! -s "$work/out" ] || complain 'a report in a file is also printed'
cp "$work/report.json" "$work/out"
says '"schema": 1'
[ "$(find "$work" -name '.report*' | wc -l)" = 0 ] || complain 'a temporary file is left'
run 3 "${toy[@]}" --output="$work/none/report" 127.0.0.1
warns 'cannot write'

# --- configurations --------------------------------------------------------
cat >"$work/good.yaml" <<END
targets:
  - { name: one, address: 127.0.0.1, profiles: [ toy ], features: [ calls ], labels: { site: here } }
  - { name: two, address: 127.0.0.1, profiles: [ toy ] }
exceptions:
  - { target: two, check: "port/tcp-$extra/*", reason: a toy, owner: me, until: 2099-12-31 }
END
run 0 config check "$work/good.yaml"
says 'no problems'
COLUMNS=140 run 0 check --config.file="$work/good.yaml"
says 'VERDICT   TARGET'
says 'excepted'
says 'until 2099-12-31'
run 0 check --config.file="$work/good.yaml" one
says_not 'two'
run 0 check --config.file="$work/good.yaml" 't*'
says_not 'one'
run 3 check --config.file="$work/good.yaml" onne
warns "(did you mean 'one'?)"
run 0 check --config.file="$work/good.yaml" one --format=prometheus
says 'site="here"'
cat >"$work/bad.yaml" <<END
targets:
  - { name: one, address: 127.0.0.1, profiles: [ toi ] }
  - { name: two, adress: 127.0.0.1, profiles: [ toy ] }
END
run 3 config check "$work/bad.yaml"
says "$work/bad.yaml:3:"
says "(did you mean 'address'?)"
says 'error'
run 3 config check "$work/good.yaml" "$work/none.yaml"
says 'none.yaml'
run 3 check --config.file="$work/bad.yaml"
warns "$work/bad.yaml:3:"

# --- explanations ----------------------------------------------------------
run 0 explain toy.web --profile=toy
says 'People log in there'
says 'Switch it on'
says 'Toy guide'
run 0 explain "port/tcp-$web/web/ipv6" --profile=toy
says 'toy.web'
run 0 explain secret --profile=toy
says 'Otherwise'
run 0 explain "port/tcp-$extra/secret" --config.file="$work/good.yaml"
says 'one port/tcp-'
says 'two port/tcp-'
run 3 explain toy.wbe --profile=toy
warns "(did you mean 'toy.web'?)"
run 3 explain
warns 'which check?'
run 0 profiles show toy
says 'Feature: Calls (calls)'
says 'Scenario: '
says 'to mail'
says 'By hand    Ask'

# --- interrupted -----------------------------------------------------------
# A range that needs minutes at one packet a second.
cat >"$work/profiles/slow.yaml" <<END
profile: slow
title: Slow
rules:
  - { id: sweep, observe: port, subject: tcp/1-60, expect: { port.open: { only: [ 1 ] } }, because: It is slow }
END
for signal in INT TERM; do
	timeout --signal="$signal" --kill-after=20 2 "$program" check --profile=slow \
		--packets-per-second=1 --format=json 127.0.0.1 >"$work/out" 2>"$work/err"
	code=$?
	[ $code = 124 ] || complain "SIG$signal does not end it: $code"
	says '"reason": "cancelled"'
done
"$program" check --profile=slow --packets-per-second=1 127.0.0.1 >"$work/out" 2>"$work/err" &
pid=$!
sleep 1
kill -TERM $pid
wait $pid
code=$?
[ $code = 3 ] || complain "an interrupted round ends with $code"
says 'Interrupted'

finish
