#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The programs of contrib/sinks, told as the agent would: what they send, and that they fail
# when it was not taken.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
sinks=${top_srcdir:?}/contrib/sinks
command -v jq curl >/dev/null || { echo "no jq and curl here"; exit 77; }

event='{"number":17,"kind":"raised","at":"2026-11-21T08:15:30Z","alarm":17,"target":"pbx",
"check":"tls/tcp-443/versions","from":"ok","to":"critical","severity":"major","cause":"result",
"flapping":false,"title":"No \"old\"\nTLS","expected":"no TLS1.0","observed":"TLS1.0 ü",
"reason":"violated","remedy":null}'

# told NAME WORD...: the exit code is in $code.
told()
{
	local name=$1
	shift
	printf '%s' "$event" | tr -d '\n' |
		env -i PATH="$PATH" UCPOSTURE_EVENT=17 UCPOSTURE_KIND=raised \
			UCPOSTURE_SEVERITY=major UCPOSTURE_TARGET='pbx ü' \
			UCPOSTURE_CHECK=tls/tcp-443/versions "$sinks/$name" "$@" \
			>"$work/out" 2>"$work/err"
	code=$?
}

cat >"$work/sendmail" <<-END
	#!/bin/sh
	printf '%s|' "\$@"; echo; cat
	[ ! -e '$work/refuse' ]
END
chmod +x "$work/sendmail"
told mail "$work/sendmail" noc@example.org two@example.org
[ "$code" = 0 ] || complain "mail ended with $code"
is_quiet
says '-i|--|noc@example.org|two@example.org|'
says 'To: noc@example.org, two@example.org'
says 'Subject: [ucposture] pbx ?? tls/tcp-443/versions: raised, major'
says "Message-ID: <ucposture.17@$(uname -n)>"
says 'Observed: TLS1.0 ü'
says_not 'Remedy'
[ "$(sed -n '/^$/=' "$work/out" | head -1)" -gt 5 ] || complain 'no head before the body'
touch "$work/refuse"
told mail "$work/sendmail" noc@example.org
[ "$code" != 0 ] || complain 'mail does not fail when sendmail does'
told mail
[ "$code" = 64 ] || complain 'mail without an address'

cat >"$work/server.py" <<-'END'
	import http.server, sys
	class Room(http.server.BaseHTTPRequestHandler):
	    def do_POST(self):
	        body = self.rfile.read(int(self.headers["Content-Length"]))
	        with open(sys.argv[1], "wb") as file:
	            file.write(body)
	        self.send_response(200 if self.path == "/room" else 404)
	        self.end_headers()
	    def log_message(self, *words):
	        pass
	server = http.server.HTTPServer(("127.0.0.1", 0), Room)
	print(server.server_port, flush=True)
	server.serve_forever()
END
"${PYTHON3:-python3}" "$work/server.py" "$work/posted" >"$work/port" &
started+=($!)
tries=0
until [ -s "$work/port" ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || { complain 'the server did not start'; finish; }
	sleep 0.1
done
port=$(cat "$work/port")
echo "url = \"http://127.0.0.1:$port/room\"" >"$work/curl"
told webhook "$work/curl"
[ "$code" = 0 ] || complain "webhook ended with $code"
is_quiet
jq -e '.text | contains("pbx tls/tcp-443/versions: raised, major: No \"old\"\nTLS\nobserved TLS1.0 ü\nexpected no TLS1.0\nevent 17")' \
	"$work/posted" >"$work/out" || complain "posted $(cat "$work/posted")"
echo "url = \"http://127.0.0.1:$port/nowhere\"" >"$work/curl"
told webhook "$work/curl"
[ "$code" != 0 ] || complain 'webhook does not fail when the room is gone'
warns '404'

finish
