#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/profile.schema.json says what the reader of profiles takes: every profile we ship is
good to both, and thousands of variants, each key and operator with each kind of value, are
judged by both. Only what no schema can know may the reader alone refuse."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import yaml
    from jsonschema import Draft202012Validator as Validator
except ImportError as missing:
    print(missing)
    sys.exit(77)

TOP = pathlib.Path(os.environ["top_srcdir"])
PROGRAM = os.environ["UCPOSTURE"]
FAILURES = []
# Of the schema; and what a rule of each looks at and expects.
COLLECTORS = []
SUBJECT_OF = {}
EXPECT_OF = {}

# What editors take a word without quotes for (YAML 1.2, core schema). Ours are all texts.
CORE = [
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+0123456789."),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
]


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    yaml_implicit_resolvers = {}


for name, expression, begins in CORE:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(expression), begins)

TEXTS = ["x", "'x y'", "443", "-1", "4.2", "1e3", "true", "false", "'true'", "yes", "null", "''",
         "[]", "[ x ]", "[ x, y ]", "[ 1, 2 ]", "[ x, null ]", "[ [ x ] ]", "{}", "{ a: b }",
         "[ { a: b } ]"]
VALUES = TEXTS + [
    "5060-5062", "9-1", "-5", "1-2-3", "1.8.0_232", "'1.8.0'", "2027-06-30", "2027-13-30",
    "2027-06-30T10:00:00Z", "30d", "25%", "default", "{ warning: 30d }",
    "{ warning: [ 30d, 25% ], critical: 7d }", "{ warning: [] }", "{ warning: null }",
    "{ warning: null, critical: 1h }", "{ warnung: 30d }", "{ warning: 0 }",
    "10.0.0.0/8", "[ 10.0.0.0/8, '2001:db8::/32' ]", "10.0.0.0/99", "10.0.0.1", "'('", "'^a(b|c)$'",
    "allowed-ports", "[ allowed-ports, 5 ]", "00:ff", "ab " * 31 + "ab", "'" + "ab:" * 31 + "ab'",
    "'" + "x" * 256 + "'", "'" + "x" * 257 + "'", "'" + "x" * 4000 + "'", "'" + "x" * 4001 + "'",
    "'" + "ä" * 2001 + "'",
]
NAMES = TEXTS + ["f", "s", "p", "other", "[ f ]", "[ s ]", "[ f, g ]", "F", "a_b", "x" * 64,
                 "x" * 65]
SUBJECTS = TEXTS + [
    "tcp/443", "udp/5060", "tls/5061", "any/161", "tcp/1-65535", "tcp/0", "tcp/65536", "tcp/00443",
    "tcp/5-3", "tcp/1-", "tcp/-1", "tcp/", "[ tcp/1, tcp/2-3 ]", "[ tcp/1, udp/2 ]", "TCP/443",
    "'tcp/ 443'", "https://x.example/", "'https://*:8443/a'", "tcp://x.example:5061",
    "tls://x.example", "tcp://x.example", "ftp://x.example", "https://", "/", "/admin", "/a#b",
    "'/a b'", "[ /a, 'https://x.example' ]", "x.example", "10.0.0.1", "x..example", "'a:b'",
    "/" + "x" * 510, "/" + "x" * 511,
]
KEYS = {
    "id": NAMES, "subject": SUBJECTS, "feature": NAMES, "scenario": NAMES, "peer": NAMES,
    "only_from": NAMES, "not_from": NAMES, "provisional_while": NAMES, "extends": NAMES,
    "severity": TEXTS + ["critical", "Major", "minor", "warning"],
    "vantage": TEXTS + ["host", "[ host ]", "[ internal, dmz ]", "[ internal, host ]", "Internal"],
    "starttls": TEXTS + ["smtp", "sips", "SMTP"], "observe": TEXTS + ["port", "tsl"],
    "server_name": TEXTS + ["x.example", "10.0.0.5", "2001:db8::1", "a..b", "x.example:1"],
    "verify_name": TEXTS + ["x.example", "10.0.0.5", "https://x", "ä"],
    "timeout": TEXTS + ["5s", "100ms", "99ms", "6h", "7h", "5", "5 s", "1w"],
    "via": TEXTS + ["direct", "[ direct, proxy ]", "tunnel"],
    "by_address": TEXTS + ["'false'", "True"],
    "when_closed": TEXTS + ["ok", "unknown", "not_applicable"],
    "when_absent": TEXTS + ["ok", "unknown", "not_applicable"],
    "inbound": SUBJECTS, "outbound": SUBJECTS,
    "features": TEXTS + ["{ f: Title }", "{ f: { title: T, title_de: T } }", "{ f: { title_de: T } }",
                         "{ f: null }", "{ F: T }", "{ f: 7 }", "{ f: [ T ] }", "{ f: { titel: T } }"],
    "source": TEXTS + ["{ vendor: V, document: D, version: 4.2 }", "{ vendor: null }",
                       "{ vendor: [] }"],
    "rules": TEXTS, "not_observable": TEXTS, "expect": TEXTS, "otherwise": TEXTS,
}
KEYS["scenarios"] = KEYS["peers"] = KEYS["features"]
# One collector of each kind is tried with all; of the others it only matters what they forbid.
SENSIBLE = {"server_name": "x.example", "verify_name": "x.example", "by_address": "true",
            "starttls": "smtp", "via": "direct", "peer": "p", "vantage": "dmz"}

