# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Real smbds for tests, in a network and process namespace that ends with the script.
# Sourced; calls:
#   smbd_needs PROGRAM...        77 when one is missing, or without root
#   smbd_enter "$0" "$@"         goes on in a namespace of its own, with lo up
#   smbd_start NAME ADDRESS OPTION...
# Everything is taken down when the script ends.

smbd_needs() {
	local program
	for program in smbd ip unshare setsid "$@"; do
		command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }
	done
	[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
}

smbd_enter() {
	if [ "${SMBD_NAMESPACE-}" != "$PPID" ]; then
		exec unshare --net --pid --fork --mount-proc --kill-child \
			bash -c 'SMBD_NAMESPACE=$$ bash "$@"; exit $?' smbd "$@"
	fi
	ip link set lo up || exit 1
	smbd_folder=$(mktemp -d) || exit 1
	smbd_pids=()
	trap smbd_end EXIT
	trap 'exit 1' INT TERM HUP
}

smbd_end() {
	local pid
	for pid in "${smbd_pids[@]}"; do
		if kill "$pid"; then
			wait "$pid" || true
		fi
	done 2>/dev/null
	rm -rf "$smbd_folder"
}

smbd_configure() { # FOLDER "INTERFACE..." OPTION...
	local folder=$1 interfaces=$2 part option
	shift 2
	mkdir -p "$folder"/{private,state,cache,lock,pid,ncalrpc,log}
	{
		echo "[global]"
		for part in lock pid state cache; do
			echo "$part directory = $folder/$part"
		done
		echo "private dir = $folder/private"
		echo "ncalrpc dir = $folder/ncalrpc"
		echo "netbios name = UCTEST"
		echo "log file = $folder/log/smbd"
		echo "server role = standalone server"
		echo "interfaces = $interfaces"
		echo "bind interfaces only = yes"
		echo "smb ports = 445"
		echo "disable netbios = yes"
		echo "disable spoolss = yes"
		echo "load printers = no"
		for option in "$@"; do
			echo "$option"
		done
	} >"$folder/smb.conf"
}

smbd_start() { # NAME ADDRESS OPTION...
	local folder=$smbd_folder/$1 address=$2 bits=32 tries
	shift 2
	case $address in *:*) bits=128 ;; esac
	ip address add "$address/$bits" dev lo || exit 1
	smbd_configure "$folder" "$address/$bits" "$@"
	# A group of its own: an smbd that ends takes its whole group with it.
	setsid smbd -F --no-process-group -s "$folder/smb.conf" \
		</dev/null >"$folder/out" 2>&1 &
	smbd_pids+=($!)
	for ((tries = 0; tries < 100; tries++)); do
		if (exec 3<>"/dev/tcp/$address/445") 2>/dev/null; then
			return
		fi
		sleep 0.1
	done
	echo "smbd does not listen on $address:"
	cat "$folder/out" "$folder/log/smbd"
	exit 1
}
