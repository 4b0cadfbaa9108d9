#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The shell's completion, as bash would call it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

export UCPOSTURE_PROFILE_DIR=${top_srcdir:?}/profiles

# offers LINE CANDIDATE...: what the program says to the words of a line, exactly.
offers()
{
	local words
	IFS=' ' read -ra words <<<"$1"
	[[ $1 == *' ' || ! $1 ]] && words+=('')
	shift
	"$program" --complete "${words[@]}" >"$work/out" 2>"$work/err"
	[ "$(sort "$work/out")" = "$(printf '%s\n' "$@" | sort)" ] ||
		complain "'${words[*]}' does not offer exactly: $*"
}

offers_also()
{
	local words
	IFS=' ' read -ra words <<<"$1"
	[[ $1 == *' ' || ! $1 ]] && words+=('')
	"$program" --complete "${words[@]}" >"$work/out" 2>"$work/err"
	says "$2"
}

offers 'ch' check
offers '' check agent observe explain status targets alarms events baseline diff reload profiles config \
	--help --version
offers 'profiles ' list show firewall schema
offers 'profiles s' show schema
offers 'profiles f' firewall
offers 'profiles firewall star' starface
offers 'profiles firewall --format=' --format=text --format=nftables
offers 'profiles firewall starface --scenario=remote' --scenario=remote-clients --scenario=remote-clients-web
offers 'profiles firewall starface --peer=sip' --peer=sip-provider=
offers 'profiles sc' schema
mapfile -t shipped < <(cd "$UCPOSTURE_PROFILE_DIR" && printf '%s\n' *.yaml)
offers 'profiles show ' "${shipped[@]%.yaml}"
offers 'profiles show star' starface
offers 'config c' check :files
offers 'check --form' --format=
offers 'check --format=j' --format=json --format=junit
offers 'check --format j' json junit
offers 'check --profile=star' --profile=starface
offers 'check --profile=starface,asc' --profile=starface,asc-neo
offers 'check --config.file=' :files
offers 'check --profile.dir=' :folders
offers 'observe sm' smb
offers 'observe smb ' tcp/445
offers 'observe smb --facts=smb.sig' --facts=smb.signing
offers 'observe smb --facts=smb.smb1,smb.sig' --facts=smb.smb1,smb.signing
offers 'observe --facts=' ''
offers 'observe --starttls=xm' --starttls=xmpp --starttls=xmpp-server
offers 'check --no-such=' ''
offers_also 'check --' '--packets-per-second='
offers_also 'explain starface.' 'starface.'
offers_also 'check --profile=starface --scenario=' '--scenario='

if [ -r /usr/share/bash-completion/bash_completion ]; then
	# shellcheck disable=SC1091
	PATH=$(dirname "$program"):$PATH bash --norc -c '
		. /usr/share/bash-completion/bash_completion
		. "$1"
		try()
		{
			COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_KEY=9
			# As readline splits it, with = as a word of its own.
			read -ra COMP_WORDS <<<"${1//=/ = }"
			[[ $1 == *[\ =] ]] && COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			compopt() { :; }
			_ucposture
			echo "$1 -> ${COMPREPLY[*]}"
		}
		try "ucposture ch"
		try "ucposture check --format=j"
		try "ucposture check --profile=starf"
		try "ucposture check --config.file=$2/LICEN"
	' bash "$top_srcdir/contrib/completion/ucposture.bash" "$top_srcdir" \
		>"$work/out" 2>"$work/err"
	says 'ucposture ch -> check'
	says '--format=j -> json junit'
	says '--profile=starf -> starface'
	says "LICEN -> $top_srcdir/LICENSE"
	is_quiet
else
	echo 'bash-completion is not here, its functions were not tried'
fi

finish