# Of a profile that variants of rules are in; and how many are read together, so that all that is
# wrong with them is shown.
HEAD = """profile: NAME
title: t
features: { f: F, g: G }
scenarios: { s: S }
peers: { p: P }
rules:
- { id: other, observe: port, subject: tcp/1, because: b, expect: { port.state: { is: open } } }
"""
TOGETHER = 300

# Why the reader alone refuses something.
ONLY_THE_READER = {
    name: re.compile(expression) for name, expression in {
        "declared": r"unknown (feature|scenario|peer|rule|profile) '",
        "a range": r"the range ends before it begins|a whole number, or a range",
        "a version": r"must be a version such as|must be one number",
        "an expression": r"is no regular expression",
        "a network": r"must be a network such as",
        "digits": r"must be (a SHA-256 fingerprint: 64 )?hexadecimal digits",
        "a date": r"must be a date such as",
        "a real number": r"must be a number such as",
        "a duration": r"must be a duration from|must be a time such as 30d",
        "nothing left": r"remaining needs 'warning'",
        "a host": r"'(server_name|verify_name)' cannot be",
        "a subject": r"cannot look at '",
        "a path": r"'via' is for URLs elsewhere",
        "two files": r"must hold the profile '",
        "allowed-ports": r"allowed-ports can only stand in",
        "one key": r"through a proxy hosts are asked|asks by address or for",
        "a name": r"'(id|profile)' cannot be '|the name of a \w+ cannot be",
        "a capital": r"must be true or false, not 'True'",
        "bytes": r"a text has at most 4000 bytes",
        "what cannot be": r"^nothing can (ever )?meet",
        "nothing": r"a profile needs 'rules'",
        "a contradiction": r"nothing can meet what is expected of",
        "one port or a range": r"is not told of \S+, which is",
        "another port": r"the rule '\w+' never waits for",
    }.items()
}


def complain(*words):
    FAILURES.append(" ".join(str(word) for word in words))
    if len(FAILURES) <= 40:
        print("FAILED:", FAILURES[-1][:400])


def run(*words, folder=None):
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    if folder:
        environment["UCPOSTURE_PROFILE_DIR"] = str(folder)
    return subprocess.run([PROGRAM, *words], env=environment, capture_output=True, text=True,
                          timeout=300, check=False)


