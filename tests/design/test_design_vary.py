"""--vary: which key, which values, and what is wrong with what was typed."""

from __future__ import annotations

import pytest

from packtool.design.vary import MOST_VALUES, variation
from packtool.errors import UsageError

DATA = {
    "name": "pack", "cold_plate": {"flow_lpm": 12.0, "thickness_mm": 6.0, "overhang_mm": None, "type": "parallel"},
    "interface": {"thickness_mm": 1.0}, "cases": {"fast": {"current_A": 100.0}}, "on": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("flow_lpm=4:16:4", "cold_plate.flow_lpm", (4, 8, 12, 16)),
        ("cold_plate.flow_lpm=4:15:4", "cold_plate.flow_lpm", (4, 8, 12)),
        ("flow_lpm=1:0:-0.5", "cold_plate.flow_lpm", (1, 0.5, 0)),
        ("flow_lpm=0.1:0.3:0.1", "cold_plate.flow_lpm", (0.1, 0.2, 0.3)),
        ("current_A=50,70,60", "cases.fast.current_A", (50, 70, 60)),
        ("flow_lpm=1:200:1", "cold_plate.flow_lpm", tuple(range(1, 201))),
        ("fast.current_A=50", "cases.fast.current_A", (50,)),
        ("overhang_mm=50:60:10", "cold_plate.overhang_mm", (50, 60)),
    ],
)
def test_a_key_and_its_values(text, key, values):
    found = variation(text, DATA)
    assert found.key == key
    assert found.values == values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("flow_lpm", "write KEY=FROM:TO:STEP"),
        ("=4:5:1", "write KEY=FROM:TO:STEP"),
        ("flow_lpn=4:5:1", "did you mean flow_lpm?"),
        ("thickness_mm=4:5:1", "which one? cold_plate.thickness_mm, interface.thickness_mm"),
        ("type=1:2:1", "no key of the design with a number"),
        ("on=1:2:1", "no key of the design with a number"),
        ("flow_lpm=4:16", "three numbers"),
        ("flow_lpm=4:16:0", "does not lead"),
        ("flow_lpm=4:16:-1", "does not lead"),
        ("flow_lpm=4:x:1", "not FROM:TO:STEP"),
        ("flow_lpm=nan,2", "finite"),
        ("flow_lpm=0:1:0.001", f"1001 values; at most {MOST_VALUES}"),
        ("flow_lpm=0:200:1", f"201 values; at most {MOST_VALUES}"),
        ("flow_lpm=-1e308:1e308:1", f"at most {MOST_VALUES}"),  # their difference is no finite number
    ],
)
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(UsageError, match=says.replace("?", r"\?")):
        variation(text, DATA)
