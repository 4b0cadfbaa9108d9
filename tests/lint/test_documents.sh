#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the documents show is true: their C compiles, and what they link to is there.
set -u
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
failures=0
place=$(mktemp -d) || exit 99
trap 'rm -rf "$place"' EXIT
cd "$top" || exit 99

for document in docs/*.md; do
	awk -v prefix="$place/$(basename "$document" .md)" '
		/^```c$/ { inside = 1; file = prefix "-" ++blocks ".c"; next }
		/^```$/ { inside = 0 }
		inside { print > file }' "$document"
done
read -ra compiler <<<"${CC:-cc}"
compiled=0
for source in "$place"/*.c; do
	[ -e "$source" ] || break
	compiled=$((compiled + 1))
	"${compiler[@]}" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Werror -I. \
		-fsyntax-only "$source" || {
		echo "the C of $(basename "$source" .c) does not compile"
		failures=$((failures + 1))
	}
done
[ "$compiled" -gt 0 ] || {
	echo "no C found in docs/"
	failures=$((failures + 1))
}

for document in ./*.md docs/*.md docs/*/*.md; do
	while IFS= read -r link; do
		case $link in
		*://* | '#'*) continue ;;
		esac
		[ -e "$(dirname "$document")/${link%%#*}" ] || {
			echo "$document links to $link, which is not there"
			failures=$((failures + 1))
		}
	done < <(grep -oE '\]\([^)]+\)' "$document" | sed -E 's/^\]\(|\)$//g')
done
[ "$failures" -eq 0 ]
