"""Files that somebody else wrote, opened in a real JupyterLab: notebooks, designs, drawings. Nothing in them runs.

The same notebook is opened a second time with a signature, as if its owner had trusted it: there the payloads must run,
otherwise they prove nothing.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.sign import NotebookNotary

import browsing
import joulebook as jb

OWN = "window.owned = (window.owned ?? 0) + 1"
PAYLOADS = [
    f'<img src="x" onerror="{OWN}">',
    f"<script>{OWN}</script>",
    f'<svg onload="{OWN}"></svg>',
    f'<xmp><img src="x" onerror="{OWN}"></xmp>',
    f'<svg><textarea><img src="x" onerror="{OWN}"></textarea></svg>',
    f'<svg><xmp><img src="x" onerror="{OWN}"></xmp></svg>',
    f'<math><mtext><table><mglyph><style><img src="x" onerror="{OWN}"></style></mglyph></table></mtext></math>',
    f"<noscript><p title=\"</noscript><img src=x onerror='{OWN}'>\"></noscript>",
    f'<iframe srcdoc="<script>parent.owned = 1</script>"></iframe><details open ontoggle="{OWN}"><p>x</p></details>',
    f'<a href="javascript:{OWN}">results</a><form action="javascript:{OWN}"><button>go</button></form>',
    f'<a href="&#0000106;avascript:{OWN}">more</a>',
    '<button data-commandlinker-command="terminal:create-new" data-commandlinker-args="{}">Show</button>',
]
DRAWING = (
    f'<svg xmlns="http://www.w3.org/2000/svg"><script>{OWN}</script><rect width="9" height="9" onclick="{OWN}"/></svg>'
)
NAME = f'"><img src=x onerror="{OWN}"><script>{OWN}</script>${{{OWN}}} end-of-name'
LIVE = """() => [...document.querySelectorAll('#jp-main-dock-panel *')].filter(each =>
    [...each.attributes].some(it => /^on/i.test(it.name) || /^\\s*javascript:/i.test(it.value) || it.name === 'srcdoc')
    || (each.localName === 'script' && each.textContent.includes('owned'))).map(each => each.outerHTML.slice(0, 200))"""
SHOWS = """word => [...document.querySelectorAll('#jp-main-dock-panel *')].some(each =>
    each.children.length === 0 && `${each.value || each.textContent}`.includes(word))"""


def notebook(end: str) -> nbformat.NotebookNode:
    html = [nbformat.v4.new_output("display_data", {"text/html": text}) for text in PAYLOADS]
    outputs = [
        *html,
        nbformat.v4.new_output("display_data", {"application/javascript": OWN}),
        nbformat.v4.new_output("display_data", {"image/svg+xml": DRAWING}),
        nbformat.v4.new_output("display_data", {"text/markdown": "\n\n".join(PAYLOADS)}),
        nbformat.v4.new_output("stream", text=end),
    ]
    cell = nbformat.v4.new_code_cell("1 + 1", outputs=outputs, execution_count=1, metadata={"trusted": True})
    text = nbformat.v4.new_markdown_cell("\n\n".join([*PAYLOADS, f"[click](javascript:{OWN})"]))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=[text, cell], metadata={"kernelspec": kernel, "trusted": True})


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[str, Path]]:
    built = root / "extension" / "joulebook_lab" / "labextension"
    if not (built / "package.json").is_file():
        pytest.skip("the Lab extension is not built: jlpm build in extension/")
    folder = tmp_path_factory.mktemp("lab") / "work"
    folder.mkdir()
    nbformat.write(notebook("end-of-shared"), folder / "shared.ipynb")
    signed = notebook("end-of-signed")
    nbformat.write(signed, folder / "signed.ipynb")
    (folder / "drawing.svg").write_text(DRAWING, encoding="utf-8")
    (folder / "page.html").write_text("".join(PAYLOADS), encoding="utf-8")
    (folder / "notes.txt").write_text(f"<html>{PAYLOADS[1]}", encoding="utf-8")
    cell = jb.battery.Cell.named("Chen2020").replace({"name": NAME, "description": NAME})
    cell.save(folder / "shared.cell.json")
    jb.grid.Network.named("case9").replace({"name": NAME, "description": NAME}).save(folder / "shared.circuit.json")
    data = folder.parent / "work-home" / "data"
    data.mkdir(parents=True)
    notary = NotebookNotary(data_dir=str(data))  # before the server starts, which would else make a secret of its own
    notary.sign(nbformat.read(folder / "signed.ipynb", 4))
    notary.store.close()
    with browsing.running_lab(folder, built) as address:
        deadline = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < deadline, (folder.parent / "work.log").read_text()
        yield address, folder


@pytest.fixture(scope="module")
def page(lab: tuple[str, Path], root: Path) -> Iterator[Any]:
    with browsing.chromium(root / "test-artifacts", "shared-files") as found:
        found.asked = []
        found.on("request", lambda request: found.asked.append(request.url))
        yield found


def open_file(page: Any, lab: tuple[str, Path], name: str, word: str) -> None:
    page.goto(lab[0].replace("/lab?", f"/lab/tree/{name}?") + "&reset")
    page.wait_for_function(SHOWS, arg=word, timeout=120_000)


def test_a_shared_notebook_runs_nothing(page: Any, lab: tuple[str, Path]) -> None:
    open_file(page, lab, "shared.ipynb", "end-of-shared")
    page.locator(".jp-RenderedMarkdown").first.wait_for()
    assert page.evaluate(LIVE) == []
    page.evaluate("() => new Promise(done => requestIdleCallback(done))")
    assert page.evaluate("window.owned") is None
    # A button that looks like one of Lab's own: it is there, and does nothing.
    page.locator("[data-commandlinker-command]").first.click()
    asked = "token => fetch('/api/terminals', {headers: {Authorization: `token ${token}`}}).then(it => it.json())"
    assert page.evaluate(asked, lab[0].partition("token=")[2]) == []
    assert page.locator(".jp-Terminal").count() == 0


def test_the_same_notebook_trusted_runs_it_all(page: Any, lab: tuple[str, Path]) -> None:
    open_file(page, lab, "signed.ipynb", "end-of-signed")
    page.wait_for_function("window.owned > 1", timeout=30_000)


@pytest.mark.parametrize("name", ["shared.cell.json", "shared.circuit.json"])
def test_a_shared_design_runs_nothing(page: Any, lab: tuple[str, Path], name: str) -> None:
    open_file(page, lab, name, "end-of-name")
    assert page.evaluate(LIVE) == []
    assert page.evaluate("window.owned") is None


def test_nothing_was_asked_from_elsewhere(page: Any, lab: tuple[str, Path]) -> None:
    """All that the pages before loaded came from this server."""
    origin = lab[0].partition("/lab")[0]
    assert len(page.asked) > 50
    assert [url for url in page.asked if not url.startswith((origin, "data:", "blob:"))] == []


@pytest.mark.parametrize("path", ["files/drawing.svg", "files/page.html", "nbconvert/html/shared.ipynb"])
def test_a_shared_page_is_at_no_origin(page: Any, lab: tuple[str, Path], path: str) -> None:
    """Its scripts run, and reach neither cookies nor the server."""
    answer = page.goto(lab[0].replace("/lab?", f"/{path}?"))
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
    reach = "() => { try { return document.cookie; } catch (error) { return error.name; } }"
    assert page.evaluate(reach) == "SecurityError"
    ask = """token => fetch("/api/contents", {headers: {Authorization: `token ${token}`}})
        .then(() => "read", () => "refused")"""
    assert page.evaluate(ask, lab[0].partition("token=")[2]) == "refused"


def test_text_stays_text(page: Any, lab: tuple[str, Path]) -> None:
    answer = page.goto(lab[0].replace("/lab?", "/files/notes.txt?"))
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert page.evaluate("window.owned") is None
