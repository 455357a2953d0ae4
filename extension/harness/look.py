"""Take pictures of the cell designer in a real browser, with curves from the real engine.

Run from the repository: ``python extension/harness/look.py FOLDER``; pictures go into the folder.
"""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from joulebook_lab.preview import curves

EXTENSION = Path(__file__).resolve().parents[1]
WIDTHS = (1600, 1400, 1280, 700)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep the output free for what matters."""


def build() -> None:
    """Bundle the page."""
    options = "--bundle --format=esm --jsx=automatic --minify --log-level=warning --outdir=harness/build"
    production = '--define:process.env.NODE_ENV="production"'
    command = ["npx", "esbuild", "harness/harness.tsx", *options.split(), production]
    subprocess.run(command, cwd=EXTENSION, check=True)


def open_page(page: Page, address: str) -> None:
    """Open the designer and wait for its curves.

    Parameters
    ----------
    page : Page
        A fresh page.
    address : str
        Of the harness.
    """
    page.expose_function("solve", lambda asked: curves(asked["document"], asked["rates"], asked["model"]))
    page.goto(address)
    page.wait_for_selector(".jb-Discharge .jb-Chart-curve", timeout=120_000)


def explore(page: Page) -> None:
    """Move a value in the Explore panel and wait for its curve.

    Parameters
    ----------
    page : Page
        With the designer.
    """
    page.get_by_role("button", name="Explore values").click()
    page.get_by_role("slider", name="Negative electrode, thickness").nth(-1).fill("12")
    page.wait_for_selector(".jb-Explore-figures td:has-text('%')", timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.jb-Explore .jb-Chart-curve').length === 2", timeout=60_000)


def main(folder: Path) -> None:
    """Take the pictures.

    Parameters
    ----------
    folder : Path
        For the pictures.
    """
    build()
    folder.mkdir(parents=True, exist_ok=True)
    handler = functools.partial(Quiet, directory=EXTENSION / "harness")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/index.html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for theme in ("light", "dark"):
            for width in WIDTHS:
                page = browser.new_page(viewport={"width": width, "height": 900})
                problems: list[str] = []
                page.on("console", lambda message, found=problems: found.append(message.text))
                page.on("pageerror", lambda error, found=problems: found.append(str(error)))
                open_page(page, f"{address}?theme={theme}")
                page.screenshot(path=folder / f"designer-{theme}-{width}.png", full_page=True)
                explore(page)
                picture = folder / f"explore-{theme}-{width}.png"
                page.locator(".jb-Explore").screenshot(path=picture, animations="disabled")
                print(theme, width, problems or "no console output")
                page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "test-artifacts"))
