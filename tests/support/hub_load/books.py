"""The store after a fault run, held against the witnesses."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from hub_load.kernel_cycles import Cycle
from hub_load.witness import Tap, bracket
from joulebook_hub.lending import tables
from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.quota import units_used
from joulebook_hub.store import Store

_OFF = 1.0


def check_books(home: Path, tap: Tap, cycles: list[Cycle], keys: dict[str, str], people: tuple[str, ...]) -> str:
    """Lease by lease and unit by unit; returns what there was."""
    store = Store(f"sqlite:///{home / 'state' / 'ledger.sqlite'}")
    try:
        with store.read() as transaction:
            lines = list(transaction.execute(select(tables.usage)))
            still_open = [*transaction.execute(select(tables.loans)), *transaction.execute(select(tables.claims))]
            counted = {person: units_used(transaction, person, "jobs") for person in people}
        spent = {person: Ledger(store).spent(person) for person in people}
    finally:
        store.close()
    assert not still_open, f"leases or claims that nobody has: {still_open}"
    assert len({(line.loan, line.part) for line in lines}) == len(lines), "a line twice"
    assert all(math.isfinite(line.seconds) and line.seconds >= -1e-6 for line in lines)
    users = {f"study-{number}": people[number % len(people)] for number in range(len(keys))}
    assert counted == {person: list(users.values()).count(person) for person in people}, "units of jobs"
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.user] += line.seconds
    assert all(math.isclose(sums[person], spent[person], abs_tol=1e-3) for person in people), "sums of lines"
    return _leases(lines, tap, cycles)


def _leases(lines: list[object], tap: Tap, cycles: list[Cycle]) -> str:
    """Each lease is there once, and as long as it was seen to be, to 1 s."""
    charged: Counter[str] = Counter()
    loans: dict[str, set[int]] = {}
    for line in lines:
        charged[line.kernel] += line.seconds  # type: ignore[attr-defined]
        loans.setdefault(line.kernel, set()).add(line.loan)  # type: ignore[attr-defined]
    doubled = {kernel: numbers for kernel, numbers in loans.items() if len(numbers) > 1}
    assert not doubled, f"kernels with two leases: {doubled}"
    seen = {kernel: bracket(told) for kernel, told in tap.told.items()}
    assert set(charged) <= set(seen), "a lease of a kernel that nobody saw"
    off, known = 0.0, 0
    for kernel, found in seen.items():
        if found is None:
            assert kernel not in charged, "a lease that was never given"
            continue
        if kernel not in charged:
            assert found.least == 0.0, f"a lease is lost: {kernel}"
            continue
        seconds = charged[kernel]
        here = max(found.least - seconds, seconds - found.most, 0.0)
        assert here <= _OFF, f"kernel {kernel}: {seconds:.2f} s charged, seen {found}: {tap.told[kernel]}"
        off, known = max(off, here), known + (found.most - found.least < _OFF)
    for cycle in cycles:
        assert cycle.ended and cycle.kernels and cycle.kernels[-1] in charged, f"cycle {cycle.number} without a lease"
    return (
        f"{len(charged)} leases of {len(cycles)} notebooks, {sum(charged.values()):.0f} s charged, each as "
        f"long as seen on the wire to {off:.3f} s ({known} are known to better than {_OFF:g} s there; for the others "
        "an answer was lost or late)"
    )
