#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Who answers at a TCP port: Debian's servers, each of which is what it was set up as, and
# what nmap -sV finds it to be. Their logs are looked into as well: a look that servers call
# an error is not a polite one.
set -u
: "${UCPOSTURE:?}"
export UCPOSTURE_FENCE=kill
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/tls_servers.bash
. "$here/tls_servers.bash"
# shellcheck source=tests/integration/tls_certificates.bash
. "$here/tls_certificates.bash"
# shellcheck source=tests/integration/tls_daemons.bash
. "$here/tls_daemons.bash"
tls_needs nmap
tls_enter "$0" "$@"
tls_authority
tls_certificate rsa "RSA rsa_keygen_bits:2048" "DNS:pbx.example"
ca=$tls_place/ca
: >"$tls_place/replies"

# reply NAME ADDRESS PORT WORD [BANNER]: a pattern; without one there is none.
reply() {
	printf '%s\t' "$@" >>"$tls_place/replies"
	echo >>"$tls_place/replies"
}

if ! tls_missing postfix; then
	tls_postfix postfix
	reply postfix "$address" 25 smtp '220 pbx\.example ESMTP Postfix.*'
	reply postfix_smtps "$address" 465 tls
fi

if ! tls_missing dovecot; then
	tls_dovecot dovecot
	reply dovecot_imap "$address" 143 imap '\* OK .*Dovecot.* ready\.'
	reply dovecot_pop3 "$address" 110 pop3 '\+OK Dovecot.* ready\.'
	reply dovecot_imaps "$address" 993 tls
fi

if ! tls_missing vsftpd; then
	tls_vsftpd vsftpd 21 ssl_enable=NO
	reply vsftpd "$address" 21 ftp '220 \(vsFTPd .*\)'
	tls_vsftpd vsftpd_elsewhere 9021 ssl_enable=NO
	reply vsftpd_elsewhere "$address" 9021 ftp '220 \(vsFTPd .*\)'
fi

if ! tls_missing prosody; then
	tls_prosody prosody
	reply prosody_clients "$address" 5222 xmpp
	reply prosody_servers "$address" 5269 xmpp
	reply prosody_direct "$address" 5223 tls
fi

if ! tls_missing slapd; then
	tls_slapd slapd "TLSCertificateFile $ca/rsa.chain.pem" "TLSCertificateKeyFile $ca/rsa.key"
	reply slapd "$address" 389 ldap
	reply slapd_ldaps "$address" 636 tls
	tls_slapd slapd_without
	reply slapd_without "$address" 389 ldap
fi

if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
	echo "skip the cases of PostgreSQL: it is not here"
elif tls_postgres_initialise; then
	tls_postgres postgres ssl=on
	reply postgres "$address" 5432 postgres
	tls_postgres postgres_without ssl=off
	reply postgres_without "$address" 5432 postgres
fi

if ! tls_missing xrdp; then
	tls_xrdp xrdp tls
	reply xrdp "$address" 3389 rdp
fi

tls_next
tls_serve sql "$PYTHON3" "$here/tls_boxes.py" mssql "$address" 1433 \
	"$ca/rsa.chain.pem" "$ca/rsa.key" 1
tls_listens sql "$address" 1433
reply sql "$address" 1433 mssql

if ! tls_missing kamailio; then
	tls_kamailio kamailio
	reply kamailio_tls "$address" 5061 tls
	tls_next
	mkdir -p "$tls_place/plain"
	cat >"$tls_place/plain/kamailio.cfg" <<CONF
#!KAMAILIO
fork=yes
children=1
tcp_children=2
auto_aliases=no
dns=no
rev_dns=no
log_stderror=yes
listen=tcp:$address:5060
loadmodule "sl.so"
request_route {
	sl_send_reply("200", "Nobody is disturbed");
	exit;
}
CONF
	tls_serve kamailio_plain kamailio -DD -E -f "$tls_place/plain/kamailio.cfg" \
		-Y "$tls_place/plain" -P "$tls_place/plain/kamailio.pid" -m 32 -M 8
	tls_listens kamailio_plain "$address" 5060
	reply kamailio_plain "$address" 5060 sip
fi

