#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real nginx and apache, over IPv4 and IPv6: what we see of redirects, HSTS, cookies, ways to
# log in and a closed /admin must be what curl and Python see in the same run.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
export UCPOSTURE_FENCE=kill
PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=tests/integration/alone.bash
. "$(dirname "$0")/alone.bash"
alone_needs nginx apache2 tinyproxy squid openssl curl "$PYTHON3" "$UCPOSTURE"
alone_enter "$0" "$@"

here=$(cd "$(dirname "$0")" && pwd)
chmod 755 "$place"
mount -t tmpfs -o mode=755 http /run || exit 77
for address in 192.0.2.10/32 2001:db8::10/128 192.0.2.20/32 2001:db8::20/128 192.0.2.30/32; do
	ip address add "$address" dev lo nodad 2>/dev/null || ip address add "$address" dev lo || exit 1
done
printf '%s\n' '127.0.0.1 localhost' '192.0.2.10 pbx.example' '2001:db8::10 pbx.example' \
	'192.0.2.20 apache.example' '2001:db8::20 apache.example' >"$place/hosts"
mount --bind "$place/hosts" /etc/hosts || exit 77
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
	-subj /CN=pbx.example -addext subjectAltName=DNS:pbx.example,DNS:apache.example \
	-keyout "$place/key.pem" -out "$place/cert.pem" 2>/dev/null || exit 1
mkdir -p "$place/temp" "$place/www/admin" "$place/www/shut"
echo '<html><head><TITLE>Apache
   PBX</TITLE>' >"$place/www/index.html"
echo '<title>Administration</title>' >"$place/www/admin/index.html"
printf 'user:%s\n' "$(openssl passwd -apr1 secret)" >"$place/users"

