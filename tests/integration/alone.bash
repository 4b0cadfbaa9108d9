# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A test by itself: in a network, process and mount namespace without a way out, which ends
# with the script whatever happens. Sourced; calls:
#   alone_needs PROGRAM...    77 when one is missing, or without root
#   alone_enter "$0" "$@"     goes on in the namespace, with lo up; then there are
#     $place                    a folder, removed at the end
#     pids                      of what was started: ended and waited for at the end
#     failures                  how many there were
#   fail WORDS                says and counts one
# shellcheck disable=SC2034

alone_needs() {
	local program
	for program in ip unshare "$@"; do
		command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }
	done
	[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
}

alone_enter() {
	if [ "${ALONE-}" != "$PPID" ]; then
		exec unshare --net --pid --mount --fork --mount-proc --kill-child \
			bash -c 'ALONE=$$ bash "$@"; exit $?' alone "$@"
	fi
	place=$(mktemp -d) || exit 1
	pids=() failures=0
	trap alone_end EXIT
	trap 'exit 1' INT TERM HUP
	ip link set lo up || exit 1
}

alone_end() {
	local pid
	for pid in "${pids[@]}"; do
		if kill "$pid"; then
			wait "$pid" || true
		fi
	done 2>/dev/null
	rm -rf "$place"
}

fail() {
	echo "FAIL $*"
	failures=$((failures + 1))
}
