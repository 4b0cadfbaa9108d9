#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What scripts made is what they make.
set -eu
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
python=${PYTHON3:-python3}
command -v "$python" >/dev/null || {
	echo "no Python 3 here"
	exit 77
}
"$python" "$top/agent/plan/profile_help.py" - | diff -u "$top/agent/plan/profile_help.c" -
"$python" "$top/collectors/tls/tls_suites.py" - | diff -u "$top/collectors/tls/tls_suites.c" -
