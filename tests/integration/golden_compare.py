# SPDX-License-Identifier: Apache-2.0
"""What golden.bash has seen, against what it should have seen.

main() is told:
good FOLDER VIEW             all that applies is ok; kept as the base
fault FOLDER VIEW WANTED...  these checks differ from the base, no other
same FOLDER VIEW             nothing differs from the base
finish FOLDER                every check of a base was made to fail

In FOLDER are VIEW.json (the report), VIEW.base, turned (what faults have made fail), never
(CHECK, a tab, and why no fault can) and said (what people should read). WANTED is CHECK=VERDICT, CHECK@4=VERDICT or CHECK@6=VERDICT;
CHECK is a check's name without /ipv6, and may be a pattern: then it means all of that name that
apply in the base, and that no other word names. It says whether something is not as it should be.
"""
import contextlib
import fnmatch
import json
import pathlib

FAILED = ("warning", "critical")


def without_family(name):
    return name.removesuffix("/ipv6")


def read(path):
    """The checks of a report by their names; of several targets with theirs before it."""
    with open(path, encoding="utf-8") as file:
        targets = json.load(file)["targets"]
    before = len(targets) > 1
    checks = {}
    for target in targets:
        for check in target["checks"]:
            check["inherited"] = check["rule"].split(".")[0] not in target["profiles"]
            name = f"{target['name']}/{check['name']}" if before else check["name"]
            checks[name] = check
    return checks


def describe(name, check):
    return (f"     {name}: {check['verdict']} ({check['reason']})"
            f"; expected {check['expected']}; observed {check['observed']}")


class Wanted:
    def __init__(self, word):
        self.word = word
        check, _, self.verdict = word.rpartition("=")
        self.family = {"@4": 4, "@6": 6}.get(check[-2:])
        self.check = check[:-2] if self.family else check
        self.is_pattern = any(letter in self.check for letter in "*?[")

    def means(self, name, base, now):
        if not fnmatch.fnmatchcase(without_family(name), self.check):
            return False
        if self.is_pattern and base["verdict"] == now["verdict"] == "not_applicable":
            return False
        return not self.family or self.family in (base["family"], now["family"])


def good(folder, view):
    report = folder / f"{view}.json"
    seen = read(report)
    bad = [describe(name, check) for name, check in seen.items()
           if check["verdict"] not in ("ok", "not_applicable")]
    if not any(check["verdict"] == "ok" for check in seen.values()):
        bad.append("     nothing is ok")
    (folder / f"{view}.base").write_bytes(report.read_bytes())
    return bad


def same(folder, view):
    return fault(folder, view)


def fault(folder, view, *words):
    base, now = read(folder / f"{view}.base"), read(folder / f"{view}.json")
    wanted = [Wanted(word) for word in words]
    bad = [f"     no check is meant by {want.word}" for want in wanted
           if not any(want.means(name, base[name], now[name]) for name in base)]
    turned = []
    for name, was in base.items():
        check = now[name]
        meant = [want for want in wanted if want.means(name, was, check)]
        # Who names a check himself knows better than a pattern.
        verdicts = {want.verdict for want in
                    [want for want in meant if not want.is_pattern] or meant}
        changed = check["verdict"] != was["verdict"]
        if verdicts and not changed:
            bad.append(f"     still {describe(name, check).lstrip()}")
        elif verdicts and check["verdict"] not in verdicts:
            bad.append(f"     not {'/'.join(verdicts)}: {describe(name, check).lstrip()}")
        elif changed and not verdicts:
            bad.append(f"     not foreseen: {describe(name, check).lstrip()}")
        if changed and check["verdict"] in FAILED:
            turned.append(f"{name}\t{was['expected']}\n")
    with open(folder / "turned", "a", encoding="utf-8") as file:
        file.writelines(turned)
    return bad


def lines(path):
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def finish(folder):
    """A check that nothing makes fail proves nothing; what a rule demands while its feature is
    off is something else than what it demands while it is on. Of the rules that a profile
    inherits the golden test is that of the other profile."""
    turned = set(lines(folder / "turned"))
    never = [line.split("\t")[0] for line in lines(folder / "never")]
    wanted, used = {}, set()
    for base in sorted(folder.glob("*.base")):
        for name, check in read(base).items():
            if check["inherited"]:
                used.update(word for word in never
                            if fnmatch.fnmatchcase(without_family(name), word))
            elif check["verdict"] == "ok":
                wanted.setdefault(f"{name}\t{check['expected']}", (base.stem, name))
    bad = []
    for key, (view, name) in wanted.items():
        excused = [word for word in never if fnmatch.fnmatchcase(without_family(name), word)]
        used.update(excused if key not in turned else ())
        if key not in turned and not excused:
            bad.append(f"     no fault makes it fail: {name} of {view}, {key.split(chr(9))[1]}")
    bad += [f"     golden_never {word}, but it was made to fail, or there is none"
            for word in never if word not in used]
    print(f"     {len(wanted)} checks, {len(turned & wanted.keys())} of them made to fail")
    return bad


def main(command, folder, *words):
    folder = pathlib.Path(folder)
    with open(folder / "said", "w", encoding="utf-8") as said, contextlib.redirect_stdout(said):
        bad = {"good": good, "same": same, "fault": fault, "finish": finish}[command](
            folder, *words)
        for line in bad:
            print(line)
    return bool(bad)