if ! tls_missing nginx; then
	web=10.98.0.$((tls_last + 1))
	tls_nginx_begin
	tls_nginx web ssl "$(tls_nginx_shows rsa)" "listen $web:80" "listen $web:8080" \
		"listen $web:9100"
	tls_nginx_start
	reply nginx_tls "$web" 443 tls
	reply nginx "$web" 80 http
	reply nginx_beside "$web" 8080 http
	# For all that is known it prints what it hears: it is not spoken to.
	reply nginx_on_a_printers_port "$web" 9100 -
fi

if ! tls_missing /usr/sbin/sshd ssh-keygen; then
	mkdir /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$tls_place/sshd.key"
	tls_next
	ip address add fd98::1/128 dev lo
	printf '%s\n' "ListenAddress $address" "ListenAddress fd98::1" "PidFile none" "UsePAM no" \
		"HostKey $tls_place/sshd.key" >"$tls_place/sshd.conf"
	tls_serve sshd /usr/sbin/sshd -D -e -f "$tls_place/sshd.conf"
	tls_listens sshd "$address" 22
	reply sshd "$address" 22 ssh 'SSH-2\.0-OpenSSH_.*'
	reply sshd_six fd98::1 22 ssh 'SSH-2\.0-OpenSSH_.*'
fi

tls_await
sleep 0.3
errors() {
	grep -ac 'kex_exchange\|error' "$tls_place/sshd.log"
	grep -ac ERROR "$tls_place/kamailio.log"
	grep -ac ERROR "$tls_place/kamailio_plain.log"
} 2>/dev/null
before=$(errors)
looks=()
while IFS=$'\t' read -r name address port _; do
	"$UCPOSTURE" observe port "tcp/$port" "$address" --format=json \
		>"$tls_place/$name.json" &
	looks+=($!)
done <"$tls_place/replies"
wait "${looks[@]}"
sleep 0.3
after=$(errors)
if [ "$before" != "$after" ]; then
	echo "FAIL: their logs have errors about us (sshd, kamailio twice): ${before//$'\n'/ }, then ${after//$'\n'/ }"
	tail -n 5 "$tls_place"/{sshd,kamailio,kamailio_plain}.log
	tls_failed=1
fi

# It needs long for those who say little; of these it is asked about a few.
nmap_hosts=$(awk -F '\t' '$3 ~ /^(21|22|25|80|110)$/ && $2 !~ /:/ { print $2 }' \
	"$tls_place/replies" | sort -u)
# shellcheck disable=SC2086
timeout 40 nmap -sV -n -Pn -T5 --version-light -p 21,22,25,80,110,143,443,8080,9021 \
	-oX "$tls_place/nmap.xml" $nmap_hosts >"$tls_place/nmap.log" 2>&1

"$PYTHON3" - "$tls_place" <<'END' || tls_failed=1
import json, re, sys
import xml.etree.ElementTree as tree

place = sys.argv[1]


def nmap_says():
    found = {}
    for host in tree.parse(place + "/nmap.xml").iter("host"):
        for port in host.iter("port"):
            service = port.find("service")
            if service is not None and service.get("method") == "probed":
                word = "tls" if service.get("tunnel") == "ssl" else service.get("name")
                found[host.find("address").get("addr"), port.get("portid")] = word
    return found


found = nmap_says()
failed, confirmed = 0, 0
for line in open(place + "/replies", encoding="utf-8"):
    name, address, port, word, banner = (line.rstrip("\n").split("\t") + [""])[:5]
    with open(f"{place}/{name}.json", encoding="utf-8") as file:
        seen = json.load(file)
    facts = seen["facts"]
    ours, line = facts.get("port.reply", "-"), facts.get("port.banner", "")
    theirs = found.get((address, port))
    confirmed += theirs == word
    if (facts.get("port.state"), ours) != ("open", word) or not re.fullmatch(banner, line):
        print(f"FAIL {name}: {ours} '{line}', expected {word} '{banner}': {seen}")
        failed = 1
    elif word != "-" and theirs not in (word, None):
        print(f"FAIL {name}: we see {ours}, nmap {theirs}")
        failed = 1
    else:
        print(f"ok   {name}: {ours} in {seen['seconds']:.3f} s; nmap: {theirs}; {line}")
print(f"nmap agrees about {confirmed}")
sys.exit(failed or confirmed < 7)
END
[ "$tls_failed" -eq 0 ]
