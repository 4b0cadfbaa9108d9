# SPDX-License-Identifier: Apache-2.0
"""What is secret stays so, and what hosts say cannot disturb a log."""

import re
import socket
import threading

from agent_scene import check, main

CANARY = "cAnArY7"

SECRETS = f"""\
agent:
  interval: 1s
  name_servers: 127.0.0.1:9
  proxy: http://agent:{CANARY}-1@127.0.0.1:9
  snmp_access: {{ version: 2c, community: {CANARY}-2 }}
alarms: {{ raise_after: 1, clear_after: 1, recheck: 200ms }}
targets:
  - name: one
    address: 127.0.0.1
    profiles: toy
    proxy: http://one:{CANARY}-3@127.0.0.1:9
    snmp_access:
      version: 3
      user: {CANARY}-6
      auth: SHA
      auth_password: {CANARY}-4-long-enough
      privacy: AES
      privacy_password: {CANARY}-5-long-enough
"""

# Mistakes beside the secrets, and in them.
MISTAKES = (
    ("proxy: http://agent:", "proxy: htp://agent:"),
    ("@127.0.0.1:9", ""),
    ("community:", "comunity:"),
    ("{ version: 2c,", "{ version: 9,"),
    (f"auth_password: {CANARY}-4-long-enough", f"auth_password: [ {CANARY}-4 ]"),
    (f"privacy_password: {CANARY}-5-long-enough", f"privacy_password: {CANARY}"),
    (f"privacy_password: {CANARY}-5-long-enough", f"privacy_pasword: {CANARY}-5"),
    (f"{CANARY}-2 }}", f"{CANARY}-2"),
    (f"community: {CANARY}-2", f"community: &{CANARY} *{CANARY}-2"),
    (f"user: {CANARY}-6", f"user: [ {CANARY}-6 ]"),
)


def everything(scene):
    """All that the agent wrote, wherever."""
    files = [scene.log_file, *(path for path in scene.state.rglob("*") if path.is_file())]
    return {path: path.read_bytes().decode("latin-1") for path in files}


def check_secret(scene):
    for path, text in everything(scene).items():
        at = text.find(CANARY)
        check(at < 0, f"{path} has a secret: {text[max(0, at - 100):at + 40]!r}")


def rules(scene, port):
    (scene.profiles / "toy.yaml").write_text(f"""\
profile: toy
title: Toy
rules:
  - {{ id: open, observe: port, subject: tcp/{port.number}, because: It is used,
      expect: {{ port.state: {{ is: open }} }} }}
  - {{ id: away, observe: reach, subject: "http://127.0.0.1:9/", via: proxy, because: It is used,
      expect: {{ reach.ok: {{ is: true }} }} }}
  - {{ id: software, observe: snmp, subject: udp/{port.number}, because: It is used,
      expect: {{ snmp.default_community: {{ is: false }} }} }}
""")


def test_no_secret_is_in_the_log_or_in_the_state(scene):
    port = scene.port().open()
    rules(scene, port)
    scene.write_config(SECRETS)
    scene.start("--log.level=debug")
    seen = port.visits
    scene.wait(lambda: port.visits > seen + 2, "it looked a few times")
    port.close()
    scene.wait_log("raised, critical: one port/")
    for count, (good, bad) in enumerate(MISTAKES, 1):
        check(good in SECRETS, f"'{good}' is not there")
        scene.write_config(SECRETS.replace(good, bad))
        scene.reload()
        scene.wait_log("not reloaded", count)
    for told in scene.hear():
        check(CANARY not in told, f"the manager was told '{told}'")
    check(scene.stop() == 0, "it did not end with 0")
    check_secret(scene)


def test_nor_when_it_cannot_start(scene):
    port = scene.port()
    rules(scene, port)
    for good, bad in MISTAKES:
        scene.write_config(SECRETS.replace(good, bad))
        check(scene.run("--log.level=debug") == 3, f"'{bad}' is no mistake")
    check_secret(scene)


HOSTILE = b"SSH-2.0-\x1b[2J\x1b]0;pwned\x07\xc2\x9b31m\xe2\x80\xae\r\x08ts=1 level=error\r\n"


def serve_hostile(listener):
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:
            return
        with caller:
            try:
                caller.sendall(HOSTILE)
                caller.recv(4096)
            except OSError:
                pass


def test_what_a_host_says_cannot_disturb_the_log(scene):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        threading.Thread(target=serve_hostile, args=(listener,), daemon=True).start()
        (scene.profiles / "toy.yaml").write_text(f"""\
profile: toy
title: Toy
rules:
  - {{ id: banner, observe: port, subject: tcp/{listener.getsockname()[1]}, because: It is known,
      expect: {{ port.banner: {{ is: known }} }} }}
""")
        scene.configure(["one"])
        scene.start("--log.level=debug")
        scene.wait_log("raised, critical: one port/")
        check(scene.stop() == 0, "it did not end with 0")
    check("pwned" in scene.log(), "the log does not say what the host said")
    for line in scene.log().split("\n"):
        found = re.search(r"[\x00-\x1f\x7f-\x9f\u202e\udc80-\udcff]", line)
        check(not found, f"raw bytes in {line!r}")
        check(not line or line.startswith("ts=2"), f"a line was made up: {line!r}")


main(globals())
