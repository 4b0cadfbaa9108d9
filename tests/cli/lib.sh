# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For the tests of the command line: run it, and say what is not as it should be. A test
# sources this, calls these functions, and ends with finish.

set -u
program=${UCPOSTURE:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/ucposture-cli-XXXXXX")
failures=0
started=()
export LC_ALL=C.UTF-8 COLUMNS=80
unset NO_COLOR

tidy_up()
{
	local pid
	for pid in "${started[@]}"; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap tidy_up EXIT

complain()
{
	failures=$((failures + 1))
	echo "FAILED: $*"
	sed 's/^/  out: /' "$work/out" | head -n 20
	sed 's/^/  err: /' "$work/err" | head -n 20
}

# run CODE WORD...: what it prints is in $work/out and $work/err.
run()
{
	local wanted=$1 code
	shift
	timeout 60 "$program" "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
	[ "$code" = "$wanted" ] || complain "ucposture $*: exit code $code, not $wanted"
}

says()
{
	grep -qF -- "$1" "$work/out" || complain "the output lacks: $1"
}

says_not()
{
	! grep -qF -- "$1" "$work/out" || complain "the output has: $1"
}

warns()
{
	grep -qF -- "$1" "$work/err" || complain "the errors lack: $1"
}

is_quiet()
{
	[ ! -s "$work/err" ] || complain "there are errors"
}

# matches SCHEMA: the output is JSON of that kind.
matches()
{
	"${PYTHON3:-python3}" - "${top_srcdir:?}/docs/$1" "$work/out" 2>"$work/err" <<-'END' \
		|| complain "not as $1 wants it"
		import json, sys
		from jsonschema import Draft202012Validator as Validator
		schema = json.load(open(sys.argv[1]))
		Validator.check_schema(schema)
		errors = list(Validator(schema).iter_errors(json.load(open(sys.argv[2]))))
		for error in errors[:3]:
		    print(list(error.absolute_path), error.message, file=sys.stderr)
		sys.exit(bool(errors))
	END
}

# listen PORTS: that many TCP listeners on 127.0.0.1 and, where there is one, ::1; their
# ports, and one more where nobody listens, are in $ports.
listen()
{
	local listener
	listener=$(dirname "${BASH_SOURCE[0]}")/listen.py
	"${PYTHON3:-python3}" "$listener" "$1" >"$work/ports" &
	started+=($!)
	local tries=0
	until [ -s "$work/ports" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo "the listeners did not start"; exit 1; }
		sleep 0.1
	done
	# shellcheck disable=SC2034 # for whoever sources this
	read -ra ports <"$work/ports"
}

finish()
{
	[ $failures = 0 ] || echo "$failures failures"
	exit $((failures > 0))
}
