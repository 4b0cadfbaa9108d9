# SPDX-License-Identifier: Apache-2.0
"""The agent starts, is the only one, tells its manager how it is, and ends."""

import os
import pathlib
import shutil
import signal
import socket
import stat
import time

from agent_scene import PATIENCE, PROGRAM, check, main


def one_target(scene):
    scene.rules([scene.port().open()])
    scene.configure(["pbx"])


def test_it_is_ready_when_probers_are_there_and_ends_in_order(scene):
    one_target(scene)
    scene.start()
    scene.wait(scene.probers, "there are probers")
    check(stat.S_IMODE(scene.state.stat().st_mode) == 0o700, "the state folder is not for us alone")
    pids = scene.probers()
    for path in scene.state.iterdir():
        mode = stat.S_IMODE(path.stat().st_mode)
        check(not mode & 0o077 or path.is_socket(), f"{path.name} has the mode {mode:o}")
    scene.wait_told("STATUS=Watches 1 targets with 1 checks; 0 alarms are raised")
    check(scene.stop() == 0, "it did not end with 0")
    check("STOPPING=1" in scene.hear(), "the manager was not told of the end")
    for pid in pids:
        check(not pathlib.Path(f"/proc/{pid}").exists(), "a prober is left")
    check(scene.log().count("level=error") == 0, "the log has errors")


def test_root_is_told_that_it_need_not_be(scene):
    one_target(scene)
    scene.start()
    check(scene.stop() == 0, "it did not end with 0")
    check(scene.log().count("this process stays root") == 1, "the log does not warn of root")
    # Wherever the build is, somebody else can start it from here.
    program = shutil.copy(PROGRAM, scene.place)
    for path in [scene.place, *scene.place.rglob("*")]:
        os.chown(path, 65534, 65534)
    scene.log_file.write_bytes(b"")
    scene.start(executable=program, user=65534, group=65534, extra_groups=[])
    check(scene.stop() == 0, "it did not end with 0")
    check("stays root" not in scene.log(), "the log warns of root where nobody is")


def test_an_interrupt_ends_it_too(scene):
    one_target(scene)
    scene.start()
    check(scene.stop(signal.SIGINT) == 0, "it did not end with 0")


def signals_of(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1], 16)
    return 0


def test_who_ends_it_before_it_has_begun_finds_it_in_order(scene):
    def pend():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        os.kill(os.getpid(), signal.SIGTERM)

    one_target(scene)
    check(scene.run(preexec_fn=pend) == 0, "it did not end with 0")
    check("told to end" in scene.log(), "the log does not say that it was told to")
    check(not (scene.state / "control").exists(), "its socket is left")
    agent = scene.start()
    for pid in [agent.pid, *scene.probers()]:
        held = signals_of(pid, "SigBlk:")
        check(not held, f"process {pid} holds the signals {held:x}")
    check(scene.stop() == 0, "it did not end with 0")


def test_it_ends_in_order_as_soon_as_it_can_be_told_to(scene):
    one_target(scene)
    term = 1 << (signal.SIGTERM - 1)
    for _ in range(20):
        agent = scene.start(ready=False)
        while not (signals_of(agent.pid, "SigBlk:") | signals_of(agent.pid, "SigCgt:")) & term:
            check(agent.poll() is None, f"it ended with {agent.returncode}")
        check(scene.stop() == 0, "it did not end with 0")
        check(not (scene.state / "control").exists(), "its socket is left")


def test_it_ends_although_probers_hang(scene):
    one_target(scene)
    scene.start()
    for pid in scene.probers():
        os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    check(scene.stop() == 0, "it did not end with 0")
    check(time.monotonic() - begun < 5, "it took too long")


def test_a_second_one_is_refused_and_told_who_the_first_is(scene):
    one_target(scene)
    first = scene.start()
    scene.agent = None
    code = scene.run()
    scene.agent = first
    check(code == 3, f"it ended with {code}")
    check(f"another agent (process {first.pid}) uses {scene.state}" in scene.log(), "it does not"
          " say who has the folder")
    check("--state-dir=DIR" in scene.log(), "it does not say what to do")
    check(scene.stop() == 0, "the first one is disturbed")


def test_all_mistakes_of_a_configuration_are_said_at_once(scene):
    scene.write_config("agent: { probrs: 2 }\ntargets:\n"
                       "  - { name: pbx, address: 127.0.0.1, profiles: tox }\n")
    scene.rules([scene.port()])
    check(scene.run() == 3, "it did not end with 3")
    for mistake in (f"{scene.config}:1:10: ", f"{scene.config}:3:48: "):
        check(mistake in scene.log(), f"the log lacks {mistake}")
    check(not scene.state.exists(), "the state folder was made")


def test_its_manager_may_have_an_abstract_socket(scene):
    one_target(scene)
    name = f"ucposture-agent-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name)
        manager.settimeout(PATIENCE)
        scene.start(ready=False, environment={"NOTIFY_SOCKET": "@" + name})
        check(manager.recv(100) == b"READY=1", "it is not ready")
    check(scene.stop() == 0, "it did not end with 0")


def test_the_watchdog_hears_of_it_until_it_hangs(scene):
    one_target(scene)
    scene.start(environment={"WATCHDOG_USEC": "900000"})
    scene.wait(lambda: scene.hear().count("WATCHDOG=1") > 5, "the watchdog heard six times")
    os.kill(scene.agent.pid, signal.SIGSTOP)
    scene.hear()
    count = scene.told.count("WATCHDOG=1")
    time.sleep(1)
    check(scene.hear().count("WATCHDOG=1") == count, "one that hangs spoke to the watchdog")
    os.kill(scene.agent.pid, signal.SIGCONT)
    scene.wait_log("the loop is late")
    scene.wait(lambda: scene.hear().count("WATCHDOG=1") > count + 1, "it goes on")


def test_a_reader_of_the_log_who_leaves_does_not_end_it(scene):
    one_target(scene)
    ends = os.pipe()
    scene.config.touch()
    agent = scene.start(ready=False, wrap=["sh", "-c", f"exec \"$@\" 2>&{ends[1]}", "sh"],
                        pass_fds=[ends[1]])
    os.close(ends[1])
    scene.wait_told("READY=1")
    os.close(ends[0])
    scene.reload()
    scene.reload()
    check(agent.poll() is None, "it ended")
    check(scene.stop() == 0, "it did not end with 0")


def test_the_log_says_as_much_as_it_is_told_to(scene):
    one_target(scene)
    scene.start("--log.level=debug")
    scene.wait_log("level=debug topic=patrol msg=\"looks at tcp/")
    scene.stop()
    before = len(scene.log())
    scene.start("--log.level=error")
    scene.stop()
    check(len(scene.log()) == before, "it says more than errors")


def test_the_log_is_json_when_told_so(scene):
    import json
    one_target(scene)
    scene.start("--log.format=json")
    scene.stop()
    for line in scene.log().splitlines():
        check(set(json.loads(line)) == {"ts", "level", "topic", "msg"}, f"this is not: {line}")


main(globals())
