# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Servers that speak something, at both addresses of golden.bash's system. Sourced by that. Each
# call starts the server anew with what it is told, and returns when it answers:
#   golden_web KEY=VALUE...      nginx. What a call does not name stays as it is. The keys:
#       ports        where it listens: "80 443 5061"
#       plain        yes: without TLS; on port 80 that is so from the beginning
#       versions     "TLSv1.2 TLSv1.3" in the beginning
#       ciphers      OpenSSL's words, for all but TLS 1.3
#       certificate  system (the good one, in the beginning), expired, not_yet, self_signed,
#                    stranger, wrong_name, incomplete, or the NAME of a tls_certificate
#       headers      "Name: value|Name: value", sent with every answer
#       paths        "/admin=403 /login=200"; all others answer 200
#       redirect     yes: to https, whatever the path
#       directives   of nginx, for this server
#                    With a port behind it a key is for this port: versions:5061=TLSv1;
#                    an empty value takes that back, or the first value.
#   golden_xmpp [LINE...]        prosody with STARTTLS on 5222; LINEs of its configuration
#   golden_sip "LISTEN..." STATEMENT...  kamailio. LISTEN is udp:5060, tcp:5060 or tls:5061, or
#                                udp:5060@NAME of a peer; the statements are of its language:
#                                'sl_send_reply("200", "OK")'
#   golden_sip_box HABIT NAME    a box of sip_box.py at the system's addresses, with such a habit,
#                                in front of a kamailio at those of NAME
#   golden_snmp [LINE...]        snmpd that answers who has --snmp-access="$golden_snmp_access";
#                                LINEs of snmpd.conf, such as "rocommunity public"
#   golden_software NAME...      what it says is installed, from its next golden_snmp on
#   golden_ssh [SETTING...]      sshd; SETTINGs of sshd_config, before which come its own
#   golden_smb [OPTION...]       smbd; OPTIONs of [global] in smb.conf
#   golden_ntp NAME              chronyd, at the addresses of a peer
#   golden_stop NAME             web, xmpp, sip, snmp, ssh, smb, ntp: it is gone when that returns
# What they need besides vendor_world.bash, for golden_needs: prosody, kamailio, snmpd, sshd and
# ssh-keygen, smbd and setsid, chronyd.

# shellcheck source=tests/integration/tls_daemons.bash
. "$golden_here/tls_daemons.bash"
# shellcheck source=tests/integration/smbd.bash
. "$golden_here/smbd.bash"

golden_servers_begin() {
	declare -gA golden_web_is=() golden_web_first=(
		[ports]="" [plain]="" [plain:80]=yes [versions]="TLSv1.2 TLSv1.3"
		[ciphers]="ECDHE+AESGCM:ECDHE+CHACHA20" [certificate]=system
		[headers]="" [paths]="" [redirect]="" [directives]=""
	)
	golden_snmp_access=$golden/snmp_access.yaml
	(umask 077 && echo '{ version: 2c, community: golden-k2 }' >"$golden_snmp_access")
}

# In a group of its own, with all that it starts itself.
golden_serve() { # NAME COMMAND...
	local name=$1
	shift
	golden_stop "$name"
	tls_serve "$name" setsid "$@"
	golden_pids[$name]=$!
}

# Some take a minute to say good-bye.
golden_stop() { # NAME
	local pid=${golden_pids[$1]-}
	[ -n "$pid" ] || return 0
	unset "golden_pids[$1]"
	kill -KILL -- "-$pid"
	wait "$pid"
	while kill -0 -- "-$pid"; do
		sleep 0.01
	done
	return 0
} 2>/dev/null

# Until somebody listens there, at both addresses of the system or of PEER.
golden_await() { # NAME TRANSPORT "PORT..." [PEER]
	local address port tries listening missing=
	golden_addresses "${4-}"
	for ((tries = 0; tries < 500; tries++)); do
		listening=$(ss -Hln "--$2") missing=
		for address in "${golden_at[@]}"; do
			case $address in *:*) address="[$address]" ;; esac
			for port in $3; do
				[[ $listening == *" $address:$port "* ]] || missing="$address, $2 port $port"
			done
		done
		[ -n "$missing" ] || return 0
		kill -0 "${golden_pids[$1]}" 2>/dev/null || break
		sleep 0.02
	done
	tail -n 20 "$tls_place/$1.log"
	golden_complain "$1 does not listen at $missing"
}

