"""Each rule that needs no solve: a design that keeps it and one that breaks it, with the number, the limit and the key it speaks of."""

from dataclasses import replace

import pytest
from bus_verdicts import BUS, findings_of, laid_out, verdict_of

from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.layout.properties import Weighed
from packtool.results import Result, ResultSet
from packtool.rules.clearance import basic_clearance_mm
from packtool.rules.judge import RULES, judge
from packtool.rules.records import Evidence


@pytest.mark.parametrize(
    ("rule", "keeps", "breaks", "value", "limit", "key"),
    [
        ("geometry.envelope", "limits.envelope_mm=[2000, 2000, 500]", "limits.envelope_mm=[500, 2000, 500]", None, 500, "limits.envelope_mm.0"),
        ("geometry.pack-mass", "limits.pack_mass_kg=900", "limits.pack_mass_kg=100", None, 100, "limits.pack_mass_kg"),
        ("geometry.swelling-gap", "arrangement.cell_gap_mm=1.5", "arrangement.cell_gap_mm=1", 100 / 53.7, 2, "arrangement.cell_gap_mm"),
        ("geometry.bond-line", "interface.thickness_mm=1", "interface.thickness_mm=0.4", 0.4, 0.5, "interface.thickness_mm"),
        ("geometry.channel-size", "cold_plate.channel_width_mm=16", "cold_plate.channel_width_mm=7", 7, 8, "cold_plate.channel_width_mm"),
        ("geometry.brazing-land", "cold_plate.channels=10", "cold_plate.channels=19", None, 3, "cold_plate.channel_width_mm"),
        ("geometry.enclosure-wall", "enclosure.lid_mm=0.7", "enclosure.lid_mm=0.6", 0.6, 0.7, "enclosure.lid_mm"),
        ("enclosure.vent-area", "enclosure.vent_area_mm2=600", "enclosure.vent_area_mm2=500", 500, 176 * 3.2, "enclosure.vent_area_mm2"),
        ("enclosure.bolt-pitch", "enclosure.bolt_pitch_mm=95", "enclosure.bolt_pitch_mm=120", None, 100, "enclosure.bolt_pitch_mm"),
        ("electrical.pack-voltage", "limits.pack_voltage_V=250", "limits.pack_voltage_V=240", 68 * 3.65, 240, "limits.pack_voltage_V"),
        ("electrical.busbar-current", "busbars.thickness_mm=3", "busbars.thickness_mm=1", 176 / 40, 3, "limits.busbar_A_mm2"),
        ("electrical.cell-current", "cases.charge_1C.current_A=176", "cases.charge_1C.current_A=177", 177, 176, "cases.charge_1C.current_A"),
        ("electrical.clearance", "enclosure.clearance_mm=15", "enclosure.clearance_mm=1; enclosure.hose_fitting.inside_mm=0; enclosure.cutouts=[]", 1, 1.5, "enclosure.clearance_mm"),
    ],
)  # fmt: skip
def test_a_rule_that_needs_no_solve(rule, keeps, breaks, value, limit, key):
    assert all(f.holds for f in findings_of(rule, keeps))
    (broken,) = [f for f in findings_of(rule, *breaks.split("; ")) if not f.holds]
    if value is not None:
        assert broken.value == pytest.approx(value, rel=1e-12)
    assert broken.limit == pytest.approx(limit, rel=1e-12)
    assert broken.key == key
    assert broken.severity in ("error", "warning")
    assert broken.sense == ("at most" if broken.value > broken.limit else "at least")


def test_metal_around_the_channels_of_a_plate_is_that_of_its_layout():
    over, under, rim = findings_of("geometry.plate-wall", "cold_plate.thickness_mm=7", "cold_plate.channel_height_mm=3")
    assert (over.value, under.value) == (pytest.approx(2.0), pytest.approx(2.0))  # the channels lie in its middle
    assert rim.value == pytest.approx(10.0)  # as the headers are laid out
    assert {over.part, under.part, rim.part} == {"cold plate"}
    thin = findings_of("geometry.plate-wall", "cold_plate.thickness_mm=4.4", "cold_plate.channel_height_mm=3")
    assert [(f.value, f.holds, f.severity) for f in thin[:2]] == [(pytest.approx(0.7), False, "warning")] * 2


