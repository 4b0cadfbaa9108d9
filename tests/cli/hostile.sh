#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# More than a hundred strings that strangers may send, in every place of a report, in every
# format; programs that know the format read it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# print FORMAT
print()
{
	"${top_builddir:?}/tests/cli/print_hostile" "$1" >"$work/out" 2>"$work/err" ||
		complain "print_hostile $1"
}

# with TOOL WORD...: the tool reads the report without complaint.
with()
{
	if command -v "$1" >/dev/null; then
		"$@" <"$work/out" >"$work/said" 2>"$work/err" || complain "$*"
	else
		echo "$1 is not here, left out"
	fi
}

print json
"${PYTHON3:-python3}" - "$work/out" <<-'END' || complain 'not JSON as it was meant'
	import json, sys
	report = json.load(open(sys.argv[1], encoding="utf-8"))
	checks = [check for target in report["targets"] for check in target["checks"]]
	sys.exit(len(checks) < 200 or not any(check["observed"] == "a\r\nb" for check in checks))
END
print csv
"${PYTHON3:-python3}" - "$work/out" <<-'END' || complain 'not a table'
	import csv, sys
	rows = list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8")))
	wrong = [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
	sys.exit({len(row) for row in rows} != {16} or len(rows) < 200 or bool(wrong))
END
print junit
with xmllint --noout -
print prometheus
with promtool check metrics
print nagios
[ "$(wc -l <"$work/out")" = 1 ] || complain 'more than a line'
print checkmk
grep -qvE '^[0-3] "[^"]+" [^ ]+ .+$' "$work/out" && complain 'not a local check'
print human

finish
