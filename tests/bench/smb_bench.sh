#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A look at a real smbd that speaks everything: five dialects and SMB1, six connections. The
# floor is six connections of the smallest C loop; what is over it is ours.
set -u
: "${top_builddir:?}"
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/smbd.bash
. "$bench_folder/../integration/smbd.bash"
smbd_needs "$PYTHON3" smbclient nmap
smbd_enter "$0"

address=10.99.0.1
looks=200
smbd_start bench "$address" "server signing = mandatory" "server min protocol = NT1"

"$top_builddir/tests/bench/look_many" smb tcp/445 "$address" 1 >"$smbd_folder/seen" || exit 1
grep -q '"smb.signing":"required".*"smb.smb1":true' "$smbd_folder/seen" || {
	echo "smb_bench: it does not see what there is: $(tail -n 1 "$smbd_folder/seen")"
	exit 1
}
# The bars are ratios: 0.3 ms where smbclient takes 27. All take turns, as a machine is never
# the same twice; the least of three is what each can do.
ours=() floor=() smbclient=() nmap=()
for _ in 1 2 3; do
	read -r seen _ < <("$top_builddir/tests/bench/look_many" smb tcp/445 "$address" \
		"$looks")
	ours+=("$seen")
	floor+=("$("$top_builddir/tests/bench/smb_floor" "$address" "$looks")")
	cpu smbclient -N -L "$address"
	smbclient+=("$cpu_us")
	cpu nmap -Pn -n -p445 --script smb2-security-mode "$address"
	nmap+=("$cpu_us")
done

least()
{
	printf '%s\n' "$@" | sort -n | head -n 1
}

us=$(least "${ours[@]}")
client=$(least "${smbclient[@]}")
bare=$(least "${floor[@]}")
figure "SMB, five dialects and SMB1: CPU (smbclient)" "$us" "$client" "$(divide "$client" 90)" us
figure "SMB, five dialects and SMB1: CPU (nmap)" "$us" "$(least "${nmap[@]}")" - us
figure "SMB, five dialects and SMB1: CPU (bare calls)" "$us" "$bare" - us
exit "$bench_missed"
