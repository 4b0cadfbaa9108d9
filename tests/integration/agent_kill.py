# SPDX-License-Identifier: Apache-2.0
"""Killed at any moment, the agent tells every change, in order, and none twice.

AGENT_KILLS: how often."""

import os
import random
import signal
import time

from agent_scene import CLEARED, RAISED, check, main

KILLS = int(os.environ.get("AGENT_KILLS", "12"))


def a_sink(scene):
    """Writes numbers and kinds of events, a line each, into the file it returns."""
    told = scene.place / "told"
    program = scene.place / "sink"
    program.write_text("#!/bin/sh\n"
                       "event=$(cat)\n"
                       f"printf '%s\\n' \"$event\" >>{told}\n")
    program.chmod(0o755)
    return told, f"  tell: [ {{ to: command, run: {program}, name: file }} ]\n  rate: off"


def check_alternates(events):
    """Of each check: raised, cleared, raised …"""
    state = {}
    for number, kind, target, name in events:
        wanted = CLEARED if state.get((target, name)) == RAISED else RAISED
        check(kind == wanted, f"event {number} of {target} {name} is {kind}, not {wanted}")
        state[(target, name)] = kind


def test_kills_at_random_moments_lose_nothing_and_double_nothing(scene):
    import json
    chance = random.Random(8)
    ports = [scene.port() for _ in range(4)]
    told, sink = a_sink(scene)
    scene.rules(ports)
    scene.configure(["one", "two"], alarms=sink)
    scene.config.write_text(scene.config.read_text().replace("interval: 1s", "interval: 200ms"))
    for _ in range(KILLS):
        scene.start(ready=False)
        end = time.monotonic() + chance.uniform(0.02, 1.2)
        while time.monotonic() < end:
            scene.hear()
            port = chance.choice(ports)
            port.close() if port.listener else port.open()
            time.sleep(min(chance.uniform(0.01, 0.4), max(0, end - time.monotonic())))
        scene.kill()
    for port in ports:
        if not port.listener:
            port.open()
    scene.start()
    scene.wait_told("STATUS=Watches 2 targets with 8 checks; 0 alarms are raised")

    def numbers():
        lines = told.read_text().splitlines() if told.exists() else []
        return [json.loads(line)["number"] for line in lines]

    def rest_is_told():
        time.sleep(0.2)
        return numbers() and len(numbers()) == count[0] or count.__setitem__(0, len(numbers()))
    count = [0]
    scene.wait(rest_is_told, "the sink has heard everything")
    scene.stop()
    events = scene.events()
    check(len(events) > KILLS / 2, f"there were only {len(events)} events")
    check_alternates(events)
    check(scene.rows("SELECT * FROM untold") == [], "something is still to be told")
    kept = [row[0] for row in scene.rows("SELECT number FROM events ORDER BY number")]
    check(set(numbers()) == set(kept), f"told but not kept, or kept but not told:"
          f" {sorted(set(numbers()) ^ set(kept))}")
    check(sorted(set(numbers()), key=numbers().index) == kept, "not told in order")
    check(len(numbers()) - len(kept) <= KILLS, "more was told twice than it was killed")
    print(f"   {len(kept)} events, {KILLS} kills, {len(numbers()) - len(kept)} told again")


def test_probers_that_are_killed_raise_no_alarm(scene):
    good = scene.port().open()
    scene.rules([good])
    scene.configure(["one"])
    scene.start()
    for turn in range(5):
        seen = good.visits
        scene.wait(scene.probers, "there is a prober")
        os.kill(chance_of(scene.probers()), signal.SIGKILL)
        scene.wait_log("ended by signal 9", turn + 1)
        scene.wait(lambda seen=seen: good.visits > seen, "another one looks")
    check(scene.stop() == 0, "it did not end with 0")
    check(scene.events() == [], f"it told {scene.events()}")


def chance_of(pids):
    return random.choice(pids)


main(globals())
