"""The coolant's curves: passes in the order of the flow, bands over parallel channels."""

from xml.etree import ElementTree

import numpy as np
import pytest

from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.report.records import CoolantRow

pytestmark = pytest.mark.picture

plots = pytest.importorskip("packtool.report.plots", reason="matplotlib draws the curves")


def channel(name, start, end, kind="channel"):
    return Branch(name, start, end, ((0.0, 0.0), (100.0, 0.0)), 16.0, 3.0, kind)


def row(branch, s, T):
    return CoolantRow(branch, s, s, 0.0, T, T + 3.0, 800.0, 400.0, "laminar", 5.0)


def test_passes_are_counted_along_the_flow_and_headers_are_none(layout, summary):
    passes = plots.channel_passes(layout.network, summary.coolant["charge_1C"])
    assert [sorted(names) for names in passes] == [sorted(f"{way} {i}" for i in range(1, 11)) for way in ("out", "back")]


def test_a_serpentine_is_one_pass():
    network = CoolantNetwork((channel("serpentine", "in", "out"),), "in", "out", 0.0, 3.0)
    assert plots.channel_passes(network, [row("serpentine", 10.0, 22.0)]) == (("serpentine",),)


def test_a_loop_in_the_network_does_not_hang():
    network = CoolantNetwork((channel("a", "in", "x"), channel("b", "x", "in")), "in", "x", 0.0, 3.0)
    passes = plots.channel_passes(network, [row("a", 1.0, 22.0), row("b", 1.0, 22.0)])
    assert sorted(name for names in passes for name in names) == ["a", "b"]


def test_a_band_spans_its_channels_and_reaches_no_further_than_each():
    rows = [row("a", 0.0, 20.0), row("a", 100.0, 22.0), row("b", 10.0, 21.0), row("b", 90.0, 25.0)]
    drawn = plots.band(rows, ("a", "b"), "T_degC")
    assert (drawn.s_mm[0], drawn.s_mm[-1]) == (10.0, 90.0)
    np.testing.assert_allclose([drawn.low[0], drawn.high[0]], [20.2, 21.0])  # a is 20.2 at s = 10: straight between its rows
    np.testing.assert_allclose(drawn.mean, (drawn.low + drawn.high) / 2)


def test_a_segment_without_wall_facets_does_not_pull_the_wall_down_to_the_coolant():
    walled = [CoolantRow("a", s, s, 0.0, 22.0, 25.0, 800.0, 400.0, "laminar", 0.9) for s in (10.0, 30.0)]
    bare = CoolantRow("a", 20.0, 20.0, 0.0, 22.0, 22.0, 800.0, 400.0, "laminar", 0.0)
    np.testing.assert_allclose(plots.band([*walled, bare], ("a",), "T_wall_degC").low, 25.0)
    assert len(plots.band([*walled, bare], ("a",), "T_degC").mean) == 3


@pytest.fixture(scope="module")
def svg(layout, summary):
    return plots.coolant_plot(layout.network, summary.coolant["charge_1C"])


def test_it_is_one_svg_element_in_the_colours_of_the_page(svg):
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = {"".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"coolant", "wall", "pass 1: 10 channels", "pass 2: 10 channels", "temperature [°C]"} <= words
    assert all(f"var(--{name})" in svg for name in ("ink", "rule", "cool", "warm"))
    assert "#01010" not in svg
    assert "<style" not in svg  # it would hold for the whole page
    assert "<metadata" not in svg


def test_the_same_rows_give_the_same_bytes(svg, layout, summary):
    assert plots.coolant_plot(layout.network, summary.coolant["charge_1C"]) == svg


def test_no_rows_no_plot(layout):
    with pytest.raises(ValueError, match="no rows"):
        plots.coolant_plot(layout.network, ())
