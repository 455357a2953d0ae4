"""The checks of docs/explanation/security.md that need a running hub."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from tornado import web
from traitlets.config import Config

from joulebook_hub import profiles
from joulebook_hub.settings import HubSettings


@pytest.fixture(scope="module")
def admin(hub):
    return hub.admin()


@pytest.mark.parametrize("path", ["/hub/login", "/hub/login/code", "/hub/login/new-password", "/hub/signup"])
def test_forms_of_strangers_need_the_token_of_the_page(hub, path):
    browser = hub.browser()
    browser.get("/hub/login")
    answer = browser.session.post(hub.url + path, data={"username": "admin", "password": "x"}, timeout=30)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/hub/password", {"current": "x"}),
        ("/hub/second-factor", {"password": "x"}),
        ("/hub/accounts", {"action": "add", "name": "mallory"}),
        ("/hub/spawn", {}),
        ("/hub/api/users/mallory", {}),
        ("/hub/api/groups/mallory", {}),
        ("/hub/api/shutdown", {}),
    ],
)
def test_state_changes_of_members_need_the_token_of_the_page(hub, admin, path, fields):
    answer = admin.session.post(hub.url + path, data=fields, timeout=30)
    assert answer.status_code == 403, path
    wrong = admin.session.post(hub.url + path, data=fields | {"_xsrf": "made-up"}, timeout=30)
    assert wrong.status_code == 403, path


def test_nobody_can_be_signed_in_with_a_page_of_somebody_else(hub):
    """Login CSRF: the token of one browser's page is worth nothing in another."""
    attacker, victim = hub.browser(agent="attacker"), hub.browser(agent="victim")
    page = attacker.get("/hub/login")
    victim.get("/hub/login")
    fields = {"username": "admin", "password": hub.ADMIN_PASSWORD}
    assert victim.continue_with(page, "/hub/login", fields).status_code == 403
    assert "jupyterhub-hub-login" not in victim.session.cookies


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(hub):
    browser = hub.browser()
    answer = browser.sign_in("admin", hub.ADMIN_PASSWORD, allow_redirects=False)
    cookies = answer.raw.headers.getlist("Set-Cookie")
    session = [cookie for cookie in cookies if cookie.startswith(("jupyterhub-hub-login", "jupyterhub-session-id"))]
    assert len(session) == 2
    for cookie in session:
        assert "httponly" in cookie.lower() and "samesite=lax" in cookie.lower(), cookie


def test_pages_load_nothing_from_elsewhere(hub, admin):
    for path in ("/hub/login", "/hub/signup", "/hub/accounts", "/hub/second-factor", "/hub/home"):
        answer = (admin if path not in {"/hub/login", "/hub/signup"} else hub.browser()).get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert 'src="http' not in answer.text and 'href="http' not in answer.text, path


def test_redirections_stay_on_the_hub(hub):
    for following in ("https://evil.example", "//evil.example", "/\\evil.example", "https:evil.example"):
        answer = hub.browser().sign_in("admin", hub.ADMIN_PASSWORD, following=following, allow_redirects=False)
        assert answer.status_code == 302
        target = urljoin(hub.url, answer.headers["Location"])
        assert target.startswith(hub.url + "/"), target


def test_metrics_are_closed(hub):
    assert hub.browser().get("/hub/metrics").status_code == 403


def test_tokens_end(hub, admin):
    made = admin.api("POST", "/users/admin/tokens", json={"note": "for ever"})
    assert made.status_code == 400 or made.json()["expires_at"] is not None


def test_the_sign_in_page_says_what_the_local_profile_is_for(hub):
    text = " ".join(hub.browser().get("/hub/login").text.split())
    assert "For one trusted machine" in text and "the same rights" in text


def test_typed_text_is_shown_as_text(hub):
    typed = '"><script>alert(1)</script>'
    for answer in (hub.browser().sign_in(typed, "x"), hub.browser().sign_up(typed, "x" * 12)):
        assert "<script>alert(1)" not in answer.text
        assert "&lt;script&gt;" in answer.text


def test_many_attempts_from_one_address_are_slowed(new_hub):
    """A hub of its own, because all tests share one address."""
    hub = new_hub(JOULEBOOK_ATTEMPTS_PER_MINUTE="7", JOULEBOOK_SIGN_UPS_PER_HOUR="2")
    assert hub.up().returncode == 0
    browser = hub.browser()
    answers = [browser.sign_in(f"user{i}", "wrong wrong") for i in range(8)]
    assert "not right" in answers[6].text
    assert "Too many attempts from your address" in answers[7].text
    sign_ups = [browser.sign_up(f"user{i}", "coil gun marmalade").text for i in range(3)]
    assert "waits for an administrator" in sign_ups[1]
    assert "Too many sign-ups from your address" in sign_ups[2]
    assert hub.down().returncode == 0


def _changing_routes(home):
    """Every page of ours, and route of the hub's API, that changes something: verb and path, from the configuration.

    Left out are routes that no cookie opens: those of OAuth take a client's secret, those of authorizations are gone.
    """
    c = Config()
    profiles.configure(c, HubSettings.from_environment({"JOULEBOOK_HOME": str(home)}))
    c.JupyterHub.tornado_settings["joulebook_store"].close()
    own = c.JupyterHub.authenticator_class().get_handlers(None)
    for pattern, handler, *_ in [*c.JupyterHub.extra_handlers, *own]:
        path = re.sub(r"\([^)]*\)", "x", pattern).replace("\\", "")
        if path.startswith(("/api/oauth2", "/api/authorizations")):
            continue
        for verb in ("post", "put", "patch", "delete"):
            if getattr(handler, verb) is not getattr(web.RequestHandler, verb):
                yield verb.upper(), path


def test_no_page_of_ours_changes_anything_without_its_token(hub, admin, tmp_path):
    routes = sorted(set(_changing_routes(tmp_path / "home")))
    pages = {"/password", "/accounts", "/plans", "/billing", "/billing/operator", "/organisations", "/invitation"}
    assert pages <= {path for _, path in routes}, "the list is made from the hub's own routes"
    for verb, path in routes:
        body = {"json": {}} if path.startswith("/api/") else {"data": {"action": "x"}}
        answer = admin.session.request(verb, f"{hub.url}/hub{path}", timeout=30, **body)
        assert answer.status_code == 403, f"{verb} {path}: {answer.status_code}"
