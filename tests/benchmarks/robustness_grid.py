"""Claim: a single wrong value that leaves a power flow without solution is found and mended by the diagnosis.

Breaks one value of a public network at a time, chosen at random: per unit and ohm mixed up, kW given as MW at loads
and machines, microsiemens as siemens, per cent as per unit, taps ten or five times off, a wrong sign of a reactance. Of
those cases that have no solution, counts how often the first suspect of the diagnosis is the broken value and mends it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from joulebook.core.errors import DivergedError
from joulebook.grid import Network, power_flow

NETWORKS = ("case39", "case118", "case300")
ROUNDS = 6


def breakages(network: Network, random: np.random.Generator) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind, path of the element, and the change that breaks it."""
    lines, two = network.lines, network.transformers
    row = int(random.integers(len(lines)))
    base = network.buses[lines.from_bus[row]].nominal_voltage ** 2 / network.base_power
    here = f"lines.{lines.ids[row]}"
    r, x = lines.resistance[row], lines.reactance[row]
    yield "ohm for per unit", here, {f"{here}.resistance": r * base, f"{here}.reactance": x * base}
    yield "per unit for ohm", here, {f"{here}.resistance": r / base, f"{here}.reactance": x / base}
    yield "wrong sign", here, {f"{here}.reactance": -x}
    charged = np.flatnonzero(lines.susceptance > 0)
    if len(charged):
        row = int(random.choice(charged))
        here = f"lines.{lines.ids[row]}"
        yield "microsiemens", here, {f"{here}.susceptance": lines.susceptance[row] * 1e6}
    row = int(random.integers(len(network.loads)))
    here = f"loads.{network.loads.ids[row]}"
    names = ("active_power", "reactive_power")
    yield "kW at a load", here, {f"{here}.{name}": network.loads.column(name)[row] * 1e3 for name in names}
    row = int(random.integers(len(network.generators)))
    here = f"generators.{network.generators.ids[row]}"
    power = max(network.generators.active_power[row], 1e7)
    yield "kW at a machine", here, {f"{here}.active_power": power * 1e3}
    row = int(random.integers(len(two)))
    here = f"transformers.{two.ids[row]}"
    yield "tap / 10", here, {f"{here}.tap_ratio": 0.1}
    yield "tap x 5", here, {f"{here}.tap_ratio": 5.0}
    yield "per cent", here, {f"{here}.reactance": two.reactance[row] * 100}


def main() -> None:
    random = np.random.default_rng(1)
    found: dict[str, Counter[str]] = {}
    for name in NETWORKS:
        network = Network.named(name)
        for _ in range(ROUNDS):
            for kind, element, change in breakages(network, random):
                verdict = "solved all the same"
                try:
                    power_flow(network.replace(change))
                except DivergedError as error:
                    suspects = error.partial.diagnose().suspects
                    hits = [item.path.startswith(f"{element}.") for item in suspects]
                    verdict = "first and mended" if hits and hits[0] and suspects[0].mends else "listed"
                    verdict = verdict if any(hits) else "missed"
                found.setdefault(kind, Counter())[verdict] += 1
    for kind, counts in found.items():
        print(f"{kind:<18}", ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    total = sum(found.values(), Counter())
    unsolved = sum(total.values()) - total["solved all the same"]
    print(f"{total['first and mended']} of {unsolved} cases without a solution are mended by the first suspect")


if __name__ == "__main__":
    main()
