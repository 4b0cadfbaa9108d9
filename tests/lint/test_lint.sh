#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The lint finds what is planted, where it is planted, and nothing in a clean file.
set -u
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
python=${PYTHON3:-python3}
place=$(mktemp -d) || exit 99
trap 'rm -rf "$place"' EXIT
failures=0
mkdir -p "$place"/{ground,net,collectors,agent/{plan,ipc,engine,cli}}

# plant FILE LINE MESSAGE-PATTERN: standard input, behind an SPDX line, has a finding there.
plant()
{
	local file=$1 line=$2 pattern=$3 said
	{
		echo '/* SPDX-License-Identifier: Apache-2.0 */'
		cat
	} >"$place/$file"
	said=$("$python" "$top/tests/lint/lint.py" "$place" "$file" 2>/dev/null)
	if ! grep -qE "^$file:$line: .*$pattern" <<<"$said"; then
		echo "not found: $file:$line: $pattern; lint said: ${said:-nothing}"
		failures=$((failures + 1))
	fi
}

lines()
{
	local i
	for ((i = 0; i < $1; i++)); do
		printf '%s\n' "$2"
	done
}

plant net/a.c 2 'getaddrinfo\(\) is banned' <<<'int a = getaddrinfo();'
for name in gethostbyname sprintf strcpy strcat strncpy strtok atoi alloca gets system popen \
	select FD_SET signal sleep malloc; do
	plant net/a.c 4 "$name\\(\\) is banned" <<<"void a(void)
{
	$name (1);
}"
done
plant net/a.c 3 'function of 81 lines' < <(echo 'void a(void)'; echo '{'; lines 81 $'\tb();'; echo '}')
plant net/a.c 501 'file of 502 lines' < <(lines 501 'int f(void);')
plant net/a.h 191 'file of 192 lines' < <(lines 191 'int f(void);')
plant net/a.c 2 'line of 10[0-9] columns' <<<"int f(int $(printf 'a%.0s' {1..92}));"
plant net/a.c 3 'indented with spaces' <<<$'struct a {\n    int b;\n};'
plant net/a.c 2 'blanks at the end' <<<'int f(void); '
plant net/a.c 2 'a note to self' <<<'/* TO''DO */'
plant net/a.c 2 'no newline' < <(printf 'int f(void);')
plant net/a.c 2 'extern variable' <<<'extern int a;'
plant net/a.c 2 'mutable variable' <<<'static int a;'
plant net/a.c 2 'mutable variable' <<<'static const char *a = "b";'
plant net/a.c 2 'mutable variable' <<<'static void (*a)(int);'
plant net/a.c 2 'mutable variable' <<<$'static struct b a[] = {\n\t{ 1 }\n};'
plant net/a.c 4 'static variable' <<<$'void a(void)\n{\n\tstatic int b;\n}'
plant net/a.c 4 '#if inside' <<<$'void a(void)\n{\n#ifdef B\n#endif\n}'
plant ground/a.c 2 'ground may not include net' <<<'#include "net/bytes.h"'
plant net/a.c 2 'net may not include collectors' <<<'#include "collectors/facts.h"'
plant collectors/a.c 2 'may not include agent/ipc' <<<'#include "agent/ipc/crew.h"'
plant agent/plan/a.c 2 'may not include agent/ipc' <<<'#include "agent/ipc/crew.h"'
plant agent/ipc/a.c 2 'may not include agent/engine' <<<'#include "agent/engine/judge.h"'
plant agent/engine/a.c 2 'may not include agent/cli' <<<'#include "agent/cli/check.h"'
plant net/a.c 2 'from the top' <<<'#include "bytes.h"'
plant net/a.c 2 'libevent belongs' <<<'#include <event2/event.h>'
plant net/loop.h 2 'libevent belongs' <<<'#include <event2/event.h>'
plant net/resolve.c 2 'c-ares belongs' <<<'#include <ares.h>'
plant agent/ipc/crew.c 2 'seccomp belongs' <<<'#include <seccomp.h>'
plant net/a.c 2 'no threads' <<<'#include <pthread.h>'

echo 'int f(void);' >"$place/net/bare.c"
"$python" "$top/tests/lint/lint.py" "$place" net/bare.c 2>/dev/null | grep -q '^net/bare.c:1: no line with SPDX' || {
	echo 'not found: a file without an SPDX line'
	failures=$((failures + 1))
}

printf 'list = \\\n\tnet/bare.c \\\n\tnet/bare.c\n' >"$place/Makefile.am"
said=$("$python" "$top/tests/lint/lint.py" "$place" 2>/dev/null)
for pattern in '^net/loop.h:1: in no list of Makefile.am' '^Makefile.am:3: net/bare.c is listed twice'; do
	grep -q "$pattern" <<<"$said" || {
		echo "not found: $pattern"
		failures=$((failures + 1))
	}
done

cat >"$place/net/clean.c" <<'CLEAN'
/* SPDX-License-Identifier: Apache-2.0
 *
 * "getaddrinfo()" and sleep(1) in a comment are nobody's business.
 */
#include <stdio.h>

#include "ground/text.h"
#include "net/clean.h"

#define PAIR(a, b)	\
	a, b

struct clean {
	int (*select)(int a);
	int member;
};

enum { CLEAN_MOST = 3 };

static const char *const words[] = { "strcpy(", NULL };
static const struct clean rows[] = {
	{ NULL, 1 },
};
extern const struct clean clean_constant;

static int clean_helper(int a);

int
clean_function(const struct clean *clean)
{
	static const int table[] = { 1, 2 };

	return clean->select(table[0]) + printf("system(%s)", words[0]) + rows[0].member;
}
CLEAN
if ! "$python" "$top/tests/lint/lint.py" "$place" net/clean.c; then
	echo 'found something in a clean file'
	failures=$((failures + 1))
fi
[ "$failures" -eq 0 ]
