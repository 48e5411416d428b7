"""CAD-only detail in drawings: openings and bosses where they are, seen from the side that they face, not hatched where they are cut."""

from __future__ import annotations

import itertools

import pytest
from cad_layouts import CELL

from packtool.cad.detail_views import placed_details
from packtool.cad.edges import Edge
from packtool.cad.views import elevation, hatched_edges, horizontal_section, lengthwise_section, plan
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Detail, Layout, Part, Product, Role, Sweep

pytestmark = pytest.mark.cad  # the drawing belongs to the CAD; the kernel is not needed

WALLS = Sweep(Profile(Loop.rectangle(-50, -40, 50, 40), (Loop.rectangle(-47, -37, 47, 37),)), 0, 30)
PORT = Detail(Profile(Loop.circle(10, 5, 4)), "x", -50, -47)  # in the wall x-: y = 10, z = 5
SLOT = Detail(Profile(Loop.rectangle(12, -20, 18, -10)), "y", 37, 40)  # in the wall y+: z = 12 to 18, x = -20 to -10
HOLE = Detail(Profile(Loop.circle(48.5, 0, 1)), "z", 10, 30)  # down into the top of the wall x+
FOOT = Detail(Profile(Loop.rectangle(0, -5, 4, 5)), "y", -60, -40, adds=True)  # stands out of the wall y-: z = 0 to 4, x = -5 to 5


def tray(*details: Detail, turn: int = 0, at: tuple[float, float, float] = (0, 0, 0)) -> Layout:
    product = Product("tray", "tray", "al", (WALLS,), details=details)
    return Layout("test", CELL, (product,), (Part("tray", "tray", at, turn),), 1, 1, None, ())  # type: ignore[arg-type]


def circles(edges: list[tuple[Edge, Role]]) -> set[tuple[float, ...]]:
    """Centre and radius of every arc."""
    return {tuple(round(value, 6) for value in arc[:3]) for (_, _, arc), _ in edges if arc}


def lines(edges: list[tuple[Edge, Role]]) -> set[tuple[tuple[float, float], ...]]:
    return {
        tuple(sorted(((round(a[0], 6), round(a[1], 6)), (round(b[0], 6), round(b[1], 6))))) for (a, b, arc), _ in edges if not arc
    }


def test_an_opening_is_seen_from_the_side_that_it_faces_only() -> None:
    layout = tray(PORT, SLOT)
    assert circles(elevation(layout, "x")) == {(-10, 5, 4)}  # from the left +y is to the left
    assert circles(elevation(layout, "y")) == circles(plan(layout)) == set()
    assert ((-20, 12), (-10, 12)) not in lines(elevation(layout, "y"))  # in the wall behind


def test_an_opening_turns_with_its_part() -> None:
    turned = tray(PORT, turn=90, at=(100, 200, 7))
    # the wall x- faces y- now, and y = 10 lies at x = -10
    assert circles(elevation(turned, "y")) == {(90, 12, 4)}
    (detail,) = placed_details(turned)
    assert detail.box() == pytest.approx((86, 150, 8, 94, 153, 16))


def test_a_hole_from_above_is_in_the_plan_and_a_foot_with_its_plate() -> None:
    layout = tray(HOLE, FOOT)
    assert circles(plan(layout)) == {(48.5, 0, 1)}
    assert ((-5, -60), (5, -60)) in lines(plan(layout))
    assert ((-5, 4), (5, 4)) in lines(elevation(layout, "y"))  # before the wall


def area(edges: tuple[Edge, ...]) -> float:
    """Hatched by the even-odd rule: of outlines within each other the inner ones, which run either way, are taken off the first."""
    loops: list[list[tuple[float, float]]] = []
    for a, b, _ in edges:
        if not loops or loops[-1][-1] != a:
            loops.append([a])
        loops[-1].append(b)
    areas = [abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in itertools.pairwise(loop)) / 2) for loop in loops]
    return areas[0] - sum(areas[1:])


def test_a_section_leaves_openings_blank_and_hatches_what_is_added() -> None:
    walls, _ = horizontal_section(tray(SLOT, FOOT), 2.0)
    full = 100 * 80 - 94 * 74
    assert area(hatched_edges(walls.regions[0], walls.openings)) == pytest.approx(full)  # the plane runs below the slot
    (walls,) = horizontal_section(tray(SLOT, FOOT), 15.0)
    assert area(hatched_edges(walls.regions[0], walls.openings)) == pytest.approx(full - 10 * 3)
    assert ((-20, 37), (-20, 40)) in lines([(edge, "tray") for edge in walls.edges])  # the slot's side
    foot = horizontal_section(tray(FOOT), 2.0)[1]
    assert area(foot.regions[0].edges) == pytest.approx(10 * 20)


def test_a_lengthwise_section_through_a_hole_and_a_port() -> None:
    (walls,) = lengthwise_section(tray(HOLE), 0.0)
    right = next(region for region in walls.regions if region.box[0] > 0)
    assert area(hatched_edges(right, walls.openings)) == pytest.approx(3 * 30 - 2 * 20)
    (walls,) = lengthwise_section(tray(PORT), 10.0)
    (opening,) = walls.openings
    assert opening.box == pytest.approx((-50, 1, -47, 9))
    assert lengthwise_section(tray(PORT), 20.0)[0].openings == ()
