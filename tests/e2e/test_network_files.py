"""Networks of other programs in a real JupyterLab: opened in the designer, saved in other formats."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import browsing
import joulebook as jb

Network = jb.grid.Network
CASES = Path(__file__).parents[1] / "validation" / "cases" / "grid_formats"
BROKEN = "0, 100.0, 33\nBroken\n\n'not a number', 'B', 110, 3\n0\n"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[str, Path]]:
    built = root / "extension" / "joulebook_lab" / "labextension"
    if not (built / "package.json").is_file():
        pytest.skip("the Lab extension is not built: jlpm build in extension/")
    folder = tmp_path_factory.mktemp("lab") / "work"
    folder.mkdir()
    with browsing.running_lab(folder, built) as address:
        deadline = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < deadline, (folder.parent / "work.log").read_text()
        yield address, folder


@pytest.fixture
def page(lab: tuple[str, Path], root: Path) -> Iterator[Any]:
    with browsing.chromium(root / "test-artifacts", "network-files") as found:
        found.goto(lab[0] + "&reset")
        found.locator("#jp-main-dock-panel").wait_for(timeout=120_000)
        yield found


def file(page: Any, name: str) -> Any:
    page.get_by_title("File Browser").first.wait_for()
    page.get_by_role("button", name="Refresh the file browser").first.click()
    found = page.locator(".jp-DirListing-item").filter(has=page.get_by_text(name, exact=True))
    found.wait_for()
    return found


def test_a_matpower_case_opens_by_its_menu(page: Any, lab: tuple[str, Path]) -> None:
    folder = lab[1]
    source = Network.named("case14").save(folder / "mine.m")
    source.write_text(source.read_text().replace("mpc.gencost", "mpc.areas = [1 5];\nmpc.gencost", 1))
    file(page, "mine.m").click(button="right")
    page.get_by_role("menuitem", name="Open in the One-Line Designer").click()
    page.get_by_role("listbox", name="One-line diagram: 14 busbars").wait_for(timeout=120_000)
    assert "areas" in page.locator(".Toastify").inner_text()
    assert len(Network.load(folder / "mine.circuit.json").buses) == 14


def test_a_network_of_psse_opens_by_a_double_click_once(page: Any, lab: tuple[str, Path]) -> None:
    folder = lab[1]
    for ending in ("raw", "seq"):  # the sequence data of the same name are read, too
        (folder / f"theirs.{ending}").write_bytes((CASES / "psse_33" / f"nine_buses.{ending}").read_bytes())
    file(page, "theirs.raw").dblclick()
    diagram = page.get_by_role("listbox", name="One-line diagram: 9 busbars")
    diagram.wait_for(timeout=120_000)
    page.locator(".lm-TabBar-tab", has_text="theirs.raw").locator(".lm-TabBar-tabCloseIcon").click()
    file(page, "theirs.raw").dblclick()
    page.get_by_text("was opened in the designer before").wait_for()
    page.get_by_role("button", name="Open theirs.circuit.json").click()
    diagram.wait_for()
    assert not (folder / "theirs 2.circuit.json").exists()
    first = next(iter(Network.load(folder / "theirs.circuit.json").generators.values()))
    assert first.negative_reactance == 0.22


def test_a_faulty_file_says_where(page: Any, lab: tuple[str, Path]) -> None:
    folder = lab[1]
    (folder / "broken.raw").write_text(BROKEN)
    file(page, "broken.raw").dblclick()
    fault = page.locator(".jb-ImportPage pre", has_text="broken.raw")
    fault.wait_for(timeout=60_000)
    assert "(line 5). Was the file cut off?" in fault.inner_text()
    assert not (folder / "broken.circuit.json").exists()


def test_a_document_is_saved_in_another_format(page: Any, lab: tuple[str, Path]) -> None:
    folder = lab[1]
    Network.named("case9").save(folder / "ours.circuit.json")
    file(page, "ours.circuit.json").dblclick()
    page.get_by_role("listbox", name="One-line diagram: 9 busbars").wait_for(timeout=60_000)
    page.get_by_text("Save as…").click()
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    page.get_by_text("ours.circuit.json is now ours.m").first.wait_for(timeout=60_000)
    assert len(Network.load(folder / "ours.m").buses) == 9
