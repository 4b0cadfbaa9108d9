#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The profile starface asks for the servers of its document: all of them while they are there,
# and each that is not is found, on the path where it is missing.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/vendor_world.bash
. "$here/vendor_world.bash"
world_needs tinyproxy "$UCPOSTURE"
world_enter "$0" "$@"
export UCPOSTURE UCPOSTURE_FENCE=kill

failures=0

is() # NAME EXPECTED SEEN
{
	if [ "$2" = "$3" ]; then
		echo "ok   $1: $3"
	else
		echo "FAIL $1: expected $2, seen $3"
		failures=$((failures + 1))
	fi
}

# servers VERDICT[|VERDICT] [OPTION...]: the checks of reach with one of them, by subject and
# family.
servers()
{
	local verdict=$1
	shift
	"$UCPOSTURE" check --profile=starface --ca-file="$world_ca" --timeout=3 \
		--feature=mobile-clients,starface-connect --format=csv "$@" 127.0.0.1 \
		| tr -d '\r' | awk -F, -v verdict="$verdict" \
			'$6 == "reach" && $9 ~ "^(" verdict ")$" { print $7 "/" $8 }' | sort | paste -sd' '
}

world_vendors
world_break update.starface.de refused
world_break starface-cdn.de status_503
world_break "connect-5.starface.example" filtered4
world_start
world_proxy tinyproxy

# The target has an IPv4 address only, so IPv4 is the way of its servers too. Whoever answers,
# be it with an error, can be reached.
missing="http://update.starface.de/4 https://update.starface.de/4 tcp://85.184.250.15:5061/4"
is 'what is missing is found' "$missing" "$(servers 'critical|warning')"
is 'all else is reached' 13 "$(servers ok | wc -w)"
is 'nothing is left open' '' "$(servers unknown)"
is 'without the feature nobody asks for Connect' 10 \
	"$("$UCPOSTURE" check --profile=starface --format=csv --timeout=3 127.0.0.1 \
		| grep -c 'reach,.*,\(ok\|critical\),')"
is 'from outside only the push server matters' 'https://push.starface.de/4' \
	"$(servers ok --vantage=external)"
# Connect's servers are never asked for through the proxy: audio would not go there.
is 'through the proxy the same are missing' "$missing" \
	"$(servers 'critical|warning' --via-proxy="$proxy")"
exit $((failures > 0))
