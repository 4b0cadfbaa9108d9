#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lets `ucposture observe reach` look at hosts, and curl and dig at the same ones.

usage: reach_compare.py FILE CA

A line of FILE is a case, its fields parted by tabs: a name, a URL, a proxy or -, what shall
become of it over IPv4 and over IPv6 (through a proxy, which chooses, over either), and facts
as NAME=VALUE. What becomes of it is ok/STAGE or ok/reply/STATUS, no/STAGE/REASON, or
unset/STAGE/REASON when nobody can be blamed; - for no such observation.
"""
import concurrent.futures
import functools
import json
import os
import socket
import subprocess
import sys
import urllib.parse

# Who waits for silence does so beside the others; who does not has time, on a busy machine too.
AT_ONCE = 4
WAITING_AT_ONCE = 16
TIMEOUT = 3
PATIENCE = 20
# How curl ends, for the stage and the reason we see.
CURL_ENDS = {
    "resolve/name_not_found": {6}, "resolve/name_server_failed": {6}, "resolve/timed_out": {6, 28},
    # 7: for an IPv4 address that was mapped into IPv6.
    "resolve/no_address": {6, 7}, "resolve/no_address_at_all": {6},
    "connect/refused": {7}, "connect/unreachable": {7}, "connect/prohibited": {7},
    "connect/no_route": {7}, "connect/timed_out": {28},
    "tls/timed_out": {28}, "tls/closed_early": {35}, "tls/reset": {35}, "tls/tls_failed": {35},
    "tls/not_this_protocol": {35},
    "reply/timed_out": {28}, "reply/closed_early": {52}, "reply/reset": {56},
    "reply/not_this_protocol": {1}, "reply/too_much": {27, 28, 56, 100},
    "proxy/proxy_refused": {56}, "proxy/proxy_authentication": {56}, "proxy/refused": {7},
    "proxy/timed_out": {28}, "proxy/name_not_found": {5},
}
DIG_STATUS = {
    "name_not_found": {"NXDOMAIN"}, "name_server_failed": {"SERVFAIL", "REFUSED"},
    "timed_out": {"silent"}, "no_address": {"empty"}, "no_address_at_all": {"empty"},
}


def said_by(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout


def is_silent(case):
    return any(words.endswith("/timed_out") for words in case["expected"])


def patience(case):
    return TIMEOUT if is_silent(case) else PATIENCE


def observe(case, authorities):
    command = [os.environ["UCPOSTURE"], "observe", "reach", case["url"], "--format=json",
               f"--timeout={patience(case)}", "--ca-file=" + authorities]
    if case["proxy"] != "-":
        command.append("--via-proxy=" + case["proxy"])
    seen = json.loads(said_by(*command)[1])
    return seen if isinstance(seen, list) else [seen]


def described(seen):
    facts = seen["facts"]
    if "reach.ok" not in facts:
        return f"unset/{seen['stage']}/{seen['reason']}"
    if not facts["reach.ok"]:
        return f"no/{facts['reach.stage']}/{facts['reach.reason']}"
    status = f"/{facts['reach.status']}" if "reach.status" in facts else ""
    return f"ok/{facts['reach.stage']}{status}"


def is_whole(seen, case):
    """What must hold of every observation."""
    facts, ok = seen["facts"], seen["facts"].get("reach.ok")
    direct = case["proxy"] == "-"
    yield facts["reach.path"] == ("direct" if direct else "proxy"), "path"
    yield (seen["outcome"] == "observed") == (ok is True), "outcome"
    yield ("reach.reason" in facts) == (ok is False), "reason"
    yield facts.get("reach.reason", seen["reason"]) == seen["reason"], "reason of the outcome"
    yield ("reach.stage" in facts) == (ok is not None), "stage"
    yield 0 <= facts["reach.seconds"] < patience(case) + 1, "seconds"
    yield direct or "reach.address" not in facts, "address"
    parts = [facts.get(f"reach.{part}_seconds", 0) for part in ("resolve", "connect", "tls")]
    yield min(parts) >= 0 and sum(parts) <= facts["reach.seconds"] + 0.001, "times"


@functools.lru_cache(maxsize=None)
def dig(name, family):
    """The addresses, and NXDOMAIN, SERVFAIL and the like, empty or silent without them."""
    kind = "AAAA" if family == 6 else "A"
    said = said_by("dig", "+tries=1", "+time=1", "+noall", "+comments", "+answer", name, kind)[1]
    if "status: " not in said:
        return [], "silent"
    status = said.split("status: ")[1].split(",")[0]
    addresses = [words[4] for words in map(str.split, said.splitlines())
                 if len(words) == 5 and words[3] == kind]
    return addresses, "empty" if status == "NOERROR" and not addresses else status


def curl(case, family, *options):
    """Its exit status, HTTP status, whether TLS was there, and the peer's address."""
    url = case["url"].replace("tls://", "https://")
    # It reads what has no end until its time has.
    seconds = 1 if "endless" in url else patience(case)
    command = ["curl", "-sS", "-o", os.devnull, "-m", str(seconds), "--noproxy", "", "-w",
               "%{http_code} %{time_appconnect} %{remote_ip}", *options]
    if family:
        command.append(f"-{family}")
    if case["proxy"] != "-":
        command += ["-x", case["proxy"]]
    end, said = said_by(*command, url)
    words = said.split(" ")
    return end, int(words[0]), float(words[1]) > 0, words[2]


