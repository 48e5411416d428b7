"""Plane facets of two meshes on each other: the area that they share is that of their outlines, however they are divided."""

from __future__ import annotations

import numpy as np
import pytest

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
