"""One user's server against another user, in a browser, at a hub with subdomains, https and cookie prefixes.

Mallory's server is a program of mallory's own. Bob, who is signed in and has a server with a kernel, looks at a page of
it. The same attacks are made at a hub without these walls, where they must succeed: otherwise they prove nothing.
"""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import httpx
import psutil
import pytest
from walled_hub.parts import DOMAIN, HERE, PASSWORD, walled_hub

from browsing import CHROMIUM, FLAGS, wait_for
from joulebook_hub.accounts import AccountStore
from joulebook_hub.passwords import PasswordHashes

pytestmark = pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="Chromium is not installed")
SECRET = "the price of the offer is 4711"


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    rules = f"--host-resolver-rules=MAP {DOMAIN} 127.0.0.1, MAP *.{DOMAIN} 127.0.0.1"
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, rules])
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["walls", "no walls"])
def scene(request, chromium, hub_parts, tmp_path_factory):
    """Both servers run; bob is signed in at the hub and at his server, and has a kernel."""
    walls = request.param == "walls"
    with walled_hub(tmp_path_factory.mktemp("walled") / "hub", walls=walls, people=("bob", "mallory")) as hub:
        people = {name: chromium.new_context(ignore_https_errors=True) for name in ("mallory", "bob")}
        for name, context in people.items():
            sign_in(hub, context.new_page(), name)
        for name, context in people.items():
            wait_for_server(context.pages[0], name)
        prepare(hub)
        page = people["bob"].pages[0]
        page.goto(f"{hub.of('bob')}/user/bob/files/secret.html")
        assert SECRET in page.inner_text("body")
        kernel = new_kernel(hub, "bob")
        page.goto(f"{hub.hub}/hub/home")
        yield SimpleNamespace(hub=hub, walls=walls, browser=chromium, page=page, kernel=kernel, **people)
        for context in people.values():
            context.close()


def sign_in(hub, page, name):
    page.goto(f"{hub.hub}/hub/login?next=%2Fhub%2Fhome")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/hub/home")
    assert ask(page, f"/hub/api/users/{name}/server", "POST") in (None, "")


def wait_for_server(page, name):
    wait_for(
        f"the server of {name}",
        lambda: ask(page, f"/hub/api/users/{name}")["servers"].get("", {}).get("ready"),
        60,
        lambda: page.wait_for_timeout(100),
    )


def ask(page, path, method="GET"):
    """Ask or change something from a page of the same origin, with its token, as Lab and the hub's own pages do."""
    script = """async ([path, method]) => {
        const xsrf = window.jhdata?.xsrf_token ?? /_xsrf=([^;]+)/.exec(document.cookie)[1];
        const headers = {"X-XSRFToken": xsrf, "Content-Type": "application/json"};
        const answer = await fetch(path, {method, headers, body: method === "GET" ? undefined : "{}"});
        const text = await answer.text();
        return text ? JSON.parse(text) : null;
    }"""
    return page.evaluate(script, [path, method])


def new_kernel(hub, user):
    """Start a kernel in a user's server, asked with the server's own token."""
    found = [each for each in psutil.Process(hub.process.pid).children() if "jupyterhub.singleuser" in each.cmdline()]
    server = next(each.environ() for each in found if each.environ()["USER"] == user)
    headers = {"Authorization": f"token {server['JUPYTERHUB_API_TOKEN']}"}
    answer = httpx.post(
        f"{server['JUPYTERHUB_SERVICE_URL']}api/kernels", headers=headers, json={}, trust_env=False, timeout=60
    )
    return answer.json()["id"]


def prepare(hub):
    hub.home("bob").mkdir(parents=True, exist_ok=True)
    (hub.home("bob") / "secret.html").write_text(f"<p>{SECRET}</p>", encoding="utf-8")
    shutil.copy(HERE / "attack.js", hub.home("mallory") / "attack.js")


@pytest.fixture
def mallorys_page(scene):
    """A page of mallory's in a copy of bob's browser, and what makes attacks from it."""
    context = scene.browser.new_context(ignore_https_errors=True, storage_state=scene.bob.storage_state())
    page = context.new_page()
    page.goto(f"{scene.hub.of('mallory')}/user/mallory/results.html")
    page.wait_for_function("window.attacks !== undefined")

    def attack(name, **options):
        where = {"hub": scene.hub.hub, "bob": scene.hub.of("bob"), "kernel": scene.kernel, **options}
        return page.evaluate("([name, where]) => window.attacks[name](where)", [name, where])

    yield SimpleNamespace(attack=attack, page=page, context=context)
    context.close()


WORKS_WITHOUT_WALLS = {
    "cookies": False, "readHub": True, "readApi": False, "readService": False, "readFile": False,
    "readContents": False, "stealToken": True, "channel": True,
}  # fmt: skip


def test_a_page_of_mallory_gets_nothing_of_bob(scene, mallorys_page):
    got = {name: bool(mallorys_page.attack(name)) for name in WORKS_WITHOUT_WALLS}
    assert got == (dict.fromkeys(WORKS_WITHOUT_WALLS, False) if scene.walls else WORKS_WITHOUT_WALLS)


