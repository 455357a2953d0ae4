"""Single-user servers: workspaces, project folders, named servers, what they know and what they may."""

from __future__ import annotations

import re

import pytest

PASSWORD = "coil gun marmalade"


@pytest.fixture(scope="module")
def admin(hub):
    return hub.admin()


@pytest.fixture(scope="module")
def member(hub, admin):
    """A user who is in a group, with a running server; and the server's path."""
    once = re.search(
        r"<code>(\S+)</code>", admin.submit("/hub/accounts", {"action": "add", "name": "curie"}).text
    ).group(1)
    browser = hub.browser()
    page = browser.sign_in("curie", once)
    browser.continue_with(page, "/hub/login/new-password", {"password": PASSWORD, "repeated": PASSWORD})
    assert admin.api("POST", "/groups/radium").status_code == 201
    assert admin.api("POST", "/groups/radium/users", json={"users": ["curie"]}).status_code == 200
    path = hub.start_server(browser, "curie")
    assert browser.get(f"{path}/lab").status_code == 200
    return browser, path


@pytest.fixture(scope="module")
def server_environment(hub, member):
    return hub.member("jupyterhub.singleuser").environ()


def listing(browser, path, folder=""):
    answer = browser.get(f"{path}/api/contents/{folder}")
    assert answer.status_code == 200, answer.text
    return {entry["name"] for entry in answer.json()["content"]}


def test_workspace_has_tutorials_designs_and_the_groups_folder(hub, member):
    browser, path = member
    from joulebook_hub import places

    names = listing(browser, path)
    examples = places.examples_folder()
    for design in examples.glob("*.cell.json") if examples else ():
        assert design.name in names
    assert "projects" in names
    assert listing(browser, path, "projects") == {"radium"}

    shared = hub.folder.workspaces / "groups" / "radium"
    (shared / "from-a-colleague.txt").write_text("hello", encoding="utf-8")
    assert listing(browser, path, "projects/radium") == {"from-a-colleague.txt"}
    read = browser.get(f"{path}/api/contents/projects/radium/from-a-colleague.txt")
    assert read.json()["content"] == "hello"


def test_lab_is_what_opens(member):
    browser, path = member
    page = browser.get(f"{path}/")
    assert page.status_code == 200 and page.url.endswith(f"{path}/lab")


def test_nothing_of_the_hub_is_in_a_servers_environment(hub, server_environment):
    text = "\n".join(f"{name}={value}" for name, value in server_environment.items())
    assert "a secret of the hub" not in text
    assert "CONFIGPROXY_AUTH_TOKEN" not in server_environment
    assert hub.folder.cookie_secret.read_text().strip() not in text
    assert not [name for name in server_environment if "SECRET" in name or "PASSWORD" in name]
    assert server_environment["HOME"] == str(hub.folder.workspaces / "users" / "curie")


def test_servers_are_lean(hub, member, server_environment):
    log = (hub.folder.server_logs / "curie.log").read_text(encoding="utf-8")
    assert "panel.io.jupyter_server_extension | extension was successfully loaded" not in log
    assert server_environment["JUPYTER_CONFIG_PATH"].endswith("singleuser")
    browser, path = member
    lab = browser.get(f"{path}/lab").text
    assert '"disabledExtensions": [' in lab and "apputils-extension:announcements" in lab, "Lab calls nobody"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users"),
        ("GET", "/groups"),
        ("GET", "/services"),
        ("GET", "/proxy"),
        ("POST", "/users/mallory"),
        ("POST", "/groups/mallory"),
        ("POST", "/users/curie/tokens"),
        ("DELETE", "/users/curie/server"),
        ("GET", "/users/admin"),
        ("POST", "/users/admin/server"),
        ("POST", "/users/admin/activity"),
        ("PATCH", "/users/curie"),
        ("POST", "/shutdown"),
    ],
)
def test_a_servers_token_may_next_to_nothing(hub, server_environment, method, path):
    """One negative test per power; what is hidden answers 404."""
    headers = {"Authorization": f"token {server_environment['JUPYTERHUB_API_TOKEN']}"}
    browser = hub.browser()
    answer = browser.session.request(method, hub.url + "/hub/api" + path, headers=headers, json={}, timeout=30)
    assert answer.status_code in {403, 404}, answer.text


def test_a_servers_token_knows_its_user(hub, server_environment):
    headers = {"Authorization": f"token {server_environment['JUPYTERHUB_API_TOKEN']}"}
    model = hub.browser().get("/hub/api/user", headers=headers).json()
    assert model["name"] == "curie"
    assert not any(scope.startswith(("admin", "tokens", "servers", "list")) for scope in model["scopes"])


def test_one_users_server_is_closed_to_another(hub, member, admin):
    _, path = member
    once = re.search(
        r"<code>(\S+)</code>", admin.submit("/hub/accounts", {"action": "add", "name": "tesla"}).text
    ).group(1)
    other = hub.browser()
    page = other.sign_in("tesla", once)
    other.continue_with(page, "/hub/login/new-password", {"password": PASSWORD, "repeated": PASSWORD})
    assert other.get(f"{path}/api/contents/").status_code in {403, 404}
    assert hub.browser().get(f"{path}/api/contents/").status_code == 403


def test_named_server_and_sign_out(hub, member):
    browser, path = member
    named = hub.start_server(browser, "curie", "second")
    assert browser.get(f"{named}/lab").status_code == 200
    assert browser.get(f"{named}/api/status").status_code == 200
    assert browser.api("DELETE", "/users/curie/servers/second").status_code in {202, 204}
    assert "/hub/login" in browser.get(f"{path}/logout").url
    assert "/hub/" in browser.get(f"{path}/lab").url, "the server asks for a sign-in again"
    assert browser.get(f"{path}/api/contents/").status_code == 403


def test_leaving_a_group_takes_its_folder_away(hub, admin):
    browser = hub.browser()
    browser.sign_in("curie", PASSWORD)
    assert admin.api("DELETE", "/groups/radium/users", json={"users": ["curie"]}).status_code == 200
    assert browser.api("DELETE", "/users/curie/server").status_code in {202, 204}
    link = hub.folder.workspaces / "users" / "curie" / "projects" / "radium"
    assert link.is_symlink()
    path = hub.start_server(browser, "curie")
    assert browser.get(f"{path}/").status_code == 200
    assert listing(browser, path, "projects") == set()
    assert (hub.folder.workspaces / "groups" / "radium" / "from-a-colleague.txt").exists()
