"""Stands for every single-user server: answers whatever it is asked, as JupyterHub expects it."""

import asyncio
import sys

from jupyterhub import __version__
from tornado import web


class _Anything(web.RequestHandler):
    def prepare(self) -> None:
        self.set_header("X-JupyterHub-Version", __version__)
        self.finish("{}")


async def _serve(port: int) -> None:
    web.Application([(r"/.*", _Anything)]).listen(port, address="127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(_serve(int(sys.argv[1])))
