"""People: first administrator, sign-up, approval, second factor, delays, sign-out."""

from __future__ import annotations

import re
import time

import pyotp
import pytest

from joulebook_hub.accounts import AccountStore

PASSWORD = "coil gun marmalade"


@pytest.fixture(scope="module")
def admin(hub):
    return hub.admin()


@pytest.fixture(scope="module")
def store(hub):
    store = AccountStore(f"sqlite:///{hub.folder.accounts}")
    yield store
    store.close()


def do(admin, action, name):
    return admin.submit("/hub/accounts", {"action": action, "name": name})


def test_one_time_password_gives_no_session_before_a_new_one(hub, admin):
    """Every step of the way in, for an account that an administrator adds."""
    page = do(admin, "add", "noether")
    once = re.search(r"<code>(\S+)</code>", page.text).group(1)
    browser = hub.browser()
    page = browser.sign_in("noether", once)
    assert page.status_code == 200 and "Choose a password" in page.text
    assert "jupyterhub-hub-login" not in browser.session.cookies
    assert "/hub/login" in browser.get("/hub/home").url

    fields = {"password": once, "repeated": once}
    page = browser.continue_with(page, "/hub/login/new-password", fields)
    assert page.status_code == 403 and "Choose a new one" in page.text
    page = browser.continue_with(page, "/hub/login/new-password", {"password": "short", "repeated": "short"})
    assert page.status_code == 403 and "at least 10" in page.text
    ticket = page
    page = browser.continue_with(page, "/hub/login/new-password", {"password": PASSWORD, "repeated": PASSWORD})
    assert page.url.endswith("/hub/home")

    other = hub.browser()
    other.get("/hub/login")
    reused = other.continue_with(ticket, "/hub/login/new-password", {"password": PASSWORD, "repeated": PASSWORD})
    assert reused.status_code == 403, "a ticket works once, and in one browser"
    assert hub.browser().sign_in("noether", once).status_code == 403


def test_sign_up_waits_for_approval(hub, admin):
    browser = hub.browser()
    page = browser.sign_up("grace", PASSWORD, "<script>alert(1)</script><img src=x onerror=alert(2)>")
    assert page.status_code == 200 and "waits for an administrator" in page.text
    refused = browser.sign_in("grace", PASSWORD)
    assert refused.status_code == 403 and "approval" in refused.text
    wrong = browser.sign_in("grace", "not the password")
    assert wrong.status_code == 403 and "approval" not in wrong.text, "the state is told to who knows the password only"

    listed = admin.get("/hub/accounts").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in listed
    assert "<script>alert(1)" not in listed and "<img src=x" not in listed

    assert "grace may sign in now" in do(admin, "approve", "grace").text
    assert browser.sign_in("grace", PASSWORD).url.endswith("/hub/home")
    assert browser.get("/hub/accounts").status_code == 403
    assert (
        browser.submit("/hub/password", {"action": "promote", "name": "grace"}, to="/hub/accounts").status_code == 403
    )


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("../../etc", PASSWORD, "lower-case letters"),
        ("root", PASSWORD, "lower-case letters"),
        ("admin", PASSWORD, "is taken"),
        ("curie", "password1234", "tried first"),
        ("curie", "aaaaaaaaaaaa", "different"),
    ],
)
def test_refused_sign_ups(hub, name, password, words):
    page = hub.browser().sign_up(name, password)
    assert page.status_code == 400
    assert words in page.text
    assert 'value="' + ("&lt;" if "<" in name else name) in page.text, "what was typed is kept"


def test_wrong_passwords_are_delayed_alike_for_known_and_unknown_names(hub, admin, store):
    once = re.search(r"<code>(\S+)</code>", do(admin, "add", "franklin").text).group(1)
    browser = hub.browser()
    answers = {}
    for name in ("franklin", "nobody-here"):
        answers[name] = [browser.sign_in(name, f"wrong {i}") for i in range(5)]
        assert [answer.status_code for answer in answers[name]] == [403] * 5
        assert "not right" in answers[name][0].text
        assert "Try again in" in answers[name][4].text
    refused = browser.sign_in("franklin", once)
    assert refused.status_code == 403 and "Try again in" in refused.text, "even the right password has to wait"
    store.forget_failures("franklin")
    assert "Choose a password" in browser.sign_in("franklin", once).text


