# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Real TLS servers for tests, in a network, process and mount namespace that ends with the
# script, with addresses on lo and no way out. Sourced; calls:
#   tls_needs PROGRAM...           77 when one is missing, or without root
#   tls_enter "$0" "$@"            goes on in a namespace of its own
#   tls_next                       an address of its own, in $address
#   tls_serve NAME COMMAND...      in the background, says what it says to $tls_place/NAME.log
#   tls_listens NAME ADDRESS PORT  it will; tls_finish waits for all
#   tls_case NAME ADDRESS PORT [KEY=VALUE...]    for tls_compare.py, see there
#   tls_missing NAME...            PROGRAM... not there: these cases are skipped, and say so
#   tls_finish                     compares all cases; its exit status is the test's
# The certificates are tls_certificates.bash's, the daemons' starters tls_daemons.bash's.

tls_needs() {
	local program
	for program in ip unshare openssl "${PYTHON3:=python3}" "$@"; do
		command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }
	done
	[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
}

tls_enter() {
	if [ "${TLS_NAMESPACE-}" != "$PPID" ]; then
		exec unshare --net --pid --mount --fork --mount-proc --kill-child \
			bash -c 'TLS_NAMESPACE=$$ bash "$@"; exit $?' tls "$@"
	fi
	ip link set lo up || exit 1
	tls_place=$(mktemp -d) || exit 1
	chmod 755 "$tls_place"
	tls_last=0 tls_pids=() tls_served=() tls_awaited=() tls_failed=0
	: >"$tls_place/cases"
	trap tls_end EXIT
	trap 'exit 1' INT TERM HUP
	tls_hide_the_machine
}

# Daemons write into /run; nobody shall look for a name server that cannot be reached, nor
# meet a configuration of this machine.
tls_hide_the_machine() {
	mount -t tmpfs -o mode=755 tls "/run" || exit 77
	echo "127.0.0.1 localhost" >"$tls_place/hosts"
	echo "hosts: files" >"$tls_place/nsswitch.conf"
	printf 'passwd: files\ngroup: files\nservices: files\n' >>"$tls_place/nsswitch.conf"
	mount --bind "$tls_place/hosts" /etc/hosts
	mount --bind "$tls_place/nsswitch.conf" /etc/nsswitch.conf
}

tls_end() {
	local pid
	for pid in "${tls_pids[@]}"; do
		if kill "$pid"; then
			wait "$pid" || true
		fi
	done 2>/dev/null
	if [ -n "${TLS_KEEP-}" ]; then
		cp -r "$tls_place" "$TLS_KEEP"
	fi
	rm -rf "$tls_place"
}

tls_next() {
	tls_last=$((tls_last + 1))
	address=10.98.0.$tls_last
	ip address add "$address/32" dev lo || exit 1
}

tls_serve() { # NAME COMMAND...
	local name=$1
	shift
	"$@" </dev/null >"$tls_place/$name.log" 2>&1 &
	tls_pids+=($!) tls_served+=("$name")
}

tls_listens() { # NAME ADDRESS PORT
	tls_awaited+=("$1 $2 $3")
}

