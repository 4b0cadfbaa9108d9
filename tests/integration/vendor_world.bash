# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The Internet as the vendors' documents see it, in a namespace without a way out: their names,
# answered by a name server of ours, and behind them web servers at their addresses, with
# certificates of an authority of ours. Sourced; calls:
#   world_needs PROGRAM...       77 when one is missing, or without root
#   world_enter "$0" "$@"        goes on in a namespace of its own
#   world_vendors                the hosts of the documents, see below
#   world_host NAME V4 V6 SERVICE...     one more; - for no address; SERVICE is https:443,
#                                http:80 or tcp:5060
#   world_alias NAME OF          a CNAME
#   world_break NAME HOW...      see world_faults; behind world_host, before world_start
#   world_start                  all of it; afterwards there are $world_ca (to be given as
#                                --ca-file) and $world_dns (the name server's address)
#   world_proxy KIND [USER:PASSWORD]     tinyproxy or squid; its URL without user in $proxy
#   world_lookups NAME [TYPE]    how many questions for it have reached the name server
#   world_requests WORDS         how many requests with these words the web servers have seen
# A mistake in a call ends the test. Everything is taken down when the script ends.

world_here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=tests/integration/tls_servers.bash
. "$world_here/tls_servers.bash"
# shellcheck source=tests/integration/tls_certificates.bash
. "$world_here/tls_certificates.bash"

# What can be wrong with a host. Of the names: nxdomain; servfail; dns_silent, dns_refused (the
# name server's own behaviour); no_address; only_v4 and only_v6. Of the way: refused, filtered,
# unreachable, prohibited (what a firewall says), no_route, only_proxy (nobody but the proxies
# gets through); with a 4 or a 6 behind it: only there. Of TLS: expired, not_yet, self_signed,
# wrong_name, stranger (an authority nobody knows), incomplete (without the issuing one),
# no_tls (speaks HTTP there), alert. Of HTTP: status_503 and the like, redirect_HOST. And from
# the first byte on: silent, closes, resets, garbage, endless_head, endless_body.
world_faults=" nxdomain servfail dns_silent dns_refused no_address only_v4 only_v6 expired \
not_yet self_signed wrong_name stranger incomplete no_tls alert silent closes resets garbage \
endless_head endless_body "
for world_fault in refused filtered unreachable prohibited no_route only_proxy; do
	world_faults+="$world_fault ${world_fault}4 ${world_fault}6 "
done

world_needs() {
	tls_needs unbound knotd nginx nft "$@"
}

world_enter() {
	tls_enter "$@"
	mount -t tmpfs -o mode=1777 world /dev/shm
	world=$tls_place/world world_dns=10.53.0.53
	# shellcheck disable=SC2034 # for who sources this
	world_ca=$tls_place/ca/root.pem
	world_next_proxy=1 world_dns_also=()
	mkdir "$world"
	declare -gA world_v4=() world_v6=() world_services=() world_broken=() world_aliases=()
	ip address add "$world_dns/32" dev lo
	ip address add 10.53.0.54/32 dev lo
	world_resolve_here
}

# The system's resolver and ours ask the world's name server, wherever resolv.conf is.
world_resolve_here() {
	local file
	file=$(readlink -f /etc/resolv.conf)
	mkdir -p "$(dirname "$file")"
	[ -e "$file" ] || : >"$file"
	echo "nameserver $world_dns" >"$world/resolv.conf"
	mount --bind "$world/resolv.conf" "$file" || exit 1
	sed 's/^hosts:.*/hosts: files dns/' "$tls_place/nsswitch.conf" >"$world/nsswitch.conf"
	cat "$world/nsswitch.conf" >"$tls_place/nsswitch.conf"
	# Who asks for this machine's own name shall not wait for a server that starts.
	echo "127.0.0.1 $(uname -n)" >>"$tls_place/hosts"
}

world_complain() {
	echo "FAIL the world: $*"
	exit 1
}

