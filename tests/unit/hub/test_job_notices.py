"""Notices at the wire: an SMTP server and a webhook of our own, signatures, tries, and addresses that are refused."""

from __future__ import annotations

import email
import hashlib
import hmac
import json
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from joulebook_hub.errors import HubError
from joulebook_hub.jobs import notices, tables
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.notices import Courier, check_email, check_webhook, signing_key
from joulebook_hub.jobs.orders import ORDER
from joulebook_hub.jobs.records import Ending
from joulebook_hub.jobs.roster import Roster, Sign
from joulebook_hub.plans import Plans
from joulebook_hub.store import Store

CELL = ORDER.validate_python({"kind": "report", "report": "cell", "file": "my.cell.json"})


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to get a message."""

    def handle(self):
        def say(line):
            self.wfile.write(line.encode() + b"\r\n")

        say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split(":")[0]
            if word.startswith(("EHLO", "HELO", "MAIL", "RCPT", "RSET", "NOOP")):
                if word.startswith("RCPT"):
                    self.server.recipients.append(line)
                say("250 ok")
            elif word == "DATA":
                say("354 go on")
                content = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    content += part
                self.server.messages.append(email.message_from_bytes(content))
                say("250 kept")
            else:
                say("221 bye")
                return


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def served():
    running = []

    def serve(kind, handler, **attributes):
        server = kind(("127.0.0.1", 0), handler)
        for name, value in attributes.items():
            setattr(server, name, value)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((server, thread))
        return server

    yield serve
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def hook(served):
    return served(ThreadingHTTPServer, Hook, calls=[], answers=[])


class Hub:
    def __init__(self, home, **variables):
        self.passed = 0.0
        self.store = Store(f"sqlite:///{home}/ledger.sqlite", passing=lambda: self.passed)
        self.book, self.roster = JobBook(self.store, Gate(Plans.read())), Roster(self.store)
        self.courier = Courier.of({"JOULEBOOK_PROFILE": "local", **variables}, home)

    def end(self, how="done", **notice):
        self.book.submit("ada", (), Wish(CELL, "LG M50\u2028weekly", 1, notice))
        row = self.roster.claim("w")
        results = {"folder": "jobs/x", "files": [{"path": "jobs/x/a.pdf", "size": 1}]}
        ending = Ending(how, "" if how == "done" else "no convergence")
        assert self.roster.finish("w", Sign(row.key, row.attempt), ending, results)
        return row.key

    def letters(self):
        with self.store.read() as transaction:
            return transaction.execute(select(tables.notices)).all()


@pytest.fixture
def hub(tmp_path):
    hubs = []

    def make(**variables):
        hubs.append(Hub(tmp_path, **variables))
        return hubs[-1]

    yield make
    for one in hubs:
        one.store.close()


def test_email(hub, served):
    sink = served(socketserver.ThreadingTCPServer, Mail, recipients=[], messages=[], daemon_threads=True)
    port = str(sink.server_address[1])
    settings = {"JOULEBOOK_SMTP_HOST": "127.0.0.1", "JOULEBOOK_SMTP_PORT": port, "JOULEBOOK_SMTP_SECURITY": "none"}
    hub = hub(**settings, JOULEBOOK_SMTP_FROM="hub@example.org")
    hub.end("failed", email="ada@example.org")
    assert hub.courier.send_due(hub.store) == 1 and hub.courier.send_due(hub.store) == 0
    (message,) = sink.messages
    assert message["To"] == "ada@example.org" and message["From"] == "hub@example.org"
    assert message["Subject"] == "Joulebook: LG M50 weekly has failed"
    text = message.get_payload(decode=True).decode()
    assert "no convergence" in text and "jobs/x/a.pdf" in text
    assert [row.state for row in hub.letters()] == ["sent"]


def test_a_webhook_is_signed_with_the_users_key(hub, hook):
    hub = hub()
    key = hub.end(webhook=f"http://127.0.0.1:{hook.server_port}/here?x=1")
    assert hub.courier.send_due(hub.store) == 1
    path, headers, body = hook.calls[0]
    said = json.loads(body)
    assert path == "/here?x=1" and (said["event"], said["job"], said["results"]) == ("job.done", key, ["jobs/x/a.pdf"])
    at, signature = (part.partition("=")[2] for part in headers["Joulebook-Signature"].split(","))
    own = signing_key(hub.courier.secret, "ada")
    assert signature == hmac.new(own.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["Joulebook-Delivery"] == said["id"] and own != signing_key(hub.courier.secret, "bob")


def test_a_webhook_that_fails_is_tried_again_under_the_same_identity(hub, hook):
    hook.answers += [500, 204]
    hub = hub()
    hub.end(webhook=f"http://127.0.0.1:{hook.server_port}/")
    assert hub.courier.send_due(hub.store) == 0 and hub.courier.send_due(hub.store) == 0
    hub.passed += 11.0
    assert hub.courier.send_due(hub.store) == 1
    first, second = (json.loads(body)["id"] for _, _, body in hook.calls)
    assert first == second and hub.letters()[0].tries == 2


def test_redirects_are_not_followed_and_tries_end(hub, hook):
    hub = hub()
    target = f"http://127.0.0.1:{hook.server_port}/"
    hook.answers.append(302)
    hub.end(webhook=target)
    assert hub.courier.send_due(hub.store) == 0 and hub.letters()[0].state == "failed"
    hook.answers += [500] * 10
    hub.end(webhook=target)
    for _ in range(10):
        hub.courier.send_due(hub.store)
        hub.passed += 10_000.0
    assert hub.letters()[1].state == "failed" and hub.letters()[1].tries == 6 and len(hook.calls) == 7


def test_only_wanted_ends_are_told(hub):
    hub = hub()
    hub.end("done", webhook="https://hooks.example.org/", when="failure")
    assert hub.letters() == []
    hub.end("refused", webhook="https://hooks.example.org/", when="failure")
    assert [json.loads(row.content)["state"] for row in hub.letters()] == ["failed"]
    hub.end("cancelled", webhook="https://hooks.example.org/")
    assert len(hub.letters()) == 1, "who cancels knows it"


PRIVATE = ("10.0.0.1", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1")
PRIVATE6 = ("::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1")


@pytest.mark.parametrize("host", [*PRIVATE, *(f"[{one}]" for one in PRIVATE6), "127.0.0.1"])
def test_private_addresses_are_refused_in_production(host):
    for scheme in ("http", "https"):
        with pytest.raises(HubError, match="public https address"):
            check_webhook(f"{scheme}://{host}/x", local=False)


@pytest.mark.parametrize("host", [*PRIVATE, "fd00::1"])
def test_a_name_that_leads_to_a_private_address_is_not_called(hub, monkeypatch, host):
    def look_up(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", (host, 443))]

    monkeypatch.setattr(notices.socket, "getaddrinfo", look_up)
    hub = hub(JOULEBOOK_PROFILE="kubernetes")
    hub.end(webhook="https://rebinds.example.org/")
    assert hub.courier.send_due(hub.store) == 0
    assert hub.letters()[0].state == "failed" and "not a public address" in hub.letters()[0].error


def test_the_connection_goes_to_the_address_that_was_checked(hub, monkeypatch):
    asked, reached = [], []

    def look_up(host, port, *_, **__):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))]

    def post(self, target, **options):
        reached.append((target, options["headers"]["Host"], options["extensions"]))
        raise notices.httpx.ConnectError("no network in tests")

    monkeypatch.setattr(notices.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(notices.httpx.Client, "post", post)
    hub = hub(JOULEBOOK_PROFILE="systemd")
    hub.end(webhook="https://hooks.example.org/a")
    assert hub.courier.send_due(hub.store) == 0
    assert asked == ["hooks.example.org"]
    sni = {"sni_hostname": "hooks.example.org"}
    assert reached == [("https://93.184.216.34:443/a", "hooks.example.org", sni)]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "ftp://a.example.org",
            "https://",
            "https://a b/",
            "https://u:p@a.example.org/",
            "https://a.example.org/#x",
        ),
        *(
            "http://a.example.org/",
            "https://a.example.org:0/",
            "https://a.example.org:99999/",
            "https://ä.example.org/",
        ),
        *("https://a.example.org/\r\nX: y", "javascript:x", "https://" + "a" * 1000, "http://localhost.example.org/"),
    ],
)
def test_bad_webhooks_are_refused(url):
    for local in (True, False):
        with pytest.raises(HubError, match="webhook"):
            check_webhook(url, local=local)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text):
    for check in (lambda: check_webhook(text, local=True), lambda: check_email(text)):
        try:
            check()
        except HubError as error:
            assert "use a" in error.user_message


def test_emails_keep_to_the_domains(hub):
    check_email("ada@example.org", ("example.org",))
    for address in ("ada@evil.org", "ada@example.org\nBcc: x@y.org", "ada", "<ada@example.org>", "a@b@example.org"):
        with pytest.raises(HubError, match="email"):
            check_email(address, ("example.org",))
    with pytest.raises(HubError, match="writes no e-mail"):
        hub().courier.check({"email": "ada@example.org"})


def test_settings_are_checked(tmp_path):
    for variables, said in (
        ({"JOULEBOOK_SMTP_SECURITY": "none", "JOULEBOOK_SMTP_HOST": "mail.example.org"}, "starttls or tls"),
        ({"JOULEBOOK_SMTP_SECURITY": "ssl"}, "starttls or tls"),
        ({"JOULEBOOK_SMTP_PORT": "0"}, "1 to 65535"),
    ):
        with pytest.raises(HubError, match=said):
            Courier.of(variables, tmp_path)
    first, second = Courier.of({}, tmp_path), Courier.of({}, tmp_path)
    assert first.secret == second.secret and len(first.secret) == 64
    assert (tmp_path / "notice_secret").stat().st_mode & 0o077 == 0 and first.secret.decode() not in repr(first)
