# SPDX-License-Identifier: Apache-2.0
"""Holds what ucposture observes of real servers against what independent tools say.

    tls_compare.py FOLDER CASES

Where the tools disagree with each other, tls_disagreements.py must know why, and who is wrong;
else the test fails. 0 wrong, 0 missing: each value of ours that a tool could have contradicted
must be one no tool contradicts, and each value a tool has seen must be there.
"""

import concurrent.futures
import json
import os
import subprocess
import sys

import tls_disagreements
import tls_truth
import tls_truth_certificate
import tls_truth_plain

AT_ONCE = 4


class Truth:
    """Of one server: what all tools agree on."""

    def __init__(self):
        self.values = {}        # fact: (value, tools)
        self.lists = {}         # fact: (there, not there or None, tools)
        self.disagreements = []

    def tools(self):
        return set().union(*(tools for *_, tools in list(self.values.values())
                             + list(self.lists.values())))

    def take(self, case, all_claims):
        facts = {fact for claims in all_claims for fact in claims.values}
        for fact in sorted(facts):
            said = {claims.tool: claims.values[fact] for claims in all_claims
                    if fact in claims.values}
            self.take_value(case, fact, said)
        lists = {fact for claims in all_claims for fact in claims.lists}
        for fact in sorted(lists):
            self.take_list(case, fact, [claims for claims in all_claims
                                        if fact in claims.lists])
        return self

    def take_value(self, case, fact, said):
        said = {tool: value for tool, value in said.items()
                if not tls_disagreements.knows(case.name, fact, tool, value)}
        values = list(said.values())
        if any(value != values[0] for value in values):
            self.disagreements.append(f"{fact}: " + ", ".join(
                f"{tool} says {value}" for tool, value in said.items()))
        elif values:
            self.values[fact] = (values[0], sorted(said))

    def take_list(self, case, fact, all_claims):
        """What is known to be wrong is not taken."""
        there, absent, rest = {}, {}, []
        for claims in all_claims:
            yes, no = claims.lists[fact]
            for value in yes:
                if not tls_disagreements.knows(case.name, fact, claims.tool, value):
                    there.setdefault(value, []).append(claims.tool)
            for value in no or ():
                if not tls_disagreements.knows(case.name, fact, claims.tool, "no " + value):
                    absent.setdefault(value, []).append(claims.tool)
            if no is None:
                rest.append(claims)
        for claims in rest:
            for value in set(there) - claims.lists[fact][0]:
                if not tls_disagreements.knows(case.name, fact, claims.tool, "no " + value):
                    absent.setdefault(value, []).append(claims.tool)
        for value in sorted(set(there) & set(absent)):
            self.disagreements.append(f"{fact}: {value} is there for {', '.join(there[value])}"
                                      f" and not for {', '.join(absent[value])}")
        self.lists[fact] = (set(there), None if rest else set(absent),
                            sorted({claims.tool for claims in all_claims}))


# --- ours ------------------------------------------------------------------------------------

def observe(case, collector):
    """Once, however often the tools are asked."""
    if collector not in case.ours:
        case.ours[collector] = observe_now(case, collector)
    return case.ours[collector]


def observe_now(case, collector):
    command = [os.environ["UCPOSTURE"], "observe", collector, f"tcp/{case.port}",
               case.address, "--format=json", "--timeout=15"]
    for key, option in (("name", "--name"), ("ca", "--ca-file"), ("starttls", "--starttls"),
                        ("verify", "--verify-name")):
        if case.get(key):
            command.append(f"{option}={case.get(key)}")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          encoding="utf-8", timeout=60)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return {"outcome": "failed", "stage": None, "facts": {},
                "reason": (done.stderr or done.stdout).strip()}


def compare(seen, truth):
    """Lines: what is wrong, and what is missing."""
    facts, problems = seen["facts"], []
    for fact, (value, tools) in truth.values.items():
        if fact == "cert.chain":
            problems += compare_chain(facts.get(fact), value)
        elif fact not in facts:
            problems.append(f"{fact} missing: {', '.join(tools)} say {value}")
        elif facts[fact] != value:
            problems.append(f"{fact} wrong: {facts[fact]}, {', '.join(tools)} say {value}")
    for fact, (there, absent, tools) in truth.lists.items():
        ours = set(facts.get(fact, []))
        wrong = ours - there if absent is None else ours & absent
        if there - ours:
            problems.append(f"{fact} missing {sorted(there - ours)}: {', '.join(tools)}")
        if wrong:
            problems.append(f"{fact} wrong {sorted(wrong)}: {', '.join(tools)}")
    return problems


