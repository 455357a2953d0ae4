"""The program of the kernel “Joulebook (GPU)”: an IPython kernel that may be there before its card is.

It answers Jupyter at once, so no time limit of a server, a proxy or a browser is waited through, and a page that is
loaded again finds it. What waits is the first cell: it says the place in the queue, goes on when the card is lent, and
ends when it is interrupted. A kernel whose user has no GPU time left says so in the same way.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

from joulebook_kernels import power
from joulebook_kernels.power import Power

__all__ = ["GpuKernel", "NoCardError", "waiting_text"]

_LOOK = 0.25
_PR_SET_PDEATHSIG = 1


class NoCardError(RuntimeError):
    """A cell cannot run, because its kernel has no card; shown without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Lines that IPython shows in place of a traceback.

        Returns
        -------
        list of str
            The message.
        """
        return [str(self)]


def waiting_text(found: Power) -> str:
    """Say how a kernel waits.

    Parameters
    ----------
    found : Power
        In the state ``"waiting"``.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> waiting_text(Power("waiting", position=2, cards=1, expected=250.0))
    'Waiting for a GPU: number 2 in the queue, about 4 min.'
    """
    if found.position <= 0:
        return "Waiting for a GPU: who lends them does not answer yet."
    expected = "" if found.expected is None else f", about {_duration(found.expected)}"
    return f"Waiting for a GPU: number {found.position} in the queue{expected}."


def _duration(seconds: float) -> str:
    if seconds < 90:
        return "1 min" if seconds > 30 else "half a minute"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.0f} h"


class GpuKernel(IPythonKernel):
    """An IPython kernel whose cells wait for the card."""

    _told = ""

    async def do_execute(self, code: str, silent: bool, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Run a cell once there is a card.

        Parameters
        ----------
        code : str
            The cell.
        silent : bool
            Whether nothing is shown.
        *arguments, **options : object
            As IPython's kernel has them.

        Returns
        -------
        dict
            Content of the reply.
        """
        try:
            problem = self._wait_for_card(silent)
        except KeyboardInterrupt:
            problem = (
                "Waiting for a GPU was interrupted. While it runs, the kernel keeps its place: run the cell again."
            )
        run: Any = super().do_execute
        if problem:
            source = f"raise __import__({__name__!r}, fromlist=['NoCardError']).NoCardError({problem!r})"
            done: dict[str, Any] = await run(source, silent, False)
        else:
            done = await run(code, silent, *arguments, **options)
        return done

    def _wait_for_card(self, silent: bool) -> str:
        """Wait, and say how; blocks as a running cell does, so that an interrupt reaches it as it reaches one.

        Returns
        -------
        str
            Why there will be no card; empty when there is one.
        """
        self._told = ""
        path = os.environ.get(power.VARIABLE)
        found = power.read(Path(path)) if path else None
        while found is not None and found.state == "waiting":
            self._tell("" if silent else waiting_text(found))
            time.sleep(_LOOK)
            found = power.read(Path(str(path)))
        self._tell("")
        if found is None or found.state == "lent":
            if found is not None:
                os.environ.update(found.variables())
            return ""
        return found.message

    def _tell(self, text: str) -> None:
        if text == self._told or self.shell is None:
            return
        from IPython.display import clear_output

        clear_output(wait=bool(text))  # type: ignore[no-untyped-call]
        if text:
            print(text, flush=True)
        self._told = text


def _die_with_server() -> None:
    """End when the server does, whatever a cell does (prctl(2), PR_SET_PDEATHSIG): its card is lent on then.

    IPython's own watch is a thread, which a cell can hold up, and which looks once a second.
    """
    server = int(os.environ.get("JPY_PARENT_PID") or 0)
    if sys.platform == "linux" and server > 1:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != server:
            os._exit(1)


if __name__ == "__main__":
    _die_with_server()
    # by its full name: NoCardError and the kernel's class are then those of the imported module
    from joulebook_kernels import gpu_kernel

    IPKernelApp.launch_instance(kernel_class=gpu_kernel.GpuKernel)
