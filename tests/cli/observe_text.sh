#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What people read of an observation, letter by letter, on a narrow and a wide screen. When
# it is meant to change, UPDATE=1 writes tests/cli/observed/ anew: read the difference.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

print=${top_builddir:?}/tests/cli/print_observed
wanted=${top_srcdir:?}/tests/cli/observed

# shows FILE WORD...: print_observed says exactly what is in the file.
shows()
{
	local file=$wanted/$1
	shift
	"$print" "$@" >"$work/out" 2>"$work/err" || complain "print_observed $*"
	[ "${UPDATE-}" ] && cp "$work/out" "$file"
	diff -u "$file" "$work/out" >"$work/err" || complain "$* is told otherwise"
	! grep -q ' $' "$work/out" || complain "$*: a line ends in a space"
}

shows tls tls 80
shows tls-narrow tls 40
shows tls-wide tls 160
shows tls-verbose tls 80 verbose
shows tls-colour tls 80 colour
shows tls-modern tls-modern 80
shows certificate certificate 80
shows certificate-narrow certificate 40
shows certificate-wide certificate 160
shows certificate-verbose certificate 80 verbose
shows certificate-vendor certificate-vendor 80
shows certificate-vendor-colour certificate-vendor 80 colour
shows starttls starttls 80
shows host host 80
shows host-narrow host 40
shows host-verbose host 100 verbose

# The marks do not need colours.
for name in tls certificate-vendor; do
	sed $'s/\x1b\\[[0-9;]*m//g' "$wanted/$name-colour" | cmp -s - "$wanted/$name" ||
		complain "$name: colours change more than colours"
	grep -q '^ *!' "$wanted/$name-colour" || grep -q '!' "$wanted/$name" ||
		complain "$name: nothing is marked"
done

# The same as JSON: a chain is a list of objects.
if "${PYTHON3:-python3}" -c 'import jsonschema' 2>/dev/null; then
	for name in tls tls-modern certificate certificate-vendor starttls; do
		"$print" "$name" 80 json >"$work/out" 2>"$work/err" || complain "print_observed $name"
		matches observe.schema.json
	done
	"$print" certificate 80 json >"$work/out" 2>"$work/err"
	says '"subject": "CN=R11,O=Let'
	says '"key_bits": 2048'
else
	echo 'python3-jsonschema is not here, the JSON was not tried'
fi

finish