def test_a_page_of_mallory_changes_nothing_of_bob(scene, mallorys_page):
    """Requests that browsers send without asking first: they arrive, with cookies, and nothing happens."""
    for name in ("blindPost", "postForm"):
        mallorys_page.attack(name)
    notes = [token["note"] for token in ask(scene.page, "/hub/api/users/bob/tokens")["api_tokens"]]
    assert "blind" not in notes and (not scene.walls or "stolen" not in notes)
    store = AccountStore(f"sqlite:///{scene.hub.folder.accounts}")
    assert PasswordHashes().matches(store.find("bob").password_hash, PASSWORD)
    store.close()


def test_the_service_looks_at_no_cookies(scene):
    """It stands at the hub's own address, where bob's browser sends all that the hub gave it."""
    page = scene.bob.new_page()
    assert page.goto(f"{scene.hub.hub}/services/joulebook/health/ready").status == 200
    assert page.goto(f"{scene.hub.hub}/services/joulebook/quota").status == 401
    page.close()


def test_pages_of_the_hub_are_in_no_frame_of_mallory(scene, mallorys_page):
    mallorys_page.attack("frame")
    framed = mallorys_page.page.frames[-1]
    assert framed.url.startswith("chrome-error:" if scene.walls else scene.hub.hub)


def test_a_leaked_xsrf_token_opens_no_channel(scene, mallorys_page):
    """The server looks at where a page comes from, whatever else the page knows."""
    token = next(
        each["value"] for each in scene.bob.cookies() if (each["name"], each["path"]) == ("_xsrf", "/user/bob/")
    )
    assert (mallorys_page.attack("channel", xsrf=token) == "open") != scene.walls


def test_what_mallorys_server_is_sent(scene, mallorys_page):
    """Of bob's cookies JupyterHub's session id alone, which opens nothing."""
    lines = (scene.hub.home("mallory") / "seen.jsonl").read_text(encoding="utf-8").splitlines()
    names = {each.partition("=")[0] for line in lines for each in json.loads(line)["cookies"].split("; ") if each}
    assert {each for each in names if "login" in each or "user-bob" in each or "xsrf" in each} == set()
    if not scene.walls:
        return
    session = [each for each in scene.bob.storage_state()["cookies"] if each["name"] == "jupyterhub-session-id"]
    context = scene.browser.new_context(ignore_https_errors=True, storage_state={"cookies": session, "origins": []})
    page = context.new_page()
    page.goto(f"{scene.hub.hub}/hub/home")
    assert "/hub/login" in page.url
    assert page.goto(f"{scene.hub.of('bob')}/user/bob/api/contents/").status == 403
    context.close()


def test_mallory_cannot_sign_bob_in_as_mallory(scene, mallorys_page):
    """Cookies for the whole domain, from a script and from the server, with the value that signs mallory in."""
    name = "__Host-jupyterhub-hub-login" if scene.walls else "jupyterhub-hub-login"
    own = next(each["value"] for each in scene.mallory.cookies() if each["name"] == name)
    tossed = [
        f"{each}={own}; domain={DOMAIN}; path={path}; secure"
        for each in (name, name.removeprefix("__Host-"))
        for path in ("/", "/hub/")
    ]
    (scene.hub.home("mallory") / "cookies.json").write_text(json.dumps(tossed), encoding="utf-8")
    mallorys_page.attack("toss", cookies=tossed)
    kept = [each["value"] for each in mallorys_page.context.cookies(f"{scene.hub.hub}/hub/") if each["name"] == name]
    assert (own in kept) != scene.walls
    mallorys_page.page.goto(f"{scene.hub.hub}/hub/home")
    assert mallorys_page.page.evaluate("window.jhdata.user") == ("bob" if scene.walls else "mallory")


@pytest.mark.parametrize("sandboxed", [True, False])
def test_a_shared_file_that_bob_opens_in_his_own_server(scene, sandboxed):
    """It comes with a policy that puts it at no origin; without that its script is bob."""
    script = """document.title = "ran"; let got = "";
        try { got += document.cookie; } catch (error) { got += error.name; }
        fetch("/user/bob/api/contents/secret.html", {headers: {"X-XSRFToken": /_xsrf=([^;]+)/.exec(got)?.[1] ?? ""}})
            .then(answer => answer.text(), error => "refused").then(text => { window.got = got + " " + text; });"""
    folder = scene.hub.home("bob") / "projects"
    folder.mkdir(exist_ok=True)
    (folder / "results.html").write_text(f"<h1>Results</h1><script>{script}</script>", encoding="utf-8")
    page = scene.bob.new_page()
    if not sandboxed:

        def without_policy(route):
            answer = (folder / "results.html").read_text(encoding="utf-8")
            route.fulfill(status=200, content_type="text/html", body=answer)

        page.route("**/results.html", without_policy)
    page.goto(f"{scene.hub.of('bob')}/user/bob/files/projects/results.html")
    page.wait_for_function("window.got !== undefined")
    got = page.evaluate("window.got")
    assert page.title() == "ran"
    assert (SECRET in got and "_xsrf" in got) != sandboxed
    assert not sandboxed or got == "SecurityError refused"
    page.close()
