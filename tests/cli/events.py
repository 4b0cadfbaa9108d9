#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/event.schema.json says what a sink is told: thousands of hostile events are good to it,
and each of its words, and null wherever it allows that, is one that an event had. The manual
names every field of it, and every field and identity of the journal."""
import json
import os
import pathlib
import re
import subprocess
import sys

try:
    from jsonschema import Draft202012Validator as Validator
except ImportError as missing:
    print(missing)
    sys.exit(77)

TOP = pathlib.Path(os.environ["top_srcdir"])
TELL = pathlib.Path(os.environ["top_builddir"]) / "tests/cli/tell_events"
EVENTS = 3000
failures = []


def fail(words):
    failures.append(words)
    print("FAIL", words)


def read_events():
    told = subprocess.run([TELL, "json", str(EVENTS)], check=True, stdout=subprocess.PIPE).stdout
    lines = told.decode("utf-8").split("\n")
    if lines.pop() != "" or len(lines) != EVENTS:
        fail(f"{len(lines)} lines of {EVENTS} events")
    return [json.loads(line) for line in lines]


def hold_against(schema, events):
    Validator.check_schema(schema)
    validator = Validator(schema)
    for event in events:
        for error in validator.iter_errors(event):
            fail(f"event {event['number']}: {list(error.absolute_path)} {error.message[:200]}")
    for name, field in schema["properties"].items():
        seen = {json.dumps(event[name]) for event in events}
        unused = {json.dumps(word) for word in field.get("enum", [])} - seen
        if "null" in field.get("type", []) and name != "alarm" and "null" not in seen:
            unused.add("null")
        if unused:
            fail(f"{name}: no event has {unused}")
    for number, event in enumerate(events, 1):
        if event["number"] != number:
            fail(f"event {event['number']} in place of {number}")


def items(page):
    return set(re.findall(r"^\.It (?:Cm|Ev) (\w+)$", page, re.M))


def hold_against_manual(schema):
    page = (TOP / "man/ucposture-events.7").read_text(encoding="utf-8")
    journal = (TOP / "agent/daemon/sink_journal.c").read_text(encoding="utf-8")
    command = (TOP / "agent/daemon/sink_command.c").read_text(encoding="utf-8")
    wanted = set(schema["properties"]) | set(re.findall(r'add_\w+\(out, "(\w+)"', journal))
    wanted |= set(re.findall(r'variable\("(\w+)"', command))
    for name in sorted(wanted - items(page)):
        fail(f"the manual lacks {name}")
    for name in sorted(items(page) - wanted):
        fail(f"the manual has {name}, which nothing tells")
    identities = re.findall(r'\[EVENT_(\w+)\] = "(\w{32})"', journal)
    if len(identities) != len(schema["properties"]["kind"]["enum"]):
        fail(f"{len(identities)} identities")
    for kind, identity in identities:
        if not re.search(rf"^\.It {kind.lower()} Ta {identity}$", page, re.M):
            fail(f"the manual lacks the identity of {kind.lower()}")


def main():
    schema = json.loads((TOP / "docs/event.schema.json").read_text(encoding="utf-8"))
    hold_against(schema, read_events())
    hold_against_manual(schema)
    return bool(failures)


sys.exit(main())
