#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything a machine can say about the sources. Tools that are absent are named and left
# out. With --format, clang-format also says how it would write the lines changed since main:
# advice, because a table reads better as its author laid it out.
set -u
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top" || exit 99
failures=0

step()
{
	local name=$1
	shift
	if "$@"; then
		echo "lint: $name: fine"
	else
		echo "lint: $name: see above"
		failures=$((failures + 1))
	fi
}

have()
{
	command -v "$1" >/dev/null || {
		echo "lint: $1 is not here, left out (apt-get install $2)"
		return 1
	}
}

lint_manuals()
{
	local page said=0
	for page in man/*.[1-8]; do
		[ -e "$page" ] || continue
		mandoc -T lint -W warning "$page" || said=1
	done
	return $said
}

# Two at once, a few scripts each: what they share is read again for each of them, which takes
# most of the time. What is found goes through files, so that no finding stands in another.
lint_shell()
{
	local found code
	found=$(mktemp -d) || return 1
	# shellcheck disable=SC2016 # these are for the inner one
	grep -rIlZE '^#!.*\b(ba|da)?sh\b' quickstart .ci tests contrib 2>/dev/null |
		xargs -0 -n4 -P2 bash -c 'shellcheck --severity=style -x "$@" >"$0/$$" 2>&1' "$found"
	code=$?
	cat "$found"/*
	rm -rf "$found"
	return "$code"
}

advise_format()
{
	local base
	base=$(git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)
	git clang-format --diff -q --extensions c,h "$base" 2>/dev/null
}

step sources "${PYTHON3:-python3}" tests/lint/lint.py .
have mandoc mandoc && step manuals lint_manuals
have shellcheck shellcheck && step scripts lint_shell
if [ "${1-}" = --format ] && git rev-parse --git-dir >/dev/null 2>&1; then
	have git-clang-format clang-format && advise_format
fi
[ "$failures" -eq 0 ]
