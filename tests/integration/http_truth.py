# SPDX-License-Identifier: Apache-2.0
"""http_truth.py URL [FACT=VALUE...]: what ucposture observes of it is what curl and Python see.

Prints a line of TAP for each address family.
"""
import json
import os
import re
import subprocess
import sys
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

SECRET = "s3cr3tvalue"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def curl(url, family):
    """Status, version and headers (in order, names in lower case) of one answer, and its body."""
    said = output("curl", "-sik", "--http1.1", "-m", "5", f"-{family}", url)
    head, _, body = said.replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.split("\n")
    fields = [(name.lower(), value.strip()) for name, _, value in
              (line.partition(":") for line in lines)]
    return int(first.split()[1]), first.split()[0].split("/")[1], fields, body


def cookies_of(fields):
    for name, value in fields:
        if name == "set-cookie":
            yield from SimpleCookie(value).items()


def followed(url, status, location, family):
    """Where one redirect to the same scheme, host and port leads, and what is answered there."""
    if status // 100 != 3 or not location:
        return status, url
    target = urljoin(url, location)
    if urlsplit(target)[:2] != urlsplit(url)[:2] or target == url:
        return status, url
    return curl(target, family)[0], target


def truth(url, family):
    """The facts as they follow from curl's output."""
    status, version, fields, body = curl(url, family)
    headers = dict(reversed(fields))
    secure = url.startswith("https:")
    location = headers.get("location")
    hsts = headers.get("strict-transport-security") if secure else None
    title = re.search("<title>(.*?)</title>", body, re.I | re.S)
    final_status, final_url = followed(url, status, location, family)
    login = [value.split()[0].lower() for name, value in fields if name == "www-authenticate"]
    return {
        "status": status, "version": version, "location": location,
        "redirects_to_https":
            status // 100 == 3 and urljoin(url, location or "").startswith("https:"),
        "final_status": final_status, "final_url": final_url,
        "hsts": int(re.search(r"max-age=(\d+)", hsts)[1]) if hsts else None,
        "hsts_subdomains": "includeSubDomains" in hsts if hsts else None,
        "server": headers.get("server"), "powered_by": headers.get("x-powered-by"),
        "authentication": login,
        "title": " ".join(title[1].split()) if title else None,
        "insecure_cookies": [name for name, morsel in cookies_of(fields)
                             if morsel["max-age"] != "0" and
                             not (morsel["secure"] and morsel["httponly"])],
        "cookies": [{"cookie": name, "cookie_secure": bool(morsel["secure"]),
                     "cookie_http_only": bool(morsel["httponly"]),
                     "cookie_same_site": morsel["samesite"].lower() or "unset"}
                    for name, morsel in cookies_of(fields)] or None,
        "names of headers": [name for name, _ in fields],
    }


def seen(observation):
    """The same of ours."""
    facts = {name[5:]: value for name, value in observation["facts"].items()
             if name.startswith("http.")}
    facts["names of headers"] = [line.split(":")[0] for line in facts.pop("headers", [])]
    if facts.get("cookies"):
        facts["cookies"] = [{name.replace("http.", ""): value for name, value in cookie.items()}
                            for cookie in facts["cookies"]]
    return facts


def compare(url, observation, wanted):
    family = observation["family"]
    ours, theirs = seen(observation), truth(url, family)
    wrong = [f"{name}: we {ours.get(name)!r}, they {value!r}"
             for name, value in theirs.items() if ours.get(name) != value]
    wrong += [f"{name}: {ours.get(name)!r} instead of {value}"
              for name, value in wanted.items() if str(ours.get(name)) != value]
    if observation["outcome"] != "observed":
        wrong.append(f"{observation['stage']} {observation['reason']}")
    if SECRET in json.dumps(observation):
        wrong.append("a cookie's value is told")
    fingerprint = observation["facts"].get("cert.sha256")
    if bool(fingerprint) != url.startswith("https:"):
        wrong.append(f"certificate: {fingerprint}")
    print("not ok" if wrong else "ok", f"- {url} over IPv{family}")
    for line in wrong:
        print("#   " + line)
    return not wrong


def main():
    url, wanted = sys.argv[1], dict(word.split("=", 1) for word in sys.argv[2:])
    observations = json.loads(output(os.environ["UCPOSTURE"], "observe", "http", url,
                                     "--format=json", "--timeout=5"))
    if isinstance(observations, dict):
        observations = [observations]
    results = [compare(url, observation, wanted) for observation in observations]
    by_name = not re.match(r"https?://[\[\d]", url)
    if len(results) != (2 if by_name else 1):
        print(f"not ok - {url}: {len(results)} families")
        results.append(False)
    sys.exit(not all(results))


main()