@pytest.mark.parametrize(("style", "least"), [("folded", 0.8), ("stamped", 0.7), ("extruded", 1.5), ("die_cast", 2.0)])
def test_a_wall_is_as_thick_as_its_style_is_made(style, least):
    wall, _ = findings_of(
        "geometry.enclosure-wall", f"enclosure.style={style}", "enclosure.hose_opening_mm=null", "enclosure.hose_fitting=null"
    )
    assert wall.limit == least
    assert wall.severity == "warning"


def test_air_to_parts_from_step_files_is_what_the_cad_measured():
    gaps = {"imported and live parts": (("busbar 1-2", "shelf"), 1.2), "cells": (("R1C01", "R1C02"), 1.5)}
    verdict = judge(Evidence(*laid_out(), weighed=Weighed(500.0, (1.0, 1.0, 1.0), (), gaps)))
    (broken,) = [f for f in verdict.findings if f.rule == "electrical.clearance" and not f.holds]
    assert (broken.value, broken.limit, broken.part, broken.severity) == (1.2, 1.5, "busbar 1-2 / shelf", "error")


def test_a_barrier_is_as_thick_as_its_material_is_made():
    def barrier(mm, material="aerogel_blanket"):
        sheet = f"arrangement.barrier={{material: {material}, thickness_mm: {mm}}}"
        return findings_of("geometry.barrier-thickness", "arrangement.cell_gap_mm=6", sheet)

    assert [f.holds for f in barrier(2)] == [True, True]
    assert [(f.value, f.limit) for f in barrier(1) if not f.holds] == [(1, 1.5)]
    assert [(f.value, f.limit) for f in barrier(5) if not f.holds] == [(5, 3.0)]
    assert barrier(2, "mica_sheet") == []


def test_only_what_gives_way_in_a_gap_counts_for_swelling():
    sheet = "arrangement.barrier={material: aerogel_blanket, thickness_mm: 2}"
    (finding,) = findings_of("geometry.swelling-gap", "arrangement.cell_gap_mm=3", sheet)
    assert finding.value == pytest.approx(100 * 1.0 / 53.7, rel=1e-12)
    assert not findings_of(
        "geometry.swelling-gap", "arrangement.orientation=flat", "arrangement.row_gap_mm=30", "busbars.width_mm=20"
    )


@pytest.mark.parametrize(("rating", "holds"), [("IP67", True), ("IP68", True), ("IP65", False), ("IP6X", False), ("IP69K", False)])
def test_ingress_asks_for_immersion_which_jets_are_not(rating, holds):
    (finding,) = findings_of("enclosure.ingress", f"enclosure.ip_rating={rating}")
    assert finding.holds is holds


def test_a_limit_that_is_met_to_the_last_digit_holds():
    """96 x 4.2 V is 403.20000000000005 V in binary."""
    cell = "cell={like: calb-lfp176, resistance_mOhm: 0.5, v_max: 4.2}"
    ninety_six = ("electrical.series=96", "arrangement.rows=4", "arrangement.cells_per_row=24", cell)
    (met,) = findings_of("electrical.pack-voltage", *ninety_six, "limits.pack_voltage_V=403.2")
    assert met.holds
    (missed,) = findings_of("electrical.pack-voltage", *ninety_six, "limits.pack_voltage_V=403.1999")
    assert not missed.holds


TWO_PARALLEL = ("electrical={series: 32, parallel: 2}", "arrangement.cells_per_row=16", "arrangement.rows=4")


AGED = "overrides.cells={R1C02: {resistance_mOhm: 1.5}}"


