"""Kernel specifications "Joulebook (CPU)" and, where NVML finds cards or MIG slices, those of GPUs."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from joulebook_kernels.cards import CardFinder, NvmlCards

__all__ = ["CPU", "GPU", "SLICE", "install", "specification", "threads"]

CPU = "joulebook-cpu"
GPU = "joulebook-gpu"
SLICE = "joulebook-gpu-slice"
_TITLES = {CPU: "Joulebook (CPU)", GPU: "Joulebook (GPU)", SLICE: "Joulebook (GPU slice)"}
_LOGOS = Path(__file__).resolve().parent / "logos"
_MOST_BLAS_THREADS = 4


def threads() -> int:
    """Processors that this process may use.

    Returns
    -------
    int
        At least 1; follows the CPU affinity where the system has one.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def specification(name: str) -> dict[str, Any]:
    """Contents of a kernel.json.

    Sweeps run on Numba's threads, one per processor. BLAS gets at most four: the dense matrices of the solvers are
    small, and threads of several kernels on one machine take each other's processors.

    Parameters
    ----------
    name : str
        ``joulebook-cpu``, ``joulebook-gpu`` or ``joulebook-gpu-slice``.

    Returns
    -------
    dict
        JSON-able.
    """
    blas = str(min(threads(), _MOST_BLAS_THREADS))
    metadata: dict[str, Any] = {"debugger": True}
    program = ["python", "-m", "ipykernel_launcher"]
    if name != CPU:
        # -P: as with ipykernel_launcher, a file of the workspace is no module while the kernel starts
        program = ["python", "-P", "-m", "joulebook_kernels.gpu_kernel"]
        config: dict[str, Any] = {"starts_without_card": True}
        if name == SLICE:
            config["kind"] = "slice"
        metadata["kernel_provisioner"] = {"provisioner_name": "joulebook-lease", "config": config}
    return {
        "argv": [*program, "-f", "{connection_file}"],
        "display_name": _TITLES[name],
        "language": "python",
        "interrupt_mode": "signal",
        "metadata": metadata,
        "env": {
            "JOULEBOOK_DEVICE": "cpu" if name == CPU else "gpu",
            "NUMBA_NUM_THREADS": str(threads()),
            "OMP_NUM_THREADS": blas,
            "OPENBLAS_NUM_THREADS": blas,
            "MKL_NUM_THREADS": blas,
        },
    }


def install(prefix: Path | None = None, *, finder: CardFinder | None = None) -> dict[str, Path]:
    """Write the kernel specifications; those of GPUs are taken away where no card is found any more.

    Where there are whole cards and MIG slices, a kernel can be chosen that takes a slice only.

    Parameters
    ----------
    prefix : Path, optional
        The environment to install into; this one when left out.
    finder : CardFinder, optional
        Knows the cards; NVML when left out.

    Returns
    -------
    dict of str to Path
        Folder of each installed specification.
    """
    kernels = (prefix or Path(sys.prefix)) / "share" / "jupyter" / "kernels"
    kernels.mkdir(parents=True, exist_ok=True)
    kinds = {card.kind for card in (finder or NvmlCards()).cards()}
    names = [CPU, *([GPU] if kinds else []), *([SLICE] if len(kinds) > 1 else [])]
    for name in (GPU, SLICE):
        if name not in names and (kernels / name).is_dir():
            shutil.rmtree(kernels / name)
    return {name: _write(name, kernels / name) for name in names}


def _write(name: str, folder: Path) -> Path:
    """Write beside the target and swap, so that a running server never reads half a specification."""
    fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
    try:
        (fresh / "kernel.json").write_text(json.dumps(specification(name), indent=1) + "\n", encoding="utf-8")
        kind = "cpu" if name == CPU else "gpu"
        for size in ("32x32.png", "64x64.png", "svg.svg"):
            shutil.copyfile(_LOGOS / kind / f"logo-{size}", fresh / f"logo-{size}")
        fresh.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        fresh.replace(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder
