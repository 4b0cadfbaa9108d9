#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# An ASC neo recorder as its document wants it, and each fault of the document, one at a time.
# Its ports: from outside; from inside with nothing in use but the web interface, with everything
# in use, and with what is unencrypted in place of its encrypted twin. Then encryption, file
# sharing and the installed software.
set -u
# shellcheck source=tests/integration/golden.bash
. "$(dirname "$0")/golden.bash"
golden_needs ss smbd setsid snmpd
golden_enter "$0" "$@"

golden_system recorder.example 10.78.0.1 fd78::1
golden_peer partner.example 10.78.0.2 fd78::2
golden_peer old-partner.example 10.78.0.3 fd78::3
world_start
tls_certificate recorder-rsa "RSA rsa_keygen_bits:2048" "$(world_san recorder.example)"

# Rows of the communication matrix that are marked `in` or `in/out` and can be asked: port, rule,
# and what it is when it is open without its feature or closed with it.
inbound="\
tcp/21 v10-import critical
tcp/80 phoneapp-http warning
tcp/135 nas-rpc warning
udp/161 snmp-get warning
tcp/1433 mssql critical
tcp/2030 genesys warning
tcp/3389 remote-desktop warning
tcp/4000 replay warning
tcp/4001 replay-phone-api warning
tcp/4002 replay-phone-media warning
tcp/4003 live-listening warning
tcp/4040 replay-server warning
tcp/4321 tdm-live warning
tcp/4323 tdm-grammar warning
tcp/4400 aip warning
tcp/4421 file-man warning
tcp/4498 screen-frames warning
tcp/4499 screen-server warning
tcp/4711 clientcommand warning
tcp/5060 sip-tcp warning
udp/5060 sip-udp warning
tcp/5061 sip-tls warning
udp/5062 replay-phone-sip warning
tcp/5180 dongle warning
tcp/5432 postgres critical
udp/5432 alarm-man warning
tcp/5443 skype-connector warning
tcp/5444 skype-relay warning
tcp/5555 avaya-cie warning
tcp/5701-5705 hazelcast warning
tcp/8080 eml-web warning
tcp/8161 eml-activemq-rest warning
tcp/9000 trading-turrets warning
tcp/9010 recording-api warning
tcp/9011 recording-ria warning
tcp/9050 ipc-unigy warning
tcp/16900 xpert-tcp warning
udp/16900 xpert-udp warning
tcp/20000 kappacher warning
tcp/50505 failover-tool warning
tcp/61616 eml-activemq critical"

# Those marked `out` or `in/out`, at the partner.
outbound="\
tcp/25 mail warning
udp/69 cucm-tftp warning
udp/123 ntp warning
tcp/135 nas-peer-rpc warning
tcp/139 nas-netbios warning
tcp/445 nas-smb critical
tcp/636 ldaps warning
tcp/1040 unify-csta critical
tcp/2222 tetra-tcs critical
tcp/2555 mx-one critical
tcp/2601 micc critical
tcp/2749 jtapi-tls critical
tcp/3218 centera critical
tcp/3595 alcatel-tsapi critical
tcp/3804 cucm-capf critical
tcp/4421 file-man-peer warning
tcp/4722 avaya-aes-tls critical
tcp/5061 pbx-sip-tls warning
tcp/5062 media-streamer warning
tcp/5180 dongle-peer critical
tcp/5443 skype-connector-peer warning
tcp/5444 skype-relay-peer warning
tcp/6000-6015 openscape-cc critical
tcp/6810 mivoice-business critical
tcp/7300 mx-one-evoip critical
tcp/8085 openstage warning
tcp/8181 lms warning
tcp/8882 mx-one-csta critical"

# starts PORT[@NAME] / ends PORT[@NAME]: somebody is there, over TCP or UDP.
starts() {
	case $1 in
	udp/*) golden_udp "$1" answers ;;
	*) golden_open "$1" ;;
	esac
}

ends() {
	case $1 in
	udp/*) golden_udp "$1" refused ;;
	*) golden_close "$1" ;;
	esac
}

# smb SIGNING [LEAST-DIALECT]
smb() {
	golden_smb "server signing = $1" "server min protocol = ${2:-SMB2}"
}

# names_of features|peers: those of the profile.
names_of() {
	sed -n "/^$1:/,/^\$/s/^  \([a-z0-9-]*\):.*/\1/p" \
		"$(dirname "$0")/../../profiles/asc-neo.yaml"
}

