"""OpenDSS scripts become feeders: every object, every unit, and nothing from outside of their folder."""

from __future__ import annotations

import math

import pytest
from small_feeders import CIRCUIT, write_script

from joulebook.core.errors import DataFormatError, UnknownFormatError
from joulebook.grid import Feeder


def read(tmp_path, text, **more):
    for name, content in more.pop("files", {}).items():
        write_script(tmp_path, content, name)
    return Feeder.load(write_script(tmp_path, text), **more)


def fault(tmp_path, text, **more):
    with pytest.raises(DataFormatError) as caught:
        read(tmp_path, text, **more)
    return caught.value


def test_a_small_circuit(tmp_path):
    feeder = read(tmp_path, CIRCUIT)
    assert feeder.name == "test"
    assert feeder.frequency == 60.0
    assert feeder.voltage_bases == (12470.0,)
    source = feeder.voltage_sources["source"]
    assert source.bus == "sourcebus.1.2.3" and source.voltage == 1.02
    assert abs(complex(source.resistance, source.reactance)) == pytest.approx(12.47**2 / 500)
    assert source.reactance == pytest.approx(4 * source.resistance)
    z = complex(2 * source.resistance + source.zero_resistance, 2 * source.reactance + source.zero_reactance)
    assert abs(z) == pytest.approx(3 * 12.47**2 / 400)
    line = feeder.lines["one"]
    assert (line.bus1, line.bus2, line.length) == ("sourcebus.1.2.3", "b.1.2.3", 2000.0)
    code = feeder.line_codes["abc"]
    assert code.resistance[1] == pytest.approx((1e-4, 3e-4))
    assert code.reactance[0] == pytest.approx((2 / 3e3,))
    assert code.capacitance[1] == pytest.approx((-2e-12, 8e-12))
    assert feeder.loads["l"].bus == "b.1.2.3.0"
    assert feeder.notes == ()


LINES = """New Circuit.c basekv=10 r1=0 x1=1 r0=0 x0=1
New Linecode.none nphases=1 rmatrix=[2] xmatrix=[3] cmatrix=[0]
New Linecode.mile nphases=1 units=mi rmatrix=[2] xmatrix=[3] cmatrix=[0]
New Line.l bus1=sourcebus.1 bus2=b.1 {rest}
"""


@pytest.mark.parametrize(
    ("rest", "ohm", "metres"),
    [
        ("linecode=none length=5", 10.0, 5000.0),
        ("linecode=none length=5 units=kft", 10.0, 5 * 304.8),
        ("linecode=mile length=5", 10.0, 5 * 1609.344),
        ("linecode=mile length=5280 units=ft", 2.0, 1609.344),
        ("units=ft linecode=mile length=5280", 2.0, 1609.344),
        ("phases=1 r1=0.4 x1=0 c1=0 length=2 units=km", 0.8, 2000.0),
        ("phases=1 length=2 units=km r1=0.4 x1=0 c1=0", 0.8, 2000.0),
        ("phases=1 switch=y", 1e-3, 1.0),
        ("phases=1 switch=y r1=5 c1=0", 5e-3, 1.0),
        ("phases=1 rmatrix=[7] xmatrix=[1] cmatrix=[0] length=3", 21.0, 3000.0),
    ],
)
def test_units_of_lines(tmp_path, rest, ohm, metres):
    feeder = read(tmp_path, LINES.format(rest=rest))
    line = feeder.lines["l"]
    code = feeder.line_codes[line.code]
    assert line.length == pytest.approx(metres)
    assert code.resistance[0][0] * line.length == pytest.approx(ohm)


def test_one_code_used_with_two_units_becomes_two(tmp_path):
    text = LINES.format(rest="linecode=none length=1 units=km")
    feeder = read(tmp_path, text + "New Line.m bus1=b.1 bus2=c.1 linecode=none length=1 units=mi")
    totals = [feeder.line_codes[line.code].resistance[0][0] * line.length for line in feeder.lines.values()]
    assert totals == pytest.approx([2.0, 2.0])
    assert len(feeder.line_codes) == 2


def test_values_without_name_follow_the_order_of_the_properties(tmp_path):
    feeder = read(tmp_path, "New Circuit.c sourcebus 10 1.0 30 60 3 100 90\nNew Line.l sourcebus b switch=y")
    source = feeder.voltage_sources["source"]
    assert source.nominal_voltage == 10e3 and source.angle == pytest.approx(math.pi / 6)
    assert abs(complex(source.resistance, source.reactance)) == pytest.approx(1.0)
    assert feeder.lines["l"].switch


