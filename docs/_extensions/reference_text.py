"""Reference pages as MyST text, written from the code."""

from __future__ import annotations

import argparse
import inspect
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[2]


def quantities() -> str:
    """Table of the quantities that designs are made of."""
    from joulebook.core import quantities as module

    rows = []
    for name in module.__all__:
        found = [
            meta for meta in getattr(getattr(module, name), "__metadata__", ()) if isinstance(meta, module.Quantity)
        ]
        if found:
            shown = f"{found[0].display[0]}" if found[0].display else ""
            rows.append((f"`{name}`", found[0].unit, shown, found[0].rule))
    return table(("Type", "Unit", "On screens", "Allowed"), rows)


def cell() -> str:
    """Table of every value of a cell document."""
    from joulebook.battery import Cell

    return "\n\n".join(_parts(Cell, "Cell", ""))


def pack() -> str:
    """Table of every value of a pack document, but for those of its cell."""
    from joulebook.battery import Pack

    return "\n\n".join(_parts(Pack, "Pack", ""))


def network() -> str:
    """Tables of every value of a network document."""
    from joulebook.grid import Network

    blocks = []
    for name in Network.model_fields:
        record = Network.record_of(name)
        if record is not None:
            about = (record.__doc__ or "").partition("\n")[0]
            blocks += _parts(record, f"{name}: {about}", "")
    return "\n\n".join(blocks)


def named_networks() -> str:
    """Table of the networks that come along."""
    from joulebook.core.citations import cite
    from joulebook.grid import Network

    rows = []
    for name in Network.names():
        item = Network.named(name)
        source = item.sources["buses"]
        branches = len(item.lines) + len(item.transformers)
        text = f"{cite(source.ref)} {source.note}"
        rows.append((f"`{name}`", item.description, str(len(item.buses)), str(branches), text))
    return table(("Name", "What it is", "Buses", "Branches", "Source and licence"), rows)


def equivalent_circuit() -> str:
    """Table of the elements of equivalent circuits and their values."""
    from joulebook.impedance.elements import KINDS

    rows = []
    for kind, record in KINDS.items():
        about = (record.__doc__ or "").partition("\n")[0]
        first = (
            f"`{kind}`",
            record.boukamp and f"`{record.boukamp}`",
            f"{record.title}: {about[:1].lower()}{about[1:]}",
        )
        for name, field in record.model_fields.items():
            if name != "kind":
                quantity = _quantity(field)
                default = "needed" if field.is_required() else f"`{field.default!r}`"
                unit = "" if quantity is None or quantity.unit == "1" else quantity.unit
                rule = "" if quantity is None else quantity.rule
                rows.append((*first, f"`{name}`: {field.description or ''}", unit, rule, default))
                first = ("", "", "")
    return table(("Kind", "Boukamp", "Element", "Value", "Unit", "Allowed", "Left out"), rows)


def board() -> str:
    """Table of every value of a board document."""
    from joulebook.thermal import Board

    return "\n\n".join(_parts(Board, "Board", ""))


def named_boards() -> str:
    """Table of the boards that come along."""
    from joulebook.thermal import Board

    rows = []
    for name in Board.names():
        item = Board.named(name)
        size = f"{1e3 * item.length:g} x {1e3 * item.width:g} x {1e3 * item.thickness:.3g} mm"
        refs = dict.fromkeys(source.ref for source in item.sources.values() if source.ref)
        works = ", ".join(refs) or "assumed"
        rows.append((f"`{name}`", item.description, size, str(len(item.components)), f"{item.power:g}", works))
    return table(("Name", "What it is", "Size", "Components", "Power, W", "Sources"), rows)


def named_circuits() -> str:
    """Table of the equivalent circuits that come along."""
    from joulebook.core.citations import cite
    from joulebook.impedance import Circuit

    rows = []
    for name in Circuit.names():
        item = Circuit.named(name)
        rows.append((f"`{name}`", f"`{item.code}`", item.description, str(cite(item.sources["code"].ref))))
    return table(("Name", "Code", "What it is", "Source of the circuit"), rows)


