"""A product becomes one valid solid of exactly the layout's volume."""

from __future__ import annotations

import math

import pytest
from cad_layouts import box, plate_with_channel, tray
from hypothesis import given, settings
from hypothesis import strategies as st

from packtool.cad.solids import product_solid, solids_of
from packtool.errors import CadError
from packtool.layout.fasteners import sideways_bolt
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Product, Sweep

pytestmark = pytest.mark.cad

EXACT = 1e-12  # relative: planes and cylinders integrate to round-off


def valid(product: Product) -> bool:
    from OCP.BRepCheck import BRepCheck_Analyzer

    return bool(BRepCheck_Analyzer(product_solid(product).shape).IsValid())


def faces(product: Product) -> int:
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer

    count, explorer = 0, TopExp_Explorer(product_solid(product).shape, TopAbs_ShapeEnum.TopAbs_FACE)
    while explorer.More():
        count += 1
        explorer.Next()
    return count


def test_box() -> None:
    solid = product_solid(box("b", "cell", "al", (30, 100, 80)))
    assert solid.volume_mm3 == pytest.approx(240_000, rel=EXACT)
    assert len(solids_of(solid.shape)) == 1


def test_rounded_vertical_edges_take_away_four_minus_pi_r_squared() -> None:
    cell = box("b", "cell", "al", (30, 100, 80), radius=2)
    assert product_solid(cell).volume_mm3 == pytest.approx(240_000 - (4 - math.pi) * 4 * 80, rel=EXACT)
    assert cell.finished_volume_mm3() == pytest.approx(240_000 - (4 - math.pi) * 4 * 80, rel=EXACT)
    assert faces(cell) == 4 + 4 + 2


def test_radius_of_half_the_side_makes_a_slot_of_four_sides() -> None:
    slot = box("b", "pad", "al", (10, 40, 5), radius=5)
    assert product_solid(slot).volume_mm3 == pytest.approx((10 * 30 + math.pi * 25) * 5, rel=EXACT)
    assert valid(slot)


def test_radius_of_half_of_both_sides_makes_a_cylinder() -> None:
    post = box("b", "fitting", "al", (10, 10, 5), radius=5)
    assert product_solid(post).volume_mm3 == pytest.approx(math.pi * 25 * 5, rel=EXACT)


def test_stacked_sweeps_become_one_solid_with_a_cavity() -> None:
    plate = plate_with_channel()
    solid = product_solid(plate)
    channel = 20 * 150 + math.pi * 100
    assert solid.volume_mm3 == pytest.approx(80 * 220 * 6 - 3 * channel, rel=EXACT)
    assert len(solids_of(solid.shape)) == 1
    assert faces(plate) == 6 + 2 + 4  # six outside (the layers' sides are merged), two flat and four upright in the channel


def test_tray_with_bolt_holes() -> None:
    solid = product_solid(tray())
    floor, ring = 120 * 260 * 3, (120 * 260 - 114 * 254) * 100
    flange = (160 * 300 - 114 * 254 - 8 * math.pi * 9) * 3
    assert solid.volume_mm3 == pytest.approx(floor + ring + flange, rel=EXACT)
    assert valid(tray())
    assert len(solids_of(solid.shape)) == 1


def test_sweeps_that_do_not_touch_stay_apart() -> None:
    posts = Product("posts", "fitting", "al", tuple(Sweep(Profile.rectangle(x, 0, x + 10, 10), 0, 5) for x in (0, 20)))
    solid = product_solid(posts)
    assert len(solids_of(solid.shape)) == 2
    assert solid.volume_mm3 == pytest.approx(1000, rel=EXACT)


@pytest.mark.parametrize("turned", [False, True])
def test_outlines_may_run_either_way(turned: bool) -> None:
    points = ((0, 0, 0.0), (40, 0, math.tan(math.pi / 8)), (50, 10, 0.0), (50, 30, -0.5), (0, 30, 0.0))
    backwards = tuple((points[i][0], points[i][1], -points[i - 1][2]) for i in range(len(points) - 1, -1, -1))
    hole = Loop.rectangle(5, 5, 15, 15) if turned else Loop.polygon([(5, 5), (5, 15), (15, 15), (15, 5)])
    sweep = Sweep(Profile(Loop(backwards if turned else points), (hole,)), 2, 7)
    assert product_solid(Product("p", "tray", "al", (sweep,))).volume_mm3 == pytest.approx(sweep.volume(), rel=EXACT)
    assert valid(Product("p", "tray", "al", (sweep,)))


sizes = st.floats(0.1, 5000, allow_nan=False)


@given(x=sizes, y=sizes, z=sizes, rounding=st.floats(0, 0.5))
@settings(max_examples=25, deadline=None)
def test_any_box_has_its_volume_and_is_valid(x: float, y: float, z: float, rounding: float) -> None:
    product = box("b", "cell", "al", (x, y, z), radius=rounding * min(x, y))
    # relative 1e-6: edges shorter than the kernel's 1e-7 mm are left out of sides of 0.1 mm and more
    assert product_solid(product).volume_mm3 == pytest.approx(product.finished_volume_mm3(), rel=1e-6)
    assert valid(product)


@given(x=st.floats(20, 2000), y=st.floats(20, 2000), wall=st.floats(0.2, 5), radius=st.floats(0, 10))
@settings(max_examples=15, deadline=None)
def test_any_ring_is_rounded_inside_and_out(x: float, y: float, wall: float, radius: float) -> None:
    ring = Profile(Loop.rectangle(0, 0, x, y), (Loop.rectangle(wall, wall, x - wall, y - wall),))
    product = Product("strap", "strap", "steel", (Sweep(ring, 0, 20),), edge_radius_mm=radius)
    rounded = (4 - math.pi) * (radius**2 - max(0.0, radius - wall) ** 2)
    assert product_solid(product).volume_mm3 == pytest.approx(20 * (x * y - (x - 2 * wall) * (y - 2 * wall) - rounded), rel=1e-6)
    assert valid(product)


def test_a_product_of_details_alone_is_a_solid() -> None:
    bolt = sideways_bolt("M6", 15.0, "steel")
    assert product_solid(bolt).volume_mm3 == pytest.approx(math.pi * 9 * 15 + math.sqrt(3) / 2 * 100 * 4, rel=1e-9)
    assert valid(bolt)


def test_radius_larger_than_half_a_side_is_refused() -> None:
    with pytest.raises(CadError, match=r"product b: edge_radius_mm \(6\) is more than half the shorter side \(10\)"):
        product_solid(box("b", "cell", "al", (10, 20, 5), radius=6))


def test_radius_on_anything_but_a_box_is_refused() -> None:
    disc = Product("disc", "fitting", "al", (Sweep(Profile(Loop.circle(0, 0, 5)), 0, 1),), edge_radius_mm=1)
    with pytest.raises(CadError, match=r"disc.*is for a rectangle or a rectangular ring only"):
        product_solid(disc)


@pytest.mark.parametrize(
    ("sweeps", "message"),
    [
        ((), "no sweeps"),
        ((Sweep(Profile.rectangle(0, 0, 1, 1), 3, 3),), "no height"),
        ((Sweep(Profile(Loop.polygon([(0, 0), (0, 0)])), 0, 1),), "fewer than two distinct points"),
    ],
)
def test_what_has_no_volume_is_refused_by_name(sweeps: tuple[Sweep, ...], message: str) -> None:
    with pytest.raises(CadError, match=rf"product ghost: .*{message}"):
        product_solid(Product("ghost", "fitting", "al", sweeps))
