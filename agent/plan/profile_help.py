#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes agent/plan/profile_help.c from the lists of keys in man/ucposture-profile.5, so that
editors show what the manual says and nobody writes it twice.

profile_help.py [OUTPUT]: `-` is the standard output. A list of keys is a section called KEYS OF
and what the form is called there ("a rule"), or OPERATORS.
"""

import argparse
import os
import re
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
MANUAL = os.path.join(HERE, "../../man/ucposture-profile.5")

HEAD = """\
/* SPDX-License-Identifier: Apache-2.0
 *
 * Made by profile_help.py from man/ucposture-profile.5; change that.
 */
#include "agent/plan/profile_help.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *what, *key, *help;
} rows[] = {
"""

TAIL = """\
};

const char *profile_help(const char *what, const char *key)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].what, what) && !strcmp(rows[i].key, key))
			return rows[i].help;
	return NULL;
}
"""


def plain(words):
    """The words of a macro or a list of keys, with the punctuation where it belongs."""
    return re.sub(r" ([,.;:])", r"\1", " ".join(words))


def text_of(line):
    if not line.startswith("."):
        return line
    macro, *words = line[1:].split()
    if macro == "Cm" or macro == "Pa":
        return plain(words)
    if macro == "Ql":
        ends = words.pop() if words[-1] in ",.;:" else ""
        return f"'{' '.join(words)}'{ends}"
    if macro == "Xr":
        return plain([f"{words[0]}({words[1]})", *words[2:]])
    raise ValueError(f"what is {line} in the text of a key?")


def read_items():
    """What a section is about, the keys of an item, and the lines of its text."""
    what, keys, lines = None, [], []
    with open(MANUAL, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith((".Sh ", ".It ", ".El")):
                if keys:
                    yield what, keys, lines
                keys, lines = [], []
            if line.startswith(".Sh "):
                title = line[4:]
                what = title[8:].lower() if title.startswith("KEYS OF ") else None
                if title == "OPERATORS":
                    what = "an operator"
            elif what and line.startswith(".It Cm "):
                keys = [word for word in line[7:].split() if word != ","]
            elif keys:
                lines.append(text_of(line))


def quoted(string):
    return '"' + string.replace("\\", "\\\\").replace('"', '\\"') + '"'


def source():
    parts = [HEAD]
    for what, keys, lines in read_items():
        text = " ".join(lines)
        # The blanks between two lines of the table belong to the text.
        pieces = textwrap.wrap(text, 80, break_on_hyphens=False)
        pieces = [piece + " " for piece in pieces[:-1]] + pieces[-1:]
        help_text = "\n".join("\t  " + quoted(piece) for piece in pieces)
        parts += [f"\t{{ {quoted(what)}, {quoted(key)},\n{help_text} }},\n" for key in keys]
    return "".join(parts) + TAIL


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", nargs="?", default=os.path.join(HERE, "profile_help.c"))
    path = parser.parse_args().output
    if path == "-":
        sys.stdout.write(source())
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(source())


main()
