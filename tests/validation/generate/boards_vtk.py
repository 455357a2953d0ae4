"""What VTK itself reads from a board's file. Run with a Python that has pyvista: ``python boards_vtk.py board.vtr``.

The file is that of ``small_run().to_vtk("board.vtr")`` in ``tests/validation/test_board_files.py``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyvista
import vtk

HERE = Path(__file__).resolve().parents[1] / "cases" / "boards" / "vtk_read_back"


def main(path: str) -> None:
    grid = pyvista.read(path)
    data = {name: grid.cell_data[name] for name in grid.cell_data.keys()}  # noqa: SIM118
    cells = [0, 1, grid.dimensions[0] - 1, grid.n_cells // 2, grid.n_cells - 1]
    out = {
        "vtk": vtk.vtkVersion().GetVTKVersion(),
        "class": type(grid).__name__,
        "dimensions": list(grid.dimensions),
        "bounds": list(map(float, grid.bounds)),
        "n_cells": grid.n_cells,
        "cells": cells,
        "centres": grid.cell_centers().points[cells].tolist(),
        "values": {name: values[cells].tolist() for name, values in data.items()},
        "sums": {name: values.sum(axis=0).tolist() for name, values in data.items()},
        "scalars": grid.GetCellData().GetScalars().GetName(),
        "vectors": grid.GetCellData().GetVectors().GetName(),
        "heat_W": float((grid.compute_cell_sizes()["Volume"] * data["heat_source_W_m3"]).sum()),
    }
    (HERE / "expected.json").write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
