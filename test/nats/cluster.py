# SPDX-License-Identifier: MIT
"""A nats-server and workers on loopback, for tests: they end with the test, whatever happens."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LONGEST = 120  # seconds: only a hang takes as long
SERVER = shutil.which("nats-server") or (os.access("/usr/sbin/nats-server", os.X_OK) and "/usr/sbin/nats-server")


def wait_for(what, describe, longest=LONGEST):
    until = time.monotonic() + longest
    while not (result := what()):
        if time.monotonic() > until:
            sys.exit(f"waited {longest} s in vain for {describe}")
        time.sleep(0.01)
    return result


def end_with_parent():
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Cluster:
    """with Cluster(build) as cluster: cluster.worker(); cluster.run([...])"""

    def __init__(self, build, config="", host="127.0.0.1", prefix=()):
        if not SERVER:
            print("nats-server is not installed (Debian: nats-server)")
            sys.exit(77)
        self.build = pathlib.Path(build).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fkvm-nats-"))
        self.config, self.host, self.prefix = config, host, prefix  # prefix: words before nats-server's command
        self.port = 0
        self.processes = []
        self.server = None

    def __enter__(self):
        self.start_server()
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, command, **how):
        process = subprocess.Popen(command, preexec_fn=end_with_parent, stdin=subprocess.DEVNULL, **how)
        self.processes.append(process)
        return process

    def start_server(self):
        """The same port again after a restart."""
        config = self.folder / "nats.conf"
        config.write_text(f'host: "{self.host}"\nport: {self.port or -1}\nports_file_dir: "{self.folder}"\n{self.config}')
        for old in self.folder.glob("*.ports"):
            old.unlink()
        with open(self.folder / "server.log", "ab") as log:
            self.server = self.start([*self.prefix, SERVER, "-c", config], stdout=log, stderr=log)

        def ports():
            if self.server.poll() is not None:
                sys.exit("nats-server ended: " + (self.folder / "server.log").read_text())
            for file in self.folder.glob("*.ports"):
                try:
                    return json.loads(file.read_text())["nats"]
                except (ValueError, KeyError):
                    return None
            return None

        url = wait_for(ports, "nats-server")[0]
        self.port = int(url.rsplit(":", 1)[1])

    def stop_server(self):
        self.server.kill()
        self.server.wait()

    @property
    def url(self):
        return f"nats://{self.host}:{self.port}"

    def environment(self, **more):
        return {**os.environ, "FK_VM_BACKEND": "nats", "FK_VM_NATS": self.url,
                "FK_VM_BACKEND_PATH": str(self.build / "backends/nats/server"),
                "FK_VM_NATS_SILENCE": os.environ.get("FK_VM_NATS_SILENCE", "20000"), **more}

    def worker(self, *options, prefix=(), **environment):
        """Started, and at work. prefix: words before its command."""
        number = len(self.processes)
        log = self.folder / f"worker{number}.log"
        with open(log, "wb") as out:
            process = self.start([*prefix, self.build / "backends/nats/worker/fkvm-worker", "--name", f"machine{number}",
                                  "--scripts", self.folder / f"scripts{number}", *options],
                                 stdout=out, stderr=out, env=self.environment(**environment))
        process.log, process.machine = log, f"machine{number}"

        def ready():
            if process.poll() is not None:
                sys.exit("the worker ended: " + log.read_text())
            return "lends " in log.read_text()

        wait_for(ready, "the worker")
        return process

    def run(self, command, **environment):
        return subprocess.run(command, env=self.environment(**environment)).returncode
