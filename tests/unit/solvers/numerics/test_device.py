"""The choice of a device, and compiling."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from joulebook.numerics import device


def test_cpu_is_always_there() -> None:
    assert device.choose("cpu", 1_000_000) is device.Device.CPU
    assert device.choose("auto", 1) is device.Device.CPU


def test_unknown_words_choose_nothing() -> None:
    assert device.choose("tpu") is None


@pytest.mark.parametrize(
    ("present", "n_cases", "chosen"), [(True, 1000, "gpu"), (True, 2, "cpu"), (False, 1000, "cpu")]
)
def test_auto_takes_the_gpu_for_large_batches(
    monkeypatch: pytest.MonkeyPatch, present: bool, n_cases: int, chosen: str
) -> None:
    monkeypatch.setattr(device, "gpu_present", lambda: present)
    monkeypatch.setattr(device, "cuda_simulated", lambda: False)
    assert device.choose("auto", n_cases) is device.Device(chosen)
    assert (device.choose("gpu", n_cases) is None) is not present


def test_threads_are_limited_to_the_machine() -> None:
    before = device.threads()
    device.limit_threads(10_000)
    assert device.threads() >= 1
    device.limit_threads(1)
    assert device.threads() == 1
    device.limit_threads(before)


def test_compiled_code_keeps_not_a_number() -> None:
    @device.jit()
    def doubled(x: float) -> float:
        return x * 2.0 if x == x else -1.0

    assert doubled(2.0) == 4.0
    assert doubled(np.nan) == -1.0


def test_a_kernel_for_the_cpu_looks_for_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where a driver would answer: the kernel has no lease."""
    monkeypatch.setenv("JOULEBOOK_DEVICE", "cpu")
    monkeypatch.setattr("numba.cuda.is_available", lambda: True)
    monkeypatch.setattr(device, "cuda_simulated", lambda: False)
    device.gpu_present.cache_clear()
    assert device.gpu_present() is False
    monkeypatch.setenv("JOULEBOOK_DEVICE", "gpu")
    device.gpu_present.cache_clear()
    assert device.gpu_present() is True
    device.gpu_present.cache_clear()


@pytest.mark.parametrize(
    ("share", "free", "cases"),
    [
        ("", 16e9, 14),
        ("0.5", 16e9, 7),
        ("0.25", 16e9, 3),
        ("0.5", 4e9, 3),
        ("0", 16e9, 14),
        ("much", 16e9, 14),
        ("0.01", 1, 1),
    ],
)
def test_a_batch_keeps_to_the_share_of_the_memory(
    monkeypatch: pytest.MonkeyPatch, share: str, free: float, cases: int
) -> None:
    monkeypatch.setenv(device.MEMORY_SHARE, share)
    context = SimpleNamespace(get_memory_info=lambda: (free, 16e9))
    monkeypatch.setattr("numba.cuda.current_context", lambda: context)
    assert device.largest_gpu_batch(int(1e9)) == cases
