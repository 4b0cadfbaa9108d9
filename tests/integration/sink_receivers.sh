#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real systemd-journald takes two thousand hostile events twice: by its own protocol, and as
# syslog at the socket that it has for /dev/log. What it has then is held against the events,
# each once, in order, with every field as it was meant. So do rsyslogd and the syslogd of
# busybox, where they are installed.
# shellcheck source=tests/integration/alone.bash
. "$(dirname "$0")/alone.bash"

events=2000
journald=/lib/systemd/systemd-journald
tell=${top_builddir:?}/tests/cli/tell_events
compare=$(dirname "$0")/sink_compare.py

alone_needs journalctl "$journald"
alone_enter "$0" "$@"

# appears FILE PID: until the file is there, while the process is.
appears() {
	local tries=0
	until [ -e "$1" ]; do
		tries=$((tries + 1))
		if [ $tries -ge 200 ] || ! kill -0 "$2" 2>/dev/null; then
			fail "no $1"
			return 1
		fi
		sleep 0.05
	done
}

# holds SECONDS COMMAND...: until it succeeds.
holds() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >"$place/said" 2>&1; do
		[ $SECONDS -lt $end ] || { cat "$place/said"; return 1; }
		sleep 0.2
	done
}

to_journal() {
	mount -t tmpfs tmpfs /run || exit 77
	mkdir -p /run/systemd/journal /run/systemd/journald.conf.d /run/log/journal
	printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n' \
		>/run/systemd/journald.conf.d/all.conf
	"$journald" 2>"$place/journald.err" &
	pids+=($!)
	appears /run/systemd/journal/socket $! || { cat "$place/journald.err"; exit 1; }
	appears /run/systemd/journal/dev-log $! || exit 1
	"$tell" journal - $events || fail "not every event was acknowledged by the journal"
	"$tell" syslog /run/systemd/journal/dev-log $events || fail "nor by its syslog socket"
	journal_agrees() {
		journalctl -q --no-pager -o json --all "_TRANSPORT=$1" SYSLOG_IDENTIFIER=ucposture \
			>"$place/journal.json" &&
			"${PYTHON3:-python3}" "$compare" "$1" "$place/events.json" <"$place/journal.json"
	}
	holds 20 journal_agrees journal || fail "the journal has something else"
	cat "$place/said"
	holds 20 journal_agrees syslog || fail "its syslog has something else"
	cat "$place/said"
}

# in_file NAME: what a syslogd wrote into a file.
in_file() {
	file_agrees() {
		"${PYTHON3:-python3}" "$compare" file "$place/events.json" <"$place/log"
	}
	"$tell" syslog "$place/dev-log" $events || fail "not every event was acknowledged by $1"
	holds 20 file_agrees || fail "$1 has something else"
	cat "$place/said"
}

to_rsyslog() {
	command -v rsyslogd >/dev/null || { echo "no rsyslogd here, left out"; return; }
	cat >"$place/rsyslog.conf" <<-END
		\$WorkDirectory $place
		\$EscapeControlCharactersOnReceive off
		module(load="imuxsock" SysSock.Use="off")
		input(type="imuxsock" Socket="$place/dev-log" RateLimit.Interval="0")
		*.* action(type="omfile" file="$place/log")
	END
	rsyslogd -n -f "$place/rsyslog.conf" -i "$place/rsyslog.pid" &
	pids+=($!)
	appears "$place/dev-log" $! && in_file rsyslogd
}

# It listens at /dev/log only, which is ours in this namespace when it is not there already.
to_busybox() {
	busybox --list 2>/dev/null | grep -qx syslogd || { echo "no syslogd of busybox here, left out"; return; }
	[ ! -e /dev/log ] || { echo "/dev/log is somebody's, busybox left out"; return; }
	busybox syslogd -n -O "$place/log" &
	pids+=($!)
	appears /dev/log $! || return
	ln -s /dev/log "$place/dev-log"
	in_file busybox
	rm -f /dev/log
}

"$tell" json $events >"$place/events.json" || exit 1
to_journal
to_rsyslog
to_busybox
[ $failures = 0 ]
