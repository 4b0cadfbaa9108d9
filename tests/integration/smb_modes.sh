#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Real smbds in each signing mode, with and without SMB1 and encryption: what we see must be
# the truth of their configuration, and what nmap's scripts see.
set -u
: "${UCPOSTURE:?}" "${PYTHON3:=python3}"
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/smbd.bash
. "$here/smbd.bash"
smbd_needs nmap "$PYTHON3" "$UCPOSTURE"
smbd_enter "$0" "$@"

failures=0
all="2.0.2 2.1 3.0 3.0.2 3.1.1"
nt1="server min protocol = NT1"

# facts ADDRESS: one line, "observed dialects=2.0.2,2.1 signing=enabled …", - for what is
# absent; or, without any fact, how it failed.
facts()
{
	"$UCPOSTURE" observe smb tcp/445 "$1" --format=json >"$smbd_folder/json"
	"$PYTHON3" - "$smbd_folder/json" <<'END'
import datetime, json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    seen = json.load(file)
facts = seen["facts"]
if not facts:
    print(seen["outcome"], seen["stage"], seen["reason"], seen["detail"])
    sys.exit()
words = [seen["outcome"]]
for name in ("dialects", "signing", "smb1", "smb1_signing", "encryption"):
    value = facts.get("smb." + name, "-")
    value = ",".join(value) if isinstance(value, list) else str(value).lower()
    words.append(name + "=" + value)
now = datetime.datetime.now(datetime.timezone.utc)
clock = datetime.datetime.fromisoformat(facts["smb.server_time"].replace("Z", "+00:00"))
words.append("clock=" + ("ours" if abs((now - clock).total_seconds()) < 60 else str(clock)))
print(" ".join(words))
END
}

# nmap_says ADDRESS: the same line, as far as nmap's scripts tell it.
nmap_says()
{
	local six=
	case $1 in *:*) six=-6 ;; esac
	nmap $six -Pn -n -p445 --script smb-protocols,smb2-security-mode,smb-security-mode \
		-oX "$smbd_folder/xml" "$1" >"$smbd_folder/nmap.out" 2>&1
	"$PYTHON3" - "$smbd_folder/xml" <<'END'
import sys
import xml.etree.ElementTree as tree

scripts = {s.get("id"): s for s in tree.parse(sys.argv[1]).iter("script")}
dotted = {"202": "2.0.2", "210": "2.1", "300": "3.0", "302": "3.0.2", "311": "3.1.1"}
dialects, smb1 = [], "false"
for elem in scripts["smb-protocols"].iter("elem"):
    if elem.text.startswith("NT LM 0.12"):
        smb1 = "true"
    else:
        dialects.append(dotted[elem.text])
signing, smb1_signing = "-", "-"
if "smb2-security-mode" in scripts:
    said = scripts["smb2-security-mode"].get("output")
    signing = "required" if "and required" in said else "enabled"
if smb1 == "true":
    for elem in scripts["smb-security-mode"].iter("elem"):
        if elem.get("key") == "message_signing":
            smb1_signing = {"supported": "enabled"}.get(elem.text, elem.text.split()[0])
print(f"dialects={','.join(dialects)} signing={signing} smb1={smb1} smb1_signing={smb1_signing}")
END
}

# expect NAME ADDRESS DIALECTS SIGNING SMB1 SMB1_SIGNING ENCRYPTION
expect()
{
	local truth seen said
	truth="dialects=${3// /,} signing=$4 smb1=$5 smb1_signing=$6"
	seen=$(facts "$2")
	said=$(nmap_says "$2")
	if [ "$seen" != "observed $truth encryption=$7 clock=ours" ]; then
		echo "FAIL $1: expected observed $truth encryption=$7 clock=ours"
		echo "     seen             $seen"
		failures=$((failures + 1))
	elif [ "$said" != "$truth" ]; then
		echo "FAIL $1: seen      $truth"
		echo "     nmap says $said"
		failures=$((failures + 1))
	else
		echo "ok   $1: $seen"
	fi
}

smbd_start auto 10.99.0.1 "server signing = auto"
expect auto 10.99.0.1 "$all" enabled false - true

smbd_start mandatory 10.99.0.2 "server signing = mandatory"
expect mandatory 10.99.0.2 "$all" required false - true

# Signing that is switched off is not seen over SMB2.
smbd_start disabled 10.99.0.3 "server signing = disabled"
expect disabled 10.99.0.3 "$all" enabled false - true

smbd_start auto_nt1 10.99.0.4 "server signing = auto" "$nt1"
expect auto_nt1 10.99.0.4 "$all" enabled true enabled true

smbd_start mandatory_nt1 10.99.0.5 "server signing = mandatory" "$nt1"
expect mandatory_nt1 10.99.0.5 "$all" required true required true

smbd_start disabled_nt1 10.99.0.6 "server signing = disabled" "$nt1"
expect disabled_nt1 10.99.0.6 "$all" enabled true disabled true

smbd_start only_nt1 10.99.0.7 "$nt1" "server max protocol = NT1"
expect only_nt1 10.99.0.7 "" - true disabled false

smbd_start up_to_2_1 10.99.0.8 "server max protocol = SMB2_10"
expect up_to_2_1 10.99.0.8 "2.0.2 2.1" enabled false - false

smbd_start from_3_0 10.99.0.9 "server min protocol = SMB3_00" "server smb encrypt = required"
expect from_3_0 10.99.0.9 "3.0 3.0.2 3.1.1" enabled false - true

smbd_start plain 10.99.0.10 "server smb encrypt = off"
expect plain 10.99.0.10 "$all" enabled false - false

smbd_start only_3_1_1 10.99.0.11 "server min protocol = SMB3_11" "server signing = mandatory"
expect only_3_1_1 10.99.0.11 "3.1.1" required false - true

smbd_start only_3_0_2 10.99.0.12 "server min protocol = SMB3_02" \
	"server max protocol = SMB3_02" "server smb encrypt = off"
expect only_3_0_2 10.99.0.12 "3.0.2" enabled false - false

smbd_start six fd99::13 "server signing = mandatory"
expect six fd99::13 "$all" required false - true

# Who may not talk to it learns nothing, and says so.
smbd_start denied 10.99.0.14 "hosts deny = ALL"
seen=$(facts 10.99.0.14)
case $seen in
"failed reply not_this_protocol"*"NetBIOS 0x81"*) echo "ok   denied: $seen" ;;
*)
	echo "FAIL denied: $seen"
	failures=$((failures + 1))
	;;
esac

[ "$failures" -eq 0 ]
