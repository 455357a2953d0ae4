"""GPU time as a person sees it in JupyterLab: cost, meter, queue, grace, stop, and work again. NVML may be a fake."""

from __future__ import annotations

import re
import sqlite3
from types import SimpleNamespace

import fake_card
import pytest

import browsing

WAIT = 60_000  # ms, on a busy machine
WORK = 'exec(\'import time\\ntry:\\n while True: time.sleep(.1)\\nexcept KeyboardInterrupt: print("state", "saved")\')'


@pytest.fixture(scope="module")
def lab(new_hub, tmp_path_factory, root):
    """A hub with one card whose administrator has 10 GPU-hours, and this checkout's front end in its servers."""
    hub = new_hub(JOULEBOOK_DEFAULT_PLAN="academic", JOULEBOOK_ATTEMPTS_PER_MINUTE="1000")
    folder = tmp_path_factory.mktemp("nvml")
    fake_card.put_into(hub.environment, folder, heartbeat_interval=1.0, refused_interval=1.0)
    built = root / "extension" / "joulebook_lab" / "labextension"
    if built.is_dir():
        extensions = folder / "share" / "jupyter" / "labextensions"
        extensions.mkdir()
        (extensions / "joulebook").symlink_to(built)
    done = hub.up()
    assert done.returncode == 0, done.stderr
    yield SimpleNamespace(hub=hub, admin=hub.admin())
    assert hub.down().returncode == 0


def hours(lab, value):
    """Give the administrator some GPU-hours in place of the plan's; the plan's again with None."""
    fields = {"whom": "person:admin", "row": "gpu_hours", "reason": "a test"}
    fields |= {"action": "take back"} if value is None else {"action": "row", "value": value}
    assert lab.admin.submit("/hub/plans", fields).status_code == 200


def time_passes(lab, seconds):
    """Begin the grace earlier, which is what the store knows of it."""
    database = sqlite3.connect(lab.hub.folder.root / "ledger.sqlite", timeout=30)
    with database:
        assert database.execute("UPDATE loans SET ran_out = ran_out - ?", (seconds,)).rowcount == 1
    database.close()


def open_lab(page, hub):
    page.goto(f"{hub.url}/hub/login?next=%2Fhub%2Fhome")
    page.locator("#username_input").fill("admin")
    page.locator("#password_input").fill(hub.ADMIN_PASSWORD)
    page.locator("#login_submit").click()
    page.wait_for_url("**/hub/home*")
    page.goto(f"{hub.url}/hub/spawn/admin")
    page.wait_for_url("**/lab*", timeout=120_000)
    page.locator("#jp-main-dock-panel").wait_for(timeout=120_000)


def toast(page, words):
    found = page.locator(".Toastify__toast", has_text=re.compile(words))
    found.first.wait_for(timeout=WAIT)
    return found.first


def run_cell(page, code):
    page.locator(".jp-NotebookPanel:visible .jp-CodeCell .cm-content").last.click()
    page.keyboard.type(code)
    page.keyboard.press("Shift+Enter")


def shows(page, words):
    page.locator(".jp-NotebookPanel:visible .jp-OutputArea-output", has_text=words).last.wait_for(timeout=WAIT)


def test_from_the_cost_to_the_stop_and_back(lab, root):
    with browsing.chromium(root / "test-artifacts", "gpu-in-the-lab") as page:
        open_lab(page, lab.hub)
        meter = page.locator(".jb-MeterItem-button")
        meter.get_by_text("GPU 0.00 of 10 h").wait_for()

        page.locator(".jp-LauncherCard:visible", has_text="GPU notebook").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("10.0 GPU-hours are left this month").wait_for()
        dialog.get_by_role("button", name="Start").click()
        page.locator("#jp-main-statusbar").get_by_text("Joulebook (GPU) | Idle").wait_for(timeout=WAIT)
        run_cell(page, "import os; print('on', os.environ['CUDA_VISIBLE_DEVICES'])")
        shows(page, f"on {fake_card.CARD}")
        meter.click()
        panel = page.get_by_role("dialog", name="GPU time")
        panel.get_by_text("Untitled.ipynb").wait_for()
        panel.get_by_text("Academic").wait_for()
        panel.get_by_text("Storage").wait_for()
        assert panel.get_by_role("link").first.get_attribute("href").startswith("/hub/")
        page.keyboard.press("Escape")

        page.get_by_role("menuitem", name="File", exact=True).first.click()
        page.get_by_role("menuitem", name="New Launcher").click()
        page.locator(".jp-LauncherCard:visible", has_text="Joulebook (GPU)").first.click()
        waits = toast(page, r"Untitled1\.ipynb waits for a GPU: number 1 in the queue")
        run_cell(page, "print('never')")
        shows(page, "Waiting for a GPU: number 1 in the queue")
        waits.get_by_role("button", name="Cancel").click()
        waits.wait_for(state="detached", timeout=WAIT)

        page.locator(".lm-TabBar-tab", has_text="Untitled.ipynb").click()
        hours(lab, "0.0001")
        grace = toast(page, r"GPU time is used up: [45]:\d\d to save, then Untitled\.ipynb is interrupted")
        meter.locator('.jb-Meter[data-colour="red"]').wait_for()
        first = grace.inner_text()
        browsing.wait_for(
            "a countdown",
            lambda: grace.inner_text() != first,
            20,
            lambda: page.evaluate("new Promise(requestAnimationFrame)"),
        )
        run_cell(page, WORK)
        time_passes(lab, 300)
        shows(page, "state saved")
        toast(page, "was interrupted, and its kernel ends")
        time_passes(lab, 30)
        page.get_by_role("dialog").get_by_role("button", name="Ok").click(timeout=WAIT)
        toast(page, r"Untitled\.ipynb has no GPU\. .*used up\.")
        run_cell(page, "print('no')")
        shows(page, "GPU-hours are used up. ")

        hours(lab, None)
        page.locator(".Toastify__toast", has_text="has no GPU").wait_for(state="detached", timeout=WAIT)
        run_cell(page, "print('again')")
        shows(page, "again")
        meter.get_by_text("of 10 h").wait_for()