def test_second_factor(hub, admin, store):
    once = re.search(r"<code>(\S+)</code>", do(admin, "add", "lovelace").text).group(1)
    browser = hub.browser()
    page = browser.sign_in("lovelace", once)
    browser.continue_with(page, "/hub/login/new-password", {"password": PASSWORD, "repeated": PASSWORD})
    page = browser.get("/hub/second-factor")
    assert "<svg" in page.text and "http" not in re.search(r"<svg.*?</svg>", page.text, re.S).group(0).replace(
        "http://www.w3.org/2000/svg", ""
    )
    secret = "".join(re.search(r'jb-secret">([^<]+)<', page.text).group(1).split())
    codes = pyotp.TOTP(secret)
    wrong = browser.continue_with(page, "/hub/second-factor", {"code": "000000", "password": PASSWORD})
    assert wrong.status_code == 400 and store.find("lovelace").totp_secret is None
    now = time.time()
    used = codes.at(now)
    page = browser.continue_with(wrong, "/hub/second-factor", {"code": used, "password": PASSWORD})
    assert "is on" in page.text

    other = hub.browser()
    page = other.sign_in("lovelace", PASSWORD)
    assert "six digits" in page.text and "jupyterhub-hub-login" not in other.session.cookies
    replayed = other.continue_with(page, "/hub/login/code", {"code": used})
    assert replayed.status_code == 403, "a code works once"
    page = other.continue_with(replayed, "/hub/login/code", {"code": codes.at(now + 30)})
    assert page.url.endswith("/hub/home")
    assert "is off" in other.submit("/hub/second-factor", {"password": PASSWORD}).text


def test_changed_password_signs_out_the_other_browsers(hub, admin):
    once = re.search(r"<code>(\S+)</code>", do(admin, "add", "meitner").text).group(1)
    first, second = hub.browser(), hub.browser()
    page = first.sign_in("meitner", once)
    first.continue_with(page, "/hub/login/new-password", {"password": PASSWORD, "repeated": PASSWORD})
    assert second.sign_in("meitner", PASSWORD).url.endswith("/hub/home")
    fields = {"current": PASSWORD, "password": "another good one", "repeated": "another good one"}
    assert "is changed" in first.submit("/hub/password", fields).text
    assert first.get("/hub/home").url.endswith("/hub/home")
    assert "/hub/login" in second.get("/hub/home").url
    wrong = first.submit("/hub/password", fields)
    assert wrong.status_code == 400 and "present password is not right" in wrong.text


def test_suspended_account_is_out_at_once(hub, admin):
    once = re.search(r"<code>(\S+)</code>", do(admin, "add", "hopper").text).group(1)
    browser = hub.browser()
    page = browser.sign_in("hopper", once)
    browser.continue_with(page, "/hub/login/new-password", {"password": PASSWORD, "repeated": PASSWORD})
    made = browser.api("POST", "/users/hopper/tokens", json={"note": "mine", "expires_in": 3600})
    headers = {"Authorization": f"token {made.json()['token']}"}
    places = ("/hub/api/user", "/services/joulebook/quota")
    assert [hub.browser().get(path, headers=headers).status_code for path in places] == [200, 200]
    assert "is suspended" in do(admin, "suspend", "hopper").text
    assert "/hub/login" in browser.get("/hub/home").url
    assert [hub.browser().get(path, headers=headers).status_code for path in places] == [403, 403]
    assert browser.sign_in("hopper", PASSWORD).status_code == 403
    assert "may sign in again" in do(admin, "resume", "hopper").text
    assert browser.sign_in("hopper", PASSWORD).url.endswith("/hub/home")


def test_administrators_cannot_lock_themselves_out(admin):
    for action in ("suspend", "demote", "reset"):
        answer = do(admin, action, "admin")
        assert answer.status_code == 400 and "your own account" in answer.text


def test_actions_are_written_down(store, admin):
    do(admin, "add", "joule")
    lines = {(line.actor, line.action, line.subject) for line in store.audit(most=200)}
    assert ("admin", "account made", "joule") in lines
    assert ("admin", "one-time password given", "joule") in lines


def test_sign_out_and_in_again(hub):
    browser = hub.admin()
    out = browser.get("/hub/logout")
    assert out.status_code == 200 and "/hub/login" in out.url
    assert "jupyterhub-hub-login" not in browser.session.cookies
    assert "/hub/login" in browser.get("/hub/home").url
    assert browser.sign_in("admin", hub.ADMIN_PASSWORD).url.endswith("/hub/home")
