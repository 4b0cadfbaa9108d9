#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# tarpits.sh with as many at once as the bar says.
TARPITS=10000 exec bash "$(dirname "$0")/tarpits.sh"
