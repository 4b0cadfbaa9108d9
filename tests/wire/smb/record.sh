#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Records the replies in tests/fuzz/corpus/smb anew: record.sh RECORDER, where RECORDER is
# the built record.c. Only needed when the questions change. Last done with Samba 4.17.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
# shellcheck source=tests/integration/smbd.bash
. "$root/tests/integration/smbd.bash"
recorder=${1?record.sh RECORDER}

smbd_needs mkdir
smbd_enter "$0" "$@"
seeds=$root/tests/fuzz/corpus/smb
mkdir -p "$seeds"
nt1="server min protocol = NT1"

smbd_start auto 10.99.0.1 "server signing = auto"
smbd_start mandatory 10.99.0.2 "server signing = mandatory" "$nt1"
smbd_start disabled 10.99.0.3 "server signing = disabled" "$nt1"
smbd_start auto_nt1 10.99.0.4 "server signing = auto" "$nt1"
smbd_start plain 10.99.0.5 "server smb encrypt = off"
smbd_start only_nt1 10.99.0.6 "$nt1" "server max protocol = NT1"
instance=0
for name in auto mandatory disabled auto_nt1 plain only_nt1; do
	instance=$((instance + 1))
	"$recorder" "$name" "10.99.0.$instance" "$seeds"
done
