"""Take pictures of the designer of equivalent circuits in a real browser.

Run from the repository: ``python extension/harness/look_impedance.py FOLDER``; pictures go into the folder.
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

from joulebook.impedance import Circuit

PICTURES = (("light", "Randles with CPE"), ("dark", "Lithium-ion cell"))


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
        for theme, name in PICTURES:
            file = EXTENSION / "harness" / "build" / "impedance.json"
            file.write_text(json.dumps(Circuit.named(name).to_document()), "utf-8")
            page = browser.new_page(viewport={"width": 1400, "height": 760})
            problems: list[str] = []
            page.on("console", lambda message, found=problems: found.append(message.text))
            page.on("pageerror", lambda error, found=problems: found.append(str(error)))
            page.goto(f"{address}?theme={theme}&network=build/impedance.json")
            page.locator(".jb-Sheet").focus()
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
            curve = page.locator(".jb-Plots svg").first.bounding_box()
            page.mouse.move(curve["x"] + 0.6 * curve["width"], curve["y"] + 0.6 * curve["height"])
            page.wait_for_timeout(300)
            page.locator(".jb-Circuit").screenshot(path=folder / f"impedance-{theme}.png")
            print(theme, name, problems or "no console output")
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "test-artifacts"))