def test_names_may_be_cut_short_and_case_does_not_matter(tmp_path):
    feeder = read(tmp_path, CIRCUIT + "EDIT LOAD.L VMINP=0.8\nload.L.Kw=7")
    load = feeder.loads["l"]
    assert load.lowest_voltage == 0.8 and load.active_power == 7e3


def test_like_more_and_batches(tmp_path):
    text = CIRCUIT + "New Load.m like=l bus1=b.1 phases=1\n~ kv=7.2\nMore kw=3\nbatchedit load..* vmaxpu=1.2\n"
    text += "batchedit load.m kvar=1"
    feeder = read(tmp_path, text)
    one, other = feeder.loads["l"], feeder.loads["m"]
    assert other.bus == "b.1.0" and other.active_power == 3e3 and other.reactive_power == 1e3
    assert one.highest_voltage == other.highest_voltage == 1.2 and one.reactive_power == 200e3


@pytest.mark.parametrize(
    ("given", "kw", "kvar"),
    [
        ("kw=100 pf=0.8", 100, 75),
        ("kw=100 pf=-0.8", 100, -75),
        ("kw=100 kvar=20", 100, 20),
        ("kvar=20 kw=100", 100, 100 * math.sqrt(1 / 0.88**2 - 1)),
        ("kw=10 kvar=20\n~ kw=100", 100, 200),
        ("kva=100 pf=0.6", 60, 80),
        ("xfkva=200 allocationfactor=0.4 pf=0.8", 64, 48),
        ("kwh=720 kwhdays=30 cfactor=4 pf=1", 4, 0),
        ("kw=0 pf=0.9", 0, 0),
    ],
)
def test_descriptions_of_a_load(tmp_path, given, kw, kvar):
    load = read(tmp_path, f"New Circuit.c\nNew Load.l bus1=sourcebus kv=115 {given}").loads["l"]
    assert load.active_power == pytest.approx(kw * 1e3)
    assert load.reactive_power == pytest.approx(kvar * 1e3, abs=1e-6)


def test_models_of_loads(tmp_path):
    text = "New Circuit.c\n" + "\n".join(f"New Load.m{k} bus1=sourcebus kv=115 kw=1 model={k}" for k in range(1, 8))
    text += "\nNew Load.m8 bus1=sourcebus kv=115 kw=1 model=8 zipv=(0.3 0.3 0.4 0.2 0.3 0.5 0.6)"
    feeder = read(tmp_path, text)
    assert feeder.loads["m4"].model == "exponential" and feeder.loads["m5"].model == "constant current"
    assert feeder.loads["m8"].shares == (0.3, 0.3, 0.4, 0.2, 0.3, 0.5, 0.6)
    assert "zipv" in str(fault(tmp_path, "New Circuit.c\nNew Load.m bus1=sourcebus model=8"))
    assert "from 1 to 8" in str(fault(tmp_path, "New Circuit.c\nNew Load.m bus1=sourcebus model=9"))


TRANSFORMER = """New Circuit.c basekv=12.47
New XfmrCode.ct phases=1 windings=3 kvs=[7.2 0.12 0.12] kVAs=[25 25 25] %imag=0.5 %Rs=[0.6 1.2 1.2] %noloadloss=.2
~ Xhl=2.04 Xht=2.04 Xlt=1.36
New Transformer.t XfmrCode=ct buses=[sourcebus.1 x.1.0 x.0.2]
New Transformer.r phases=1 windings=2 buses=(x.1, y.1) kvs=(0.12 0.12) kvas=(10 10) xhl=0.1 %loadloss=.01
~ wdg=2 maxtap=1.2
New Transformer.d wdg=1 bus=sourcebus conn=delta kv=12.47 kva=300 %r=1 wdg=2 bus=low conn=wye kv=0.48 rneut=0
~ leadlag=lead xhl=5 numtaps=16
New RegControl.c transformer=r winding=2 vreg=118 band=2 ptratio=1 ctprim=50 R=1 X=2 delay=20 maxtapchange=1 tapnum=4
"""


