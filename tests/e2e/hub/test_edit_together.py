"""Two people edit one notebook of a shared project at the same time, in two browsers; who is removed is out."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
import requests
from playwright.sync_api import expect

import browsing

EXAMPLES = Path(__file__).resolve().parents[3] / "notebooks" / "examples"
PASSWORD = "coil gun marmalade"


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("JOULEBOOK_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.fixture(scope="module")
def house(new_hub: Any) -> Any:
    """A hub with an organisation of the administrator and bob, a project with a notebook, and carl, who is outside."""
    hub = new_hub(JOULEBOOK_ATTEMPTS_PER_MINUTE="1000", JOULEBOOK_SIGN_UP="open", OMP_NUM_THREADS="1")
    done = hub.up()
    assert done.returncode == 0, done.stderr
    admin, bob, carl = hub.admin(), hub.browser(), hub.browser()
    for browser, name in ((bob, "bob"), (carl, "carl")):
        assert browser.sign_up(name, PASSWORD).status_code == 200
    admin.submit("/hub/organisations", {"action": "found", "title": "Coil group"})
    change(admin, "invite", invited="bob", role="member")
    asked = bob.get("/hub/organisations")
    number = re.search(r'name="number" value="(\d+)"', asked.text)[1]
    bob.continue_with(asked, "/hub/organisations", {"action": "accept", "number": number})
    assert change(admin, "make project", title="Coil tests").status_code == 200
    folder = hub.folder.workspaces / "projects" / "1"
    folder.mkdir(parents=True)
    cells = [nbformat.v4.new_code_cell("turns = 12"), nbformat.v4.new_markdown_cell("Coil of the second run")]
    kernel = {"kernelspec": {"name": "joulebook-cpu", "display_name": "Joulebook (CPU)"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "coil.ipynb")
    yield SimpleNamespace(hub=hub, admin=admin, bob=bob, carl=carl, folder=folder)
    assert hub.down().returncode == 0


def change(browser: Any, action: str, **fields: str) -> Any:
    return browser.submit("/hub/organisations/coil-group", {"action": action, **fields})


def enter(page: Any, house: Any, name: str, password: str) -> None:
    """Sign in and press *Edit together*."""
    page.set_default_timeout(60_000)
    page.goto(f"{house.hub.url}/hub/login?next=%2Fhub%2Forganisations%2Fcoil-group")
    if "/hub/login" in page.url:
        page.locator("#username_input").fill(name)
        page.locator("#password_input").fill(password)
        page.locator("#login_submit").click()
    page.get_by_role("button", name="Edit Coil tests together").wait_for()
    picture(page, f"page-{name}")
    page.get_by_role("button", name="Edit Coil tests together").click()
    page.wait_for_url("**/user/project--1/lab**", timeout=120_000)


def open_notebook(page: Any) -> Any:
    item = page.locator('.jp-DirListing-item[data-file-type="notebook"]', has_text="coil.ipynb")
    item.wait_for()
    item.dblclick()
    cell = page.locator(".jp-CodeCell .cm-content").first
    cell.get_by_text("turns").wait_for()
    return cell


def sees(page: Any, name: str) -> None:
    """The other one's cursor, and whose it is."""
    page.locator(".jp-CodeCell .jp-remote-cursor").first.wait_for(state="attached")
    page.locator(".jp-remote-userFlag-name", has_text=name).wait_for(state="attached")


def open_design(page: Any, name: str, editor: str) -> Any:
    page.locator('.jp-DirListing-item[data-isdir="false"]', has_text=name).last.dblclick()
    return page.locator(editor)


def with_person(page: Any, name: str) -> None:
    page.locator(".jb-Document:not(.lm-mod-hidden) .jb-Presence-person", has_text=name).wait_for()


def value_is(editor: Any, path: str, text: str) -> None:
    expect(editor.locator(f'[data-path="{path}"] input')).to_have_value(text, timeout=30_000)


def enter_value(editor: Any, path: str, text: str) -> None:
    field = editor.locator(f'[data-path="{path}"] input')
    field.fill(text)
    field.press("Enter")


