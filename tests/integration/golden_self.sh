#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The harness of the golden tests fails when it should: each mistake that a profile, or a test of
# one, can have is made here on purpose, and must be found and named.
# shellcheck disable=SC2317 # what finds, passes and ended call
set -u
# shellcheck source=tests/integration/golden.bash
. "$(dirname "$0")/golden.bash"
golden_needs ss
golden_enter "$0" "$@"

failures=0

# finds NAME WORDS COMMAND...: it fails, and says so in these words.
finds() {
	local name=$1 words=$2 said
	shift 2
	if said=$("$@" 2>&1; exit $((golden_failures > 0))); then
		echo "FAIL $name: nothing is found"
	elif [[ $said != *FAIL* || $said != *"$words"* ]]; then
		printf 'FAIL %s: not for that reason, %s:\n%s\n' "$name" "$words" "$said"
	else
		echo "ok   $name"
		return
	fi
	failures=$((failures + 1))
}

# passes NAME COMMAND...
passes() {
	local name=$1 said
	shift
	if said=$("$@" 2>&1; exit $((golden_failures > 0))); then
		echo "ok   $name"
		return
	fi
	printf 'FAIL %s:\n%s\n' "$name" "$said"
	failures=$((failures + 1))
}

# The end of a test that has seen FAULTS (functions) and nothing else.
ended() { # FAULT...
	local fault
	mkdir "$golden/copy"
	cp -r "$golden"/*.base "$golden"/*.state "$golden/copy"
	golden=$golden/copy
	for fault in "$@"; do
		"$fault"
	done
	golden_finish
	local status=$?
	rm -r "$golden"
	return "$status"
}

golden_system pbx.example 10.77.0.1 fd77::1
world_start
mkdir "$tls_place/profiles"
cat >"$tls_place/profiles/small.yaml" <<'PROFILE'
profile: small
title: A small one
source: { vendor: Nobody, document: None }
features: { fax: Fax }
rules:
  - { id: web, title: Web, observe: port, subject: tcp/443, expect: { port.state: { is: open } },
      because: It must be there, remedy: Start it, reference: "Row 1" }
  - { id: fax, title: Fax, observe: port, subject: tcp/4559, expect: { port.state: { is: open } },
      otherwise: { port.state: { is_not: open } }, feature: fax, severity: minor,
      because: Faxes go there, remedy: Start it, reference: "Row 2" }
PROFILE
golden_open tcp/443
for feature in "" fax; do
	golden_view "small$feature" --profile=small --profile.dir="$tls_place/profiles" \
		${feature:+"--feature=$feature"}
done
golden_good small
golden_open tcp/4559
golden_good smallfax
golden_close tcp/4559

golden_is_done=" smallfax "

# Faults, each with what it needs.
web() {
	golden_fault "no web" small 'golden_close tcp/443' 'golden_open tcp/443' \
		port/tcp-443/web=critical
}
superfluous_fax() {
	golden_fault "fax" small 'golden_open tcp/4559' 'golden_close tcp/4559' \
		port/tcp-4559/fax=warning
}
no_fax() {
	golden_open tcp/4559
	golden_fault "no fax" smallfax 'golden_close tcp/4559' : port/tcp-4559/fax=warning
}
forgotten() {
	golden_fault "fax" small 'golden_open tcp/4559' : port/tcp-4559/fax=warning
}
never_fax() {
	golden_never port/tcp-4559/fax "nobody sends any"
}

passes "a fault that changes what it should is well" web
passes "a pattern means all that applies" golden_fault pattern small 'golden_close tcp/443' \
	'golden_open tcp/443' 'port/tcp-443/*=critical'
passes "who is named is not meant by a pattern" golden_fault named small 'golden_close tcp/443' \
	'golden_open tcp/443' 'port/tcp-443/*=unknown' port/tcp-443/web=critical
passes "one family alone can be meant" golden_fault four small \
	'golden_nft "ip daddr 10.77.0.1 tcp dport 443 reject with tcp reset"' golden_nft_flush \
	port/tcp-443/web@4=critical
finds "a fault that changes nothing" "still port/tcp-443/web: ok" \
	golden_fault nothing small : : port/tcp-443/web=critical
finds "a fault that changes more than it should" "not foreseen: port/tcp-4559/fax: warning" \
	golden_fault more small 'golden_close tcp/443; golden_open tcp/4559' \
	'golden_open tcp/443; golden_close tcp/4559' port/tcp-443/web=critical
finds "another verdict than the one that was said" "not warning: port/tcp-443/web: critical" \
	golden_fault verdict small 'golden_close tcp/443' 'golden_open tcp/443' \
	port/tcp-443/web=warning
finds "a check that there is not" "no check is meant by port/tcp-444/web=critical" \
	golden_fault absent small : : port/tcp-444/web=critical
finds "a fault of one family that should be one of both" "still port/tcp-443/web/ipv6: ok" \
	golden_fault both small \
	'golden_nft "ip daddr 10.77.0.1 tcp dport 443 reject with tcp reset"' golden_nft_flush \
	port/tcp-443/web=critical
finds "a fault of both that should be of one" "not foreseen: port/tcp-443/web: critical" \
	golden_fault one small 'golden_close tcp/443' 'golden_open tcp/443' \
	port/tcp-443/web@6=critical
finds "a fault that cannot be made" "cannot: false" golden_fault cannot small false : \
	port/tcp-443/web=critical
finds "a port that is open already" "Address already in use" golden_open tcp/443
golden_close tcp/443
finds "a good system that is none" "port/tcp-443/web: critical" golden_good small
golden_view nobody --profile=uc-baseline --config.file=/nonexistent
finds "a look that is refused" "there is no report" golden_good nobody
unset 'golden_views[nobody]'
golden_open tcp/443
golden_good small
passes "all checks were made to fail" ended web superfluous_fax no_fax
passes "all but those that cannot" ended web never_fax
finds "a check that nobody made fail" "no fault makes it fail: port/tcp-4559/fax of small" \
	ended web
finds "what is demanded without a feature, made to fail only with it" \
	"no fault makes it fail: port/tcp-4559/fax of small, not open" ended web no_fax
finds "an excuse that nobody needs" "golden_never port/tcp-4559/fax, but" \
	ended web superfluous_fax no_fax never_fax
finds "a fault that is not undone" "at the end all is as it was" ended web no_fax forgotten
exit $((failures > 0))