cat >"$place/nginx.conf" <<END
worker_processes 1;
daemon off;
user root;
pid $place/nginx.pid;
error_log $place/nginx.log;
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path $place/temp;
	proxy_temp_path $place/temp;
	fastcgi_temp_path $place/temp;
	uwsgi_temp_path $place/temp;
	scgi_temp_path $place/temp;
	ssl_certificate $place/cert.pem;
	ssl_certificate_key $place/key.pem;
	default_type text/html;
	server {
		listen 192.0.2.10:80 default_server;
		listen [2001:db8::10]:80 default_server;
		location = /plain { return 200 "plain"; }
		location / { return 301 https://\$host\$request_uri; }
	}
	server {
		listen 192.0.2.10:443 ssl default_server;
		listen [2001:db8::10]:443 ssl default_server;
		return 404 "nobody by that name";
	}
	server {
		listen 192.0.2.10:443 ssl;
		listen [2001:db8::10]:443 ssl;
		server_name pbx.example;
		absolute_redirect off;
		location = / {
			add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
			add_header X-Powered-By PHP/7.4.33;
			add_header Set-Cookie "PHPSESSID=s3cr3tvalue; path=/; HttpOnly";
			add_header Set-Cookie "good=s3cr3tvalue; Secure; HttpOnly; SameSite=Lax";
			add_header Set-Cookie "old=; Max-Age=0; path=/";
			return 200 "<title>nginx PBX</title>";
		}
		location = /short { add_header Strict-Transport-Security max-age=60; return 200 "x"; }
		location = /a403 { return 403; }
		location = /a404 { return 404; }
		location = /a200 { return 200 "open"; }
		location = /a500 { return 500; }
		location = /away { return 302 http://elsewhere.example/; }
		location = /self { return 301 /self; }
		location = /query { return 302 /a403?from=%2Fquery; }
		location = /twice { return 302 /query; }
		location /dir { return 301 /dir/; }
		location /dir/ { return 200 "<title>Administration</title>"; }
		location = /shut { return 301 https://pbx.example/shut/; }
		location /shut/ { return 403; }
		location = /login { auth_basic "PBX, log in"; auth_basic_user_file $place/users; }
	}
}
END
cat >"$place/apache.conf" <<END
ServerRoot $place
ServerName apache.example
PidFile $place/apache.pid
ErrorLog $place/apache.log
Listen 192.0.2.20:80
Listen [2001:db8::20]:80
Listen 192.0.2.20:443
Listen [2001:db8::20]:443
$(for module in mpm_event authn_core authn_file authz_core authz_user authz_host auth_basic \
	auth_digest dir headers alias socache_shmcb ssl mime setenvif; do
	echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
done)
TypesConfig /dev/null
AddType text/html .html
User www-data
Group www-data
DocumentRoot $place/www
<Directory $place/www>
	Require all granted
</Directory>
<Directory $place/www/shut>
	Require all denied
</Directory>
<VirtualHost *:80>
	Redirect permanent / https://apache.example/
</VirtualHost>
<VirtualHost *:443>
	ServerName nobody.example
	SSLEngine on
	SSLCertificateFile $place/cert.pem
	SSLCertificateKeyFile $place/key.pem
	<Location />
		Require all denied
	</Location>
</VirtualHost>
<VirtualHost *:443>
	ServerName apache.example
	SSLEngine on
	SSLCertificateFile $place/cert.pem
	SSLCertificateKeyFile $place/key.pem
	Header always set X-Powered-By ASP.NET
	Header always set Strict-Transport-Security "max-age=0"
	Header always add Set-Cookie "JSESSIONID=s3cr3tvalue; Path=/"
	<Location /digest>
		AuthType Digest
		AuthName "a, b"
		AuthUserFile $place/users
		Require valid-user
	</Location>
</VirtualHost>
END
cat >"$place/tinyproxy.conf" <<END
Port 8888
Listen 192.0.2.30
Timeout 5
BasicAuth user secret
END
cat >"$place/squid.conf" <<END
http_port 192.0.2.30:3128
acl shut dstdomain shut.example
http_access deny shut
http_access allow all
cache deny all
access_log none
cache_log $place/squid.log
pid_filename $place/squid.pid
coredump_dir $place
logfile_rotate 0
hosts_file $place/hosts
dns_nameservers 192.0.2.30
dns_timeout 1 second
shutdown_lifetime 0 seconds
END

run() { # NAME ADDRESS PORT COMMAND...
	local name=$1 address=$2 port=$3 tries
	shift 3
	"$@" </dev/null >>"$place/$name.out" 2>&1 &
	pids+=($!)
	for ((tries = 0; tries < 100; tries++)); do
		(exec 3<>"/dev/tcp/$address/$port") 2>/dev/null && return
		sleep 0.1
	done
	echo "not ok - $name does not listen"
	cat "$place/$name.out" "$place/$name.log"
	exit 1
}

run nginx 192.0.2.10 443 nginx -c "$place/nginx.conf"
run apache 192.0.2.20 443 apache2 -f "$place/apache.conf" -DFOREGROUND
run tinyproxy 192.0.2.30 8888 tinyproxy -d -c "$place/tinyproxy.conf"
run squid 192.0.2.30 3128 squid -N -f "$place/squid.conf"

# agrees URL [WORD=VALUE...]: over both families our facts are curl's and Python's, and these.
agrees() {
	if ! "$PYTHON3" "$here/http_truth.py" "$@"; then
		failures=$((failures + 1))
	fi
}

# fails STAGE REASON STATUS ARGUMENT...: observe ends so; STATUS: of http.status, or none.
fails() {
	local expected="$1 $2 $3" seen
	shift 3
	seen=$("$UCPOSTURE" observe http "$@" --format=json --timeout=5 | "$PYTHON3" -c '
import json, sys
seen = json.load(sys.stdin)
print(seen["stage"], seen["reason"], seen["facts"].get("http.status"))')
	if [ "$seen" = "$expected" ]; then
		echo "ok - $*: $expected"
	else
		echo "not ok - $*: $seen, not $expected"
		failures=$((failures + 1))
	fi
}

agrees http://pbx.example/ redirects_to_https=True hsts=None
agrees http://pbx.example/plain redirects_to_https=False final_status=200
agrees https://pbx.example/ hsts=31536000 hsts_subdomains=True powered_by=PHP/7.4.33 \
	"title=nginx PBX" "insecure_cookies=['PHPSESSID']"
agrees https://pbx.example/short hsts=60 hsts_subdomains=False
for status in 403 404 200 500; do
	agrees "https://pbx.example/a$status" "final_status=$status"
done
agrees https://pbx.example/away final_status=302 redirects_to_https=False
agrees https://pbx.example/self final_status=301
agrees https://pbx.example/query final_status=403 \
	"final_url=https://pbx.example/a403?from=%2Fquery"
agrees https://pbx.example/twice final_status=302 final_url=https://pbx.example/query
agrees https://pbx.example/dir final_status=200 final_url=https://pbx.example/dir/ \
	"title=301 Moved Permanently"
agrees https://pbx.example/shut final_status=403 final_url=https://pbx.example/shut/
agrees https://pbx.example/login "authentication=['basic']"
agrees http://apache.example/ redirects_to_https=True
agrees https://apache.example/ hsts=0 powered_by=ASP.NET "title=Apache PBX" \
	"insecure_cookies=['JSESSIONID']"
agrees https://apache.example/admin final_status=200 redirects_to_https=True
agrees https://apache.example/shut final_status=403
agrees https://apache.example/digest "authentication=['digest']"
# By address another host answers than by name.
agrees https://192.0.2.10/ status=404
agrees 'https://[2001:db8::10]/' status=404
agrees https://192.0.2.20/ status=403
fails connect refused None http://192.0.2.10:81/
fails handshake not_this_protocol None https://192.0.2.10:80/
# What is refused by a proxy is not what the origin says.
for scheme in http https; do
	fails None None "$([ $scheme = http ] && echo 301 || echo 200)" "$scheme://pbx.example/" \
		--via-proxy=http://user:secret@192.0.2.30:8888
	fails None None "$([ $scheme = http ] && echo 301 || echo 200)" "$scheme://pbx.example/" \
		--via-proxy=http://192.0.2.30:3128
	fails proxy proxy_authentication None $scheme://pbx.example/ \
		--via-proxy=http://192.0.2.30:8888
	fails proxy proxy_authentication None $scheme://pbx.example/ \
		--via-proxy=http://user:wrong@192.0.2.30:8888
	fails proxy proxy_refused None $scheme://shut.example/ \
		--via-proxy=http://192.0.2.30:3128
	fails proxy proxy_refused None $scheme://192.0.2.10:81/ \
		--via-proxy=http://192.0.2.30:3128
	fails proxy proxy_refused None $scheme://192.0.2.10:81/ \
		--via-proxy=http://user:secret@192.0.2.30:8888
	fails proxy refused None $scheme://pbx.example/ --via-proxy=http://192.0.2.30:81
done
[ $failures = 0 ]
