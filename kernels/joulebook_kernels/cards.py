"""Which GPUs this machine has: NVML behind one small interface."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Card", "CardFinder", "NvmlCards"]


@dataclass(frozen=True)
class Card:
    """One GPU, or one MIG slice of a GPU, that a kernel can have to itself.

    Parameters
    ----------
    uuid : str
        NVML's identity, ``GPU-…`` or ``MIG-…``; what CUDA_VISIBLE_DEVICES takes, whatever the order of cards.
    name : str
        The product's name.
    memory : int
        Memory, bytes.
    """

    uuid: str
    name: str
    memory: int

    @property
    def kind(self) -> str:
        """``"slice"`` for a MIG slice, ``"card"`` for a whole one."""
        return "slice" if self.uuid.startswith("MIG-") else "card"


class CardFinder(Protocol):
    """Something that knows which cards there are."""

    def cards(self) -> list[Card]:
        """List the cards that kernels may be given.

        Returns
        -------
        list of Card
            Empty where there is none.
        """
        ...


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _slices(nvml: Any, card: Any) -> list[Any]:
    """Handles of a card's MIG slices; the card itself where MIG is off or unknown to it."""
    try:
        current, _pending = nvml.nvmlDeviceGetMigMode(card)
    except nvml.NVMLError:
        return [card]
    if current != nvml.NVML_DEVICE_MIG_ENABLE:
        return [card]
    found = []
    for number in range(nvml.nvmlDeviceGetMaxMigDeviceCount(card)):
        try:
            found.append(nvml.nvmlDeviceGetMigDeviceHandleByIndex(card, number))
        except nvml.NVMLError:
            continue
    return found


@dataclass(frozen=True)
class NvmlCards:
    """The cards that NVML finds, within CUDA_VISIBLE_DEVICES where that is set to identities.

    Parameters
    ----------
    visible : str, optional
        Value of CUDA_VISIBLE_DEVICES; from the environment when left out. Numbers count in NVML's order.
    """

    visible: str | None = None

    def cards(self) -> list[Card]:
        """List the cards.

        Returns
        -------
        list of Card
            Empty without a driver, without the NVML bindings, or without a card.
        """
        try:
            import pynvml as nvml
        except ImportError:
            return []
        try:
            nvml.nvmlInit()
        except nvml.NVMLError:
            return []
        try:
            found = []
            for number in range(nvml.nvmlDeviceGetCount()):
                for handle in _slices(nvml, nvml.nvmlDeviceGetHandleByIndex(number)):
                    name, uuid = nvml.nvmlDeviceGetName(handle), nvml.nvmlDeviceGetUUID(handle)
                    memory = int(nvml.nvmlDeviceGetMemoryInfo(handle).total)
                    found.append(Card(_text(uuid), _text(name), memory))
        except nvml.NVMLError:
            return []
        finally:
            nvml.nvmlShutdown()
        return self._allowed(found)

    def _allowed(self, cards: list[Card]) -> list[Card]:
        visible = os.environ.get("CUDA_VISIBLE_DEVICES") if self.visible is None else self.visible
        if visible is None:
            return cards
        wanted = [entry.strip() for entry in visible.split(",") if entry.strip()]
        numbers = {str(number): card for number, card in enumerate(cards)}
        chosen = []
        for entry in wanted:
            match = numbers.get(entry) or next((card for card in cards if card.uuid.startswith(entry)), None)
            if match is None:
                break
            chosen.append(match)
        return chosen
