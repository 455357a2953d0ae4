"""Take pictures of the circuit designer in a real browser, with figures from the real solvers.

Run from the repository: ``python extension/harness/look_circuit.py FOLDER``; pictures go into the folder.
"""

from __future__ import annotations

import functools
import http.server
import json
import sys
import threading
from pathlib import Path

from bench import EXTENSION, Quiet, bundle
from playwright.sync_api import sync_playwright

from joulebook.grid import Network
from joulebook_lab.circuit_studies import study

PICTURES = (("light", "case14", 0), ("dark", "case118", 6))
"""Theme, network, and how often to zoom in."""


def main(folder: Path) -> None:
    """Take the pictures.

    Parameters
    ----------
    folder : Path
        For the pictures.
    """
    bundle()
    folder.mkdir(parents=True, exist_ok=True)
    handler = functools.partial(Quiet, directory=EXTENSION / "harness")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/circuit.html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for theme, name, zooms in PICTURES:
            file = EXTENSION / "harness" / "build" / f"{name}.json"
            file.write_text(json.dumps(Network.named(name).to_document()), "utf-8")
            page = browser.new_page(viewport={"width": 1400, "height": 680})
            problems: list[str] = []
            page.on("console", lambda message, found=problems: found.append(message.text))
            page.on("pageerror", lambda error, found=problems: found.append(str(error)))
            page.expose_function("solve", study)
            page.goto(f"{address}?theme={theme}&network=build/{name}.json")
            page.get_by_role("button", name="Power flow").click()
            page.locator(".jb-Study-status", has_text="Solved").wait_for(timeout=120_000)
            page.get_by_role("button", name="Fit the network").click()
            for _ in range(zooms):
                page.get_by_role("button", name="Zoom in").click()
            page.mouse.move(5, 5)
            page.wait_for_timeout(300)
            page.locator(".jb-Circuit").screenshot(path=folder / f"circuit-{theme}.png")
            print(theme, name, problems or "no console output")
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "test-artifacts"))
