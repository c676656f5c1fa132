# SPDX-License-Identifier: MIT
"""Programs as a person at a terminal has them."""
import os
import pty
import re
import select
import tempfile
import time

LIMIT = float(os.environ.get("FK_TEST_PATIENCE", "60"))  # seconds; only a hang takes so long


class Terminal:
    """A program on a pseudo-terminal of 100 columns."""

    def __init__(self, program, *arguments):
        self.home = tempfile.TemporaryDirectory()
        self.said = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", HOME=self.home.name, COLUMNS="100")
            os.environ.pop("XDG_STATE_HOME", None)
            os.execv(program, [program, *arguments])

    def type(self, text):
        os.write(self.fd, text.encode())

    def expect(self, pattern):
        """Waits until pattern was said; what was said up to its end is then forgotten."""
        end = time.monotonic() + LIMIT
        while not (found := re.search(pattern, self.said)):
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"'{pattern}' did not come; there was {self.said!r}")
            try:
                self.said += os.read(self.fd, 4096).decode(errors="replace")
            except OSError:
                raise AssertionError(f"it ended without '{pattern}'; there was {self.said!r}") from None
        self.said = self.said[found.end():]
        return found

    def end(self, keep=False):
        """Its exit code; the rest of what it says is dropped. keep: its home stays."""
        try:
            while os.read(self.fd, 4096):
                pass
        except OSError:
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        if not keep:
            self.home.cleanup()
        return os.waitstatus_to_exitcode(status)