# --- its ports, and nothing else: that is seen in no time ------------------------------------

# view VIEW "KEYS" RULE...: a target with these keys, without these rules; as a configuration,
# for that can switch rules off.
view() {
	local view=$1 keys=$2 rule off=
	shift 2
	for rule in "$@"; do
		off+="\"$rule\": { off: true }, "
	done
	echo "targets: [ { name: recorder, address: recorder.example, profiles: [ asc-neo ],
		$keys, overrides: { $off } } ]" >"$golden/$view.yaml"
	golden_view "$view" --config.file="$golden/$view.yaml"
}

encryption=("tls-*" "certificate-*" "http-*" "ssh-*" "smb-*")
told=("snmp-default-*" "software-*" operating-system sip-tls-versions)

# check PORT RULE
check() {
	echo "port/${1/\//-}/$2"
}

golden_open tcp/443
view unused "features: [ ]" "${encryption[@]}" "${told[@]}"
golden_good unused
while read -r port rule verdict; do
	golden_fault "$port is open without its feature" unused "starts $port" "ends $port" \
		"$(check "$port" "$rule")=$verdict"
done <<<"$inbound"
golden_fault "the web interface is down" unused 'golden_close tcp/443' 'golden_open tcp/443' \
	port/tcp-443/web-https=critical
golden_fault "one port of Hazelcast's is open" unused 'golden_open tcp/5703' 'golden_close tcp/5703' \
	port/tcp-5701-5705/hazelcast=warning
golden_fault "the firewall keeps IPv4 out, and forgets IPv6" unused \
	'golden_open tcp/4003; golden_nft "ip daddr 10.78.0.1 tcp dport 4003 reject with tcp reset"' \
	'golden_close tcp/4003; golden_nft_flush' port/tcp-4003/live-listening@6=warning
golden_done unused

# Everything, but of twins the encrypted one.
unencrypted=$'ldap-unencrypted\nrecording-cisco-ucm\nrecording-avaya\nrecording-sip'
used=$(names_of features | grep -vxF "$unencrypted" | paste -sd,)
partners=$(names_of peers | sed 's/$/: partner.example/' | paste -sd,)
while read -r port rule _; do
	case $port in */5060) continue ;; esac
	starts "$port"
done <<<"$inbound"
while read -r port _ _; do
	starts "$port@partner.example"
done <<<"$outbound"
golden_open tcp/443@partner.example
view used "features: [ $used ], peers: { $partners }" "${encryption[@]}" "${told[@]}"
golden_good used
while read -r port rule verdict; do
	case $port in */5060) continue ;; esac
	golden_fault "$port is closed" used "ends $port" "starts $port" \
		"$(check "$port" "$rule")=$verdict"
done <<<"$inbound"
while read -r port rule verdict; do
	golden_fault "the partner's $port is closed" used "ends $port@partner.example" \
		"starts $port@partner.example" "$(check "$port" "$rule")=$verdict"
done <<<"$outbound"
golden_fault "the contact center has one port only" used \
	'golden_close tcp/6000-6006@partner.example tcp/6008-6015@partner.example' \
	'golden_open tcp/6000-6006@partner.example tcp/6008-6015@partner.example'
golden_fault "the clouds cannot be reached" used 'golden_close tcp/443@partner.example' \
	'golden_open tcp/443@partner.example' port/tcp-443/cloud-storage=warning \
	port/tcp-443/salesforce=warning
golden_done used

# Only what is unencrypted, at a partner that knows nothing else.
while read -r port rule _; do
	case $port in */5060) starts "$port" ;; tcp/80) ;; *) ends "$port" ;; esac
done <<<"$inbound"
for port in udp/69 tcp/389 tcp/2748 tcp/4721 tcp/5060 udp/5060; do
	starts "$port@old-partner.example"
done
view clear-text "features: [ ${unencrypted//$'\n'/, }, web-http ], peers: {
	ldap: old-partner.example, cucm: old-partner.example, avaya-aes: old-partner.example,
	pbx: old-partner.example }" "${encryption[@]}" "${told[@]}"
golden_good clear-text
while read -r port rule verdict; do
	golden_fault "$port is closed" clear-text "ends $port" "starts $port" \
		"$(check "${port%@*}" "$rule")=$verdict"
