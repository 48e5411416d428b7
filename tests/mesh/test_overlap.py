"""Plane facets of two meshes on each other: the area that they share is that of their outlines, however they are divided."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.mesh.measures import facet_areas
from packtool.mesh.overlap import facet_shapes, local_places, overlap

NEAR = 5e-5


def sheet(n, size, *, angle=0.0, at=(0.0, 0.0, 0.0), down=False):
    """Points and n x n facets of a square sheet, turned about its corner by ``angle`` [rad], facing up or down."""
    line = np.linspace(0, size, n + 1)
    x, y = np.meshgrid(line, line, indexing="ij")
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    plan = np.column_stack([x.ravel(), y.ravel()]) @ turn.T
    i, j = np.divmod(np.arange(n * n), n)
    first = i * (n + 1) + j
    facets = np.column_stack([first, first + n + 1, first + n + 2, first + 1])
    return np.column_stack([plan, np.zeros(len(plan))]) + at, facets[:, ::-1] if down else facets


def shared(one, other, within=NEAR):
    points = np.concatenate([one[0], other[0]])
    return overlap(points, one[1], other[1] + len(one[0]), within)


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.2])
@pytest.mark.parametrize(("n", "m"), [(13, 4), (1, 7)])
def test_a_sheet_within_another_shares_its_whole_area(n, m, angle):
    found = shared(sheet(n, 2.0), sheet(m, 0.5, angle=angle, at=(1.0, 0.6, 1e-6), down=True))
    assert found.area.sum() == pytest.approx(0.25, rel=1e-12)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (found.area[:, None] * found.middle).sum(axis=0) / found.area.sum()
    assert middle[:2] == pytest.approx(turn @ [0.25, 0.25] + [1.0, 0.6], abs=1e-12)


def test_sheets_that_reach_over_each_other_share_a_corner():
    # the unit square and a square on its point, whose corner lies 0.2 inside of the edge y = 1: a triangle of 0.2 x 0.4 / 2
    found = shared(sheet(5, 1.0), sheet(3, 1.0, angle=np.pi / 4, at=(0.5, 0.8, 0.0), down=True))
    assert found.area.sum() == pytest.approx(0.04, rel=1e-12)


@pytest.mark.parametrize(
    "other",
    [
        sheet(3, 1.0, at=(0.0, 0.0, 1e-3), down=True),  # apart
        sheet(3, 1.0),  # facing the same way
        sheet(3, 1.0, at=(1.0, 0.0, 0.0), down=True),  # edge to edge
        sheet(3, 1.0, at=(7.0, 0.0, 0.0), down=True),  # far
    ],
)
def test_sheets_that_do_not_lie_on_each_other_share_nothing(other):
    assert shared(sheet(4, 1.0), other).area.sum() == 0


def test_a_place_in_a_facet_is_found_and_one_beside_it_is_put_on_its_plane():
    corner = np.array([[[0, 0, 0], [2, 0, 0], [2.5, 1.5, 0], [0, 1, 0]]], dtype=float)
    place = np.array([[0.3, -0.4]])
    on = np.einsum("fn,fnx->fx", facet_shapes(place), corner)
    assert local_places(corner, on + np.array([0, 0, 0.1])) == pytest.approx(place, abs=1e-12)


@pytest.mark.slow
def test_no_facet_is_lost_where_edges_lie_on_each_other():
    """Ten thousand facets with a side on the joint of two others and a corner to either side of a third's edge: rounding must not cost a corner."""
    random = np.random.default_rng(7)
    n = 10_000
    low, edge, high = 0.3356083333333333, 0.3502, 0.3522
    x0, x1 = edge - random.uniform(0, 4e-4, n), edge + random.uniform(0, 4e-4, n)
    y0 = -0.1 - random.uniform(4e-3, 7e-3, n)
    corners = [(x0, y0), (x1, np.full(n, -0.1)), (np.full(n, high), np.full(n, -0.1)), (np.full(n, high), np.full(n, -0.10625))]
    points = np.stack([np.stack([x, y, np.full(n, 0.0085)], axis=1) for x, y in corners], axis=1).reshape(-1, 3)
    one = points, np.arange(4 * n).reshape(n, 4)
    under = np.array([(x, y, 0.0085) for x in (low, edge, high) for y in (-0.114, -0.1, -0.086)])
    other = under, np.array([(a, a + 3, a + 4, a + 1) for a in (0, 1, 3, 4)])
    found = shared(one, other)
    whole = np.bincount(found.first, found.area, n)
    assert whole == pytest.approx(facet_areas(*one), rel=1e-8)  # a corner within ON_EDGE is on the edge
