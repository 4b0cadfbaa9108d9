#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The simulated UC system has the faults it says it has, and `ucposture check` finds each of
# them and no other. In a namespace of its own, where no other program listens.
set -u
: "${top_builddir:?}" "${top_srcdir:?}" "${UCPOSTURE:?}" "${PYTHON3:?}"
if [ "${1-}" != inside ]; then
	[ "$(id -u)" -eq 0 ] || {
		echo "needs root for a network namespace"
		exit 77
	}
	exec unshare --net bash "$0" inside
fi
ip link set lo up || exit 99
place=$(mktemp -d) || exit 99
chmod 755 "$place"
# Where another user can start it, wherever the build is.
cp "$top_builddir/contrib/demo/ucdemo" "$place/" || exit 99
demo=
clean_up()
{
	[ -n "$demo" ] && kill "$demo" 2>/dev/null
	rm -rf "$place"
}
trap clean_up EXIT

fail()
{
	echo "$*"
	exit 1
}

# check_demo NAME COMMAND...: what ucdemo, started by COMMAND, says and what check finds agree.
check_demo()
{
	local name=$1 here=$place/$1 code
	shift
	mkdir -m 777 "$here"
	: >"$here/said"
	"$@" "$place/ucdemo" "$here" "$top_srcdir/contrib/demo/profiles" >"$here/said" &
	demo=$!
	for _ in {1..100}; do
		grep -qx ready "$here/said" && break
		sleep 0.05
	done
	grep -qx ready "$here/said" || fail "$name: ucdemo did not become ready"
	"$UCPOSTURE" check --config.file="$here/ucposture.yaml" --format=json >"$here/found.json"
	code=$?
	[ "$code" -eq 2 ] || fail "$name: check ended with $code, not 2"
	sed -n 's/^fault //p' "$here/said" | sort >"$here/faults"
	[ -s "$here/faults" ] || fail "$name: ucdemo names no faults"
	"$PYTHON3" - "$here/found.json" >"$here/found" <<'READ' || fail "$name: the JSON cannot be read"
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    checks = json.load(file)["targets"][0]["checks"]
print("\n".join(sorted(c["rule"] for c in checks if c["verdict"] not in ("ok", "not_applicable"))))
READ
	diff -u --label said --label found "$here/faults" "$here/found" \
		|| fail "$name: not the same faults were found"
	kill "$demo" && wait "$demo"
	code=$?
	demo=
	[ "$code" -eq 0 ] || fail "$name: ucdemo ended with $code"
	echo "$name: $(wc -l <"$here/faults") faults, all found, none invented"
}

check_demo own-ports env
# Without the right to low ports they are moved, and the configuration says where to.
check_demo moved-ports setpriv --reuid=65534 --clear-groups