def connects(case, family):
    place = urllib.parse.urlsplit(case["url"])
    domain = socket.AF_INET6 if family == 6 else socket.AF_INET
    try:
        address = socket.getaddrinfo(place.hostname, place.port, domain, socket.SOCK_STREAM)[0][4]
        with socket.socket(domain, socket.SOCK_STREAM) as peer:
            peer.settimeout(patience(case))
            peer.connect(address)
        return True
    except OSError:
        return False


def disputes_of_curl(case, seen, answer):
    """What curl says otherwise."""
    facts, family = seen["facts"], seen["family"] if case["proxy"] == "-" else None
    end, status, secured, address = curl(case, family, "-k")
    ok, _, rest = answer.partition("/")
    if case["url"].startswith("tls://"):
        if (ok == "ok") != secured:
            yield f"curl: TLS {secured}, exit {end}"
    elif ok == "ok":
        if status != facts["reach.status"]:
            yield f"curl: status {status}, exit {end}"
    # Asked for a whole URL, the proxy answers, and curl takes that for an answer.
    elif case["url"].startswith("http:") and rest.startswith("proxy/proxy_"):
        if status < 400:
            yield f"curl: status {status}, exit {end}"
    elif end not in CURL_ENDS[rest]:
        yield f"curl: exit {end}"
    if ok == "ok" and family and address != facts["reach.address"]:
        yield f"curl: connected to {address}"


def disputes_of_certificate(case, seen, authorities):
    facts, family = seen["facts"], seen["family"]
    if "cert.trusted" not in facts or case["proxy"] != "-" or not case["facts"]:
        return
    good = facts["cert.trusted"] and facts["cert.name_match"]
    end = curl(case, family, "--cacert", authorities)[0]
    if (end == 60) == good:
        yield f"curl: exit {end} when it verifies"


def disputes_of_dig(case, seen, answer):
    host = urllib.parse.urlsplit(case["url"]).hostname
    facts, family = seen["facts"], seen["family"]
    if case["proxy"] != "-" or host[0].isdigit() or ":" in host:
        return
    addresses, status = dig(host, family)
    if "reach.address" in facts and facts["reach.address"] not in addresses:
        yield f"dig: {addresses}"
    if "/resolve/" in answer and status not in DIG_STATUS[answer.split("/")[2]]:
        yield f"dig: {status} {addresses}"


def problems_of(case, seen, expected, authorities):
    answer = described(seen)
    if answer != expected:
        yield f"expected {expected}, seen {answer} ({seen['detail']})"
        return
    for holds, what in is_whole(seen, case):
        if not holds:
            yield f"{what}: {seen}"
    for name, value in case["facts"]:
        said = seen["facts"].get(name)
        said = "-" if said is None else str(said).lower() if isinstance(said, bool) else str(said)
        if said != value and seen["facts"].get("reach.ok"):
            yield f"{name}: expected {value}, seen {said}"
    if case["url"].startswith("tcp://"):
        if case["proxy"] == "-" and connects(case, seen["family"]) != (answer[:3] == "ok/"):
            yield "a plain connect() disagrees"
    else:
        yield from disputes_of_curl(case, seen, answer)
        yield from disputes_of_certificate(case, seen, authorities)
    yield from disputes_of_dig(case, seen, answer)


def compare(case, authorities):
    expected = [words for words in case["expected"] if words != "-"]
    seen = observe(case, authorities)
    if len(seen) != len(expected):
        return [f"{len(seen)} observations instead of {len(expected)}"]
    return [problem for one, words in zip(seen, expected)
            for problem in problems_of(case, one, words, authorities)]


def read_cases(file):
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            name, url, proxy, four, six, *facts = line.rstrip("\n").split("\t")
            yield {"name": name, "url": url, "proxy": proxy, "expected": [four, six],
                   "facts": [fact.split("=", 1) for fact in facts]}


def main(file, authorities):
    cases = list(read_cases(file))
    failed = 0
    with (concurrent.futures.ThreadPoolExecutor(AT_ONCE) as few,
          concurrent.futures.ThreadPoolExecutor(WAITING_AT_ONCE) as many):
        found = [(many if is_silent(case) else few).submit(compare, case, authorities)
                 for case in cases]
        for case, problems in zip(cases, found):
            print("FAIL" if problems.result() else "ok  ", case["name"], *case["expected"])
            for problem in problems.result():
                print("    ", problem)
            failed += bool(problems.result())
    print(f"{len(cases)} cases, {failed} failed")
    return failed != 0


sys.exit(main(*sys.argv[1:]))
