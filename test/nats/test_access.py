#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who is let in: passwords, two tenants, TLS, NKEYs, credentials."""
import os
import pathlib
import socket
import subprocess
import tempfile

import cases
import processes
from cluster import LONGEST, Cluster, wait_for
from driver import Driver, check, expect
from nkeys import USER, Key, certificates, operator_setup

TENANTS = pathlib.Path(__file__).resolve().parents[2] / "packaging/nats/two-tenants.conf"
PASSWORDS = {"RED_SERVER": "rs-secret", "RED_WORKER": "rw-secret", "BLUE_SERVER": "bs-secret", "BLUE_WORKER": "bw-secret"}


def at(cluster, user, prefix=None):
    password = PASSWORDS[user.upper().replace("-", "_")]
    return {"FK_VM_NATS": f"nats://{user}:{password}@127.0.0.1:{cluster.port}",
            "FK_VM_NATS_PREFIX": prefix or user.split("-")[0]}


def fails_to_work(cluster, **environment):
    """What a worker says that cannot."""
    result = subprocess.run([cluster.build / "backends/nats/worker/fkvm-worker", "--scripts", cluster.folder / "none"],
                            env=cluster.environment(**environment), capture_output=True, text=True, timeout=LONGEST)
    check(result.returncode == 1, f"exit code {result.returncode}: {result.stderr}")
    return result.stderr


def fails_to_open(cluster, **environment):
    driver = Driver(cluster, **environment)
    answer = expect(driver.open("a"), "OPEN_FAILED")
    check(driver.end() == 0, "the server ends")
    return answer.message


def works(cluster, **environment):
    worker, driver = cluster.worker(**environment), Driver(cluster, **environment)
    expect(driver.open("a"))
    check(expect(driver.call("a", "ask", 1)).value == [1], "it works")
    check(driver.end() == 0, "the server ends")
    worker.terminate()
    wait_for(lambda: worker.poll() is not None, "the worker's end")


class Bare:
    """NATS as it is on the wire."""

    def __init__(self, cluster, user):
        password = PASSWORDS[user.upper().replace("-", "_")]
        self.socket = socket.create_connection(("127.0.0.1", cluster.port), LONGEST)
        self.lines = self.socket.makefile("r")
        self.lines.readline()
        self.say(f'CONNECT {{"user":"{user}","pass":"{password}","verbose":true}}')

    def say(self, words):
        self.socket.sendall(f"{words}\r\n".encode())
        while (line := self.lines.readline().strip()) == "PING":
            pass
        return line


def two_tenants_stay_apart(build):
    os.environ.update(PASSWORDS)
    with Cluster(build, TENANTS.read_text()) as cluster:
        red, blue = cluster.worker(**at(cluster, "red-worker")), cluster.worker(**at(cluster, "blue-worker"))
        driver = Driver(cluster, **at(cluster, "red-server"))
        for name in ("a", "b", "c"):
            expect(driver.open(name))
        check(len(processes.children(red.pid)) == 3 and not processes.children(blue.pid), "red's VMs are red's")
        for name in ("a", "b", "c"):
            expect(driver.close(name))
        red.terminate()
        wait_for(lambda: red.poll() is not None, "the red worker's end")
        check("no worker" in expect(driver.open("a"), "OPEN_FAILED").message, "blue's worker does not take red's VM")

        for message in (fails_to_open(cluster, **at(cluster, "red-server", "blue")),
                        fails_to_work(cluster, **at(cluster, "red-worker", "blue"))):
            check("Permissions Violation" in message and "blue." in message, message)
        bare = Bare(cluster, "red-server")
        for words in ("PUB blue.open 0\r\n", "PUB blue.worker.x.y.1 0\r\n", "SUB blue.> 1", "SUB blue.server.x.> 2",
                      "SUB red.worker.> 3", "PUB red.server.x.1 0\r\n"):
            check("Permissions Violation" in bare.say(words), words)
        check(bare.say("SUB red.server.x.> 4") == "+OK", "its own it may hear")


def a_wrong_password_is_named(build):
    os.environ.update(PASSWORDS)
    with Cluster(build, TENANTS.read_text()) as cluster:
        wrong = {"FK_VM_NATS": f"nats://red-server:guess@127.0.0.1:{cluster.port}", "FK_VM_NATS_PREFIX": "red"}
        for message in (fails_to_open(cluster, **wrong), fails_to_work(cluster, **wrong)):
            check("Authorization" in message and "guess" not in message, message)
            check(f"127.0.0.1:{cluster.port}" in message, message)


def in_folder(case):
    def run(build):
        with tempfile.TemporaryDirectory() as folder:
            case(build, folder)
    run.__name__ = case.__name__
    return run


@in_folder
def tls_with_certificates(build, folder):
    certificates(folder)
    config = (f'tls {{ cert_file: "{folder}/server.pem", key_file: "{folder}/server.key", '
              f'ca_file: "{folder}/ca.pem", verify: true }}\n')
    with Cluster(build, config) as cluster:
        url = {"FK_VM_NATS": f"tls://127.0.0.1:{cluster.port}"}
        trusted = {"FK_VM_NATS_CA": f"{folder}/ca.pem"}
        mine = {"FK_VM_NATS_CERT": f"{folder}/client.pem", "FK_VM_NATS_KEY": f"{folder}/client.key"}
        works(cluster, **url, **trusted, **mine)
        for lacking in ({**url, **mine}, {**url, **trusted}, {}):
            message = fails_to_open(cluster, **lacking)
            check("NATS cannot be reached" in message, message)


@in_folder
def tls_of_another_host_is_refused(build, folder):
    certificates(folder, "DNS:elsewhere.example")
    config = f'tls {{ cert_file: "{folder}/server.pem", key_file: "{folder}/server.key" }}\n'
    with Cluster(build, config) as cluster:
        message = fails_to_open(cluster, FK_VM_NATS=f"tls://127.0.0.1:{cluster.port}", FK_VM_NATS_CA=f"{folder}/ca.pem")
        check("NATS cannot be reached" in message, message)


@in_folder
def nkeys_let_in(build, folder):
    key, stranger = Key(folder, "key", USER), Key(folder, "stranger", USER)
    with Cluster(build, f"authorization {{ users: [ {{ nkey: {key.public} }} ] }}\n") as cluster:
        works(cluster, FK_VM_NATS_NKEY=key.public, FK_VM_NATS_NKEY_SEED=str(key.seed_file))
        message = fails_to_open(cluster, FK_VM_NATS_NKEY=stranger.public, FK_VM_NATS_NKEY_SEED=str(stranger.seed_file))
        check("Authorization" in message, message)
        message = fails_to_open(cluster, FK_VM_NATS_NKEY=key.public)
        check("FK_VM_NATS_NKEY_SEED" in message, message)


@in_folder
def credentials_let_in(build, folder):
    config, credentials = operator_setup(folder, ["games.>"])
    with Cluster(build, config) as cluster:
        works(cluster, FK_VM_NATS_CREDENTIALS=str(credentials), FK_VM_NATS_PREFIX="games")
        message = fails_to_open(cluster, FK_VM_NATS_CREDENTIALS=str(credentials))
        check("Permissions Violation" in message, message)
        check("Authorization" in fails_to_open(cluster), "without credentials nobody is let in")


if __name__ == "__main__":
    cases.run([two_tenants_stay_apart, a_wrong_password_is_named, tls_with_certificates, tls_of_another_host_is_refused,
               nkeys_let_in, credentials_let_in])
