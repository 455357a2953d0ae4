"""Whatever stands in a file of another program, reading it gives a network or an explanation, and nothing else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from grid_examples import everything
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.core.errors import DataFormatError, InputError
from joulebook.grid.formats.cgmes.reading import read_cgmes
from joulebook.grid.formats.cgmes.writing import cgmes_archive
from joulebook.grid.formats.ieee_cdf import read_ieee_cdf
from joulebook.grid.formats.imported import ImportedNetwork
from joulebook.grid.formats.pandapower_json.reading import read_pandapower
from joulebook.grid.formats.pandapower_json.writing import pandapower_document
from joulebook.grid.formats.psse.reading import read_psse
from joulebook.grid.formats.ucte import read_ucte
from joulebook.grid.interchange.formats import read_network

CASES = Path(__file__).parents[1] / "validation" / "cases" / "grid_formats"
TEXTS: dict[str, tuple[Callable[..., ImportedNetwork], bytes]] = {
    "IEEE CDF": (read_ieee_cdf, (CASES / "ieee_cdf" / "six_buses.txt").read_bytes()),
    "UCTE-DEF": (read_ucte, (CASES / "ucte" / "two_countries.uct").read_bytes()),
    "PSS/E 33": (read_psse, (CASES / "psse_33" / "nine_buses.raw").read_bytes()),
    "PSS/E 35": (read_psse, (CASES / "psse_35" / "nine_buses.raw").read_bytes()),
    "pandapower": (read_pandapower, pandapower_document(everything())[0]),
}
SEQUENCE = (CASES / "psse_33" / "nine_buses.seq").read_bytes()
with zipfile.ZipFile(io.BytesIO(cgmes_archive(everything())[0])) as _packed:
    PROFILES = {name: _packed.read(name).decode() for name in _packed.namelist()}
WORDS = st.sampled_from(
    ["", "0", "-1", "1e400", "nan", "inf", "-0.0", "1e-320", "x", "'", '"', ",", "/", "-999", "9" * 400, "2", "1_0",
     "\0", "#_", "null", "[]", "{}", "true", "../../etc", "<a>", "&amp;", "99999999"]
)  # fmt: skip
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def reads_or_explains(read: Callable[..., object], *content: bytes) -> None:
    try:
        found = read(*content)
    except (DataFormatError, InputError) as error:
        assert str(error)
    else:
        assert isinstance(found, ImportedNetwork)


@st.composite
def spoiled(draw: st.DrawFn, text: str) -> str:
    """A text with words replaced, lines taken out, doubled or swapped, or cut off."""
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["word", "word", "line", "twice", "swap", "cut", "insert"]))
        lines = text.split("\n")
        row = draw(st.integers(0, len(lines) - 1))
        if kind == "word":
            words = list(re.finditer(r"[^\s,<>\"':\[\]{}]+", lines[row]))
            if words:
                word = words[draw(st.integers(0, len(words) - 1))]
                lines[row] = lines[row][: word.start()] + draw(WORDS) + lines[row][word.end() :]
        elif kind == "line":
            del lines[row]
        elif kind == "twice":
            lines.insert(row, lines[row])
        elif kind == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[row], lines[other] = lines[other], lines[row]
        elif kind == "insert":
            lines.insert(row, draw(st.text(max_size=30)))
        text = "\n".join(lines)
        if kind == "cut":
            text = text[: draw(st.integers(0, max(len(text) - 1, 0)))]
    return text


@pytest.mark.parametrize("name", TEXTS)
@FEW
@given(data=st.data())
def test_spoiled_text(name, data):
    read, content = TEXTS[name]
    reads_or_explains(read, data.draw(spoiled(content.decode())).encode("utf-8", "replace"))


@FEW
@given(data=st.data())
def test_spoiled_sequence_data(data):
    text = data.draw(spoiled(SEQUENCE.decode()))
    reads_or_explains(read_psse, TEXTS["PSS/E 33"][1], text.encode("utf-8", "replace"))


@FEW
@given(data=st.data())
def test_spoiled_tables_of_pandapower(data):
    """The same inside the tables, which are JSON texts in the JSON text."""
    document = json.loads(TEXTS["pandapower"][1])
    name = data.draw(st.sampled_from([key for key, item in document["_object"].items() if isinstance(item, dict)]))
    item = document["_object"][name]
    if "_object" in item:
        item["_object"] = data.draw(spoiled(item["_object"].replace(",", ",\n")))
    reads_or_explains(read_pandapower, json.dumps(document).encode())


@FEW
@given(data=st.data())
def test_spoiled_profiles(data):
    files = dict(PROFILES)
    name = data.draw(st.sampled_from(sorted(files)))
    files[name] = data.draw(spoiled(files[name]))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for key, text in files.items():
            target.writestr(key, text.encode("utf-8", "replace"))
    reads_or_explains(read_cgmes, stream.getvalue())


@pytest.mark.parametrize("read", [read_cgmes, *(read for read, _ in TEXTS.values())])
@FEW
@given(content=st.binary(max_size=400))
def test_random_bytes(read, content):
    reads_or_explains(read, content)


@FEW
@given(
    head=st.sampled_from([content[:200] for _, content in TEXTS.values()] + [b"PK\x03\x04", b"##C\n##N\n"]),
    rest=st.binary(),
)
def test_random_bytes_behind_a_good_beginning(head, rest):
    def read(content: bytes) -> ImportedNetwork:
        network, notes = read_network(content)
        return ImportedNetwork(network, notes)

    reads_or_explains(read, head + rest)


@FEW
@given(place=st.integers(0, 16_000), byte=st.integers(0, 255))
def test_flipped_bytes_of_a_zip(place, byte):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for key, text in PROFILES.items():
            target.writestr(key, text)
    content = bytearray(stream.getvalue())
    content[place % len(content)] = byte
    reads_or_explains(read_cgmes, bytes(content))
