# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Debian's mail, directory, chat, database, desktop and telephone servers for tests of TLS.
# Sourced behind tls_servers.bash and tls_certificates.bash. Each starter gives its servers
# addresses of their own, waits until they listen, and leaves the address in $address.

tls_postfix() { # NAME PARAMETER=VALUE...
	local name=$1 folder=$tls_place/$1 parameter
	shift
	tls_next
	mkdir -p "$folder/spool" "$folder/data" "$folder/etc"
	chown postfix "$folder/data"
	cat >"$folder/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $folder/spool
data_directory = $folder/data
myhostname = pbx.example
mydestination = pbx.example
inet_interfaces = $address
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_client_new_tls_session_rate_limit = 0
smtpd_tls_cert_file = $tls_place/ca/rsa.chain.pem
smtpd_tls_key_file = $tls_place/ca/rsa.key
smtputf8_enable = no
CONF
	for parameter in "$@"; do
		echo "$parameter" >>"$folder/etc/main.cf"
	done
	cat >"$folder/etc/master.cf" <<'CONF'
smtp inet n - n - - smtpd
465 inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
local unix - n n - - local
CONF
	# It makes the queue's folders.
	tls_serve "$name" bash -c 'postfix -c "$0" check; exec /usr/lib/postfix/sbin/master -c "$0" -s' \
		"$folder/etc"
	tls_listens "$name" "$address" 25
}

tls_dovecot() { # NAME SETTING...
	local name=$1 folder=$tls_place/$1 setting
	shift
	tls_next
	mkdir -p "$folder"
	cat >"$folder/dovecot.conf" <<CONF
base_dir = $folder/run
state_dir = $folder/state
listen = $address
protocols = imap pop3
log_path = $tls_place/$name.dovecot.log
ssl_cert = <$tls_place/ca/rsa.chain.pem
ssl_key = <$tls_place/ca/rsa.key
mail_location = maildir:$folder/mail
passdb {
	driver = static
	args = nopassword=y
}
userdb {
	driver = static
	args = uid=nobody gid=nogroup home=$folder
}
service imap-login {
	service_count = 0
}
service pop3-login {
	service_count = 0
}
service stats {
	client_limit = 1000
}
CONF
	for setting in "$@"; do
		echo "$setting" >>"$folder/dovecot.conf"
	done
	tls_serve "$name" dovecot -F -c "$folder/dovecot.conf"
	tls_listens "$name" "$address" 143
}

tls_vsftpd() { # NAME PORT SETTING...
	local name=$1 port=$2 folder=$tls_place/$1 setting
	shift 2
	tls_next
	mkdir -p "$folder/empty"
	cat >"$folder/vsftpd.conf" <<CONF
listen=YES
listen_ipv6=NO
background=NO
listen_address=$address
listen_port=$port
anonymous_enable=NO
local_enable=YES
secure_chroot_dir=$folder/empty
ftp_username=nobody
nopriv_user=nobody
rsa_cert_file=$tls_place/ca/rsa.chain.pem
rsa_private_key_file=$tls_place/ca/rsa.key
CONF
	for setting in "$@"; do
		echo "$setting" >>"$folder/vsftpd.conf"
	done
	tls_serve "$name" vsftpd "$folder/vsftpd.conf"
	tls_listens "$name" "$address" "$port"
}

tls_prosody() { # NAME
	local name=$1 folder=$tls_place/$1
	tls_next
	tls_prosody_configure "$folder" pbx.example rsa "$address"
	tls_serve "$name" setpriv --reuid prosody --regid prosody --init-groups \
		prosody -F --config "$folder/prosody.cfg.lua"
	tls_listens "$name" "$address" 5269
	tls_listens "$name" "$address" 5223
}

# What a later line says replaces what was said before.
tls_prosody_configure() { # FOLDER HOST CERTIFICATE "ADDRESS..." [LINE...]
	local folder=$1 host=$2 certificate=$3 addresses
	read -r -a addresses <<<"$4"
	shift 4
	mkdir -p "$folder/data" "$folder/certs"
	cp "$tls_place/ca/$certificate.chain.pem" "$folder/certs/$host.crt"
	cp "$tls_place/ca/$certificate.key" "$folder/certs/$host.key"
	cat >"$folder/prosody.cfg.lua" <<CONF
pidfile = "$folder/prosody.pid"
data_path = "$folder/data"
certificates = "$folder/certs"
daemonize = false
interfaces = { $(printf '"%s", ' "${addresses[@]}") }
modules_enabled = { "tls", "saslauth", "disco" }
modules_disabled = { "http", "posix" }
c2s_require_encryption = true
s2s_require_encryption = true
c2s_ports = { 5222 }
s2s_ports = { 5269 }
c2s_direct_tls_ports = { 5223 }
limits = { }
log = { { levels = { min = "info" }, to = "console" } }
$(printf '%s\n' "$@")
VirtualHost "$host"
CONF
	chown -R prosody "$folder"
}

