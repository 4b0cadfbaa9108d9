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
#   golden_stop NAME             web, or another of these servers: it is gone when that returns

golden_servers_begin() {
	declare -gA golden_web_is=() golden_web_first=(
		[ports]="" [plain]="" [plain:80]=yes [versions]="TLSv1.2 TLSv1.3"
		[ciphers]="ECDHE+AESGCM:ECDHE+CHACHA20" [certificate]=system
		[headers]="" [paths]="" [redirect]="" [directives]=""
	)
}

golden_serve() { # NAME COMMAND...
	local name=$1
	golden_stop "$name"
	tls_serve "$@"
	golden_pids[$name]=$!
}

golden_stop() { # NAME
	local pid=${golden_pids[$1]-}
	[ -n "$pid" ] || return 0
	unset "golden_pids[$1]"
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	return 0
}

# Until somebody listens there, at both addresses.
golden_await() { # NAME TRANSPORT PORT
	local address tries
	golden_addresses
	for address in "${golden_at[@]}"; do
		case $address in *:*) address="[$address]" ;; esac
		for ((tries = 0; tries < 500; tries++)); do
			[ -z "$(ss -Hln "--$2" "src $address:$3")" ] || continue 2
			kill -0 "${golden_pids[$1]}" 2>/dev/null || break
			sleep 0.02
		done
		tail -n 20 "$tls_place/$1.log"
		golden_complain "$1 does not listen at $address, $2 port $3"
	done
}

# --- web --------------------------------------------------------------------------------

golden_web() { # KEY=VALUE...
	local word key port
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
	for port in ${golden_web_is[ports]}; do
		golden_await web tcp "$port"
	done
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
