# SPDX-License-Identifier: Apache-2.0
"""What the agent's sinks are told: everything, in order, again until it was taken, and no more."""

import json
import socket

from agent_scene import SELF, check, main

BREAKS = 3


class Receiver:
    """A program that is told: notes what it gets, and behaves as the test wants.

    Files beside it decide: `fails` (it takes nothing), `busy` (it keeps what it got, until the
    file is gone). What it got, also in vain, is in `got`; what it took in `took`."""

    def __init__(self, scene, name="page"):
        self.scene = scene
        self.got = scene.place / f"{name}.got"
        self.took = scene.place / f"{name}.took"
        self.fails = scene.place / f"{name}.fails"
        self.busy = scene.place / f"{name}.busy"
        program = scene.place / name
        program.write_text(f"""#!/bin/sh
event=$(cat)
printf '%s\\n' "$event" >>{self.got}
while [ -e {self.busy} ]; do sleep 0.05; done
[ ! -e {self.fails} ] || {{ echo "no line to the exchange"; exit 1; }}
printf '%s\\n' "$event" >>{self.took}
""")
        program.chmod(0o755)
        self.entry = f"{{ to: command, run: {program}, name: {name} }}"

    @staticmethod
    def read(path):
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def events(self, path=None):
        """Of targets: (kind, target, check)."""
        return [(event["kind"], event["target"], event["check"])
                for event in self.read(path or self.took) if event["target"] != SELF]

    def numbers(self, path=None):
        return [event["number"] for event in self.read(path or self.took)]

    def wait_took(self, count):
        self.scene.wait(lambda: len(self.events()) >= count, f"it took {count} events")

    def wait_got(self, count):
        self.scene.wait(lambda: len(self.read(self.got)) >= count, f"it got {count} events")


def alarms(*receivers, more=""):
    return f"  tell: [ {', '.join(receiver.entry for receiver in receivers)} ]\n  rate: off\n  storm: off" \
        f"\n  flapping: off{more}"


def begin(scene, *receivers, more=""):
    good, bad = scene.port().open(), scene.port().open()
    scene.rules([good, bad])
    scene.configure(["pbx"], alarms=alarms(*receivers, more=more))
    scene.start()
    return good, bad


def break_and_heal(scene, port, times):
    """Each time it is seen."""
    for _ in range(times):
        for change, word in ((port.close, "raised, critical: pbx "),
                             (port.open, "cleared, ok: pbx ")):
            count = scene.log().count(word)
            change()
            scene.wait_log(word, count + 1)


def looked(scene, port, rounds=3):
    before = port.visits
    scene.wait(lambda: port.visits >= before + rounds, f"{rounds} rounds are over")


def check_whole(scene, receiver):
    """All that was recorded it took, once, in order."""
    kept = [row[0] for row in scene.rows("SELECT number FROM events ORDER BY number")]
    check(receiver.numbers() == kept, f"it took {receiver.numbers()} of {kept}")


def is_over(receiver):
    """The newest it was told is that every sink takes what it is told."""
    newest = (receiver.read(receiver.took) or [{"kind": None, "check": None}])[-1]
    return newest["kind"] == "cleared" and newest["check"] == "agent/outbox"


def test_what_breaks_and_heals_is_told_as_raised_and_cleared_in_order(scene):
    page = Receiver(scene)
    good, bad = begin(scene, page)
    break_and_heal(scene, bad, BREAKS)
    page.wait_took(2 * BREAKS)
    looked(scene, good)
    scene.stop()
    name = f"port/tcp-{bad.number}"
    check([kind for kind, _, _ in page.events()] == ["raised", "cleared"] * BREAKS,
          f"it was told {page.events()}")
    check(all(target == "pbx" and check_name.startswith(name)
              for _, target, check_name in page.events()), f"it was told {page.events()}")
    check_whole(scene, page)
    raised = [event["number"] for event in page.read(page.took) if event["kind"] == "raised"]
    check([event["alarm"] for event in page.read(page.took)] ==
          [number for number in raised for _ in range(2)], "alarms are not those that were raised")


def test_a_restart_with_nothing_changed_tells_nothing(scene):
    page = Receiver(scene)
    good, bad = begin(scene, page)
    bad.close()
    page.wait_took(1)
    for stop in (scene.stop, scene.kill, scene.stop):
        looked(scene, good)
        stop()
        scene.start()
    looked(scene, good)
    scene.stop()
    check(len(page.numbers(page.got)) == 1, f"it was told {page.events(page.got)}")


def test_who_fails_for_a_while_is_named_and_then_told_everything_in_order(scene):
    page, other = Receiver(scene), Receiver(scene, "other")
    page.fails.touch()
    good, bad = begin(scene, page, other)
    break_and_heal(scene, bad, BREAKS)
    other.wait_took(2 * BREAKS)
    scene.wait(lambda: ("raised", SELF, "agent/outbox") in
               [(event["kind"], event["target"], event["check"]) for event in other.read(other.took)],
               "the other sink is told that one fails")
    scene.wait_log("page: event 1 was not taken by ", 3)
    check("it ended with 1, and said: no line to the exchange" in scene.log(), "why is not logged")
    failure = [event for event in other.read(other.took) if event["target"] == SELF][0]
    check("page" in failure["observed"] and "other" not in failure["observed"],
          f"observed: {failure['observed']}")
    check(page.numbers() == [] and set(page.numbers(page.got)) == {1}, "one event was passed by")
    page.fails.unlink()
    scene.wait(lambda: is_over(page) and is_over(other), "both were told that it is over", 90)
    looked(scene, good)
    scene.stop()
    check_whole(scene, page)
    check_whole(scene, other)


