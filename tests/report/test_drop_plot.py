"""The pressure drop over the flow, as the report draws it."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from packtool.report.records import DropCurve

pytestmark = pytest.mark.picture

drop_plot = pytest.importorskip("packtool.report.drop_plot", reason="matplotlib draws the curve").drop_plot

CURVE = DropCurve((2.0, 4.0, 6.0), (500.0, 2000.0, 4500.0), (50.0, 200.0, 450.0), at_lpm=4.0, at_Pa=2000.0)


def words(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")]


def test_the_point_and_the_units_are_told():
    svg = drop_plot(CURVE)
    assert {"4 L/min, 2 kPa", "flow [L/min]", "pressure drop [kPa]"} <= set(words(svg))
    assert "pump" not in words(svg)
    assert svg == drop_plot(CURVE)  # the same bytes


def test_a_pump_s_curve_is_drawn_where_there_is_one():
    svg = drop_plot(replace(CURVE, pump_lpm=(0.0, 8.0), pump_Pa=(4000.0, 0.0)))
    assert {"plate", "pump"} <= set(words(svg))
    assert "var(--warm)" in svg
