# SPDX-License-Identifier: Apache-2.0
"""An inventory behind a URL in every mood: targets come and go with it, and nothing else does.
agent_inventory.py has what is the same for files."""

import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import threading
import time

from agent_scene import CLEARED, RAISED, check, main

CANARY = "Token canary-4711"
LIMIT_KIB, MANY = 2048, int(os.environ.get("UCPOSTURE_RELOADS", "150"))


class Inventory(http.server.ThreadingHTTPServer):
    """Says what the test puts into `says`: bytes, a status, "big" or "drip"."""
    daemon_threads = True

    def __init__(self, says, family=socket.AF_INET, number=0, certificate=None):
        self.says, self.asked, self.unchanged, self.heard = says, 0, 0, set()
        self.address_family = family
        self.allow_reuse_address = True
        super().__init__(("::1" if family == socket.AF_INET6 else "127.0.0.1", number), Answer)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True,
                                              do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass

    def end(self):
        self.shutdown()
        self.server_close()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *words):  # pylint: disable=redefined-builtin
        pass

    def do_GET(self):
        says = self.server.says
        self.server.asked += 1
        self.server.heard.add(self.headers.get("Authorization"))
        if says == "big":
            says = b"[" + b" " * 10_000_000 + b"]"
        elif says == "drip":
            self.drip()
            return
        body = says if isinstance(says, bytes) else b""
        etag = f'"{hash(body)}"'
        status = 200 if isinstance(says, bytes) else says
        if status == 200 and self.headers.get("If-None-Match") == etag:
            self.server.unchanged += 1
            status, body = 304, b""
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(600):
            self.wfile.write(b"[")
            time.sleep(0.1)


def listed(*names):
    return json.dumps([{"targets": ["127.0.0.1"], "labels": {"__ucposture_name": name}}
                       for name in names]).encode()


def source(url, keys=""):
    return (f'inventory:\n  - {{ http: "{url}", refresh: 200ms, {keys}'
            " defaults: { profiles: [ toy ], interval: 1s } }")


def begin(scene, server, host="127.0.0.1", scheme="http", keys="", targets=("own",)):
    scene.rules([scene.port()])
    scene.configure(list(targets), more=source(
        f"{scheme}://{host}:{server.server_port}/targets.json", keys))
    scene.start()


def finish(scene, *servers):
    check(scene.stop() == 0, "it did not end with 0")
    for server in servers:
        server.end()


def kinds(scene, target):
    return [kind for _, kind, name, _ in scene.events() if name == target]


def wait_asked(scene, server, times=3):
    before = server.asked
    scene.wait(lambda: server.asked >= before + times, "the inventory is asked for")


def copies(scene):
    return list((scene.state / "inventory").glob("*"))


def test_targets_come_and_go_with_what_the_server_says(scene):
    server = Inventory(listed("one"))
    begin(scene, server)
    scene.wait_log("raised, critical: one ")
    server.says = listed("two")
    scene.wait_log("cleared, ok: one ")
    scene.wait_log("raised, critical: two ")
    wait_asked(scene, server)
    check(server.unchanged >= 2, "what has not changed was sent again")
    check(scene.log().count("reloaded:") == 2, "what has not changed was read again")
    finish(scene, server)
    check(kinds(scene, "one") == [RAISED, CLEARED], f"one: {kinds(scene, 'one')}")
    check(kinds(scene, "own") == [RAISED], f"own: {kinds(scene, 'own')}")


def test_over_ipv6_it_is_the_same(scene):
    server = Inventory(listed("one"), socket.AF_INET6)
    begin(scene, server, "[::1]")
    scene.wait_log("raised, critical: one ")
    finish(scene, server)


def test_a_broken_document_keeps_the_old_targets_and_is_an_alarm(scene):
    server = Inventory(listed("one"))
    begin(scene, server)
    scene.wait_log("raised, critical: one ")
    for says, words in ((b"[\n{", ":"), (503, "status 503"), (b"[]x]", ":"),
                        ("big", "larger than 3 MB")):
        count = scene.log().count("raised, critical: ucposture agent/inventory")
        cleared = scene.log().count("cleared, ok: ucposture agent/inventory")
        server.says = says
        scene.wait_log("raised, critical: ucposture agent/inventory", count + 1)
        wait_asked(scene, server, 1)
        check(words in scene.log(), f"nobody says {words}")
        server.says = listed("one")
        scene.wait_log("cleared, ok: ucposture agent/inventory", cleared + 1)
    finish(scene, server)
    check(kinds(scene, "one") == [RAISED], f"one: {kinds(scene, 'one')}")
    check("configuration" not in str(scene.self_events()), "the configuration was blamed")


