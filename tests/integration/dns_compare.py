#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dns_compare.py CASES: for each line, NAME|SERVER...|TRUTH, asks dig about the name at each
server, lets `ucposture observe dns` ask the same ones, and holds every fact against what dig
saw, and the line of them against the truth. Ends with 1 when something differs."""

import concurrent.futures
import json
import os
import re
import subprocess
import sys

AT_ONCE = 4
TIME_SLACK = 3  # seconds that a cache may have counted down between the two looks
WORDS = ("noerror", "nxdomain", "servfail", "refused", "formerr", "notimp")


class Answer:
    """What one server said to one question, as dig tells it."""

    def __init__(self, name, kind, server):
        said = subprocess.run(
            ["dig", "@" + server, name + ".", kind, "+time=1", "+tries=1", "+nocookie"],
            capture_output=True, text=True, check=False).stdout
        status = re.search(r"status: (\w+),", said)
        self.silent = status is None
        self.truncated = "retrying in TCP mode" in said
        self.rcode = status.group(1).lower() if status else None
        if self.rcode and self.rcode not in WORDS:
            self.rcode = "other"
        flags = re.search(r"^;; flags: ([a-z ]*);", said, re.M)
        # A refusal may well repeat the flag from the question.
        self.authenticated = (self.rcode in ("noerror", "nxdomain") and bool(flags)
                              and "ad" in flags.group(1).split())
        self.addresses, self.aliases, self.times = [], [], []
        section = re.search(r"ANSWER SECTION:\n(.*?)\n\n", said, re.S)
        for line in section.group(1).splitlines() if section else []:
            _, seconds, _, what, value = line.split(None, 4)
            if what == "CNAME":
                self.aliases.append(value.rstrip(".").lower())
            elif what == kind:
                self.addresses.append(value)
            else:
                continue
            self.times.append(int(seconds))


def expected_of(name, servers):
    """The facts that follow from dig's answers."""
    seen = {s: [Answer(name, kind, s) for kind in ("A", "AAAA")] for s in servers}
    heard = {s: both for s, both in seen.items() if not any(x.silent for x in both)}
    every = [x for both in heard.values() for x in both]
    facts = {}

    def rcode(both):
        return next((x.rcode for x in both if x.rcode != "noerror"), "noerror")

    for index, fact in enumerate(("dns.a", "dns.aaaa")):
        union = sorted({a for both in heard.values() for a in both[index].addresses})
        if union:
            facts[fact] = union
    if heard:
        facts["dns.rcode"] = rcode(next(iter(heard.values())))
        facts["dns.truncated"] = any(x.truncated for x in every)
        facts["dns.authenticated"] = all(x.authenticated for x in every)
    chain = next((x.aliases for x in every if x.aliases), None)
    if chain:
        facts["dns.cname"] = chain
    times = [t for x in every for t in x.times]
    if times:
        facts["dns.ttl"] = min(times)
    if len(heard) > 1:
        said = [[(x.rcode, sorted(x.addresses)) for x in both] for both in heard.values()]
        facts["dns.agreement"] = all(x == said[0] for x in said)
    silent = [s for s in servers if s not in heard]
    if silent:
        facts["dns.silent"] = silent
    facts["dns.answers"] = []
    for server in servers:
        record = {"server": server}
        if server in heard:
            record["server_rcode"] = rcode(seen[server])
            for index, column in enumerate(("server_a", "server_aaaa")):
                if seen[server][index].addresses:
                    record[column] = sorted(seen[server][index].addresses)
        facts["dns.answers"].append(record)
    return facts, bool(heard)


def look(name, servers):
    command = [os.environ["UCPOSTURE"], "observe", "dns", name, "--timeout=2", "--format=json"]
    done = subprocess.run(command + ["--name-server=" + s for s in servers],
                          capture_output=True, text=True, check=False)
    if done.stderr:
        print(done.stderr)
    return json.loads(done.stdout)


def compare(case):
    """What is seen, on one line, and what is wrong with it."""
    name, servers, truth = case.rstrip("\n").split("|")
    servers = servers.split()
    expected, heard = expected_of(name, servers)
    seen = look(name, servers)
    facts = seen["facts"]
    wrong = []
    if (seen["outcome"] == "observed") != heard:
        wrong.append(f"outcome {seen['outcome']}, dig heard {heard}")
    if heard and not 0 < facts.pop("dns.seconds", 0) < 2:
        wrong.append("dns.seconds")
    for record in facts.get("dns.answers", []):
        answered = "server_rcode" in record
        if answered != ("server_seconds" in record) or answered == ("server_reason" in record):
            wrong.append(f"{record}")
        record.pop("server_seconds", None)
        record.pop("server_reason", None)
    if abs(facts.get("dns.ttl", 0) - expected.get("dns.ttl", 0)) <= TIME_SLACK:
        expected["dns.ttl"] = facts.get("dns.ttl")
    for fact in sorted(set(facts) | set(expected)):
        if facts.get(fact) != expected.get(fact):
            wrong.append(f"{fact}: seen {facts.get(fact)}, dig {expected.get(fact)}")
    words = [seen["outcome"] if heard else f"{seen['stage']} {seen['reason']}"]
    for fact, value in facts.items():
        if fact in ("dns.answers", "dns.ttl"):
            continue
        if isinstance(value, list):
            value = ",".join(value) if len(value) < 10 else len(value)
        words.append(fact[len("dns."):] + "=" + str(value).lower())
    line = " ".join(words)
    if line != truth:
        wrong.append("the truth is " + truth)
    return f"{name} at {', '.join(servers)}: {line}", wrong


def main():
    failures = 0
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = list(file)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for line, wrong in pool.map(compare, cases):
            failures += bool(wrong)
            print("FAIL" if wrong else "ok  ", line)
            for what in wrong:
                print("     " + what)
    print(f"{len(cases)} cases, {failures} failures")
    return bool(failures) or not cases


if __name__ == "__main__":
    sys.exit(main())
