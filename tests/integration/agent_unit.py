# SPDX-License-Identifier: Apache-2.0
"""The unit for systemd: what it exposes, and that the agent works inside its fence."""

import os
import pathlib
import re
import shutil
import subprocess

from agent_scene import check, main

FOLDER = pathlib.Path(os.environ["top_srcdir"]) / "contrib/systemd"
UNDER_UNIT = pathlib.Path(os.environ["top_builddir"]) / "tests/integration/under_unit"
EXPOSURE_MOST = 1.6
USER = "nobody"


def unit(scene):
    """As make install writes it."""
    text = (FOLDER / "ucposture.service.in").read_text()
    text = text.replace("@bindir@", "/usr/bin").replace("@sysconfdir@", "/etc")
    check("@" not in re.sub(r"[~=]@\w|@(system|priv|res)", "", text), "something is not replaced")
    file = scene.place / "ucposture.service"
    file.write_text(text)
    return file


def analyze(*words):
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_its_exposure_is_small(scene):
    said = analyze("security", "--offline=yes", "--no-pager", str(unit(scene)))
    found = re.search(r"Overall exposure level for ucposture\.service: ([0-9.]+)", said)
    check(found, f"systemd-analyze says: {said[-500:]}")
    check(float(found[1]) <= EXPOSURE_MOST, f"the exposure is {found[1]}")


def test_nothing_in_it_is_unknown(scene):
    said = analyze("verify", "--man=no", str(unit(scene)))
    lines = [line for line in said.splitlines()
             if "ucposture" in line and "is not executable" not in line]
    check(not lines, f"systemd-analyze says: {lines}")


def test_its_user_and_folders_are_well_formed(scene):
    if not shutil.which("systemd-sysusers"):
        return
    for program, name in (("systemd-sysusers", "sysusers"), ("systemd-tmpfiles", "tmpfiles")):
        root = scene.place / name
        for folder in ("etc", "var/lib"):
            (root / folder).mkdir(parents=True)
        (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n"
                                         "ucposture:x:999:999::/:/bin/false\n"
                                         if name == "tmpfiles" else "")
        (root / "etc/group").write_text("root:x:0:\nucposture:x:999:\n"
                                        if name == "tmpfiles" else "")
        words = [program, f"--root={root}"] + (["--create"] if name == "tmpfiles" else [])
        done = subprocess.run([*words, FOLDER / f"ucposture.{name}"], capture_output=True,
                              text=True, check=False)
        check(done.returncode == 0, f"{program} says: {done.stderr}")
    check("ucposture:" in (scene.place / "sysusers/etc/passwd").read_text(), "there is no user")
    check((scene.place / "tmpfiles/etc/ucposture").is_dir(), "there is no folder")


def syscalls_of(group, groups):
    for name in groups[group]:
        if name.startswith("@"):
            yield from syscalls_of(name, groups)
        else:
            yield name


def allowed(file):
    groups, group = {}, None
    for line in analyze("syscall-filter", "--no-pager").splitlines():
        if line.startswith("@"):
            group = groups.setdefault(line.strip(), [])
        elif group is not None and line.strip() and not line.strip().startswith("#"):
            group.append(line.strip())
    calls = set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", file.read_text(), re.M):
        away = line.startswith("~")
        for word in line.lstrip("~").split():
            named = set(syscalls_of(word, groups)) if word.startswith("@") else {word}
            calls = calls - named if away else calls | named
    # What systemd adds itself, so that the program can be run at all.
    return calls | set(syscalls_of("@default", groups))


def test_the_agent_works_inside_its_fence(scene):
    calls = scene.place / "calls"
    calls.write_text("\n".join(sorted(allowed(unit(scene)))))
    told, program = scene.place / "told", scene.place / "sink"
    program.write_text(f"#!/bin/sh\ncat >>{told}\n")
    program.chmod(0o755)
    port = scene.port().open()
    scene.rules([port])
    scene.configure(["one"], alarms=f"  tell: {{ to: command, run: {program} }}")
    scene.state.mkdir()
    for path in (scene.place, scene.state, scene.place / "notify"):
        shutil.chown(path, USER)
    scene.start("--log.level=debug", wrap=[
        "sh", "-c", f'exec "{UNDER_UNIT}" {USER} "$@" <"{calls}"', "sh"])
    wide = re.search(r"with system calls filtered, without files \(Landlock (\d+)\)", scene.log())
    check(wide and wide[1] == landlock_of_kernel(), "the probers lack Landlock")
    port.close()
    scene.wait_log("raised, critical: one ")
    scene.wait(lambda: told.exists() and "raised" in told.read_text(), "the sink was told")
    scene.reload()
    check(scene.stop() == 0, "it did not end with 0")
    check("level=error" not in scene.log(), "the log has errors")


def landlock_of_kernel():
    """What a prober has without a unit around it."""
    import ctypes
    version = ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1)
    return str(max(version, 0))


main(globals())
