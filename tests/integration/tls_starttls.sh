#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# TLS behind plain text: Debian's mail, chat, directory, database, desktop and telephone
# servers with TLS and without; boxes that take STARTTLS away; ports that were mistaken for
# others. There is no SQL Server to be had: an emulation of its pre-login with a real OpenSSL
# inside stands in for it.
set -u
: "${UCPOSTURE:?}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/tls_servers.bash
. "$here/tls_servers.bash"
# shellcheck source=tests/integration/tls_certificates.bash
. "$here/tls_certificates.bash"
# shellcheck source=tests/integration/tls_daemons.bash
. "$here/tls_daemons.bash"
tls_needs nmap sslscan certtool
tls_enter "$0" "$@"
tls_authority
tls_certificate rsa "RSA rsa_keygen_bits:2048" "DNS:pbx.example"
ca=$tls_place/ca
absent=ends="failed starttls starttls_absent"
refused=ends="failed starttls starttls_refused"
no_tls=ends="failed handshake not_this_protocol"

# box NAME MODE PORT SERVER: an address of its own in front of the server.
box() {
	tls_next
	tls_serve "$1" "$PYTHON3" "$here/tls_boxes.py" "$2" "$address" "$3" "$4"
	tls_listens "$1" "$address" "$3"
}

if ! tls_missing postfix; then
	tls_postfix postfix "smtpd_tls_security_level = may"
	postfix=$address
	tls_case postfix_may "$postfix" 25 starttls=smtp
	tls_case postfix_smtps "$postfix" 465
	tls_case postfix_taken_for_tls "$postfix" 25 plain=smtp "$no_tls"
	tls_postfix postfix_without "smtpd_tls_security_level = none"
	tls_case postfix_without "$address" 25 starttls=smtp "$absent"
	# The key is another certificate's: TLS is announced and cannot be had.
	tls_key other RSA rsa_keygen_bits:2048
	tls_postfix postfix_broken "smtpd_tls_security_level = may" \
		"smtpd_tls_key_file = $ca/other.key"
	tls_case postfix_broken "$address" 25 starttls=smtp "$refused"
	box stripped strip 25 "$postfix"
	tls_case smtp_stripped "$address" 25 \
		starttls=smtp direct="$postfix" without=nmap
	box masked mask 25 "$postfix"
	tls_case smtp_masked "$address" 25 \
		starttls=smtp direct="$postfix" "$absent"
	box refusing refuse 25 "$postfix"
	tls_case smtp_refusing "$address" 25 \
		starttls=smtp "$refused"
fi

if ! tls_missing dovecot; then
	tls_dovecot dovecot "ssl_dh = <$ca/dh.pem"
	dovecot=$address
	tls_case dovecot_imap "$dovecot" 143 starttls=imap
	tls_case dovecot_pop3 "$dovecot" 110 starttls=pop3
	tls_case dovecot_imaps "$dovecot" 993
	tls_case dovecot_imap_taken_for_tls "$dovecot" 143 plain=imap "$no_tls"
	tls_case dovecot_pop3_taken_for_tls "$dovecot" 110 plain=pop3 "$no_tls"
	tls_dovecot dovecot_without_dh
	tls_case dovecot_without_dh "$address" 993
	tls_dovecot dovecot_without "ssl = no"
	tls_case dovecot_without_imap "$address" 143 starttls=imap "$absent"
	tls_case dovecot_without_pop3 "$address" 110 starttls=pop3 "$absent"
	box stripped_imap strip 143 "$dovecot"
	tls_case imap_stripped "$address" 143 \
		starttls=imap direct="$dovecot" without=nmap
	box stripped_pop3 strip 110 "$dovecot"
	tls_case pop3_stripped "$address" 110 \
		starttls=pop3 direct="$dovecot" without=nmap
	box refusing_imap refuse 143 "$dovecot"
	tls_case imap_refusing "$address" 143 \
		starttls=imap "$refused"
