"""A hub that lends: real hub, service, server and kernels; NVML's library is a fake where there is no card."""

from __future__ import annotations

import os
import re
import signal
from types import SimpleNamespace

import fake_card
import pytest
import requests
from fake_card import CARD

from joulebook_kernels import specs


@pytest.fixture(scope="module")
def lending(new_hub, tmp_path_factory):
    """The hub with one card, its administrator with a running server, and that server's token."""
    hub = new_hub(JOULEBOOK_DEFAULT_PLAN="explorer", JOULEBOOK_ATTEMPTS_PER_MINUTE="1000")
    fake_card.put_into(hub.environment, tmp_path_factory.mktemp("nvml"))
    done = hub.up()
    assert done.returncode == 0, done.stderr
    admin = hub.admin()
    assert change(admin, "plan", plan="academic").status_code == 200
    path = hub.start_server(admin, "admin")
    assert admin.get(f"{path}/lab").status_code == 200
    home = hub.folder.workspaces / "users" / "admin"
    server = hub.member("jupyterhub.singleuser").environ()
    yield SimpleNamespace(
        hub=hub, admin=admin, path=path, home=home,
        token=server["JUPYTERHUB_API_TOKEN"], service=server["JOULEBOOK_SERVICE"],
    )  # fmt: skip
    assert hub.down().returncode == 0


def change(admin, action, whom="person:admin", **fields):
    return admin.submit("/hub/plans", {"whom": whom, "action": action, "reason": "a test", **fields})


def hours(admin, value, **fields):
    return change(admin, "row", row="gpu_hours", value=value, **fields)


def ask(lending, method, path, token="", **options):
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": f"token {token or lending.token}"}
    return session.request(method, lending.service + path, timeout=30, headers=headers, **options)


def server_api(lending, method, path, **options):
    page = lending.admin.get(f"{lending.path}/lab")
    assert page.status_code == 200
    cookies = lending.admin.session.cookies
    xsrf = next(cookie.value for cookie in cookies if cookie.name == "_xsrf" and cookie.path.startswith(lending.path))
    url = lending.hub.url + lending.path + path
    headers = {"X-XSRFToken": xsrf, "Referer": lending.hub.url + lending.path + "/lab"}
    return lending.admin.session.request(method, url, headers=headers, timeout=90, **options)


def leases(lending):
    answer = ask(lending, "GET", "leases")
    assert answer.status_code == 200, answer.text
    return answer.json()["leases"]


