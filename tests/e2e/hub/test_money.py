"""The whole way in a browser: choose, pay in the simulator, use a GPU until it is used up, upgrade, cancel, period end.

Real hub, service, simulator, server and kernels; NVML's library is a fake where there is no card, use of 50 hours is
written into the ledger, and the five minutes of grace are made to pass there.
"""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime

import fake_card
import pytest
import requests
from fake_card import CARD

from browsing import ConsoleErrors, chromium
from joulebook_kernels import specs


@pytest.fixture(scope="module")
def money(new_hub, tmp_path_factory):
    """A hub with one card that bills in the simulator; who has no plan is an Explorer."""
    hub = new_hub(JOULEBOOK_DEFAULT_PLAN="explorer", JOULEBOOK_ATTEMPTS_PER_MINUTE="1000")
    fake_card.put_into(hub.environment, tmp_path_factory.mktemp("nvml"))
    done = hub.up()
    assert done.returncode == 0, done.stderr
    yield hub
    assert hub.down().returncode == 0


def sql(hub, statement, *values):
    with closing(sqlite3.connect(hub.folder.ledger, timeout=15)) as database, database:
        return database.execute(statement, values).fetchall()


def use(hub, hours):
    """Write use of somebody's month into the ledger, which can only be added to."""
    now = time.time()
    row = {"loan": 10_000_000, "part": 1, "user": "admin", "kernel": "earlier", "card": CARD, "plan": "researcher"}
    row |= {
        "day": f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}",
        "at": now,
        "seconds": 3600.0 * hours,
        "reason": "test",
    }
    marks = ", ".join("?" * len(row))
    sql(
        hub,
        f"INSERT INTO usage ({', '.join(chr(34) + name + chr(34) for name in row)}) VALUES ({marks})",
        *row.values(),
    )


def server_api(browser, hub, method, path, **options):
    assert browser.get("/user/admin/lab").status_code == 200
    cookies = browser.session.cookies
    xsrf = next(cookie.value for cookie in cookies if cookie.name == "_xsrf" and cookie.path.startswith("/user/admin"))
    headers = {"X-XSRFToken": xsrf, "Referer": hub.url + "/user/admin/lab"}
    return browser.session.request(method, f"{hub.url}/user/admin{path}", headers=headers, timeout=90, **options)


