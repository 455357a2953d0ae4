"""A store that speaks as much of S3 as backups use: put, list, get, delete, in memory, signatures looked at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class _Handler(BaseHTTPRequestHandler):
    objects: dict[str, bytes]
    key: str

    def log_message(self, *_arguments: object) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refused(self) -> bool:
        signed = f"Credential={self.key}/" in self.headers.get("Authorization", "")
        if not signed:
            self._answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        return not signed

    @property
    def _name(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/")

    def do_PUT(self) -> None:
        if not self._refused():
            self.objects[self._name] = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(200, ETag='"1"')

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self._refused():
            return
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            bucket, prefix = self._name.rstrip("/"), query.get("prefix", [""])[0]
            names = [name.removeprefix(bucket + "/") for name in self.objects if name.startswith(f"{bucket}/{prefix}")]
            rows = "".join(
                f"<Contents><Key>{escape(name)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
                f'<ETag>"1"</ETag><Size>1</Size></Contents>'
                for name in sorted(names)
            )
            text = f"<ListBucketResult><Name>{bucket}</Name><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
            self._answer(200, text.encode(), Content_Type="application/xml")
        elif self._name in self.objects:
            modified = "Thu, 01 Jan 2026 00:00:00 GMT"
            self._answer(200, self.objects[self._name], ETag='"1"', Last_Modified=modified)
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>")

    def do_DELETE(self) -> None:
        if not self._refused():
            self.objects.pop(self._name, None)
            self._answer(204)


@contextmanager
def object_store(key: str) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Run the store; give its address and what it holds by ``bucket/name``."""
    objects: dict[str, bytes] = {}
    handler = type("Handler", (_Handler,), {"objects": objects, "key": key})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", objects
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
