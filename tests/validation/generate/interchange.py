"""Oracle of a BPX file: what PyBaMM makes of it.

``python tests/validation/generate/interchange.py PATH`` with an interpreter that has PyBaMM; PATH is a folder with the
package ``bpx`` 1.1.1 (and its own dependency ``pyparsing``), which PyBaMM reads such files with.
"""

from __future__ import annotations

import sys
import warnings

sys.path += sys.argv[1:]

import pybamm
from discharges import ELECTRICAL, UNITS, concentrations
from peer import CASES, Case, make

NAME = "bpx_own_cell_dfn_1c"


def main() -> None:
    file = CASES / "interchange" / NAME / "input.bpx.json"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = pybamm.ParameterValues.create_from_bpx(str(file))
    # PyBaMM holds the cell at the ambient temperature; the file starts it elsewhere
    values["Ambient temperature [K]"] = values["Initial temperature [K]"]
    case = Case(
        domain="interchange",
        name=NAME,
        title="A BPX file of ours, DFN, discharge at 1C",
        notes="""`input.bpx.json` is a BPX file of version 1.1.1 with made-up numbers: formulas and tables, activation
energies, a start at 303.15 K with a reference temperature of 298.15 K, 1200 mol/m³ of salt. DFN, isothermal at
303.15 K, from the full stoichiometries of the file: 1C (5 A) to 2.7 V. PyBaMM reads the file with `bpx` 1.1.1.""",
        units=UNITS,
        values=values,
        model=pybamm.lithium_ion.DFN,
        document={"cell": "input.bpx.json", "model": {"name": "DFN"}},
        protocol=["Discharge at 1C until 2.7 V"],
        names=ELECTRICAL,
        concentrations=concentrations(values, None),
    )
    make(case, "interchange.py", (20, 20))


if __name__ == "__main__":
    main()
