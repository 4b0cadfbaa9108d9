# SPDX-License-Identifier: Apache-2.0
"""answering.py SOCKET FOLDER: an agent that has an answer ready for each question: the file of
its first word, as it is. What it was asked goes to the file "asked", a line each."""
import os
import socket
import sys

place, folder = sys.argv[1:3]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(place)
listener.listen(8)
print("ready", flush=True)
while True:
    client, _ = listener.accept()
    question = b""
    while not question.endswith(b"\n"):
        part = client.recv(4096)
        if not part:
            break
        question += part
    with open(os.path.join(folder, "asked"), "ab") as asked:
        asked.write(question)
    try:
        with open(os.path.join(folder, question.split(b"\t")[0].decode().strip()), "rb") as file:
            client.sendall(file.read())
    except (OSError, ValueError):
        pass
    client.close()
