"""The client's methods for leases and GPU time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from joulebook_hub.client.core import Connection
from joulebook_hub.lending.models import Kernel, Leases, Lent, Line, Meter, Usage, Waits, Wanted

__all__ = ["LendingMethods"]


class LendingMethods(Connection):
    """Leases of one's own kernels, and what was used."""

    def acquire(self, kernel: str, **wish: Any) -> Lent | Waits:
        """Ask for a card; ask again to keep the place in the queue.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        **wish : object
            ``kind``, ``priority`` and ``most``, see `Wanted`.

        Returns
        -------
        Lent or Waits
            The lease or the place in the queue; `NotAllowedError` where the plan allows none.
        """
        answers: dict[int, type[Lent | Waits]] = {200: Lent, 202: Waits}
        return self.ask("POST", "leases", answers, body=Wanted(kernel=kernel, **wish))

    def renew(self, kernel: str) -> Lent:
        """Say that a kernel still has its card.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.

        Returns
        -------
        Lent
            How the lease stands; `RefusedError` with the status 410 where it has ended.
        """
        return self.ask("PUT", f"leases/{Kernel(kernel=kernel).kernel}", {200: Lent})

    def release(self, kernel: str) -> None:
        """Give a card back, or leave the queue.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        """
        self.tell("DELETE", f"leases/{Kernel(kernel=kernel).kernel}")

    def leases(self) -> Leases:
        """List what one holds and waits for.

        Returns
        -------
        Leases
            Leases and claims.
        """
        return self.ask("GET", "leases", {200: Leases})

    def meter(self) -> Meter:
        """Look at the plan and the GPU time of this month.

        Returns
        -------
        Meter
            The meter.
        """
        return self.ask("GET", "meter", {200: Meter})

    def usage(self) -> Iterator[Line]:
        """Go through one's lines of the ledger, oldest first.

        Yields
        ------
        Line
            Ended leases and ended days of running ones.
        """
        for page in self.pages("usage", Usage):
            yield from page.lines