class TestCellCurrent:
    def of(self, *sets, results=None):
        return findings_of("electrical.cell-current", *sets, results=results)

    def test_cells_alike_share_evenly(self):
        (finding,) = self.of(*TWO_PARALLEL, "cases.charge_1C.current_A=300")
        assert finding.value == pytest.approx(150, rel=1e-12)
        assert finding.part is None

    def test_beside_an_aged_cell_the_good_one_carries_more(self):
        given = "cell={like: calb-lfp176, resistance_mOhm: 0.5}"
        (finding,) = self.of(*TWO_PARALLEL, AGED, given, "cases.charge_1C.current_A=300")
        assert finding.value == pytest.approx(300 * 1.5 / 2.0, rel=1e-9)  # 0.5 beside 1.5 mOhm: three quarters
        assert finding.part == "R1C01"
        assert not finding.holds

    def test_beside_a_string_with_an_aged_cell_the_other_string_carries_more(self):
        strings = (
            "electrical={series: 8, parallel: 2}", "arrangement.rows=1", "arrangement.cells_per_row=4", "cold_plate.channels=2",
            "arrangement.modules={count_x: 2, count_y: 2, strings: 2, gap_x_mm: 40, gap_y_mm: 40}",
            "overrides.cells={M01.R1C02: {resistance_mOhm: 4.5}}", "enclosure.cutouts=[]",
        )  # fmt: skip
        (finding,) = self.of(*strings, "cell={like: calb-lfp176, resistance_mOhm: 0.5}", "cases.charge_1C.current_A=300")
        assert finding.value == pytest.approx(300 * 8 / (4 + 8), rel=1e-9)  # 8 x 0.5 beside 7 x 0.5 + 4.5 mOhm
        assert finding.part.startswith(("M03", "M04"))

    def test_after_a_solve_at_the_solved_temperatures(self):
        given = "cell={like: calb-lfp176, resistance_mOhm: {temperature_degC: [25, 35], resistance_mOhm: [1.0, 0.5]}}"
        rows = (Result("temperature.cell.mean[R1C01]", 35.0, "degC", region="R1C01", case="charge_1C"),)
        pack = (*TWO_PARALLEL, AGED, given, "cases.charge_1C.current_A=200")
        (before,), (after,) = self.of(*pack), self.of(*pack, results=ResultSet(rows))
        assert [before.value, after.value] == pytest.approx([200 * 1.5 / 2.5, 200 * 1.5 / 2.0], rel=1e-9)

    def test_an_unknown_limit_of_one_direction_does_not_hide_the_other(self):
        cell = "cell={like: eve-lf280k, resistance_mOhm: 0.2}"
        loaded = load_design(
            BUS, (cell, "cases.charge_1C.current_A=900", "cases.drive={kind: steady, current_A: 900, direction: discharge}")
        )
        bare = replace(loaded, cell=loaded.cell.model_copy(update={"max_charge_A": None}))
        verdict = judge(Evidence(bare, lay_out(bare)))
        (finding,) = [f for f in verdict.findings if f.rule == "electrical.cell-current"]
        assert (finding.case, finding.holds) == ("drive", False)
        assert "charge" in verdict.not_checked["electrical.cell-current"]


def test_only_errors_decide_the_verdict():
    assert verdict_of("arrangement.cell_gap_mm=1").passes  # a warning fails
    failed = verdict_of("limits.pack_mass_kg=100")
    assert not failed.passes
    assert failed.exit_code == 1


def test_findings_point_at_their_line():
    (finding,) = findings_of("geometry.pack-mass")
    text = BUS.read_text().splitlines()
    assert "pack_mass_kg" in text[finding.line - 1]


@pytest.mark.parametrize(("volts", "clearance"), [(300, 1.5), (301, 3.0), (800, 5.5), (1500, 8.0), (1501, None)])
def test_clearance_of_iec_60664(volts, clearance):
    assert basic_clearance_mm(volts) == clearance


def test_rule_ids_are_unique_and_every_rule_has_a_source():
    assert len({rule.id for rule in RULES}) == len(RULES) >= 12
    assert all(rule.source and rule.asks.endswith(".") for rule in RULES)