# --- web --------------------------------------------------------------------------------

golden_web() { # KEY=VALUE...
	local word key
	for word in "$@"; do
		key=${word%%=*}
		[ -n "${golden_web_first[${key%%:*}]+known}" ] || golden_complain "golden_web $word"
		golden_web_is[$key]=${word#*=}
		[ -n "${word#*=}" ] || unset "golden_web_is[$key]"
	done
	golden_stop web
	golden_web_value ports
	[ -n "$golden_value" ] || return 0
	golden_web_configure
	OPENSSL_CONF="$tls_place/openssl.cnf" golden_serve web \
		nginx -c "$golden/web.conf" -e "$tls_place/web.error.log"
	golden_await web tcp "${golden_web_is[ports]}"
}

# In $golden_value.
golden_web_value() { # KEY [PORT]
	local key=$1 at=$1:${2-}
	golden_value=${golden_web_is[$at]-${golden_web_first[$at]-${golden_web_is[$key]-${golden_web_first[$key]}}}}
}

golden_web_configure() {
	local port
	tls_nginx_begin
	sed "s|nginx\.|web.|g; s|^http {|&\n\tserver_tokens off;|" "$tls_place/nginx.conf" >"$golden/web.conf"
	for port in ${golden_web_is[ports]}; do
		golden_web_server "$port" >>"$golden/web.conf"
	done
	echo "}" >>"$golden/web.conf"
}

golden_web_server() { # PORT
	local port=$1 address ssl=ssl word headers
	golden_web_value plain "$port"
	[ "$golden_value" != yes ] || ssl=
	echo "server {"
	golden_addresses
	for address in "${golden_at[@]}"; do
		case $address in *:*) address="[$address]" ;; esac
		echo "listen $address:$port $ssl;"
	done
	[ -z "$ssl" ] || golden_web_tls "$port"
	golden_web_value headers "$port"
	IFS='|' read -r -a headers <<<"$golden_value"
	for word in "${headers[@]}"; do
		echo "add_header ${word%%: *} \"${word#*: }\" always;"
	done
	golden_web_value paths "$port"
	for word in $golden_value; do
		echo "location ${word%=*} { return ${word#*=} \"$word\"; }"
	done
	golden_web_value directives "$port"
	echo "$golden_value"
	golden_web_value redirect "$port"
	if [ "$golden_value" = yes ]; then
		echo "return 301 https://\$host\$request_uri;"
	else
		echo "location / { return 200 here; }"
	fi
	echo "}"
}

golden_web_tls() { # PORT
	golden_web_value versions "$1"
	echo "ssl_protocols $golden_value;"
	golden_web_value ciphers "$1"
	echo "ssl_ciphers $golden_value;"
	golden_web_value certificate "$1"
	golden_certificate "$golden_value"
	tls_nginx_shows "$golden_value"
	echo ";"
}

# In $golden_value: the name of the certificate's files. For a fault it is made when first used.
golden_certificate() { # KIND
	golden_value=$1
	[ ! -e "$tls_place/ca/$1.chain.pem" ] || return 0
	golden_value=system-$1
	[ -e "$tls_place/ca/$golden_value.chain.pem" ] \
		|| tls_faulty_certificate "$golden_value" "$1" "$(world_san "$golden_name")"
}

# --- others -----------------------------------------------------------------------------

golden_xmpp() { # [LINE...]
	golden_certificate system
	golden_addresses
	rm -rf "$golden/xmpp"
	tls_prosody_configure "$golden/xmpp" "$golden_name" "$golden_value" "${golden_at[*]}" \
		'c2s_direct_tls_ports = { }' 's2s_ports = { }' "$@"
	golden_serve xmpp setpriv --reuid prosody --regid prosody --init-groups \
		prosody -F --config "$golden/xmpp/prosody.cfg.lua"
	golden_await xmpp tcp 5222
}

