"""Boxes bent into sectors of cylinders and spheres."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.errors import MeshError
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.mapped import mapped
from packtool.mesh.measures import facet_areas, region_volumes

HALF = 0.02
"""Half the angle [rad] of the sectors."""
MESH = mesh_boxes([Box("solid", "cell", "s", 0.02, -HALF, -HALF, 0.1, HALF, HALF)], divisions=(10, 1, 1))


def cylinder(points: np.ndarray) -> np.ndarray:
    x, y, z = points.T
    return np.column_stack([x, x * np.tan(y), z])


def sphere(points: np.ndarray) -> np.ndarray:
    x, y, z = points.T
    return np.column_stack([x, x * np.tan(y), x * np.tan(z)])


def test_a_sector_of_a_cylinder_grows_with_the_radius():
    bent = mapped(MESH, cylinder)
    width = 2 * np.tan(HALF)
    assert region_volumes(bent)[0] == pytest.approx(width * (0.1**2 - 0.02**2) / 2 * 2 * HALF, rel=1e-12)  # straight sided: exact
    areas = [facet_areas(bent.points, bent.boundaries[f"solid.x{side}"]).sum() for side in "-+"]
    assert areas[1] / areas[0] == pytest.approx(0.1 / 0.02, rel=1e-12)


def test_a_pyramid_of_a_sphere_grows_with_the_square_of_the_radius():
    bent = mapped(MESH, sphere)
    base = (2 * np.tan(HALF)) ** 2
    assert region_volumes(bent)[0] == pytest.approx(base * (0.1**3 - 0.02**3) / 3, rel=1e-12)


def test_names_and_contacts_stay():
    pair = [Box("A", "cell", "s", 0.02, -HALF, 0, 0.05, HALF, 1), Box("B", "cell", "s", 0.05, -HALF, 0, 0.1, HALF, 1)]
    mesh = mesh_boxes(pair, divisions=(2, 1, 1), contacts=[("A", "B")])
    bent = mapped(mesh, cylinder)
    assert (bent.regions, list(bent.boundaries), list(bent.contacts)) == (mesh.regions, list(mesh.boundaries), ["A|B"])
    np.testing.assert_array_equal(bent.points[bent.contacts["A|B"].minus], bent.points[bent.contacts["A|B"].plus])


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (lambda p: p * (1, -1, 1), "of solid, or turns it inside out"),
        (lambda p: p * (0, 1, 1), "collapses an element of solid"),
        (lambda p: p[:, :2], "points of shape"),
        (lambda p: p * np.nan, "not finite"),
    ],
    ids=["mirror", "flat", "shape", "nan"],
)
def test_what_is_no_mesh_any_more_is_refused(place, words):
    with pytest.raises(MeshError, match=words):
        mapped(MESH, place)