def test_a_resistance_that_is_not_known_where_it_is_cold_warns_before_the_solve():
    given = "{like: calb-lfp176, resistance_mOhm: {temperature_degC: [%s, 60], resistance_mOhm: [1.0, 0.5]}}"
    (known,) = findings_of("data.resistance-cold", f"cell={given % 22}")
    assert known.holds
    (cold,) = findings_of("data.resistance-cold", f"cell={given % 25}")
    assert (cold.holds, cold.severity, cold.value, cold.limit, cold.key) == (False, "warning", 22.0, 25.0, "cold_plate.inlet_degC")
    (passive,) = findings_of("data.resistance-cold", f"cell={given % 50}", "cold_plate=null")
    assert (passive.value, passive.key) == (45.0, "ambient.temperature_degC")


def test_a_value_set_on_the_command_line_is_told_at_the_design_without_a_line():
    (finding,) = findings_of("geometry.pack-mass", "limits.pack_mass_kg=100")
    assert (finding.file, finding.line) == (str(BUS), 0)


def test_a_stand_in_of_another_capacity_warns():
    (near,) = findings_of("data.resistance-stand-in")
    assert near.holds
    assert near.value == pytest.approx(100 * (180 / 176 - 1))
    (far,) = findings_of("data.resistance-stand-in", "cell={like: calb-lfp176, resistance_like: eve-lf280k}")
    assert (far.holds, far.severity, far.key) == (False, "warning", "cell.resistance_like")


STAMPED = ("cold_plate.style=stamped", "cold_plate.thickness_mm=5")


EXTRUDED = ("cold_plate.style=extruded", "cold_plate.passes=1", "cold_plate.channels=20", "cold_plate.margin_mm=5")


@pytest.mark.parametrize(
    ("sets", "values"),
    [
        (STAMPED, {1.0: True, 16 - 3 * 0.36397: True}),  # sheet; crown between walls that lean 20 degrees
        ((*STAMPED, "cold_plate.thickness_mm=4.2"), {0.6: False}),
        ((*STAMPED, "cold_plate.thickness_mm=7.4"), {2.2: False}),
        ((*STAMPED, "cold_plate.channel_width_mm=3"), {3 - 3 * 0.36397: False}),
    ],
)
def test_sheets_are_as_thick_and_channels_as_wide_as_can_be_drawn(sets, values):
    found = findings_of("geometry.stamped-sheet", *sets)
    for value, holds in values.items():
        assert [f.holds for f in found if f.value == pytest.approx(value, abs=1e-4)] == [holds]


def test_a_stamped_land_is_what_two_walls_of_sheet_leave():
    (brazed,), (stamped,) = findings_of("geometry.brazing-land"), findings_of("geometry.brazing-land", *STAMPED)
    assert brazed.value - stamped.value == pytest.approx(2 * 1.0)


@pytest.mark.parametrize(
    ("sets", "what", "value", "holds"),
    [
        ((), "wall above", 1.5, True),
        (("cold_plate.thickness_mm=4",), "wall above", 0.5, False),
        (("cold_plate.margin_mm=0.5",), "wall beside", 0.5, False),
        (("cold_plate.channels=42",), "web between", (732 - 10 - 42 * 16) / 41, True),
        (("cold_plate.channels=45",), "web between", (732 - 10 - 45 * 16) / 44, False),
        ((), "circle around", (732**2 + 6**2) ** 0.5, True),
    ],
)
def test_the_section_of_an_extruded_plate(sets, what, value, holds):
    found = [f for f in findings_of("geometry.extruded-section", *EXTRUDED, *sets) if f.message.startswith(what)]
    assert [f.value for f in found] == pytest.approx([value])
    assert [f.holds for f in found] == [holds]
    assert findings_of("geometry.channel-size", *EXTRUDED) == findings_of("geometry.brazing-land", *EXTRUDED) == []