def compare_chain(ours, theirs):
    if ours is None or len(ours) != len(theirs):
        return [f"cert.chain has {len(ours or [])} elements, openssl says {len(theirs)}"]
    return [f"cert.chain {number}: {column} is {mine[column]}, openssl says {value}"
            for number, (mine, its) in enumerate(zip(ours, theirs))
            for column, value in its.items()
            if value is not None and column in mine and mine[column] != value]


# --- one case ---------------------------------------------------------------------------------

def expectations(case, seen):
    """Words of the case that no tool measures: how an observation ends."""
    problems = []
    ended = " ".join(str(seen[key]) for key in ("outcome", "stage", "reason"))
    wanted = case.get("ends", "observed None None")
    if not ended.startswith(wanted):
        problems.append(f"ended {ended}, not {wanted}")
    return problems


def examine(case, suites, nmap):
    """(problems, a line for people)"""
    problems, count, tools = [], 0, set()
    case.seen = []
    if case.get("only") != "certificate":
        problems, truth = examine_tls(case, suites, nmap)
        count, tools = len(truth.values) + len(truth.lists), truth.tools()
    if not case.get("ends"):
        more, truth = examine_certificate(case, nmap.get((case.address, case.port), {}))
        problems += more
        if truth:
            count += len(truth.values) + len(truth.lists)
            tools |= truth.tools()
    if not count and not case.get("ends"):
        problems.append("no tool has measured anything")
    return problems, f"{count} facts as {', '.join(sorted(tools)) or 'nobody'} see them"


def examine_tls(case, suites, nmap):
    truth = Truth().take(case, tls_truth.claims_of(case, suites, nmap)
                         + [tls_truth_plain.starttls_claims(case)]
                         + [tls_truth_plain.plain_claims(case)])
    problems = ["the tools disagree: " + line for line in truth.disagreements]
    seen = observe(case, "tls")
    problems += expectations(case, seen) + compare(seen, truth)
    problems += compare_weak(seen["facts"], tls_truth.weaknesses_by_openssl(suites))
    return problems, truth


def compare_weak(facts, weak):
    """By OpenSSL's own description of each suite that we have seen, as far as it knows it."""
    known = [suite for suite in facts.get("tls.ciphers", []) if suite in weak]
    expected = {suite for suite in known if weak[suite]}
    ours = {suite for suite in facts.get("tls.weak_ciphers", []) if suite in weak}
    classes = set().union(*(weak[suite] for suite in known)) if known else set()
    problems = [f"tls.weaknesses lacks {word}"
                for word in sorted(classes - set(facts.get("tls.weaknesses", [])))]
    if ours != expected:
        problems.append(f"tls.weak_ciphers differs by {sorted(ours ^ expected)}")
    anonymous = any("anonymous" in weak[suite] for suite in known)
    if known and facts.get("tls.anonymous") != anonymous:
        problems.append(f"tls.anonymous is {facts.get('tls.anonymous')}")
    return problems


def examine_certificate(case, scripts):
    """A server with several shows us one of them."""
    chains = tls_truth_certificate.certificate_claims(case, scripts)
    if not chains:
        return [], None
    seen = observe(case, "certificate")
    ours = seen["facts"].get("cert.sha256")
    truths = [Truth().take(case, claims) for claims in chains]
    truth = next((truth for truth in truths
                  if truth.values.get("cert.sha256", (None,))[0] == ours), truths[0])
    problems = ["the tools disagree: " + line for line in truth.disagreements]
    problems += expectations(case, seen) + compare(seen, truth)
    return ["certificate: " + line for line in problems], truth


def examine_again(case, suites, folder, problems, line):
    """On a busy machine a tool's patience can end early: where something is wrong, the tools
    get a second look while nothing else runs. What we have seen stays as it is."""
    if not problems:
        return problems, line
    problems, line = examine(case, suites, tls_truth.nmap_all([case], folder))
    return problems, line + ", at second sight"


def main():
    folder, path = sys.argv[1:]
    os.environ["LC_ALL"] = "C"
    cases, suites = tls_truth.cases_of(path), tls_truth.openssl_suites()
    nmap = tls_truth.nmap_all(cases, folder)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        seen = list(pool.map(lambda case: examine(case, suites, nmap), cases))
    for case, (problems, line) in zip(cases, seen):
        problems, line = examine_again(case, suites, folder, problems, line)
        print(f"{'FAIL' if problems else 'ok  '} {case.name}: {line}")
        for problem in problems:
            print("     " + problem)
        failed += bool(problems)
    print(f"{len(cases) - failed} of {len(cases)} servers are seen as they are")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
