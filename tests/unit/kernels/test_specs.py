"""Kernel specifications, and NVML behind its interface."""

from __future__ import annotations

import json
import sys

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from joulebook_kernels import commands, specs
from joulebook_kernels.cards import NvmlCards

CARDS = [
    ("GPU-1", "Consumer", None),
    ("GPU-2", "Whole", []),
    ("GPU-3", "Sliced", [("MIG-a", "Slice", None), ("MIG-b", "Slice", None)]),
]


def test_cards_and_slices_are_found(nvml):
    fake = nvml(CARDS)
    assert [card.uuid for card in NvmlCards(visible=None).cards()] == ["GPU-1", "GPU-2", "MIG-a", "MIG-b"]
    assert fake.open == 0


@pytest.mark.parametrize(
    ("visible", "found"),
    [("", []), ("1,0", ["GPU-2", "GPU-1"]), ("MIG-b", ["MIG-b"]), ("0,9,1", ["GPU-1"]), ("-1", [])],
)
def test_what_cuda_may_see_is_kept_to(nvml, visible, found):
    nvml(CARDS)
    assert [card.uuid for card in NvmlCards(visible=visible).cards()] == found


def test_no_driver_no_bindings_no_card(nvml, monkeypatch):
    nvml(CARDS, driver=False)
    assert NvmlCards().cards() == []
    nvml([])
    assert NvmlCards().cards() == []
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert NvmlCards().cards() == []


def test_the_real_nvml_answers_on_this_machine():
    assert isinstance(NvmlCards(visible=None).cards(), list)


def test_slices_are_a_kernel_of_their_own_beside_whole_cards(tmp_path, nvml):
    nvml(CARDS)
    finder = NvmlCards(visible=None)
    assert sorted(specs.install(tmp_path, finder=finder)) == [specs.CPU, specs.GPU, specs.SLICE]
    config = specs.specification(specs.SLICE)["metadata"]["kernel_provisioner"]["config"]
    assert (
        config["kind"] == "slice"
        and "kind" not in specs.specification(specs.GPU)["metadata"]["kernel_provisioner"]["config"]
    )
    nvml(CARDS[:2])
    assert sorted(specs.install(tmp_path, finder=finder)) == [specs.CPU, specs.GPU]
    assert not (tmp_path / "share" / "jupyter" / "kernels" / specs.SLICE).exists()


def test_install_and_what_jupyter_reads(tmp_path, two_cards):
    installed = specs.install(tmp_path, finder=two_cards)
    assert sorted(installed) == [specs.CPU, specs.GPU]
    manager = KernelSpecManager(
        kernel_dirs=[str(tmp_path / "share" / "jupyter" / "kernels")], ensure_native_kernel=False
    )
    cpu, gpu = manager.get_kernel_spec(specs.CPU), manager.get_kernel_spec(specs.GPU)
    assert cpu.display_name == "Joulebook (CPU)" and gpu.display_name == "Joulebook (GPU)"
    assert cpu.argv[:3] == ["python", "-m", "ipykernel_launcher"]
    assert "kernel_provisioner" not in cpu.metadata
    assert gpu.metadata["kernel_provisioner"]["provisioner_name"] == "joulebook-lease"
    assert int(cpu.env["NUMBA_NUM_THREADS"]) == specs.threads() >= int(cpu.env["OMP_NUM_THREADS"]) >= 1
    for folder in installed.values():
        assert {path.name for path in folder.iterdir()} == {
            "kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg",
        }  # fmt: skip


def test_the_gpu_kernel_goes_when_the_card_goes(tmp_path, two_cards):
    specs.install(tmp_path, finder=two_cards)
    two_cards.found = []
    assert sorted(specs.install(tmp_path, finder=two_cards)) == [specs.CPU]
    assert [path.name for path in (tmp_path / "share" / "jupyter" / "kernels").iterdir()] == [specs.CPU]


def test_the_command(tmp_path, nvml, capsys):
    import argparse

    nvml([])
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers())
    arguments = parser.parse_args(["kernels", "install", "--prefix", str(tmp_path)])
    assert arguments.run(arguments) == 0
    shown = capsys.readouterr().out
    assert "Joulebook (CPU)" in shown and "No GPU was found" in shown
    path = tmp_path / "share" / "jupyter" / "kernels" / "joulebook-cpu" / "kernel.json"
    assert json.loads(path.read_text())["display_name"] == "Joulebook (CPU)"
    blocked = parser.parse_args(["kernels", "install", "--prefix", str(path)])
    assert blocked.run(blocked) == 1
    assert "Choose another --prefix" in capsys.readouterr().err


def test_the_command_that_starts_the_kernel_is_there():
    from importlib.util import find_spec

    assert find_spec("ipykernel_launcher") is not None
