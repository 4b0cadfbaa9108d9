#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A configuration and an inventory with one mistake of each kind, and what good ones say.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

export UCPOSTURE_PROFILE_DIR=${top_srcdir:?}/profiles
listen 2
cp -r "$top_srcdir/tests/cli/bad_config" "$work/bad"
chmod -R u+w "$work/bad"
cd "$work/bad" || exit 99

run 3 config check config.yaml
diff -u expected "$work/out" || complain "config check says something else"
is_quiet
# Nobody is planned for then, so profiles that nobody knows are not noticed.
grep -v -e '^[0-9]* error' -e "unknown profile 'reachabel'" expected >"$work/problems"
for command in check "explain port/tcp-443/answers"; do
	# shellcheck disable=SC2086
	run 3 $command --config.file=config.yaml
	diff -u "$work/problems" "$work/err" || complain "$command says something else"
done

# --- targets of files ----------------------------------------------------------
mkdir "$work/good" "$work/good/targets.d"
cd "$work/good" || exit 99
cat >config.yaml <<-END
	targets:
	  - name: gateway
	    address: 127.0.0.1
	    guard: true
	    profiles: [ reachable ]
	    overrides: { answers: { subject: tcp/${ports[0]} } }
	inventory:
	  - { file: targets.d/*.yaml, defaults: { profiles: [ reachable ] } }
END
cat >targets.d/2.yaml <<-END
	- { name: late, address: 127.0.0.1, overrides: { answers: { subject: tcp/${ports[1]} } } }
END
echo '[ { "targets": [ "127.0.0.1:9100" ], "labels": { "__ucposture_name": "early" } } ]' \
	>targets.d/1.yaml
run 0 config check config.yaml
says 'config.yaml: 3 targets (2 from files), 3 checks, 0 exceptions'
says 'no problems'
# Not for check, which would fetch it.
{
	cat config.yaml
	echo '  - { http: "https://inventory.example/?token=secret" }'
	echo 'exceptions:'
	echo '  - { target: fetched, check: "*", reason: r, owner: o, until: 2099-01-01 }'
} >with-url.yaml
run 0 config check with-url.yaml
says 'with-url.yaml: 3 targets (2 from files), 3 checks, 1 exception'
says 'with-url.yaml: note: https://inventory.example/ is not fetched here'
says_not secret
says 'no problems'
run 0 check --config.file=config.yaml --format=csv
is_quiet
[ "$(cut -d, -f1 "$work/out" | sed 1d | paste -sd' ')" = "gateway early late" ] ||
	complain "not the targets of both, in their order"
run 0 check --config.file=config.yaml --format=csv late
[ "$(cut -d, -f1 "$work/out" | sed 1d)" = late ] || complain "not the one of a file"
run 3 check --config.file=config.yaml lat
warns "unknown target 'lat' (did you mean 'late'?)"
run 0 explain --config.file=config.yaml "port/tcp-${ports[1]}/answers"
says 'The system answers'

echo '- { name: gateway, address: 127.0.0.1 }' >targets.d/3.yaml
run 3 check --config.file=config.yaml gateway
warns "targets.d/3.yaml:1:3: error: a second target is called 'gateway': the first is in config.yaml:2"

rm targets.d/*
printf 'targets: []\ninventory: [ { file: targets.d/*.yaml } ]\n' >config.yaml
run 3 check --config.file=config.yaml
warns 'config.yaml: error: it names no targets, nor does its inventory'
run 0 config check config.yaml
says 'no problems'
rmdir targets.d
run 0 config check config.yaml
says "config.yaml:2:14: warning: no file is called 'targets.d/*.yaml'"
says '0 errors, 1 warning'

finish
