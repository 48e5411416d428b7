"""The area that two regions of the plan share: against closed forms, and against the CAD kernel for shapes at random."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packtool.cad.region import Region, common_area_mm2, is_sound
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Sweep

SQUARE = Profile.rectangle(0, 0, 10, 10)


def area(a: Profile, b: Profile, **placing: object) -> float:
    return common_area_mm2(Region.of(a), Region.of(b, **placing))  # type: ignore[arg-type]


def lens(r: float, d: float) -> float:
    """Common area of two circles of radius ``r``, ``d`` apart."""
    return 2 * r * r * math.acos(d / (2 * r)) - d / 2 * math.sqrt(4 * r * r - d * d)


@pytest.mark.parametrize("distance", [0.01, 1.0, 7.0, 19.0, 19.99])
def test_two_circles_share_a_lens(distance: float) -> None:
    circle = Profile(Loop.circle(0, 0, 10))
    assert area(circle, circle, origin=(distance, 0)) == pytest.approx(lens(10, distance), rel=1e-9)
    assert area(circle, circle, origin=(0.6 * distance, -0.8 * distance)) == pytest.approx(lens(10, distance), rel=1e-9)


def test_the_same_region_is_shared_whole_and_touching_ones_not_at_all() -> None:
    circle = Profile(Loop.circle(3, 4, 10))
    slotted = Profile(Loop.rectangle(0, 0, 10, 10), (Loop.rectangle(2, 2, 4, 8),))
    for profile in (SQUARE, circle, slotted):
        assert area(profile, profile) == pytest.approx(profile.area(), rel=1e-12)
    assert area(SQUARE, SQUARE, origin=(10, 0)) == 0
    assert area(SQUARE, SQUARE, origin=(10 - 9e-7, 0)) == 0  # less than what counts as touching
    assert area(circle, circle, origin=(20, 0)) == 0
    assert area(SQUARE, Profile(Loop.circle(-5, 5, 5))) == 0  # a circle that touches a side


@pytest.mark.parametrize("radius", [3.0, 2.999999])
def test_a_plug_in_its_hole_shares_nothing(radius: float) -> None:
    drilled = Profile(Loop.rectangle(-10, -10, 10, 10), (Loop.circle(2, 1, 3),))
    assert area(drilled, Profile(Loop.circle(2, 1, radius))) == 0


def test_a_region_inside_another_is_shared_but_for_the_holes() -> None:
    ring = Profile(Loop.circle(5, 5, 2), (Loop.circle(5, 5, 1),))
    assert area(SQUARE, ring) == pytest.approx(math.pi * 3, rel=1e-12)
    assert area(ring, SQUARE) == pytest.approx(math.pi * 3, rel=1e-12)


def test_half_of_a_square_turned_by_a_quarter() -> None:
    bar = Profile.rectangle(0, 0, 40, 4)
    assert area(bar, bar, rotation_deg=90, origin=(4, 0)) == pytest.approx(16, rel=1e-12)
    assert area(bar, bar, rotation_deg=90) == 0  # beside it
    assert area(bar, bar, rotation_deg=180, origin=(45, 5)) == pytest.approx((40 - 5) * (4 - 1), rel=1e-12)


def test_holes_must_lie_in_the_outline_and_apart() -> None:
    plate = Loop.rectangle(0, 0, 30, 10)
    assert is_sound(Profile(plate, (Loop.circle(5, 5, 4), Loop.circle(13, 5, 4))))  # they touch
    assert not is_sound(Profile(plate, (Loop.circle(5, 5, 4), Loop.circle(12.9, 5, 4))))
    assert not is_sound(Profile(plate, (Loop.circle(5, 5, 4), Loop.rectangle(4, 4, 6, 6))))
    assert not is_sound(Profile(plate, (Loop.circle(27, 5, 4),)))


numbers = st.integers(-40, 40).map(lambda n: n / 4)  # a coarse grid, so that edges often coincide


@st.composite
def outlines(draw: st.DrawFn) -> Loop:
    """A convex quadrilateral or a slot, of either turn; its sides straight or bulging."""
    x, y, w, h = draw(numbers), draw(numbers), draw(st.integers(1, 40)), draw(st.integers(1, 40))
    bulge = draw(st.sampled_from([0.0, 0.0, 0.3, 1.0]))
    return Loop(((x, y, 0.0), (x + w / 4, y, bulge), (x + w / 4, y + h / 4, 0.0), (x, y + h / 4, bulge)))


@pytest.mark.cad
@settings(max_examples=60, deadline=None)
@given(outlines(), outlines(), st.sampled_from([0, 90, 180, 270]), st.tuples(numbers, numbers))
def test_it_is_what_the_kernel_finds(a: Loop, b: Loop, rotation: int, origin: tuple[float, float]) -> None:
    from OCP.BRepAlgoAPI import BRepAlgoAPI_Common

    from packtool.cad.shapes import volume_mm3
    from packtool.cad.solids import placement, product_solid
    from packtool.layout.records import Part, Product

    one, two = (
        product_solid(Product(id, "fitting", "al", (Sweep(Profile(loop), 0, 1),))).shape for id, loop in (("a", a), ("b", b))
    )
    common = BRepAlgoAPI_Common(one, two.Moved(placement(Part("b", "b", (*origin, 0.0), rotation))))  # type: ignore[arg-type]
    expected = abs(volume_mm3(common.Shape()))
    assert area(Profile(a), Profile(b), rotation_deg=rotation, origin=origin) == pytest.approx(
        expected, rel=1e-6, abs=1e-4
    )  # its boolean
