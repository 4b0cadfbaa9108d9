#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Commands that ask the running agent: what they make of its answers, and of none.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

export HOME=$work TZ=UTC COLUMNS=160
unset XDG_STATE_HOME
socket=$work/control.socket
hostile='\u001b[31mred\u202e'

# answers WORD: what it says to questions that begin so, from standard input.
answers()
{
	cat >"$work/$1"
}

start()
{
	rm -f "$socket"
	"${PYTHON3:-python3}" "$(dirname "$0")/answering.py" "$socket" "$work" >"$work/ready" &
	started+=($!)
	local tries=0
	until [ -s "$work/ready" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo "nobody answers"; exit 1; }
		sleep 0.1
	done
}

# asked LINE: what the agent was asked last, tabs as blanks.
asked()
{
	[ "$(tail -n 1 "$work/asked" | tr '\t' ' ')" = "$1" ] ||
		complain "it asked: $(tail -n 1 "$work/asked")"
}

# --- nobody is there ---
for command in status targets alarms events 'events --follow' 'baseline a' 'diff a' reload; do
	# shellcheck disable=SC2086
	run 3 $command "--state-dir=$work"
	warns "the agent is not running (no socket at $work/control"
	warns "start it with 'ucposture agent'"
	warns '--control=SOCKET names another'
done
run 3 status --control="$work/nowhere"
warns "no socket at $work/nowhere"
run 3 status --control="$(printf '/%0200d' 0)"
warns 'File name too long'
printf 'agent: { state_dir: %s/elsewhere }\ntargets: [ { name: a, address: 127.0.0.1, profiles: [ uc-baseline ] } ]\n' \
	"$work" >"$work/c.yaml"
run 3 status --config.file="$work/c.yaml"
warns "no socket at $work/elsewhere/control"
run 3 status --config.file="$work/none.yaml"
warns 'none.yaml: error: cannot read'
run 3 baseline --control="$socket"
warns "which target? 'ucposture targets' lists them"
run 3 events --control="$socket" --since=soon
warns "--since: 'soon' is no time"

# --- what it says ---
start
alarm='{"verdict":"critical","severity":"major","since":"2026-11-21T08:15:30Z","changed":null,"event":3,"flapping":false,"held":false}'
none='{"verdict":"ok","severity":null,"since":null,"changed":null,"event":null,"flapping":false,"held":false}'
counts='"counts":{"ok":3,"warning":0,"critical":1,"unknown":0,"not_applicable":2,"excepted":0}'

say_status()
{
	answers status <<-END
		{"schema":1,"agent":"ucposture 1","pid":7,"started":"2026-11-21T08:00:00Z","uptime_seconds":930,"configuration":{"since":"2026-11-21T08:00:00Z","reload_failed":true},"store":{"failure":"disk is full $hostile"},"uplink_down":$4,"targets":4,"targets_down":1,"checks":6,"observations":5,"score":0.75,$counts,"alarms":{"critical":$1,"warning":$2,"unknown":$3,"by_severity":{"critical":0,"major":$1,"minor":0,"warning":0},"flapping":1,"held":2},"own":[{"check":"agent/store","verdict":"critical","title":"t","observed":"no room","remedy":"Make room","alarm":$alarm}],"schedule":{"waiting":2,"under_way":1,"late_seconds":12.5,"observed":99,"events":4},"sinks":[{"name":"noc","untold":4,"failures":2,"last":null}],"probers":{"count":2,"restarts":1,"fence":{"no_new_privileges":true,"seccomp":2,"landlock":3,"user":9}}}
	END
}
say_status 1 0 0 false
run 2 status --control="$socket"
says 'process 7, since 2026-11-21 08:00:00'
says 'what was read later is wrong'
says 'cannot be written: disk is full \x1B[31mred\xE2\x80\xAE'
says '4, 1 of them down'
says '6: 1 critical, 3 ok, 2 not applicable'
says '1 critical; 1 flapping; 2 checks held back'
says 'noc: 4 events to be told, failed 2 times in a row'
says '2, restarted 1 times; fence: seccomp kills, Landlock 3'
says 'Make room'
is_quiet
asked status
run 2 status --control="$socket" --format=json
matches control.schema.json
say_status 0 1 1 false
run 1 status --control="$socket"
say_status 0 0 1 false
run 3 status --control="$socket"
say_status 0 0 0 true
run 3 status --control="$socket"
says 'our own way out is down'
say_status 0 0 0 false
run 0 status --control="$socket"

answers targets <<-END
	{"schema":1,"agent":"ucposture 1","targets":[{"name":"fine","address":"h","vantage":"internal","profiles":[],"verdict":"ok","score":1.0,$counts,"down":false,"alarms":0,"alarm":$none},{"name":"bad $hostile","address":"h","vantage":"internal","profiles":[],"verdict":"critical","score":0.5,$counts,"down":false,"alarms":1,"alarm":$none},{"name":"away","address":"h","vantage":"internal","profiles":[],"verdict":"unknown","score":null,$counts,"down":true,"alarms":0,"alarm":$alarm}],"unmatched":[]}
