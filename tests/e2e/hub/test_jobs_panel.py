"""The panel of jobs as a person uses it: run a notebook, watch it, open what it left, schedule it, cancel another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

import browsing

CELLS = (
    "print('the first line', flush=True)",
    "import time\ntime.sleep(pause)",
    "import os, pathlib\npathlib.Path(os.environ['JOULEBOOK_RESULTS'], 'answer.txt').write_text(str(2 * rate))",
)


def write_notebook(path: Path) -> None:
    first = nbformat.v4.new_code_cell("rate = 1\npause = 0.1")
    first.metadata["tags"] = ["parameters"]
    cells = [first, *(nbformat.v4.new_code_cell(text) for text in CELLS)]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


@pytest.fixture(scope="module")
def hub(new_hub: Any) -> Any:
    hub = new_hub(OMP_NUM_THREADS="1")
    done = hub.up()
    assert done.returncode == 0, done.stderr
    hub.admin()
    home = hub.folder.workspaces / "users" / "admin"
    write_notebook(home / "study.ipynb")
    yield hub
    assert hub.down().returncode == 0


def open_lab(page: Any, hub: Any) -> None:
    page.goto(f"{hub.url}/hub/login?next=%2Fhub%2Fspawn%2Fadmin")
    page.locator("#username_input").fill("admin")
    page.locator("#password_input").fill(hub.ADMIN_PASSWORD)
    page.locator("#login_submit").click()
    page.wait_for_url("**/lab*", timeout=120_000)
    page.locator(".jp-DirListing-item", has_text="study.ipynb").wait_for(timeout=120_000)


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("JOULEBOOK_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def ask(page: Any) -> Any:
    """Open the dialog from the file browser's menu."""
    page.locator('.jp-SideBar [title^="File Browser"], .jp-SideBar [data-id="filebrowser"]').first.click()
    item = page.locator(".jp-DirListing-item", has_text="study.ipynb")
    item.wait_for()
    item.click(button="right")
    page.get_by_role("menuitem", name="Run on the Hub…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Run study.ipynb on the hub").wait_for()
    return dialog


def test_the_panel(hub: Any, tmp_path: Path) -> None:
    with browsing.chromium(tmp_path, "jobs") as page:
        complaints = browsing.ConsoleErrors(page)
        open_lab(page, hub)
        tab = page.locator('[data-id="joulebook-jobs"]').first
        tab.click()
        panel = page.get_by_role("region", name="Jobs of the hub")
        panel.get_by_text("also when this browser is closed").wait_for()
        picture(page, "1-empty")

        dialog = ask(page)
        dialog.get_by_label("Parameters", exact=True).fill('{"rate": 21, "pause": 3}')
        dialog.get_by_label("Called", exact=True).fill("My study")
        picture(page, "2-dialog")
        dialog.get_by_role("button", name="Submit").click()
        job = panel.locator(".jb-HubJob", has_text="My study")
        job.get_by_role("progressbar").wait_for()
        job.get_by_role("button", name="My study", exact=True).click()
        picture(page, "3-running")
        panel.locator('.jb-HubJob[data-state="done"]', has_text="My study").wait_for(timeout=90_000)
        job.get_by_role("button", name="answer.txt").wait_for()
        picture(page, "4-done")
        job.get_by_role("button", name="answer.txt").click()
        page.locator(".cm-content", has_text="42").wait_for()

        dialog = ask(page)
        dialog.get_by_label("Parameters", exact=True).fill('{"pause": 100}')
        dialog.get_by_label("Called", exact=True).fill("Sunday run")
        dialog.get_by_label("When", exact=True).select_option("week")
        picture(page, "5-schedule")
        dialog.get_by_role("button", name="Submit").click()
        plan = panel.locator(".jb-HubJob", has_text="Sundays at 20:00")
        plan.wait_for()
        plan.get_by_role("button", name="Pause Sunday run").click()
        plan.get_by_text("paused").wait_for()

        dialog = ask(page)
        dialog.get_by_label("Parameters", exact=True).fill('{"pause": 100, "rte": 2}')
        dialog.get_by_label("Called", exact=True).fill("A slip of the pen")
        dialog.get_by_role("button", name="Submit").click()
        slip = panel.locator('.jb-HubJob[data-state="failed"]', has_text="A slip of the pen")
        slip.get_by_text("not a parameter of this notebook").wait_for(timeout=90_000)

        dialog = ask(page)
        dialog.get_by_label("Parameters", exact=True).fill('{"pause": 100}')
        dialog.get_by_label("Called", exact=True).fill("Too long")
        dialog.get_by_role("button", name="Submit").click()
        panel.get_by_role("button", name="Cancel Too long").click()
        panel.locator('.jb-HubJob[data-state="cancelled"]', has_text="Too long").wait_for(timeout=60_000)
        picture(page, "6-all")

        panel.get_by_role("button", name="Forget Too long; its files stay").click()
        panel.locator(".jb-HubJob", has_text="Too long").wait_for(state="detached")
        plan.get_by_role("button", name="Delete the schedule Sunday run").click()
        plan.wait_for(state="detached")
        assert complaints.found == []
