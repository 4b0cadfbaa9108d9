#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What people read of a profile, letter by letter, on narrow and wide screens and in German.
# When it is meant to change, UPDATE=1 writes tests/cli/read/ anew: read the difference.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

wanted=${top_srcdir:?}/tests/cli/read
export UCPOSTURE_PROFILE_DIR=$wanted

# reads FILE COLUMNS WORD...: ucposture profiles WORD... says exactly what is in the file.
reads()
{
	local file=$wanted/$1 columns=$2
	shift 2
	COLUMNS=$columns run 0 profiles "$@"
	is_quiet
	[ "${UPDATE-}" ] && cp "$work/out" "$file"
	diff -u "$file" "$work/out" >"$work/err" || complain "$* is told otherwise"
	! grep -q ' $' "$work/out" || complain "$*: a line ends in a space"
	[ "$(wc -L <"$work/out")" -le "$columns" ] || complain "$*: wider than $columns"
}

reads show 80 show toy-pbx
reads show-narrow 40 show toy-pbx
reads show-wide 160 show toy-pbx
reads show-verbose 80 show toy-pbx --verbose
reads show-german 80 show toy-pbx --lang=de
reads show-colour 80 show toy-pbx --color=always
reads list 80 list
reads list-narrow 40 list
reads list-german 120 list --lang=de

# Colours change nothing but colours.
sed $'s/\x1b\\[[0-9;]*m//g' "$wanted/show-colour" | cmp -s - "$wanted/show" ||
	complain 'with colours something else is told'

# Every heading is German where titles are.
for heading in Immer Funktion Szenario Standort Zertifikate Gegenstellen; do
	grep -q "$heading" "$wanted/show-german" || complain "there is no $heading in German"
done

finish