# Names, ports, Connect's addresses and Datatal's ranges as the documents have them; the other
# addresses are made up. XPhone's document speaks of C4B's services without a name.
world_vendors() {
	local last
	world_host push.starface.de 37.120.180.101 2a02:2e00:5::101 https:443
	world_host license.starface.de 37.120.180.102 2a02:2e00:5::102 http:80 https:443 https:8383
	world_host update.starface.de 37.120.180.103 2a02:2e00:5::103 http:80 https:443
	world_host starface-cdn.de 37.120.180.104 2a02:2e00:5::104 http:80 https:443
	world_host www.starface-cdn.de 37.120.180.105 2a02:2e00:5::105 http:80 https:443
	world_host siptrunk.de 37.120.180.106 2a02:2e00:5::106 https:443
	last=0
	for address in 37.120.180.58 37.120.180.6 37.120.181.198 37.120.181.229 85.184.250.15; do
		last=$((last + 1))
		world_host "connect-$last.starface.example" "$address" - tcp:5060 https:5061
	done
	world_host services.datatal.se 82.115.148.20 2a01:650:28:5::255:14 https:443
	world_host api.push.apple.com 17.188.143.34 2620:149:a44::22 https:443 https:2197
	world_host gateway.push.apple.com 17.188.143.35 2620:149:a44::23 https:2195
	world_host feedback.push.apple.com 17.188.143.36 2620:149:a44::24 https:2196
	world_host 1-courier.push.apple.com 17.188.143.37 2620:149:a44::25 https:5223 https:443
	world_host fcm.googleapis.com 142.250.185.74 2a00:1450:4001:82a::200a https:443
	world_host mtalk.google.com 142.250.27.188 2a00:1450:4025:401::bc https:5228 https:5229 \
		https:5230 https:443
	world_host push.c4b.com 46.16.216.10 2a00:f48:2000::10 https:443
	world_host update.c4b.com 46.16.216.11 - http:80 https:443
}

world_host() { # NAME V4 V6 SERVICE...
	local name=$1
	[ $# -ge 4 ] || world_complain "world_host NAME V4 V6 SERVICE..., not $*"
	world_v4[$name]=$2 world_v6[$name]=$3
	shift 3
	world_services[$name]=$*
	world_broken[$name]=" "
}

world_alias() { # NAME OF
	world_aliases[$1]=$2
}

world_break() { # NAME HOW...
	local name=$1 how
	shift
	[ -n "${world_services[$name]-}" ] || world_complain "there is no $name to break"
	for how in "$@"; do
		case $how in
		status_[2-5][0-9][0-9] | redirect_?*) ;;
		*) [[ $world_faults == *" $how "* ]] || world_complain "nothing breaks by $how" ;;
		esac
		world_broken[$name]+="$how "
	done
}

world_is() { # NAME HOW...: whether it is broken so, in one of the ways
	local name=$1 how
	shift
	for how in "$@"; do
		[[ ${world_broken[$name]} == *" $how "* ]] && return 0
	done
	return 1
}

# The addresses of a name, as the name server shall know them.
world_addresses() { # NAME
	world_is "$1" no_address && return
	[ "${world_v4[$1]}" = - ] || world_is "$1" only_v6 || echo "${world_v4[$1]}"
	[ "${world_v6[$1]}" = - ] || world_is "$1" only_v4 || echo "${world_v6[$1]}"
}

# --- names ------------------------------------------------------------------------

# One zone, the root, has all names; who is to fail has a zone of its own that cannot be
# loaded.
world_names() {
	local name address
	mkdir -p "$world/knot/run" "$world/knot/db"
	{
		echo "\$TTL 300"
		echo ". SOA ns.world. hostmaster.world. 1 3600 600 86400 30"
		echo ". NS ns.world."
		echo "ns.world. A 10.53.0.54"
		for name in "${!world_services[@]}"; do
			world_is "$name" nxdomain servfail && continue
			echo "$name. TXT \"here\""
			for address in $(world_addresses "$name"); do
				case $address in
				*:*) echo "$name. AAAA $address" ;;
				*) echo "$name. A $address" ;;
				esac
			done
		done
		for name in "${!world_aliases[@]}"; do
			echo "$name. CNAME ${world_aliases[$name]}."
		done
	} >"$world/knot/root.zone"
	world_configure_knot >"$world/knot/knot.conf"
	world_configure_unbound >"$world/unbound.conf"
	tls_serve knot knotd -c "$world/knot/knot.conf"
	tls_listens knot 10.53.0.54 53
	tls_serve unbound unbound -d -p -c "$world/unbound.conf"
	tls_listens unbound "$world_dns" 53
}

world_configure_knot() {
	local name
	cat <<CONF
server:
    rundir: $world/knot/run
    listen: 10.53.0.54@53
    udp-workers: 1
    tcp-workers: 2
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: $world/knot/db
zone:
  - domain: .
    file: $world/knot/root.zone
CONF
	for name in "${!world_services[@]}"; do
		world_is "$name" servfail || continue
		echo "  - domain: $name"
		echo "    file: $world/knot/there-is-none"
	done
}

world_configure_unbound() {
	local name
	cat <<CONF
server:
    directory: "$world"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: "$world/queries"
    log-queries: yes
    verbosity: 0
$(printf '    interface: %s\n' "$world_dns" "${world_dns_also[@]}")
    access-control: 0.0.0.0/0 allow
    access-control: ::/0 allow
    module-config: "iterator"
    qname-minimisation: no
    unblock-lan-zones: yes
    local-zone: "test." nodefault
    outgoing-range: 64
    num-queries-per-thread: 64
CONF
	for name in "${!world_services[@]}"; do
		world_is "$name" dns_silent && echo "    local-zone: \"$name.\" deny"
		world_is "$name" dns_refused && echo "    local-zone: \"$name.\" refuse"
	done
	cat <<CONF
stub-zone:
    name: "."
    stub-addr: 10.53.0.54
remote-control:
    control-enable: no
CONF
}