def cryostat() -> str:
    """Tables of every value of a cryostat document."""
    from joulebook.cryo import Cryostat

    return "\n\n".join(_parts(Cryostat, "Cryostat", ""))


def named_cryostats() -> str:
    """Table of the cryostats that come along."""
    from joulebook.cryo import Cryostat

    rows = []
    for name in Cryostat.names():
        item = Cryostat.named(name)
        rows.append((f"`{name}`", item.description, str(len(item.stages)), str(len(item.components))))
    return table(("Name", "What it is", "Stages", "Components"), rows)


def winding() -> str:
    """Tables of every value of a winding document."""
    from joulebook.magnets import Winding

    return "\n\n".join(_parts(Winding, "Winding", ""))


def named_windings() -> str:
    """Table of the windings that come along."""
    from joulebook.magnets import Winding

    rows = []
    for name in Winding.names():
        item = Winding.named(name)
        point = f"{item.current:g} A, {item.field:g} T, {item.temperature:g} K"
        rows.append((f"`{name}`", item.description, point, f"{item.stored_energy / 1e3:.4g} kJ"))
    return table(("Name", "What it is", "Operating point", "Stored"), rows)


def _parts(model: type[BaseModel], title: str, path: str) -> Iterator[str]:
    rows, inner = [], []
    for name, field in model.model_fields.items():
        where = f"{path}{name}"
        parts = [part for part in _classes(field.annotation) if issubclass(part, BaseModel)]
        if parts and name not in {"sources", "cell"}:
            inner += [(part, where) for part in parts]
        quantity = _quantity(field)
        unit = "" if quantity is None or quantity.unit == "1" else quantity.unit
        default = "needed" if field.is_required() else "optional" if field.default is None else f"`{field.default!r}`"
        if field.default_factory is not None:
            default = "empty"
        rows.append((f"`{where}`", field.description or "", unit, quantity.rule if quantity else "", default))
    yield f"**{title}**\n\n" + table(("Path", "Meaning", "Unit", "Allowed", "Left out"), rows)
    for part, where in inner:
        label = f"`{where}`" + (f" ({part.__name__})" if len([p for p, w in inner if w == where]) > 1 else "")
        yield from _parts(part, label, f"{where}.")


def _classes(annotation: Any) -> list[type]:
    if isinstance(annotation, type):
        return [annotation]
    return [found for part in get_args(annotation) for found in _classes(part)]


def _quantity(field: Any) -> Any:
    from joulebook.core.quantities import Quantity

    stack = [
        *field.metadata,
        *(meta for part in get_args(field.annotation) for meta in getattr(part, "__metadata__", ())),
    ]
    return next((meta for meta in stack if isinstance(meta, Quantity)), None)


def errors() -> str:
    """Tree of the errors, and what each one carries."""
    from joulebook.core import errors as module

    tree = inspect.getdoc(module) or ""
    drawing = tree.split("::", 1)[1].split("\n\nA message", 1)[0].strip("\n")
    rows = []
    for name in module.__all__:
        item = getattr(module, name)
        if isinstance(item, type) and issubclass(item, Exception):
            bases = ", ".join(f"`{base.__name__}`" for base in item.__bases__)
            rows.append((f"`{name}`", bases, first_line(item)))
    return f"```text\n{inspect.cleandoc(drawing)}\n```\n\n" + table(("Error", "Is a", "Means"), rows)


def entry_points() -> str:
    """Plugin seams, and what this installation has plugged into them."""
    from joulebook.core import plugins

    text = inspect.getdoc(plugins) or ""
    described = dict(re.findall(r"^``joulebook\.(\w+)``\s+(.*)$", text, flags=re.MULTILINE))
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    rows = []
    for group in plugins.GROUPS:
        known = ours.get(f"joulebook.{group}", {})
        rows.append((f"`joulebook.{group}`", literal(described[group]), ", ".join(f"`{n}`" for n in known) or "none"))
    return table(("Group", "An entry is", "Joulebook's own"), rows)


def shell() -> str:
    """Every subcommand of the shell command with its help."""
    from joulebook.core.commands import make_parser

    return "\n\n".join(_command(make_parser(), "joulebook"))