golden_sip() { # "LISTEN..." STATEMENT...
	local folder=$golden/sip listen=$1 word address
	shift
	golden_certificate system
	mkdir -p "$folder"
	cat >"$folder/tls.cfg" <<-CONF
		[server:default]
		method = TLSv1.2+
		certificate = $tls_place/ca/$golden_value.chain.pem
		private_key = $tls_place/ca/$golden_value.key
		[client:default]
	CONF
	{
		printf '%s\n' '#!KAMAILIO' fork=yes children=1 tcp_children=1 auto_aliases=no \
			dns=no rev_dns=no log_stderror=yes enable_tls=yes
		for word in $listen; do
			[[ $word == *@* ]] || word+=@$golden_name
			golden_addresses "${word#*@}"
			word=${word%@*}
			for address in "${golden_at[@]}"; do
				case $address in *:*) address="[$address]" ;; esac
				echo "listen=${word%:*}:$address:${word#*:}"
			done
		done
		printf 'loadmodule "%s.so"\n' tls sl pv textops auth
		echo "modparam(\"tls\", \"config\", \"$folder/tls.cfg\")"
		echo "request_route {"
		printf '%s;\n' "$@" exit
		echo "}"
	} >"$folder/kamailio.cfg"
	golden_serve sip kamailio -DD -E -f "$folder/kamailio.cfg" -Y "$folder" \
		-P "$folder/pid" -m 32 -M 8
	for word in $listen; do
		[[ $word == *@* ]] || word+=@$golden_name
		address=${word#*@}
		word=${word%@*}
		golden_await sip "$([ "${word%:*}" = udp ] && echo udp || echo tcp)" "${word#*:}" "$address"
	done
}

golden_sip_box() { # HABIT NAME
	local i to
	golden_sip udp:5060@"$2 tcp:5060@$2" 'sl_send_reply("200", "OK")'
	to=("${golden_at[@]}")
	golden_addresses
	for i in 0 1; do
		golden_serve "box$i" "$PYTHON3" "$golden_here/sip_box.py" "$1" "${golden_at[i]}" "${to[i]}"
	done
	golden_await box1 tcp 5060
}

golden_software() { # NAME...
	printf '%s\n' "$@" >"$golden/software"
}

golden_snmp() { # [LINE...]
	local folder=$golden/snmp
	mkdir -p "$folder"
	golden_addresses
	{
		echo "agentaddress udp:${golden_at[0]}:161,udp6:[${golden_at[1]}]:161"
		printf '%s golden-k2\n' rocommunity rocommunity6
		[ ! -e "$golden/software" ] || echo "pass_persist -p 1 .1.3.6.1.2.1.25.6.3" \
			"$(command -v "$PYTHON3") $golden_here/snmp_software.py $golden/software"
		printf '%s\n' "$@"
	} >"$folder/agent.conf"
	SNMP_PERSISTENT_DIR=$folder SNMPCONFPATH=/nonexistent MIBS='' golden_serve snmp snmpd -f -Lo -C \
		-c "$folder/agent.conf" -I -smux,mteTrigger,mteTriggerConf
	golden_await snmp udp 161
}

golden_ssh() { # [SETTING...]
	local folder=$golden/ssh
	mkdir -p "$folder" /run/sshd
	[ -e "$folder/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$folder/key" \
		|| golden_complain "ssh-keygen"
	golden_addresses
	{
		printf 'ListenAddress %s\n' "${golden_at[@]}"
		printf '%s\n' "Port 22" "PidFile none" "UsePAM no" "HostKey $folder/key" "$@"
	} >"$folder/sshd_config"
	# It wants to be called by its whole path.
	golden_serve ssh "$(command -v sshd)" -D -e -f "$folder/sshd_config"
	golden_await ssh tcp 22
}

golden_smb() { # [OPTION...]
	golden_addresses
	smbd_configure "$golden/smb" "${golden_at[0]}/32 ${golden_at[1]}/128" "$@"
	golden_serve smb smbd -F --no-process-group -s "$golden/smb/smb.conf"
	golden_await smb tcp 445
}

golden_ntp() { # NAME
	mkdir -p "$golden/ntp"
	golden_addresses "$1"
	printf '%s\n' "bindaddress ${golden_at[0]}" "bindaddress ${golden_at[1]}" "local stratum 8" \
		"allow all" "cmdport 0" "bindcmdaddress /" "pidfile $golden/ntp/pid" \
		>"$golden/ntp/chrony.conf"
	golden_serve ntp chronyd -d -x -u root -f "$golden/ntp/chrony.conf"
	golden_await ntp udp 123 "$1"
}
