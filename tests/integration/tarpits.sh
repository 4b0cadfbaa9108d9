#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Targets that accept and never answer, drip a byte every five seconds, or talk for ever: one
# costs a prober at most 48 KiB, ends by its deadline and a second, and keeps nobody else waiting.
# TARPITS: how many at once; a thousand begin in a second.
# shellcheck disable=SC2317
set -u
: "${UCPOSTURE:?}" "${TARPITS:=1000}" "${top_builddir:=.}"
programs=$(cd "$top_builddir/tests/integration" && pwd)
seconds=$((7 + TARPITS / 1000))

# shellcheck source=tests/integration/alone.bash
. "$(dirname "$0")/alone.bash"
alone_needs nginx "$programs/hold_many" "$programs/tarpit"
alone_enter "$0" "$@"
# 127.0.0.0/8 has one queue of pending connections for each listener, whoever it is for.
echo 8192 >/proc/sys/net/core/somaxconn 2>/dev/null

start_healthy()
{
	local kind
	mkdir "$place/nginx"
	{
		echo "daemon off; worker_processes 1; pid $place/pid; error_log $place/error;"
		echo "events { worker_connections 256; }"
		echo "http { access_log off;"
		for kind in client_body proxy fastcgi uwsgi scgi; do
			echo "${kind}_temp_path $place/nginx/$kind;"
		done
		echo "server { listen 127.0.0.1:80; return 200 healthy; } }"
	} >"$place/nginx.conf"
	nginx -c "$place/nginx.conf" -e "$place/error" >/dev/null 2>&1 &
}

wait_for()
{
	for _ in {1..100}; do
		"$@" 2>/dev/null && return 0
		sleep 0.1
	done
	echo "$* never came true"
	exit 1
}

healthy_answers() { : <>/dev/tcp/127.0.0.1/80; }
tarpit_is_ready() { grep -q ready "$place/tarpit"; }

# value NAME: of the last holding.
value() { awk -v name="$1" '$1 == name { print $2 }' "$place/held"; }

# at_most NAME MOST
at_most()
{
	if awk -v a="$(value "$1")" -v b="$2" 'BEGIN { exit !(a != "" && a <= b) }'; then
		return 0
	fi
	fail "$title: $1 is '$(value "$1")', at most $2"
}

# hold TITLE SUBJECT...: pairs of collector and subject.
hold()
{
	title=$1
	shift
	"$programs/hold_many" "$TARPITS" "$seconds" http 'http://*:80/' "$@" \
		>"$place/held" 2>"$place/complaints" || {
		fail "$title: $(cat "$place/complaints")"
		return
	}
	cat "$place/complaints"
	echo "$title: $(tr '\n' ' ' <"$place/held")"
	at_most kib_each 48
	at_most mib_all 512
	at_most late_ms 1000
	at_most healthy_failures 0
	# It has seconds; a busy machine takes its part of them.
	at_most healthy_slowest_ms 3000
	at_most observed 0
	[ "$(value ended)" = "$TARPITS" ] || fail "$title: $(value ended) of $TARPITS have ended"
}

start_healthy
mkfifo "$place/hold"
"$programs/tarpit" 7001 >"$place/tarpit" <"$place/hold" &
exec 9>"$place/hold"
wait_for healthy_answers
wait_for tarpit_is_ready

# 7001 is silent, 7002 drips, 7003 never ends.
hold "silent ones" tls tcp/7001 certificate tcp/7001 smb tcp/7001 ssh tcp/7001 \
	sip tcp/7001 http 'http://*:7001/' reach http://127.1.1.1:7001
hold "dripping ones" tls tcp/7002 certificate tcp/7002 smb tcp/7002 ssh tcp/7002 \
	sip tcp/7002 sip tls/7002 http 'http://*:7002/'
hold "endless ones" tls tcp/7003 certificate tcp/7003 smb tcp/7003 ssh tcp/7003 \
	sip tcp/7003 http 'http://*:7003/'
hold "ones over https" http 'https://*:7001/' reach https://127.1.1.1:7001 \
	http 'https://*:7002/' reach https://127.1.1.1:7002
exit "$((failures > 0))"
