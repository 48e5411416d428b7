"""The published cases of conduction and battery heat, through the registry that ``packtool verify`` uses."""

from __future__ import annotations

import pytest

from packtool.verification.abuse import abuse_cases
from packtool.verification.battery_heat import battery_heat_cases
from packtool.verification.conduction import conduction_cases
from packtool.verification.pack_battery import pack_battery_cases
from packtool.verification.pack_melting import pack_melting_cases
from packtool.verification.registry import cases
from packtool.verification.transients import transient_cases

pytestmark = pytest.mark.fem
BY_ID = {case.id: case for case in cases()}
PACKS = (*pack_battery_cases(), *pack_melting_cases())
MINE = [case.id for case in (*conduction_cases(), *transient_cases(), *battery_heat_cases(), *PACKS, *abuse_cases())]


@pytest.mark.parametrize("case_id", MINE)
def test_reference_is_met(case_id):
    rows = list(BY_ID[case_id].run())
    assert rows
    assert [
        f"{row.quantity}: {row.value:.9g} for {row.reference:.9g}, error {row.error:.1e} over {row.tolerance}"
        for row in rows
        if not row.passes
    ] == []


@pytest.mark.parametrize("case_id", ["A1", "A3", "A7", "B5", "F4"])
def test_the_error_estimate_is_near_the_true_error(case_id):
    ratios = {row.quantity: row.estimate / abs(row.value - row.reference) for row in BY_ID[case_id].run()}
    assert {name: ratio for name, ratio in ratios.items() if not 0.5 <= ratio <= 2.0} == {}


def test_the_list_has_every_case_once():
    assert MINE == [
        "A1",
        "A2",
        "A3",
        "A5",
        "A6",
        "A7",
        "A11",
        "A13",
        "A14",
        "B1",
        "B2",
        "B3",
        "B4",
        "B5",
        "B8",
        "E1",
        "E1-pack",
        "PCM-pack",
        "F1",
        "F4",
        "F5",
    ]
    assert len(BY_ID) == len(cases())
