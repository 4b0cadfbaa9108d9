# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Golden tests of a profile: a system as its document wants it, of which everything is ok, and
# every fault of the document, one at a time, each of which changes exactly the checks that it
# should. Sourced; it brings vendor_world.bash along, and golden_servers.bash with the servers
# that speak something. A test calls, in this order:
#   golden_needs PROGRAM...      77 when one is missing, or without root
#   golden_enter "$0" "$@"       goes on in a namespace of its own without a way out
#   world_vendors, world_host    the hosts that the profile wants, as far as it names them
#   golden_system NAME V4 V6     the system, by name and addresses (on lo, and in the DNS)
#   golden_peer NAME V4 V6       somebody else, with nobody listening yet
#   golden_name_server NAME V4 V6        likewise, but a name server
#   world_start
# and then, as often as it likes:
#   golden_open PORT...          a TCP listener at both addresses of the system, that hangs up on
#                                whoever speaks. PORT is tcp/4000, tcp/4000-4010, or tcp/4000@NAME
#                                of a peer or a world_host
#   golden_close PORT...         no more
#   golden_udp PORT HOW          udp/161 likewise; HOW is refused (nobody is there, as in the
#                                beginning), silent, or answers (something in no protocol)
#   golden_nft RULE              of nftables, for what comes in: 'ip saddr 10.0.0.7 tcp dport 22
#                                drop'. Prefer `reject with tcp reset`: who drops makes us wait
#   golden_refuse NAME [PORT]    by such a rule: nobody gets to it, or to tcp/PORT or udp/PORT
#   golden_redirect PORT TO      who wants to the system's TCP port gets to the other: for servers
#                                that listen at every address
#   golden_divert NAME PORT OTHER PORT   whoever wants to tcp/443 or the like of one host comes to
#                                the other, as boxes on the way do; but not OTHER itself
#   golden_nft_flush             without these rules again
#   golden_view VIEW OPTION...   a way to look: options of `ucposture check`; the system and the
#                                --ca-file are added, unless they name a --config.file, which has
#                                targets of its own
#   golden_good VIEW             all that applies must be ok; kept as the base of the view
#   golden_fault NAME VIEW APPLY UNDO CHECK=VERDICT...   runs APPLY, looks, runs UNDO: these checks
#                                must differ from the base, and no other. A check's name is
#                                that without /ipv6, and means both families; CHECK@4 or
#                                CHECK@6 only the one. It may be a pattern: all of that name
#                                that apply in the base, as in 'tls/tcp-443/*=not_applicable'
#   golden_never CHECK REASON    no fault can make this one (or this pattern) fail
#   golden_done VIEW             looks once more: all must be as it was. To be called before the
#                                system is changed for another view
#   golden_finish                does that for all other views; every check that was ok in a base
#                                must have become a warning or critical by some fault, for
#                                each thing that was expected of it; but for the rules that a
#                                profile inherits: golden_uc_baseline.sh has those. Its exit
#                                status is the test's
# A mistake in a call ends the test. GOLDEN_ONLY=PATTERN runs only faults with such a name (and
# golden_finish then fails), TLS_KEEP=FOLDER keeps the reports.

golden_here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=tests/integration/vendor_world.bash
. "$golden_here/vendor_world.bash"
# shellcheck source=tests/integration/golden_servers.bash
. "$golden_here/golden_servers.bash"

golden_needs() {
	: "${UCPOSTURE:?}"
	world_needs "$UCPOSTURE" "$@"
}

golden_enter() {
	world_enter "$@"
	export UCPOSTURE_FENCE=kill
	golden=$tls_place/golden golden_failures=0 golden_faults=0 golden_name= golden_is_done=
	golden_begun=$EPOCHREALTIME
	mkdir "$golden"
	declare -gA golden_views=() golden_pids=()
	mkfifo "$golden/asked" "$golden/answered"
	exec {golden_asked}<>"$golden/asked" {golden_answered}<>"$golden/answered"
	tls_serve golden_ports "$PYTHON3" -B "$golden_here/golden_ports.py" "$golden/asked" \
		"$golden/answered"
	# No closed port shall keep silent because many were asked.
	echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
	echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
	nft -f - <<-'RULES' || golden_complain "nft"
		table inet golden {
			chain in { type filter hook input priority 0; }
		}
	RULES
	golden_servers_begin
}