tls_slapd() { # NAME SETTING...
	local name=$1 folder=$tls_place/$1 setting
	shift
	tls_next
	mkdir -p "$folder"
	cat >"$folder/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
pidfile $folder/slapd.pid
argsfile $folder/slapd.args
CONF
	for setting in "$@"; do
		echo "$setting" >>"$folder/slapd.conf"
	done
	echo "database frontend" >>"$folder/slapd.conf"
	tls_serve "$name" slapd -f "$folder/slapd.conf" -h "ldap://$address/ ldaps://$address/" -d 0
	tls_listens "$name" "$address" 389
}

# tls_postgres_initialise, once, false and a line when it cannot; then servers with copies of what it made.
tls_postgres_initialise() {
	tls_postgres_programs=$(dirname "$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | tail -n 1)")
	mkdir "$tls_place/postgres"
	chown postgres "$tls_place/postgres"
	setpriv --reuid postgres --regid postgres --init-groups "$tls_postgres_programs/initdb" \
		-D "$tls_place/postgres/empty" --no-sync -A trust -E UTF8 --locale=C \
		>"$tls_place/initdb.log" 2>&1 && return 0
	echo "FAIL initdb:"
	tail -n 5 "$tls_place/initdb.log"
	tls_failed=1
	return 1
}

tls_postgres() { # NAME SETTING...
	local name=$1 folder=$tls_place/postgres/$1 setting
	shift
	tls_next
	cp -a "$tls_place/postgres/empty" "$folder"
	install -o postgres -m 600 "$tls_place/ca/rsa.key" "$folder/server.key"
	install -o postgres -m 600 "$tls_place/ca/rsa.chain.pem" "$folder/server.crt"
	for setting in "$@"; do
		echo "$setting" >>"$folder/postgresql.conf"
	done
	echo "host all all 10.98.0.0/16 trust" >>"$folder/pg_hba.conf"
	tls_serve "$name" setpriv --reuid postgres --regid postgres --init-groups \
		"$tls_postgres_programs/postgres" -D "$folder" -h "$address" -k "$folder" -F
	tls_listens "$name" "$address" 5432
}

tls_xrdp() { # NAME LAYER
	local name=$1 folder=$tls_place/$1
	tls_next
	mkdir -p "$folder"
	cat >"$folder/xrdp.ini" <<CONF
[Globals]
ini_version=1
fork=true
port=tcp://$address:3389
security_layer=$2
crypt_level=high
certificate=$tls_place/ca/rsa.chain.pem
key_file=$tls_place/ca/rsa.key
ssl_protocols=TLSv1.2, TLSv1.3
autorun=
[Logging]
LogFile=$folder/xrdp.log
LogLevel=INFO
EnableSyslog=false
[none]
name=none
lib=libvnc.so
CONF
	# It keeps its pid in /run/xrdp.
	tls_serve "$name" unshare --mount bash -c 'mkdir -p /run/xrdp/sockdir &&
		mount -t tmpfs xrdp /run/xrdp && mkdir /run/xrdp/sockdir && exec "$@"' xrdp \
		xrdp --nodaemon --config "$folder/xrdp.ini"
	tls_listens "$name" "$address" 3389
}

# Three addresses: no client certificate, asked for, demanded. $address is the first.
tls_kamailio() { # NAME
	local name=$1 folder=$tls_place/$1 first verify=0 demanded=0 kind
	mkdir -p "$folder"
	: >"$folder/tls.cfg"
	: >"$folder/listen.cfg"
	for kind in none asked demanded; do
		tls_next
		[ "$kind" = none ] && first=$address || verify=1
		[ "$kind" = demanded ] && demanded=1
		echo "listen=tls:$address:5061" >>"$folder/listen.cfg"
		cat >>"$folder/tls.cfg" <<CONF
[server:$address:5061]
method = TLSv1.2+
certificate = $tls_place/ca/rsa.chain.pem
private_key = $tls_place/ca/rsa.key
ca_list = $tls_place/ca/root.pem
verify_certificate = $verify
require_certificate = $demanded
CONF
	done
	cat >>"$folder/tls.cfg" <<CONF
[server:default]
method = TLSv1.2+
certificate = $tls_place/ca/rsa.chain.pem
private_key = $tls_place/ca/rsa.key
[client:default]
CONF
	cat >"$folder/kamailio.cfg" <<CONF
#!KAMAILIO
fork=yes
children=1
tcp_children=2
auto_aliases=no
dns=no
rev_dns=no
log_stderror=yes
enable_tls=yes
include_file "$folder/listen.cfg"
loadmodule "tls.so"
loadmodule "sl.so"
modparam("tls", "config", "$folder/tls.cfg")
request_route {
	sl_send_reply("200", "Nobody is disturbed");
	exit;
}
CONF
	tls_serve "$name" kamailio -DD -E -f "$folder/kamailio.cfg" -Y "$folder" \
		-P "$folder/kamailio.pid" -m 32 -M 8
	address=$first
	tls_listens "$name" "$address" 5061
}
