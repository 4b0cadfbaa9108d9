# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, may only be read or has damaged the database: the agent goes on."""

import subprocess

from agent_scene import CLEARED, PROGRAM, RAISED, check, main


def mount_state(scene, size):
    scene.state.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", scene.state],
                   check=True)


def unmount_state(scene):
    subprocess.run(["umount", "-l", scene.state], check=False)


def toggle(scene, port, times):
    """Changes that the log shows one by one."""
    for _ in range(times):
        raised = scene.log().count("raised, critical: one ")
        port.close()
        scene.wait_log("raised, critical: one ", raised + 1)
        cleared = scene.log().count("cleared, ok: one ")
        port.open()
        scene.wait_log("cleared, ok: one ", cleared + 1)


def status_code(scene):
    return subprocess.run([PROGRAM, "status", f"--state-dir={scene.state}"], check=False,
                          capture_output=True, timeout=60).returncode


def check_alternates(events, times):
    kinds = [kind for _, kind, *_ in events]
    check(kinds == [RAISED, CLEARED] * times, f"events are {kinds}, of {times} changes")


def fill(scene):
    filler = scene.state / "filler"
    try:
        with open(filler, "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
    except OSError:
        return filler


def test_a_full_disk_is_said_and_caught_up_with(scene):
    mount_state(scene, "2m")
    try:
        port = scene.port().open()
        scene.rules([port])
        scene.configure(["one"], alarms="  flapping: off\n  storm: off")
        scene.start()
        toggle(scene, port, 1)
        filler = fill(scene)
        toggle(scene, port, 3)
        scene.wait_log("raised, critical: ucposture agent/store")
        filler.unlink()
        scene.wait_log("cleared, ok: ucposture agent/store")
        toggle(scene, port, 1)
        check(scene.stop() == 0, "it did not end with 0")
        check_alternates(scene.events(), 5)
    finally:
        scene.kill()
        unmount_state(scene)


def test_a_folder_that_may_only_be_read_is_no_reason_not_to_watch(scene):
    mount_state(scene, "2m")
    try:
        port = scene.port().open()
        scene.rules([port])
        scene.configure(["one"], alarms="  flapping: off\n  storm: off")
        scene.start()
        toggle(scene, port, 1)
        scene.stop()
        subprocess.run(["mount", "-o", "remount,ro", scene.state], check=True)
        scene.start()
        toggle(scene, port, 2)
        scene.wait_log("raised, critical: ucposture agent/store")
        check(status_code(scene) == 3, "somebody answers where no socket can be")
        subprocess.run(["mount", "-o", "remount,rw", scene.state], check=True)
        scene.wait_log("cleared, ok: ucposture agent/store")
        scene.wait_log("questions are answered now")
        check(status_code(scene) == 0, "nobody answers")
        check(scene.stop() == 0, "it did not end with 0")
        check_alternates(scene.events(), 3)
    finally:
        scene.kill()
        unmount_state(scene)


def test_a_damaged_database_is_set_aside_and_said(scene):
    port = scene.port().open()
    scene.rules([port])
    scene.configure(["one"], alarms="  flapping: off\n  storm: off")
    scene.start()
    toggle(scene, port, 1)
    scene.stop()
    last = scene.events()[-1][0]
    with open(scene.state / "ucposture.db", "r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 5000)
    scene.start()
    scene.wait_log("raised, critical: ucposture agent/memory")
    aside = list(scene.state.glob("ucposture.db.damaged-*Z"))
    check(len(aside) == 1, f"set aside were {aside}")
    check(aside[0].name in scene.log(), "the log does not name it")
    toggle(scene, port, 1)
    scene.stop()
    check(scene.events()[0][0] > last, "a number was given twice")
    scene.start()
    scene.wait_log("cleared, ok: ucposture agent/memory")
    check(scene.stop() == 0, "it did not end with 0")


main(globals())
