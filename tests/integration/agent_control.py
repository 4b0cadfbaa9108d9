# SPDX-License-Identifier: Apache-2.0
"""What the commands are told by a running agent, while a target breaks and heals."""

import json
import os
import pathlib
import subprocess
import threading

from jsonschema import Draft202012Validator as Validator

from agent_scene import PROGRAM, check, main

SCHEMA = Validator(json.loads(
    (pathlib.Path(os.environ["top_srcdir"]) / "docs/control.schema.json").read_text()))


def run(scene, *words):
    return subprocess.run([PROGRAM, *words, f"--state-dir={scene.state}"], capture_output=True,
                          text=True, timeout=60, check=False,
                          env={**os.environ, "COLUMNS": "160", "LC_ALL": "C.UTF-8"})


def ask(scene, *words, code=0):
    result = run(scene, *words, "--format=json")
    check(result.returncode == code, f"{words} ended with {result.returncode}: {result.stderr}")
    answer = json.loads(result.stdout)
    errors = [error.message for error in SCHEMA.iter_errors(answer)]
    check(not errors, f"{words} is not as the schema says: {errors}: {result.stdout[:2000]}")
    return answer


def shows(scene, *words, code=0):
    result = run(scene, *words)
    check(result.returncode == code, f"{words} ended with {result.returncode}: {result.stderr}")
    return result.stdout


def alarms(scene):
    return [(alarm["target"], alarm["check"]) for alarm in ask(scene, "alarms")["alarms"]]


def status_code(scene):
    return run(scene, "status").returncode


def start(scene, *targets):
    good, other = scene.port().open(), scene.port().open()
    scene.rules([good, other])
    scene.configure(targets or ["one"])
    scene.start()
    scene.wait(lambda: status_code(scene) == 0 and
               ask(scene, "status")["counts"]["unknown"] == 0, "all is seen")
    return good, other


def test_a_target_breaks_and_heals(scene):
    _, port = start(scene, "one", "two")
    name = f"port/tcp-{port.number}/open-{port.number}"
    status = ask(scene, "status")
    check(status["pid"] == scene.agent.pid, "it is another process")
    check((status["targets"], status["checks"], status["counts"]["ok"]) == (2, 4, 4), "counts")
    check(shows(scene, "alarms") == "No alarm is raised.\n", "there are alarms")
    port.close()
    scene.wait(lambda: len(alarms(scene)) == 2, "both alarms are raised")
    check(alarms(scene) == [("one", name), ("two", name)], f"{alarms(scene)}")
    status = ask(scene, "status", code=2)
    check(status["alarms"]["critical"] == 2 and status["score"] == 0.5, "status counts alarms")
    target = ask(scene, "targets", "one")["target"]
    broken = [item for item in target["checks"] if item["name"] == name][0]
    check(broken["verdict"] == "critical" and broken["observed"] == "closed", f"{broken}")
    check(broken["alarm"]["event"] in (1, 2) and broken["since"] and broken["looked"], f"{broken}")
    text = shows(scene, "targets", "one")
    check("CRITICAL" in text and name in text and "closed" in text, text)
    check(shows(scene, "targets").count("1 alarm; 1 critical, 1 ok") == 2, "a line for each")
    port.open()
    scene.wait(lambda: not alarms(scene), "both are cleared")
    kinds = [(event["target"], event["kind"]) for event in ask(scene, "events")["events"]]
    check(sorted(kinds) == [("one", "cleared"), ("one", "raised"),
                            ("two", "cleared"), ("two", "raised")], f"{kinds}")
    check(len(ask(scene, "events", "--target=two", "-n", "1")["events"]) == 1, "filters")
    check(shows(scene, "events").splitlines()[0].split()[2:4] == ["raised", "CRITICAL"], "events")
    check(status_code(scene) == 0, "status is not well again")


