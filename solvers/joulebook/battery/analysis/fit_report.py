"""A fit written up: values with errors, residuals, what the data fix and what they do not."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from joulebook.battery.analysis.fit_result import FitResult

__all__ = ["FitReport", "write_report"]

_Block = tuple[str, list[str], list[list[str]], list[str]]
"""Heading, column headings, rows, sentences."""


@dataclass(frozen=True)
class FitReport:
    """A report on a fit.

    Parameters
    ----------
    markdown : str
        The text for a page or a file.
    html : str
        The same for a notebook, safe to show.
    """

    markdown: str
    html: str

    def __str__(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        return self.html


def write_report(fit: FitResult) -> FitReport:
    """Write a fit up.

    Parameters
    ----------
    fit : FitResult
        The fit.

    Returns
    -------
    FitReport
        As Markdown and HTML.
    """
    title = f"Fit of {fit.provenance.design.get('name', 'a cell')}"
    blocks = [_values(fit), _agreement(fit), _directions(fit), *_correlations(fit), *_searches(fit)]
    if fit.warnings:
        blocks.insert(1, ("Before you trust it", [], [], [f"{text}." for text in fit.warnings]))
    return FitReport(_markdown(title, blocks), _html(title, blocks))


def _values(fit: FitResult) -> _Block:
    rows = []
    for k, path in enumerate(fit.parameters):
        unit = "" if fit.facts["units"][k] == "1" else str(fit.facts["units"][k])
        relative = float(fit["standard_error"][k] / abs(fit["value"][k])) if fit["value"][k] else np.nan
        rows.append(
            [
                path,
                f"{fit['value'][k]:.5g}",
                f"{fit['standard_error'][k]:.2g}",
                f"{relative:.2%}" if np.isfinite(relative) else "",
                unit,
                f"{fit['low'][k]:.4g} to {fit['high'][k]:.4g}",
                f"{fit['start'][k]:.4g}",
            ]
        )
    return "Values", ["Parameter", "Value", "Standard error", "Relative", "Unit", "Limits", "Start"], rows, []


def _agreement(fit: FitResult) -> _Block:
    said = []
    name = f" of {fit.facts['data']}" if fit.facts["data"] else ""
    if "residual" in fit.variables:
        worst = float(np.abs(fit["residual"]).max())
        said.append(
            f"Voltage{name}: {fit['residual'].size} points, residual {1e3 * fit.rms:.3g} mV rms, "
            f"{1e3 * worst:.3g} mV at most."
        )
    if "frequency" in fit.variables:
        measured = fit["real_measured"] + 1j * fit["imaginary_measured"]
        off = np.abs(fit["real_fitted"] + 1j * fit["imaginary_fitted"] - measured) / np.abs(measured)
        said.append(f"Impedance: {off.size} frequencies, {np.sqrt(np.mean(off**2)):.2%} rms off.")
    noise = fit.facts["noise"]
    stated = "stated" if fit.facts["noise_stated"] else "not stated, so errors follow from the residuals"
    said.append(
        f"Reduced χ² = {fit.reduced_chi_square:.4g} with a noise of {1e3 * noise['voltage']:.3g} mV and "
        f"{noise['impedance']:.2%} of the impedance ({stated})."
    )
    said.append(f"Model {fit.provenance.options['model']}; {fit.facts['solves']} solves in {fit.stats.seconds:.2f} s.")
    said += [f"{note}." for note in fit.facts["notes"]]
    return "Agreement", [], [], said


def _directions(fit: FitResult) -> _Block:
    rows = [
        [
            str(k + 1),
            f"{item['eigenvalue']:.3g}",
            f"{item['standard_error']:.2g}",
            "yes" if item["fixed"] else "no",
            str(item["text"]),
        ]
        for k, item in enumerate(fit.facts["directions"])
    ]
    head = ["", "Eigenvalue", "Standard error", "Fixed by the data", "One standard error (at most half a range) moves"]
    said = [
        "Eigenvectors of the Fisher information, every range scaled to -1 … 1: combinations that the data fix "
        "independently of each other."
    ]
    return "What the data fix", head, rows, said


def _correlations(fit: FitResult) -> list[_Block]:
    if len(fit.parameters) < 2:
        return []
    rows = [
        [path, *(f"{value:.3f}" for value in row)] for path, row in zip(fit.parameters, fit["correlation"], strict=True)
    ]
    return [("Correlation", ["", *fit.parameters], rows, [])]


def _searches(fit: FitResult) -> list[_Block]:
    searches = fit.facts["searches"]
    if len(searches) < 2:
        return []
    ordered = sorted(searches, key=lambda item: float(item["chi_square"]))
    rows = [[f"{item['chi_square']:.5g}", *(f"{value:.4g}" for value in item["values"].values())] for item in ordered]
    return [("Searches", ["χ²", *fit.parameters], rows, [])]


def _markdown(title: str, blocks: Sequence[_Block]) -> str:
    lines = [f"# {title}", ""]
    for heading, columns, rows, sentences in blocks:
        lines += [f"## {heading}", ""]
        lines += [f"- {text}" if not columns else text for text in sentences] + ([""] if sentences else [])
        if columns:
            lines += ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
            lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
            lines.append("")
    return "\n".join(lines)


def _html(title: str, blocks: Sequence[_Block]) -> str:
    left = " style='text-align:left'"
    parts = [f"<h3>{html.escape(title)}</h3>"]
    for heading, columns, rows, sentences in blocks:
        parts.append(f"<h4>{html.escape(heading)}</h4>")
        parts += [f"<p>{html.escape(text)}</p>" for text in sentences]
        if columns:
            head = "".join(f"<th{left}>{html.escape(text)}</th>" for text in columns)
            body = "".join(
                "<tr>" + "".join(f"<td{left}>{html.escape(text)}</td>" for text in row) + "</tr>" for row in rows
            )
            parts.append(f"<table><tr>{head}</tr>{body}</table>")
    return "".join(parts)