def _command(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    parser.prog = name
    if not actions:
        yield f"**`{name}`**\n\n```text\n{plain_help(parser)}\n```"
    for action in actions:
        for word, inner in action.choices.items():
            yield from _command(inner, f"{name} {word}")


def plain_help(parser: argparse.ArgumentParser) -> str:
    """Help of a command, as wide as a page."""
    parser.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=100, max_help_position=28)
    return re.sub(r"\x1b\[[0-9;]*m", "", parser.format_help()).strip()


def extras() -> str:
    """Table of the extras and what they bring."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = []
    for name, packages in project["optional-dependencies"].items():
        brings = ", ".join(re.split(r"[<>=\[]", package)[0] for package in packages)
        rows.append((f"`{name}`", EXTRAS[name], brings or "nothing yet"))
    return table(("Extra", "For", "Brings"), rows)


EXTRAS = {
    "bench": "the comparison with PyBaMM that `make bench` prints",
    "charts": "tests of the Kubernetes charts",
    "dask": "sweeps on a Dask cluster",
    "dev": "tests, lint and types",
    "docker": "servers of users in containers",
    "docs": "this documentation",
    "gateway": "clusters of sweeps at a Dask Gateway",
    "gpu": "solvers on NVIDIA GPUs",
    "hub": "running the hub",
    "kubernetes": "servers of users in pods",
    "lab": "JupyterLab, designers and plots",
    "node": "the proxy, where the system has no Node.js",
    "report": "reports as PDF and HTML",
    "s3": "backups to S3",
    "sentry": "failures of the hub's service to Sentry",
    "systemd": "servers of users as units of systemd",
    "traefik": "Traefik as the hub's proxy",
}


def bibliography() -> str:
    """The list of works that numbers and methods come from."""
    from joulebook.core.citations import bibliography as read

    rows = []
    for key, work in read().items():
        doi = f"[{work.doi}](https://doi.org/{work.doi})" if work.doi else ""
        rows.append((f"`{key}`", f"{work.authors.rstrip('.')}. *{work.title}*. {work.published}", doi))
    return table(("Key", "Work", "DOI"), rows)


def lab_settings() -> str:
    """Settings of the JupyterLab extension, from its schema."""
    schema = json.loads((ROOT / "extension" / "schema" / "plugin.json").read_text(encoding="utf-8"))
    rows = [
        (f"`{name}`", item.get("title", ""), item.get("description", ""), f"`{json.dumps(item.get('default'))}`")
        for name, item in schema["properties"].items()
    ]
    return table(("Setting", "Title", "Meaning", "Default"), rows)


def latex() -> str:
    """The LaTeX that reports draw."""
    from joulebook.report.equations import FUNCTIONS, GREEK, SIGNS

    rows = [
        ("Greek letters", " ".join(f"`\\{name}`" for name in GREEK)),
        ("Functions", " ".join(f"`\\{name}`" for name in FUNCTIONS)),
        ("Signs", " ".join(f"`\\{name}`" for name in SIGNS)),
    ]
    return table(("Kind", "Commands"), rows)


def first_line(item: Any) -> str:
    """First line of a docstring."""
    return literal((inspect.getdoc(item) or "").split("\n")[0])


def literal(text: str) -> str:
    """Docstring literals as MyST code."""
    return re.sub(r"``(.+?)``", r"`\1`", text)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A MyST table."""

    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(str(text).replace("|", "\\|").replace("\n", " ") for text in cells) + " |"

    return "\n".join([line(head), line(tuple("---" for _ in head)), *(line(row) for row in rows)])


PAGES: dict[str, Callable[..., str]] = {
    "bibliography": bibliography,
    "board": board,
    "cell": cell,
    "cryostat": cryostat,
    "entry-points": entry_points,
    "equivalent-circuit": equivalent_circuit,
    "errors": errors,
    "extras": extras,
    "lab-settings": lab_settings,
    "latex": latex,
    "named-boards": named_boards,
    "named-circuits": named_circuits,
    "named-cryostats": named_cryostats,
    "named-networks": named_networks,
    "named-windings": named_windings,
    "network": network,
    "pack": pack,
    "quantities": quantities,
    "shell": shell,
    "winding": winding,
}
