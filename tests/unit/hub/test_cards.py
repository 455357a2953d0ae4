"""Cards from NVML to the service: whole ones, slices, and cards that several kernels share."""

from __future__ import annotations

import pytest

from joulebook_hub.lending.lender import cards_of_this_machine
from joulebook_hub.lending.records import Card
from joulebook_hub.service.configuration import _shared

NVML = """
class NVMLError(Exception): pass
NVML_DEVICE_MIG_ENABLE = 1
class _Memory: total = 16 << 30
def nvmlInit(): pass
def nvmlShutdown(): pass
def nvmlDeviceGetCount(): return 2
def nvmlDeviceGetHandleByIndex(number): return ["GPU-1", "GPU-2"][number]
def nvmlDeviceGetName(card): return "Test card"
def nvmlDeviceGetUUID(card): return card
def nvmlDeviceGetMemoryInfo(card): return _Memory
def nvmlDeviceGetMigMode(card): return int(card == "GPU-2"), 0
def nvmlDeviceGetMaxMigDeviceCount(card): return 3
def nvmlDeviceGetMigDeviceHandleByIndex(card, number):
    if number == 2: raise NVMLError
    return f"MIG-{number}"
"""


def test_slices_are_lent_one_by_one_and_whole_cards_may_be_shared(tmp_path, monkeypatch):
    (tmp_path / "pynvml.py").write_text(NVML)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    found = cards_of_this_machine()
    assert found == ("GPU-1", "MIG-0", "MIG-1")
    cards = tuple(_shared(Card(identity), 3) for identity in found)
    assert [(card.kind, card.places) for card in cards] == [("share", 3), ("slice", 1), ("slice", 1)]
    text = ",".join(map(str, cards))
    assert text == "GPU-1=3,MIG-0,MIG-1" and Card.listed(text) == cards
    assert Card.listed("") == ()


@pytest.mark.parametrize(
    ("identity", "places", "kind"), [("GPU-1", 1, "card"), ("GPU-1", 2, "share"), ("MIG-1", 1, "slice")]
)
def test_kinds(identity, places, kind):
    assert Card(identity, places).kind == kind
