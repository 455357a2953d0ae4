"""Two people, one organisation: a real hub, service and servers; what one writes the other reads, until removed."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
import requests

PASSWORD = "coil gun marmalade"
PAGES = ("/hub/organisations", "/hub/organisations/coil-group", "/hub/invitation", "/hub/all-organisations")


@pytest.fixture(scope="module")
def house(new_hub):
    """A hub whose administrator is the owner of an organisation, and another person with an account."""
    hub = new_hub(JOULEBOOK_ATTEMPTS_PER_MINUTE="1000", JOULEBOOK_SIGN_UP="open")
    done = hub.up()
    assert done.returncode == 0, done.stderr
    admin, bob = hub.admin(), hub.browser()
    assert bob.sign_up("bob", PASSWORD).status_code == 200
    founded = admin.submit("/hub/organisations", {"action": "found", "title": "Coil group"})
    assert founded.url.endswith("/hub/organisations/coil-group"), founded.text
    yield SimpleNamespace(hub=hub, admin=admin, bob=bob, root=hub.folder.workspaces)
    assert hub.down().returncode == 0


def change(browser, action, **fields):
    return browser.submit("/hub/organisations/coil-group", {"action": action, **fields})


def contents(house, browser, user, method, path, **options):
    """Files of a server, asked for as its Lab does."""
    where = f"/user/{user}"
    assert browser.get(f"{where}/lab").status_code == 200
    cookies = browser.session.cookies
    xsrf = next(cookie.value for cookie in cookies if cookie.name == "_xsrf" and cookie.path.startswith(where))
    url = f"{house.hub.url}{where}/api/contents/{path}"
    headers = {"X-XSRFToken": xsrf, "Referer": f"{house.hub.url}{where}/lab"}
    return browser.session.request(method, url, headers=headers, timeout=60, **options)


def service(house, token, method, path, **options):
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": f"token {token}"}
    address = house.hub.member("jupyterhub.singleuser").environ()["JOULEBOOK_SERVICE"]
    return session.request(method, address + path, headers=headers, timeout=30, **options)


def token_of(house, user):
    servers = [each for each in house.hub.members() if any("jupyterhub.singleuser" in word for word in each.cmdline())]
    found = [each.environ() for each in servers if each.environ().get("JUPYTERHUB_USER") == user]
    return found[0]["JUPYTERHUB_API_TOKEN"]


def test_strangers_see_no_organisation(house):
    for path in ("/hub/organisations/coil-group", "/hub/organisations/no-such"):
        assert house.bob.get(path).status_code == 404
    assert house.bob.get("/hub/all-organisations").status_code in {403, 404}
    assert "You are in no organisation yet" in house.bob.get("/hub/organisations").text


def test_what_one_writes_the_other_reads_until_removed(house, wait_for):
    assert "is invited" in change(house.admin, "invite", invited="bob", role="member").text
    asked = house.bob.get("/hub/organisations")
    number = re.search(r'name="number" value="(\d+)"', asked.text)[1]
    joined = house.bob.continue_with(asked, "/hub/organisations", {"action": "accept", "number": number})
    assert joined.url.endswith("/hub/organisations/coil-group"), joined.text

    assert change(house.admin, "make project", title="Coil tests").status_code == 200
    for browser, user in ((house.admin, "admin"), (house.bob, "bob")):
        house.hub.start_server(browser, user)
    path = "projects/coil-group.coil-tests/turns.txt"
    file = {"type": "file", "format": "text", "content": "12 turns"}
    assert contents(house, house.admin, "admin", "PUT", path, json=file).status_code == 201
    assert contents(house, house.bob, "bob", "GET", path).json()["content"] == "12 turns"

    # A project that is made while the servers run is there at once.
    assert change(house.admin, "make project", title="Later").status_code == 200
    assert contents(house, house.bob, "bob", "GET", "projects/coil-group.later").status_code == 200

    groups = house.admin.api("GET", "/groups/org-coil-group").json()
    assert sorted(groups["users"]) == ["admin", "bob"] and groups["properties"] == {"organisation": "Coil group"}
    assert not (house.root / "groups" / "org-coil-group").exists(), "its group has no folder of its own"

    token = token_of(house, "bob")
    answer = service(house, token, "GET", "organisations/coil-group")
    assert answer.status_code == 200 and answer.json()["invitations"] == []
    assert service(house, token, "DELETE", "organisations/coil-group/members/admin").status_code == 403

    assert "no member any more" in change(house.admin, "remove", user="bob").text
    assert contents(house, house.bob, "bob", "GET", path).status_code == 404
    assert contents(house, house.admin, "admin", "GET", path).status_code == 200
    assert service(house, token, "GET", "organisations/coil-group").status_code == 404
    assert house.admin.api("GET", "/groups/org-coil-group").json()["users"] == ["admin"]


def test_a_change_through_the_service_reaches_groups_and_links(house, wait_for):
    """The service has no power over groups and files; the hub follows what it has written."""
    owner, bob = token_of(house, "admin"), token_of(house, "bob")
    invited = service(house, owner, "POST", "organisations/coil-group/invitations", json={"invited": "bob"})
    assert invited.status_code == 201
    answer = {"accept": True, "token": invited.json()["token"]}
    assert service(house, bob, "POST", "invitations/answers", json=answer).status_code == 204
    assert service(house, bob, "POST", "invitations/answers", json=answer).status_code == 404, "it works once"
    link = house.root / "users" / "bob" / "projects" / "coil-group.coil-tests"
    wait_for(link.is_symlink, "the hub has linked the project", 20)
    assert service(house, owner, "DELETE", "organisations/coil-group/members/bob").status_code == 204
    wait_for(lambda: not link.is_symlink(), "the hub has removed the link", 20)
    assert house.admin.api("GET", "/groups/org-coil-group").json()["users"] == ["admin"]


def test_an_older_group_becomes_an_organisation_where_it_is(house):
    assert house.admin.api("POST", "/groups/magnets", json={"users": ["admin", "bob"]}).status_code == 201
    house.root.joinpath("groups", "magnets").mkdir(parents=True)
    (house.root / "groups" / "magnets" / "coil.txt").write_text("12 turns", encoding="utf-8")
    fields = {"action": "adopt", "group": "magnets", "user": "admin", "reason": "it is a team now"}
    page = house.admin.submit("/hub/all-organisations", fields)
    assert "magnets is an organisation now" in page.text
    for user in ("admin", "bob"):
        assert (house.root / "users" / user / "projects" / "magnets" / "coil.txt").read_text() == "12 turns"
    assert "coil" not in house.bob.submit("/hub/organisations/magnets", {"action": "leave"}).text.lower()
    assert not (house.root / "users" / "bob" / "projects" / "magnets").exists()
    assert (house.root / "groups" / "magnets" / "coil.txt").exists()


def test_a_link_works_once_and_its_token_is_in_no_log(house):
    page = change(house.admin, "invite", invited="carl@example.org", role="member").text
    token = re.search(r"invitation\?token=([\w-]+)", page)[1]
    stranger = house.hub.browser()
    asked = stranger.get(f"/hub/invitation?token={token}")
    assert "Sign in to see who invites you" in asked.text and "Coil group" not in asked.text
    assert stranger.sign_up("carl", PASSWORD).status_code == 200
    shown = stranger.get("/hub/invitation")
    assert "invites you to <strong>Coil group" in shown.text, "the token waited in a cookie"
    joined = stranger.continue_with(shown, "/hub/invitation", {"action": "accept"})
    assert joined.url.endswith("/hub/organisations/coil-group")
    again = house.bob.get(f"/hub/invitation?token={token}")
    made_up = house.bob.get("/hub/invitation?token=made-up")
    assert again.status_code == made_up.status_code == 404
    assert "not valid any more" in again.text and "not valid any more" in made_up.text
    assert token not in (house.hub.folder.root / "logs" / "hub.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES)
def test_every_change_needs_the_token_of_the_page(house, path):
    for token in ({}, {"_xsrf": "made-up"}):
        fields = {"action": "found", "title": "Forged", "reason": "forged"} | token
        assert house.admin.session.post(house.hub.url + path, data=fields, timeout=30).status_code == 403


def test_every_page_that_changes_something_is_in_the_list_above():
    from joulebook_hub.handlers.organisations import ROUTES

    changing = [route for route, page in ROUTES if "post" in vars(page)]
    assert len(changing) == len(PAGES)
    assert all(any(re.fullmatch("/hub" + route, path) for path in PAGES) for route in changing)


def test_only_administrators_of_the_hub_give_plans(house):
    fields = {"action": "plan", "name": "coil-group", "plan": "team", "reason": "because"}
    page = house.bob.get("/hub/organisations")
    assert house.bob.continue_with(page, "/hub/all-organisations", fields).status_code in {403, 404}
    given = house.admin.submit("/hub/all-organisations", fields)
    assert "coil-group has the plan" in given.text and "3 of 5" not in given.text
