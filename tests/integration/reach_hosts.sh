#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Every host of the vendors' documents, reached directly and through proxies, over IPv4 and
# IPv6, and each way in which it can fail; curl and dig must agree. And what is never done:
# a redirect followed, a name looked up twice, a thread started, one waiting for another.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/vendor_world.bash
. "$here/vendor_world.bash"
world_needs curl dig tinyproxy squid "$UCPOSTURE"
world_enter "$0" "$@"
export UCPOSTURE UCPOSTURE_FENCE=kill

failures=0
good="cert.trusted=true cert.name_match=true"

# expect NAME URL PROXY IPV4 IPV6 [FACT=VALUE...]: see reach_compare.py.
expect()
{
	local IFS=$'\t'
	echo "$*" >>"$world/cases"
}

is() # NAME EXPECTED SEEN
{
	if [ "$2" = "$3" ]; then
		echo "ok   $1: $3"
	else
		echo "FAIL $1: expected $2, seen $3"
		failures=$((failures + 1))
	fi
}

# --- who is there ---------------------------------------------------------------------

last=0
# broken HOW...: a host of its own that is so, in $host.
broken()
{
	last=$((last + 1))
	host=${1//_/-}.example
	world_host "$host" "198.51.100.$last" "2001:db8::$last" https:443 http:80
	world_break "$host" "$@"
}

for how in nxdomain servfail dns_silent dns_refused no_address only_v4 only_v6 refused filtered \
	filtered4 unreachable prohibited no_route no_route6 only_proxy expired not_yet self_signed \
	wrong_name stranger incomplete alert silent closes resets garbage endless_head \
	endless_body status_200 status_403 status_404 status_500 status_503; do
	broken "$how"
done
broken no_tls
world_host moved.example 198.51.100.200 2001:db8::200 https:443 http:80
world_break moved.example redirect_update.starface.de
world_host once.example 198.51.100.201 2001:db8::201 https:443
world_host once-again.example 198.51.100.202 2001:db8::202 https:443
# An answer that lies outside of the vendor's own range.
world_host outside.datatal.se 203.0.113.7 2001:db8:1::7 https:443
world_vendors
world_start
world_proxy tinyproxy
tinyproxy=$proxy
world_proxy squid
squid=$proxy
world_proxy tinyproxy phone:secret
tinyproxy_of_phone=$proxy
world_proxy squid phone:secret
squid_of_phone=$proxy

# known PROXY USER:PASSWORD
known()
{
	echo "http://$2@${1#http://}"
}

# --- first, what is counted --------------------------------------------------------------

look() # URL OPTION...
{
	"$UCPOSTURE" observe reach "$@" --timeout=3 --ca-file="$world_ca" >"$world/said"
}

look https://once.example
is "questions for IPv4 of a name, for both observations" 1 "$(world_lookups once.example A)"
is "questions for IPv6 of it" 1 "$(world_lookups once.example AAAA)"
is "requests that came of it" 2 "$(world_requests " once.example ")"
look https://once-again.example --via-proxy="$squid"
is "questions for a name behind a proxy, which are the proxy's" 1 \
	"$(world_lookups once-again.example A)"
look https://moved.example
look http://moved.example
is "requests to who redirects" 4 "$(world_requests " moved.example ")"
is "requests to where he redirects" 0 "$(world_requests " update.starface.de ")"

# --- the vendors' hosts ----------------------------------------------------------------

# instead IPV6 ANSWER: what becomes of IPv6 where it is there (six), not (none), or not asked (-).
instead()
{
	case $1 in
	six) echo "$2" ;;
	none) echo unset/resolve/no_address ;;
	*) echo - ;;
	esac
}

# everywhere SCHEME://HOST[:PORT] IPV6 [FACT=VALUE...]: directly, and where proxies lead; squid
# leaves only 443 to CONNECT.
everywhere()
{
	local url=$1 six=$2 scheme=${1%%:*} answer=reply/200 through=reply/200 refusal facts=("${@:3}")
	case $scheme in
	tcp) answer=connect through=proxy ;;
	tls) answer=tls through=tls ;;
	esac
	six=$(instead "$six" "ok/$answer")
	refusal=ok/$through
	case $url in
	http://* | https://*[a-z] | *:443) ;;
	*) refusal=no/proxy/proxy_refused ;;
	esac
	expect "$url" "$url" - "ok/$answer" "$six" "${facts[@]}"
	expect "$url, tinyproxy" "$url" "$tinyproxy" "ok/$through" - "${facts[@]}"
	expect "$url, squid" "$url" "$squid" "$refusal" - "${facts[@]}"
}