def sign_in(page, hub):
    page.goto(hub.url + "/hub/login?next=%2Fhub%2Fbilling")
    page.fill("#username_input", "admin")
    page.fill("#password_input", hub.ADMIN_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/hub/billing")


def shown_plan(page, hub):
    page.goto(hub.url + "/hub/billing")
    return page.inner_text(".jb-present-plan")


def test_the_way_of_money(money, wait_for, tmp_path):
    hub, start = money, {"name": specs.GPU}
    admin = hub.admin()
    hub.start_server(admin, "admin")

    def started_again():
        answer = server_api(admin, hub, "POST", "/api/kernels", json=start)
        return answer if answer.status_code == 201 else None

    def kernels():
        return [kernel["id"] for kernel in server_api(admin, hub, "GET", "/api/kernels").json()]

    with chromium(tmp_path, "money") as page:
        errors = ConsoleErrors(page)
        sign_in(page, hub)
        assert shown_plan(page, hub) == "Explorer"
        refused = server_api(admin, hub, "POST", "/api/kernels", json=start)
        assert refused.status_code == 402

        # Choose and pay.
        page.click("[data-plan=researcher] button")
        page.wait_for_url("**/services/stripe-simulator/pay/**")
        assert "no real payment" in page.inner_text(".banner")
        page.click("button[type=submit]")
        page.wait_for_url("**/hub/billing**")
        assert "You have Researcher now" in page.inner_text(".jb-message.done")
        assert page.inner_text(".jb-present-plan") == "Researcher" and "free trial" in page.inner_text("#why")

        # A GPU kernel starts, and the meter moves.
        started = server_api(admin, hub, "POST", "/api/kernels", json=start)
        assert started.status_code == 201, started.text
        kernel = started.json()["id"]

        def meter():
            page.goto(hub.url + "/hub/usage")
            return page.inner_text("main")

        assert "of 50 GPU-hours" in meter() and "Researcher" in meter()

        # The hours are used up: notice, grace, stop.
        use(hub, 50)
        noticed = wait_for(lambda: sql(hub, "SELECT ran_out FROM loans WHERE ran_out IS NOT NULL"), "grace begins", 40)
        assert len(noticed) == 1 and "used up" in meter()
        sql(hub, "UPDATE loans SET ran_out = ran_out - 400")
        wait_for(
            lambda: kernel not in kernels() or not sql(hub, "SELECT * FROM loans"), "the kernel's card came back", 40
        )
        refused = server_api(admin, hub, "POST", "/api/kernels", json=start)
        assert refused.status_code == 402 and "used up" in refused.text, refused.text

        # Upgrade: it works again.
        page.goto(hub.url + "/hub/billing")
        page.click("[data-plan=advanced] button")
        assert "nothing, the trial goes on" in page.inner_text("main")
        page.click("text=Change now")
        assert page.inner_text(".jb-present-plan") == "Advanced"
        again = wait_for(started_again, "a GPU kernel starts", 40)
        assert server_api(admin, hub, "DELETE", f"/api/kernels/{again.json()['id']}").status_code == 204

        # Cancel; the clock goes on; the period ends.
        page.goto(hub.url + "/hub/billing")
        page.click("button[value=cancel]")
        assert "subscription ends on" in page.inner_text(".jb-message.once") and page.query_selector(
            "button[value=resume]"
        )
        page.goto(hub.url + "/hub/billing/operator")
        page.click("text=The simulator's controls")
        page.click("button[value='1 month']")
        wait_for(lambda: shown_plan(page, hub) == "Explorer", "the news of the end came", 20)
        refused = server_api(admin, hub, "POST", "/api/kernels", json=start)
        assert refused.status_code == 402 and "no GPU-hours" in refused.text
        assert errors.found == []


def test_the_webhook_believes_nobody_else(money):
    session = requests.Session()
    session.trust_env = False
    hook = money.url + "/services/joulebook/billing/webhook"
    before = sql(money, "SELECT count(*) FROM billing_events")
    for body, headers in (
        (b"{}", {}),
        (b"{}", {"Stripe-Signature": f"t={int(time.time())},v1={'0' * 64}"}),
        (b"x" * 70_000, {"Stripe-Signature": "t=1,v1=0"}),
        (b"\xff", {"Stripe-Signature": "t=1,v1=0"}),
    ):
        assert session.post(hook, data=body, headers=headers, timeout=30).status_code in {400, 413}
    assert sql(money, "SELECT count(*) FROM billing_events") == before


def test_pages_of_money_need_their_form_and_their_people(money):
    admin = money.admin()
    token = {"for": "person/admin", "action": "cancel"}
    assert admin.session.post(money.url + "/hub/billing", data=token, timeout=30).status_code == 403, "no XSRF token"
    refund = {"action": "refund"}
    assert admin.session.post(money.url + "/hub/billing/operator", data=refund, timeout=30).status_code == 403
    assert "/hub/login" in money.browser().get("/hub/billing").url
    assert admin.get("/hub/billing?for=person/eve").status_code == 404
    page = admin.submit("/hub/accounts", {"action": "add", "name": "curie"}).text
    once = re.search(r"<code>(\S+)</code>", page).group(1)
    curie, password = money.browser(), "coil gun marmalade"
    curie.continue_with(
        curie.sign_in("curie", once), "/hub/login/new-password", {"password": password, "repeated": password}
    )
    assert curie.get("/hub/billing").status_code == 200 and curie.get("/hub/billing/operator").status_code == 403
    fields = {"for": "person/admin", "action": "resume"}
    assert curie.submit("/hub/billing", fields).status_code == 404
    for fields in (
        {"action": "choose", "plan": "gold"},
        {"action": "choose", "plan": "team", "seats-team": "-1"},
        {"action": "choose", "plan": "researcher", "coupon": "nothing"},
        {"action": "cancel"},
        {"action": "agree", "most": "1.5"},
        {"action": "x"},
    ):
        assert curie.submit("/hub/billing", fields).status_code == 400, fields
    assert curie.submit("/hub/billing", {"action": "portal"}).status_code == 400
    server = money.member("jupyterhub.singleuser").environ()
    key = (money.folder.root / "stripe_simulator.key").read_text().strip()
    assert key not in "".join(server.values()) and not any("STRIPE" in name for name in server)
    assert key not in money.folder.log.read_text(errors="replace")


def test_the_command_compares(money):
    assert money.command("billing", "sync", "--dry-run").stdout.startswith("Stripe's catalogue is what")
    told = money.command("billing", "reconcile", "--repair")
    assert told.returncode == 0, told.stdout + told.stderr
    assert money.command("billing", "reconcile").stdout == "No differences.\n"