def test_a_restart_while_the_server_is_away_keeps_targets_and_alarms(scene):
    server = Inventory(listed("one"))
    begin(scene, server)
    scene.wait_log("raised, critical: one ")
    check(scene.stop() == 0, "it did not end with 0")
    server.end()
    scene.start()
    scene.wait_log("raised, critical: ucposture agent/inventory")
    scene.wait_log("watches 2 targets", 1)
    server = Inventory(listed("one"), number=server.server_port)
    scene.wait_log("cleared, ok: ucposture agent/inventory")
    finish(scene, server)
    check(kinds(scene, "one") == [RAISED], f"one: {kinds(scene, 'one')}")


def test_a_source_that_goes_takes_its_targets_and_its_copy_along(scene):
    server = Inventory(listed("one"))
    begin(scene, server)
    scene.wait_log("raised, critical: one ")
    scene.wait(lambda: len(copies(scene)) == 1, "there is a copy")
    check(copies(scene)[0].stat().st_mode & 0o777 == 0o600, "others can read the copy")
    scene.configure(["own"])
    scene.reload()
    scene.wait_log("cleared, ok: one ")
    scene.wait(lambda: not copies(scene), "the copy is gone")
    finish(scene, server)


def certificate(scene, name):
    key, chain = scene.place / f"{name}.key", scene.place / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "3", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out",
                    str(chain)], check=True, stderr=subprocess.DEVNULL)
    return chain, key


def test_over_https_no_stranger_is_believed(scene):
    ours, other = certificate(scene, "ours"), certificate(scene, "other")
    server = Inventory(listed("one"), certificate=ours)
    token = scene.place / "token"
    token.write_text(CANARY + "\n")
    begin(scene, server, scheme="https",
          keys=f"ca_file: {ours[0]}, authorization_file: {token}, ")
    scene.wait_log("raised, critical: one ")
    number = server.server_port
    server.end()
    stranger = Inventory(listed("evil"), number=number, certificate=other)
    scene.wait_log("its certificate is not trusted")
    scene.wait_log("raised, critical: ucposture agent/inventory")
    stranger.end()
    server = Inventory(listed("one", "two"), number=number, certificate=ours)
    scene.wait_log("raised, critical: two ")
    check(stranger.asked == 0, "the stranger was asked")
    finish(scene, server)
    check(not kinds(scene, "evil"), "the stranger was believed")
    check(server.heard == {CANARY}, f"the server heard {server.heard}")
    for file in [scene.log_file, *scene.state.rglob("*")]:
        check(not file.is_file() or CANARY.encode() not in file.read_bytes(), f"it is in {file}")


def test_a_server_that_drips_holds_nobody_up(scene):
    server = Inventory("drip")
    begin(scene, server)
    scene.wait(lambda: server.asked, "the inventory is asked for")
    scene.wait_log("raised, critical: own ")
    scene.wait_log("nobody answered in time")
    server.says = listed("one")
    scene.wait_log("raised, critical: one ")
    finish(scene, server)


def measure(scene):
    """Descriptors and memory in KiB, of the agent."""
    process = pathlib.Path(f"/proc/{scene.agent.pid}")
    memory = next(line for line in (process / "status").read_text().splitlines()
                  if line.startswith("RssAnon"))
    return len(list((process / "fd").iterdir())), int(memory.split()[1])


def in_force(scene, body):
    return any(copy.read_bytes().endswith(b"\n" + body) for copy in copies(scene)
               if copy.suffix != ".new")


def test_many_changes_cost_neither_descriptors_nor_memory(scene):
    server = Inventory(listed("warm"))
    begin(scene, server)
    before = None
    for number in range(MANY):
        server.says = listed(*(f"host{i}" for i in range(number % 2, 20 + number % 2)))
        if number % 3 == 2:
            scene.agent.send_signal(signal.SIGHUP)
        scene.wait(lambda: scene.hear() and in_force(scene, server.says), f"change {number}")
        if number == MANY // 3:
            before = measure(scene)
    after = measure(scene)
    check(after[0] <= before[0] + 2, f"descriptors: {before[0]}, then {after[0]}")
    check(after[1] <= before[1] + LIMIT_KIB, f"memory: {before[1]} KiB, then {after[1]} KiB")
    print(f"{MANY} changes: descriptors {before[0]} and {after[0]},"
          f" KiB {before[1]} and {after[1]}")
    finish(scene, server)


main(globals())
