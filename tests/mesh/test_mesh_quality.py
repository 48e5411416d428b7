"""Measures of elements and the limits that a mesh must keep."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mesh_layouts import box, layout, shape, small_pack

from packtool.errors import MeshError
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Sweep
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.build import mesh_layout
from packtool.mesh.contact_areas import contact_areas
from packtool.mesh.measures import aspect_ratio, element_volumes, scaled_jacobian
from packtool.mesh.quality import checked


def one_element(move: dict[int, tuple[float, float, float]]):
    mesh = mesh_boxes([Box("A", "cell", "s", 0, 0, 0, 1, 1, 1)], divisions=(1, 1, 1))
    points = mesh.points.copy()
    for corner, by in move.items():
        points[mesh.hexes[0, corner]] += by
    return replace(mesh, points=points)


def test_a_cube():
    mesh = one_element({})
    assert (element_volumes(mesh)[0], scaled_jacobian(mesh)[0], aspect_ratio(mesh)[0]) == pytest.approx((1, 1, 1), rel=1e-14)


def test_a_sheared_cube_keeps_its_volume_and_loses_shape():
    mesh = one_element(dict.fromkeys((4, 5, 6, 7), (1.0, 0, 0)))
    assert element_volumes(mesh)[0] == pytest.approx(1, rel=1e-14)
    assert scaled_jacobian(mesh)[0] == pytest.approx(1 / np.sqrt(2), rel=1e-14)  # sine of 45 degrees
    assert aspect_ratio(mesh)[0] == pytest.approx(np.sqrt(2), rel=1e-14)


def test_volume_of_a_warped_element():
    # One top corner raised by 1: bilinear top, mean height 1 + 1/4.
    assert element_volumes(one_element({6: (0, 0, 1.0)}))[0] == pytest.approx(1.25, rel=1e-14)


def test_an_element_inside_out():
    mesh = one_element(dict.fromkeys((4, 5, 6, 7), (0, 0, -2.0)))
    assert element_volumes(mesh)[0] == pytest.approx(-1, rel=1e-14)
    assert scaled_jacobian(mesh)[0] == pytest.approx(-1, rel=1e-14)


class TestLimits:
    layout = small_pack()
    mesh = mesh_layout(layout, "coarse").mesh

    def test_a_moved_point_is_a_wrong_volume(self):
        points = self.mesh.points.copy()
        at = self.mesh.hexes[np.flatnonzero(self.mesh.region == self.mesh.region_index("R1C01"))[0], 0]
        points[at] += 1e-6
        with pytest.raises(MeshError, match="its mesh holds"):
            checked(self.layout, replace(self.mesh, points=points), 0.0)

    def test_a_flat_element_is_refused_by_its_part(self):
        block = layout(box("B", "cell", 0, 0, 0, 10, 10, 10))
        mesh = mesh_layout(block, "normal").mesh
        points = mesh.points.copy()
        middle = np.isclose(points[:, 0], 0.005) & np.isclose(points[:, 1], 0.005) & (points[:, 2] > 1e-4) & (points[:, 2] < 0.0099)
        points[middle, 0] += 0.006  # past its neighbour; keeps the part's volume: its outside has not moved
        with pytest.raises(MeshError, match="part B has an element of scaled Jacobian"):
            checked(block, replace(mesh, points=points), 0.0)

    def test_a_part_without_elements_is_named(self):
        number = self.mesh.region_index("pad R1")
        keep = self.mesh.region != number
        fewer = replace(self.mesh, hexes=self.mesh.hexes[keep], region=self.mesh.region[keep])
        with pytest.raises(MeshError, match="part pad R1 has no elements"):
            checked(self.layout, fewer, 0.0)

    def test_a_torn_interface_is_named(self):
        facets = self.mesh.interfaces["cell|pad"][1:]
        torn = replace(self.mesh, interfaces={**self.mesh.interfaces, "cell|pad": facets})
        with pytest.raises(MeshError, match=r"interface cell\|pad"):
            checked(self.layout, torn, 0.0)


class TestContactAreas:
    def test_boxes_have_a_closed_form(self):
        found = contact_areas(small_pack())
        assert found["cell|interface"] == pytest.approx(4 * 30 * 34e-6, rel=1e-12)
        assert found["interface|cold_plate"] == pytest.approx(2 * 70 * 34e-6, rel=1e-12)

    def test_a_part_that_is_no_box_has_none(self):
        L = Profile(Loop.polygon([(0, 0), (30, 0), (30, 10), (10, 10), (10, 40), (0, 40)]))
        made = layout(
            shape("L", "interface", Sweep(L, 0, 1)), box("C", "cell", 0, 0, 1, 30, 40, 50), box("D", "cell", 30, 0, 1, 60, 40, 50)
        )
        assert contact_areas(made) == {"cell|cell": pytest.approx(40 * 49e-6)}
        assert mesh_layout(made).report.max_interface_error == pytest.approx(0, abs=1e-12)

    def test_touching_in_an_edge_or_only_in_a_plane_is_no_area(self):
        made = layout(
            box("C", "cell", 0, 0, 0, 10, 10, 10), box("D", "cell", 10, 10, 0, 20, 20, 10), box("E", "cell", 20, 30, 15, 30, 40, 25)
        )
        assert contact_areas(made) == {}
