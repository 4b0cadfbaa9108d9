#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A satellite of XPhone Connect as the XPhone Server sees it, and as strangers do inside and outside:
# all is ok for each of them, and then one thing after the other is not.
set -u
# shellcheck source=tests/integration/golden.bash
. "$(dirname "$0")/golden.bash"
golden_needs kamailio sshd ssh-keygen setsid gnutls-serv
# The profile wants an SSH of a Debian that is kept up.
version=$(sshd -V 2>&1 | sed -n 's/.*OpenSSH_\([0-9]*\)\.\([0-9]*\).*/\1\2/p')
[ "${version:-0}" -ge 92 ] || { echo "sshd is too old here: $(sshd -V 2>&1)"; exit 77; }
golden_enter "$0" "$@"

golden_system xphone.example 10.89.0.20 fd89::20
golden_peer box.site.example 10.89.0.32 fd89::32
world_start
for kind in exchanged other; do
	tls_certificate "$kind" "EC ec_paramgen_curve:P-256" DNS:xphone.example
done

# Who looks: the XPhone Server, a stranger inside, a stranger outside.
server=(10.89.0.10 fd89::10) stranger=(10.89.0.99 fd89::99) outside=(203.0.113.7 2001:db8:9::7)
for address in "${server[@]}" "${stranger[@]}" "${outside[@]}"; do
	ip address add "$address" dev lo || exit 1
done

looks_from() # VIEW V4 V6 OPTION...
{
	local view=$1 v4=$2 v6=$3
	shift 3
	golden_view "$view" --profile=xphone-connect --source="$v4" --source="$v6" "$@"
}

# Its iptables: the XPhone Server gets to three ports, nobody to anything else.
nft -f - <<RULES || exit 1
table inet satellite {
	set opened {
		type inet_service
	}
	chain in {
		type filter hook input priority 1
		tcp flags & (syn | ack) != syn accept
		ip daddr != 10.89.0.20 accept
		ip6 daddr != fd89::20 accept
		tcp dport @opened accept
		ip saddr ${server[0]} tcp dport { 22, 3280, 5060 } accept
		ip6 saddr ${server[1]} tcp dport { 22, 3280, 5060 } accept
		meta l4proto tcp reject with tcp reset
	}
}
RULES

opened() # PORT: to everybody
{
	nft add element inet satellite opened "{ $1 }"
}

shut() # PORT
{
	nft delete element inet satellite opened "{ $1 }"
}

# A TLS server that knows whom it asks, as gRPC would.
bridge() # CERTIFICATE PRIORITY OPTION...
{
	local certificate=$1 priority=$2 tries=0
	shift 2
	golden_serve bridge gnutls-serv --quiet --port 3280 --priority "$priority" "$@" \
		--x509certfile "$tls_place/ca/$certificate.chain.pem" \
		--x509keyfile "$tls_place/ca/$certificate.key" \
		--x509cafile "$tls_place/ca/root.pem"
	while [ -z "$(ss -Hlnt 'sport = :3280')" ] && [ $((tries += 1)) -lt 500 ]; do
		sleep 0.02
	done
}

well_kept_bridge()
{
	bridge exchanged "$modern" --require-client-cert --verify-client-cert
}

well_kept_ssh()
{
	golden_ssh "MACs hmac-sha2-256-etm@openssh.com"
}

well_kept_sip()
{
	golden_sip tcp:5060 'sl_send_reply("200", "OK")'
}

# What sshd says of itself is not in its hands: somebody before it says something else.
cat >"$tls_place/ssh_says.py" <<'PROGRAM'
import selectors
import socket
import sys

banner, *ways = sys.argv[1:]
selector = selectors.DefaultSelector()
for way in ways:
    here, there = way.split(">")
    family = socket.AF_INET6 if ":" in here else socket.AF_INET
    selector.register(socket.create_server((here, 22), family=family), selectors.EVENT_READ,
                      (here, there))
while True:
    for key, _ in selector.select():
        client, _ = key.fileobj.accept()
        here, there = key.data
        with client, socket.create_connection((there, 22), None, (here, 0)) as server:
            try:
                said = server.makefile("rb", buffering=0)
                said.readline()
                client.sendall(banner.encode() + b"\r\n")
                server.sendall(client.makefile("rb", buffering=0).readline())
                client.sendall(said.read(65536))
                server.sendall(client.recv(65536))
                client.recv(65536)
            except OSError:
                pass
PROGRAM

ssh_says() # BANNER
{
	opened 22
	golden_serve ssh_says "$PYTHON3" "$tls_place/ssh_says.py" "$1" \
		"10.89.0.32>10.89.0.20" "fd89::32>fd89::20"
	golden_await ssh_says tcp 22 box.site.example
	golden_divert xphone.example tcp/22 box.site.example tcp/22
}

