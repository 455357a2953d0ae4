"""Kubernetes' API server as small as a test needs: https, a token, pods by name; a pod is a process.

A mount's path in a command is replaced by its place in the claim; what else a pod would wall off is seen in `made`.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import re
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_PEM = serialization.Encoding.PEM


def _certificates(folder: Path) -> None:
    """An authority, and a certificate of 127.0.0.1."""
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    issuer = x509.SubjectKeyIdentifier.from_public_key(root.public_key())

    def certificate(name: str, public, extensions: list[tuple[x509.ExtensionType, bool]]) -> bytes:
        subject, authority = (
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, each)]) for each in (name, "cluster")
        )
        builder = x509.CertificateBuilder(authority, subject, public, x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=1))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(root, hashes.SHA256()).public_bytes(_PEM)

    uses = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    ) | dict.fromkeys(("encipher_only", "decipher_only"), False)
    usage = x509.KeyUsage(key_cert_sign=True, crl_sign=True, **uses)
    own = [(x509.BasicConstraints(ca=True, path_length=0), True), (usage, True), (issuer, False)]
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    known = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer)
    (folder / "ca.crt").write_bytes(certificate("cluster", root.public_key(), own))
    (folder / "server.crt").write_bytes(certificate("server", key.public_key(), [(names, False), (known, False)]))
    plain = serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, plain))


class PodServer:
    """Its pods by name.

    Parameters
    ----------
    account : Path
        Folder that it fills with a service account.
    tree : Path
        What the claim holds.
    """

    def __init__(self, account: Path, tree: Path) -> None:
        account.mkdir()
        _certificates(account)
        self.account, self.tree = account, tree
        self.pods: dict[str, dict] = {}
        self.made: list[dict] = []
        self.asked: list[str] = []
        self.graces: list[int] = []
        self.silent = self.full = self.stuck = self.deaf = False
        (account / "namespace").write_text("lab")
        self.renew_token("first")
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": self}))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(account / "server.crt", account / "server.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """What every pod has."""
        return {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(self._server.server_port)}

    def renew_token(self, token: str) -> None:
        self.token = token
        (self.account / "token").write_text(f"{token}\n")

    def create(self, pod: dict) -> tuple[int, dict]:
        name = pod["metadata"]["name"]
        with self._lock:
            if name in self.pods:
                return 409, {"message": f'pods "{name}" already exists', "reason": "AlreadyExists"}
            self.pods[name] = {"pod": pod, "process": None}
            self.made.append(pod)
        if not self.full:
            self.run(name)
        return (500, {"message": "etcd went away"}) if self.deaf else (201, pod)

    def run(self, name: str) -> None:
        """What a machine of the cluster does."""
        (container,) = self.pods[name]["pod"]["spec"]["containers"]
        words = list(container["command"])
        for mount in container["volumeMounts"]:
            words = [
                str(self.tree / mount.get("subPath", "")) if word == mount["mountPath"] else word for word in words
            ]
        kept = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": os.environ["PYTHONPATH"]}
        given = {each["name"]: each["value"] for each in container["env"]}
        self.pods[name]["process"] = subprocess.Popen(words, env={**kept, **given}, start_new_session=True)

    def phase(self, name: str) -> str:
        process = self.pods[name]["process"]
        if process is None:
            return "Pending"
        status = process.poll()
        return "Running" if status is None else "Failed" if status else "Succeeded"

    def kill(self, name: str) -> None:
        process = self.pods[name]["process"]
        if process is not None and process.poll() is None:
            tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            for each in tree:
                each.kill()
            process.wait(10)
            psutil.wait_procs(tree[1:], timeout=10)

    def delete(self, name: str, options: dict) -> tuple[int, dict]:
        with self._lock:
            if name not in self.pods:
                return 404, {"message": f'pods "{name}" not found', "reason": "NotFound"}
            self.graces.append(options["gracePeriodSeconds"])
            if not self.stuck:
                self.kill(name)
                del self.pods[name]
        return 200, {}

    def listed(self, selector: str) -> dict:
        wanted = dict(each.split("=", 1) for each in selector.split(","))
        with self._lock:
            found = [
                {**one["pod"], "status": {"phase": self.phase(name)}}
                for name, one in self.pods.items()
                if wanted.items() <= one["pod"]["metadata"]["labels"].items()
            ]
        return {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": found}

    def close(self) -> None:
        self.stuck = False
        for name in list(self.pods):
            self.delete(name, {"gracePeriodSeconds": 0})
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    api: PodServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _handle(self) -> None:
        parts, api = urlsplit(self.path), self.api
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        found = re.fullmatch(r"/api/v1/namespaces/lab/pods(?:/([a-z0-9-]+))?", parts.path)
        name = found[1] if found else None
        if api.silent:
            self._answer(503, {"message": "the server is currently unable to handle the request"})
            return
        if self.headers["Authorization"] != f"Bearer {api.token}":
            self._answer(401, {"message": "Unauthorized"})
            return
        api.asked.append({"POST": "create", "GET": "list" if name is None else "get"}.get(self.command, "delete"))
        if found and self.command == "POST" and name is None:
            self._answer(*api.create(body))
        elif found and self.command == "GET" and name is None:
            self._answer(200, api.listed(parse_qs(parts.query)["labelSelector"][0]))
        elif name is not None and self.command == "DELETE":
            self._answer(*api.delete(name, body))
        else:
            self._answer(403, {"message": f"{self.command} {parts.path}"})

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815
