# SPDX-License-Identifier: MIT
"""Keys, tokens and credentials of NATS, and certificates; made by openssl."""
import base64
import json
import pathlib
import subprocess
import time

OPERATOR, ACCOUNT, USER, SEED = 14 << 3, 0, 20 << 3, 18 << 3
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


def openssl(*words, **how):
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, **how).stdout


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc.to_bytes(2, "little")


def written(data):
    return base64.b32encode(data + crc16(data)).decode().rstrip("=")


class Key:
    def __init__(self, folder, name, kind):
        raw = openssl("rand", "32")
        self.file = pathlib.Path(folder) / f"{name}.der"
        self.file.write_bytes(PKCS8 + raw)
        public = openssl("pkey", "-inform", "DER", "-in", self.file, "-pubout", "-outform", "DER")[-32:]
        self.public = written(bytes([kind]) + public)
        self.seed = written(bytes([SEED | kind >> 5, (kind & 31) << 3]) + raw)
        self.seed_file = pathlib.Path(folder) / f"{name}.nk"
        self.seed_file.write_text(self.seed + "\n")

    def sign(self, text):
        message = self.file.with_suffix(".message")
        message.write_bytes(text.encode())
        return openssl("pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", self.file, "-in", message)

    def token(self, subject, name, claims):
        def part(data):
            return base64.urlsafe_b64encode(data).decode().rstrip("=")

        head = part(b'{"typ":"JWT","alg":"ed25519-nkey"}')
        body = part(json.dumps({"jti": name, "iat": int(time.time()), "iss": self.public, "name": name,
                                "sub": subject.public, "nats": {**claims, "version": 2}}).encode())
        return f"{head}.{body}.{part(self.sign(f'{head}.{body}'))}"


def operator_setup(folder, subjects):
    """The configuration of a nats-server, and a file of credentials that allow those subjects."""
    operator, account, user = Key(folder, "o", OPERATOR), Key(folder, "a", ACCOUNT), Key(folder, "u", USER)
    limits = {name: -1 for name in ("subs", "data", "payload", "imports", "exports", "conn", "leaf")}
    account_token = operator.token(account, "games", {"type": "account", "limits": {**limits, "wildcards": True}})
    allowed = {"allow": subjects}
    user_token = account.token(user, "game", {"type": "user", "pub": allowed, "sub": allowed,
                                              "subs": -1, "data": -1, "payload": -1})
    credentials = pathlib.Path(folder) / "user.creds"
    credentials.write_text(f"-----BEGIN NATS USER JWT-----\n{user_token}\n------END NATS USER JWT------\n\n"
                           f"-----BEGIN USER NKEY SEED-----\n{user.seed}\n------END USER NKEY SEED------\n")
    return (f'operator: "{operator.token(operator, "us", {"type": "operator"})}"\nresolver: MEMORY\n'
            f'resolver_preload: {{ {account.public}: "{account_token}" }}\n'), credentials


def certificates(folder, host="IP:127.0.0.1"):
    """ca.pem, and of a server and a client NAME.pem and NAME.key."""
    folder = pathlib.Path(folder)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=ca",
            "-days", "2", "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    for name in ("server", "client"):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr")
        names = folder / f"{name}.ext"
        names.write_text(f"subjectAltName={host}\n")
        openssl("x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", names, "-out", folder / f"{name}.pem")