def test_a_kernel_is_lent_a_card_within_its_users_hours(lending, wait_for):
    start = {"name": specs.GPU, "path": "tutorials"}
    assert hours(lending.admin, "0").status_code == 200
    refused = server_api(lending, "POST", "/api/kernels", json=start)
    assert refused.status_code == 402 and "plan has no GPU-hours. Choose a larger plan (/hub/billing)" in refused.text
    assert change(lending.admin, "take back", row="gpu_hours").status_code == 200
    assert leases(lending) == []

    started = server_api(lending, "POST", "/api/kernels", json=start)
    assert started.status_code == 201, started.text
    kernel = started.json()["id"]
    (lease,) = leases(lending)
    assert (lease["kernel"], lease["state"], lease["card"]) == (kernel, "lent", CARD)
    process = next(p for p in lending.hub.members() if any(f"{kernel}.json" in word for word in p.cmdline()))
    assert process.environ()["CUDA_VISIBLE_DEVICES"] == CARD

    waiting = ask(lending, "POST", "leases", json={"kernel": "another"})
    assert waiting.status_code == 202 and waiting.json() == {
        "state": "waiting", "position": 1, "places": 1, "expected": None,
    }  # fmt: skip
    assert "waits, number 1" in lending.admin.get("/hub/usage").text
    answer = server_api(lending, "GET", "/joulebook/hub")
    shown = answer.json()
    assert shown["hub"] == "here" and shown["meter"]["plan"] == "Academic" and shown["meter"]["allowed"] == 36_000
    assert shown["meter"]["used"] < 300 and shown["meter"]["account"] == "/hub/usage"
    assert [(held["kernel"], held["state"]) for held in shown["meter"]["leases"]] == [
        (kernel, "lent"), ("another", "waiting"),
    ]  # fmt: skip
    assert [(power["id"], power["state"], power["card"]) for power in shown["kernels"]] == [(kernel, "lent", CARD)]
    assert lending.token not in answer.text, "no token reaches the browser"
    assert ask(lending, "DELETE", "leases/another").status_code == 204
    body = {"kernel": "another", "kind": "slice"}
    assert ask(lending, "POST", "leases", json=body).json()["reason"] == "no_such_card"

    os.kill(lending.hub.member("joulebook_hub.service").pid, signal.SIGKILL)

    def back():
        try:
            return ask(lending, "GET", "health/ready").status_code == 200
        except requests.ConnectionError:
            return False

    wait_for(back, "the hub has started the service again", 60)
    assert leases(lending) == [lease], "the lease outlives the service"
    assert server_api(lending, "POST", f"/api/kernels/{kernel}/restart").status_code == 200
    assert leases(lending) == [lease], "a restart keeps the lease"

    def process_of_kernel():
        found = [p for p in lending.hub.members() if any(f"{kernel}.json" in word for word in p.cmdline())]
        return found[0].pid if found else None

    before = wait_for(process_of_kernel, "the kernel's process", 30)
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: process_of_kernel() not in {None, before}, "Jupyter has started the kernel again", 60)
    assert leases(lending) == [lease], "a kernel that died and came back keeps the lease, and is charged once"

    assert server_api(lending, "DELETE", f"/api/kernels/{kernel}").status_code == 204
    wait_for(lambda: leases(lending) == [], "the card came back", 30)
    lines = ask(lending, "GET", "usage").json()["lines"]
    assert [(line["kernel"], line["reason"], line["project"]) for line in lines] == [
        (kernel, "given back", "tutorials")
    ]
    assert 0 < lines[0]["seconds"] < 300
    page = lending.admin.get("/hub/usage").text
    assert "Academic" in page and "of 10 GPU-hours" in page and "jb-meter green" in page
    assert "One more GPU kernel: less than 0.01 GPU-hours (median of your last 1)" in page
    table = lending.admin.get("/hub/usage.csv").text
    assert table == ask(lending, "GET", "quota/history.csv").text and table.startswith("day,project,gpu_time_s")
    assert ask(lending, "GET", "quota/estimate").json()["left"] == pytest.approx(10, abs=0.1)
    assert ask(lending, "GET", f"usage?after={lines[0]['line']}").json() == {"lines": [], "next": None}


def test_plans_are_groups_without_a_shared_folder(lending):
    group = lending.admin.api("GET", "/groups/plan-academic").json()
    assert group["properties"]["title"] == "Academic" and group["properties"]["gpu_hours"] == 10
    assert not (lending.home / "projects" / "plan-academic").exists()


def test_the_service_listens_to_tokens_with_the_scope_only(lending):
    session = requests.Session()
    session.trust_env = False
    assert session.get(lending.service + "leases", timeout=30).status_code == 401
    assert ask(lending, "GET", "leases", token="0" * 32).status_code == 403
    by_cookie = lending.admin.get("/services/joulebook/leases")
    assert by_cookie.status_code == 401, "no cookie gives a right here, so no page can act for anybody"
    body = {"scopes": ["read:users:groups!user"], "note": "without the scope"}
    none = lending.admin.api("POST", "/users/admin/tokens", json=body)
    assert none.status_code == 402 and "API tokens are not part of what you have (plan Academic)" in none.text
    assert change(lending.admin, "row", row="api_tokens", value="yes").status_code == 200
    made = lending.admin.api("POST", "/users/admin/tokens", json=body)
    assert made.status_code == 201, made.text
    denied = ask(lending, "POST", "leases", token=made.json()["token"], json={"kernel": "k"})
    assert denied.status_code == 403 and "access:services!service=joulebook" in denied.text
    assert session.get(lending.service + "health/live", timeout=30).json() == {"live": True}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"kernel": 3}',
        b'{"kernel": "../x"}',
        b'{"kernel": "k", "most": -1}',
        b'{"kernel": "k", "kind": "big"}',
        b"[" * 4000,
        b"x" * 9000,
    ],
)
def test_bodies_that_are_no_question(lending, body):
    assert ask(lending, "POST", "leases", data=body).status_code == 400


