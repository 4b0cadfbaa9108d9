#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# See agent_fetches.py. Words are names of its tests; without any, all of them.
set -u
# shellcheck source=tests/integration/alone.bash
. "$(dirname "$0")/alone.bash"
alone_needs python3 openssl
alone_enter "$0" "$@"
"${PYTHON3:-python3}" "$(dirname "$0")/agent_fetches.py" "$@"