END
run 0 targets --control="$socket"
says 'bad \x1B[31mred\xE2\x80\xAE'
says 'down since 2026-11-21 08:15:30'
[ "$(awk 'NR > 1 && /^[A-Za-z]/ { printf "%s ", $1 }' "$work/out")" = 'DOWN CRITICAL ok ' ] ||
	complain 'not worst first'
asked targets
run 0 targets --control="$socket" a 'b*'
asked 'targets a b*'
sed -i 's/"unmatched":\[\]/"unmatched":["b*"]/' "$work/targets"
run 3 targets --control="$socket" a 'b*'
warns "the agent watches no target 'b*'"

answers target <<-END
	{"schema":1,"agent":"ucposture 1","target":{"name":"pbx","address":"h","vantage":"internal","profiles":["starface"],"verdict":"critical","score":0.5,$counts,"down":false,"alarms":1,"alarm":$none,"checks":[{"name":"port/tcp-22/state","rule":"a.b","collector":"port","subject":"tcp/22","family":4,"verdict":"ok","severity":"major","expected":"open","observed":"open","reason":"satisfied","since":"2026-11-21T08:15:30Z","title":"t","remedy":null,"reference":null,"detail":null,"looked":null,"next":null,"alarm":$none},{"name":"tls/tcp-443/versions","rule":"a.c","collector":"tls","subject":"tcp/443","family":4,"verdict":"critical","severity":"major","expected":"no TLS1.0","observed":"TLS1.0","reason":"violated","since":"2026-11-21T08:15:30Z","title":"Old TLS","remedy":"Switch it off","reference":null,"detail":null,"looked":"2026-11-21T08:15:30Z","next":null,"alarm":$alarm}]}}
END
run 0 targets --control="$socket" pbx
asked 'target pbx'
says 'tls/tcp-443/versions'
says 'Switch it off'
says 'critical since 2026-11-21 08:15:30'
says_not 'port/tcp-22/state'
run 0 targets --control="$socket" -v pbx
says 'port/tcp-22/state'
says 'a.c'
run 0 targets --control="$socket" --format=json pbx
matches control.schema.json
# A target that is not there would fill pages with one fault.
"${PYTHON3:-python3}" - "$work/target" <<-'END'
	import json, sys
	answer = json.load(open(sys.argv[1]))
	checks = answer["target"]["checks"]
	for i in range(4):
	    checks.append({**checks[0], "name": f"ssh/tcp-{i}/algorithms", "verdict": "unknown",
	                   "reason": "timed_out", "observed": "no answer"})
	json.dump(answer, open(sys.argv[1], "w"))
	open(sys.argv[1], "a").write("\n")
END
run 0 targets --control="$socket" pbx
says '4 checks'
says_not 'ssh/tcp-0/algorithms'
[ "$(grep -c 'no answer' "$work/out")" = 1 ] || complain 'one fault is told more than once'
run 0 targets --control="$socket" --verbose pbx
says 'ssh/tcp-3/algorithms'

answers alarms <<-END
	{"schema":1,"agent":"ucposture 1","alarms":[{"target":"a","check":"x/y/z","verdict":"critical","alarm":$none,"title":"t","expected":null,"observed":"o","remedy":null},{"target":"b","check":"presence","verdict":"critical","alarm":$alarm,"title":"The system answers","expected":"an answer","observed":"silence","remedy":"See"}]}
END
run 0 alarms --control="$socket" --all --target='p*' --check=presence
asked 'alarms all target=p* check=presence'
says '(not raised yet) o'
[ "$(awk '/^CRITICAL/ { printf "%s ", $2 }' "$work/out")" = 'b a ' ] || complain 'not worst first'
run 0 alarms --control="$socket" -v
says 'The system answers'
run 0 alarms --control="$socket" --format=json
matches control.schema.json
echo '{"schema":1,"agent":"ucposture 1","alarms":[]}' | answers alarms
run 0 alarms --control="$socket"
says 'No alarm is raised.'

event()
{
	printf '{"number":%d,"kind":"%s","at":"2026-11-21T08:15:30Z","alarm":null,"target":"pbx","check":"a/b/c","from":"ok","to":"critical","severity":"major","cause":"result","flapping":true,"title":"t","expected":null,"observed":"gone %s","reason":null,"remedy":null}' \
		"$1" "$2" "$hostile"
}
printf '{"schema":1,"agent":"ucposture 1","events":[%s]}\n' "$(event 5 target_down)" | answers events
run 0 events --control="$socket" --since=2026-11-21 -n 3 --after=2 --target=p
asked 'events since=2026-11-21T00:00:00Z count=3 after=2 target=p'
says '2026-11-21 08:15:30'
says 'target down'
says 'pbx a/b/c: gone'
run 0 events --control="$socket" --format=json
matches control.schema.json
# Who follows goes on behind what he has heard, also when the agent was away.
printf '%s\n%s\n' "$(event 5 raised)" "$(event 6 changed)" | answers events
timeout 2.5 "$program" events --control="$socket" --follow --target=p >"$work/out" 2>"$work/err"
asked 'events follow after=6 target=p'
grep -qF 'events	follow	target=p' "$work/asked" || complain 'it did not ask from the beginning'
warns 'the agent has ended; waiting until it is there again'
echo '{"schema":1,"error":"too many ask at once"}' | answers events
run 3 events --control="$socket" --follow
warns 'too many ask at once'

