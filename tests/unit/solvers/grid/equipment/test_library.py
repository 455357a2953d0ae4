from __future__ import annotations

import json
import math
import statistics
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook.core.errors import InputError, MissingInputError
from joulebook.grid import equipment
from joulebook.grid.equipment import library
from joulebook.grid.equipment.kinds import KINDS
from joulebook.grid.equipment.rules import LARGEST_LOSSES, R10, RULES


def test_there_are_five_hundred_and_they_are_counted_apart():
    counts = equipment.counts()
    assert counts["total"]["all"] >= 500
    assert set(counts) == {*KINDS, "total"}
    for row in counts.values():
        assert row["all"] == row["catalogue"] + row["standard part"] > 0
    assert sum(counts[kind]["all"] for kind in KINDS) == counts["total"]["all"]


def test_every_entry_is_valid_and_has_names_and_sources():
    known = equipment.sources()
    ids, names = set(), set()
    used = set()
    for row in library.rows():
        entry = row.entry()
        assert entry.values(), row.name
        keys = {entry.source, *entry.sources.values()}
        assert keys <= set(known), row.name
        used |= keys
        fields = {*type(entry).model_fields}
        assert set(entry.sources) <= fields
        ids.add(row.id)
        names.add((row.kind, row.name))
    assert len(ids) == len(names) == len(library.rows())
    assert used == set(known)
    for source in known.values():
        assert source.title
        assert source.licence


def test_standard_parts_are_what_the_rules_make():
    """The tables in the package are those of the rules: nothing else calls itself a standard part."""
    made = {}
    for name, rule in RULES.items():
        for row in rule():
            made[(name.removesuffix("s"), row["name"])] = row
    shown = {(row.kind, row.name): row for row in library.rows() if row.origin == "standard part"}
    assert set(made) == set(shown)
    for key, row in made.items():
        for field, value in row.items():
            if field in {"sources", "keywords"} or value == "":
                continue
            assert library._value(field, str(value)) == shown[key].values[field]


def test_losses_of_the_second_tier_are_ten_per_cent_below_the_first():
    for _, load, no_load, load2, no_load2 in LARGEST_LOSSES:
        assert no_load2 == pytest.approx(0.9 * no_load, abs=0.6)
        assert load2 < load
    powers = [row[0] for row in LARGEST_LOSSES]
    assert powers == sorted(powers)


def test_series_r10():
    for k, value in enumerate(R10):
        assert value == pytest.approx(10 ** (k / 10), rel=0.013)


def test_physics_of_the_entries():
    for entry in (row.entry() for row in library.rows()):
        if entry.kind == "generator":
            order = [entry.subtransient_reactance, entry.transient_reactance, entry.synchronous_reactance]
            known = [value for value in order if value is not None]
            assert known == sorted(known), entry.name
        if entry.kind == "transformer":
            assert entry.resistance is None or entry.resistance < entry.impedance
            assert entry.low_voltage < entry.high_voltage
            if entry.load_loss is not None:
                assert entry.resistance == pytest.approx(entry.load_loss / entry.rated_power, rel=1e-9)
        if entry.kind == "capacitor":
            power = 2 * math.pi * entry.frequency * entry.capacitance * entry.rated_voltage**2
            assert power == pytest.approx(entry.rated_power, rel=1e-9)
        if (
            entry.kind in {"line", "cable"}
            and entry.cross_section
            and entry.conductor_material in {"copper", "aluminium"}
        ):
            resistivity = 1.7241e-8 if entry.conductor_material == "copper" else 2.8264e-8
            assert entry.resistance == pytest.approx(resistivity / entry.cross_section, rel=0.15), entry.name
        if entry.kind == "line" and entry.radius:
            assert 0.2 * entry.radius < entry.geometric_mean_radius < entry.radius


def test_units_of_published_numbers():
    assert equipment.named("NAYY 4x150 SE").resistance == pytest.approx(0.208e-3)
    assert equipment.named("63 MVA 110/20 kV").impedance == 0.18
    assert equipment.named("630 kVA 20/0.4 kV, EU tier 2").load_loss == 4600.0
    assert equipment.named("95 mm² Cu PVC").rated_current == 238.0
    assert equipment.named("12 kV 1250 A 25 kA").making_current == 62.5e3
    entry = equipment.named("95 mm² Cu PVC")
    assert "60228" in entry.source_of("resistance").title
    assert "C.52.1" in entry.source_of("rated_current").title
    with pytest.raises(InputError, match="no such value"):
        entry.source_of("colour")


