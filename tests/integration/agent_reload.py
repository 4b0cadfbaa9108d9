# SPDX-License-Identifier: Apache-2.0
"""SIGHUP reads everything anew, and what is wrong changes nothing."""

import pathlib
import random

from agent_scene import CLEARED, RAISED, check, main

STORM = 1000


def test_targets_come_and_go(scene):
    good, bad = scene.port().open(), scene.port()
    scene.rules([good, bad])
    scene.configure(["one"])
    scene.start()
    scene.wait_log("raised, critical: one ")
    scene.configure(["one", "two"])
    scene.reload()
    scene.wait_log("raised, critical: two ")
    scene.configure(["two"])
    scene.reload()
    scene.wait_log("cleared, ok: one ")
    scene.wait_told("STATUS=Watches 1 targets with 2 checks; 1 alarms are raised")
    check(scene.stop() == 0, "it did not end with 0")
    kinds = [(kind, target) for _, kind, target, _ in scene.events()]
    check(kinds == [(RAISED, "one"), (RAISED, "two"), (CLEARED, "one")], f"events are {kinds}")


def test_a_bad_configuration_is_said_and_changes_nothing(scene):
    bad = scene.port()
    scene.rules([bad])
    scene.configure(["one"])
    scene.start()
    scene.wait_log("raised, critical: one ")
    good = scene.config.read_text()
    scene.write_config(good + "targts: []\n")
    scene.reload()
    line = good.count("\n") + 1
    scene.wait_log(f"{scene.config}:{line}:1: ")
    scene.wait_log("raised, critical: ucposture agent/configuration")
    scene.wait(lambda: any("not in force" in told for told in scene.hear()), "the status says it")
    bad.open()
    scene.wait_log("cleared, ok: one ")
    scene.write_config(good)
    scene.reload()
    scene.wait_log("cleared, ok: ucposture agent/configuration")
    check(scene.stop() == 0, "it did not end with 0")
    check([kind for _, kind, *_ in scene.events()] == [RAISED, CLEARED], "an alarm was lost")


def test_a_warning_is_logged_when_it_is_new(scene):
    warning = "no file is called "
    scene.rules([scene.port().open()])
    scene.configure(["one"], more="inventory: [ { file: nowhere/*.yaml } ]")
    scene.start()
    scene.reload()
    check(scene.log().count(warning) == 1, "what has not changed was logged again")
    scene.configure(["one"], more="inventory: [ { file: nowhere/*.yaml }, { file: no/*.yaml } ]")
    scene.reload()
    check(scene.log().count(warning) == 2, "one that is new was not logged")
    scene.configure(["one"])
    scene.reload()
    scene.configure(["one"], more="inventory: [ { file: nowhere/*.yaml } ]")
    scene.reload()
    check(scene.log().count(warning) == 3, "one that had gone was not logged again")
    check(scene.stop() == 0, "it did not end with 0")


def test_a_profile_and_an_authority_are_read_anew(scene):
    first, second = scene.port().open(), scene.port()
    scene.rules([first])
    scene.configure(["one"])
    scene.start()
    scene.rules([first, second])
    scene.reload()
    scene.wait_log("raised, critical: one ")
    (scene.profiles / "toy.yaml").write_text("profile: toy\nrules: 7\n")
    scene.reload()
    scene.wait_log("toy.yaml:2:")
    check(scene.stop() == 0, "it did not end with 0")


def test_new_probers_take_over_and_the_old_ones_end(scene):
    scene.rules([scene.port().open()])
    scene.configure(["one", "two", "three"], "  probers: 1")
    scene.start()
    before = scene.probers()
    check(len(before) == 1, f"there are {len(before)} probers")
    scene.configure(["one", "two", "three"], "  probers: 3")
    scene.reload()
    scene.wait(lambda: len(scene.probers()) == 3 and not set(before) & set(scene.probers()),
               "three new probers are there, and the old one is not")
    check(scene.stop() == 0, "it did not end with 0")


def damage(text, chance):
    """Bytes that are lost, doubled, replaced or swapped, a few of them."""
    letters = bytearray(text.encode())
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(letters))
        kind = chance.randrange(4)
        if kind == 0:
            del letters[at:at + chance.randint(1, 30)]
        elif kind == 1:
            letters[at:at] = letters[at:at + chance.randint(1, 10)]
        elif kind == 2:
            letters[at] = chance.randrange(256)
        else:
            letters[at:at] = chance.choice([b"\t", b": ", b"- ", b"{", b"]", b"'", b"&a *a"])
    return bytes(letters) or b"\0"


def memory_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def test_a_thousand_damaged_configurations_never_end_it(scene):
    bad = scene.port()
    scene.rules([bad])
    scene.configure(["one"])
    good = scene.config.read_text()
    scene.start()
    scene.wait_log("raised, critical: one ")
    chance = random.Random(6)
    refused = 0
    for turn in range(STORM):
        scene.config.write_bytes(damage(good, chance))
        seen = scene.log().count("not reloaded")
        scene.reload()
        refused += scene.log().count("not reloaded") > seen
        if turn == STORM // 5:
            early_kib = memory_kib(scene.agent.pid)
    late_kib = memory_kib(scene.agent.pid)
    scene.write_config(good)
    scene.reload()
    check(scene.log().count("level=error topic=config") >= refused, "a refusal has no reason")
    check(refused > STORM / 3, f"only {refused} were refused")
    check(late_kib < early_kib + 1024, f"memory grew from {early_kib} to {late_kib} KiB")
    bad.open()
    scene.wait_log("cleared, ok: one ")
    check(scene.stop() == 0, "it did not end with 0")


main(globals())
