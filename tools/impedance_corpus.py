"""What Python and TypeScript must read and compute alike of equivalent circuits."""

from __future__ import annotations

from typing import Any

import numpy as np

import joulebook as jb
from joulebook.core.errors import InputError
from joulebook.impedance.circuit import Circuit
from joulebook.impedance.descriptions import read_code
from joulebook.impedance.elements import KINDS, symbol_of
from joulebook.impedance.tree import to_boukamp, to_code

__all__ = ["CODES", "impedance_corpus"]

CODES = (
    *("R0-p(R1,CPE1)-Wo1", " R_s - p( R_ct - W1 , C_dl ) ", "p(R1,p(C1,R2),R3-(", "R0-p(p(R1,C1),C2)", "W", "Ws"),
    *("R(RQ)W", "R(C[RW])", "R(C(RW))", "R(C(R(QR)))", "LR(RQ)(RQ)T", "R_s(C_dl[R_ctO])", "R1C1", "[RC]", "R1(R2C2)R"),
    *("", "  ", "R1-", "R1,R2", "R1)", "p(R1)", "p(R1,)", "p(,R1)", "R0-p(R1,C1", "R1-R1", "(R)", "()", "R()"),
    *("R(RQ))", "R R", "K1", "R0-K1", "R-q", "R(Xy)", "R1 C1-L1", "R1-C1}", "µ", "R-p(C,R)", "CPE_dl", "R0--R1", "p"),
    *("(R[C]Q)", "R(QR]", "R0-p(R1;C1)", "R0+C1", "R0-Rct", "Zarc1", "R(RZarc)", "HN1-TLMQ2", "R__1", "R1_a", "R1a"),
    *("R(Q[RW]", "RQ2Q", "((RC)Q)", "Rct", "R0-L1-p(G1,TLMQ1)"),
)
"""Texts that people type for a circuit, good ones and bad ones."""


def impedance_corpus() -> dict[str, Any]:
    """Codes as they are read, and spectra of the circuits that come along.

    Returns
    -------
    dict
        ``codes``: ``text`` with the ``code`` and, where there is one, ``boukamp`` that it is, or with ``rule`` and
        ``hint`` of its fault; ``spectra``: ``document``, ``frequencies`` in Hz, ``real`` and ``imaginary`` in Ω.
    """
    codes: list[dict[str, Any]] = []
    for text in CODES:
        try:
            tree = read_code(text)
        except InputError as error:
            codes.append({"text": text, "rule": error.issues[0].rule, "hint": error.issues[0].hint})
            continue
        letters = to_boukamp(tree, lambda name: KINDS[symbol_of(name)].boukamp or "?")
        codes.append({"text": text, "code": to_code(tree), "boukamp": "" if "?" in letters else letters})
    every = Circuit.from_code(
        "R1-p(C1,L1-HN1)-p(CPE1,W1)-Ws1-Wo1-G1-p(Zarc1,TLMQ1)",
        {
            "R1": 3.0,
            "C1": 1e-6,
            "L1": 2e-5,
            "HN1": {"resistance": 7.0, "time_constant": 3e-4, "exponent": 0.8, "skewness": 0.6},
            "CPE1": {"coefficient": 2e-4, "exponent": 0.7},
            "W1": 5.0,
            "Ws1": {"resistance": 2.0, "time_constant": 4.0, "exponent": 0.45},
            "Wo1": {"resistance": 2.0, "time_constant": 40.0, "exponent": 0.5},
            "G1": {"resistance": 1.5, "time_constant": 0.3},
            "Zarc1": {"resistance": 9.0, "time_constant": 0.02, "exponent": 0.9},
            "TLMQ1": {"resistance": 4.0, "coefficient": 0.01, "exponent": 0.95},
        },
    )
    spectra = []
    for circuit in (every, *(Circuit.named(name) for name in Circuit.names())):
        run = jb.impedance.spectrum(circuit, np.logspace(7, -4, 12))
        numbers = {name: [float(f"{value:.14g}") for value in run[name]] for name in ("real", "imaginary")}
        spectra.append({"document": circuit.to_document(), "frequencies": run.frequency.tolist(), **numbers})
    return {"codes": codes, "spectra": spectra}
