#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What docs/style.md asks for and a machine can see. Each finding is file:line: message.

lint.py [ROOT [FILE...]]: without files, all of the tree. Ends with 1 when it found something.
"""

import os
import re
import sys

FUNCTION_MOST, FILE_MOST, HEADER_MOST, WIDTH_MOST = 80, 500, 190, 100
PRODUCT = ("ground/", "net/", "collectors/", "agent/")
C_FOLDERS = PRODUCT + ("contrib/", "tests/")

# What a collector is made of: pure, each knowing nothing of facts or of another.
PARTS = ("collectors/certificate", "collectors/starttls", "collectors/tls")

# What a folder may include, beside itself.
ARROWS = {
    "ground": (),
    "net": ("ground",),
    "collectors/certificate": ("ground", "net"),
    "collectors/starttls": ("ground", "net"),
    "collectors/tls": ("ground", "net"),
    "collectors": ("ground", "net") + PARTS,
    "agent/plan": ("ground", "net", "collectors", "collectors/starttls"),
    "agent/ipc": ("ground", "net", "collectors"),
    "agent/engine": ("ground", "net", "collectors", "agent/plan", "agent/ipc"),
    "agent/mirror": ("ground", "net", "collectors", "agent/plan", "agent/ipc", "agent/engine"),
    "agent/snmp": ("ground", "net", "collectors", "agent/plan", "agent/engine", "agent/ipc",
                   "agent/mirror"),
    "agent/daemon": ("ground", "net", "collectors", "agent/plan", "agent/ipc", "agent/engine",
                     "agent/mirror"),
    "agent/cli": ("ground", "net", "collectors", "collectors/starttls", "collectors/tls",
                  "agent/plan", "agent/ipc", "agent/engine", "agent/daemon"),
    "agent": ("ground", "net", "collectors", "agent/plan", "agent/ipc", "agent/engine",
              "agent/daemon", "agent/cli"),
    "contrib/demo": ("ground", "net", "collectors", "agent/plan"),
}

# header: the files that may include it
ADAPTERS = (
    (r"event2?/|event\.h|evutil", r"net/loop\.c", "libevent belongs to net/loop.c"),
    (r"curl/", r"net/fetch\w*\.c", "libcurl belongs to net/fetch.c"),
    (r"net-snmp/", r"net/snmp_coder\.c|agent/snmp/serving\.c",
     "Net-SNMP belongs to net/snmp_coder.c and agent/snmp/serving.c"),
    (r"ares", r"net/dns\.c", "c-ares belongs to net/dns.c"),
    (r"seccomp\.h", r"agent/ipc/fence\w*\.c", "seccomp belongs to agent/ipc/fence*.c"),
    (r"sqlite3", r"agent/engine/store_(file|tables)\.c", "SQLite belongs to agent/engine/store_*.c"),
    (r"yaml\.h", r"agent/plan/\w+\.[ch]", "libyaml belongs to agent/plan"),
    (r"pthread\.h|threads\.h|stdatomic\.h", r"(?!)", "there are no threads here"),
)

# function: what to use instead; `everywhere` also in tests
BANNED = {
    "getaddrinfo": "use net/resolve.h", "gethostbyname": "use net/resolve.h",
    "select": "use net/loop.h", "FD_SET": "use net/loop.h", "signal": "use loop_on_signal()",
    "sleep": "use a timer of net/loop.h", "usleep": "use a timer of net/loop.h",
    "nanosleep": "use a timer of net/loop.h", "system": "use posix_spawn()",
    "popen": "use posix_spawn()", "malloc": "use ground/memory.h",
    "calloc": "use ground/memory.h", "realloc": "use ground/memory.h",
    "strdup": "use memory_copy()", "strndup": "use memory_copy_span()",
}
BANNED_EVERYWHERE = {
    "sprintf": "use struct text or snprintf()", "vsprintf": "use struct text",
    "strcpy": "use struct text or memory_copy()", "strcat": "use struct text",
    "strncpy": "use struct text", "strncat": "use struct text", "strtok": "use struct reader",
    "atoi": "use strtol() and look at its end", "atol": "use strtol() and look at its end",
    "alloca": "use ground/memory.h", "gets": "use fgets()",
}

# These have a state by design.
STATEFUL = {"ground/log.c"}
MAY_ALLOCATE = {"ground/memory.c"}

SPDX = "SPDX-License-Identifier: Apache-2.0"
SPDX_FILES = re.compile(r"(\.[ch]|\.sh|\.py|\.ya?ml|\.am|\.ac|\.m4|\.[1-8])$")


class Findings:
    def __init__(self):
        self.count = 0

    def add(self, path, line, message):
        self.count += 1
        print(f"{path}:{line}: {message}")


def blank(match):
    """Keeps the lines where they are."""
    return re.sub(r"[^\n]", " ", match.group(0))


def strip_comments(text):
    """Comments become blanks; strings and characters keep their quotes only."""
    token = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)

    def replace(match):
        found = match.group(0)
        if found[0] == "/":
            return blank(match)
        return found[0] + " " * (len(found) - 2) + found[-1]

    return token.sub(replace, text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def folder_of(path):
    return os.path.dirname(path)


def check_lines(path, text, findings):
    is_c = path.endswith((".c", ".h"))
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        width = len(line.expandtabs(8))
        if is_c and width > WIDTH_MOST:
            findings.add(path, number, f"line of {width} columns; at most {WIDTH_MOST}")
        if line != line.rstrip():
            findings.add(path, number, "blanks at the end of the line")
        if is_c and re.match(r" (?! ?\*)", line):
            findings.add(path, number, "indented with spaces; use tabs")
        if re.search(r"\b(TODO|FIXME|XXX)\b", line) and not path.startswith("tests/lint/"):
            findings.add(path, number, "a note to self; do it, or open an issue")
    if text and not text.endswith("\n"):
        findings.add(path, len(lines), "no newline at the end of the file")


def check_size(path, text, findings):
    length = text.count("\n")
    most = HEADER_MOST if path.endswith(".h") else FILE_MOST
    if length > most:
        findings.add(path, most + 1, f"file of {length} lines; at most {most}")


def check_spdx(path, text, findings):
    head = text.split("\n", 3)[:2]
    if not any(SPDX in line for line in head):
        findings.add(path, 1, f"no line with {SPDX} at the top")


def function_bodies(code):
    """(line of the brace, line of the end, text) of each function: braces in column 0."""
    for match in re.finditer(r"^\{\n(.*?)^\}", code, re.S | re.M):
        first = line_of(code, match.start())
        yield first, line_of(code, match.end()), match.group(1)


def check_functions(path, code, findings):
    for first, last, body in function_bodies(code):
        length = last - first - 1
        if length > FUNCTION_MOST:
            findings.add(path, first, f"function of {length} lines; at most {FUNCTION_MOST}")
        if not path.startswith(PRODUCT):
            continue
        for match in re.finditer(r"^#\s*if", body, re.M):
            findings.add(path, first + line_of(body, match.start()), "#if inside a function")
        for match in re.finditer(r"^\t+static\s+(?!const\b|_?inline\b)\w", body, re.M):
            if path not in STATEFUL:
                findings.add(path, first + line_of(body, match.start()),
                             "static variable: state belongs to an object")


def check_calls(path, code, findings):
    banned = dict(BANNED_EVERYWHERE)
    if path.startswith(PRODUCT):
        banned.update(BANNED)
    if path in MAY_ALLOCATE:
        for name in ("malloc", "calloc", "realloc"):
            banned.pop(name, None)
    calls = re.compile(r"(?<![\w.>])(" + "|".join(banned) + r")\s*\(")
    for match in calls.finditer(code):
        name = match.group(1)
        findings.add(path, line_of(code, match.start()), f"{name}() is banned: {banned[name]}")


def check_includes(path, text, findings):
    folder = folder_of(path)
    allowed = ARROWS.get(folder)
    for match in re.finditer(r"^#\s*include\s+([<\"])([^>\"]+)", text, re.M):
        quote, header = match.groups()
        line = line_of(text, match.start())
        if quote == "<":
            for pattern, owners, message in ADAPTERS:
                if re.match(pattern, header) and not re.fullmatch(owners, path):
                    if path.startswith(PRODUCT):
                        findings.add(path, line, f"<{header}>: {message}")
            continue
        if "/" not in header and header != "config.h":
            findings.add(path, line, f'"{header}": includes are written from the top of the tree')
        elif allowed is not None and header != "config.h":
            target = folder_of(header)
            if target != folder and target not in allowed:
                findings.add(path, line, f'"{header}": {folder} may not include {target}')


def top_level(code):
    """(line, text) of each statement outside of braces; bodies are left out."""
    code = re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*", blank, code, flags=re.M)
    depth, start, outside = 0, 0, []
    for at, char in enumerate(code):
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            function = code[at - 1:at] == "\n" and not re.match(r"[ \t]*[;=\w,*]", code[at + 1:at + 80])
            if depth == 0 and function:  # not the end of a table or a struct
                outside, start = [], at + 1
        elif char == ";" and depth == 0:
            statement = "".join(outside)
            blanks = len(statement) - len(statement.lstrip())
            yield line_of(code, start + blanks), " ".join(statement.split())
            outside, start = [], at + 1
        elif depth == 0:
            outside.append(char)


def is_variable(statement):
    declarator = statement.split("=")[0].strip()
    if re.match(r"(typedef|_Static_assert|static_assert)\b", declarator):
        return False
    if re.fullmatch(r"(struct|union|enum)(\s+\w+)?", declarator):
        return False
    if re.match(r"[^()]*\(\s*\*\s*(const\s+)?\w+(\[\w*\])?\s*\)", declarator):
        return True
    return "(" not in declarator and declarator != ""


def is_constant(statement):
    declarator = re.sub(r"\[[^\]]*\]", "", statement.split("=")[0])
    pointer = re.search(r"\(\s*\*\s*(const\s+)?\w+\s*\)", declarator)
    if pointer:
        return bool(pointer.group(1))
    return "const" in declarator.rsplit("*", 1)[-1].split()


def check_variables(path, code, findings):
    for line, statement in top_level(code):
        if not is_variable(statement) or is_constant(statement):
            continue
        if statement.startswith("extern"):
            findings.add(path, line, "extern variable: pass it, or keep it in an object")
        elif path not in STATEFUL:
            findings.add(path, line, "mutable variable of a whole file: state belongs to an object")


def check_file(root, path, findings):
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read()
    except UnicodeDecodeError:
        return
    check_lines(path, text, findings)
    if SPDX_FILES.search(path) or text.startswith("#!"):
        check_spdx(path, text, findings)
    if not path.endswith((".c", ".h")) or not path.startswith(C_FOLDERS):
        return
    code = strip_comments(text)
    check_size(path, text, findings)
    check_functions(path, code, findings)
    check_calls(path, code, findings)
    check_includes(path, text, findings)
    if path.startswith(PRODUCT):
        check_variables(path, code, findings)


def files_of(root):
    """Sources and texts of the folders we write in; data and what a build made are left out."""
    folders = ("ground", "net", "collectors", "agent", "contrib", "tests", "docs", "m4", "man",
               "profiles", ".ci", "")
    for folder in folders:
        top = os.path.join(root, folder)
        for where, below, names in os.walk(top):
            if folder == "":
                below.clear()
            below[:] = sorted(name for name in below if name not in ("corpus", "fixtures", ".deps"))
            for name in sorted(names):
                path = os.path.relpath(os.path.join(where, name), root)
                if is_ours(folder, path, name):
                    yield path


def check_lists(root, findings):
    """What is not in a list of Makefile.am is neither built nor run nor packed."""
    makefile = os.path.join(root, "Makefile.am")
    if not os.path.exists(makefile):
        return
    with open(makefile, encoding="utf-8") as file:
        lines = file.read().split("\n")
    listed = {}
    for number, line in enumerate(lines, 1):
        match = re.fullmatch(r"\t([\w.-]+/[\w./-]+?)( \\)?", line)
        if match and match.group(1) in listed:
            findings.add("Makefile.am", number, f"{match.group(1)} is listed twice")
        if match:
            listed[match.group(1)] = number
    words = set(" ".join(lines).split())
    for path in files_of(root):
        program = re.fullmatch(r"(tests/unit/test_\w+|tests/fuzz/fuzz_\w+)\.c", path)
        source = path.startswith(PRODUCT) and path.endswith((".c", ".h"))
        data = re.fullmatch(r"profiles/[^/]+\.yaml|man/[^/]+\.[1-8]", path)
        script = (re.fullmatch(r"tests/(cli|integration)/[^/]+\.(sh|py)", path)
                  and os.access(os.path.join(root, path), os.X_OK))
        name = program.group(1) if program else path
        if (program or source or data or script) and name not in words:
            findings.add(path, 1, "in no list of Makefile.am: not built, not run, not packed")


def is_ours(folder, path, name):
    if os.path.islink(path):
        return False
    if folder == "":
        return name in ("Makefile.am", "configure.ac", "quickstart", "README.md", "NEWS",
                        "CONTRIBUTING.md")
    return bool(SPDX_FILES.search(name) or name.endswith((".md", ".bash")) or folder == ".ci")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    findings = Findings()
    paths = sys.argv[2:] or files_of(root)
    number = 0
    for number, path in enumerate(paths, 1):
        check_file(root, path, findings)
    if not sys.argv[2:]:
        check_lists(root, findings)
    print(f"lint: {number} files, {findings.count} findings", file=sys.stderr)
    return 1 if findings.count or number == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
