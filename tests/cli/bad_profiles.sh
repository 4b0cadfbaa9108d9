#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Profiles with one mistake of each kind: all are named at once, with file, line and column and
# what was probably meant, by every command that reads profiles; and nobody is looked at.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

folder=${top_srcdir:?}/tests/cli/bad_profiles
export UCPOSTURE_PROFILE_DIR=$work/none
mkdir "$work/none"
cp -r "$folder" "$work/profiles"
chmod -R u+w "$work/profiles"
echo 'targets: [ { name: one, address: 127.0.0.1, profiles: [ base ] } ]' >"$work/config.yaml"

# --- what only stays wrong in bytes is made here -----------------------------
torn=$work/profiles/torn
printf 'profile: broken\ntitle: Broken\nrules:\n\t- id: tab\n' >"$torn/broken.yaml"
printf 'profile: latin\ntitle: Stra\337e\n' >"$torn/latin.yaml"
: >"$torn/empty.yaml"
: >"$torn/other.yml"
cp "$work/profiles/wrong/base.yaml" "$torn"

cd "$work/profiles" || exit 99
for kind in wrong torn; do
	run 3 config check --profile.dir=$kind "$work/config.yaml"
	diff -u "$kind.expected" "$work/out" || complain "config check says something else of $kind"
	is_quiet
	grep -v '^[0-9]* error' "$kind.expected" >"$work/problems"
	for command in "profiles list" "profiles show base" "check --profile=base 127.0.0.1"; do
		# shellcheck disable=SC2086
		run 3 $command --profile.dir=$kind
		grep -v '^ucposture [a-z ]*: ' "$work/err" | diff -u "$work/problems" - \
			|| complain "$command says something else of $kind"
	done
done
[ "$(grep -c '^wrong/[a-z]*\.yaml:[0-9]*:[0-9]*: error: ' wrong.expected)" -ge 90 ] \
	|| complain "mistakes without a place, or fewer than there were"

# --- a word that is used nowhere ----------------------------------------------
rm wrong/wrong.yaml wrong/names.yaml
run 0 config check --profile.dir=wrong "$work/config.yaml"
says "wrong/base.yaml:5:45: warning: no rule names the feature 'unused': it does nothing"
says '0 errors, 1 warning'

echo 'targets: []' >"$work/config.yaml"

# --- a file that is nothing but mistakes, and one that is too large ------------
mkdir many large
{ printf 'profile: many\ntitle: t\nrules: ['; printf 'a,%.0s' {1..1234}; echo ']'; } >many/many.yaml
run 3 config check --profile.dir=many "$work/config.yaml"
says 'ucposture: 234 more errors, not shown'
says '1234 errors, 0 warnings'
{ printf 'profile: large\ntitle: t\n#'; head -c 4194304 /dev/zero | tr '\0' x; } >large/large.yaml
run 3 config check --profile.dir=large "$work/config.yaml"
says 'large/large.yaml'
says '4 MiB'
rm large/large.yaml
{ printf 'profile: large\ntitle: '; printf '[%.0s' {1..40}; echo; } >large/large.yaml
run 3 config check --profile.dir=large "$work/config.yaml"
says 'large/large.yaml:2:39: error: nothing is nested as deep as this'

finish