for host in "${!world_services[@]}"; do
	case $host in
	connect-*.starface.example)
		# Given as numbers; over UDP and TCP, of which this is the one that can be asked.
		everywhere "tcp://${world_v4[$host]}:5060" -
		everywhere "tls://${world_v4[$host]}:5061" - cert.name_match=true
		continue
		;;
	*.example | outside.*) continue ;;
	esac
	six=six
	[ "${world_v6[$host]}" != - ] || six=none
	for service in ${world_services[$host]}; do
		case $service in
		http:80) everywhere "http://$host" "$six" ;;
		https:443)
			# shellcheck disable=SC2086 # several words
			everywhere "https://$host" "$six" $good
			expect "tls://$host" "tls://$host" - ok/tls "$(instead "$six" ok/tls)" \
				cert.name_match=true
			;;
		https:*)
			# shellcheck disable=SC2086
			everywhere "https://$host:${service#*:}" "$six" $good
			everywhere "tcp://$host:${service#*:}" "$six"
			;;
		esac
	done
done
expect "an answer inside the range" https://services.datatal.se - ok/reply/200 ok/reply/200
expect "an answer outside of it" https://outside.datatal.se - ok/reply/200 ok/reply/200

# --- who wants a password -------------------------------------------------------------

for url in https://push.starface.de http://update.starface.de tls://push.starface.de \
	tcp://push.starface.de:443; do
	case $url in
	http*) answer=ok/reply/200 ;;
	tls*) answer=ok/tls ;;
	*) answer=ok/proxy ;;
	esac
	for proxy in "$tinyproxy_of_phone" "$squid_of_phone"; do
		expect "$url, $proxy without a password" "$url" "$proxy" \
			no/proxy/proxy_authentication -
		expect "$url, $proxy with a wrong one" "$url" "$(known "$proxy" phone:wrong)" \
			no/proxy/proxy_authentication -
		expect "$url, $proxy with the password" "$url" "$(known "$proxy" phone:secret)" \
			"$answer" -
	done
	expect "$url, nobody is the proxy" "$url" http://10.53.1.1:3129 no/proxy/refused -
	expect "$url, a proxy without a name" "$url" http://nxdomain.example:3128 \
		no/proxy/name_not_found -
done

# --- whoever cannot be reached ----------------------------------------------------------

