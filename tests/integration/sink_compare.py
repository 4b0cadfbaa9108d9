#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sink_compare.py journal|syslog|file EVENTS <WHAT: the events, as lines of JSON, against what a
receiver has of them: journalctl -o json, or a file of lines."""
import json
import re
import sys
import unicodedata

SAME = {"UCPOSTURE_EVENT": "number", "UCPOSTURE_KIND": "kind", "UCPOSTURE_AT": "at",
        "UCPOSTURE_ALARM": "alarm", "UCPOSTURE_FROM": "from", "UCPOSTURE_VERDICT": "to",
        "UCPOSTURE_SEVERITY": "severity", "UCPOSTURE_CAUSE": "cause"}
FOREIGN = {"UCPOSTURE_TARGET": "target", "UCPOSTURE_CHECK": "check", "UCPOSTURE_TITLE": "title",
           "UCPOSTURE_EXPECTED": "expected", "UCPOSTURE_OBSERVED": "observed",
           "UCPOSTURE_REASON": "reason", "UCPOSTURE_REMEDY": "remedy"}
failures = []


def fail(words):
    failures.append(words)


def is_plain(text):
    """Nothing in it is written in another way, or cut."""
    return len(text.encode()) < 2000 and "\ufffd" not in text and all(
        c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") for c in text)


def text_of(value):
    """What journalctl does not take for text is a list of bytes."""
    return bytes(value).decode("utf-8") if isinstance(value, list) else value


def hold_journal(event, entry):
    number = event["number"]
    for field, name in SAME.items():
        if entry.get(field) != str(event[name]):
            fail(f"event {number}: {field} is {entry.get(field)!r}, not {event[name]!r}")
    if entry.get("UCPOSTURE_FLAPPING") != str(int(event["flapping"])):
        fail(f"event {number}: flapping is {entry.get('UCPOSTURE_FLAPPING')!r}")
    for field, name in FOREIGN.items():
        had, wanted = entry.get(field), event[name]
        if (had is None) != (wanted is None):
            fail(f"event {number}: {field} is {had!r}, and should be {wanted!r}")
        elif wanted is not None and is_plain(wanted) and text_of(had) != wanted:
            fail(f"event {number}: {field} is {text_of(had)!r}, not {wanted!r}")
    if entry.get("SYSLOG_FACILITY") != "3" or not entry.get("MESSAGE_ID"):
        fail(f"event {number}: facility or identity")


def hold_message(event, message):
    number = event["number"]
    if not re.search(rf"\(event {number} of [-0-9T:Z]+\)$", message):
        fail(f"event {number}: {message!r}")
    if any(unicodedata.category(c) == "Cc" for c in message):
        fail(f"event {number}: a control character in {message!r}")


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    had = sys.stdin.read().split("\n")[:-1]
    if len(had) != len(events):
        print(f"{len(had)} entries of {len(events)} events")
        return 1
    checked = 0
    for event, line in zip(events, had):
        if sys.argv[1] == "file":
            hold_message(event, line)
            continue
        entry = json.loads(line)
        hold_message(event, text_of(entry["MESSAGE"]))
        if entry["PRIORITY"] not in "2345" or entry["SYSLOG_IDENTIFIER"] != "ucposture":
            fail(f"event {event['number']}: priority or identifier")
        if sys.argv[1] == "journal":
            hold_journal(event, entry)
            checked += sum(event[name] is not None and is_plain(event[name])
                           for name in FOREIGN.values())
    for words in failures[:10]:
        print(words)
    print(f"{sys.argv[1]}: {len(events)} events, {checked} texts compared, "
          f"{len(failures)} differences")
    return bool(failures)


sys.exit(main())