tls_await() {
	local name address port tries
	while read -r name address port; do
		for ((tries = 0; tries < 200; tries++)); do
			if (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null; then
				continue 2
			fi
			sleep 0.1
		done
		echo "FAIL $name: does not listen on $address port $port:"
		tail -n 20 "$tls_place/$name.log"
		tls_failed=1
	done < <(printf '%s\n' "${tls_awaited[@]}")
}

tls_case() { # NAME ADDRESS PORT KEY=VALUE...
	local IFS=$'\t'
	echo "$*" >>"$tls_place/cases"
}

tls_missing() { # PROGRAM...; true when one is missing, and says so
	local program
	for program in "$@"; do
		if [ ! -x "$program" ] && ! command -v "$program" >/dev/null; then
			echo "skip the cases of $program: it is not here"
			return 0
		fi
	done
	return 1
}

tls_finish() {
	local here
	here=$(dirname "${BASH_SOURCE[0]}")
	tls_await
	"$PYTHON3" "$here/tls_compare.py" "$tls_place" "$tls_place/cases" || tls_failed=1
	[ "$tls_failed" -eq 0 ] || tls_mourn
	[ "$tls_failed" -eq 0 ]
}

# A server that is gone explains more than what was seen of it.
tls_mourn() {
	local i
	for i in "${!tls_pids[@]}"; do
		kill -0 "${tls_pids[i]}" 2>/dev/null && continue
		echo "${tls_served[i]} has ended:"
		tail -n 20 "$tls_place/${tls_served[i]}.log"
	done
}

# --- nginx: one process, an address for each server -----------------------------

tls_nginx_begin() {
	cat >"$tls_place/openssl.cnf" <<'CONF'
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = weak
[weak]
MinProtocol = None
CipherString = ALL:COMPLEMENTOFALL:@SECLEVEL=0
Options = UnsafeLegacyRenegotiation
CONF
	cat >"$tls_place/nginx.conf" <<CONF
daemon off;
user root;
worker_processes 2;
pid $tls_place/nginx.pid;
error_log $tls_place/nginx.error.log;
events { worker_connections 512; }
http {
	access_log off;
	ssl_session_cache off;
	ssl_session_tickets off;
	client_body_temp_path $tls_place/nginx.body;
	proxy_temp_path $tls_place/nginx.proxy;
	fastcgi_temp_path $tls_place/nginx.fastcgi;
	uwsgi_temp_path $tls_place/nginx.uwsgi;
	scgi_temp_path $tls_place/nginx.scgi;
CONF
}

# The server takes $certificate (a name of tls_certificates.bash) unless it names its own.
tls_nginx() { # NAME LISTEN-WORDS DIRECTIVE...
	local listen=$2 directive
	tls_next
	shift 2
	{
		echo "	server {"
		echo "		listen $address:443 $listen;"
		for directive in "$@"; do
			echo "		$directive;"
		done
		echo "		return 200 seen;"
		echo "	}"
	} >>"$tls_place/nginx.conf"
}

# certificate_of NAME...: nginx's directives for certificates of the authority.
tls_nginx_shows() {
	printf 'ssl_certificate %s; ssl_certificate_key %s' \
		"$tls_place/ca/$1.chain.pem" "$tls_place/ca/$1.key"
}

tls_nginx_start() {
	echo "}" >>"$tls_place/nginx.conf"
	OPENSSL_CONF="$tls_place/openssl.cnf" tls_serve nginx \
		nginx -c "$tls_place/nginx.conf" -e "$tls_place/nginx.error.log"
	tls_listens nginx "$address" 443
}

# --- openssl s_server: each on an address of its own ------------------------------

tls_s_server() { # NAME OPTION...
	local name=$1
	shift
	tls_next
	OPENSSL_CONF="$tls_place/openssl.cnf" tls_serve "$name" \
		openssl s_server -accept "$address:443" -quiet -www "$@"
	tls_listens "$name" "$address" 443
}

# --- gnutls-serv and NSS's selfserv bind every address: a port of their own ---------

tls_gnutls() { # NAME PORT CERTIFICATE PRIORITY OPTION...
	local name=$1 port=$2 certificate=$3 priority=$4
	shift 4
	tls_next
	tls_serve "$name" gnutls-serv --quiet --port "$port" --priority "$priority" --http \
		--x509certfile "$tls_place/ca/$certificate.chain.pem" \
		--x509keyfile "$tls_place/ca/$certificate.key" "$@"
	tls_listens "$name" "$address" "$port"
}

tls_nss_database() {
	local folder=$tls_place/nss
	mkdir "$folder"
	certutil -N -d "sql:$folder" --empty-password
	openssl pkcs12 -export -in "$tls_place/ca/rsa.chain.pem" -inkey "$tls_place/ca/rsa.key" \
		-name leaf -passout pass: -out "$folder/leaf.p12" 2>/dev/null
	pk12util -i "$folder/leaf.p12" -d "sql:$folder" -W "" >/dev/null
}

tls_selfserv() { # NAME PORT VERSIONS OPTION...
	local name=$1 port=$2 versions=$3
	shift 3
	[ -d "$tls_place/nss" ] || tls_nss_database
	tls_next
	tls_serve "$name" selfserv -d "sql:$tls_place/nss" -n leaf -p "$port" -V "$versions" "$@"
	tls_listens "$name" "$address" "$port"
}
