"""The map of the cells: each in its place, in its colour, with its number."""

import itertools
import re
from xml.etree import ElementTree

import pytest

from packtool.catalogue.records import Cell
from packtool.layout.profiles import Profile
from packtool.layout.records import Layout, Part, Product, Sweep
from packtool.report.colours import ANCHORS, colour_at, hex_colour, ink_on
from packtool.report.plan_map import MOST_LABELS, plan_map


def row_of(count):
    box = Product("cell", "cell", "cell", (Sweep(Profile.rectangle(0, 0, 10, 40), 0, 50),))
    parts = tuple(Part(f"C{i}", "cell", (12.0 * i, 0.0, 0.0)) for i in range(count))
    return Layout("row", Cell(id="c", name="c", format="prismatic"), (box,), parts, count, 1, None, ())


def boxes(svg):
    root = ElementTree.fromstring(svg)
    return {g.findtext("title"): g.find("rect").attrib for g in root.iter("g")}


def test_cells_lie_where_the_layout_has_them_and_the_warmest_is_the_last_colour():
    drawn = boxes(plan_map(row_of(3), {"C0": 25.0, "C1": 30.0, "C2": 35.0}, "°C", "map"))
    assert [float(box["x"]) for box in drawn.values()] == [0.0, 12.0, 24.0]
    assert [box["fill"] for box in drawn.values()] == [hex_colour(0), hex_colour(0.5), hex_colour(1)]
    assert list(drawn) == ["C0: 25 °C", "C1: 30 °C", "C2: 35 °C"]


def test_y_points_up_as_in_the_pack():
    layout = row_of(1)
    upper = Part("upper", "cell", (0.0, 50.0, 0.0))
    stacked = Layout(layout.name, layout.cell, layout.products, (*layout.parts, upper), 2, 1, None, ())
    drawn = boxes(plan_map(stacked, {"C0": 1.0, "upper": 2.0}, "K", "map"))
    assert float(drawn["upper: 2 K"]["y"]) < float(drawn["C0: 1 K"]["y"])


def test_a_cell_without_a_value_is_empty_and_equal_values_do_not_divide_by_zero():
    drawn = boxes(plan_map(row_of(2), {"C0": 25.0}, "°C", "map"))
    assert drawn["C1: no value"]["fill"] == "none"
    with pytest.raises(ValueError, match="no cell has a value"):
        plan_map(row_of(2), {}, "°C", "map")


def test_large_packs_carry_no_text_in_the_cells():
    count = MOST_LABELS + 1
    svg = plan_map(row_of(count), {f"C{i}": float(i) for i in range(count)}, "°C", "map")
    assert len(re.findall("<text", svg)) == 2  # the ends of the scale


def test_lightness_rises_along_the_scale_so_that_it_reads_in_grey():
    grey = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (colour_at(i / 16) for i in range(17))]
    assert all(b > a for a, b in itertools.pairwise(grey))
    assert (colour_at(-1), colour_at(2)) == (ANCHORS[0], ANCHORS[-1])
    assert (ink_on(0.0), ink_on(1.0)) == ("#ffffff", "#000000")
