# SPDX-License-Identifier: MIT
"""A cable between somebody and nats-server that can be cut, in one direction or both: what is
sent then is held, as a network that loses everything makes TCP hold it."""
import socket
import threading


class Proxy:
    def __init__(self, port):
        self.port_behind = port
        self.to_nats, self.from_nats = threading.Event(), threading.Event()
        self.mend()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"

    def cut(self, direction):
        """"to", "from" or "both"."""
        for name, gate in (("to", self.to_nats), ("from", self.from_nats)):
            if direction in (name, "both"):
                gate.clear()

    def mend(self):
        self.to_nats.set()
        self.from_nats.set()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self.port_behind))
            except OSError:
                near.close()
                continue
            for source, sink, gate in ((near, far, self.to_nats), (far, near, self.from_nats)):
                threading.Thread(target=self.forward, args=(source, sink, gate), daemon=True).start()

    @staticmethod
    def forward(source, sink, gate):
        try:
            while taken := source.recv(1 << 16):
                gate.wait()
                sink.sendall(taken)
        except OSError:
            pass
        gate.wait()  # its end does not arrive either
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
