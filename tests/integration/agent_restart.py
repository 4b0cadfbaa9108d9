# SPDX-License-Identifier: Apache-2.0
"""What was told is not told again after a restart, and what changed meanwhile is told once."""

from agent_scene import CLEARED, RAISED, check, main

ROUNDS = 3


def looked(scene, port, rounds=ROUNDS):
    """Until an open port was looked at so often again: the others were, too."""
    before = port.visits
    scene.wait(lambda: port.visits >= before + rounds, f"{rounds} rounds are over")


def test_nothing_is_told_when_nothing_has_changed(scene):
    good, bad = scene.port().open(), scene.port()
    scene.rules([good, bad])
    scene.configure(["one"])
    scene.start()
    scene.wait_log("raised, critical: one ")
    looked(scene, good)
    scene.stop()
    before = scene.events()
    check(len(before) == 1, f"there are {len(before)} events")
    for _ in range(3):
        scene.start()
        looked(scene, good)
        check(scene.stop() == 0, "it did not end with 0")
    check(scene.events() == before, f"it told again: {scene.events()}")


def test_what_changed_while_it_was_away_is_told_once(scene):
    good, falling, rising = scene.port().open(), scene.port().open(), scene.port()
    scene.rules([good, falling, rising])
    scene.configure(["one"])
    scene.start()
    scene.wait_log("raised, critical: one ")
    looked(scene, good)
    scene.stop()
    falling.close()
    rising.open()
    scene.start()
    scene.wait_log("cleared, ok: one ")
    scene.wait_log("raised, critical: one ", 2)
    looked(scene, good)
    scene.stop()
    told = sorted((kind, name) for _, kind, _, name in scene.events()[1:])
    check(len(told) == 2, f"it told {told}")
    check(told[0][0] == RAISED and str(falling.number) in told[0][1], f"it told {told}")
    check(told[1][0] == CLEARED and str(rising.number) in told[1][1], f"it told {told}")


def test_events_are_forgotten_when_there_are_too_many(scene):
    port = scene.port()
    scene.rules([port])
    scene.configure(["one"], alarms="  keep_events: 2")
    scene.start()
    for turn in (1, 2):
        scene.wait_log("raised, critical: one ", turn)
        port.open()
        scene.wait_log("cleared, ok: one ", turn)
        port.close()
    scene.wait_log("raised, critical: one ", 3)
    scene.stop()
    check([row[0] for row in scene.events()] == [1, 2, 3, 4, 5], "nothing was to be forgotten yet")
    scene.start()
    scene.stop()
    check([row[0] for row in scene.events()] == [4, 5], f"kept are {scene.events()}")


def test_a_target_that_went_while_it_was_away_has_no_alarms_left(scene):
    scene.rules([scene.port()])
    scene.configure(["one", "two"])
    scene.start()
    scene.wait_log("raised, critical: one ")
    scene.wait_log("raised, critical: two ")
    scene.stop()
    scene.configure(["two"])
    scene.start()
    scene.wait_log("cleared, ok: one ")
    scene.stop()
    check([target for _, kind, target, _ in scene.events(CLEARED)] == ["one"], "others went, too")


main(globals())