fi

if ! tls_missing vsftpd; then
	tls_vsftpd vsftpd 21 ssl_enable=YES force_local_logins_ssl=NO
	vsftpd=$address
	tls_case vsftpd "$vsftpd" 21 starttls=ftp
	tls_case vsftpd_taken_for_tls "$vsftpd" 21 plain=ftp "$no_tls"
	tls_vsftpd vsftpd_without 21 ssl_enable=NO
	tls_case vsftpd_without "$address" 21 starttls=ftp "$absent"
	tls_vsftpd vsftpd_implicit 990 ssl_enable=YES implicit_ssl=YES
	tls_case vsftpd_implicit "$address" 990
	box stripped_ftp strip 21 "$vsftpd"
	tls_case ftp_stripped "$address" 21 \
		starttls=ftp direct="$vsftpd" without=nmap
fi

if ! tls_missing prosody; then
	tls_prosody prosody
	prosody=$address named=(name=pbx.example host=pbx.example)
	echo "$prosody pbx.example" >>"$tls_place/hosts"
	tls_case prosody_clients "$prosody" 5222 starttls=xmpp "${named[@]}"
	tls_case prosody_servers "$prosody" 5269 starttls=xmpp-server "${named[@]}"
	tls_case prosody_direct "$prosody" 5223 "${named[@]}"
	tls_case prosody_without_name "$prosody" 5223 without=sslscan
	tls_case prosody_taken_for_tls "$prosody" 5222 plain=xmpp name=pbx.example "$no_tls"
	box stripped_xmpp strip 5222 "$prosody"
	tls_case xmpp_stripped "$address" 5222 \
		starttls=xmpp direct="$prosody" name=pbx.example without=nmap,sslscan,openssl
fi

if ! tls_missing slapd; then
	tls_slapd slapd "TLSCertificateFile $ca/rsa.chain.pem" "TLSCertificateKeyFile $ca/rsa.key"
	tls_case slapd_starttls "$address" 389 starttls=ldap without=sslscan
	tls_case slapd_ldaps "$address" 636
	tls_case slapd_taken_for_tls "$address" 389 plain=ldap \
		ends='failed handshake'
	tls_slapd slapd_without
	tls_case slapd_without "$address" 389 starttls=ldap "$absent"
fi

if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
	echo "skip the cases of PostgreSQL: it is not here"
elif tls_postgres_initialise; then
	tls_postgres postgres ssl=on "ssl_min_protocol_version = 'TLSv1.2'"
	tls_case postgres "$address" 5432 starttls=postgres
	tls_case postgres_taken_for_tls "$address" 5432 plain=postgres ends='failed handshake'
	tls_postgres postgres_without ssl=off
	tls_case postgres_without "$address" 5432 starttls=postgres "$absent"
fi

if ! tls_missing xrdp; then
	tls_xrdp xrdp tls
	tls_case xrdp_tls "$address" 3389 starttls=rdp without=nmap
	tls_xrdp xrdp_without rdp
	tls_case xrdp_without "$address" 3389 starttls=rdp "$absent"
fi

if ! tls_missing kamailio; then
	tls_kamailio kamailio
	tls_case kamailio "$address" 5061
	tls_case kamailio_asks "${address%.*}.$((${address##*.} + 1))" 5061
	tls_case kamailio_demands "${address%.*}.$((${address##*.} + 2))" 5061
fi

database() { # NAME ENCRYPTION KEY=VALUE...
	tls_next
	tls_serve "$1" "$PYTHON3" "$here/tls_boxes.py" mssql "$address" 1433 \
		"$ca/rsa.chain.pem" "$ca/rsa.key" "$2"
	tls_listens "$1" "$address" 1433
	tls_case "$1" "$address" 1433 starttls=mssql "${@:3}"
}

database sql_encrypts 1 without=sslscan
database sql_encrypts_logins 0 without=sslscan
database sql_without 2 "$absent"

tls_finish
