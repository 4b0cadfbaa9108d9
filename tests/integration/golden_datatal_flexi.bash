# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Where the golden tests of the profile datatal-flexi play: a Flexi, its PBX and the vendor's
# servers in their networks, and others beside them that somebody may put in their place. Sourced
# behind golden.bash; calls and what they need:
#   flexi_begin                  all of it, started; nothing listens at the Flexi yet
#   flexi_names EDIT...          of sed, of the zone in which all names are; none: as it was
#   $flexi_by_name               nginx shows nothing to whoever does not ask for the name
#   $flexi_restricted            nginx shows /admin to this machine only
#   $flexi_not_shown            paths of golden_web that are not for users outside
#   ${flexi_user[@]}, ${flexi_proxy[@]}, ${flexi_stranger[@]}    options: from where to look
# shellcheck disable=SC2034

flexi_by_name='if ($host !~ flexi) { return 404; }'
flexi_restricted='location /admin { if ($remote_addr !~ "^(10[.]66[.]0[.]1|fd66::1)$") { return 404; } return 200; }'
flexi_hsts="Strict-Transport-Security: max-age=31536000"
# On the site for users outside; /tid would be the beginning of /tidweb.
flexi_not_shown="/admin=404 /flexistat=404 /tid=404 /tidweb=200"
flexi_user=(--source=10.66.0.50 --source=fd66::50)
flexi_proxy=(--source=10.66.9.1 --source=fd66:9::1)
flexi_stranger=(--source=198.51.100.7 --source=2001:db8:7::7)

flexi_begin() {
	local fault at=20
	golden_system flexi.example 10.66.0.1 fd66::1
	golden_peer pbx.example 10.66.0.2 fd66::2
	golden_peer oip.example 10.66.0.3 fd66::3
	world_host services.datatal.se 82.115.148.20 2a01:650:28:5::255:20 https:443
	for fault in expired stranger wrong_name; do
		at=$((at + 1))
		world_host "$fault.datatal.example" "82.115.148.$at" "2a01:650:28:5::255:$at" https:443
		world_break "$fault.datatal.example" "$fault"
	done
	world_host moved.datatal.example 82.115.149.20 2a01:650:28:5::256:20 https:443
	world_start
	# knotd and unbound, which it starts last.
	flexi_name_servers=("${tls_pids[@]: -2}") flexi_serial=1
	cp "$world/knot/root.zone" "$world/zone"
	# Every machine has that, so the world does not make it.
	world_v4[loopback]=127.0.0.1 world_v6[loopback]=::1
	for at in "${flexi_user[@]}" "${flexi_proxy[@]}" "${flexi_stranger[@]}"; do
		ip address add "${at#*=}" dev lo || exit 1
	done
}

flexi_names() { # EDIT...
	local edit mark
	flexi_serial=$((flexi_serial + 1)) mark=serial-$flexi_serial.world
	# That it is not there is remembered, until what is remembered is thrown away.
	flexi_knows "$world_dns" "$mark" && golden_complain "there is $mark already"
	cp "$world/zone" "$world/knot/root.zone"
	for edit in "s/ 1 3600 / $flexi_serial 3600 /" "\$ a $mark. A 127.0.0.1" "$@"; do
		sed -i -E "$edit" "$world/knot/root.zone"
	done
	kill -HUP "${flexi_name_servers[0]}"
	flexi_await "10.53.0.54" "$mark"
	kill -HUP "${flexi_name_servers[1]}"
	flexi_await "$world_dns" "$mark"
}

flexi_knows() { # SERVER NAME
	"$UCPOSTURE" observe dns "$2" --name-server="$1" --facts=a --format=json \
		| grep -q 127.0.0.1
}

flexi_await() { # SERVER NAME
	local tries
	for ((tries = 0; tries < 200; tries++)); do
		flexi_knows "$@" && return
		sleep 0.02
	done
	golden_complain "$1 does not learn of $2"
}
