"""CGMES: a set written here comes back the same; what is wrong with a set is named."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from grid_examples import everything

from joulebook.core.errors import CorruptRecordError, DataFormatError, UnknownFormatError
from joulebook.grid import Network, compare_with_state, import_network, power_flow
from joulebook.grid.arrays import network_arrays
from joulebook.grid.formats.cgmes import archive
from joulebook.grid.formats.cgmes.reading import read_cgmes
from joulebook.grid.formats.cgmes.writing import cgmes_archive
from joulebook.grid.formats.registry import save_cgmes

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CIM = "http://iec.ch/TC57/2013/CIM-schema-cim16#"


@pytest.fixture(scope="module")
def network() -> Network:
    return everything()


@pytest.fixture(scope="module")
def content(network) -> bytes:
    return cgmes_archive(network)[0]


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name.rpartition("_")[2][:-4]: packed.read(name).decode() for name in packed.namelist()}


def packed(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in files.items():
            target.writestr(f"x_{name}.xml", text)
    return stream.getvalue()


def same(one: Network, other: Network) -> None:
    """The same admittances, injections and voltage controls, bus by bus."""
    a, b = network_arrays(one), network_arrays(other)
    assert a.n_nodes == b.n_nodes
    left, right = a.admittance_matrix().toarray(), b.admittance_matrix().toarray()
    np.testing.assert_allclose(right, left, rtol=1e-10, atol=1e-10)
    for name in ("active", "reactive", "active_current", "reactive_current"):
        np.testing.assert_allclose(getattr(b.injections, name), getattr(a.injections, name), atol=1e-12)

    def holding(arrays):
        s = arrays.sources
        on = s.in_service & s.holds
        rows = zip(s.node[on], s.controlled[on], s.voltage[on].round(9), s.reference[on], strict=True)
        return sorted((int(x), int(y), float(v), bool(r)) for x, y, v, r in rows)

    assert holding(a) == holding(b)


def test_round_trip_is_the_same_network(network, content):
    back = import_network(content)
    assert back.format == "CGMES 2.4.15"
    same(network, back.network)
    one, other = (power_flow(item, controls=False).buses for item in (network, back.network))
    np.testing.assert_allclose(other.voltage_pu.to_numpy(), one.voltage_pu.to_numpy(), atol=1e-8)


def test_fault_data_come_back(network, content):
    back = import_network(content).network
    grid, old = back.external_grids[back.external_grids.ids[0]], network.external_grids["N"]
    for name in (
        "maximum_fault_power",
        "minimum_fault_power",
        "maximum_rx",
        "minimum_rx",
        "zero_over_positive",
        "zero_rx",
    ):
        assert getattr(grid, name) == pytest.approx(getattr(old, name))
    machine = next(item for item in (back.generators[key] for key in back.generators) if item.rated_power == 130e6)
    for name in ("subtransient_reactance", "synchronous_reactance", "zero_reactance", "maximum_power"):
        assert getattr(machine, name) == pytest.approx(getattr(network.generators["G1"], name))
    np.testing.assert_allclose(machine.capability, network.generators["G1"].capability)
    line = back.lines[back.lines.ids[0]]
    for name in ("zero_resistance", "zero_reactance", "current_rating", "emergency_rating", "end_temperature", "name"):
        assert getattr(line, name) == pytest.approx(getattr(network.lines["L1"], name))
    transformer = next(
        back.transformers[key] for key in back.transformers if back.transformers[key].rated_power == 200e6
    )
    assert transformer.vector_group == "YNyn0"
    assert transformer.from_neutral_reactance == pytest.approx(12.0)
    assert transformer.zero_magnetising_reactance == pytest.approx(9.0)


def test_the_state_of_a_saved_set_is_solved(network, tmp_path):
    path = tmp_path / "set.zip"
    path.write_bytes(save_cgmes(network)[0])
    compared = compare_with_state(path)
    assert compared.largest_voltage_difference < 1e-8
    assert compared.largest_angle_difference < 1e-6
    assert list(compared.buses.columns)[:3] == ["name", "file_voltage_pu", "voltage_pu"]


def test_writing_is_reproducible(network):
    assert cgmes_archive(network)[0] == cgmes_archive(network)[0]


def test_folder_files_and_zips_in_a_zip_are_the_same_set(content, tmp_path):
    files = parts(content)
    for name, text in files.items():
        (tmp_path / f"{name}.xml").write_text(text)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as outer:
        for name, text in files.items():
            outer.writestr(f"{name}.zip", packed({name: text}))
    expected = read_cgmes(content).network
    for source in (tmp_path, sorted(tmp_path.iterdir()), stream.getvalue()):
        found = read_cgmes(source).network
        assert found.lines == expected.lines
        assert found.transformers == expected.transformers


def test_node_breaker_without_topology_keeps_its_switches(content):
    """Connectivity nodes instead of topological nodes: buses come from them, and the SV profile is not there."""
    files = parts(content)
    node = dict(
        re.findall(
            r'<cim:Terminal rdf:about="#_([^"]+)">\s*<cim:Terminal.TopologicalNode rdf:resource="#_([^"]+)"',
            files["TP"],
        )
    )
    text = files["EQ"]
    for terminal, topological in node.items():
        place = f'<cim:Terminal rdf:ID="_{terminal}">'
        text = text.replace(place, f'{place}\n    <cim:Terminal.ConnectivityNode rdf:resource="#_{topological}"/>')
    nodes = re.findall(
        r'<cim:TopologicalNode rdf:ID="_([^"]+)">.*?ConnectivityNodeContainer rdf:resource="#_([^"]+)"',
        files["TP"],
        re.S,
    )
    made = "".join(
        f'<cim:ConnectivityNode rdf:ID="_{item}"><cim:ConnectivityNode.ConnectivityNodeContainer '
        f'rdf:resource="#_{level}"/></cim:ConnectivityNode>'
        for item, level in nodes
    )
    text = text.replace("</rdf:RDF>", f"{made}</rdf:RDF>")
    found = read_cgmes(packed({"EQ": text, "SSH": files["SSH"]}))
    expected = read_cgmes(content).network
    assert len(found.network.switches) == len(expected.switches)
    assert sorted(found.network.buses.nominal_voltage) == sorted(expected.buses.nominal_voltage)
    assert any("no state" in note for note in found.notes)
    assert found.state is None


def test_version_3_is_read_by_its_name_space(content):
    files = {
        name: text.replace(CIM, "http://iec.ch/TC57/CIM100#").replace(
            "http://entsoe.eu/CIM/SchemaExtension/3/1#", "http://iec.ch/TC57/CIM100-European#"
        )
        for name, text in parts(content).items()
    }  # fmt: skip
    found = read_cgmes(packed(files))
    assert found.format == "CGMES 3.0"
    same(read_cgmes(content).network, found.network)


# ---------------------------------------------------------------- tap changers


def _with_changer(content: bytes, text: str) -> Network:
    """Transformer T2 (between HV3 and MV2), with another tap changer instead of its own."""
    files = parts(content)
    eq = files["EQ"]
    shift = re.search(
        r'<cim:PhaseTapChangerLinear rdf:ID="_([^"]+)">\s*<cim:IdentifiedObject.name>shift.*?'
        r"</cim:PhaseTapChangerLinear>",
        eq,
        re.S,
    )
    assert shift
    end = re.search(r'PhaseTapChanger.TransformerEnd rdf:resource="#_([^"]+)"', shift[0])[1]
    eq = eq.replace(shift[0], text.format(id=shift[1], end=end))
    kind = re.search(r"<cim:(\w+) ", text)[1]
    ssh = re.sub(rf'<cim:PhaseTapChangerLinear rdf:about="#_{shift[1]}">(.*?)</cim:PhaseTapChangerLinear>',
                 rf'<cim:{kind} rdf:about="#_{shift[1]}">\1</cim:{kind}>', files["SSH"], flags=re.S)  # fmt: skip
    return read_cgmes(packed({"EQ": eq, "SSH": ssh, "TP": files["TP"]})).network


def _of(network: Network):
    return next(
        network.transformers[key] for key in network.transformers if network.transformers[key].rated_power == 150e6
    )


COMMON = (
    '<cim:PhaseTapChanger.TransformerEnd rdf:resource="#_{end}"/>'
    "<cim:TapChanger.neutralStep>0</cim:TapChanger.neutralStep>"
    "<cim:TapChanger.lowStep>-4</cim:TapChanger.lowStep><cim:TapChanger.highStep>4</cim:TapChanger.highStep>"
    "<cim:TapChanger.normalStep>1</cim:TapChanger.normalStep>"
)


def test_asymmetrical_changer_turns_and_stretches(content):
    found = _of(
        _with_changer(
            content,
            '<cim:PhaseTapChangerAsymmetrical rdf:ID="_{id}">' + COMMON
            + "<cim:PhaseTapChangerNonLinear.voltageStepIncrement>5</cim:PhaseTapChangerNonLinear.voltageStepIncrement>"
            "<cim:PhaseTapChangerAsymmetrical.windingConnectionAngle>60</cim:PhaseTapChangerAsymmetrical.windingConnectionAngle>"
            "</cim:PhaseTapChangerAsymmetrical>",
        )
    )  # fmt: skip
    turned = 1 + 0.05 * np.exp(1j * np.pi / 3)
    assert found.tap_ratio == pytest.approx(abs(turned))
    assert found.phase_shift == pytest.approx(np.angle(turned))


def test_symmetrical_changer_with_its_reactance_curve(content):
    plain = _of(read_cgmes(content).network)
    ohm = plain.reactance * plain.from_rated_voltage**2 / plain.rated_power
    text = (
        '<cim:PhaseTapChangerSymmetrical rdf:ID="_{id}">' + COMMON
        + "<cim:PhaseTapChangerNonLinear.voltageStepIncrement>5</cim:PhaseTapChangerNonLinear.voltageStepIncrement>"
        f"<cim:PhaseTapChangerNonLinear.xMin>{ohm / 2}</cim:PhaseTapChangerNonLinear.xMin>"
        "<cim:PhaseTapChangerNonLinear.xMax>MAX</cim:PhaseTapChangerNonLinear.xMax></cim:PhaseTapChangerSymmetrical>"
    )  # fmt: skip
    angle, largest = 2 * np.arctan(0.05 / 2), 2 * np.arctan(0.2 / 2)
    found = _of(_with_changer(content, text.replace("MAX", str(ohm))))
    assert found.phase_shift == pytest.approx(angle)
    curve = 0.5 + 0.5 * (np.sin(angle / 2) / np.sin(largest / 2)) ** 2
    assert found.reactance == pytest.approx(plain.reactance * curve)
    other = _of(_with_changer(content, text.replace("MAX", str(1.3 * ohm))))
    assert other.reactance == pytest.approx(plain.reactance)  # where they contradict, the winding's own holds


def test_a_table_of_steps_holds_for_the_whole_transformer(content):
    point = (
        '<cim:PhaseTapChangerTablePoint rdf:ID="_p{0}"><cim:PhaseTapChangerTablePoint.PhaseTapChangerTable '
        'rdf:resource="#_table"/><cim:TapChangerTablePoint.step>{0}</cim:TapChangerTablePoint.step>'
        "<cim:TapChangerTablePoint.ratio>1.02</cim:TapChangerTablePoint.ratio>"
        "<cim:PhaseTapChangerTablePoint.angle>-6</cim:PhaseTapChangerTablePoint.angle>"
        "<cim:TapChangerTablePoint.x>20</cim:TapChangerTablePoint.x></cim:PhaseTapChangerTablePoint>"
    )
    text = (
        '<cim:PhaseTapChangerTabular rdf:ID="_{id}">' + COMMON + '<cim:PhaseTapChangerTabular.PhaseTapChangerTable '
        'rdf:resource="#_table"/></cim:PhaseTapChangerTabular><cim:PhaseTapChangerTable rdf:ID="_table"/>'
        + point.format(1)
    )  # fmt: skip
    found, plain = _of(_with_changer(content, text)), _of(read_cgmes(content).network)
    assert found.tap_ratio == pytest.approx(1.02)
    assert found.phase_shift == pytest.approx(np.radians(-6))
    assert found.reactance == pytest.approx(1.2 * plain.reactance)


# ---------------------------------------------------------------- what is wrong is named


def test_missing_profiles_are_named(content):
    files = parts(content)
    with pytest.raises(DataFormatError, match="steady state hypothesis"):
        read_cgmes(packed({"EQ": files["EQ"], "TP": files["TP"]}))
    with pytest.raises(DataFormatError, match="topology profile"):
        read_cgmes(packed({"EQ": files["EQ"], "SSH": files["SSH"]}))
    with pytest.raises(DataFormatError, match="equipment profile"):
        read_cgmes(packed({"SV": files["SV"]}))


def test_a_missing_boundary_names_the_objects(content):
    files = parts(content)
    base = re.search(r'<cim:BaseVoltage rdf:ID="_([^"]+)">.*?</cim:BaseVoltage>\n', files["EQ"], re.S)
    files["EQ"] = files["EQ"].replace(base[0], "")
    with pytest.raises(DataFormatError, match=f"BaseVoltage {base[1]}.*boundary set"):
        read_cgmes(packed(files))


def test_entities_and_document_types_are_refused(content):
    files = parts(content)
    bomb = '<!DOCTYPE rdf:RDF [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    files["EQ"] = files["EQ"].replace("<rdf:RDF", f"{bomb}\n<rdf:RDF", 1)
    with pytest.raises(DataFormatError, match="document type") as caught:
        read_cgmes(packed(files))
    assert caught.value.line == 2


def test_zip_bombs_and_too_large_sets_are_stopped(content, monkeypatch):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("x_EQ.xml", b" " * 5_000_000)
    with pytest.raises(DataFormatError, match="zip bomb"):
        read_cgmes(stream.getvalue())
    monkeypatch.setattr(archive.Budget.__init__, "__defaults__", (50_000,))
    with pytest.raises(DataFormatError, match="larger than"):
        read_cgmes(content)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_a_cut_off_zip_says_so(content, share):
    with pytest.raises(DataFormatError, match="cut off"):
        read_cgmes(content[: int(share * len(content))])


def test_damaged_bytes_in_a_zip_say_so(content):
    damaged = bytearray(content)
    damaged[2000:2050] = bytes(50)
    with pytest.raises(CorruptRecordError, match="unpacked"):
        read_cgmes(bytes(damaged))


def test_a_cut_off_profile_names_file_and_line(content):
    files = parts(content)
    files["SSH"] = files["SSH"][:5000]
    with pytest.raises(DataFormatError, match="cut off") as caught:
        read_cgmes(packed(files))
    assert caught.value.file.endswith("x_SSH.xml")
    assert caught.value.line == files["SSH"].count("\n") + 1


def test_two_states_in_one_set_are_a_contradiction(content, tmp_path):
    files = parts(content)
    other = files["SSH"].replace("<cim:EnergyConsumer.p>60.0<", "<cim:EnergyConsumer.p>61.0<")
    assert other != files["SSH"]
    with pytest.raises(DataFormatError, match=r"EnergyConsumer .*p = '61.0'.*more than one state"):
        read_cgmes(packed({**files, "SSH2": other}))


def _rdf(space: str, inner: str) -> str:
    return f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:{space}>{inner}</rdf:RDF>'


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("<html/>", UnknownFormatError, "expected <rdf:RDF>"),
        (
            _rdf('cim="http://iec.ch/TC57/2009/CIM-schema-cim14#"', '<cim:Line rdf:ID="_1"/>'),
            DataFormatError,
            "cim14",
        ),
        (_rdf(f'cim="{CIM}"', "<cim:Line/>"), DataFormatError, "neither rdf:ID"),
        (
            _rdf('dm="http://iec.ch/TC57/61970-552/DifferenceModel/1#"', '<dm:DifferenceModel rdf:about="x"/>'),
            DataFormatError,
            "difference model",
        ),
    ],
)
def test_other_xml_is_told_apart(text, error, message):
    with pytest.raises(error, match=message):
        read_cgmes(packed({"EQ": text}))


def test_a_number_that_is_none_names_object_and_line(content):
    files = parts(content)
    files["EQ"] = files["EQ"].replace("<cim:ACLineSegment.r>2.4<", "<cim:ACLineSegment.r>2,4<")
    line = next(n for n, text in enumerate(files["EQ"].splitlines(), 1) if "ACLineSegment rdf:ID" in text)
    with pytest.raises(DataFormatError, match=r"ACLineSegment .*r = '2,4' is not a finite number") as caught:
        read_cgmes(packed(files))
    assert caught.value.line == line


def test_a_value_out_of_range_names_table_and_line(content):
    files = parts(content)
    files["EQ"] = files["EQ"].replace(
        "<cim:BaseVoltage.nominalVoltage>220.0<", "<cim:BaseVoltage.nominalVoltage>220000.0<"
    )
    with pytest.raises(ValueError, match=r"nominal_voltage = 220000000\.0 V: must be"):
        read_cgmes(packed(files))


def test_a_negative_reactance_of_a_machine_is_refused(content):
    files = parts(content)
    files["EQ"] = files["EQ"].replace("satDirectSubtransX>0.18<", "satDirectSubtransX>-0.18<")
    with pytest.raises(DataFormatError, match=r"SynchronousMachine .*subtransient reactance = -0\.18") as caught:
        read_cgmes(packed(files))
    assert caught.value.file.endswith("x_EQ.xml")
    assert caught.value.line > 1


def test_nothing_is_lost_silently(network):
    notes = cgmes_archive(network)[1]
    assert any("converters" in note for note in notes)
    assert any("loss shares" in note for note in notes)


def test_a_folder_without_profiles_says_so(tmp_path: Path):
    with pytest.raises(DataFormatError, match=r"no \.xml"):
        read_cgmes(tmp_path)


def test_a_reference_without_a_set_point_holds_the_voltage_of_the_state():
    one = {"bus": "HV1", "active_power": 5e7, "voltage": 1.03, "reference": True}
    files = parts(save_cgmes(everything(external_grids=None, generators={"R": one}))[0])
    pattern = r"(<cim:SynchronousMachine rdf:about=(?:(?!</cim:SynchronousMachine>).)*controlEnabled>)true"
    files["SSH"], count = re.subn(pattern, r"\1false", files["SSH"], flags=re.S)
    assert count == 1
    found = read_cgmes(packed(files))
    machine = next(
        item for item in (found.network.generators[key] for key in found.network.generators) if item.reference
    )
    assert machine.holds_voltage
    assert machine.voltage == pytest.approx(1.03)
    assert any("no voltage set point" in note for note in found.notes)


def test_a_machine_that_holds_a_voltage_with_limits_of_nothing_has_none():
    one = {"bus": "HV1", "active_power": 5e7, "voltage": 1.03, "reference": True}
    other = {"bus": "HV1", "active_power": 1e7, "holds_voltage": False}
    limits = {"minimum_reactive": 0.0, "maximum_reactive": 0.0}
    network = everything(external_grids=None, generators={"R": one | limits, "S": other | limits})
    found = read_cgmes(save_cgmes(network)[0])
    machines = list(found.network.generators.values())
    (first,) = (machine for machine in machines if machine.reference)
    second = next(machine for machine in machines if not machine.holds_voltage)
    assert (first.minimum_reactive, first.maximum_reactive) == (None, None)
    assert (second.minimum_reactive, second.maximum_reactive) == (0.0, 0.0)
    assert any("minQ = maxQ = 0" in note for note in found.notes)


def test_what_is_in_service_now_counts_more_than_what_normally_is(content):
    files = parts(content)
    load = re.search(r'<cim:EnergyConsumer rdf:ID="_([^"]+)">', files["EQ"])[1]
    normally = "<cim:Equipment.normallyInService>false</cim:Equipment.normallyInService>"
    files["EQ"] = files["EQ"].replace(
        f'EnergyConsumer rdf:ID="_{load}">', f'EnergyConsumer rdf:ID="_{load}">{normally}'
    )
    assert not read_cgmes(packed(files)).network.loads[load].in_service
    for word in ("true", "false"):
        says = f"<cim:Equipment.inService>{word}</cim:Equipment.inService>"
        now = f'<cim:Equipment rdf:about="#_{load}">{says}</cim:Equipment>'
        changed = {**files, "SSH": files["SSH"].replace("</rdf:RDF>", f"{now}</rdf:RDF>")}
        assert read_cgmes(packed(changed)).network.loads[load].in_service is (word == "true")
