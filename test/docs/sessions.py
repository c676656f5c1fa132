#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The sessions in docs/server.md, played as they stand there against a server of the example game.

usage: sessions.py DOCUMENT FK_SERVER FK_PLAY GAME
"""
import queue
import re
import socket
import subprocess
import sys
import threading

from examples import blocks

PATIENCE = 30  # seconds for the next line


class Partner:
    """Says lines, and hears them without their ends."""

    def __init__(self, read, write):
        self.write, self.lines, self.ahead = write, queue.Queue(), []
        threading.Thread(target=self._hear, args=(read,), daemon=True).start()

    def _hear(self, file):
        for line in file:
            self.lines.put(line.rstrip())
        self.lines.put(None)

    def say(self, line):
        self.write.write(line + "\n")
        self.write.flush()

    def expect(self, wanted, skip):
        """The next line is the one wanted, or one of the next if some may be skipped. Answers may come behind lines of the game."""
        pattern = re.compile(".*".join(map(re.escape, wanted.split("…"))))
        answer, before = wanted.startswith('{"ok"'), []
        while not pattern.fullmatch(line := self._next(wanted)):
            if answer:
                before.append(line)
            elif not skip:
                sys.exit(f"the document has: {wanted}\nthere came:       {line}")
        self.ahead = before + self.ahead

    def _next(self, wanted):
        try:
            line = self.ahead.pop(0) if self.ahead else self.lines.get(timeout=PATIENCE)
        except queue.Empty:
            line = None
        return line if line is not None else sys.exit(f"this never came: {wanted}")


def play(text, partner, said):
    """said: what a line says, or nothing if the partner says it."""
    skip = False
    for line in text.splitlines():
        if line == "…":
            skip = True
        elif (words := said(line)) is not None:
            partner.say(words)
            skip = False
        else:
            partner.expect(line.removeprefix("< "), skip)
            skip = False


def protocol(text, port, _):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        server = Partner(connection.makefile("r", encoding="utf-8"), connection.makefile("w", encoding="utf-8"))
        play(text, server, lambda line: line[2:] if line.startswith("> ") else None)


def terminal(text, port, fk_play):
    command, text = text.split("\n", 1)
    words = command.removeprefix("$ fk-play ").split()
    process = subprocess.Popen([fk_play, "--port", str(port), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
    play(text, Partner(process.stdout, process.stdin), lambda line: line[:-2] if line.endswith(" ⏎") else None)
    if process.wait(PATIENCE) != 0:
        sys.exit(f"fk-play ended with {process.returncode}")


def main(document, fk_server, fk_play, game):
    sessions = blocks(document)
    for name, session in ("play.txt", terminal), ("protocol.txt", protocol):
        server = subprocess.Popen([fk_server, game, "--port", "0", "--pace", "0"], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            session(sessions[name], int(server.stdout.readline().rsplit(":", 1)[1]), fk_play)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