world_lookups() { # NAME [TYPE]
	grep -c "info: .* $1\. ${2-[A-Z]*} IN" "$world/queries"
}

# --- the way there ----------------------------------------------------------------

# What a firewall does with who wants to an address.
world_verdict() { # NAME FAMILY
	local name=$1 family=$2 icmp=icmp
	[ "$family" = 4 ] || icmp=icmpv6
	if world_is "$name" filtered "filtered$family"; then
		echo drop
	elif world_is "$name" unreachable "unreachable$family"; then
		[ "$family" = 4 ] && echo "reject with icmp type host-unreachable" \
			|| echo "reject with icmpv6 type addr-unreachable"
	elif world_is "$name" prohibited "prohibited$family"; then
		echo "reject with $icmp type admin-prohibited"
	elif world_is "$name" only_proxy "only_proxy$family"; then
		echo "meta skuid != { $(id -u tinyproxy || echo 0), $(id -u proxy || echo 0) } drop"
	fi 2>/dev/null
}

# On lo a server answers to the very address that it has: only who begins is stopped.
world_ways() {
	local name verdict first="tcp flags & (syn | ack) == syn"
	for name in "${!world_services[@]}"; do
		if [ "${world_v4[$name]}" != - ] && ! world_is "$name" no_route no_route4; then
			ip address add "${world_v4[$name]}/32" dev lo || world_complain "$name"
		fi
		if [ "${world_v6[$name]}" != - ] && ! world_is "$name" no_route no_route6; then
			ip address add "${world_v6[$name]}/128" dev lo nodad || world_complain "$name"
		fi
	done
	{
		echo "table inet world {"
		# At the way out, for there a packet still has a user.
		echo "chain out { type filter hook output priority 0;"
		for name in "${!world_services[@]}"; do
			verdict=$(world_verdict "$name" 4)
			[ -z "$verdict" ] || echo "ip daddr ${world_v4[$name]} $first $verdict"
			verdict=$(world_verdict "$name" 6)
			[ -z "$verdict" ] || echo "ip6 daddr ${world_v6[$name]} $first $verdict"
		done
		printf "}\n}\n"
	} >"$world/nft"
	nft -f "$world/nft" || world_complain "nft"
}

# --- who is there -------------------------------------------------------------------

world_san() { # NAME
	local address san="DNS:$1"
	for address in ${world_v4[$1]} ${world_v6[$1]}; do
		[ "$address" = - ] || san+=",IP:$address"
	done
	echo "$san"
}

# One for all those whose certificate is as it should be: to make one takes a while.
world_common_certificate() {
	local name sans=()
	for name in "${!world_services[@]}"; do
		world_has_own_certificate "$name" || sans+=("$(world_san "$name")")
	done
	[ ${#sans[@]} -eq 0 ] || tls_certificate common "EC ec_paramgen_curve:P-256" \
		"$(IFS=,; echo "${sans[*]}")"
}

world_has_own_certificate() { # NAME
	world_is "$1" expired not_yet self_signed stranger wrong_name incomplete
}

world_certificate() { # NAME
	local name=$1 how
	for how in expired not_yet self_signed stranger wrong_name incomplete; do
		if world_is "$name" "$how"; then
			tls_faulty_certificate "$name" "$how" "$(world_san "$name")"
			return
		fi
	done
	ln -s common.key "$tls_place/ca/$name.key"
	ln -s common.chain.pem "$tls_place/ca/$name.chain.pem"
}

# What a web server says to whatever it is asked.
world_reply() { # NAME
	local word
	for word in ${world_broken[$1]}; do
		case $word in
		status_*)
			echo "return ${word#status_};"
			return
			;;
		redirect_*)
			echo "return 302 https://${word#redirect_}/;"
			return
			;;
		esac
	done
	echo "return 200 here;"
}

world_web_server() { # NAME ADDRESS SCHEME PORT
	local name=$1 where=$2 scheme=$3 port=$4 ssl=
	case $where in *:*) where="[$where]" ;; esac
	[ "$scheme" != https ] || world_is "$name" no_tls || ssl=ssl
	echo "server { listen $where:$port $ssl;"
	if [ -n "$ssl" ]; then
		echo "ssl_certificate $tls_place/ca/$name.chain.pem;"
		echo "ssl_certificate_key $tls_place/ca/$name.key;"
		world_is "$name" alert && echo "ssl_reject_handshake on;"
	fi
	echo "location / { $(world_reply "$name") } }"
}

