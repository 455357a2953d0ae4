"""Sending notices: e-mail by SMTP, webhooks by signed POST.

A webhook goes to an ``https`` address that is public, or, on a hub of one's own machine, to a loopback address. The
name is looked up once and the connection made to that very address, so that a name cannot lead to this hub's own
network between the check and the call; redirects are not followed. The body is signed as
``Joulebook-Signature: t=TIME,v1=HMAC-SHA256(key, "TIME." + body)`` with the user's own key.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import re
import secrets
import smtplib
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from joulebook_hub.errors import HubError
from joulebook_hub.jobs import outbox
from joulebook_hub.settings import is_loopback
from joulebook_hub.store import Store

__all__ = ["VARIABLES", "Courier", "check_email", "check_webhook", "signature", "signing_key"]

VARIABLES = (
    *("JOULEBOOK_SMTP_HOST", "JOULEBOOK_SMTP_PORT", "JOULEBOOK_SMTP_SECURITY", "JOULEBOOK_SMTP_USER"),
    *("JOULEBOOK_SMTP_PASSWORD_FILE", "JOULEBOOK_SMTP_FROM", "JOULEBOOK_NOTICE_DOMAINS", "JOULEBOOK_PROFILE"),
    "JOULEBOOK_NOTICE_SECRET_FILE",
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)*[A-Za-z0-9-]{1,63})")
_TIMEOUT = 10.0
_SECURITY = ("starttls", "tls", "none")


def check_email(address: str, domains: tuple[str, ...] = ()) -> None:
    """Refuse what is no e-mail address, or is outside the domains that the hub writes to.

    Parameters
    ----------
    address : str
        The address.
    domains : tuple of str
        Allowed domains; empty for all.

    Raises
    ------
    HubError
        With what is allowed.
    """
    found = _EMAIL.fullmatch(address) if len(address) <= 254 else None
    if found is None:
        message = f"email = {address[:80]!r}: use an address such as ada@example.org."
        raise HubError(message, reason="bad_email")
    if domains and found.group(1).lower() not in domains:
        message = f"email = {address!r}: this hub writes to {', '.join(domains)} only."
        raise HubError(message, reason="bad_email")


def check_webhook(url: str, *, local: bool) -> None:
    """Refuse an address that no webhook may have; where its name leads is looked at when it is called.

    Parameters
    ----------
    url : str
        The address.
    local : bool
        True on a hub of one's own machine, where loopback addresses are allowed.

    Raises
    ------
    HubError
        With what is allowed.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    plain = parts.scheme == "http" and local and is_loopback(host)
    good = (parts.scheme == "https" or plain) and host and not parts.username and not parts.fragment and port != 0
    literal = _literal(host)
    if good and literal is not None and not _may_call(literal, local):
        good = False
    if not good or len(url) > 1000 or not url.isascii() or not url.isprintable() or " " in url:
        more = ", or an http or https address of this machine" if local else ""
        message = f"webhook = {url[:120]!r}: use a public https address without a password{more}."
        raise HubError(message, reason="bad_webhook")


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _may_call(address: ipaddress.IPv4Address | ipaddress.IPv6Address, local: bool) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return _may_call(mapped, local)
    if address.is_loopback:
        return local
    return address.is_global and not address.is_multicast and not address.is_reserved