golden_complain() {
	echo "FAIL golden: $*"
	exit 1
}

golden_fail() {
	echo "FAIL $*"
	golden_failures=$((golden_failures + 1))
}

# --- the system and its peers ---------------------------------------------------------

golden_system() { # NAME V4 V6
	[ -z "$golden_name" ] || golden_complain "there is a system already: $golden_name"
	golden_name=$1
	golden_peer "$@"
}

golden_peer() { # NAME V4 V6
	[ $# -eq 3 ] || golden_complain "a NAME, V4 and V6, not $*"
	world_host "$@" ""
}

golden_name_server() { # NAME V4 V6
	golden_peer "$@"
	world_dns_also+=("$2" "$3")
}

# In $golden_at: the addresses of a name, usually of the system.
golden_addresses() { # [NAME]
	local name=${1:-$golden_name}
	golden_at=()
	[ -n "${world_v4[$name]-}" ] || golden_complain "there is no host $name"
	[ "${world_v4[$name]}" = - ] || golden_at+=("${world_v4[$name]}")
	[ "${world_v6[$name]}" = - ] || golden_at+=("${world_v6[$name]}")
}

# Whether golden_ports.py says that it is well; in $golden_answer what else it says.
golden_ask() { # COMMAND...
	echo "$*" >&"$golden_asked"
	read -r -t 30 golden_answer <&"$golden_answered" || golden_answer="no answer to $*"
	[ "$golden_answer" = ok ]
}

# golden_each COMMAND HOW PORT[-LAST][@NAME]...
golden_each() {
	local command=$1 how=$2 word port range
	shift 2
	for word in "$@"; do
		[[ $word =~ ^(tcp|udp)/([0-9]+)(-([0-9]+))?(@(.+))?$ ]] \
			|| golden_complain "$word is no port"
		range=("${BASH_REMATCH[@]}")
		golden_addresses "${range[6]}"
		for ((port = range[2]; port <= ${range[4]:-${range[2]}}; port++)); do
			# shellcheck disable=SC2086 # HOW is a word or none
			golden_ask "$command" "${range[1]}" "$port" $how "${golden_at[@]}" \
				|| golden_complain "$golden_answer"
		done
	done
}

golden_open() { # PORT...
	golden_each open "" "$@"
}

golden_close() { # PORT...
	golden_each close "" "$@"
}

declare -A golden_udp_is=()
golden_udp() { # PORT HOW
	[[ $2 =~ ^(refused|silent|answers)$ ]] || golden_complain "a port does not $2"
	[ "${golden_udp_is[$1]:-refused}" = refused ] || golden_each close "" "$1"
	[ "$2" = refused ] || golden_each open "$2" "$1"
	golden_udp_is[$1]=$2
}

golden_nft() { # RULE
	nft add rule inet golden in "$1" || golden_complain "nft: $1"
}

golden_nft_flush() {
	nft flush table inet golden || golden_complain "nft"
	# While there is such a chain, every connection is tracked, and that takes its time.
	nft delete chain inet golden way 2>/dev/null
	return 0
}

golden_redirect() { # PORT TO
	local address ip
	golden_addresses
	for address in "${golden_at[@]}"; do
		case $address in *:*) ip=ip6 ;; *) ip=ip ;; esac
		golden_way "$ip daddr $address tcp dport $1 redirect to :$2"
	done
}

golden_divert() { # NAME PORT OTHER PORT
	local to="${2%/*} dport ${2#*/} dnat"
	golden_way "ip daddr ${world_v4[$1]} ip saddr != ${world_v4[$3]} $to ip to \
		${world_v4[$3]}:${4#*/}"
	golden_way "ip6 daddr ${world_v6[$1]} ip6 saddr != ${world_v6[$3]} $to ip6 to \
		[${world_v6[$3]}]:${4#*/}"
}

golden_way() { # RULE
	nft add chain inet golden way '{ type nat hook output priority -100; }' \
		&& nft add rule inet golden way "$1" || golden_complain "nft: $1"
}

