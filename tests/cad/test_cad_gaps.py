"""How far parts are apart, who sticks out: the numbers of closed forms and of the kernel, the two names, and which of them matter."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from cad_layouts import CELL, MATERIALS, box
from hypothesis import given, settings
from hypothesis import strategies as st
from step_shapes import bracket, entry, write_step

from packtool.cad.build import build_cad
from packtool.cad.gaps import LEAST_MM, REACH_MM, outside, smallest_gaps
from packtool.cad.region import Region, distance_mm
from packtool.cad.report import CadFinding, Gap
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Part, Product, Sweep

pytestmark = pytest.mark.cad


def layout(products: tuple[Product, ...], *parts: Part) -> Layout:
    return Layout("test", CELL, products, parts, 1, 1, None, ())


def gaps(products: tuple[Product, ...], *parts: Part) -> tuple[dict[str, Gap], list[CadFinding]]:
    found, findings = smallest_gaps(layout(products, *parts), {})
    return {gap.between: gap for gap in found}, findings


CUBE = box("cube", "cell", "al", (10, 10, 10))


def test_the_smallest_gap_and_the_two_that_it_is_between() -> None:
    found, findings = gaps(
        (CUBE,), Part("a", "cube", (0, 0, 0)), Part("b", "cube", (13, 14, 0)), Part("c", "cube", (13, 26, 0), 90)
    )
    assert found == {"cells": Gap("cells", ("b", "c"), pytest.approx(2.0, abs=1e-12))}
    assert findings == []


def test_corners_are_held_apart_diagonally_in_space() -> None:
    found, _ = gaps((CUBE,), Part("a", "cube", (0, 0, 0)), Part("b", "cube", (11, 12, 12)))
    assert found["cells"].mm == pytest.approx(math.hypot(1, 2, 2), rel=1e-12)


def test_parts_that_touch_have_no_gap() -> None:
    assert gaps((CUBE,), Part("a", "cube", (0, 0, 0)), Part("b", "cube", (10, 0, 0)), Part("c", "cube", (0, 0, 10))) == ({}, [])


def test_what_is_far_apart_is_not_looked_at() -> None:
    assert gaps((CUBE,), Part("a", "cube", (0, 0, 0)), Part("b", "cube", (10 + REACH_MM, 0, 0))) == ({}, [])


def test_a_gap_that_is_neither_joint_nor_gap_is_a_warning_with_both_names() -> None:
    _, findings = gaps(
        (CUBE,), Part("a", "cube", (0, 0, 0)), Part("b", "cube", (10.05, 0, 0)), Part("c", "cube", (0, 10 + LEAST_MM, 0), 180)
    )
    (finding,) = findings
    assert (finding.kind, finding.severity, finding.parts, finding.unit) == ("gap", "warning", ("a", "b"), "mm")
    assert finding.value == pytest.approx(0.05, abs=1e-12)
    assert "a and b are 0.05 mm apart: neither touching nor clear" in finding.message


def test_cells_and_the_rounded_corner_of_a_wall() -> None:
    inner = Loop.rounded_rectangle(-50, -40, 50, 40, 20)
    wall = Product("wall", "tray", "al", (Sweep(Profile(Loop.rectangle(-55, -45, 55, 45), (inner,)), 0, 30),))
    found, _ = gaps((CUBE, wall), Part("tray", "wall", (0, 0, 0)), Part("cell", "cube", (38, 28, 5)))
    # the cell's corner is at (43, 33), the wall's arc of 20 mm about (30, 20)
    assert found["cells and walls"].mm == pytest.approx(20 - math.hypot(13, 13), rel=1e-12)


def test_a_round_cell_and_a_round_hole_around_it() -> None:
    can = Product("can", "cell", "al", (Sweep(Profile(Loop.circle(0, 0, 10)), 0, 70),))
    lid = Product("lid", "lid", "al", (Sweep(Profile(Loop.rectangle(-30, -30, 30, 30), (Loop.circle(1, 2, 15),)), 40, 42),))
    found, _ = gaps((can, lid), Part("cell", "can", (0, 0, 0)), Part("lid", "lid", (0, 0, 0)))
    assert found["cells and walls"].mm == pytest.approx(15 - 10 - math.hypot(1, 2), rel=1e-12)


def test_a_lid_above_is_as_far_as_the_air_is_high() -> None:
    lid = box("lid", "lid", "al", (100, 100, 2))
    bar = box("bar", "busbar", "al", (20, 10, 3))
    found, _ = gaps((bar, lid), Part("bar", "bar", (0, 0, 0)), Part("lid", "lid", (0, 0, 9)))
    assert found["busbars and walls"].mm == pytest.approx(6.0, abs=1e-12)


outlines = st.one_of(
    st.builds(lambda w, h: Loop.rectangle(-w, -h, w, h), st.floats(1, 9), st.floats(1, 9)),
    st.builds(lambda r: Loop.circle(0, 0, r), st.floats(1, 9)),
    st.builds(
        lambda w, h, r: Loop.rounded_rectangle(-w, -h, w, h, r * min(w, h)), st.floats(2, 9), st.floats(2, 9), st.floats(0.1, 0.9)
    ),
)


@settings(max_examples=60, deadline=None)
@given(outlines, outlines, st.floats(18.5, 25), st.floats(-20, 20), st.sampled_from([0, 90, 180, 270]))
def test_outlines_are_as_far_apart_as_the_kernel_finds(one: Loop, two: Loop, x: float, y: float, turn: int) -> None:
    from OCP.BRepExtrema import BRepExtrema_DistShapeShape

    from packtool.cad.solids import placement, product_solid

    shapes = [
        product_solid(Product(name, "cell", "al", (Sweep(Profile(loop), 0, 1),))).shape for name, loop in (("a", one), ("b", two))
    ]
    kernel = BRepExtrema_DistShapeShape(shapes[0], shapes[1].Moved(placement(Part("b", "b", (x, y, 0), turn)))).Value()
    ours = distance_mm(Region.of(Profile(one)), Region.of(Profile(two), turn, (x, y)))
    assert ours == pytest.approx(kernel, rel=1e-6, abs=1e-6)  # the kernel's search ends at its point tolerance


def test_an_imported_part_near_a_live_one_is_measured_by_the_kernel(tmp_path: Path) -> None:
    path = write_step(tmp_path / "shelf.step", bracket())
    pack = layout((CUBE,), Part("cell", "cube", (0, 0, 0)))
    # turned over by a quarter about y its foot stands upright, 3 mm beside the cell
    near = replace(pack, imported=(entry(path, "shelf", (8 + 5, -20, 40), (0, 90, 0)),))
    report = build_cad(near, MATERIALS, tmp_path, formats=())
    (gap,) = report.gaps
    assert (gap.between, gap.parts) == ("imported and live parts", ("cell", "shelf"))
    assert gap.mm == pytest.approx(8.0, abs=1e-6)
    close = replace(pack, imported=(entry(path, "shelf", (5.1, -20, 40), (0, 90, 0)),))
    (finding,) = build_cad(close, MATERIALS, tmp_path, formats=()).findings
    assert (finding.kind, finding.parts) == ("gap", ("cell", "shelf"))
    assert finding.value == pytest.approx(0.1, abs=1e-6)


def test_what_sticks_out_of_the_enclosure_is_named_with_how_far(tmp_path: Path) -> None:
    tray = box("tray", "tray", "al", (100, 100, 20))
    pack = layout((tray, CUBE), Part("tray", "tray", (0, 0, 0)), Part("in", "cube", (0, 0, 5)), Part("out", "cube", (48, 0, 5)))
    (finding,) = outside(pack)
    assert (finding.kind, finding.severity, finding.parts) == ("outside", "error", ("out",))
    assert finding.value == pytest.approx(3.0)
    assert "out reaches 3 mm out of the enclosure's box, towards x+" in finding.message
    path = write_step(tmp_path / "skid.step", bracket())
    skid = replace(layout((tray,), Part("tray", "tray", (0, 0, 0))), imported=(entry(path, "skid", (0, 0, -50)),))
    (note,) = (f for f in build_cad(skid, MATERIALS, tmp_path, formats=()).findings if f.kind.startswith("outside"))
    assert (note.kind, note.severity, note.value) == ("outside_imported", "note", pytest.approx(50.0))
    assert list(outside(layout((CUBE,), Part("a", "cube", (0, 0, 0))))) == []  # no enclosure
