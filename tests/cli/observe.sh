#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# observe against listeners of our own, and the shape of its JSON.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

"${PYTHON3:-python3}" -c 'import jsonschema' 2>/dev/null || {
	echo 'python3-jsonschema is not here'
	exit 77
}
listen 1
open=${ports[0]} closed=${ports[1]}

run 0 observe port "tcp/$open" 127.0.0.1
says "port tcp/$open on 127.0.0.1, IPv4 127.0.0.1: observed in"
says 'port.state'
says 'open'
is_quiet
run 0 observe port "tcp/$open" 127.0.0.1 --verbose
says 'Whether somebody listens'
run 0 observe port "tcp/$open" 127.0.0.1 --format=json
says '"port.state": "open"'
says '"outcome": "observed"'
says '"family": 4'
matches observe.schema.json
run 0 observe port "tcp/$closed" 127.0.0.1 --format json
says '"port.state": "closed"'
matches observe.schema.json
run 0 observe port "tcp/$open" ::1 --format=json
says '"family": 6'
matches observe.schema.json
run 0 observe port "tcp/$open" '[::1]' --format=json
says '"host": "::1"'
# A proxy finds the host of a URL by itself: one look, whatever the versions of IP. Nobody is
# there, and no name is looked up.
run 3 observe reach https://push.example/ --via-proxy=http://127.0.0.1:1 --format=json
[ "$(head -c 1 "$work/out")" = '{' ] || complain 'through a proxy there is one look'
says '"family": null'
run 3 observe reach https://push.example/ 127.0.0.1
warns 'no host follows it'
run 0 observe port "tcp/$open" localhost --family=4 --format=json
says '"address": "127.0.0.1"'
[ "$(head -c 1 "$work/out")" = '{' ] || complain 'one family gives one object'
matches observe.schema.json

# Both families of a name: a list of two. localhost need not have both everywhere.
timeout 60 "$program" observe port "tcp/$open" localhost --format=json >"$work/out" 2>"$work/err"
matches observe.schema.json
[ "$(head -c 1 "$work/out")" = '[' ] || complain 'two families give a list'

# What does not speak SMB is a failure with a stage and a reason.
run 3 observe smb "tcp/$open" 127.0.0.1 --format=json
says '"outcome": "failed"'
matches observe.schema.json
run 3 observe smb "tcp/$closed" 127.0.0.1
says 'failed at connect: the connection was refused'

run 0 observe port "tcp/$open-$open" 127.0.0.1

# Only what was asked for, by either name.
run 0 observe port "tcp/$open" 127.0.0.1 --facts=state --format=json
says '"port.state": "open"'
says_not port.rtt_seconds
matches observe.schema.json
run 0 observe port "tcp/$open" 127.0.0.1 --facts=port.rtt_seconds,state
says port.state
says port.rtt_seconds
run 3 observe port "tcp/$open" 127.0.0.1 --facts=state,stat
warns "--facts: the collector port knows no 'stat' (did you mean 'state'?)"
run 3 observe port "tcp/$open" 127.0.0.1 --facts=port.rtt_second
warns "did you mean 'port.rtt_seconds'?"
run 3 observe smb "tcp/$open" 127.0.0.1 --facts=port.state
warns "the collector smb knows no 'port.state'"

# A name is asked for once, whatever the version of IP, and its servers can be given.
run 3 observe dns pbx.example --name-server="127.0.0.1:$closed" --name-server="[::1]:$closed" \
	--timeout=2 --format=json
says '"family": null'
says '"reason": "refused"'
says "\"127.0.0.1:$closed\","
says "\"[::1]:$closed\""
matches observe.schema.json
run 3 observe dns pbx.example --name-server=ns.example
warns "--name-server: 'ns.example': a name server is a numeric address"
run 3 observe dns pbx.example --name-server=::1,,::1
warns "a name server is a numeric address"
run 3 observe dns pbx.example --family=4
warns '--family: the collector dns'
run 3 observe dns
warns "a subject is missing, as in 'ucposture observe dns pbx.example'"
run 3 observe dns 10.0.0.1
warns "'10.0.0.1' is not a subject for dns: this is an address"
run 3 observe dns pbx..example
warns 'a name has no empty part between its dots'

# What cannot be meant is refused before anybody is disturbed.
run 3 observe smb "tcp/$open" 127.0.0.1 --verify-name=pbx.example
warns '--verify-name: the collector smb verifies no certificates'
run 3 observe smb "tcp/$open" 127.0.0.1 --verify-name=https://pbx.example
warns "neither a host name nor an address"
echo 'not a certificate' >"$work/empty.pem"
run 3 observe certificate "tcp/$open" 127.0.0.1 --ca-file="$work/empty.pem"
warns "$work/empty.pem': there is no certificate in it"
run 3 observe port "tcp/$open" 127.0.0.1 --ca-file="$work/missing.pem"
warns "missing.pem': No such file"
run 3 observe port "tcp/$open" 127.0.0.1 --source=192.0.2.1 --format=json
says '"reason": "source_unavailable"'
matches observe.schema.json

finish