def test_killed_while_a_sink_is_busy_it_tells_that_event_once_more(scene):
    page = Receiver(scene)
    good, bad = begin(scene, page)
    for kills in range(1, 4):
        page.busy.touch()
        before = len(page.numbers(page.got))
        break_and_heal(scene, bad, 1)
        page.wait_got(before + 1)
        scene.kill()
        page.busy.unlink()
        count = 2 * kills
        scene.wait(lambda: len(page.numbers()) > before, "the orphan took what it was told")
        scene.start()
        scene.wait(lambda count=count: len(set(page.numbers())) == count, f"{count} events are told")
        looked(scene, good)
    scene.stop()
    numbers = page.numbers(page.got)
    check(all(numbers.count(number) <= 2 for number in numbers), f"it was told {numbers}")
    check(len(numbers) == 9 and sorted(set(numbers), key=numbers.index) ==
          list(range(1, 7)), f"it was told {numbers}")


def test_ended_in_order_while_a_sink_is_busy_it_tells_that_event_once_more(scene):
    page = Receiver(scene)
    good, bad = begin(scene, page)
    page.busy.touch()
    bad.close()
    page.wait_got(1)
    check(scene.stop() == 0, "it did not end with 0")
    page.busy.unlink()
    scene.start()
    page.wait_took(1)
    looked(scene, good)
    scene.stop()
    check(page.numbers(page.got) == [1, 1] and page.numbers() == [1],
          f"it got {page.numbers(page.got)} and took {page.numbers()}")


def test_a_reload_leaves_what_waits_and_a_new_sink_hears_what_comes(scene):
    page, other = Receiver(scene), Receiver(scene, "other")
    page.fails.touch()
    good, bad = begin(scene, page)
    break_and_heal(scene, bad, 1)
    page.wait_got(1)
    scene.configure(["pbx"], alarms=alarms(other, page))
    scene.reload()
    page.fails.unlink()
    page.wait_took(2)
    break_and_heal(scene, bad, 1)
    page.wait_took(4)
    other.wait_took(2)
    looked(scene, good)
    scene.stop()
    check_whole(scene, page)
    check([kind for kind, _, _ in other.events()] == ["raised", "cleared"],
          f"the new one was told {other.events()}")


def test_too_much_for_one_sink_is_given_up_and_said(scene):
    page = Receiver(scene)
    page.fails.touch()
    good, bad = begin(scene, page, more="\n  outbox: 10")
    break_and_heal(scene, bad, 8)
    page.fails.unlink()
    scene.wait(lambda: is_over(page), "nothing is left to be told", 90)
    looked(scene, good)
    scene.stop()
    notes = [event for event in page.read(page.took) if event["kind"] == "agent"]
    check(notes and "page: " in notes[0]["observed"], f"nobody says what is lost: {notes}")
    lost = int(notes[-1]["observed"].split(": ")[1].split()[0])
    kept = [row[0] for row in scene.rows("SELECT number FROM events ORDER BY number")]
    check(len(kept) - lost == len(page.numbers()),
          f"{lost} are said to be lost, and of {len(kept)} came {page.numbers()}")
    check(page.numbers() == sorted(page.numbers()), "not in order")
    check(all(scene.log().count(f'"event {number} ') == 1 for number in kept),
          "the log has not one line for each event")


def test_journal_and_syslog_are_told_the_same(scene):
    here = {}
    for name, kind in (("journal", socket.SOCK_DGRAM), ("syslog", socket.SOCK_DGRAM)):
        here[name] = socket.socket(socket.AF_UNIX, kind)
        here[name].bind(str(scene.place / f"{name}.socket"))
        here[name].settimeout(20)
    good, bad = scene.port().open(), scene.port().open()
    scene.rules([good, bad])
    entries = ", ".join(f"{{ to: {name}, socket: {scene.place}/{name}.socket }}" for name in here)
    scene.configure(["pbx"], alarms=f"  tell: [ {entries} ]")
    scene.start()
    break_and_heal(scene, bad, 1)
    for number, word in ((1, "critical: observed closed, expected open"), (2, "cleared")):
        fields = here["journal"].recv(65536).decode()
        line = here["syslog"].recv(65536).decode()
        check(f"\nUCPOSTURE_EVENT={number}\n" in fields, f"the journal was told {fields}")
        message = fields.split("\n")[0].removeprefix("MESSAGE=")
        check(message.startswith("pbx port/tcp-") and word in message, f"it was told {message}")
        check(line.endswith(f"ucposture[{scene.agent.pid}]: {message}"), f"syslog was told {line}")
    scene.stop()
    for end in here.values():
        end.close()


main(globals())