def test_who_follows_hears_all_of_it_once_also_over_a_restart(scene):
    _, port = start(scene)
    heard = []
    follower = subprocess.Popen(  # pylint: disable=consider-using-with
        [PROGRAM, "events", "--follow", "--format=json", f"--state-dir={scene.state}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def listen():
        for line in follower.stdout:
            heard.append(json.loads(line))
    listener = threading.Thread(target=listen)
    listener.start()
    try:
        port.close()
        scene.wait(lambda: [event["kind"] for event in heard] == ["raised"], "it is heard")
        check(scene.stop() == 0, "it did not end with 0")
        scene.start()
        port.open()
        scene.wait(lambda: len(heard) == 2, "what follows is heard")
        check([event["number"] for event in heard] == [1, 2], f"{heard}")
        check(heard[1]["kind"] == "cleared", f"{heard}")
        for event in heard:
            check(not list(SCHEMA.iter_errors(event)), f"{event} is not as the schema says")
    finally:
        follower.terminate()
        follower.wait()
        listener.join()
        follower.stdout.close()


def test_a_baseline_is_kept_over_a_restart_and_compared_with(scene):
    _, port = start(scene, "one")
    check("has no baseline" in run(scene, "diff", "one").stderr, "there is one already")
    check(run(scene, "diff", "one").returncode == 3, "nothing to compare with is not 3")
    check(ask(scene, "baseline", "o*")["observations"] == 2, "not all is recorded")
    check(not ask(scene, "diff", "one")["differences"], "something differs at once")
    check(scene.stop() == 0, "it did not end with 0")
    scene.start()
    scene.wait(lambda: ask(scene, "diff", "one")["not_looked_at"] == 0, "all is seen again")
    check(ask(scene, "diff", "one")["differs"] is False, "a restart makes a difference")
    port.close()
    scene.wait(lambda: run(scene, "diff", "one").returncode == 1, "it differs")
    differences = {item["fact"]: item for item in ask(scene, "diff", "one", code=1)["differences"]}
    state = differences["port.state"]
    check((state["kind"], state["then"], state["now"]) == ("changed", "open", "closed"), f"{state}")
    check("port.rtt_seconds" not in differences, "what passes by itself is told")
    check("open → closed" in shows(scene, "diff", "one", code=1), "for people")


def test_what_is_declared_right_is_no_finding_any_more(scene):
    port = scene.port().open()
    scene.rules([])
    (scene.profiles / "toy.yaml").write_text(f"""
profile: toy
title: Toy
rules:
  - id: same
    observe: port
    subject: tcp/{port.number}
    expect: {{ port.state: {{ unchanged: true }} }}
    because: Nobody changes it
""")
    scene.configure(["one", "two"])
    scene.start()
    scene.wait(lambda: ask(scene, "status")["counts"]["ok"] == 2, "both are remembered")
    port.close()
    scene.wait(lambda: len(alarms(scene)) == 2, "both alarms are raised")
    said = ask(scene, "baseline", "one")["said"]
    check(len(said) == 1 and "accepted port.state closed in place of" in said[0], f"{said}")
    scene.wait(lambda: [target for target, _ in alarms(scene)] == ["two"], "one is cleared")
    check(scene.stop() == 0, "it did not end with 0")
    scene.start()
    scene.wait(lambda: ask(scene, "status", code=2)["counts"]["unknown"] == 0, "all is seen")
    check([target for target, _ in alarms(scene)] == ["two"], "it was forgotten")


def test_a_reload_says_what_is_wrong(scene):
    start(scene, "one")
    good = scene.config.read_text()
    scene.write_config(good.replace("name: one", "name: other"))
    check(ask(scene, "reload")["reloaded"], "it was not reloaded")
    check([target["name"] for target in ask(scene, "targets")["targets"]] == ["other"], "targets")
    scene.write_config(good + "targts: []\n")
    result = run(scene, "reload")
    check(result.returncode == 3, f"it ended with {result.returncode}")
    check(f"{scene.config}:{good.count(chr(10)) + 1}:1: " in result.stderr, result.stderr)
    check([target["name"] for target in ask(scene, "targets")["targets"]] == ["other"], "targets")
    scene.wait(lambda: ("ucposture", "agent/configuration") in alarms(scene), "an alarm of its own")
    check(ask(scene, "status", code=2)["configuration"]["reload_failed"], "status says nothing")


def test_a_second_agent_does_not_take_the_socket_and_one_that_died_leaves_it(scene):
    start(scene, "one")
    socket = scene.state / "control"
    check(socket.stat().st_mode & 0o777 == 0o660, "others may ask")
    scene.kill()
    check(socket.exists(), "it cannot be left behind by one that was killed")
    result = run(scene, "status")
    check(result.returncode == 3 and "nobody answers at" in result.stderr, result.stderr)
    scene.start()
    scene.wait(lambda: status_code(scene) == 0, "it answers again")
    check(scene.stop() == 0, "it did not end with 0")
    check(not socket.exists(), "it is left behind")
    result = run(scene, "status")
    check(result.returncode == 3 and "the agent is not running" in result.stderr, result.stderr)


if __name__ == "__main__":
    main(globals())