class Judged:
    """Variants: a file each, or a line each of one file, and what both say of them."""

    def __init__(self, validator):
        self.validator = validator
        self.folder = tempfile.TemporaryDirectory(prefix="ucposture-schema-")
        self.files = {}
        self.variants = []
        self.parsed = {}

    def part(self, reference):
        """A validator of one of the schema's definitions."""
        return self.validator.evolve(schema={"$ref": reference,
                                             "$defs": self.validator.schema["$defs"]})

    def value(self, text):
        if text not in self.parsed:
            self.parsed[text] = yaml.load(text, Loader)
        return self.parsed[text]

    def add_file(self, what, text, value):
        name = f"v{len(self.files)}"
        self.files[name] = [text.replace("NAME", name)]
        value = json.loads(json.dumps(value).replace("NAME", name))
        self.variants.append((what, (name, None), self.validator.is_valid(value)))

    def add_rules(self, rules):
        """Each is what it is, its keys as text, and whether it is good to the schema."""
        for first in range(0, len(rules), TOGETHER):
            name = f"v{len(self.files)}"
            lines = HEAD.replace("NAME", name).splitlines()
            for what, keys, good in rules[first:first + TOGETHER]:
                words = ", ".join(f"{key}: {value}" for key, value in keys.items())
                lines.append(f"- {{ {words} }}")
                self.variants.append((what, (name, len(lines)), good))
            self.files[name] = lines

    def read(self):
        """What the reader says of all files."""
        names, said = list(self.files), []
        while names:
            folder = pathlib.Path(self.folder.name) / str(len(names))
            folder.mkdir()
            lines = 0
            while names and lines < TOGETHER:
                name = names.pop()
                lines += len(self.files[name])
                (folder / f"{name}.yaml").write_text("\n".join(self.files[name]) + "\n",
                                                     encoding="utf-8")
            said += run("profiles", "list", folder=folder).stderr.splitlines()
        return said

    def compare(self):
        refused, used = {}, set()
        for line in self.read():
            found = re.fullmatch(r".*/(v\d+)\.yaml:(\d+):\d+: (error|warning): (.*)", line)
            if not found:
                complain("the reader says", line)
            elif found[3] == "error":
                for place in ((found[1], int(found[2])), (found[1], None)):
                    refused.setdefault(place, []).append(found[4])
        taken = sum(place not in refused for _, place, _ in self.variants)
        for what, place, good in self.variants:
            why = refused.get(place)
            if not why and not good:
                complain("only the schema refuses", what)
            elif why and good:
                for reason in why:
                    known = {name for name, said in ONLY_THE_READER.items() if said.search(reason)}
                    used |= known
                    if not known:
                        complain("only the reader refuses", what, "->", reason)
        for name in ONLY_THE_READER.keys() - used:
            complain("nobody needs this reason:", name)
        print(f"{len(self.variants)} variants, {taken} of them good to the reader")


def rule_of(collector, number, **more):
    keys = {"id": f"r{number}", "observe": collector, "subject": SUBJECT_OF[collector],
            "because": "b", "expect": EXPECT_OF[collector]}
    keys.update(more)
    return keys


def values_for(fact, schema):
    """Of a fact that has few words the others are all alike."""
    words = schema["$defs"].get(f"value_of_{fact}", {}).get("enum")
    if not words:
        return VALUES
    return TEXTS + [str(word) for word in words[:3]] + [f"[ {words[0]} ]", f"'{words[-1]}'"]


def add_variants_of_facts(judged, schema):
    """A fact of each shape with each operator and each value."""
    shapes, rules = {}, []
    for collector in COLLECTORS:
        for fact, about in schema["$defs"][f"facts_of_{collector}"]["properties"].items():
            shapes.setdefault(about["$ref"], (collector, fact))
    operators = {operator for shape in shapes
                 for operator in schema["$defs"][shape.rsplit("/", 1)[1]]["properties"]}
    for shape, (collector, fact) in shapes.items():
        validator = judged.part(shape)
        for operator in [*sorted(operators), "iz"]:
            for value in values_for(fact, schema):
                expect = f"{{ {fact}: {{ {operator}: {value} }} }}"
                rules.append((f"{collector} {expect}",
                              rule_of(collector, len(rules), expect=expect),
                              validator.is_valid({operator: judged.value(value)})))
        for asked in ("{ entry: x }", "{ entry: x, absent: true }", "{ entry: x, is: x }",
                      "{ entry: '', absent: true }", "{ present: true, is: x, is_not: y }"):
            rules.append((f"{fact}: {asked}",
                          rule_of(collector, len(rules), expect=f"{{ {fact}: {asked} }}"),
                          validator.is_valid(judged.value(asked))))
    judged.add_rules(rules)


def add_variants_of_rules(judged, schema):
    """Each key of a rule with each of its values; every collector with every key."""
    validator = judged.part("#/$defs/rule")
    rules = []

    def add(collector, key, value, **more):
        keys = rule_of(collector, len(rules), **more)
        keys[key] = value
        tree = {name: judged.value(text) for name, text in keys.items()}
        rules.append((f"{collector} {key}: {value}", keys, validator.is_valid(tree)))

    for key in schema["$defs"]["rule"]["properties"]:
        if key == "id":
            continue
        for value in KEYS.get(key, VALUES):
            if key == "subject":
                for collector in COLLECTORS:
                    add(collector, key, value)
            elif key == "via":
                add("reach", key, value)
            elif key == "otherwise":
                add("port", key, value, feature="f")
            elif key == "otherwise_remedy":
                add("tls", key, value, feature="f", otherwise=EXPECT_OF["tls"])
            else:
                add("tls", key, value)
    for collector in COLLECTORS:
        for key, value in SENSIBLE.items():
            add(collector, key, value)
        for other in COLLECTORS:
            add(collector, "expect", EXPECT_OF[other])
            add(collector, "otherwise", EXPECT_OF[other], feature="f")
            add(collector, "otherwise", EXPECT_OF[other])
    for key in ("id", "observe", "subject", "expect", "because"):
        keys = rule_of("tls", len(rules))
        del keys[key]
        tree = {name: judged.value(text) for name, text in keys.items()}
        rules.append((f"no {key}", keys, validator.is_valid(tree)))
    add("tls", "by_address", "true", server_name="x")
    add("reach", "by_address", "true", via="proxy")
    add("tls", "unknown_key", "x")
    add("tls", "otherwise_remedy", "x", feature="f")
    judged.add_rules(rules)


