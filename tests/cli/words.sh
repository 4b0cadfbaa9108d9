#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Commands and options: help and version everywhere, and what is said about mistakes.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

export UCPOSTURE_PROFILE_DIR=${top_srcdir:?}/profiles

run 0 --help
says 'Usage: ucposture COMMAND'
is_quiet
run 0 -h
run 0 --version
says 'ucposture '
run 0 -V
run 3
warns 'Usage: ucposture COMMAND'

for command in check agent observe explain status targets alarms events baseline diff reload 'profiles list' 'profiles show' 'profiles firewall' 'profiles schema' \
	'config check'; do
	# shellcheck disable=SC2086
	run 0 $command --help
	says "Usage: ucposture $command"
	says '--help'
	is_quiet
	[ "$(wc -L <"$work/out")" -le 80 ] || complain "$command --help is wider than 80"
	# shellcheck disable=SC2086
	run 0 $command --version
	says 'ucposture '
	# shellcheck disable=SC2086
	run 3 $command --no-such-option
	warns "unknown option '--no-such-option'"
	warns "Try 'ucposture $command --help'."
done

run 3 chekc
warns "unknown command 'chekc' (did you mean 'check'?)"
run 3 profiles shwo
warns "unknown command 'profiles shwo' (did you mean 'profiles show'?)"
run 3 frobnicate
warns "unknown command 'frobnicate'; 'ucposture --help' lists them"
run 3 "$(printf 'a\033[31mb')"
warns "unknown command 'a\\x1B[31mb'"

run 3 check --porfile=starface localhost
warns "unknown option '--porfile' (did you mean '--profile'?)"
run 3 check --profile=starface
warns '--profile needs a host to look at'
run 3 check --profile=starface --config.file=x localhost
warns 'exclude each other'
run 3 check --feature=x localhost
warns '--feature needs --profile'
run 3 check --profile=strface localhost
warns "(did you mean 'starface'?)"
run 3 check --profile=starface --feature=no-such-feature localhost
warns "'no-such-feature'"
run 3 check --profile=starface https://localhost/
warns 'give the host of that URL alone'
run 3 check --profile=starface 127.0.0.0/8
warns 'only single hosts'
run 3 check --profile=starface --peer=mail.example localhost
warns 'give NAME=HOST or NAME=HOST:PORT'
run 3 check --profile=starface --format=xml localhost
warns 'human, json, prometheus, nagios, csv, junit or checkmk'
run 3 check --config.file="$work/none.yaml"
warns "$work/none.yaml"
run 3 check --profile=starface --timeout=0 localhost
warns '--timeout'

run 3 observe
warns 'which collector?'
run 3 observe prot tcp/22 127.0.0.1
warns "unknown collector 'prot' (did you mean 'port'?)"
run 3 observe port tcp/22
warns 'a host is missing'
run 3 observe port tcp/99999 127.0.0.1
warns "'tcp/99999' is not a subject for port"
run 3 observe port tcp/22 127.0.0.1 more
warns 'too many words'
run 3 observe port tcp/22 'a b'
warns 'neither a host name nor an address'
run 3 observe port tcp/22 127.0.0.1 --via-proxy=http://127.0.0.1:1
warns 'looks at the way itself'
run 3 observe port tcp/22 127.0.0.1 --name=pbx.example
warns 'speaks to nobody by name'
run 3 observe port tcp/22 127.0.0.1 --by-address
warns '--by-address: the collector port speaks to nobody by name'
run 3 observe tls tcp/443 127.0.0.1 --by-address --name=x.example
warns '--by-address and --name exclude each other'
run 3 observe smb 127.0.0.1 --starttls=smtp
warns 'does not use TLS'
run 3 observe smb 127.0.0.1 --ca-file="$0"
warns 'verifies no certificates'
run 3 observe port tcp/22 127.0.0.1 --source=eth0
warns 'numeric address'
for command in 'observe smb' 'check --profile=starface'; do
	# shellcheck disable=SC2086
	run 3 $command --source=eth0 127.0.0.1
	warns 'numeric address'
	# shellcheck disable=SC2086
	run 3 $command --via-proxy=socks://x 127.0.0.1
	warns 'give http://HOST:PORT'
done
run 3 observe smb --ca-file="$work/none.pem" 127.0.0.1
warns 'No such file'
run 0 observe --help
for fact in port.state port.open smb.signing; do
	says "$fact"
done

run 0 profiles
says 'starface'
says 'asc-neo'
cp "$work/out" "$work/before"
run 0 profiles list
cmp -s "$work/out" "$work/before" || complain 'profiles is not profiles list'
run 0 profiles show starface
says 'Ports'
says 'Always'
says 'What nobody can see from the network'
says 'Source'
[ "$(wc -L <"$work/out")" -le 80 ] || complain 'profiles show is wider than 80'
run 0 profiles show starface --lang=de
run 3 profiles show starfaec
warns "unknown profile 'starfaec' (did you mean 'starface'?)"
run 3 profiles show
warns 'which profile?'
COLUMNS=140 run 0 profiles show asc-neo --color=always
says "$(printf '\033[1m')"

finish