def signing_key(secret: bytes, user: str) -> str:
    """Key with which webhooks of a user are signed.

    Parameters
    ----------
    secret : bytes
        The hub's.
    user : str
        Whose.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hmac.new(secret, b"webhook:" + user.encode(), hashlib.sha256).hexdigest()


def signature(key: str, at: int, body: bytes) -> str:
    """Sign a webhook.

    Parameters
    ----------
    key : str
        The user's key.
    at : int
        When, s since 1970.
    body : bytes
        What is sent.

    Returns
    -------
    str
        Value of the header ``Joulebook-Signature``.

    Examples
    --------
    >>> signature("k", 1, b"{}")[:9]
    't=1,v1=3d'
    """
    digest = hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class _NotDeliverable(Exception):  # noqa: N818 - the reason is what matters
    """Trying again cannot help."""


@dataclass
class Courier:
    """Sends notices.

    Parameters
    ----------
    settings : mapping of str to str
        The variables of `VARIABLES`.
    secret : bytes
        The hub's secret for signatures.
    """

    settings: Mapping[str, str] = field(repr=False)
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str], home: Path) -> Courier:
        """Read the settings, and the secret, which is made at the first use.

        Parameters
        ----------
        environment : mapping of str to str
            With the variables of `VARIABLES`.
        home : Path
            The hub's folder.

        Returns
        -------
        Courier
            Ready to send.

        Raises
        ------
        HubError
            If a setting is wrong.
        """
        security = environment.get("JOULEBOOK_SMTP_SECURITY", "starttls")
        host = environment.get("JOULEBOOK_SMTP_HOST", "")
        port = environment.get("JOULEBOOK_SMTP_PORT", "587")
        if security not in _SECURITY or (security == "none" and not is_loopback(host)):
            message = (
                f"JOULEBOOK_SMTP_SECURITY = {security!r}: use starttls or tls; none is for a server on this machine."
            )
            raise HubError(message, reason="bad_settings")
        if not port.isdigit() or not 0 < int(port) < 65536:
            message = f"JOULEBOOK_SMTP_PORT = {port!r}: use a number from 1 to 65535."
            raise HubError(message, reason="bad_settings")
        return cls(
            environment, _secret(Path(environment.get("JOULEBOOK_NOTICE_SECRET_FILE") or home / "notice_secret"))
        )

    @property
    def local(self) -> bool:
        """Whether this is a hub of one's own machine."""
        return self.settings.get("JOULEBOOK_PROFILE", "") == "local"

    @property
    def writes_email(self) -> bool:
        """Whether an SMTP server is named."""
        return bool(self.settings.get("JOULEBOOK_SMTP_HOST"))

    @property
    def domains(self) -> tuple[str, ...]:
        """Domains that the hub writes to; empty for all."""
        given = self.settings.get("JOULEBOOK_NOTICE_DOMAINS", "")
        return tuple(name.strip().lower() for name in given.split(",") if name.strip())

    def check(self, notice: Mapping[str, Any]) -> None:
        """Refuse a notice that could not be sent.

        Parameters
        ----------
        notice : mapping
            With ``email`` and ``webhook``.

        Raises
        ------
        HubError
            With what is allowed.
        """
        if notice.get("email"):
            if not self.writes_email:
                message = "This hub writes no e-mail: it has no JOULEBOOK_SMTP_HOST. Use a webhook."
                raise HubError(message, reason="no_email")
            check_email(notice["email"], self.domains)
        if notice.get("webhook"):
            check_webhook(notice["webhook"], local=self.local)

    def send_due(self, store: Store) -> int:
        """Send what is due.

        Parameters
        ----------
        store : Store
            Where the notices are.

        Returns
        -------
        int
            How many arrived.
        """
        arrived = 0
        for letter in outbox.take_due(store):
            try:
                (self._email if letter.channel == "email" else self._call)(letter)
            except _NotDeliverable as error:
                outbox.unsent(store, letter.key, str(error), for_good=True)
            except (OSError, smtplib.SMTPException, httpx.HTTPError) as error:
                outbox.unsent(store, letter.key, f"{type(error).__name__}: {error}")
            else:
                outbox.sent(store, letter.key)
                arrived += 1
        return arrived

    def _email(self, letter: outbox.Letter) -> None:
        host, port = self.settings.get("JOULEBOOK_SMTP_HOST", ""), int(self.settings.get("JOULEBOOK_SMTP_PORT", "587"))
        if not host:
            message = "this hub has no JOULEBOOK_SMTP_HOST any more"
            raise _NotDeliverable(message)
        mail = self._mail(letter)
        security = self.settings.get("JOULEBOOK_SMTP_SECURITY", "starttls")
        context = ssl.create_default_context()
        if security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=_TIMEOUT)
        with server:
            if security == "starttls":
                server.starttls(context=context)
            user = self.settings.get("JOULEBOOK_SMTP_USER", "")
            if user:
                server.login(user, _first_line(self.settings.get("JOULEBOOK_SMTP_PASSWORD_FILE", "")))
            server.send_message(mail)

    def _mail(self, letter: outbox.Letter) -> EmailMessage:
        said = letter.content
        title = " ".join(str(said["title"]).split())
        words = {"done": "is done", "failed": "has failed", "refused": "could not be submitted"}[said["state"]]
        mail = EmailMessage()
        mail["Subject"] = f"Joulebook: {title} {words}"
        sender = self.settings.get("JOULEBOOK_SMTP_FROM", "") or "joulebook@localhost"
        mail["From"], mail["To"] = sender, letter.target
        mail["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        lines = [f"{title} {words}."]
        if said["error"]:
            lines += ["", str(said["error"])]
        if said["results"]:
            lines += ["", "Results in your workspace:", *(f"  {path}" for path in said["results"][:50])]
        mail.set_content("\n".join(lines) + "\n")
        return mail

    def _call(self, letter: outbox.Letter) -> None:
        url = urlsplit(letter.target)
        host = url.hostname or ""
        try:
            check_webhook(letter.target, local=self.local)
        except HubError as error:
            raise _NotDeliverable(error.user_message) from error
        port = url.port or (443 if url.scheme == "https" else 80)
        address = self._address(host, port)
        body = json.dumps({"id": letter.key, **letter.content}).encode()
        at = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "Host": url.netloc,
            "User-Agent": "Joulebook",
            "Joulebook-Delivery": letter.key,
            "Joulebook-Signature": signature(signing_key(self.secret, letter.user), at, body),
        }
        shown = f"[{address}]" if ":" in address else address
        target = f"{url.scheme}://{shown}:{port}{url.path or '/'}" + (f"?{url.query}" if url.query else "")
        with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
            answer = client.post(target, content=body, headers=headers, extensions={"sni_hostname": host})
        if answer.status_code in {404, 410} or 300 <= answer.status_code < 400:
            message = f"the webhook answered {answer.status_code}"
            raise _NotDeliverable(message)
        if answer.status_code >= 300:
            message = f"the webhook answered {answer.status_code}"
            raise OSError(message)

    def _address(self, host: str, port: int) -> str:
        """Look a name up, once; every address that it has must be allowed."""
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        for address in found:
            if not _may_call(ipaddress.ip_address(str(address).partition("%")[0]), self.local):
                message = f"{host} leads to {address}, which is not a public address"
                raise _NotDeliverable(message)
        return str(sorted(found, key=lambda address: ":" in str(address))[0])


def _secret(path: Path) -> bytes:
    """The hub's secret, made once; two processes that make it at the same time end with the same one."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes().strip()


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError) as error:
        message = "JOULEBOOK_SMTP_PASSWORD_FILE cannot be read"
        raise OSError(message) from error
