"""The whole path as a new user walks it: sign up, design, see, save, run the tutorial, hold the PDF, sign out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import browsing

USER, PASSWORD = "grace", "warm copper lantern"
ADMIN_PASSWORD = "quiet brass window"
CELL = "LG M50.cell.json"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browsing.running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def fill_password_twice(page: Any, password: str) -> None:
    page.locator("#password_input").fill(password)
    page.locator("#repeated_input").fill(password)


def sign_up(page: Any, hub: Any) -> None:
    page.goto(f"{hub.url}/hub/signup")
    page.locator("#username_input").fill(USER)
    fill_password_twice(page, PASSWORD)
    page.locator("#signup_submit").click()
    page.get_by_text("waits for an administrator").wait_for()


def sign_in(page: Any, hub: Any, name: str, password: str) -> None:
    page.goto(f"{hub.url}/hub/login?next=%2Fhub%2Fhome")
    page.locator("#username_input").fill(name)
    page.locator("#password_input").fill(password)
    page.locator("#login_submit").click()


def approve_as_first_admin(page: Any, hub: Any) -> None:
    sign_in(page, hub, hub.admin, hub.password)
    page.get_by_role("heading", name="Choose a password").wait_for()
    fill_password_twice(page, ADMIN_PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    page.wait_for_url("**/hub/home*")
    page.goto(f"{hub.url}/hub/accounts")
    page.get_by_role("button", name=f"Approve {USER}").click()
    page.locator(f'tr[data-account="{USER}"]').get_by_text("active").wait_for()
    page.goto(f"{hub.url}/hub/logout")


def open_lab(page: Any, hub: Any) -> None:
    page.goto(f"{hub.url}/hub/spawn/{USER}")
    page.wait_for_url("**/lab*", timeout=120_000)
    page.locator("#jp-main-dock-panel").wait_for(timeout=120_000)


def open_cell(page: Any) -> Any:
    page.locator(".jp-DirListing-item", has_text=CELL).dblclick()
    designer = page.locator(".jp-Document").filter(has=page.get_by_role("group", name=re.compile("Electrode stack")))
    designer.get_by_role("group", name=re.compile("Electrode stack")).wait_for()
    return designer


def capacity(designer: Any) -> float:
    text = designer.get_by_role("region", name="Figures of the cell").inner_text()
    found = re.search(r"Capacity\s+([\d\s.,\u202f\u2009]+)\s*mA", text)
    assert found, text
    return float(re.sub(r"[^\d.]", "", found[1]))


def change_thickness(page: Any, designer: Any) -> None:
    before = capacity(designer)
    slider = designer.get_by_role("slider", name="Positive electrode, thickness")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    browsing.wait_for("a larger capacity", lambda: capacity(designer) > before, 20, lambda: page.wait_for_load_state())


def save(page: Any, name: str) -> None:
    """Press the keys, and wait until the server has written the file."""
    with page.expect_response(lambda answer: answer.request.method == "PUT" and name in answer.url):
        page.keyboard.press("Control+s")


def preview_from_a_kernel(page: Any, designer: Any) -> None:
    chart = designer.get_by_role("region", name="Discharge preview")
    chart.locator("path.jb-Chart-curve, polyline.jb-Chart-curve").first.wait_for(timeout=90_000)


def run_tutorial(page: Any, workspace: Path) -> None:
    page.get_by_role("menuitem", name="File", exact=True).first.wait_for()
    page.locator(".jp-DirListing-item", has_text="tutorials").dblclick()
    page.locator(".jp-DirListing-item", has_text="first-cell.ipynb").dblclick()
    notebook = page.locator(".jp-NotebookPanel:visible")
    notebook.locator(".jp-CodeCell").first.wait_for()
    page.locator("#jp-main-statusbar").get_by_text("Joulebook (CPU) | Idle").wait_for(timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    last = notebook.get_by_text("{'completed'}")
    error = notebook.locator('[data-mime-type="application/vnd.jupyter.error"]')
    last.or_(error).first.wait_for(timeout=180_000)
    save(page, "first-cell")
    cells = json.loads((workspace / "tutorials" / "first-cell.ipynb").read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]
    assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")


def make_report(page: Any, designer: Any, workspace: Path) -> Path:
    page.locator(".lm-TabBar-tab", has_text=CELL).click()
    designer.get_by_role("button", name="Make report").click()
    found = browsing.wait_for(
        "a report",
        lambda: next(iter(workspace.glob("*.report.pdf")), None),
        180,
        lambda: page.evaluate("() => new Promise(requestAnimationFrame)"),
    )
    return Path(found)


def sign_out(page: Any, hub: Any) -> None:
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name="Log Out").click()
    page.wait_for_url(re.compile("/hub/(login|logout)"))
    page.goto(f"{hub.url}/hub/home")
    page.wait_for_url("**/hub/login*")


def test_from_sign_up_to_the_pdf(hub: Any, root: Path) -> None:
    artifacts = root / "test-artifacts"
    with browsing.chromium(artifacts, "journey") as page:
        complaints = browsing.ConsoleErrors(page)
        sign_up(page, hub)
        approve_as_first_admin(page, hub)
        sign_in(page, hub, USER, PASSWORD)
        page.wait_for_url("**/hub/home*")
        open_lab(page, hub)
        workspace = hub.workspace(USER)
        designer = open_cell(page)
        change_thickness(page, designer)
        save(page, "LG%20M50")
        assert json.loads((workspace / CELL).read_text())["positive"]["thickness"] == pytest.approx(80.6e-6)
        preview_from_a_kernel(page, designer)
        run_tutorial(page, workspace)
        report = make_report(page, designer, workspace)
        assert report.read_bytes().startswith(b"%PDF")
        sign_out(page, hub)
        assert complaints.found == []