def add_variants_of_profiles(judged, schema):
    """Each key of a profile, and of what nobody can see."""
    rule = {"id": "web", "observe": "port", "subject": "tcp/443", "because": "b",
            "expect": "{ port.state: { is: open } }"}
    keys = {"profile": "NAME", "title": "t", "features": "{ f: F }", "scenarios": "{ s: S }",
            "peers": "{ p: P }", "rules": None, "not_observable": None}

    def add(what, changes, rule=rule, sentence=None):
        sentence = sentence or {"sentence": "s", "reason": "r"}
        lists = {"rules": rule, "not_observable": sentence}
        text, tree = [], {}
        for key, value in {**keys, **changes}.items():
            if key in lists and value is None:
                inner = ", ".join(f"{name}: {word}" for name, word in lists[key].items())
                value = f"[ {{ {inner} }} ]"
            if value != "":
                text.append(f"{key}: {value}")
                tree[key] = yaml.load(value, Loader)
        judged.add_file(what, "\n".join(text), tree)

    add("the whole", {})
    for key in schema["properties"]:
        add(f"no {key}", {key: ""})
        for value in KEYS.get(key, TEXTS):
            add(f"profile {key}: {value}", {key: value})
    add("neither rules nor extends", {"rules": "", "extends": ""})
    add("an unknown key", {"rule": "x"})
    for value in KEYS["id"]:
        add(f"id: {value}", {}, rule={**rule, "id": value})
    for key in schema["$defs"]["sentence"]["properties"]:
        for value in KEYS.get(key, VALUES):
            add(f"sentence {key}: {value}", {},
                sentence={"sentence": "s", "reason": "r", key: value})
    add("a sentence without reason", {}, sentence={"sentence": "s"})


def main():
    shipped = run("profiles", "schema").stdout
    schema = json.loads(shipped)
    Validator.check_schema(schema)
    if shipped != (TOP / "docs/profile.schema.json").read_text(encoding="utf-8"):
        complain("docs/profile.schema.json is not what `ucposture profiles schema` prints: write"
                 " it anew, after agent/plan/profile_help.py when the manual has changed")
    for name, part in [("profile", schema), *schema["$defs"].items()]:
        for key, about in part.get("properties", {}).items():
            if "description" not in about:
                complain(f"the manual does not explain {key} of {name}")
    validator = Validator(schema)
    for path in sorted((TOP / "profiles").glob("*.yaml")):
        for error in validator.iter_errors(yaml.load(path.read_text(encoding="utf-8"), Loader)):
            complain(path.name, list(error.absolute_path), error.message)
    wrong = yaml.load((TOP / "tests/cli/bad_profiles/wrong/wrong.yaml").read_text(encoding="utf-8"),
                      Loader)
    part = validator.evolve(schema={"$ref": "#/$defs/rule", "$defs": schema["$defs"]})
    for rule in wrong["rules"]:
        # That a name stands twice no schema sees.
        if part.is_valid(rule) and rule["id"] != "twice":
            complain("the schema takes", rule)
    COLLECTORS.extend(schema["$defs"]["rule"]["properties"]["observe"]["enum"])
    usual = {"http": "/", "reach": "https://x.example/", "dns": "x.example", "sip": "udp/5060",
             "snmp": "udp/161"}
    for collector in COLLECTORS:
        SUBJECT_OF[collector] = usual.get(collector, "tcp/443")
        fact = next(iter(schema["$defs"][f"facts_of_{collector}"]["properties"]))
        EXPECT_OF[collector] = f"{{ {fact}: {{ present: true }} }}"
    judged = Judged(validator)
    add_variants_of_facts(judged, schema)
    add_variants_of_rules(judged, schema)
    add_variants_of_profiles(judged, schema)
    judged.compare()
    print(f"{len(FAILURES)} failures")
    return bool(FAILURES)


if __name__ == "__main__":
    sys.exit(main())