answers diff <<-END
	{"schema":1,"agent":"ucposture 1","target":"pbx","at":"2026-11-21T08:15:30Z","differences":[{"kind":"changed","observation":"tls tcp/443 h IPv4","fact":"tls.versions","then":"TLS1.2\nTLS1.3","now":"TLS1.3"},{"kind":"went","observation":"tls tcp/443 h IPv4","fact":"tls.alpn","then":"h2","now":null},{"kind":"not_seen_now","observation":"ssh tcp/22 h IPv4","fact":null,"then":"observed","now":"refused"}],"differs":true,"not_looked_at":2}
END
run 1 diff --control="$socket" pbx
says 'pbx differs from its baseline of 2026-11-21 08:15:30'
says 'TLS1.2, TLS1.3 → TLS1.3'
says '-  tls.alpn'
says '!  not seen now: refused'
says '2 observations were not made yet'
run 1 diff --control="$socket" --format=json pbx
matches control.schema.json
echo '{"schema":1,"agent":"ucposture 1","target":"pbx","at":"2026-11-21T08:15:30Z","differences":[],"differs":false,"not_looked_at":0}' | answers diff
run 0 diff --control="$socket" pbx
says 'pbx is as in its baseline'
echo '{"schema":1,"agent":"ucposture 1","error":"no baseline"}' | answers diff
run 3 diff --control="$socket" pbx
warns 'no baseline'
echo '{"schema":1,"agent":"ucposture 1","target":"pbx","at":"2026-11-21T08:15:30Z","observations":2,"facts":9,"not_looked_at":1,"said":["accepted x"]}' | answers baseline
run 0 baseline --control="$socket" pbx
says 'pbx: recorded 9 facts of 2 observations; 1 observations were not made yet'
says 'accepted x'
run 0 baseline --control="$socket" --format=json pbx
matches control.schema.json
# Patterns are the targets that match them.
sed -i 's/"unmatched":.*/"unmatched":[]}/' "$work/targets"
run 0 baseline --control="$socket" '*'
[ "$(grep -c recorded "$work/out")" = 3 ] || complain 'not every target was recorded'
asked 'baseline away'

echo '{"schema":1,"agent":"ucposture 1","reloaded":false,"problems":["c.yaml:1:2: wrong"]}' | answers reload
run 3 reload --control="$socket"
warns 'c.yaml:1:2: wrong'
warns 'what was in force before stays in force'
run 3 reload --control="$socket" --format=json
matches control.schema.json

# --- answers that are none ---
for wrong in '' '{' '{"schema":1' 'no' '[[[[[[[[[[[[[[[[[[[[' '{"a":"\ud800"}' '{"a":"b}' '{}x'; do
	printf '%s\n' "$wrong" | answers status
	run 3 status --control="$socket"
	warns 'the agent ended in the middle of its answer'
done
# One that is cut short is asked for again.
: >"$work/asked"
printf '{"schema":1,' | answers status
run 3 status --control="$socket"
[ "$(wc -l <"$work/asked")" = 3 ] || complain 'it did not ask three times'

# --- ten thousand targets ---
"${PYTHON3:-python3}" - "$work/targets" <<-'END'
	import json, sys
	none = {"verdict": "ok", "severity": None, "since": None, "changed": None, "event": None,
	        "flapping": False, "held": False}
	counts = {"ok": 20, "warning": 1, "critical": 2, "unknown": 1, "not_applicable": 1, "excepted": 0}
	json.dump({"schema": 1, "agent": "ucposture 1", "unmatched": [], "targets": [
	    {"name": f"pbx-{i}", "address": f"10.0.{i // 256}.{i % 256}", "vantage": "internal",
	     "profiles": ["starface"], "verdict": "critical", "score": i / 10000, "counts": counts,
	     "down": False, "alarms": 2, "alarm": none} for i in range(10000)]}, open(sys.argv[1], "w"))
	open(sys.argv[1], "a").write("\n")
END
TIMEFORMAT=%U
spent=$({ time "$program" targets --control="$socket" >"$work/out"; } 2>&1)
[ "$(wc -l <"$work/out")" = 10001 ] || complain 'not all of them are shown'
[ "${spent%.*}" -lt 1 ] || complain "it took $spent s to show 10,000 targets"
finish
