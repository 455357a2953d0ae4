"""Measure the circuit designer in a real browser: layout, routing, dragging, panning.

Run from the repository after ``jlpm build:widget``: ``python extension/harness/bench.py [NETWORK ...]``.
"""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from joulebook.grid import Network

EXTENSION = Path(__file__).resolve().parents[1]
CLOCK = """(() => {
  const wait = window.requestAnimationFrame.bind(window);
  window.own = 0;
  window.nextFrame = () => new Promise(resolve => wait(resolve));
  window.requestAnimationFrame = draw => wait(now => {
    const began = performance.now();
    draw(now);
    window.own += performance.now() - began;
  });
})()"""
"""Counts the time that the page's own frame callbacks take."""
DRAG = """async ([whole, pan]) => {
  const canvas = document.querySelector('.jb-Sheet canvas');
  const box = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  const say = (type, x, y, button = 0) => canvas.dispatchEvent(
    new PointerEvent(type, { bubbles: true, clientX: x, clientY: y, pointerId: 1, button }));
  const sheet = document.querySelector('.jb-Sheet');
  const find = () => {
    for (let y = box.top + 0.4 * box.height; y < box.bottom; y += 3) {
      for (let x = box.left + 0.35 * box.width; x < box.right - 60; x += 4) {
        say('pointermove', x, y);
        if (canvas.style.cursor === 'pointer') return [x, y];
      }
    }
  };
  sheet.focus();
  const key = (name, more) => sheet.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, ...more }));
  key('Escape');
  if (whole) key('a', { ctrlKey: true });
  await new Promise(resolve => setTimeout(resolve, 300));
  const start = find();
  say('pointerdown', ...start, pan ? 1 : 0);
  const [work, frames] = [[], []];
  let last = await window.nextFrame();
  for (let i = 1; i <= 120; i++) {
    window.own = 0;
    const began = performance.now();
    say('pointermove', start[0] + 60 * Math.sin(i / 6), start[1] + (i % 40));
    const handled = performance.now() - began;
    const now = await window.nextFrame();
    const drawn = performance.now();
    canvas.getContext('2d').getImageData(0, 0, 1, 1); // waits until the pixels are there
    work.push(handled + window.own + performance.now() - drawn);
    frames.push(now - last);
    last = now;
  }
  say('pointerup', ...start);
  const late = values => [...values].sort((a, b) => a - b);
  return [late(work)[60], late(work)[114], late(frames)[60], late(frames)[114]];
}"""
DRAWN = """async () => {
  const began = performance.now();
  const label = () => document.querySelector('.jb-Progress')?.getAttribute('aria-label') ?? '';
  while (!document.querySelector('.jb-Sheet canvas') || /^(Placing|Connecting)/.test(label())) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  const drawn = performance.now() - window.opened;
  while (label()) await new Promise(resolve => setTimeout(resolve, 20));
  return [drawn, performance.now() - window.opened];
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep the output free for what matters."""


def measure(browser: Any, address: str, name: str) -> str:
    """Give a row of a table.

    Parameters
    ----------
    browser : Browser
        Of Playwright.
    address : str
        Of the harness.
    name : str
        Of a network.

    Returns
    -------
    str
        In Markdown.
    """
    document = Network.named(name).to_document()
    page = browser.new_page(viewport={"width": 1400, "height": 800})
    page.add_init_script(CLOCK)
    page.goto(f"{address}/bench.html")
    found = page.evaluate("([doc, n]) => window.times(doc, n)", [document, 5 if len(document["buses"]) < 5000 else 1])
    page.goto(f"{address}/circuit.html?network=build/{name}.json")
    drawn, settled = page.evaluate(DRAWN)
    frames = {how: page.evaluate(DRAG, asked) for how, asked in MOVES.items()}
    page.close()
    cells = [name, found["elements"], found["wires"], f"{found['layout']:.0f}", f"{found['route']:.0f}"]
    cells += [f"{found['route200']:.0f}", f"{drawn:.0f}", f"{settled:.0f}"]
    for own, late, frame, late_frame in frames.values():
        cells += [f"{own:.1f} / {late:.1f}", f"{frame:.1f} / {late_frame:.1f}"]
    return "| " + " | ".join(map(str, cells)) + " |"


def bundle() -> None:
    """Bundle the pages."""
    options = "--bundle --format=esm --jsx=automatic --minify --log-level=warning --outdir=harness/build"
    production = '--define:process.env.NODE_ENV="production"'
    files = ["harness/bench.ts", "harness/circuit.tsx"]
    subprocess.run(["npx", "esbuild", *files, *options.split(), production], cwd=EXTENSION, check=True)


MOVES = {"all": (True, False), "pan": (False, True)}


def main(names: list[str]) -> None:
    """Print a table of medians in ms; work and length of frames as median / 95th percentile.

    Work is that of the page in a frame: the handler of the pointer, drawing, and waiting for the pixels. A frame that
    misses the screen's turn lasts for two turns.

    Parameters
    ----------
    names : list of str
        Networks.
    """
    bundle()
    folder = EXTENSION / "harness" / "build"
    for name in names:
        (folder / f"{name}.json").write_text(json.dumps(Network.named(name).to_document()), "utf-8")
    handler = functools.partial(Quiet, directory=EXTENSION / "harness")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(
        "| network | elements | wires | layout | routing | 200 wires | on the screen | settled | "
        "drag all: work | frame | pan: work | frame |"
    )
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in names:
            print(measure(browser, f"http://127.0.0.1:{server.server_port}", name))
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:] or ["case14", "case118", "case300", "case1354pegase", "case9241pegase"])
