"""Authority, certificate, accounts and processes of a hub with subdomains."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hub_load.parts import free_ports

from browsing import wait_for
from joulebook_hub.accounts import ACTIVE, Account, AccountStore
from joulebook_hub.passwords import PasswordHashes
from joulebook_hub.places import StateFolder

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DOMAIN = "lab.test"
PASSWORD = "coil gun marmalade"


@dataclass(frozen=True)
class Walled:
    """The running hub.

    Parameters
    ----------
    folder : StateFolder
        Its folder.
    port, service_port : int
        Where it listens.
    walls : bool
        False if it was started without subdomains, cookie prefixes and the hub's policy.
    authority : Path
        Certificate that vouches for it.
    """

    folder: StateFolder
    port: int
    service_port: int
    walls: bool
    authority: Path
    process: subprocess.Popen[bytes]

    @property
    def hub(self) -> str:
        return f"https://{DOMAIN}:{self.port}"

    def of(self, user: str) -> str:
        """Origin of a user's server."""
        return f"https://{user}.{DOMAIN}:{self.port}" if self.walls else self.hub

    def home(self, user: str) -> Path:
        return self.folder.workspaces / "users" / user


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Make an authority and a certificate for the domain and what is below it: authority, key, certificate."""
    now = datetime.now(UTC)
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def signed(subject: str, public: Any, extension: x509.ExtensionType) -> bytes:
        builder = x509.CertificateBuilder(_name("test authority"), _name(subject), public, x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=2))
        return builder.add_extension(extension, critical=True).sign(root, hashes.SHA256()).public_bytes(_PEM)

    names = x509.SubjectAlternativeName([x509.DNSName(DOMAIN), x509.DNSName(f"*.{DOMAIN}")])
    paths = tuple(folder / name for name in ("authority.pem", "key.pem", "certificate.pem"))
    paths[0].write_bytes(signed("test authority", root.public_key(), x509.BasicConstraints(ca=True, path_length=0)))
    private = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(_PEM, private, serialization.NoEncryption()))
    paths[2].write_bytes(signed(DOMAIN, key.public_key(), names))
    return paths  # type: ignore[return-value]


_PEM = serialization.Encoding.PEM


def _answers(port: int, authority: Path) -> bool:
    context = ssl.create_default_context(cafile=str(authority))
    context.check_hostname = False  # asked by address; the browser asks by name
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(f"https://127.0.0.1:{port}/hub/login", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def walled_hub(home: Path, *, walls: bool, people: tuple[str, ...], **variables: str) -> Iterator[Walled]:
    """Start a hub with https and accounts for some people, and stop it."""
    home.mkdir(parents=True)
    authority, key, certificate = certificates(home)
    folder = StateFolder((home / "state").resolve())
    folder.prepare()
    store, hashed = AccountStore(f"sqlite:///{folder.accounts}"), PasswordHashes().make(PASSWORD)
    for name in people:
        store.add(Account(name=name, password_hash=hashed, state=ACTIVE, admin=name == "root"), actor="test")
    store.close()
    port, hub_port, proxy_port, service_port = free_ports(4)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JOULEBOOK_", "JUPYTER"))}
    keys = ("JOULEBOOK_NODE", "JOULEBOOK_PROXY_FOLDER")
    kept |= {name: os.environ[name] for name in keys if name in os.environ}
    kept |= {
        "PYTHONPATH": os.pathsep.join(str(ROOT / room) for room in ("hub_config", "kernels", "solvers", "extension")),
        "JOULEBOOK_HOME": str(folder.root), "JOULEBOOK_PROFILE": "systemd", "JOULEBOOK_PORT": str(port),
        "JOULEBOOK_HUB_PORT": str(hub_port), "JOULEBOOK_PROXY_API_PORT": str(proxy_port),
        "JOULEBOOK_SERVICE_PORT": str(service_port), "JOULEBOOK_PUBLIC_URL": f"https://{DOMAIN}:{port}",
        "JOULEBOOK_TLS_KEY": str(key), "JOULEBOOK_TLS_CERT": str(certificate), "WALLS": "on" if walls else "off",
        **variables,
    }  # fmt: skip
    with (home / "hub.log").open("wb") as log:
        command = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "hub_config.py")]
        process = subprocess.Popen(command, cwd=home, env=kept, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for("the hub's sign-in page", lambda: _answers(port, authority), 60, lambda: _ended(process, home))
        yield Walled(folder, port, service_port, walls, authority, process)
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, number)
            try:
                process.wait(20)
                break
            except subprocess.TimeoutExpired:
                continue


def _ended(process: subprocess.Popen[bytes], home: Path) -> None:
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError((home / "hub.log").read_text(encoding="utf-8")[-3000:])