done <<'END'
tcp/80 phoneapp-http warning
tcp/5060 sip-tcp warning
udp/5060 sip-udp warning
udp/69@old-partner.example cucm-tftp warning
tcp/389@old-partner.example ldap warning
tcp/2748@old-partner.example jtapi critical
tcp/4721@old-partner.example avaya-aes critical
tcp/5060@old-partner.example pbx-sip-tcp warning
udp/5060@old-partner.example pbx-sip-udp warning
END
while read -r port rule; do
	golden_fault "the partner offers the encrypted $port too" clear-text \
		"starts $port@old-partner.example" "ends $port@old-partner.example" \
		"$(check "$port" "$rule")=warning"
done <<'END'
tcp/636 ldap-change-over
tcp/2749 jtapi-change-over
tcp/4722 avaya-change-over
tcp/5061 pbx-sip-change-over
END
golden_done clear-text
for port in tcp/80 tcp/443 tcp/5060 udp/5060; do
	ends "$port"
done

# --- from outside nothing is to be seen ---------------------------------------------------

golden_view outside --profile=asc-neo --vantage=external
golden_good outside
for port in tcp/1433 tcp/3306 tcp/5432; do
	golden_fault "$port is forwarded" outside "starts $port" "ends $port" \
		"$(check "$port" outside-databases)=critical"
done
golden_fault "a forwarded file sharing is not signed" outside 'smb auto' 'golden_stop smb' \
	port/tcp-445/outside-file-sharing=critical smb/tcp-445/signing=critical
golden_done outside

# --- encryption, web pages and file sharing ------------------------------------------------

# What OpenSSL has of ASC's list, the anonymous suite aside.
suites=ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA
suites+=:ECDHE-RSA-AES128-SHA:DHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA:AES128-SHA
hsts="Strict-Transport-Security: max-age=31536000"

web_is_well() {
	golden_web ports=443 versions=TLSv1.2 ciphers="$suites" redirect:80=yes headers="$hsts" \
		certificate= \
		directives:443="$(tls_nginx_shows recorder-rsa); ssl_dhparam $tls_place/ca/dh.pem;"
}

web_is_well
smb mandatory
golden_view encrypted --profile=asc-neo
golden_good encrypted

# web NAME KEY=VALUE... -- CHECK=VERDICT...: nginx with these, and afterwards without.
web() {
	local name=$1 keys=()
	shift
	while [ "$1" != -- ]; do
		keys+=("$1")
		shift
	done
	shift
	golden_fault "$name" encrypted "$(printf '%q ' golden_web "${keys[@]}")" web_is_well "$@"
}