def test_two_people_edit_a_cell_and_a_network(house: Any, tmp_path: Path, wait_for: Any) -> None:
    names = ("LG M50.cell.json", "Radial feeder.circuit.json")
    for name in names:
        shutil.copyfile(EXAMPLES / name, house.folder / name)
    cell, network = (house.folder / name for name in names)
    before = {path: path.read_bytes() for path in (cell, network)}

    def said(path: Path) -> Any:
        return json.loads(path.read_text(encoding="utf-8"))

    with browsing.chromium(tmp_path, "designs") as ada:
        bob = ada.context.browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        enter(ada, house, "admin", house.hub.ADMIN_PASSWORD)
        enter(bob, house, "bob", PASSWORD)
        hers, his = (open_design(page, names[0], ".jb-CellEditor") for page in (ada, bob))
        value_is(hers, "negative.thickness", "85.2")
        value_is(his, "negative.thickness", "85.2")
        with_person(ada, "bob")
        with_person(bob, "admin")
        assert cell.read_bytes() == before[cell], "opening changes nothing"
        enter_value(hers, "negative.thickness", "90")
        value_is(his, "negative.thickness", "90")
        enter_value(his, "negative.porosity", "0.24")
        value_is(hers, "negative.porosity", "0.24")
        picture(ada, "cell-ada")
        hers.get_by_role("button", name="Undo").click()
        value_is(his, "negative.thickness", "85.2")
        value_is(his, "negative.porosity", "0.24")
        wait_for(lambda: said(cell)["negative"]["porosity"] == 0.24, "it is in the file", 20)
        start = json.loads(before[cell])
        start["negative"]["porosity"] = 0.24
        assert {**said(cell), "sources": None} == {**start, "sources": None}, "and nothing else"

        hers, his = (open_design(page, names[1], ".jb-CircuitEditor") for page in (ada, bob))
        name, symbol = hers.get_by_label("Name", exact=True), his.get_by_placeholder("Find a symbol")
        name.fill("Feeder of both")
        name.press("Enter")
        expect(his).to_contain_text("Feeder of both", timeout=30_000)
        symbol.fill("Busbar")
        symbol.press("Enter")
        expect(hers).to_contain_text(re.compile(r"Busbars\s*7"), timeout=30_000)
        with_person(ada, "bob")
        picture(ada, "circuit-ada")
        his.get_by_role("button", name="Undo").click()
        expect(hers).to_contain_text(re.compile(r"Busbars\s*6"), timeout=30_000)
        expect(his).to_contain_text("Feeder of both", timeout=30_000)
        wait_for(lambda: said(network)["name"] == "Feeder of both", "it is in the file", 20)
        start = json.loads(before[network])
        assert {**said(network), "name": "", "layout": None} == {**start, "name": "", "layout": None}


def test_two_people_type_into_one_notebook_until_one_is_removed(house: Any, tmp_path: Path, wait_for: Any) -> None:
    with browsing.chromium(tmp_path, "admin") as ada:
        bob = ada.context.browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        enter(ada, house, "admin", house.hub.ADMIN_PASSWORD)
        enter(bob, house, "bob", PASSWORD)
        hers, his = open_notebook(ada), open_notebook(bob)
        hers.click()
        ada.keyboard.press("Control+End")
        ada.keyboard.type("\nlayers = 4")
        his.get_by_text("layers").wait_for()
        sees(bob, "admin")
        his.click()
        bob.keyboard.press("Control+End")
        bob.keyboard.type("\nwire = 0.5")
        hers.get_by_text("wire").wait_for()
        sees(ada, "bob")
        picture(ada, "notebook-ada")
        picture(bob, "notebook-bob")
        text = "turns = 12\nlayers = 4\nwire = 0.5"
        file = house.folder / "coil.ipynb"
        wait_for(lambda: nbformat.read(file, 4).cells[0].source == text, "both are in the file", 20)

        outsiders(house)
        assert change(house.admin, "remove", user="bob").status_code == 200
        wait_for(lambda: not servers(house), "the project's server has ended, with every connection", 20)
        assert house.bob.get("/hub/spawn/project--1").status_code in {403, 404}
        assert not servers(house)

        house.admin.get("/hub/spawn/project--1")
        lab = "/user/project--1/lab"
        wait_for(lambda: house.admin.get(lab).url.endswith(lab), "the others have started it again", 60)
        assert house.bob.get(lab).status_code in {403, 404}
        assert nbformat.read(file, 4).cells[0].source == text, "nothing twice, nothing lost"


def servers(house: Any) -> list[Any]:
    """Processes of single-user servers."""
    return [each for each in house.hub.members() if any("jupyterhub.singleuser" in word for word in each.cmdline())]


def outsiders(house: Any) -> None:
    """Carl, who is no member, and the server's own token reach nothing; the server has little in its environment."""
    assert house.carl.get("/user/project--1/api/status").status_code in {403, 404}
    assert house.carl.get("/hub/spawn/project--1").status_code in {403, 404}
    assert change(house.carl, "edit together", project="coil-tests").status_code in {403, 404}
    (server,) = servers(house)
    environment = server.environ()
    assert "JOULEBOOK_SERVICE" not in environment and environment["CUDA_VISIBLE_DEVICES"] == ""
    assert server.cwd() == str(house.folder)
    headers = {"Authorization": f"token {environment['JUPYTERHUB_API_TOKEN']}"}
    with requests.Session() as session:
        session.trust_env = False
        for path in ("users", "users/bob", "groups", "users/project--1/tokens", "services"):
            answer = session.get(f"{house.hub.url}/hub/api/{path}", headers=headers, timeout=30)
            assert answer.status_code in {403, 404}, path
