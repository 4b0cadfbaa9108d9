#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Profiles of the user's own, as a user goes about them: a folder, a profile that extends another,
# ports moved at one target, what is found then, and what is said about the usual slips. What the
# README shows is tried, too.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ours=${UCPOSTURE_PROFILE_DIR:-${top_srcdir:?}/profiles}
listen 3
first=${ports[0]} second=${ports[1]} third=${ports[2]} closed=${ports[3]}
export UCPOSTURE_PROFILE_DIR=$work/ours
mkdir "$work/ours" "$work/mine"
cat >"$work/ours/toy.yaml" <<END
profile: toy
title: Toy PBX
features: { calls: Calls }
rules:
  - id: web
    title: The web interface answers
    observe: port
    subject: tcp/$closed
    expect: { port.state: { is: open } }
    because: People log in there
  - id: telnet
    title: Nobody needs telnet
    observe: port
    subject: tcp/$first
    expect: { port.state: { is: closed } }
    because: Nobody uses it any more
  - id: sip
    title: Telephones register
    observe: port
    subject: tcp/$closed
    feature: calls
    expect: { port.state: { is: open } }
    because: Calls begin there
  - id: fax
    title: Fax answers
    observe: port
    subject: tcp/$closed
    expect: { port.state: { is: open } }
    because: Somebody has one
END
cat >"$work/mine/site.yaml" <<END
profile: site
title: Toy PBX as we install it
title_de: Spielzeuganlage, wie wir sie einrichten
extends: toy
features: { doors: Door phones }
rules:
  - id: telnet
    title: Our own telnet is wanted
    observe: port
    subject: tcp/$first
    expect: { port.state: { is: open } }
    because: The door needs it
  - id: door
    title: The door phone answers
    observe: port
    subject: tcp/$third
    feature: [ doors, calls ]
    expect: { port.state: { is: closed } }
    because: It shall not be there
    remedy: Take it down
END

# config OVERRIDE OVERRIDE OVERRIDE
config()
{
	cat >"$work/ucposture.yaml" <<END
agent: { profile_dir: "$work/mine" }
targets:
  - name: site
    address: 127.0.0.1
    profiles: [ site ]
    features: [ calls ]
    overrides:
      $1
      $2
      $3
END
}
settled()
{
	config "web: { subject: tcp/$second }" "site.door: { severity: minor }" \
		"'toy.fax': { off: true }"
}

# verdicts CODE: of what was checked rule, subject, verdict and severity, sorted, in $work/out.
verdicts()
{
	run "$1" check --config.file="$work/ucposture.yaml" --format=json
	"${PYTHON3:-python3}" -c '
import json, sys
for check in json.load(sys.stdin)["targets"][0]["checks"]:
    print(check["rule"], check["subject"], check["verdict"], check["severity"])' \
		<"$work/out" | sort >"$work/verdicts"
	mv "$work/verdicts" "$work/out"
}

# --- it works ------------------------------------------------------------------
settled
run 0 config check "$work/ucposture.yaml"
says 'no problems'
verdicts 2
diff -u - "$work/out" <<END || complain "the overrides did something else"
site.door tcp/$third warning minor
site.telnet tcp/$first ok major
toy.fax tcp/$closed not_applicable major
toy.sip tcp/$closed critical major
toy.web tcp/$second ok major
END
# The same without the moved port: it is the override that mends it.
config "web: { severity: warning }" "sip: { subject: [ tcp/$first, tcp/$second ] }" "fax: { off: true }"
verdicts 2
says "site.door tcp/$third critical major"
says "toy.sip tcp/$first ok major"
says "toy.sip tcp/$second ok major"
says "toy.web tcp/$closed warning warning"
run 2 check --profile=site --feature=doors --profile.dir="$work/mine" 127.0.0.1
says 'The door phone answers'
run 0 explain door --profile=site --profile.dir="$work/mine"
says 'Take it down'
COLUMNS=200 run 0 profiles list --profile.dir="$work/mine"
says "from $work/mine/site.yaml"
says_not 'instead of'
run 0 profiles show site --profile.dir="$work/mine"
says 'The door phone answers'
says 'Telephones register'
says 'Our own telnet is wanted'
says_not 'Nobody needs telnet'
run 0 profiles show site --profile.dir="$work/mine" --lang=de
says 'wie wir sie einrichten'