# provisional_are [CHECK...]: the findings of the last fault that may end with another one.
provisional_are() {
	local expected seen
	expected=$(for check; do printf '%s\n' "$check" "$check/ipv6"; done | sort)
	seen=$("$PYTHON3" -c '
import json, sys
for check in json.load(open(sys.argv[1], encoding="utf-8"))["targets"][0]["checks"]:
    if check.get("provisional"):
        print(check["name"])' "$golden/encrypted.json" | sort)
	[ "$seen" = "$expected" ] \
		|| golden_fail "provisional are: ${seen:-none}; they should be: ${expected:-none}"
}

web "TLS 1.1 is offered too" versions="TLSv1.1 TLSv1.2" -- tls/tcp-443/versions=critical
web "TLS 1.0 only" versions=TLSv1 -- tls/tcp-443/versions=critical
provisional_are
web "TLS 1.3 is offered too" versions="TLSv1.2 TLSv1.3" -- tls/tcp-443/versions=critical \
	tls/tcp-443/suites=warning
web "a suite outside of the list" ciphers="$suites:ECDHE-RSA-AES128-GCM-SHA256" -- \
	tls/tcp-443/suites=warning
web "the anonymous suite of ASC's own list" ciphers="$suites:AECDH-AES128-SHA" -- \
	tls/tcp-443/weak-suites=critical
web "a certificate of a stranger" certificate=stranger directives:443= -- \
	certificate/tcp-443/trusted=critical
web "a certificate for another name" certificate=wrong_name directives:443= -- \
	certificate/tcp-443/name=critical
web "an expired certificate" certificate=expired directives:443= -- \
	certificate/tcp-443/trusted=critical certificate/tcp-443/remaining=critical
web "ASC's own certificate" certificate=self_signed directives:443= -- \
	certificate/tcp-443/own=critical certificate/tcp-443/trusted=critical
web "ASC's own certificate, and TLS 1.1 beside it" certificate=self_signed directives:443= \
	versions="TLSv1.1 TLSv1.2" -- certificate/tcp-443/own=critical \
	certificate/tcp-443/trusted=critical tls/tcp-443/versions=critical
provisional_are certificate/tcp-443/trusted tls/tcp-443/versions
web "HTTP without redirect" ports="80 443" redirect:80= -- port/tcp-80/phoneapp-http=warning \
	http/http-80/redirect=warning
golden_fault "the web interface is down" encrypted 'golden_stop web' web_is_well \
	port/tcp-443/web-https=critical 'tls/tcp-443/*=not_applicable' \
	'certificate/tcp-443/*=not_applicable' 'http/root/*=not_applicable'
golden_fault "signing is only offered" encrypted 'smb auto' 'smb mandatory' \
	smb/tcp-445/signing=critical
golden_fault "signing is switched off" encrypted 'smb disabled' 'smb mandatory' \
	smb/tcp-445/signing=critical
golden_fault "SMB1 is spoken" encrypted 'smb mandatory NT1' 'smb mandatory' \
	smb/tcp-445/smb1=critical
golden_never tls/tcp-443/compression "no server of today compresses"
golden_never tls/tcp-443/renegotiation "none is too old for RFC 5746"
golden_done encrypted

# --- what SNMP tells -----------------------------------------------------------------------

system="Intel64 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - Software: Windows Version 6.3"
software=("AdoptOpenJDK JDK with Hotspot 8.0.232.09 (x64)" "GlassFish 5.0" "Liquibase 3.1.1"
	"OSCCSDK V8R2_GP05" "pgAdmin 4 version 3.4" "pgJDBC 42.2.5" "PostgreSQL 12"
	"TSAPI Client 6.4.7" "WinPcap 4.1.3" "Microsoft Visual C++ 2015-2019 Redistributable")

# tells BUILD [PROGRAM [INSTEAD [MORE]]]: with another program in place of one, or without it.
tells() {
	local program listed=()
	for program in "${software[@]}"; do
		[ "$program" != "${2-}" ] || program=${3-}
		[ -z "$program" ] || listed+=("$program")
	done
	golden_software "${listed[@]}" ${4+"$4"}
	# For silence we would wait.
	golden_snmp "sysDescr Hardware: $system (Build $1 Multiprocessor Free)" \
		"rocommunity public" "rocommunity6 public"
}

golden_web ports="443 5061"
tells 17763
view told "features: [ snmp, passive-recording, recording-sip-tls ],
	snmp_access: $(cat "$golden_snmp_access")" "${encryption[@]}" "snmp-default-*"
golden_good told
while IFS='|' read -r rule verdict program instead; do
	golden_fault "${instead:-nothing} instead of $program" told "tells 17763 '$program' '$instead'" \
		"tells 17763" "snmp/udp-161/$rule=$verdict"
done <<END
software-java|critical|${software[0]}|AdoptOpenJDK JDK with Hotspot 8.0.222.10 (x64)
software-java-base|critical|${software[0]}|OpenJDK 11.0.8
software-glassfish|warning|${software[1]}|GlassFish 5.1.0
software-liquibase|warning|${software[2]}|Liquibase 4.1.1
software-osccsdk|warning|${software[3]}|OSCCSDK V9R1_GP05
software-pgadmin|warning|${software[4]}|pgAdmin 4 version 4.30
software-postgres-jdbc|warning|${software[5]}|pgJDBC 42.2.18
software-postgresql|warning|${software[6]}|PostgreSQL 13
software-tsapi|warning|${software[7]}|TSAPI Client 8.1
software-winpcap|warning|${software[8]}|WinPcap 4.1.2
software-winpcap|warning|${software[8]}|
END
golden_fault "EMET is installed" told 'tells 17763 "" "" "EMET 5.52"' 'tells 17763' \
	snmp/udp-161/software-emet=critical
golden_fault "SIP recording with TLS 1.1" told 'golden_web versions:5061="TLSv1.1 TLSv1.2"' \
	'golden_web versions:5061=' tls/tcp-5061/sip-tls-versions=critical
golden_fault "a Windows that is not supported" told 'tells 20348' 'tells 17763' \
	snmp/udp-161/operating-system=warning
golden_finish
