"""Outages of public cases by a program of its own: Newton's method on SciPy's SuperLU, one solve per outage.

Run ``python tests/validation/generate/grid_outages.py CASES`` with the folder of the MATPOWER case files. Nothing of
this library is used.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.sparse import linalg
from scipy.sparse.csgraph import connected_components

OUT = Path(__file__).resolve().parents[1] / "cases" / "grid"
README = """# Outages of {name}

Each branch of the public case `{name}` fails alone; the extreme voltages of what is left, or the load that is cut off.

Oracle: Newton's method in polar coordinates on SciPy (SuperLU), one full solve per outage from the base case's
voltages, written apart from this library (`tests/validation/generate/grid_outages.py`); connected components by SciPy.

Tolerance: 1e-8 per unit; both sides stop at mismatches of 1e-10, which move no voltage by more than that.
"""


def matrix(text: str, name: str) -> np.ndarray:
    body = re.search(rf"mpc\.{name} = \[(.*?)\];", text, re.S)[1]
    rows = [re.sub(r"%.*", "", line).replace(";", " ").split() for line in body.splitlines()]
    return np.array([[float(cell) for cell in row] for row in rows if row])


def admittance(bus, branch, base, at):
    f, t = at[branch[:, 0].astype(int)], at[branch[:, 1].astype(int)]
    y = 1 / (branch[:, 2] + 1j * branch[:, 3])
    tap = np.where(branch[:, 8] == 0, 1, branch[:, 8]) * np.exp(1j * np.deg2rad(branch[:, 9]))
    tt = y + 0.5j * branch[:, 4]
    shunt = (bus[:, 4] + 1j * bus[:, 5]) / base
    n = np.arange(len(bus))
    values = np.r_[tt / abs(tap) ** 2, -y / tap.conj(), -y / tap, tt, shunt]
    places = (np.r_[f, f, t, t, n], np.r_[f, t, f, t, n])
    return sparse.csr_matrix((values, places), shape=(len(bus), len(bus))), f, t


def solve(y, s, v, pv, pq):
    free = np.r_[pv, pq]
    for _ in range(40):
        missing = s - v * (y @ v).conj()
        rhs = np.r_[missing.real[free], missing.imag[pq]]
        if np.abs(rhs).max() < 1e-10:
            return v
        if not np.abs(rhs).max() < 1e6:
            break
        dv, di, unit = sparse.diags(v), sparse.diags(y @ v), sparse.diags(v / abs(v))
        da = (1j * dv @ (di - y @ dv).conj()).tocsr()
        dm = (dv @ (y @ unit).conj() + di.conj() @ unit).tocsr()
        jacobian = sparse.bmat(
            [[da[free][:, free].real, dm[free][:, pq].real], [da[pq][:, free].imag, dm[pq][:, pq].imag]], format="csc"
        )
        step = linalg.splu(jacobian).solve(rhs)
        angle, size = np.angle(v), abs(v)
        angle[free] += step[: len(free)]
        size[pq] += step[len(free) :]
        v = size * np.exp(1j * angle)
    return None


def main(cases: Path) -> None:
    for name in ("case39", "case118"):
        text = (cases / f"{name}.m").read_text(encoding="utf-8")
        bus, gen, branch = (matrix(text, part) for part in ("bus", "gen", "branch"))
        base = float(re.search(r"mpc\.baseMVA = ([\d.]+)", text)[1])
        at = np.full(int(bus[:, 0].max()) + 1, -1)
        at[bus[:, 0].astype(int)] = np.arange(len(bus))
        gen = gen[gen[:, 7] > 0]
        where = at[gen[:, 0].astype(int)]
        s = -(bus[:, 2] + 1j * bus[:, 3]) / base
        np.add.at(s, where, gen[:, 1] / base)
        v = np.ones(len(bus), complex)
        v[where] = gen[:, 5]
        slack = np.flatnonzero(bus[:, 1] == 3)
        v *= np.exp(1j * np.deg2rad(bus[slack[0], 8]))
        pv = np.flatnonzero((bus[:, 1] == 2) & np.isin(np.arange(len(bus)), where))
        pq = np.setdiff1d(np.arange(len(bus)), np.r_[slack, pv])
        whole, f, t = admittance(bus, branch, base, at)
        start = solve(whole, s, v, pv, pq)
        counts: dict[str, int] = {}
        ids, low, high, lost = [], [], [], []
        for row in range(len(branch)):
            label = f"{int(branch[row, 0])}-{int(branch[row, 1])}"
            counts[label] = counts.get(label, 0) + 1
            ids.append(label if counts[label] == 1 else f"{label}-{counts[label]}")
            keep = np.arange(len(branch)) != row
            graph = sparse.coo_matrix((np.ones(keep.sum()), (f[keep], t[keep])), shape=whole.shape)
            pieces, label_of = connected_components(graph, directed=False)
            found = None
            if pieces == 1:
                found = solve(admittance(bus, branch[keep], base, at)[0], s, start, pv, pq)
            lost.append(0.0 if pieces == 1 else bus[label_of != label_of[slack[0]], 2].clip(0).sum())
            low.append(np.nan if found is None else abs(found).min())
            high.append(np.nan if found is None else abs(found).max())
        folder = OUT / f"n1_{name}"
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"lowest_voltage": low, "highest_voltage": high, "lost_load": lost}
        np.savez_compressed(
            folder / "expected.npz", branch=np.array(ids), **{key: np.array(value) for key, value in arrays.items()}
        )
        (folder / "case.json").write_text(json.dumps({"network": name}, indent=2) + "\n")
        (folder / "README.md").write_text(README.format(name=name))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