everyway() # HOW IPV4 IPV6: with TLS, without, and the bare port
{
	local host=${1//_/-}.example
	expect "$1, https" "https://$host" - "$2" "$3"
	expect "$1, tls" "tls://$host" - "$2" "$3"
	expect "$1, http" "http://$host" - "$2" "$3"
	expect "$1, tcp" "tcp://$host:443" - "$2" "$3"
}

both()
{
	everyway "$1" "$2" "$2"
}

both nxdomain no/resolve/name_not_found
both servfail no/resolve/name_server_failed
both dns_refused no/resolve/name_server_failed
both dns_silent no/resolve/timed_out
both no_address no/resolve/no_address_at_all
both refused no/connect/refused
both filtered no/connect/timed_out
both only_proxy no/connect/timed_out
both unreachable no/connect/unreachable
both prohibited no/connect/prohibited
both no_route unset/connect/no_route
for way in https:reply/200 http:reply/200 tls:tls; do
	scheme=${way%%:*} ok=ok/${way#*:}
	expect "only_v4, $scheme" "$scheme://only-v4.example" - "$ok" unset/resolve/no_address
	expect "only_v6, $scheme" "$scheme://only-v6.example" - unset/resolve/no_address "$ok"
	expect "filtered4, $scheme" "$scheme://filtered4.example" - no/connect/timed_out "$ok"
	expect "no_route6, $scheme" "$scheme://no-route6.example" - "$ok" unset/connect/no_route
	for proxy in "$tinyproxy" "$squid"; do
		expect "only_proxy, $scheme, $proxy" "$scheme://only-proxy.example" "$proxy" "$ok" -
		expect "nxdomain, $scheme, $proxy" "$scheme://nxdomain.example" "$proxy" \
			no/proxy/proxy_refused -
		expect "refused, $scheme, $proxy" "$scheme://refused.example" "$proxy" \
			no/proxy/proxy_refused -
		expect "unreachable, $scheme, $proxy" "$scheme://unreachable.example" "$proxy" \
			no/proxy/proxy_refused -
		# Asked for a whole URL, a proxy that waits looks like a host that does.
		stage=proxy
		[ "$scheme" != http ] || stage=reply
		expect "filtered, $scheme, $proxy" "$scheme://filtered.example" "$proxy" \
			"no/$stage/timed_out" -
	done
done

# --- who does not speak as he should -------------------------------------------------------

for way in silent:timed_out closes:closed_early resets:reset; do
	host=${way%:*}.example reason=${way#*:}
	expect "${way%:*}, https" "https://$host" - "no/tls/$reason" "no/tls/$reason"
	expect "${way%:*}, tls" "tls://$host" - "no/tls/$reason" "no/tls/$reason"
	expect "${way%:*}, http" "http://$host" - "no/reply/$reason" "no/reply/$reason"
	expect "${way%:*}, tcp" "tcp://$host:443" - ok/connect ok/connect
done
for scheme in https tls; do
	expect "no_tls, $scheme" "$scheme://no-tls.example" - no/tls/not_this_protocol \
		no/tls/not_this_protocol
	expect "alert, $scheme" "$scheme://alert.example" - no/tls/tls_failed no/tls/tls_failed
done
for scheme in https http; do
	expect "garbage, $scheme" "$scheme://garbage.example" - no/reply/not_this_protocol \
		no/reply/not_this_protocol
	expect "endless_head, $scheme" "$scheme://endless-head.example" - no/reply/too_much \
		no/reply/too_much
	expect "endless_body, $scheme" "$scheme://endless-body.example" - ok/reply/200 ok/reply/200
	expect "redirect, $scheme" "$scheme://moved.example" - ok/reply/302 ok/reply/302
	for status in 200 403 404 500 503; do
		for proxy in - "$tinyproxy" "$squid"; do
			six=ok/reply/$status
			[ "$proxy" = - ] || six=-
			expect "status $status, $scheme, $proxy" "$scheme://status-$status.example" \
				"$proxy" "ok/reply/$status" "$six"
		done
	done
done

# --- certificates --------------------------------------------------------------------------

certificate() # HOW FACT=VALUE...
{
	local host=${1//_/-}.example
	expect "$1, https" "https://$host" - ok/reply/200 ok/reply/200 "${@:2}"
	expect "$1, tls" "tls://$host" - ok/tls ok/tls "${@:2}"
	expect "$1, https, squid" "https://$host" "$squid" ok/reply/200 - "${@:2}"
}

certificate status_200 cert.trusted=true cert.name_match=true cert.expired=false \
	cert.chain_complete=true
certificate expired cert.expired=true cert.trusted=false cert.trust_error=expired \
	cert.name_match=true
certificate not_yet cert.not_yet_valid=true cert.trust_error=not_yet_valid
certificate self_signed cert.self_signed=true cert.trust_error=self_signed
certificate wrong_name cert.trusted=true cert.name_match=false
certificate stranger cert.trusted=false cert.trust_error=unknown_issuer
certificate incomplete cert.trust_error=unknown_issuer cert.chain_complete=false

"$PYTHON3" "$here/reach_compare.py" "$world/cases" "$world_ca" || failures=$((failures + 1))

# --- while it waits ------------------------------------------------------------------------

"$UCPOSTURE" observe reach https://silent.example --timeout=2 >"$world/said" &
waiting=$!
sleep 0.7
processes=$(pgrep -P "$waiting" | tr '\n' ' ')
threads=0
for process in $waiting $processes; do
	threads=$((threads + $(find "/proc/$process/task" -mindepth 1 -maxdepth 1 | wc -l)))
done
is "threads of all processes, one each" "$(wc -w <<<"$waiting $processes")" "$threads"
wait "$waiting"

# --- many, some of whose name servers are silent ---------------------------------------------

targets=0
mkdir "$world/profiles"
cat >"$world/profiles/many.yaml" <<'END'
profile: many
title: Many
source: { document: None }
rules:
  - id: reach
    title: Others are reached
    observe: reach
    subject: [ https://push.starface.de, https://update.starface.de, https://dns-silent.example ]
    expect: { reach.ok: { is: true } }
    severity: major
    because: B
    remedy: R
  - id: certificate
    title: It has a certificate
    observe: certificate
    subject: tcp/443
    expect: { cert.expired: { is: false } }
    severity: major
    because: B
    remedy: R
END
{
	echo "agent: { probers: 1 }"
	echo "targets:"
	for host in "${!world_services[@]}"; do
		case $host in
		dns-silent.example | *.starface.de | *.apple.com | *.google*.com | *.c4b.com | status-*)
			targets=$((targets + 1))
			echo "  - { name: t$targets-$host, address: $host, profiles: [ many ], timeout: 3s }"
			;;
		esac
	done
} >"$world/ucposture.yaml"
UCPOSTURE_PROFILE_DIR=$world/profiles "$UCPOSTURE" check --config.file="$world/ucposture.yaml" \
	--format=prometheus >"$world/metrics"
grep '^ucposture_check_duration_seconds' "$world/metrics" >"$world/durations"
slowest=$(grep -v dns-silent "$world/durations" | awk '{ print $NF }' | sort -g | tail -1)
waited=$(grep dns-silent "$world/durations" | awk '{ print $NF }' | sort -g | tail -1)
echo "     $(wc -l <"$world/durations") checks of $targets targets: the silent took ${waited}s," \
	"the slowest of the others ${slowest}s"
is "others finish while name servers are silent" yes \
	"$(awk -v s="$slowest" -v w="$waited" 'BEGIN { print (s < 1.5 && w > 2.5) ? "yes" : "no" }')"

[ "$failures" -eq 0 ]
