"""The report of a power flow, piece by piece, for ``notebooks/reports/power_flow.ipynb``."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from joulebook.core.citations import bibliography, cite
from joulebook.core.provenance import package_versions
from joulebook.grid.network import Network
from joulebook.grid.power_flow_result import PowerFlowResult
from joulebook.grid.power_flow_study import power_flow
from joulebook.report import network_tables as tables
from joulebook.report.inline import citations_in, escape
from joulebook.report.model import (
    Block,
    Callout,
    Equation,
    Figure,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Provenance,
    Reference,
    Report,
    RunRecord,
    Section,
    texts_of,
)
from joulebook.report.network_drawing import can_be_drawn, one_line_svg
from joulebook.report.network_figures import profile_svg
from joulebook.report.numbers import number

__all__ = [
    "assemble",
    "drawing_section",
    "limits_section",
    "make_report",
    "method_section",
    "network_section",
    "open_network",
    "state_section",
]


def open_network(network: str | Path | Network) -> Network:
    """Fetch the network that a report is about.

    Parameters
    ----------
    network : str, Path or Network
        A file in any format that :meth:`Network.load` reads, the name of a network that comes with Joulebook, or a
        network.

    Returns
    -------
    Network
        The design.
    """
    if isinstance(network, Network):
        return network
    return Network.named(str(network)) if str(network) in Network.names() else Network.load(network)


def network_section(network: Network) -> Section:
    """Say what the network is.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    Section
        Its elements.
    """
    levels = np.unique(network.buses.column("nominal_voltage"))[::-1] / 1e3
    text = ", ".join(number(float(level)) for level in levels[:12]) + (" …" if len(levels) > 12 else "")
    load = float(np.sum(network.loads.column("active_power")[network.loads.column("in_service")])) / 1e6
    words = (
        f"Nominal voltages: {text} kV. Loads in service draw {number(load)} MW at nominal voltage. Powers per unit "
        f"refer to {number(network.base_power / 1e6)} MVA."
    )
    return Section(title="Network", blocks=(tables.element_table(network), Paragraph(text=words)))


def drawing_section(network: Network, run: PowerFlowResult) -> Section | None:
    """Draw the network with the results.

    Parameters
    ----------
    network : Network
        The network.
    run : PowerFlowResult
        Of that network.

    Returns
    -------
    Section or None
        None where the network is too large for a page.
    """
    if not can_be_drawn(network):
        return None
    low, high = np.nanmin(run["voltage"]), np.nanmax(run["voltage"])
    picture = Figure(
        svg=one_line_svg(network, run),
        caption="Busbars by voltage: red below 0.95, yellow below 0.97, green up to 1.05 pu, violet above. Branches by "
        "loading: grey below 80 %, yellow below 100 %, red above, light grey where no rating is known; arrows give the "
        "direction of active power, dots what is out of service.",
        alt=f"One-line drawing of {len(network.buses)} buses with voltages from {low:.3f} to {high:.3f} pu",
    )
    return Section(title="Drawing", blocks=(picture,))


def limits_section(network: Network, run: PowerFlowResult) -> Section:
    """Show voltages and loadings beside their limits, and list what breaks one.

    Parameters
    ----------
    network : Network
        The network.
    run : PowerFlowResult
        Of that network.

    Returns
    -------
    Section
        A drawing, and a table or a sentence.
    """
    broken = tables.violations(network, run)
    picture = Figure(
        svg=profile_svg(network, run),
        caption="Voltages, with the limits of each bus dashed, and the highest loadings where ratings are known.",
        alt=f"Voltages of {len(network.buses)} buses; {len(broken)} limits do not hold",
    )
    unknown = int(np.count_nonzero(~np.isfinite(run["loading"])))
    blocks: list[Block] = [picture]
    if broken:
        blocks.append(tables.violation_table(broken))
    else:
        blocks.append(Callout(kind="note", text="Every limit that the network gives holds."))
    if unknown:
        blocks.append(Paragraph(text=f"{unknown} of {len(run['loading'])} branches give no rating, or carry nothing."))
    return Section(title="Limits", blocks=tuple(blocks))


def state_section(network: Network, run: PowerFlowResult) -> Section:
    """List buses, branches and generators.

    Parameters
    ----------
    network : Network
        The network.
    run : PowerFlowResult
        Of that network.

    Returns
    -------
    Section
        Tables.
    """
    blocks: list[Block] = [tables.bus_table(network, run), tables.branch_table(run)]
    if len(network.generators):
        blocks.append(tables.generator_table(network, run))
    return Section(title="State", blocks=tuple(blocks))


def method_section() -> Section:
    """Say what was solved.

    Returns
    -------
    Section
        The equations, with their sources.
    """
    balance = Equation(
        latex=r"P_k + \mathrm{j} Q_k = V_k \sum_m \overline{Y_{km} V_m}",
        where=r"with the power $P_k + \mathrm{j} Q_k$ into the network at node $k$, complex voltages $V$ and the "
        r"admittance matrix $Y$.",
    )
    branch = Equation(
        latex=r"I_f = \frac{y + y_f}{|a|^2} V_f - \frac{y}{\overline{a}} V_t, \quad"
        r" I_t = (y + y_t) V_t - \frac{y}{a} V_f",
        where=r"with the series admittance $y$, the shunts $y_f$ and $y_t$ at its ends and the complex ratio $a$ of an "
        "ideal transformer at the “from” end; a line has $a = 1$.",
    )
    text = (
        "The balance of every node is solved by Newton's method in polar coordinates [@Tinney1967], with two-port "
        "branches [@Zimmerman2011]. Loadings are currents over ratings, at the end with the larger one."
    )
    return Section(title="Method", blocks=(Paragraph(text=text), balance, branch))


def assemble(network: Network, run: PowerFlowResult, sections: Sequence[Section | None]) -> Report:
    """Put the pieces together, with method, sources and provenance.

    Parameters
    ----------
    network : Network
        The network.
    run : PowerFlowResult
        Of that network.
    sections : sequence of Section or None
        The results; None is left out.

    Returns
    -------
    Report
        Ready for a writer.
    """
    body = (*(part for part in sections if part), method_section())
    keys = [key for text in texts_of(body) for key in citations_in(text)]
    known = bibliography()
    cited = [key for key in dict.fromkeys((*keys, *run.provenance.citations)) if key in known]
    options = {name: str(value) for name, value in run.provenance.options.items()}
    return Report(
        title=escape(network.name),
        subtitle="Power flow report",
        summary=_summary(network, run),
        sections=body,
        references=tuple(Reference.from_citation(cite(key)) for key in cited),
        provenance=Provenance(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=f"{platform.system()} {platform.machine()}",
            versions=package_versions(),
            inputs={"network": network.digest()},
            parameters=options,
            runs=(
                RunRecord(
                    name="Power flow",
                    solver=f"{options.get('method', 'newton')}, {run.stats.device}",
                    status=run.status.value,
                    iterations=run.stats.iterations,
                    seconds=run.stats.seconds,
                ),
            ),
        ),
    )


def _summary(network: Network, run: PowerFlowResult) -> tuple[Block, ...]:
    broken = tables.violations(network, run)
    load = float(np.sum(network.loads.column("active_power")[network.loads.column("in_service")])) / 1e6
    lowest, highest = int(np.nanargmin(run["voltage"])), int(np.nanargmax(run["voltage"]))
    items = (
        KeyFigure(label="Load", value=number(load), unit="MW"),
        KeyFigure(label="Losses", value=number(run.losses_MW), unit="MW"),
        KeyFigure(label=f"Lowest, bus {run['bus'][lowest]}", value=f"{run['voltage'][lowest]:.4f}", unit="pu"),
        KeyFigure(label=f"Highest, bus {run['bus'][highest]}", value=f"{run['voltage'][highest]:.4f}", unit="pu"),
        KeyFigure(label="Limits broken", value=str(len(broken))),
    )
    blocks: list[Block] = [KeyFigures(items=items)]
    if network.description:
        blocks.append(Paragraph(text=f"**Network.** {escape(network.description)}"))
    residual = number(run.stats.residual, 2)
    blocks.append(
        Paragraph(
            text=f"**Solution.** {run.stats.iterations} iterations; the largest mismatch left is {residual} per unit "
            f"of {number(network.base_power / 1e6)} MVA."
        )
    )
    if broken:
        worst = broken[0]
        value, allowed = f"{number(worst[2])} {worst[4]}", f"{number(worst[3])} {worst[4]}"
        text = f"{len(broken)} limits do not hold, the worst: {worst[0]}, {worst[1]} {value}, allowed {allowed}."
        blocks.append(Callout(kind="warning", text=escape(text)))
    return tuple(blocks)


def make_report(network: Network, *, start: str = "auto") -> Report:
    """Make the whole report in one go; the notebook does the same step by step.

    Parameters
    ----------
    network : Network
        The network.
    start : str
        Where the solution starts.

    Returns
    -------
    Report
        Ready for a writer.
    """
    run = power_flow(network, start=start)
    sections = (
        network_section(network),
        drawing_section(network, run),
        limits_section(network, run),
        state_section(network, run),
    )
    return assemble(network, run, sections)
