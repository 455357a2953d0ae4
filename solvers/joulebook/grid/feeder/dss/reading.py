"""Read a feeder from an OpenDSS script.

What a script draws, exports or measures has no place in a document and is counted in its notes; what would change the
answer and is not known is an error that names the place.

References
----------
R. C. Dugan and D. Montenegro, *The Open Distribution System Simulator (OpenDSS): Reference Guide*, EPRI, 2020: syntax
and properties.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from joulebook.core.errors import DataFormatError, UnknownFormatError
from joulebook.grid.feeder.dss.files import Library
from joulebook.grid.feeder.dss.lines import line_tables
from joulebook.grid.feeder.dss.loads import generator_records, load_records
from joulebook.grid.feeder.dss.properties import UNUSED
from joulebook.grid.feeder.dss.scanning import Place
from joulebook.grid.feeder.dss.script import Script, follow
from joulebook.grid.feeder.dss.shapes import shape_records
from joulebook.grid.feeder.dss.shunts import capacitor_records, control_records, reactor_records, source_records
from joulebook.grid.feeder.dss.transformers import regulator_records, transformer_records

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder

__all__ = ["is_document", "read_dss"]


def is_document(path: str | Path) -> bool:
    """Say whether a file looks like a JSON document.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    bool
        True if its first character is a brace; False also where it cannot be read.
    """
    try:
        with Path(path).open("rb") as stream:
            start = stream.read(400)
    except OSError:
        return str(path).lower().endswith(".json")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_dss(design: type[Feeder], path: str | Path, folder: str | Path | None = None) -> Feeder:
    """Read a feeder from an OpenDSS script and the files that it calls.

    Parameters
    ----------
    design : type
        The class of the feeder.
    path : str or Path
        The main script.
    folder : str or Path, optional
        Highest folder that files may be read from; that of the script if left out.

    Returns
    -------
    Feeder
        With notes of what was left out.

    Raises
    ------
    DataFormatError
        At the first thing that cannot be understood; names file, line and column.
    UnknownFormatError
        If the file is no script.
    """
    path = Path(path)
    library = Library(path, None if folder is None else Path(folder))
    script = follow(library)
    if not script.items["vsource"]:
        raise UnknownFormatError(
            "defines no circuit: neither a document nor an OpenDSS script with New Circuit", file=path.name
        )
    return design(**_tables(script, library, path))


def _tables(script: Script, library: Library, path: Path) -> dict[str, Any]:
    lines = line_tables(script)
    transformers = transformer_records(script)
    loads, generators = load_records(script), generator_records(script)
    shapes = {
        record[name]
        for table in (loads, generators)
        for record in table.values()
        for name in ("daily", "yearly")
        if name in record
    }
    tables: dict[str, Any] = {
        "voltage_sources": source_records(script),
        "line_codes": lines.line_codes,
        "conductors": lines.conductors,
        "geometries": lines.geometries,
        "lines": lines.lines,
        "transformers": transformers,
        "regulators": regulator_records(script, transformers),
        "capacitors": capacitor_records(script),
        "reactors": reactor_records(script),
        "loads": loads,
        "generators": generators,
        "load_shapes": shape_records(script, library, shapes),
    }
    for record in (*loads.values(), *generators.values()):
        for name in ("daily", "yearly"):
            if record.get(name) and record[name] not in tables["load_shapes"]:
                script.leave_out(f"the load shape {record.pop(name)[:40]}, which is not defined,", _start(path))
    controls = control_records(script)
    _note_unused(script)
    for record in [record for record in controls.values() if record["capacitor"] not in tables["capacitors"]]:
        raise DataFormatError(f"a capacitor control names {record['capacitor'][:60]!r}, which is not there")
    tables["capacitor_controls"] = controls
    if script.controls_held is not None:
        script.note(script.controls_held, "controls are off: taps are held (steps_at_once = 0), banks stay as they are")
        tables["capacitor_controls"] = {}
        for record in tables["regulators"].values():
            record["steps_at_once"] = 0
    return tables | {
        "name": script.name[:200] or path.stem,
        "frequency": script.frequency,
        "voltage_bases": script.voltage_bases,
        "load_multiplier": script.load_multiplier,
        "earth_model": script.earth_model,
        "most_control_rounds": script.control_rounds,
        "coordinates": script.coordinates,
        "notes": script.all_notes(),
    }


def _note_unused(script: Script) -> None:
    for kind, names in UNUSED.items():
        for item in script.items[kind].values():
            for name, token in item.settings:
                if name in names:
                    script.leave_out(f"the property {name} of {kind} objects", token.place)


def _start(path: Path) -> Place:
    return Place(path.name, 1, 1)
