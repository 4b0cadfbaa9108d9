#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The engine killed a thousand times.
AGENT_KILLS=${AGENT_KILLS:-1000} exec "${BASH:-bash}" "$(dirname "$0")/agent_kill.sh" \
	test_kills_at_random_moments_lose_nothing_and_double_nothing
