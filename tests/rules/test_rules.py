"""Each rule: a design that keeps it and one that breaks it, with the number, the limit and the key it speaks of."""

from pathlib import Path

import pytest

from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.results import Result, ResultSet
from packtool.rules.clearance import basic_clearance_mm
from packtool.rules.judge import RULES, judge
from packtool.rules.records import Evidence

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"


def verdict_of(*sets, results=None):
    loaded = load_design(BUS, sets)
    return judge(Evidence(loaded, lay_out(loaded), results))


def findings_of(rule, *sets, results=None):
    return [f for f in verdict_of(*sets, results=results).findings if f.rule == rule]


@pytest.mark.parametrize(
    ("rule", "keeps", "breaks", "value", "limit", "key"),
    [
        ("geometry.envelope", "limits.envelope_mm=[2000, 2000, 500]", "limits.envelope_mm=[500, 2000, 500]", None, 500, "limits.envelope_mm.0"),
        ("geometry.pack-mass", "limits.pack_mass_kg=900", "limits.pack_mass_kg=100", None, 100, "limits.pack_mass_kg"),
        ("geometry.swelling-gap", "arrangement.cell_gap_mm=1.5", "arrangement.cell_gap_mm=1", 100 / 53.7, 2, "arrangement.cell_gap_mm"),
        ("geometry.bond-line", "interface.thickness_mm=1", "interface.thickness_mm=0.4", 0.4, 0.5, "interface.thickness_mm"),
        ("geometry.channel-size", "cold_plate.channel_width_mm=16", "cold_plate.channel_width_mm=7", 7, 8, "cold_plate.channel_width_mm"),
        ("geometry.brazing-land", "cold_plate.channels=10", "cold_plate.channels=19", None, 3, "cold_plate.channel_width_mm"),
        ("enclosure.vent-area", "enclosure.vent_area_mm2=600", "enclosure.vent_area_mm2=500", 500, 176 * 3.2, "enclosure.vent_area_mm2"),
        ("electrical.pack-voltage", "limits.pack_voltage_V=250", "limits.pack_voltage_V=240", 68 * 3.65, 240, "limits.pack_voltage_V"),
        ("electrical.busbar-current", "busbars.thickness_mm=3", "busbars.thickness_mm=1", 176 / 40, 3, "limits.busbar_A_mm2"),
        ("electrical.cell-current", "cases.charge_1C.current_A=176", "cases.charge_1C.current_A=177", 177, 176, "cases.charge_1C.current_A"),
        ("electrical.clearance", "enclosure.clearance_mm=15", "enclosure.clearance_mm=1", 1, 1.5, "enclosure.clearance_mm"),
    ],
)  # fmt: skip
def test_a_rule_that_needs_no_solve(rule, keeps, breaks, value, limit, key):
    assert all(f.holds for f in findings_of(rule, keeps))
    (broken,) = [f for f in findings_of(rule, breaks) if not f.holds]
    if value is not None:
        assert broken.value == pytest.approx(value, rel=1e-12)
    assert broken.limit == pytest.approx(limit, rel=1e-12)
    assert broken.key == key
    assert broken.severity in ("error", "warning")
    assert broken.sense == ("at most" if broken.value > broken.limit else "at least")


def test_ingress_asks_for_immersion():
    assert all(f.holds for f in findings_of("enclosure.ingress", "enclosure.ip_rating=IP67"))
    assert not any(f.holds for f in findings_of("enclosure.ingress", "enclosure.ip_rating=IP65"))


SOLVED = {
    "thermal.cell-max": ("temperature.cell.max", "degC", 44.0, "limits.cell_max_degC=45", 1),
    "thermal.cell-min": ("temperature.cell.min", "degC", 16.0, "limits.cell_min_degC=15", -1),
    "thermal.cell-spread": ("temperature.cell.spread", "K", 4.0, "limits.cell_spread_K=5", 1),
    "thermal.cell-inner-spread": ("temperature.cell.inner_spread", "K", 4.0, "limits.cell_inner_spread_K=5", 1),
    "coolant.pressure-drop": ("coolant.pressure_drop", "Pa", 19_000.0, "limits.coolant_drop_kPa=20", 1000),
    "coolant.rise": ("coolant.rise", "K", 4.0, "limits.coolant_rise_K=5", 1),
    "coolant.velocity": ("coolant.velocity.max", "m/s", 1.5, "limits.coolant_velocity_m_s=2.5", 1),
}


@pytest.mark.parametrize("rule", SOLVED)
def test_a_limit_holds_only_if_value_and_error_together_keep_it(rule):
    name, unit, value, limit, step = SOLVED[rule]

    def holds(error):
        (finding,) = findings_of(rule, limit, results=ResultSet((Result(name, value, unit, error, case="charge_1C"),)))
        assert finding.severity == "error"
        assert finding.line > 0 or finding.key not in ("limits",)
        return finding.holds

    assert holds(0.9 * abs(step))
    assert not holds(1.1 * abs(step))


@pytest.mark.parametrize(
    ("cell", "degC", "severities"),
    [
        ("lfp-314-class", 44, []),
        ("lfp-314-class", 50, ["warning"]),
        ("lfp-314-class", 56, ["warning", "error"]),
        ("sdi-94", 51, ["warning", "error"]),
    ],
)
def test_without_a_limit_the_rules_own_warns_first_and_then_fails(cell, degC, severities):
    results = ResultSet((Result("temperature.cell.max", degC, "degC", 0.1, case="charge_1C"),))
    given = f"{{like: {cell}, resistance_mOhm: 0.5, max_charge_A: 400}}"
    found = findings_of("thermal.cell-max", f"cell={given}", "limits={}", "cold_plate.channels=5", results=results)
    assert [f.severity for f in found if not f.holds] == severities


def test_the_energy_balance_must_close_to_one_in_a_million():
    def holds(value):
        results = ResultSet((Result("energy.imbalance", value, "-", case="charge_1C"),))
        return findings_of("data.energy-balance", results=results)[0].holds

    assert holds(9e-7)
    assert not holds(2e-6)


def test_charging_outside_the_window_is_named():
    results = ResultSet(
        (
            Result("temperature.cell.min", -3.0, "degC", 0.1, case="charge_1C"),
            Result("temperature.cell.max", 20.0, "degC", 0.1, case="charge_1C"),
        )
    )
    low, high = findings_of("thermal.charge-window", results=results)
    assert not low.holds
    assert high.holds


def test_rules_that_need_a_solve_are_not_checked_before_one_and_say_so():
    verdict = verdict_of()
    assert {rule.id for rule in RULES if rule.needs_solve} <= set(verdict.not_checked)
    assert all(verdict.not_checked.values())


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
