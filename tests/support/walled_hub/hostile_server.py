"""A user's server that its user has replaced: it lets everybody in, serves any page and notes what it is sent."""

import asyncio
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from tornado import web

PAGE = "<!doctype html><title>hostile</title><script src='attack.js'></script><h1>Look at my results</h1>"


class Page(web.RequestHandler):
    def get(self, path):
        with Path("seen.jsonl").open("a", encoding="utf-8") as seen:
            seen.write(json.dumps({"path": path, "cookies": self.request.headers.get("Cookie", "")}) + "\n")
        self.set_header("Access-Control-Allow-Origin", "*")
        if path == "tossed":
            for cookie in json.loads(Path("cookies.json").read_text(encoding="utf-8")):
                self.add_header("Set-Cookie", cookie)
        if path == "attack.js":
            self.set_header("Content-Type", "text/javascript")
            self.finish(Path("attack.js").read_text(encoding="utf-8"))
            return
        self.finish(PAGE)


async def main():
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    web.Application([(address.path + "(.*)", Page)]).listen(address.port, address.hostname)
    await asyncio.Event().wait()


asyncio.run(main())