def test_transformers_and_their_controls(tmp_path):
    feeder = read(tmp_path, TRANSFORMER)
    centre = feeder.transformers["t"]
    assert [winding.bus for winding in centre.windings] == ["sourcebus.1.0", "x.1.0", "x.0.2"]
    assert centre.reactances == pytest.approx((0.0204, 0.0204, 0.0136))
    assert centre.windings[1].resistance == pytest.approx(0.012) and centre.rating == 25e3
    assert centre.no_load_loss == pytest.approx(0.002) and centre.magnetising_current == pytest.approx(0.005)
    regulator = feeder.transformers["r"]
    assert regulator.windings[0].resistance == regulator.windings[1].resistance == pytest.approx(5e-5)
    assert regulator.windings[1].highest_tap == 1.2
    assert regulator.windings[1].tap == pytest.approx(1.05 + 4 * 0.3 / 32)
    device = feeder.transformers["d"]
    assert device.low_voltage_leads and device.windings[0].connection == "delta"
    assert device.windings[1].neutral_resistance == 0.0 and device.windings[1].taps == 16
    assert device.windings[0].bus == "sourcebus.1.2.3.0" and device.rating == 300e3
    control = feeder.regulators["c"]
    assert (control.voltage, control.bandwidth, control.voltage_ratio) == (118.0, 2.0, 1.0)
    assert (control.drop_resistance, control.drop_reactance, control.current_rating) == (1.0, 2.0, 50.0)
    assert (control.delay, control.steps_at_once) == (20.0, 1)


GEOMETRY = """New Circuit.c basekv=12.47
New WireData.w Runits=mi Rac=0.306 GMRunits=ft GMRac=0.0244 Radunits=in Diam=0.721 normamps=530
New CNData.cn k=13 DiaStrand=0.064 Rstrand=2.8167 epsR=2.3 InsLayer=0.22 DiaIns=1.06 DiaCable=1.16 Rac=0.0767
~ GMRac=0.20568 diam=0.573 Runits=kft Radunits=in GMRunits=in
New TSData.ts diashield=0.88 tapelayer=0.005 tapelap=20 epsr=2.3 inslayer=0.22 diains=0.82 rdc=0.18 gmrac=0.1332
~ runits=kft radunits=in gmrunits=in diam=0.368
New LineGeometry.oh nconds=4 nphases=3 reduce=yes
~ cond=1 wire=w units=ft x=-4 h=28
~ cond=2 wire=w x=-1.5 h=28
~ cond=3 wire=w x=3 h=28
~ cond=4 wire=w x=0 h=24
New LineGeometry.cable nconds=1 nphases=1 units=ft cond=1 cncable=cn x=0 h=-4 units=ft
New LineGeometry.shield nconds=1 nphases=1 cond=1 tscable=ts x=0 h=-4 units=ft
New Line.a geometry=oh length=2000 units=ft bus1=sourcebus bus2=b
New Line.b geometry=cable length=1 units=km bus1=b.1 bus2=d.1
New Line.c geometry=shield length=1 units=km bus1=b.1 bus2=e.1
"""


def test_geometries_and_conductors(tmp_path):
    feeder = read(tmp_path, GEOMETRY)
    assert feeder.lines["a"].phases == 3 and feeder.lines["b"].phases == 1
    placed = feeder.geometries["oh"].conductors
    assert [item.x for item in placed] == pytest.approx([-4 * 0.3048, -1.5 * 0.3048, 3 * 0.3048, 0])
    wire = feeder.conductors["wiredata/w"]
    assert wire.resistance == pytest.approx(0.306 / 1609.344) and wire.dc_resistance == pytest.approx(0.3 / 1609.344)
    assert wire.gmr == pytest.approx(0.0244 * 0.3048) and wire.radius == pytest.approx(0.721 / 2 * 0.0254)
    cable = feeder.conductors["cndata/cn"]
    assert cable.kind == "concentric neutral" and cable.strands == 13
    assert cable.strand_gmr == pytest.approx(0.7788 * 0.032 * 0.0254)
    shield = feeder.conductors["tsdata/ts"]
    assert shield.tape_lap == pytest.approx(0.2) and shield.resistance == pytest.approx(1.02 * 0.18 / 304.8)


SHUNTS = """New Circuit.c basekv=12.47
New Line.l bus1=sourcebus bus2=b switch=y
New Capacitor.k bus1=b kvar=600 kv=12.47 numsteps=3 states=[1 1 0]
New Capacitor.s bus1=b.1 phases=1 kvar=100 kv=7.2
New CapControl.cc capacitor=k element=line.l terminal=1 type=kvar ptratio=60 ctratio=1 onsetting=150 offsetting=-225
~ voltoverride=y vmin=7110 vmax=7740 delay=100 delayoff=90 deadtime=60
New Reactor.r bus1=b bus2=e r=1 x=2
New Reactor.q bus1=b kvar=300 kv=12.47
New Generator.g bus1=b kv=12.47 kw=250 pf=0.9
New Loadshape.s npts=4 interval=0.5 mult=(1 2 3 4 5)
New Loadshape.m npts=3 minterval=1 mult=(file=m.txt) qmult=(file=m.txt, column=2)
New Load.a bus1=b kv=12.47 kw=10 daily=s
New Load.b bus1=b kv=12.47 kw=10 daily=default yearly=m
New Load.c bus1=b kv=12.47 kw=10 daily=nothing status=fixed
"""


