"""The kernel provisioner ``joulebook-lease``: a kernel starts once a GPU is lent to it, and gives it back at its end.

Jupyter calls ``pre_launch`` again at every restart while the lease is still held; leases are therefore asked for by the
kernel's identity, and the same kernel gets the same card again. ``cleanup`` gives the card back only when the kernel
does not come again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Any as AnyTrait
from traitlets import Float, default

from joulebook_kernels.broker import Lease, LeaseBroker, LeaseUnavailableError, Waiting
from joulebook_kernels.hub_broker import HubBroker
from joulebook_kernels.machine_broker import MachineBroker, is_alive

__all__ = ["LeaseProvisioner"]

_MOST_BEATS_WITHOUT_KERNEL = 3


class LeaseProvisioner(LocalProvisioner):
    """Starts kernels on this machine with one lent GPU each."""

    broker: LeaseBroker = AnyTrait(help="Who lends cards: the hub where it does, else the broker of this machine.")  # type: ignore[assignment]
    patience = Float(45.0, config=True, help="Seconds to wait for a free card before the start is given up.")
    question_interval = Float(0.5, config=True, help="Seconds between two questions while waiting.")
    heartbeat_interval = Float(10.0, config=True, help="Seconds between two heartbeats.")

    _lease: Lease | None = None
    _heart: asyncio.Task[None] | None = None

    @default("broker")
    def _broker_here(self) -> LeaseBroker:
        return HubBroker.from_environment(os.environ) or MachineBroker()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Wait for a card and show the kernel this card only.

        Parameters
        ----------
        **kwargs : object
            What Jupyter hands to a launch.

        Returns
        -------
        dict
            The same, with the card in the environment.
        """
        lease = await self._wait_for_card()
        try:
            env = dict(kwargs.pop("env", None) or os.environ)
            env["CUDA_VISIBLE_DEVICES"] = lease.card
            env["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
            prepared: dict[str, Any] = await super().pre_launch(env=env, **kwargs)
        except BaseException:
            await self._give_back()
            raise
        return prepared

    async def _wait_for_card(self) -> Lease:
        deadline = time.monotonic() + self.patience
        position = 0
        while True:
            answer = await self._ask(deadline)
            if answer is None:
                continue
            if isinstance(answer, Lease):
                self._lease = answer
                return answer
            if answer.position != position:
                position = answer.position
                self.log.info("Kernel %s waits for a GPU: number %d in the queue", self._kernel, position)
            if time.monotonic() >= deadline:
                await self._release()
                cards = "the GPU is" if answer.cards == 1 else f"all {answer.cards} GPUs are"
                raise LeaseUnavailableError(
                    f"After {self.patience:.0f} s {cards} still lent to other kernels (you were number "
                    f"{answer.position} in the queue). Shut down a GPU kernel that you no longer need, try again "
                    "later, or choose the kernel “Joulebook (CPU)”."
                )
            await asyncio.sleep(max(self.question_interval, self.broker.rest))

    async def _ask(self, deadline: float) -> Lease | Waiting | None:
        """Ask once; None if who lends did not answer, which is taken for a restart until patience ends."""
        try:
            return await self.broker.acquire(self._kernel, os.getpid())
        except OSError as error:
            if time.monotonic() >= deadline:
                raise LeaseUnavailableError(
                    f"Nobody answers who lends GPUs ({error}). Try again in a minute, or choose the kernel "
                    "“Joulebook (CPU)”."
                ) from error
            await asyncio.sleep(self.question_interval)
            return None

    @property
    def _kernel(self) -> str:
        return str(self.kernel_id)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel and tell the broker its process.

        Parameters
        ----------
        cmd : list of str
            The command.
        **kwargs : object
            What Jupyter hands to a launch.

        Returns
        -------
        dict
            Connection information.
        """
        try:
            connection = await super().launch_kernel(cmd, **kwargs)
        except BaseException:
            await self._give_back()
            raise
        try:
            await self.broker.heartbeat(self._kernel, self.pid)
        except OSError as error:
            self.log.warning("The first heartbeat of kernel %s failed: %s", self._kernel, error)
        self._start_heart()
        return connection

    def _start_heart(self) -> None:
        if self._heart is None or self._heart.done():
            self._heart = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        """Beat while the kernel lives; a kernel that died and was not started again gives its card back."""
        beats_without_kernel, interrupted = 0, False
        while True:
            await asyncio.sleep(self.heartbeat_interval)
            beats_without_kernel = beats_without_kernel + 1 if await self._has_ended() else 0
            if beats_without_kernel == _MOST_BEATS_WITHOUT_KERNEL:
                self.log.warning("Kernel %s ended by itself; its GPU is given back", self._kernel)
                await self._release()
                return
            try:
                alive = await self.broker.heartbeat(self._kernel, self.pid)
            except OSError as error:
                self.log.warning("A heartbeat of kernel %s failed: %s", self._kernel, error)
                continue
            if not alive and not await self._take_back():
                self.log.warning("Kernel %s has lost its GPU and is ended", self._kernel)
                await self.kill()
                return
            if self.broker.stage == "interrupt" and not interrupted:
                self.log.warning("The month's GPU time is used up: kernel %s is interrupted", self._kernel)
                await self.send_signal(signal.SIGINT)
            interrupted = self.broker.stage == "interrupt"

    async def _take_back(self) -> bool:
        """After a lost lease: True if the same card was still free and is lent again."""
        if self.broker.stage == "stop":
            return False
        try:
            answer = await self.broker.acquire(self._kernel, os.getpid())
        except (OSError, LeaseUnavailableError):
            return False
        if isinstance(answer, Lease) and self._lease is not None and answer.card == self._lease.card:
            return True
        await self._release()
        return False

    async def _release(self) -> None:
        try:
            await self.broker.release(self._kernel)
        except OSError as error:  # without heartbeats it ends by itself
            self.log.warning("The GPU of kernel %s could not be given back: %s", self._kernel, error)

    async def _has_ended(self) -> bool:
        return not is_alive(self.pid or 0) if self.process is None else await self.poll() is not None

    async def cleanup(self, restart: bool = False) -> None:
        """Give the card back, unless the kernel comes again.

        Parameters
        ----------
        restart : bool
            True if it does.
        """
        if not restart:
            await self._give_back()
        await super().cleanup(restart=restart)

    async def _give_back(self) -> None:
        if self._heart is not None:
            self._heart.cancel()
            self._heart = None
        self._lease = None
        await self._release()

    async def get_provisioner_info(self) -> dict[str, Any]:
        """What must be stored to find this kernel again after a server's restart.

        Returns
        -------
        dict
            The process, and the lent card.
        """
        info: dict[str, Any] = await super().get_provisioner_info()
        return info | {"card": self._lease.card if self._lease else None}

    async def load_provisioner_info(self, provisioner_info: dict[str, Any]) -> None:
        """Take a kernel over: answer for its lease from now on.

        Parameters
        ----------
        provisioner_info : dict
            What `get_provisioner_info` gave.
        """
        await super().load_provisioner_info(provisioner_info)
        if provisioner_info.get("card"):
            answer = await self.broker.acquire(self._kernel, os.getpid())
            self._lease = answer if isinstance(answer, Lease) else None
            self._start_heart()