def test_searches_find_what_people_type():
    assert equipment.search("nayy 4×50")[0].name == "NAYY 4x50 SE"
    assert equipment.search("95 mm2 al xlpe")[0].name == "95 mm² Al XLPE"
    assert equipment.search("HAWK")[0].name == "ACSR Hawk 477 kcmil 26/7"
    assert equipment.search("630 kva tier 2")[0].rated_power == 630e3
    assert {entry.characteristic for entry in equipment.search("mcb c16")} == {"C"}
    assert len(equipment.search("zzz")) == 0
    by_range = equipment.search(kind="fuse", rated_current=(60.0, 70.0))
    assert {entry.rated_current for entry in by_range} == {63.0}
    assert all(60.0 <= entry.rated_current <= 70.0 for entry in by_range)
    few = equipment.search(kind="breaker", limit=3)
    assert len(few) == 3
    assert few.n_matches == equipment.counts()["breaker"]["all"]
    assert len(few[:2]) == 2


def test_results_are_shown_with_units():
    found = equipment.search("NAYY")
    table = found.to_dataframe()
    assert "rated_current_A" in table.columns
    assert table["source"].str.len().min() > 10
    assert "NAYY 4x50 SE" in repr(found)
    assert "<table>" in found._repr_html_()
    assert "Ω/km" in found[0]._repr_html_()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"kind": "motor"}, "generator, transformer"),
        ({"origin": "invented"}, "standard part"),
        ({"limit": 0}, "at least 1"),
        ({"colour": (1, 2)}, "rated_current"),
        ({"rated_current": 5.0}, "two numbers"),
        ({"rated_current": (5.0, 1.0)}, "must not fall"),
        ({"rated_current": ("a", 1.0)}, "two numbers"),
        ({"text": 5}, "must be text"),
    ],
)
def test_bad_searches_are_named(more, message):
    with pytest.raises(InputError, match=message):
        equipment.search(**more)


@settings(deadline=None)
@given(text=st.text(max_size=30), low=st.floats(allow_nan=False) | st.none())
def test_any_words_are_searched(text, low):
    found = equipment.search(text, rated_current=(low, None))
    assert found.n_matches >= len(found)
    for entry in found[:3]:
        assert low is None or entry.rated_current >= low * (1 - 1e-9 * math.copysign(1, low))


@settings(deadline=None)
@given(text=st.text(max_size=12))
def test_names_that_are_not_there_are_refused(text):
    if text in library._by_key():
        return
    with pytest.raises(InputError, match="no such equipment"):
        equipment.named(text)


def test_a_search_takes_a_few_milliseconds():
    """CPU time, so that a busy machine does not matter; the aim is 20 ms."""
    equipment.search("warm")
    spent = []
    for _ in range(5):
        started = time.process_time()
        equipment.search("cable 95 xlpe", rated_current=(100.0, None))
        spent.append(time.process_time() - started)
    assert statistics.median(spent) < 0.02


def test_index_is_plain_and_small():
    text = json.dumps(equipment.index(), allow_nan=False)
    assert len(text) < 1_000_000
    again = json.loads(text)
    assert len(again["entries"]) == equipment.counts()["total"]["all"]
    assert again["units"]["resistance"] == "ohm/m"
    assert set(again["sources"]) == set(equipment.sources())


def test_entries_become_parts_of_a_protection_scheme():
    fuse = equipment.named("gG 63 A").device("F", 400.0)
    assert fuse.band([450.0])[0] == pytest.approx(0.1)
    average = equipment.named("Siemens NH-1-63 A").device("N", 400.0)
    assert average.current_tolerance == 0.1
    for name in equipment.names("fuse"):
        equipment.named(name).device("F", 400.0)
    breaker = equipment.named("MCB C16, 6 kA")
    assert breaker.device("Q", 400.0).characteristic == "C"
    assert equipment.named("12 kV 1250 A 25 kA").rating().making_current == 62.5e3
    limit = equipment.named("95 mm² Al XLPE").limit("C", 400.0)
    assert limit.energy == pytest.approx((94.0 * 95.0) ** 2, rel=0.02)
    assert equipment.named("51 IEC VI, 1 A").stage(0.8, 0.3).curve == "IEC VI"
    with pytest.raises(InputError, match="no inverse time"):
        equipment.named("50/51 definite time, 5 A").stage(1.0)
    with pytest.raises(InputError, match="TripUnit"):
        equipment.named("LV circuit-breaker 1000 A").device("Q", 400.0)
    with pytest.raises(MissingInputError, match="leaves it open"):
        equipment.named("LV circuit-breaker 1000 A").rating()


def test_reactance_of_bare_conductors():
    """Hawk at 6.1 m and 60 Hz: 0.430 Ω/mi at 1 ft and 0.3635 Ω/mi for the spacing are in every handbook."""
    hawk = equipment.named("ACSR Hawk 477 kcmil 26/7")
    per_mile = hawk.reactance_at(20 * 0.3048, 60.0) * 1609.344
    assert per_mile == pytest.approx(0.430 + 0.3635, rel=2e-3)
    with pytest.raises(InputError, match="spacing"):
        hawk.reactance_at(0.001)
    with pytest.raises(MissingInputError):
        equipment.named("490-AL1/64-ST1A 380 kV").reactance_at(1.0)
    assert np.isfinite(hawk.reactance_at(1.0, 16.7))
