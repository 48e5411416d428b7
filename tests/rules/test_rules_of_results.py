"""Each rule of solved results: values with their errors that keep it and that break it, and what is said where there are none."""

import pytest
from bus_verdicts import findings_of, laid_out, verdict_of

from packtool.results import Result, ResultSet
from packtool.rules.judge import RULES, judge
from packtool.rules.records import Evidence


def test_beyond_its_table_the_resistance_is_said_to_be_held():
    def found(degC):
        return findings_of(
            "data.resistance-range",
            results=ResultSet((Result("temperature.cell.mean.max", degC, "degC", 0.1, region="R1C01", case="charge_1C"),)),
        )[0]

    assert found(49.8).holds  # the stand-in's table ends at 50 degC
    held = found(50.0)
    assert not held.holds
    assert held.severity == "note"  # the heat is an upper bound there


def test_without_a_cold_plate_the_coolant_rules_say_why_they_are_silent():
    results = ResultSet((Result("energy.imbalance", 0.0, "-", case="charge_1C"),))
    not_checked = verdict_of("cold_plate=null", results=results).not_checked
    assert {not_checked[rule] for rule in ("coolant.rise", "coolant.velocity", "coolant.pressure-drop")} == {
        "the design has no cold plate"
    }


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


def test_cases_that_were_not_asked_for_are_said():
    verdict = judge(Evidence(*laid_out(), ResultSet(), ("discharge_2C",)))
    assert verdict.not_checked["cases.discharge_2C"] == "this case was not asked for (--case)"


def test_scatter_counts_like_error():
    def holds(error, scatter):
        row = Result("temperature.cell.max", 44.0, "degC", error, case="charge_1C", scatter=scatter)
        return findings_of("thermal.cell-max", "limits.cell_max_degC=45", results=ResultSet((row,)))[0].holds

    assert holds(0.4, 0.5)
    assert not holds(0.4, 0.7)


def test_uneven_channels_warn():
    def holds(value):
        results = ResultSet((Result("coolant.flow.maldistribution", value, "-", case="charge_1C"),))
        return findings_of("coolant.split", results=results)[0].holds

    assert holds(0.29)
    assert not holds(0.31)
    serpentine = verdict_of("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.header_width_mm=null")
    assert serpentine.not_checked["coolant.split"]


def test_the_scatter_of_the_split_is_told_and_not_added_to_it():
    row = Result("coolant.flow.maldistribution", 0.25, "-", scatter=0.1, case="charge_1C")
    (found,) = findings_of("coolant.split", results=ResultSet((row,)))
    assert found.holds
    assert "± 0.1" in found.message


@pytest.mark.parametrize(
    ("emptiest", "fullest", "holds"), [(0.0, 1.01, [True, True]), (0.1, 1.42, [False, True]), (-0.05, 1.0, [True, False])]
)
def test_no_cell_is_charged_beyond_full_or_discharged_beyond_empty(emptiest, fullest, holds):
    results = ResultSet(
        tuple(Result(f"soc.{end}", value, "-", case="charge_1C") for end, value in (("min", emptiest), ("max", fullest)))
    )
    found = findings_of("electrical.charge-range", results=results)
    assert [f.holds for f in found] == holds
    assert {f.severity for f in found} == {"error"}
    assert {(f.key, f.case) for f in found} == {("cases.charge_1C.current_A", "charge_1C")}
