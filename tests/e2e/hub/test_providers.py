"""Sign-in by GitHub, Google and ORCID against a provider that speaks their protocol on a socket of this machine."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from traitlets.config import Config

from joulebook_hub.errors import HubError
from joulebook_hub.places import StateFolder
from joulebook_hub.providers import configure_sign_in
from joulebook_hub.settings import HubSettings

IDENTITY, SECRET = "client-of-joulebook", "correct-horse-of-the-client"


class Provider(ThreadingHTTPServer):
    """The three end points of an OAuth 2 provider, and what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.person: dict[str, object] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *arguments: object) -> None:
        pass

    def _give(self, content: object, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.server.seen.append((address.path, asked))
        if address.path.endswith("/authorize"):
            back = asked["redirect_uri"] + "?" + urlencode({"code": "one-use-code", "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", back)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.headers.get("Authorization", "").split(" ")[-1] != "token-of-the-person":
            self._give({"error": "no token"}, 401)
        elif address.path.endswith("/orgs"):
            self._give([{"login": "energy-lab"}])
        else:
            self._give(self.server.person)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        asked = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        self.server.seen.append((urlsplit(self.path).path, asked))
        if asked.get("client_secret") != SECRET or asked.get("code") != "one-use-code":
            self._give({"error": "bad_verification_code"})
        else:
            self._give({"access_token": "token-of-the-person", "token_type": "bearer", "scope": "openid"})


@pytest.fixture
def provider():
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_text(SECRET + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("sign_in", "variable", "allowed", "person", "name"),
    [
        ("github", "JOULEBOOK_GITHUB_URL", "octo-joule", {"login": "Octo-Joule", "email": None}, "octo-joule"),
        ("orcid", "JOULEBOOK_ORCID_URL", "0000-0002-1825-009X", {"sub": "0000-0002-1825-009X"}, "0000-0002-1825-009x"),
    ],
)
def test_the_whole_way_in(new_hub, provider, secret_file, sign_in, variable, allowed, person, name):
    hub = new_hub(
        JOULEBOOK_SIGN_IN=sign_in,
        JOULEBOOK_OAUTH_CLIENT_ID=IDENTITY,
        JOULEBOOK_OAUTH_CLIENT_SECRET_FILE=str(secret_file),
        JOULEBOOK_ALLOWED_USERS=allowed,
        JOULEBOOK_ADMINS=allowed,
        **{variable: provider.url},
    )
    done = hub.up()
    assert done.returncode == 0, done.stderr
    assert "One-time password" not in done.stdout
    page = hub.browser().get("/hub/login").text
    assert f"Sign in with {'GitHub' if sign_in == 'github' else 'ORCID'}" in page
    assert "password_input" not in page and hub.browser().get("/hub/signup").status_code == 404

    provider.person = person
    browser = hub.browser()
    answer = browser.get("/hub/oauth_login?next=/hub/home")
    assert answer.url.endswith("/hub/home"), answer.text
    assert browser.api("GET", "/user").json()["name"] == name
    assert browser.api("GET", "/user").json()["admin"] is True
    asked = dict(provider.seen)
    authorized = next(fields for path, fields in asked.items() if path.endswith("/authorize"))
    assert authorized["client_id"] == IDENTITY and authorized["code_challenge_method"] == "S256"
    assert authorized["redirect_uri"] == hub.url + "/hub/oauth_callback"

    provider.person = dict.fromkeys(person, "somebody-else")
    assert hub.browser().get("/hub/oauth_login").status_code == 403, "not on the list"
    forged = hub.browser().get("/hub/oauth_callback?code=one-use-code&state=made-up")
    assert forged.status_code == 400, "a state that the hub did not give"
    assert hub.down().returncode == 0


def test_google_by_domain(new_hub, provider, secret_file):
    """Google's own page is at a fixed address; the test brings back what that page would send the browser back with."""
    hub = new_hub(
        JOULEBOOK_SIGN_IN="google",
        JOULEBOOK_OAUTH_CLIENT_ID=IDENTITY,
        JOULEBOOK_OAUTH_CLIENT_SECRET_FILE=str(secret_file),
        JOULEBOOK_ALLOWED_GROUPS="example.org",
        GOOGLE_API_URL=provider.url,
    )
    done = hub.up()
    assert done.returncode == 0, done.stderr
    for email, domain, allowed in (
        ("ada@example.org", "example.org", True),
        ("ada@elsewhere.net", "elsewhere.net", False),
    ):
        provider.person = {"email": email, "hd": domain, "verified_email": True, "name": "Ada"}
        browser = hub.browser()
        away = browser.get("/hub/oauth_login?next=/hub/home", allow_redirects=False)
        address = urlsplit(away.headers["Location"])
        assert address.hostname == "accounts.google.com"
        back = urlencode({"code": "one-use-code", "state": parse_qs(address.query)["state"][0]})
        answer = browser.get(f"/hub/oauth_callback?{back}")
        assert answer.status_code == (200 if allowed else 403), answer.text
        if allowed:
            assert browser.api("GET", "/user").json()["name"] == "ada"
    assert hub.down().returncode == 0


def make_settings(tmp_path, secret_file, **changes) -> HubSettings:
    environment = {
        "JOULEBOOK_OAUTH_CLIENT_ID": IDENTITY,
        "JOULEBOOK_OAUTH_CLIENT_SECRET_FILE": str(secret_file),
    } | changes.pop("environment", {})
    return HubSettings(folder=StateFolder(tmp_path / "home"), environment=environment, **changes)


def test_an_incomplete_client_is_refused(tmp_path, secret_file):
    secret_file.chmod(0o644)
    settings = make_settings(tmp_path, secret_file, sign_in="github", environment={"JOULEBOOK_OAUTH_CLIENT_ID": ""})
    with pytest.raises(HubError) as refused:
        configure_sign_in(Config(), settings)
    for words in ("CLIENT_ID is empty", "chmod 600", "Nobody could enter"):
        assert words in refused.value.user_message
    orcid = make_settings(tmp_path, secret_file, sign_in="orcid", allowed_groups=("x",))
    secret_file.chmod(0o600)
    with pytest.raises(HubError, match="ORCID knows no groups"):
        configure_sign_in(Config(), orcid)
