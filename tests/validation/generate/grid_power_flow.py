"""Turn solved power flows of public cases into validation cases: add the identifiers of branches in table order.

Run ``python tests/validation/generate/grid_power_flow.py REFERENCE CASES`` with the folder of the solved cases
(``pf_<case>.npz``, ``pf_<case>.json``) and that of the MATPOWER case files they were solved from. The solutions come
from Newton's method on SciPy's SuperLU, written apart from this library.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from joulebook.grid.interchange.matpower_reading import _fields, _numbered

OUT = Path(__file__).resolve().parents[1] / "cases" / "grid"


def main(reference: Path, cases: Path) -> None:
    for path in sorted(reference.glob("pf_*.npz")):
        name = path.stem.removeprefix("pf_")
        fields, _ = _fields((cases / f"{name}.m").read_text(encoding="utf-8"), name)
        ends = fields["branch"][:, :2].astype(int)
        ids = _numbered([f"{a}-{b}" for a, b in ends])
        facts = json.loads(path.with_suffix(".json").read_text())
        folder = OUT / f"pf_{name}"
        folder.mkdir(parents=True, exist_ok=True)
        with np.load(path) as solved:
            np.savez_compressed(folder / "expected.npz", branch=np.array(ids), **solved)
        losses = next(value for key, value in facts.items() if key.startswith("losses") and "mw" in key.lower())
        (folder / "case.json").write_text(json.dumps({"network": name, "losses_MW": losses}, indent=2) + "\n")
        (folder / "README.md").write_text(
            f"# Power flow of {name}\n\n"
            f"Source: MATPOWER case file `{name}.m` of the package `matpower` 8.1.0.2.3.0, as in `Network.named`.\n\n"
            "Oracle: Newton's method in polar coordinates on SciPy 1.17.1 (SuperLU, no block structure, none of this "
            "library's code); no reactive limits, one slack, set points from the generator table.\n\n"
            f"Final mismatch of the oracle: {facts.get('final_mismatch_pu', 1e-10):.1e} per unit.\n\n"
            "Tolerance: 1e-8 per unit of voltage, 1e-6 degrees, 1e-5 MW and Mvar: the oracle's mismatch of at most "
            "1e-10 per unit moves no voltage by more than a tenth of that.\n"
        )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
