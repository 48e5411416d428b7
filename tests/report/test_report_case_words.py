"""How the report names a case's load."""

import pytest

from packtool.design.schema.cases import SteadyCase, TransientCase
from packtool.report.case_words import load_of

PHASES = [
    {"c_rate": 0.5, "direction": "charge", "duration_s": 600},
    {"current_A": 0, "duration_s": 300},
    {"duty": "wltc-class-3b", "repeat": 2},
]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"current_A": 176}, "steady, 176 A, charge"),
        ({"c_rate": 1, "direction": "discharge", "heaters": ["pads"]}, "steady, 1 C, discharge, heated by pads"),
        ({"current_A": 0}, "steady, rest"),
    ],
)
def test_of_a_steady_case(case, words):
    assert load_of(SteadyCase.model_validate({"kind": "steady", **case})) == words


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"power_kW": 12.5, "duration_s": 900}, "12.5 kW, charge for 900 s"),
        ({"duty": {"csv": "lab/day.csv"}}, "duty lab/day.csv"),
        (
            {"duty": "us06", "repeat": 3, "initial_degC": 5, "initial_soc": 0.8},
            "duty us06, 3 times, 5 °C at the start, SOC 0.8 at the start",
        ),
        ({"phases": PHASES}, "0.5 C, charge for 600 s, then rest for 300 s, then duty wltc-class-3b, 2 times"),
        (
            {"phases": PHASES[:2], "repeat": 4, "duration_s": 3000},
            "0.5 C, charge for 600 s, then rest for 300 s, all 4 times, 3000 s in all",
        ),
        (
            {"current_A": 0, "duration_s": 60, "coolant": {"time_s": [0], "flow_lpm": [0]}, "heaters": ["pads", "sheet"]},
            "rest for 60 s, coolant by its schedule, heated by pads and sheet",
        ),
    ],
)
def test_of_a_case_over_time(case, words):
    assert load_of(TransientCase.model_validate({"kind": "transient", **case})) == f"transient, {words}"
