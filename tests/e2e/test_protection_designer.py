"""The protection designer in a real browser: the built view, and the real widget behind it."""

from __future__ import annotations

import functools
import http.server
import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import browsing
from joulebook_lab.protection_designer import STATIC, ProtectionDesigner

PAGE = """<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="protection_designer.css"></head><body><div id="widget"></div><script type="module">
import widget from './protection_designer.js';
const listeners = {};
const tell = (event, ...words) => [...(listeners[event] ?? [])].forEach(listener => listener(...words));
let traits = JSON.parse(await window.kernelState());
const model = {
  get: name => traits[name], set() {}, save_changes() {},
  on(event, listener) { (listeners[event] ??= new Set()).add(listener); },
  off(event, listener) { listeners[event]?.delete(listener); },
  async send(content) {
    const before = traits;
    const { state, sent } = JSON.parse(await window.kernelMessage(content));
    traits = state;
    for (const name of Object.keys(state)) {
      if (JSON.stringify(before[name]) !== JSON.stringify(state[name])) { tell(`change:${name}`); }
    }
    sent.forEach(message => tell('msg:custom', message));
  }
};
widget.render({ model, el: document.getElementById('widget') });
</script></body></html>"""
TRAITS = ("drawing", "findings", "steps", "read_only", "theme")


class Served(http.server.SimpleHTTPRequestHandler):
    """Serves the built widget, and a page that holds it."""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/":
            body = PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            super().do_GET()


@pytest.fixture
def address() -> Iterator[str]:
    if not (STATIC / "protection_designer.js").is_file():
        pytest.skip("the widget is not built: jlpm build:widget in extension/")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Served, directory=str(STATIC)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def connect(page: Any, designer: ProtectionDesigner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead the widget's messages to the page, as a kernel's comm would."""
    sent: list[Any] = []
    monkeypatch.setattr(designer, "send", lambda content, buffers=None: sent.append(content))

    def state() -> dict[str, Any]:
        return {name: getattr(designer, name) for name in TRAITS}

    def message(content: Any) -> str:
        sent.clear()
        designer._handle_custom_msg(content, [])
        return json.dumps({"state": state(), "sent": sent})

    page.expose_function("kernelState", lambda: json.dumps(state()))
    page.expose_function("kernelMessage", message)


def multiplier(designer: ProtectionDesigner) -> float:
    return designer.scheme.device("R1").stages[0].multiplier


def test_settings_are_dragged_and_typed_and_undone(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    designer = ProtectionDesigner("radial feeder 11 kV", theme="light")
    with browsing.chromium(tmp_path, "protection") as page:
        errors = browsing.ConsoleErrors(page)
        connect(page, designer, monkeypatch)
        page.goto(address)
        grip = page.locator("[data-handle='R1/stages.0.multiplier']")
        grip.wait_for()
        assert page.locator("[data-trace]").count() == 5
        box = grip.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + 25, steps=8)
        page.mouse.move(x, y + 50, steps=8)
        page.mouse.up()
        page.locator(".jb-Protection-findings .jb-mod-bad").get_by_text("too early").wait_for()
        page.get_by_role("button", name="Undo").and_(page.locator(":enabled")).wait_for()
        dragged = multiplier(designer)
        assert dragged < 0.3
        page.keyboard.press("Shift+ArrowUp")
        moved = browsing.wait_for(
            "the key", lambda: multiplier(designer) > dragged and multiplier(designer), 10, lambda: page.evaluate("1")
        )
        assert moved == pytest.approx(dragged * 1.01**10, rel=2e-3)
        page.keyboard.press("Control+z")
        browsing.wait_for("undo", lambda: multiplier(designer) == dragged, 10, lambda: page.evaluate("1"))
        page.keyboard.press("Control+z")
        browsing.wait_for("undo", lambda: multiplier(designer) == 0.4, 10, lambda: page.evaluate("1"))
        assert errors.found == []


def test_names_lie_beside_the_curves_and_not_on_each_other(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with browsing.chromium(tmp_path, "protection-legend") as page:
        connect(page, ProtectionDesigner(theme="dark"), monkeypatch)
        page.goto(address)
        page.locator("[data-trace]").first.wait_for()
        chart = page.locator(".jb-Protection-chart").bounding_box()
        names = [item.bounding_box() for item in page.locator(".jb-Protection-legend li").all()]
        assert len(names) == 7
        for box in names:
            assert box["x"] >= chart["x"] + chart["width"]
        for upper, lower in itertools.pairwise(names):
            assert lower["y"] >= upper["y"] + upper["height"] - 0.5