world_serve() { # NAME SERVICE: at its addresses
	local name=$1 scheme=${2%:*} port=${2#*:} address mode
	for address in ${world_v4[$name]} ${world_v6[$name]}; do
		case $address in
		-) continue ;;
		*:*) world_is "$name" refused refused6 no_route no_route6 && continue ;;
		*) world_is "$name" refused refused4 no_route no_route4 && continue ;;
		esac
		for mode in silent closes resets garbage endless_head endless_body; do
			if world_is "$name" "$mode"; then
				echo "$address $port $mode $scheme $name" >>"$world/strangers"
				continue 2
			fi
		done
		world_web_server "$name" "$address" "$scheme" "$port" >>"$world/nginx.servers"
	done
}

world_servers() {
	local name service
	: >"$world/strangers"
	: >"$world/nginx.servers"
	world_common_certificate
	for name in "${!world_services[@]}"; do
		world_certificate "$name"
		for service in ${world_services[$name]}; do
			world_serve "$name" "$service"
		done
	done
	tls_nginx_begin
	sed -i "s|access_log off;|log_format world '\$server_addr \$server_port \$host \
\$remote_addr \"\$request\" \$status \"\$http_user_agent\"'; access_log $world/requests world;|" \
		"$tls_place/nginx.conf"
	# The last one tells that all of them listen.
	echo "server { listen $world_dns:80; return 204; }" >>"$world/nginx.servers"
	cat "$world/nginx.servers" >>"$tls_place/nginx.conf"
	address=$world_dns
	echo "}" >>"$tls_place/nginx.conf"
	tls_serve nginx nginx -c "$tls_place/nginx.conf" -e "$tls_place/nginx.error.log"
	tls_listens nginx "$world_dns" 80
	if [ -s "$world/strangers" ]; then
		tls_serve strangers "$PYTHON3" "$world_here/vendor_strangers.py" \
			"$world/strangers" "$tls_place/ca" "$world_dns:81"
		tls_listens strangers "$world_dns" 81
	fi
}

world_requests() { # WORDS
	grep -c -F -- "$1" "$world/requests"
}

world_start() {
	tls_authority
	world_ways
	world_servers
	world_names
	world_await
}

world_await() {
	tls_await
	[ "$tls_failed" -eq 0 ] || exit 1
	tls_awaited=()
}

# --- proxies --------------------------------------------------------------------------

world_proxy() { # KIND [USER:PASSWORD]
	local name=$1-$world_next_proxy host=10.53.1.$world_next_proxy folder
	world_next_proxy=$((world_next_proxy + 1))
	folder=$world/$name
	mkdir "$folder"
	ip address add "$host/32" dev lo
	case $1 in
	tinyproxy) world_tinyproxy "$name" "$folder" "$host" "${2-}" ;;
	squid) world_squid "$name" "$folder" "$host" "${2-}" ;;
	*) world_complain "there is no proxy $1" ;;
	esac
	tls_listens "$name" "$host" 3128
	world_await
	# shellcheck disable=SC2034 # as above
	proxy=http://$host:3128
}

world_tinyproxy() { # NAME FOLDER HOST USER:PASSWORD
	chown tinyproxy "$2"
	cat >"$2/conf" <<CONF
User tinyproxy
Group tinyproxy
Port 3128
Listen $3
Timeout 60
LogFile "$2/log"
LogLevel Info
MaxClients 50
CONF
	[ -z "$4" ] || echo "BasicAuth ${4%%:*} ${4#*:}" >>"$2/conf"
	tls_serve "$1" tinyproxy -d -c "$2/conf"
}

# Who may what stands as in Debian's squid.conf, but that there is no cache.
world_squid() { # NAME FOLDER HOST USER:PASSWORD
	local allowed=all
	chown proxy "$2"
	{
		cat <<CONF
http_port $3:3128
visible_hostname $1
pid_filename $2/pid
cache_log $2/cache.log
access_log stdio:$2/access.log
coredump_dir $2
netdb_filename none
pinger_enable off
cache deny all
dns_nameservers $world_dns
dns_timeout 5 seconds
connect_timeout 10 seconds
shutdown_lifetime 1 seconds
acl SSL_ports port 443
acl Safe_ports port 80 21 443 70 210 280 488 591 777 1025-65535
http_access deny !Safe_ports
http_access deny CONNECT !SSL_ports
CONF
		if [ -n "$4" ]; then
			echo "${4%%:*}:$(openssl passwd -apr1 "${4#*:}")" >"$2/users"
			echo "auth_param basic program /usr/lib/squid/basic_ncsa_auth $2/users"
			echo "auth_param basic children 1 startup=1"
			echo "acl known proxy_auth REQUIRED"
			allowed=known
		fi
		echo "http_access allow $allowed"
		echo "http_access deny all"
	} >"$2/conf"
	tls_serve "$1" squid -N -n "w$world_next_proxy" -f "$2/conf"
}
