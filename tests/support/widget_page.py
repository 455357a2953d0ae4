"""A page that shows a built notebook widget without Jupyter: a model in the page, answers from ``window.solve``."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "extension" / "joulebook_lab" / "static"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="DESIGNER.css"><style>body { margin: 0 }</style><div id="here"></div>
<script type="module">
import widget from './DESIGNER.js';
const listeners = new Map();
const tell = (event, ...args) => (listeners.get(event) ?? []).forEach(listener => listener(...args));
window.start = doc => {
  const state = { doc, read_only: false, theme: 'light' };
  window.model = {
    get: name => state[name],
    set: (name, value) => { state[name] = value; tell(`change:${name}`); },
    save_changes: () => {},
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) => listeners.set(event, (listeners.get(event) ?? []).filter(item => item !== listener)),
    send: content => window.solve(content).then(answer =>
      tell('msg:custom', { kind: 'preview-answer', id: content.id, answer }))
  };
  const began = performance.now();
  window.began = began;
  widget.render({ model: window.model, el: document.getElementById('here') });
  return new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() =>
    resolve(performance.now() - began))));
};
window.ready = true;
</script>"""


@contextmanager
def served(designer: str) -> Iterator[str]:
    """Serve the page of a designer.

    Parameters
    ----------
    designer : str
        Name of its module: ``"circuit_designer"``.

    Yields
    ------
    str
        The address; ``window.start(doc)`` shows a document there.
    """
    if not (STATIC / f"{designer}.js").is_file():
        pytest.skip("the widgets are not built: jlpm build:widget in extension/")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/":
                super().do_GET()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.replace("DESIGNER", designer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=STATIC))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
