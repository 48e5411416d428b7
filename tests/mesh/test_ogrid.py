"""Discs as quadrilaterals: areas exact, no corner flat, one piece."""

from __future__ import annotations

import math

import numpy as np
import pytest

from packtool.errors import MeshError
from packtool.mesh.ogrid import area_true, disc, disc_in_rectangle, rim
from packtool.mesh.quads import corner_quality


def areas(points, quads):
    corners = points[quads]
    u, v = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    return (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2


@pytest.mark.parametrize("k", [1, 2, 4])
def test_a_disc_has_the_area_of_its_circle_and_no_flat_corner(k):
    made = disc(k)
    points = made.weights @ rim(10.5, k)
    assert areas(points, made.quads).sum() == pytest.approx(math.pi * 10.5**2, rel=1e-12)
    assert corner_quality(points, made.quads).min() > 0.75  # sine of 131 degrees
    assert len(made.quads) == 18 * k * k


def test_a_disc_is_one_piece():
    made = disc(2)
    edges = np.sort(np.stack([made.quads, np.roll(made.quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    _, count = np.unique(edges, axis=0, return_counts=True)
    assert set(count.tolist()) == {1, 2}
    assert (count == 1).sum() == 24  # the rim's
    assert len(np.unique(made.quads)) == len(made.weights)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_concentric_circles_in_a_rectangle_keep_every_area(k):
    plan = disc_in_rectangle((3.0, -2.0), (4.0, 9.0, 10.5), (-9.0, -14.0, 16.0, 12.0), k)
    found = np.bincount(plan.band, areas(plan.points, plan.quads))
    asked = np.diff([0.0, *(math.pi * r**2 for r in (4.0, 9.0, 10.5)), 25.0 * 26.0])
    assert found == pytest.approx(asked, rel=1e-12)
    assert corner_quality(plan.points, plan.quads).min() > 0.5
    assert [tuple(plan.points[plan.border[c]]) for c in plan.corners] == [(-9, -14), (16, -14), (16, 12), (-9, 12)]


def test_a_long_rectangle_has_more_nodes_on_its_long_side():
    plan = disc_in_rectangle((0.0, 0.0), (1.0,), (-5.0, -1.2, 5.0, 1.2), 2)
    assert plan.corners[1] > 9
    assert corner_quality(plan.points, plan.quads).min() > 0.2


def test_an_arc_between_given_radii_keeps_its_sectors_area():
    angles = np.linspace(0.3, 1.5, 5)
    radii = area_true(10.0, angles, first=10.2, last=10.0)
    assert radii[0] == 10.2
    assert radii[-1] == 10.0
    area = (np.sin(np.diff(angles)) * radii[:-1] * radii[1:]).sum() / 2
    assert area == pytest.approx(10.0**2 * 1.2 / 2, rel=1e-12)


def test_a_circle_that_does_not_fit_is_refused_with_the_room_it_has():
    with pytest.raises(MeshError, match=r"does not fit between edges 10\.55 from its middle: its 12 nodes stand 0\.2"):
        disc_in_rectangle((0.0, 0.0), (10.5,), (-10.55, -20.0, 20.0, 20.0), 1)
    assert disc_in_rectangle((0.0, 0.0), (10.5,), (-10.6, -20.0, 20.0, 20.0), 2).quads.shape[1] == 4


def test_radii_that_do_not_ascend_are_refused():
    with pytest.raises(MeshError, match="must ascend"):
        disc_in_rectangle((0.0, 0.0), (3.0, 2.0), (-9.0, -9.0, 9.0, 9.0))
