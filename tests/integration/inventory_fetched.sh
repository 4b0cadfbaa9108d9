#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# 'ucposture check' with an inventory behind a URL: over both versions of IP and over https, what
# is taken, what is refused and with which words, and that nobody but the right server hears what
# authorization_file holds.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
export UCPOSTURE_FENCE=kill
# shellcheck source=tests/integration/alone.bash
. "$(dirname "$0")/alone.bash"
alone_needs openssl "$PYTHON3" "$UCPOSTURE"
alone_enter "$0" "$@"

here=$(cd "$(dirname "$0")" && pwd)
chmod 755 "$place"
mkdir "$place/plain" "$place/secure" "$place/stranger" "$place/profiles" "$place/state"
printf '%s\n' '127.0.0.1 localhost both.example stranger.example' '::1 both.example' >"$place/hosts"
mount --bind "$place/hosts" /etc/hosts || exit 77
for name in both stranger; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
		-subj "/CN=$name.example" -addext "subjectAltName=DNS:$name.example" \
		-keyout "$place/$name.key" -out "$place/$name.pem" 2>/dev/null || exit 1
done
cat >"$place/profiles/p.yaml" <<'END'
profile: p
title: A profile
rules:
  - { id: shut, because: b, observe: port, subject: tcp/9, expect: { port.state: { is: closed } } }
END
echo "Token canary-4711" >"$place/token"
chmod 600 "$place/token"

serve() { # FOLDER [CERT KEY]: its port in $port
	local folder=$1 waited=0
	"$PYTHON3" "$here/inventory_server.py" "$@" &
	pids+=($!)
	until [ -s "$folder/port" ]; do
		sleep 0.1
		waited=$((waited + 1))
		[ "$waited" -lt 100 ] || { fail "no server in $folder"; exit 1; }
	done
	port=$(cat "$folder/port")
}

look() { # KEYS-OF-SOURCE: output in $place/out, its end in $code
	printf 'agent: { profile_dir: %s }\ninventory:\n  - { %s }\n' \
		"$place/profiles" "$1" >"$place/c.yaml"
	code=0
	"$UCPOSTURE" check --config.file="$place/c.yaml" \
		--state-dir="$place/state" --format=csv >"$place/out" 2>&1 || code=$?
}

looked() { # TITLE: two targets were looked at
	[ "$code" = 0 ] && grep -q 127.0.0.1 "$place/out" && grep -q '::1' "$place/out" && return
	fail "$1: ended with $code: $(head -c 600 "$place/out")"
}

refused() { # TITLE WORDS
	[ "$code" = 3 ] && grep -qF -- "$2" "$place/out" && return
	fail "$1: ended with $code: $(head -c 600 "$place/out")"
}

serve "$place/plain"
plain=$port
for host in 127.0.0.1 '[::1]' localhost; do
	look "http: \"http://$host:$plain/list.json\""
	looked "over http from $host"
done
look "http: \"http://127.0.0.1:$plain/moved\""
looked "another path of the same host"
look "http: \"http://127.0.0.1:$plain/elsewhere\""
refused "another host" "sends us to http://192.0.2.9/list.json, where we do not follow"
look "http: \"http://127.0.0.1:$plain/three.json\""
looked "a document of exactly 3 MB"
look "http: \"http://127.0.0.1:$plain/big.json\""
refused "a document of 10 MB" "the document is larger than 3 MB"
look "http: \"http://127.0.0.1:$plain/broken.json\""
refused "a broken document" "http://127.0.0.1:$plain/broken.json:3:1: error"
look "http: \"http://127.0.0.1:$plain/none\""
refused "no document" "the server answers with status 404; so its targets are not known"
look "http: \"http://user:canary-0815@127.0.0.1:$plain/list.json\""
refused "a password in the URL" "see authorization_file"
grep -q canary "$place/out" && fail "the password of a URL is shown"
SECONDS=0
look "http: \"http://127.0.0.1:$plain/drip.json\""
refused "a server that drips" "nobody answered in time"
[ "$SECONDS" -le 25 ] || fail "a server that drips took $SECONDS s"

serve "$place/secure" "$place/both.pem" "$place/both.key"
secure=$port
look "http: \"https://both.example:$secure/list.json\", ca_file: $place/both.pem"
looked "over https"
look "http: \"https://both.example:$secure/private.json\", ca_file: $place/both.pem"
refused "without authorization" "status 403: see authorization_file"
keys="authorization_file: $place/token"
look "http: \"https://both.example:$secure/private.json\", ca_file: $place/both.pem, $keys"
looked "with authorization"
grep -q '^/private.json Token canary-4711$' "$place/secure/asked" || fail "nobody heard the token"
look "http: \"http://192.0.2.1/private.json\", $keys"
refused "authorization over http" "'authorization_file' needs https://"

serve "$place/stranger" "$place/stranger.pem" "$place/stranger.key"
look "http: \"https://both.example:$port/private.json\", ca_file: $place/both.pem, $keys"
refused "a stranger" "its certificate is not trusted"
look "http: \"https://both.example:$port/private.json\", ca_file: $place/stranger.pem, $keys"
refused "another name" "its certificate does not name both.example"
[ ! -e "$place/stranger/asked" ] || fail "a stranger was asked: $(cat "$place/stranger/asked")"

[ -z "$(ls "$place/state")" ] || fail "check has written into the state folder"
grep -rq canary-4711 "$place/out" && fail "the token is shown"
echo "inventory_fetched: $failures failures"
[ "$failures" = 0 ]
