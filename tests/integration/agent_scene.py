# SPDX-License-Identifier: Apache-2.0
"""An agent, what it watches, and who manages it: for the tests agent_*.py.

A test is a function test_…(scene), whose name is a sentence; main() runs them in a place of
their own each, and prints what failed. Nothing waits for a fixed time: wait() does until a
condition holds."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

PROGRAM = os.environ["UCPOSTURE"]
PATIENCE = 20
RAISED, CHANGED, CLEARED = 0, 1, 2
SELF = "ucposture"


class Failed(Exception):
    pass


def check(truth, message):
    if not truth:
        raise Failed(message)


class Port:
    """A TCP port of 127.0.0.1 that is open or closed as told."""

    def __init__(self):
        self.listener = None
        self.visits = 0
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            self.number = first.getsockname()[1]

    def open(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.number))
        self.listener.listen(128)
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()
        return self

    def _serve(self, listener):
        with contextlib.suppress(OSError):
            while True:
                listener.accept()[0].close()
                self.visits += 1

    def close(self):
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        self.listener = None


class Scene:
    def __init__(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="ucposture-agent-"))
        self.state = self.place / "state"
        self.config = self.place / "ucposture.yaml"
        self.log_file = self.place / "log"
        self.profiles = self.place / "profiles"
        self.profiles.mkdir()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(self.place / "notify"))
        self.told = []
        self.agent = None
        self.opened = []

    def end(self):
        self.kill()
        self.manager.close()
        for port in self.opened:
            port.close()
        shutil.rmtree(self.place, ignore_errors=True)

    # --- what is watched ---

    def port(self):
        self.opened.append(Port())
        return self.opened[-1]

    def rules(self, ports, name="toy"):
        """A profile that wants these ports open."""
        text = [f"profile: {name}", "title: Toy", "rules:"]
        for port in ports:
            text += [f"  - id: open-{port.number}", "    observe: port",
                     f"    subject: tcp/{port.number}",
                     "    expect: { port.state: { is: open } }",
                     "    because: Somebody listens there"]
        (self.profiles / f"{name}.yaml").write_text("\n".join(text) + "\n")

    def configure(self, targets, agent="", alarms="", more=""):
        """targets: names; each is an address of loopback."""
        text = ["agent:", "  interval: 1s", "  name_servers: 127.0.0.1:9", agent,
                "  limits: { probes_per_second: 0, packets_per_second: 0 }",
                "alarms:", "  raise_after: 1", "  clear_after: 1", "  recheck: 200ms", alarms,
                "targets:" if targets else "targets: []"]
        for name in targets:
            text.append(f"  - {{ name: {name}, address: 127.0.0.1, profiles: toy }}")
        text.append(more)
        self.write_config("\n".join(line for line in text if line) + "\n")

    def write_config(self, text):
        new = self.config.with_suffix(".new")
        new.write_text(text)
        new.replace(self.config)

    # --- the agent ---

    def start(self, *words, ready=True, wrap=(), environment=None, **keywords):
        check(not self.agent, "one runs already")
        self.hear()
        self.told = []
        env = {**os.environ, "UCPOSTURE_PROFILE_DIR": str(self.profiles),
               "NOTIFY_SOCKET": str(self.place / "notify"), **(environment or {})}
        with open(self.log_file, "ab") as log:
            self.agent = subprocess.Popen(
                [*wrap, PROGRAM, "agent", f"--config.file={self.config}",
                 f"--state-dir={self.state}", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, **keywords)
        if ready:
            self.wait_told("READY=1")
        return self.agent

    def run(self, *words, **keywords):
        """To its end; its exit code."""
        self.start(*words, ready=False, **keywords)
        return self.await_end()

    def await_end(self, seconds=PATIENCE):
        code = self.agent.wait(seconds)
        self.agent = None
        return code

    def stop(self, number=signal.SIGTERM, seconds=5):
        self.agent.send_signal(number)
        return self.await_end(seconds)

    def kill(self):
        if self.agent:
            self.agent.kill()
            self.await_end()

    def probers(self):
        folder = f"/proc/{self.agent.pid}/task/{self.agent.pid}/children"
        return [int(pid) for pid in pathlib.Path(folder).read_text().split()]

    def reload(self):
        """Until it has been told how that went."""
        self.hear()
        count = self.told.count("READY=1")
        self.agent.send_signal(signal.SIGHUP)
        self.wait(lambda: self.hear().count("READY=1") > count, "the reload ended")

    # --- what can be seen ---

    def wait(self, condition, what, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            if self.agent and self.agent.poll() is not None:
                raise Failed(f"the agent ended with {self.agent.returncode} before {what}")
            time.sleep(0.02)
        raise Failed(f"not within {seconds} s: {what}")

    def hear(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                self.told.append(self.manager.recv(4096, socket.MSG_DONTWAIT).decode())
        return self.told

    def wait_told(self, what):
        self.wait(lambda: what in self.hear(), f"the manager was told {what}")

    def log(self):
        return self.log_file.read_bytes().decode("utf-8", "surrogateescape")

    def wait_log(self, words, count=1):
        self.wait(lambda: self.log().count(words) >= count, f"the log has '{words}' {count} times")

    def events(self, *kinds):
        """Of targets, from the file, when nobody has it: (number, kind, target, check)."""
        check(not self.agent, "the agent has the file")
        return [row for row in self.rows("SELECT number, kind, target_name, check_name FROM"
                                         " events ORDER BY number")
                if row[2] != SELF and (not kinds or row[1] in kinds)]

    def self_events(self):
        return [row[1:] for row in
                self.rows("SELECT number, kind, check_name FROM events WHERE target_name ="
                          f" '{SELF}' ORDER BY number")]

    def rows(self, query):
        file = self.state / "ucposture.db"
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()


def run_one(name, test):
    scene = Scene()
    try:
        test(scene)
        print(f"ok {name}")
        return True
    except Exception as error:  # pylint: disable=broad-except
        why = str(error) if isinstance(error, Failed) else traceback.format_exc()
        print(f"FAIL {name}: {why}")
        lines = scene.log().splitlines() if scene.log_file.exists() else []
        print("\n".join("  log: " + line for line in lines[-30:]).encode(
            "ascii", "backslashreplace").decode())
        return False
    finally:
        scene.end()


def main(tests):
    """tests: globals() of the test. Words of the command line: only those."""
    found = {name: value for name, value in tests.items() if name.startswith("test_")}
    wanted = sys.argv[1:] or list(found)
    results = [run_one(name[5:].replace("_", " "), found[name]) for name in wanted]
    sys.exit(0 if all(results) else 1)
