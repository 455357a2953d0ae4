"""The kernel provisioner ``joulebook-lease``: a kernel has a GPU that is lent to it, and gives it back at its end.

Jupyter calls ``pre_launch`` again at every restart while the lease is still held; leases are therefore asked for by the
kernel's identity, and the same kernel gets the same card again. ``cleanup`` gives the card back only when the kernel
does not come again.

Where no card is free, a kernel whose program can wait by itself (`joulebook_kernels.gpu_kernel`) is started at once and
gets its card later, through the file of `joulebook_kernels.power`: a start that took minutes would run into the time
limits of servers, proxies and browsers, would be asked for a second time by a page that is loaded again, and could be
cancelled by none of Jupyter's means. For any other program the start itself waits, for ``patience`` seconds.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Any as AnyTrait
from traitlets import Bool, Enum, Float, default

from joulebook_kernels import power
from joulebook_kernels.broker import Lease, LeaseBroker, LeaseUnavailableError, Waiting, Wish, project_of
from joulebook_kernels.hub_broker import HubBroker
from joulebook_kernels.machine_broker import MachineBroker, is_alive
from joulebook_kernels.power import Power

__all__ = ["LeaseProvisioner"]

_LONGEST_WITHOUT_KERNEL = 3.0
_SLOWER_AFTER = 10
_PAUSES = (0.5, 0.5, 1.0, 1.0, *(2.0,) * 30)
"""s between attempts to give a card back; in all as long as a lease lasts without a heartbeat."""


class LeaseProvisioner(LocalProvisioner):
    """Starts kernels on this machine with one lent GPU each."""

    broker: LeaseBroker = AnyTrait(help="Who lends cards: the hub where it does, else the broker of this machine.")  # type: ignore[assignment]
    starts_without_card = Bool(False, config=True, help="Whether the kernel's program waits for its card by itself.")
    kind = Enum(("", "card", "slice", "share"), "", config=True, help="Kind of card; empty for any.")
    priority = Enum(("normal", "low"), "normal", config=True, help="low: stand back in the hub's queue.")
    most_hours = Float(0.0, min=0.0, config=True, help="Longest time of a hub's lease, h; 0 for no limit.")
    patience = Float(45.0, config=True, help="Seconds that the start of any other program waits for a free card.")
    question_interval = Float(0.5, config=True, help="Seconds between two questions while waiting.")
    refused_interval = Float(15.0, config=True, help="Seconds between two questions after a refusal.")
    heartbeat_interval = Float(10.0, config=True, help="Seconds between two heartbeats.")

    power: Power | None = None
    _lease: Lease | None = None
    _heart: asyncio.Task[None] | None = None
    _keep_on: asyncio.Task[None] | None = None
    _started = False
    _running_on = ""
    _over = ""
    _project = ""
    _interrupted = False

    @default("broker")
    def _broker_here(self) -> LeaseBroker:
        return HubBroker.from_environment(os.environ) or MachineBroker()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for a card and show the kernel this card only.

        Parameters
        ----------
        **kwargs : object
            What Jupyter hands to a launch.

        Returns
        -------
        dict
            The same, with the card in the environment.
        """
        self._keep_it()
        self._project = project_of(kwargs.get("cwd"), os.environ.get("HOME", ""))
        if self._over:  # Jupyter starts again what was ended; the next start is a person's
            self._show(Power("ended", message=self._over))
            self._over = ""
        elif self.starts_without_card:
            await self._ask_for_power()
        else:
            lease = await self._wait_for_card()
            self._show(Power("lent", card=lease.card, share=lease.share))
        try:
            env = dict(kwargs.pop("env", None) or os.environ)
            self._running_on = self._lease.card if self._lease is not None else ""
            env |= (self.power or Power("waiting")).variables()
            env[power.VARIABLE] = str(power.file_of(self._kernel))
            prepared: dict[str, Any] = await super().pre_launch(env=env, **kwargs)
        except BaseException:
            await self._give_back()
            raise
        return prepared

    async def _ask_for_power(self) -> None:
        """Ask once, and show what is known now.

        A refusal at the first start is raised, for the person who starts the kernel. A kernel that was running is
        started again by Jupyter in any case, and says by itself why it has no card.

        Raises
        ------
        LeaseUnavailableError
            If there is no card for this user, at the first start.
        """
        try:
            answer = await self.broker.acquire(self._kernel, os.getpid(), self._wish)
        except LeaseUnavailableError as error:
            if not self._started:
                raise
            self._lease = None
            self._show(Power("refused", message=error.message))
            return
        except OSError as error:
            self.log.warning("Nobody answers who lends GPUs: %s", error)
            if self._lease is None:
                self._show(Power("waiting"))
            return
        if isinstance(answer, Lease):
            self._lease = answer
            self._show(Power("lent", card=answer.card, share=answer.share))
        else:
            self._lease = None
            self._show(Power("waiting", position=answer.position, cards=answer.cards, expected=answer.expected))

    @property
    def _wish(self) -> Wish:
        return Wish(self.kind, self.priority, 3600.0 * self.most_hours or None, self._project)

    def _show(self, found: Power) -> None:
        if found != self.power:
            self.power = found
            power.write(power.file_of(self._kernel), found)

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
            return await self.broker.acquire(self._kernel, os.getpid(), self._wish)
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
            if self._lease is not None:
                await self.broker.heartbeat(self._kernel, self.pid)
        except OSError as error:
            self.log.warning("The first heartbeat of kernel %s failed: %s", self._kernel, error)
        self._started = True
        self._start_heart()
        return connection

    def _start_heart(self) -> None:
        if self._heart is None or self._heart.done():
            self._heart = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        """Beat while the kernel lives; a kernel that died and was not started again gives its card back."""
        missing_since: float | None = None
        questions = 0
        while True:
            waits = self._lease is None
            questions = questions + 1 if waits else 0
            await asyncio.sleep(self._interval(questions))
            if await self._has_ended():
                missing_since = missing_since or time.monotonic()
                if time.monotonic() - missing_since >= _LONGEST_WITHOUT_KERNEL * self.heartbeat_interval:
                    self.log.warning("Kernel %s ended by itself; its GPU is given back", self._kernel)
                    await self._release()
                    return
            else:
                missing_since = None
            if waits and self.power is not None and self.power.state == "ended":
                continue
            if waits and not await self._card_has_come():
                continue
            if not await self._beat_once():
                return

    async def _card_has_come(self) -> bool:
        await self._ask_for_power()
        if self._lease is None:
            return False
        if self._running_on and self._running_on != self._lease.card:  # taken over without its card
            await self.kill()
        self._running_on = self._lease.card
        return True

    def _interval(self, questions: int) -> float:
        """Seconds to the next beat, or to the next question: who waits for long asks less often."""
        if self._lease is not None:
            return self.heartbeat_interval
        if self.power is not None and self.power.state in {"refused", "ended"}:
            return self.refused_interval
        long = questions > _SLOWER_AFTER
        return max(self.question_interval * (6.0 if long else 1.0), self.broker.rest * (2.5 if long else 1.0))

    async def _beat_once(self) -> bool:
        """One heartbeat and what follows from it; False when the kernel was ended."""
        try:
            alive = await self.broker.heartbeat(self._kernel, self.pid)
        except OSError as error:
            self.log.warning("A heartbeat of kernel %s failed: %s", self._kernel, error)
            return True
        if not alive and not await self._take_back():
            self.log.warning("Kernel %s has lost its GPU and is ended", self._kernel)
            self._lease = None
            if self.broker.stage == "stop" and self.broker.why == "longest time":
                self._over = (
                    f"The longest time of this kernel's lease, {self.most_hours:g} h, is over. Restart the kernel to "
                    "ask for a GPU again."
                )
            await self.kill()
            return False
        self._show_stage()
        if self.broker.stage == "interrupt" and not self._interrupted:
            self.log.warning("GPU time has ended (%s): kernel %s is interrupted", self.broker.why, self._kernel)
            await self.send_signal(signal.SIGINT)
        self._interrupted = self.broker.stage == "interrupt"
        return True

    def _show_stage(self) -> None:
        if self._lease is None:
            return
        until = None
        if self.broker.stage == "grace":
            until = time.time() + self.broker.grace
            told = self.power.until if self.power is not None else None
            if told is not None and abs(told - until) < self.heartbeat_interval:
                until = told  # the same end, measured again
        lease, broker = self._lease, self.broker
        self._show(Power("lent", card=lease.card, share=lease.share, stage=broker.stage, until=until, why=broker.why))

    async def _take_back(self) -> bool:
        """After a lost lease: True if the same card was still free and is lent again."""
        if self.broker.stage == "stop":
            return False
        try:
            answer = await self.broker.acquire(self._kernel, os.getpid(), self._wish)
        except (OSError, LeaseUnavailableError):
            return False
        if isinstance(answer, Lease) and self._lease is not None and answer.card == self._lease.card:
            return True
        await self._release()
        return False

    async def _release(self) -> None:
        try:
            await self.broker.release(self._kernel)
        except OSError as error:
            self.log.warning("The GPU of kernel %s could not be given back yet: %s", self._kernel, error)
            self._keep_on = asyncio.get_running_loop().create_task(self._release_later())

    async def _release_later(self) -> None:
        """Go on trying, while who lends starts again; without heartbeats the lease ends by itself in the end."""
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            try:
                await self.broker.release(self._kernel)
            except OSError:
                continue
            return

    def _keep_it(self) -> None:
        """The kernel comes again after all."""
        if self._keep_on is not None:
            self._keep_on.cancel()
            self._keep_on = None

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
        self._lease, self.power = None, None
        power.file_of(self._kernel).unlink(missing_ok=True)
        await self._release()

    async def get_provisioner_info(self) -> dict[str, Any]:
        """What must be stored to find this kernel again after a server's restart.

        Returns
        -------
        dict
            The process, and the lent card.
        """
        info: dict[str, Any] = await super().get_provisioner_info()
        return info | {"card": self._lease.card if self._lease else None, "waits": self._lease is None}

    async def load_provisioner_info(self, provisioner_info: dict[str, Any]) -> None:
        """Take a kernel over: answer for its lease from now on.

        Parameters
        ----------
        provisioner_info : dict
            What `get_provisioner_info` gave.
        """
        await super().load_provisioner_info(provisioner_info)
        card = provisioner_info.get("card")
        if card or provisioner_info.get("waits"):
            self._started, self._running_on = True, str(card or "")
            await self._ask_for_power()
            self._start_heart()