# --- one of ours replaced --------------------------------------------------------
sed "s/^profile: .*/profile: toy/; /^extends/d; s/, calls//" "$work/mine/site.yaml" >"$work/mine/toy.yaml"
rm "$work/mine/site.yaml"
COLUMNS=300 run 0 profiles list --profile.dir="$work/mine"
says "from $work/mine/toy.yaml, instead of $work/ours/toy.yaml"
run 0 profiles show toy --profile.dir="$work/mine"
says_not 'Telephones register'
mv "$work/mine/toy.yaml" "$work/mine/site.yaml"
sed -i 's/^profile: .*/profile: site\nextends: toi/' "$work/mine/site.yaml"

# --- slips -------------------------------------------------------------------------
settled
run 3 config check "$work/ucposture.yaml"
says "$work/mine/site.yaml:2:10: error: unknown profile 'toi' (did you mean 'toy'?)"
says '1 error, 0 warnings'
sed -i 's/^extends: toi/extends: toy/' "$work/mine/site.yaml"
config "wbe: { subject: tcp/1 }" "toy.wbe: { off: true }" "'w?x*': { off: true }"
run 0 config check "$work/ucposture.yaml"
says "ucposture.yaml:8:7: warning: no rule of this target is called 'wbe' (did you mean 'web'?)"
says "ucposture.yaml:9:7: warning: no rule of this target is called 'toy.wbe' (did you mean 'toy.web'?)"
says "ucposture.yaml:10:7: warning: no rule of this target is called 'w?x*'"
config "web: { subject: /admin }" "sip: { subject: tcp/70000 }" "fax: { subjects: tcp/1, severity: mayor }"
run 3 config check "$work/ucposture.yaml"
says "ucposture.yaml:8:23: error: the rule 'web' cannot look at '/admin': a subject here is tcp/PORT"
says "ucposture.yaml:9:23: error: the rule 'sip' cannot look at 'tcp/70000': a port is a number from 1"
says "ucposture.yaml:10:14: error: unknown key 'subjects' (did you mean 'subject'?)"
says "ucposture.yaml:10:41: error: unknown severity 'mayor' (did you mean 'major'?)"
says '4 errors, 0 warnings'
run 3 check --config.file="$work/ucposture.yaml"
warns "unknown severity 'mayor'"
mv "$work/mine" "$work/moved"
settled
run 3 config check "$work/ucposture.yaml"
says "$work/mine: error: cannot read the folder of profiles"

# --- what the README shows -----------------------------------------------------------
# Its indented blocks, from a line that begins so to the next that is not indented.
readme()
{
	awk -v begin="    $1" '
		/^## Writing your own profile/ { inside = 1 }
		inside && index($0, begin) == 1 { copying = 1 }
		copying && /^[^ ]/ { exit }
		copying { print substr($0, 5) }' "$top_srcdir/README.md"
}
mkdir "$work/readme"
readme '# yaml-language-server' >"$work/readme/our-starface.yaml"
readme 'agent: { profile_dir' | sed "s|/etc/ucposture/profiles|$work/readme|" \
	| sed '/^ *ucposture /d' >"$work/ucposture.yaml"
export UCPOSTURE_PROFILE_DIR=$ours
run 0 config check "$work/ucposture.yaml"
says 'no problems'
run 0 profiles show our-starface --profile.dir="$work/readme"
says 'The certificate is of our own authority'
says "The PBX's time comes from our own server"
run 0 explain our-starface.time-server --profile=our-starface --profile.dir="$work/readme"
says 'Our handbook, page 12'

finish
