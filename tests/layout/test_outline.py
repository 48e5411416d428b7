"""Union of rectangles: areas, holes, pieces, and outlines without needless vertices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packtool.layout.outline import union


def test_two_touching_rectangles_are_one_rectangle():
    (profile,) = union([(0, 0, 1, 1), (1, 0, 3, 1)])
    assert profile.is_rectangle
    assert profile.outer.bounds() == (0, 0, 3, 1)


def test_a_frame_has_one_hole_that_runs_clockwise():
    (profile,) = union([(0, 0, 4, 1), (0, 3, 4, 4), (0, 0, 1, 4), (3, 0, 4, 4)])
    (hole,) = profile.holes
    assert hole.bounds() == (1, 1, 3, 3)
    assert (profile.outer.signed_area(), hole.signed_area()) == (16, -4)


def test_apart_or_corner_to_corner_are_two_pieces():
    assert len(union([(0, 0, 1, 1), (5, 5, 6, 6)])) == 2
    assert [p.area() for p in union([(0, 0, 1, 1), (1, 1, 2, 2)])] == [1, 1]


def test_a_piece_inside_another_piece_s_hole_is_its_own():
    frame = [(0, 0, 5, 1), (0, 4, 5, 5), (0, 0, 1, 5), (4, 0, 5, 5)]
    assert sorted(p.area() for p in union([*frame, (2, 2, 3, 3)])) == [1, 16]


def test_holes_that_meet_in_a_corner_stay_two_loops():
    ring = [(0, 0, 4, 1), (0, 3, 4, 4), (0, 0, 1, 4), (3, 0, 4, 4)]
    (profile,) = union([*ring, (1, 1, 2, 2), (2, 2, 3, 3)])
    assert profile.area() == 16 - 2
    assert sum(abs(hole.signed_area()) for hole in profile.holes) == 2


def test_a_rectangle_without_area_is_refused():
    with pytest.raises(ValueError, match="x0 < x1"):
        union([(0, 0, 0, 1)])


sides = st.tuples(st.integers(0, 8), st.integers(1, 4))
rectangles = st.builds(lambda x, y: (x[0], y[0], x[0] + x[1], y[0] + y[1]), sides, sides)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(rectangles, min_size=1, max_size=8))
def test_the_union_covers_what_the_rectangles_cover(boxes):
    covered = {(i, j) for x0, y0, x1, y1 in boxes for i in range(x0, x1) for j in range(y0, y1)}
    profiles = union(boxes)
    assert sum(profile.area() for profile in profiles) == len(covered)  # whole numbers: exact
    for profile in profiles:
        for loop in (profile.outer, *profile.holes):
            points = [v[:2] for v in loop.vertices]
            for a, b, c in zip(points, points[1:] + points[:1], points[2:] + points[:2], strict=True):
                assert (a[0] == b[0]) != (b[0] == c[0]), "every vertex is a square corner"