def test_queries_that_are_none(lending):
    for query in ("after=-1", "most=1001", "after=one", "after=" + "9" * 30):
        assert ask(lending, "GET", "usage?" + query).status_code == 400, query


POWERS = [
    *(("GET", "/users"), ("GET", "/users/admin"), ("GET", "/groups"), ("GET", "/groups/plan-academic")),
    *(("GET", "/services"), ("GET", "/proxy"), ("GET", "/info"), ("GET", "/users/admin/tokens")),
    *(("POST", "/users/eve"), ("DELETE", "/users/admin"), ("PATCH", "/users/admin")),
    *(("POST", "/users/admin/server"), ("DELETE", "/users/admin/server"), ("POST", "/users/admin/activity")),
    *(("POST", "/users/admin/tokens"), ("POST", "/groups/plan-team/users"), ("PUT", "/groups/plan-team/properties")),
    ("POST", "/shutdown"),
]


def of_hub(lending, token, method, path):
    headers = {"Authorization": f"token {token}"}
    url = lending.hub.url + "/hub/api" + path
    return lending.hub.browser().session.request(method, url, headers=headers, json={}, timeout=30).status_code


def test_the_services_own_token_has_no_power(lending):
    """One negative test per power, at the hub and at the service itself; the service only answers for itself."""
    token = lending.hub.member("joulebook_hub.service").environ()["JUPYTERHUB_API_TOKEN"]
    allowed = [(method, path) for method, path in POWERS if of_hub(lending, token, method, path) not in {403, 404}]
    assert allowed == []
    assert of_hub(lending, token, "GET", "/user") == 200, "the token is one"
    for path in ("leases", "usage", "people", "audit", "overrides", "metrics"):
        assert ask(lending, "GET", path, token=token).status_code == 403, path


def test_an_administrators_server_is_no_administrator(lending):
    """What runs in a server, a notebook from somewhere, say, has not the power of the administrator who opened it."""
    assert ask(lending, "GET", "leases").status_code == 200
    for method, path in (
        *(("GET", "people"), ("GET", "audit"), ("GET", "overrides"), ("GET", "overrides/now"), ("GET", "metrics")),
        *(("GET", "people/admin/quota"), ("POST", "overrides")),
    ):
        assert ask(lending, method, path, json={}).status_code == 403, path
    allowed = [(method, path) for method, path in POWERS if of_hub(lending, lending.token, method, path) < 400]
    assert set(allowed) <= {("GET", "/users/admin"), ("POST", "/users/admin/activity")}, (
        "its own name, its own activity"
    )


def test_the_plans_page_is_the_administrators_and_needs_its_form(lending):
    admin, hub = lending.admin, lending.hub
    page = admin.submit("/hub/accounts", {"action": "add", "name": "curie"}).text
    once = re.search(r"<code>(\S+)</code>", page).group(1)
    curie = hub.browser()
    password = "coil gun marmalade"
    curie.continue_with(
        curie.sign_in("curie", once), "/hub/login/new-password", {"password": password, "repeated": password}
    )
    assert curie.get("/hub/plans").status_code == 403
    assert "Explorer" in curie.get("/hub/usage").text and 'href="/hub/plans"' not in curie.get("/hub/usage").text
    fields = {"whom": "person:curie", "action": "plan", "plan": "team", "reason": "mine"}
    assert curie.submit("/hub/usage", fields, to="/hub/plans").status_code == 403
    assert admin.session.post(hub.url + "/hub/plans", data=fields, timeout=30).status_code == 403, "no XSRF token"
    assert "/hub/login" in hub.browser().get("/hub/usage").url
    for fault in ({"reason": ""}, {"plan": "gold"}, {"whom": "person:nobody"}, {"whom": "curie"}, {"action": "x"}):
        answer = change(admin, **({"action": "plan", "plan": "team"} | fault))
        assert answer.status_code == 400, fault
    for value, until in (("-1", ""), ("1e10", ""), ("nan", ""), ("3", "2001-01-01"), ("3", "x"), ("3", "2999-02-30")):
        assert hours(admin, value, until=until).status_code == 400, value
    told = hours(admin, "3.5", whom="person:curie", until="2999-12-31", reason="<b>course</b>")
    assert "3.5" in told.text and "2999-12-31" in told.text
    assert "&lt;b&gt;course" in told.text and "<b>course" not in told.text