ssh_speaks_for_itself()
{
	golden_nft_flush
	golden_stop ssh_says
	shut 22
}

modern="NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"
well_kept_bridge
well_kept_ssh
well_kept_sip
peer=(--peer="xphone-server=${server[0]}" --peer="xphone-server=[${server[1]}]")
looks_from server "${server[@]}" --feature=satellite "${peer[@]}"
looks_from stranger "${stranger[@]}" --feature=satellite "${peer[@]}"
looks_from outside "${outside[@]}" --feature=satellite "${peer[@]}" --vantage=external
for view in server stranger outside; do
	golden_good "$view"
done

# What the XPhone Server finds at it.
pinned=certificate/tcp-3280/bridge-pinned encrypted=tls/tcp-3280/bridge-encrypted
client=tls/tcp-3280/bridge-client-certificate
golden_fault "the bridge is down" server "golden_stop bridge" well_kept_bridge \
	port/tcp-3280/bridge-open=critical {$pinned,$encrypted,$client}=not_applicable
golden_fault "the bridge speaks in the clear" server \
	"golden_stop bridge; golden_web ports=3280 plain=yes" \
	"golden_web ports= plain=; well_kept_bridge" \
	$encrypted=critical {$pinned,$client}=unknown
golden_fault "the bridge takes TLS 1.0" server \
	"bridge exchanged NORMAL --require-client-cert --verify-client-cert" well_kept_bridge \
	$encrypted=critical
golden_fault "the bridge wants no certificate" server \
	"bridge exchanged '$modern' --disable-client-cert" well_kept_bridge $client=critical
golden_fault "the bridge only asks for a certificate" server "bridge exchanged '$modern'" \
	well_kept_bridge $client=critical
golden_fault "the satellite has another certificate" server \
	"bridge other '$modern' --require-client-cert --verify-client-cert" well_kept_bridge \
	$pinned=critical
golden_fault "SSH is down" server "golden_stop ssh" well_kept_ssh port/tcp-22/ssh-open=warning \
	ssh/tcp-22/image-*=not_applicable
golden_fault "SSH offers algorithms of the past" server \
	"golden_ssh 'KexAlgorithms +diffie-hellman-group1-sha1'" well_kept_ssh \
	ssh/tcp-22/weak-algorithms=warning
golden_fault "SIP is down" server "golden_stop sip" well_kept_sip port/tcp-5060/sip-open=warning
golden_fault "somebody has updated SSH" server \
	"ssh_says 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u99'" ssh_speaks_for_itself \
	ssh/tcp-22/image-unchanged=warning
golden_fault "the image is old" server "ssh_says 'SSH-2.0-OpenSSH_7.9p1 Debian-10+deb10u4'" \
	ssh_speaks_for_itself ssh/tcp-22/image-release=warning ssh/tcp-22/image-unchanged=warning
golden_fault "SIP is answered over UDP" server "golden_udp udp/5060 answers" \
	"golden_udp udp/5060 refused" port/udp-5060/sip-udp-closed=critical
golden_fault "FreeSwitch is as delivered" server "golden_udp udp/5080 answers" \
	"golden_udp udp/5080 refused" port/udp-5080/sip-udp-closed=critical

# What strangers find.
for port in 5061 5080; do
	golden_fault "SIP is open to everybody at $port" stranger \
		"golden_open tcp/$port; opened $port" "shut $port; golden_close tcp/$port" \
		"port/tcp-$port/sip-closed=critical"
done
for view in stranger outside; do
	golden_fault "the bridge is open to everybody" "$view" "opened 3280" "shut 3280" \
		port/tcp-3280/bridge-closed=critical
	golden_fault "SSH is open to everybody" "$view" "opened 22" "shut 22" \
		port/tcp-22/ssh-closed=critical
	golden_fault "SIP is open to everybody" "$view" "opened 5060" "shut 5060" \
		port/tcp-5060/sip-closed=critical
done

# Every port; with allowed-ports a port that has a check of its own is not told twice.
looks_from sweep "${stranger[@]}" --feature=satellite --scenario=sweep --family=4 "${peer[@]}"
golden_good sweep
golden_fault "FreeSwitch's console is open" sweep "golden_open tcp/8021; opened 8021" \
	"shut 8021; golden_close tcp/8021" port/tcp-1-65535/sweep=critical
golden_is_done+=" sweep "

# A firewall may as well say nothing at all.
golden_fault "the satellite drops what it does not want" stranger \
	"golden_nft 'ip daddr 10.89.0.20 tcp dport != 22 tcp flags & (syn | ack) == syn drop'" \
	golden_nft_flush
golden_finish
