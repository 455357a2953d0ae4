"""Claim: ENTSO-E's RealGrid (6051 buses, 87 MB of XML) is read and solved in 6 s of CPU.

Prints CPU time, median of repeats, of reading each public CGMES set and of the power flow that
``compare_with_state`` runs. Beside it, where they are installed, pypowsybl and pandapower on the same files. The sets
come from ``$JOULEBOOK_DATA/cgmes``.

The floor. Unpacking takes 0.1 to 0.3 s, expat without any callback 0.44 s; the three callbacks of each of 925 000
properties bring that to 1.7 s with unpacking. The rest is the network of 25 000 elements.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from joulebook.core.errors import JoulebookError
from joulebook.grid import compare_with_state, import_network

SETS = {
    "MiniGrid": ("CGMES_v2.4.15_MiniGridTestConfiguration_T1_Complete_v3.zip",),
    "SmallGrid": (
        "CGMES_v2.4.15_SmallGridTestConfiguration_BaseCase_Complete_v3.0.0.zip",
        "CGMES_v2.4.15_SmallGridTestConfiguration_Boundary_v3.0.0.zip",
    ),
    "RealGrid": ("CGMES_v2.4.15_RealGridTestConfiguration_v2.zip",),
}


def seconds(action: Callable[[], object], repeats: int) -> float:
    """CPU time of an action, median; NaN where it fails."""
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        try:
            action()
        except Exception as error:  # a peer's failure is a result here
            print(f"    {type(error).__name__}: {str(error)[:90]}")
            return float("nan")
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def peers(files: list[Path]) -> dict[str, Callable[[], object]]:
    """What reads the same files, of the programs that are installed."""
    found: dict[str, Callable[[], object]] = {}
    try:
        import pypowsybl

        def powsybl() -> object:
            with tempfile.TemporaryDirectory() as folder:
                whole = Path(folder) / "all.zip"
                with zipfile.ZipFile(whole, "w") as target:
                    for file in files:
                        with zipfile.ZipFile(file) as part:
                            for name in part.namelist():
                                target.writestr(name, part.read(name))
                return pypowsybl.network.load(str(whole))

        found["pypowsybl"] = powsybl
    except ImportError:
        pass
    try:
        from pandapower.converter.cim.cim2pp import from_cim

        found["pandapower"] = lambda: from_cim.from_cim(file_list=[str(file) for file in files])
    except ImportError:
        pass
    return found


def main() -> None:
    """Print the table.

    Raises
    ------
    SystemExit
        If the sets are not there, or one of them does not solve.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    folder = Path(os.environ.get("JOULEBOOK_DATA", Path(__file__).parents[3] / "shared" / "data")) / "cgmes"
    if not folder.is_dir():
        raise SystemExit(f"the sets are not at {folder}: set JOULEBOOK_DATA")
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    for name, listed in SETS.items():
        files = [folder / item for item in listed]
        imported = import_network(files)
        try:
            compared = compare_with_state(imported)
        except JoulebookError as error:
            raise SystemExit(f"{name}: {error}") from error
        reading = seconds(lambda files=files: import_network(files), repeats)
        solving = seconds(lambda imported=imported: compare_with_state(imported), repeats)
        print(f"{name}: read {reading:.2f} s, solved {solving:.3f} s, {compared}")
        for peer, read in peers(files).items():
            spent = seconds(read, repeats)
            print(f"    {peer} reads it in {spent:.2f} s: {spent / reading:.1f} times as long")


if __name__ == "__main__":
    main()
