"""Every rule, and the verdict over a design."""

from __future__ import annotations

from packtool.layout.properties import NeedsCad
from packtool.rules import (
    barrier_thickness,
    bolt_pitch,
    bond_line,
    brazing_land,
    busbar_current,
    cell_current,
    cell_inner_spread,
    cell_max,
    cell_min,
    cell_spread,
    channel_size,
    charge_range,
    charge_window,
    clearance,
    coolant_calibration,
    coolant_drop,
    coolant_rise,
    coolant_split,
    coolant_velocity,
    enclosure_wall,
    energy_balance,
    envelope,
    extruded_section,
    imported_parts,
    ingress,
    mass_ratio,
    pack_mass,
    pack_voltage,
    plate_wall,
    power_limited,
    resistance_cold,
    resistance_range,
    resistance_stand_in,
    ribbon_section,
    stamped_sheet,
    swelling_gap,
    vent_area,
    voltage_stand_in,
)
from packtool.rules.records import Evidence, Finding, NotChecked, Rule, Verdict

RULES: tuple[Rule, ...] = tuple(
    source.RULE
    for source in (
        envelope,
        pack_mass,
        mass_ratio,
        swelling_gap,
        barrier_thickness,
        bond_line,
        channel_size,
        brazing_land,
        plate_wall,
        stamped_sheet,
        extruded_section,
        ribbon_section,
        enclosure_wall,
        vent_area,
        ingress,
        bolt_pitch,
        pack_voltage,
        busbar_current,
        cell_current,
        charge_range,
        power_limited,
        clearance,
        cell_max,
        cell_min,
        cell_spread,
        cell_inner_spread,
        charge_window,
        coolant_drop,
        coolant_rise,
        coolant_split,
        coolant_velocity,
        coolant_calibration,
        energy_balance,
        imported_parts,
        resistance_cold,
        resistance_range,
        resistance_stand_in,
        voltage_stand_in,
    )
)
"""In the order of the report: geometry, electrical, thermal, coolant, data."""


def judge(evidence: Evidence) -> Verdict:
    """Ask every rule; those that need a solve are not checked where there are no results."""
    findings: list[Finding] = []
    not_checked: dict[str, str] = {}
    for rule in RULES:
        if rule.needs_solve and evidence.results is None:
            not_checked[rule.id] = "needs a solve: packtool run"
            continue
        try:
            findings.extend(rule.check(evidence))
        except (NotChecked, NeedsCad) as reason:
            not_checked[rule.id] = str(reason)
    not_checked |= {f"cases.{case}": "this case was not asked for (--case)" for case in evidence.left_out_cases}
    return Verdict(tuple(findings), not_checked)
