"""What a plan does not allow, at a real hub: servers, storage with its way out, named servers, API tokens."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

PASSWORD = "coil gun marmalade"


@pytest.fixture(scope="module")
def faraday(hub):
    """A user with a small plan on a hub without limits otherwise; and what an administrator sets."""
    admin = hub.admin()
    page = admin.submit("/hub/accounts", {"action": "add", "name": "faraday"}).text
    once = re.search(r"<code>(\S+)</code>", page).group(1)
    browser = hub.browser()
    fields = {"password": PASSWORD, "repeated": PASSWORD}
    browser.continue_with(browser.sign_in("faraday", once), "/hub/login/new-password", fields)

    def allow(row, value):
        fields = {"whom": "person:faraday", "action": "row", "row": row, "value": value, "reason": "a test"}
        assert admin.submit("/hub/plans", fields).status_code == 200

    allow("storage", "0.004")
    allow("named_servers", "0")
    allow("api_tokens", "no")
    allow("grid_buses", "12")
    home = hub.folder.workspaces / "users" / "faraday"
    (home / "runs").mkdir(parents=True)
    yield SimpleNamespace(browser=browser, admin=admin, allow=allow, home=home)
    browser.api("DELETE", "/users/faraday/server")


def test_a_full_home_starts_no_server_until_a_large_file_is_gone(hub, faraday):
    browser, home = faraday.browser, faraday.home
    (home / "runs" / "sweep.nc").write_bytes(b"x" * 5_000_000)
    (home / "tiny").write_bytes(b"x")

    def delete(name):
        return browser.submit("/hub/usage", {"file": name, "_xsrf": browser.xsrf()})

    assert "tiny is deleted" in delete("tiny").text
    page = browser.get("/hub/usage").text
    assert "runs/sweep.nc" in page and "It is full" in page and "jb-meter red" in page
    refused = browser.get("/hub/spawn")
    assert refused.status_code == 402 and "of 0.004 GB of storage are used" in refused.text
    assert 'href="/hub/usage"' in refused.text
    by_api = browser.api("POST", "/users/faraday/server")
    assert by_api.status_code == 402 and "of 0.004 GB of storage are used" in by_api.json()["message"]
    for name in ("../admin", "/etc/passwd", "runs", ""):
        assert delete(name).status_code == 400, name
    forged = browser.session.post(hub.url + "/hub/usage", data={"file": "runs/sweep.nc"}, timeout=30)
    assert forged.status_code == 403 and (home / "runs" / "sweep.nc").exists(), "no XSRF token"
    assert "runs/sweep.nc is deleted" in delete("runs/sweep.nc").text
    hub.start_server(browser, "faraday")
    environments = [process.environ() for process in hub.members() if "jupyterhub.singleuser" in process.cmdline()]
    mine = next(each for each in environments if each["HOME"] == str(home))
    assert mine["JOULEBOOK_COURTESY"] == '{"plan": "Enterprise", "limits": {"grid_buses": 12.0}, "without": []}'


def test_named_servers_by_plan(hub, faraday):
    refused = faraday.browser.api("POST", "/users/faraday/servers/second")
    assert refused.status_code == 402 and "The limit of named servers is 0" in refused.json()["message"]


def test_tokens_by_plan(hub, faraday):
    browser, admin = faraday.browser, faraday.admin
    for who in (browser, admin):
        refused = who.api("POST", "/users/faraday/tokens", json={})
        assert refused.status_code == 402 and "API tokens are not part of what you have" in refused.json()["message"]
    listed = browser.api("GET", "/users/faraday/tokens")
    assert listed.status_code == 200, "everything else of the route is as before"
    anonymous = hub.browser()
    body = {"auth": {"username": "faraday", "password": PASSWORD}}
    by_password = anonymous.session.post(hub.url + "/hub/api/users/faraday/tokens", json=body, timeout=60)
    assert by_password.status_code == 403 and "token" not in by_password.json()
    assert browser.api("POST", "/users/admin/tokens", json={}).status_code == 403, "nobody learns another's plan"
    faraday.allow("api_tokens", "yes")
    assert browser.api("POST", "/users/faraday/tokens", json={}).status_code == 201


def test_tokens_end_with_the_plan(hub, faraday):
    """One that was made while the plan had them is worth nothing when it has not, and the server's own goes on."""
    browser = faraday.browser
    faraday.allow("api_tokens", "yes")
    made = browser.api("POST", "/users/faraday/tokens", json={"note": "mine"}).json()
    environments = [process.environ() for process in hub.members() if "jupyterhub.singleuser" in process.cmdline()]
    server = next(each for each in environments if each["HOME"] == str(faraday.home))["JUPYTERHUB_API_TOKEN"]
    nobody, places = hub.browser(), ("/hub/api/user", "/hub/api/users/faraday", "/services/joulebook/quota")

    def statuses(token, *paths):
        headers = {"Authorization": f"token {token}"}
        return [nobody.get(path, headers=headers).status_code for path in paths or places]

    assert statuses(made["token"]) == [200, 200, 200]
    assert statuses(server, places[0], places[2]) == [200, 200]
    faraday.allow("api_tokens", "no")
    assert statuses(made["token"]) == [402, 402, 402]
    refused = nobody.get(places[2], headers={"Authorization": f"token {made['token']}"})
    assert "API tokens are not part of what you have" in refused.json()["message"]
    assert statuses(server, places[0], places[2]) == [200, 200]
    assert browser.get("/hub/home").status_code == 200 and browser.api("GET", "/users/faraday").status_code == 200
    assert browser.api("DELETE", f"/users/faraday/tokens/{made['id']}").status_code == 204
    assert statuses(made["token"], places[0], places[2]) == [403, 403]
    faraday.allow("api_tokens", "yes")
    for _ in range(2):
        made = browser.api("POST", "/users/faraday/tokens", json={"note": "mine"}).json()
        assert statuses(made["token"]) == [200, 200, 200]
        assert browser.api("DELETE", f"/users/faraday/tokens/{made['id']}").status_code == 204
        assert statuses(made["token"], places[2]) == [403], "revoked is revoked at the service, too, at once"
