"""Pictures are drawn from the Layout's own shapes: areas, volumes and directions are kept."""

import math

import numpy as np
import pytest

from packtool.layout.records import Loop, Part, Product, Profile, Sweep

pytestmark = pytest.mark.picture

tessellation = pytest.importorskip("packtool.report.tessellation", reason="vtk tessellates")

L_SHAPE = Profile(Loop.polygon([(0, 0), (4, 0), (4, 1), (1, 1), (1, 3), (0, 3)]))
CLOCKWISE = Profile(Loop.polygon([(0, 0), (0, 3), (4, 3), (4, 0)]), (Loop.rectangle(1, 1, 2, 2),))
HOLES = Profile(Loop.rectangle(0, 0, 10, 6), (Loop.rectangle(1, 1, 3, 5), Loop.circle(7, 3, 2)))


def cap_area(profile):
    points, triangles = tessellation.triangulated(profile)
    a, b, c = (points[triangles[:, i]] for i in range(3))
    doubled = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    assert (doubled > 0).all()  # counter-clockwise, none without area
    return doubled.sum() / 2


@pytest.mark.parametrize(
    ("profile", "tolerance"),
    [
        (Profile.rectangle(0, 0, 3, 2), 1e-12),
        (L_SHAPE, 1e-7),  # vtk's triangulator gives single precision
        (CLOCKWISE, 1e-7),
        (Profile(Loop.circle(1, 2, 5)), 0.006),  # chords of 10 degrees: 1 - sin(10)/(10 in radians) = 0.5 % of a disc
        (HOLES, 0.006),
    ],
)
def test_a_face_is_covered_once(profile, tolerance):
    assert cap_area(profile) == pytest.approx(profile.area(), rel=tolerance)


def volume(points, triangles):
    a, b, c = (points[triangles[:, i]] for i in range(3))
    return np.einsum("ij,ij->", a, np.cross(b, c)) / 6


@pytest.mark.parametrize("profile", [L_SHAPE, CLOCKWISE, HOLES])
def test_a_swept_solid_is_closed_and_faces_outwards(profile):
    product = Product("p", "tray", "m", (Sweep(profile, 1.0, 4.0), Sweep(Profile.rectangle(0, 0, 1, 1), 4.0, 5.0)))
    shape = tessellation.surface(product)
    assert volume(shape.points, shape.triangles) == pytest.approx(product.volume_mm3(), rel=0.006)  # chords, as above
    a, b, c = (shape.points[shape.triangles[:, i]] for i in range(3))
    facing = np.einsum("ij,ij->i", np.cross(b - a, c - a), shape.normals[shape.triangles[:, 0]])
    assert (facing > 0).all()


def test_arcs_are_smooth_and_corners_are_edges():
    disc = tessellation.surface(Product("d", "terminal", "m", (Sweep(Profile(Loop.circle(0, 0, 5)), 0.0, 2.0),)))
    upright = np.ptp(disc.edges[:, :, 2], axis=1) > 0
    assert upright.sum() == 0
    box = tessellation.surface(Product("b", "cell", "m", (Sweep(Profile.rectangle(0, 0, 1, 2), 0.0, 3.0),)))
    assert len(box.edges) == 12


def test_a_seam_between_two_sweeps_of_one_outline_is_no_edge():
    ring = Profile(Loop.rectangle(0, 0, 9, 9), (Loop.rectangle(1, 1, 8, 8),))
    plate = Product("p", "cold_plate", "m", (Sweep(Profile.rectangle(0, 0, 9, 9), 0, 1), Sweep(ring, 1, 2)))
    edges = tessellation.surface(plate).edges
    flat = edges[np.ptp(edges[:, :, 2], axis=1) == 0]
    outer_at_1 = [e for e in flat if e[0, 2] == 1 and (np.isin(e[:, :2], (0, 9)).any(axis=1)).all()]
    assert outer_at_1 == []


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_parts_stand_where_the_layout_places_them(rotation, layout):
    product = Product("p", "busbar", "m", (Sweep(Profile.rectangle(0, 0, 5, 1), 0, 2),))
    part = Part("a", "p", (10.0, 20.0, 30.0), rotation)
    placed = tessellation.placed(tessellation.surface(product), [part], 7.0)
    expected = Part("a", "p", (10.0, 20.0, 37.0), rotation)
    only = type(layout)("l", layout.cell, (product,), (expected,), 1, 1, None, ())
    low, high = placed.points.min(axis=0), placed.points.max(axis=0)
    np.testing.assert_allclose([*low, *high], only.part_bounds(expected), atol=1e-12)  # rounding of a turn


def test_a_half_circle_bulge_keeps_to_its_radius():
    outline = tessellation.outline(Loop(((-2.0, 0.0, 1.0), (2.0, 0.0, 0.0))))
    np.testing.assert_allclose(np.hypot(*outline.T), 2.0, rtol=1e-12)
    assert outline[:, 1].min() == pytest.approx(-2.0)  # a bulge > 0 turns left: below when it runs to the right
    assert len(outline) == math.ceil(180 / 10) + 1