def test_shunts_and_shapes(tmp_path):
    feeder = read(tmp_path, SHUNTS, files={"m.txt": "1 7\n2, 8\n\n3 9\n4 10\n"})
    bank = feeder.capacitors["k"]
    assert (bank.steps, bank.steps_on, bank.reactive_power) == (3, 2, 600e3)
    assert feeder.capacitors["s"].bus1 == "b.1"
    control = feeder.capacitor_controls["cc"]
    assert (control.quantity, control.on, control.off, control.voltage_override) == ("reactive power", 150, -225, True)
    assert feeder.reactors["r"].bus2 == "e.1.2.3" and feeder.reactors["r"].reactance == 2.0
    assert feeder.reactors["q"].reactance == pytest.approx(12.47**2 / 0.3)
    assert feeder.generators["g"].reactive_power == pytest.approx(250e3 * math.sqrt(1 / 0.81 - 1))
    assert feeder.load_shapes["s"].active == (1, 2, 3, 4) and feeder.load_shapes["s"].interval == 1800
    assert feeder.load_shapes["m"].active == (1, 2, 3) and feeder.load_shapes["m"].reactive == (7, 8, 9)
    assert len(feeder.load_shapes["default"].active) == 24
    assert feeder.loads["b"].yearly == "m" and feeder.loads["a"].yearly == "s"
    assert feeder.loads["c"].daily == "" and feeder.loads["c"].fixed
    assert any("nothing" in note for note in feeder.notes)


def test_what_is_left_out_is_noted_with_its_place(tmp_path):
    text = CIRCUIT + "New Energymeter.m line.one 1\nShow voltages\nPlot profile\nSet mode=daily\nFrobnicate now\n"
    text += "New Storage.s bus1=b\nLoad.l.colour=red\nNew Monitor.x line.one\nNew Monitor.y line.one\nNew Gadget.g\n"
    text += "load.l.rneut=3"
    notes = read(tmp_path, text).notes
    for expected in (
        "line 14: the command 'frobnicate' is not known",
        "line 16: load l: 'colour' is no property of it",
        "energymeter objects left out",
        "storage objects, which would carry current, left out",
        "gadget objects (class not known) left out",
        "line 20: the property rneut of load objects left out",
        "line 17: monitor objects left out, 2 in all",
        "set mode left out",
    ):
        assert any(expected in note for note in notes), (expected, notes)


def test_controls_that_are_switched_off_hold_their_taps(tmp_path):
    feeder = read(tmp_path, TRANSFORMER + "Set controlmode=off loadmult=0.5 maxcontroliter=7\nSolve")
    assert feeder.regulators["c"].steps_at_once == 0
    assert (feeder.load_multiplier, feeder.most_control_rounds) == (0.5, 7)
    assert any("controls are off" in note for note in feeder.notes)
    again = read(tmp_path, TRANSFORMER + "Set controlmode=off\nSet controlmode=static")
    assert again.regulators["c"].steps_at_once == 1


def test_switched_off_and_opened(tmp_path):
    text = CIRCUIT + "New Line.two bus1=b bus2=d switch=y\nNew Line.three bus1=b bus2=e switch=y enabled=no\n"
    text += "open line.two 1\nNew Capacitor.k bus1=b kv=12.47 kvar=9\nopen capacitor.k\nNew Load.off bus1=b\n"
    text += "disable load.off"
    feeder = read(tmp_path, text)
    assert not feeder.lines["two"].closed and "three" not in feeder.lines
    assert feeder.capacitors["k"].steps_on == 0 and "off" not in feeder.loads
    assert read(tmp_path, text + "\nclose line.two\nenable load.off").lines["two"].closed


def test_other_files_beside_and_below_are_read(tmp_path):
    files = {
        "sub/codes.dss": "Redirect more.dss",
        "sub/more.dss": "New Load.x bus1=b kv=12.47 kw=1",
        "xy.csv": "b, 1, 2\n",
    }
    feeder = read(tmp_path, CIRCUIT + 'Redirect "sub\\CODES.dss"\nBuscoords xy.csv', files=files)
    assert "x" in feeder.loads and feeder.coordinates == {"b": (1.0, 2.0)}


