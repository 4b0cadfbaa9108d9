# SPDX-License-Identifier: Apache-2.0
"""Targets that stand elsewhere come and go by themselves, and stay when their source is away."""

import http.server
import json
import threading

from agent_scene import CLEARED, RAISED, check, main


class Source:
    """A web server that says which targets there are, or something useless."""

    def __init__(self):
        self.body = "[]"
        self.server = None
        self.port = 0
        self.asked = 0

    def start(self):
        source = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                source.asked += 1
                body = source.body.encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def setting(self):
        return f"http: 'http://127.0.0.1:{self.port}/targets', refresh: 1s"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def targets(*names):
    return json.dumps([{"name": name, "address": "127.0.0.1"} for name in names])


def inventory(source):
    return ("inventory:\n"
            f"  - {{ {source}, defaults: {{ profiles: toy, interval: 1s }} }}")


def changes(scene):
    return [(kind, target) for _, kind, target, _ in scene.events()]


def test_files_are_noticed_when_they_change(scene):
    scene.rules([scene.port()])
    file = scene.place / "more.json"
    file.write_text(targets("one"))
    scene.configure([], more=inventory(f"file: {file}"))
    scene.start()
    scene.wait_log("raised, critical: one ")
    file.write_text("[ { name: one }, { name: two } ]\n")
    scene.wait_log("raised, critical: ucposture agent/inventory")
    told = [line for line in scene.log().splitlines() if "topic=inventory" in line]
    check(len(told) == 1 and f'msg="{file}:1:3: ' in told[0] and f"; {file}:1:18: " in told[0],
          f"two mistakes are told as {told}")
    file.write_text(targets("two"))
    scene.wait_log("cleared, ok: one ")
    scene.wait_log("raised, critical: two ")
    scene.wait_log("cleared, ok: ucposture agent/inventory")
    check(scene.stop() == 0, "it did not end with 0")
    check(sorted(changes(scene)) == [(RAISED, "one"), (RAISED, "two"), (CLEARED, "one")],
          f"events are {changes(scene)}")


def test_what_is_fetched_stays_while_its_source_is_away(scene):
    scene.rules([scene.port()])
    source = Source().start()
    source.body = targets("one", "two")
    scene.configure([], more=inventory(source.setting()))
    scene.start()
    scene.wait_log("raised, critical: one ")
    scene.wait_log("raised, critical: two ")
    source.body = "<html>"
    scene.wait_log("raised, critical: ucposture agent/inventory")
    source.stop()
    scene.stop()
    told = len(scene.self_events())
    scene.start()
    scene.wait_told("STATUS=Watches 2 targets with 2 checks; 3 alarms are raised")
    check(scene.stop() == 0, "it did not end with 0")
    check(sorted(changes(scene)) == [(RAISED, "one"), (RAISED, "two")],
          f"events are {changes(scene)}")
    check(len(scene.self_events()) == told, "what had not changed was told again")
    source.body = targets("two")
    source.start()
    scene.start()
    scene.wait_log("cleared, ok: one ")
    scene.wait_log("cleared, ok: ucposture agent/inventory")
    check(scene.stop() == 0, "it did not end with 0")
    check(changes(scene)[2:] == [(CLEARED, "one")], f"events are {changes(scene)}")
    source.stop()


def test_new_name_servers_are_for_what_is_fetched_too(scene):
    scene.rules([scene.port().open()])
    source = Source().start()
    source.body = targets("one")
    more = inventory(source.setting())
    scene.configure([], more=more)
    scene.start()
    scene.wait_told("STATUS=Watches 1 targets with 1 checks; 0 alarms are raised")
    scene.configure([], more=more)
    scene.write_config(scene.config.read_text().replace("127.0.0.1:9\n", "127.0.0.2:9\n"))
    scene.reload()
    seen = source.asked
    scene.wait(lambda: source.asked > seen + 1, "the source is asked again")
    check(scene.stop() == 0, "it did not end with 0")
    check(changes(scene) == [], f"events are {changes(scene)}")
    source.stop()


main(globals())
