"""The coolant's way at every value of a varied key."""

from __future__ import annotations

import csv
import io
import re

import pytest

from packtool.report.records import CoolantRow
from packtool.report.vary_paths import paths_csv, paths_plot


def rows(T):
    return [CoolantRow("a", s, s, 0.0, T + s / 50, T + s / 50 + 4, 800.0, 400.0, "laminar", 5.0) for s in (10.0, 20.0, 30.0)]


PATHS = {4.0: {"fast": rows(22.0)}, 8.0: {"fast": rows(21.0)}}


def test_the_csv_has_a_line_a_segment():
    lines = list(csv.DictReader(io.StringIO(paths_csv("cold_plate.flow_lpm", PATHS))))
    assert len(lines) == 6
    assert lines[3]["cold_plate.flow_lpm"] == "8.0"
    assert float(lines[3]["T_wall_degC"]) == pytest.approx(21.0 + 0.2 + 4)
    assert {"h_W_m2K", "Re", "regime", "heat_W"} < set(lines[0])


@pytest.mark.picture
def test_the_curves_name_every_value_and_are_the_same_bytes_each_time():
    drawn = paths_plot("cold_plate.flow_lpm", PATHS, None)
    assert drawn == paths_plot("cold_plate.flow_lpm", PATHS, None)
    assert b"flow_lpm 4" in drawn
    assert b"flow_lpm 8" in drawn
    with pytest.raises(ValueError, match="no rows"):
        paths_plot("x", {4.0: {"fast": []}}, None)


@pytest.mark.picture
def test_the_legend_stands_beside_the_curves():
    drawn = paths_plot("cold_plate.flow_lpm", PATHS, None).decode()
    panel = re.search(r'id="patch_2">\s*<path d="([^"]*)"', drawn)
    right = max(float(x) for x in re.findall(r"[ML] ([\d.]+)", panel[1]))
    names = [float(x) for x in re.findall(r' x="([\d.]+)"[^>]*>flow_lpm \d', drawn)]
    assert len(names) == len(PATHS)
    assert min(names) > right
