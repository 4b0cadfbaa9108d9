#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What people, and their firewalls, read of a profile, letter by letter, on narrow and wide
# screens and in German.
# When it is meant to change, UPDATE=1 writes tests/cli/read/ anew: read the difference.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

wanted=${top_srcdir:?}/tests/cli/read
export UCPOSTURE_PROFILE_DIR=$wanted

# reads FILE COLUMNS WORD...: ucposture profiles WORD... says exactly what is in the file.
reads()
{
	local file=$wanted/$1 columns=$2
	shift 2
	COLUMNS=$columns run 0 profiles "$@"
	is_quiet
	[ "${UPDATE-}" ] && cp "$work/out" "$file"
	diff -u "$file" "$work/out" >"$work/err" || complain "$* is told otherwise"
	! grep -q ' $' "$work/out" || complain "$*: a line ends in a space"
	[[ $file == *.nft ]] || [ "$(wc -L <"$work/out")" -le "$columns" ] ||
		complain "$*: wider than $columns"
}

reads show 80 show toy-pbx
reads show-narrow 40 show toy-pbx
reads show-wide 160 show toy-pbx
reads show-verbose 80 show toy-pbx --verbose
reads show-german 80 show toy-pbx --lang=de
reads show-colour 80 show toy-pbx --color=always
reads list 80 list
reads list-narrow 40 list
reads list-german 120 list --lang=de

reads firewall 80 firewall toy-pbx
reads firewall-narrow 40 firewall toy-pbx --feature=clients
reads firewall-wide 160 firewall toy-pbx --feature=all --scenario=workers
reads firewall-german 80 firewall toy-pbx --lang=de --feature=games
reads firewall-edge 80 firewall toy-pbx --vantage=external --scenario=trunk
reads firewall.nft 96 firewall toy-pbx --format=nftables
reads firewall-german.nft 96 firewall toy-pbx --format=nftables --lang=de --feature=clients \
	--peer=clock=192.0.2.9 --peer=clock=2001:db8::9 --peer=provider=sip.example:5071 \
	--peer=console=192.0.2.7 --admin=192.0.2.0/24,2001:db8::/64
reads firewall-edge.nft 96 firewall toy-pbx --format=nftables --feature=all --scenario=workers \
	--vantage=external --target=192.0.2.1,2001:db8::1

# Into a file goes the same.
run 0 profiles firewall toy-pbx --format=nftables --output="$work/rules"
cmp -s "$work/rules" "$wanted/firewall.nft" || complain 'the file is another'

run 3 profiles firewall
warns 'which profile?'
run 3 profiles firewall toy-pxb
warns "unknown profile 'toy-pxb' (did you mean 'toy-pbx'?)"
run 3 profiles firewall toy-pbx --feature=client
warns "unknown feature 'client' (did you mean 'clients'?)"
run 3 profiles firewall toy-pbx --scenario=worker
warns "(did you mean 'workers'?)"
run 3 profiles firewall toy-pbx --peer=cloc=192.0.2.1
warns "(did you mean 'clock'?)"
run 3 profiles firewall toy-pbx --peer=console=console.example
warns 'must be given by its addresses'
run 3 profiles firewall toy-pbx --format=nftables --vantage=external
warns 'needs --target=ADDRESS'
run 3 profiles firewall toy-pbx --target=192.0.2.1
warns 'add --vantage=external'
run 3 profiles firewall toy-pbx --admin=admin.example
warns 'numeric addresses or networks'
run 3 profiles firewall toy-pbx --format=iptables
warns 'text or nftables'
run 3 profiles firewall toy-pbx --vantage=host
warns 'internal, dmz or external'

# Colours change nothing but colours.
sed $'s/\x1b\\[[0-9;]*m//g' "$wanted/show-colour" | cmp -s - "$wanted/show" ||
	complain 'with colours something else is told'

# Every heading is German where titles are.
for heading in Immer Funktion Szenario Standort Zertifikate Gegenstellen; do
	grep -q "$heading" "$wanted/show-german" || complain "there is no $heading in German"
done

finish