# On lo an answer goes to the very address that was asked: only what begins is refused.
golden_refuse() { # NAME [PORT]
	local address ip tcp="tcp flags & (syn | ack) == syn" udp="meta l4proto udp"
	case ${2-} in
	tcp/*) tcp="tcp dport ${2#tcp/}" udp= ;;
	udp/*) tcp='' udp="udp dport ${2#udp/}" ;;
	esac
	golden_addresses "$1"
	for address in "${golden_at[@]}"; do
		case $address in *:*) ip=ip6 ;; *) ip=ip ;; esac
		[ -z "$tcp" ] || golden_nft "$ip daddr $address $tcp reject with tcp reset"
		[ -z "$udp" ] || golden_nft "$ip daddr $address $udp reject"
	done
}

# --- looking --------------------------------------------------------------------------

golden_view() { # VIEW OPTION...
	local view=$1
	shift
	if [[ $* != *--config.file* ]]; then
		set -- "$@" --ca-file="$world_ca" "$golden_name"
	fi
	# Each remembers on its own what it saw first.
	mkdir -p "$golden/$view.state"
	golden_views[$view]=$(printf '%q ' --state-dir="$golden/$view.state" "$@")
}

golden_look() { # VIEW
	local options
	[ -n "${golden_views[$1]-}" ] || golden_complain "there is no view $1"
	eval "options=(${golden_views[$1]})"
	rm -f "$golden/$1.json"
	"$UCPOSTURE" check --format=json --output="$golden/$1.json" \
		--name-server="$world_dns" --probes-per-second=0 --packets-per-second=0 \
		"${options[@]}" 2>"$golden/$1.errors" </dev/null
	[ ! -s "$golden/$1.json" ] || return 0
	golden_fail "$1: there is no report"
	cat "$golden/$1.errors"
	return 1
}

# golden_compare NAME COMMAND VIEW [WANTED...]: looks, and says how that went.
golden_compare() {
	local name=$1 begun=$EPOCHREALTIME
	shift
	golden_look "$2" || return 1
	if golden_ask compare "$1" "$golden" "${@:2}"; then
		echo "ok   $2: $name ($(((${EPOCHREALTIME/./} - ${begun/./}) / 1000)) ms)"
		return
	fi
	golden_says_not "$2: $name"
	return 1
}

golden_says_not() { # WORDS
	[ "$golden_answer" = "not ok" ] || golden_complain "$golden_answer"
	golden_fail "$1"
	cat "$golden/said"
}

golden_good() { # VIEW
	golden_compare "all is ok" good "$1" || exit 1
}

golden_fault() { # NAME VIEW APPLY UNDO CHECK=VERDICT...
	local name=$1 view=$2 apply=$3 undo=$4
	shift 4
	[ -e "$golden/$view.base" ] || golden_complain "no golden_good $view"
	# shellcheck disable=SC2053 # a pattern
	[[ $name == ${GOLDEN_ONLY-*} ]] || return 0
	golden_faults=$((golden_faults + 1))
	eval "$apply" || golden_complain "$name: $apply"
	golden_compare "$name" fault "$view" "$@"
	eval "$undo" || golden_complain "$name: $undo"
}

golden_never() { # CHECK REASON
	[ -n "${2-}" ] || golden_complain "golden_never CHECK REASON"
	printf '%s\t%s\n' "$1" "$2" >>"$golden/never"
	echo "     $1 cannot be made to fail: $2"
}

golden_done() { # VIEW
	[ -e "$golden/$1.base" ] || golden_complain "no golden_good $1"
	golden_compare "at the end all is as it was" same "$1"
	golden_is_done+=" $1 "
}

golden_finish() {
	local view
	for view in "${!golden_views[@]}"; do
		[[ $golden_is_done == *" $view "* ]] || golden_done "$view"
	done
	if golden_ask compare finish "$golden"; then
		cat "$golden/said"
	else
		golden_says_not "not every check was made to fail"
	fi
	echo "     ${#golden_views[@]} views, $golden_faults faults," \
		"$(((${EPOCHREALTIME/./} - ${golden_begun/./}) / 1000)) ms"
	[ "$golden_failures" -eq 0 ]
}