def test_no_path_leaves_the_folder(tmp_path):
    (tmp_path / "secret.dss").write_text("New Load.secret bus1=b kw=1")
    inner = tmp_path / "model"
    for path in ("../secret.dss", "/etc/passwd", "C:\\x.dss", "sub/../../secret.dss"):
        feeder = Feeder.load(write_script(inner, CIRCUIT + f'Redirect "{path}"'))
        assert "secret" not in feeder.loads
        assert any("lies outside" in note for note in feeder.notes)
    (inner / "link.dss").symlink_to(tmp_path / "secret.dss")
    assert "secret" not in Feeder.load(write_script(inner, CIRCUIT + "Redirect link.dss")).loads
    allowed = Feeder.load(write_script(inner, CIRCUIT + "Redirect ../secret.dss"), folder=tmp_path)
    assert "secret" in allowed.loads
    with pytest.raises(DataFormatError, match="outside of the folder"):
        Feeder.load(inner / "main.dss", folder=inner / "sub")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("New Circuit.c\nRedirect main.dss", "call in a circle"),
        ("New Circuit.c\nRedirect gone.dss", "line 2, column 10: there is no file 'gone.dss'"),
        ("New Circuit.c\nNew Load.l bus1=b kw=x", "line 2, column 22: 'x' is not a number"),
        ("New Circuit.c\nNew Load.l kw=1", "load l has no bus1"),
        ("New Circuit.c\nNew Line.l bus1=a bus2=b linecode=z", "there is no line code 'z'"),
        ("New Circuit.c\nNew Line.l bus1=a linecode=z", "there is no line code 'z'"),
        ("New Circuit.c\nEdit Load.l kw=1", "there is no load 'l' yet"),
        ("New Circuit.c\nNew Load.l like=k", "there is no load 'k' yet"),
        ("New Circuit.c\nNew Load", "needs Class.name"),
        ("New Circuit.c\nLoad.x.kw=1", "there is no load 'x' yet"),
        ("New Circuit.c\nNew Line.l bus1=a bus2=b units=parsec", "is no unit of length"),
        ("New Circuit.c\nNew Line.l bus1=a.x bus2=b switch=y", "is no connection"),
        ("New Circuit.c\nNew Transformer.t wdg=3", "from 1 to 2"),
        ("New Circuit.c\nNew Transformer.t wdg=1 conn=zigzag", "wye or delta"),
        ("New Circuit.c\nNew Transformer.t", "winding 1 has no bus"),
        ("New Circuit.c\nNew RegControl.r transformer=t", "is not there"),
        ("New Circuit.c\nNew Capacitor.k bus1=b cuf=3", "not read"),
        ("New Circuit.c\nNew Generator.g bus1=b model=3", "model 3 is not known"),
        ("New Circuit.c r1=0 x1=0", "must not be 0"),
        ("New Circuit.c mvasc3=0", "must be more than 0"),
        ("Set frequency=0", "must be 1 to 1000"),
    ],
)
def test_faults_name_file_line_and_column(tmp_path, text, expected):
    error = fault(tmp_path, text)
    assert expected in str(error)
    assert str(error).startswith("main.dss, line ")


def test_other_files_are_recognised(tmp_path):
    for text in ("mpc.version = '2';", "", "hello world"):
        with pytest.raises(UnknownFormatError, match="defines no circuit"):
            read(tmp_path, text)
    (tmp_path / "binary.dss").write_bytes(b"\x00\x01\x02")
    with pytest.raises(DataFormatError, match="binary"):
        Feeder.load(tmp_path / "binary.dss")
    with pytest.raises(DataFormatError, match="cannot be read"):
        Feeder.load(tmp_path / "missing.dss")


def test_clear_starts_again(tmp_path):
    feeder = read(tmp_path, CIRCUIT + "Clear\nNew Circuit.other basekv=4.16\nNew Load.n bus1=sourcebus kv=4.16 kw=1")
    assert feeder.name == "other" and list(feeder.loads) == ["n"] and not len(feeder.lines)


def test_line_codes_reduce_their_neutral(tmp_path):
    code = "New Linecode.k nphases=2 units=km rmatrix=[1 | 0.5 1] xmatrix=[2 | 1 2] cmatrix=[9 | -1 9] neutral=2 kron=y"
    feeder = read(tmp_path, f"New Circuit.c\n{code}\nNew Line.l bus1=sourcebus.1 bus2=b.1 linecode=k length=1 units=km")
    z = 1 + 2j - (0.5 + 1j) ** 2 / (1 + 2j)
    record = feeder.line_codes["k"]
    assert complex(record.resistance[0][0], record.reactance[0][0]) == pytest.approx(z / 1000)
    assert feeder.lines["l"].phases == 1
