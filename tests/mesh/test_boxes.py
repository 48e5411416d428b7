"""Named boxes become a mesh with the right volumes, names, normals and contacts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from packtool.errors import MeshError
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.grid_lines import Counts, Lines, MaxSize
from packtool.mesh.measures import connected_components, element_volumes, facet_areas, facet_normals, outer_facets, region_volumes

ROUNDING = 1e-12
"""Relative tolerance of sums of a few thousand doubles."""


def cube(name: str, x: float, y: float, z: float, size: float = 1.0) -> Box:
    return Box(name, "cell", "steel", x, y, z, x + size, y + size, z + size)


def node_keys(facets: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(sorted(facet)) for facet in facets.tolist()}


class TestVolumesAndBoundaries:
    boxes = (Box("A", "cell", "s", 0, 0, 0, 0.3, 0.2, 0.1), Box("B", "pad", "t", 0.3, 0.05, 0, 0.35, 0.1, 0.4))

    def test_each_box_is_a_region_with_its_volume(self):
        mesh = mesh_boxes(self.boxes, divisions=(3, 2, 4))
        assert [(r.name, r.role, r.material) for r in mesh.regions] == [("A", "cell", "s"), ("B", "pad", "t")]
        np.testing.assert_allclose(region_volumes(mesh), [0.3 * 0.2 * 0.1, 0.05 * 0.05 * 0.4], rtol=ROUNDING)

    def test_elements_are_not_inside_out(self):
        assert element_volumes(mesh_boxes(self.boxes, divisions=(2, 2, 2))).min() > 0

    def test_a_boundary_faces_the_way_its_name_says(self):
        mesh = mesh_boxes(self.boxes, divisions=(2, 2, 2))
        for name, facets in mesh.boundaries.items():
            axis, sign = "xyz".index(name[-2]), 1 if name[-1] == "+" else -1
            normals = facet_normals(mesh.points, facets)
            assert (normals[:, axis] * sign > 0).all(), name
            assert np.abs(np.delete(normals, axis, axis=1)).max() < 1e-15, name  # rounding of areas of 1e-3 m²

    def test_boundaries_are_the_whole_exterior_once(self):
        mesh = mesh_boxes(self.boxes, divisions=(2, 3, 2))
        every = np.concatenate(list(mesh.boundaries.values()))
        assert len(every) == len(node_keys(every))
        assert node_keys(every) == node_keys(outer_facets(mesh))
        shared = 2 * 0.05 * 0.1  # both sides of A|B
        closed_form = 2 * (0.3 * 0.2 + 0.3 * 0.1 + 0.2 * 0.1) + 2 * (0.05 * 0.05 + 2 * 0.05 * 0.4) - shared
        assert facet_areas(mesh.points, every).sum() == pytest.approx(closed_form, rel=ROUNDING)

    def test_an_interface_points_from_the_first_box_to_the_second(self):
        mesh = mesh_boxes(self.boxes[::-1], divisions=(1, 1, 1))
        assert list(mesh.interfaces) == ["B|A"]
        assert facet_normals(mesh.points, mesh.interfaces["B|A"]).sum(axis=0) == pytest.approx((-0.05 * 0.1, 0, 0), abs=1e-15)

    def test_boundaries_can_be_given_other_names(self):
        names = {"A.x-": "hot", "zmin": "floor", "*.y-": "sides", "*.y+": "sides"}
        mesh = mesh_boxes(self.boxes, divisions=(1, 1, 1), boundaries=names)
        assert set(mesh.boundaries) == {"hot", "floor", "sides", "A.x+", "A.z+", "B.x-", "B.x+", "B.z+"}
        areas = {name: facet_areas(mesh.points, facets).sum() for name, facets in mesh.boundaries.items()}
        assert areas["hot"] == pytest.approx(0.2 * 0.1, rel=ROUNDING)
        assert areas["floor"] == pytest.approx(0.3 * 0.2 + 0.05 * 0.05, rel=ROUNDING)
        assert areas["sides"] == pytest.approx(2 * (0.3 * 0.1 + 0.05 * 0.4), rel=ROUNDING)

    def test_the_extreme_plane_does_not_take_facets_further_in(self):
        mesh = mesh_boxes(self.boxes, divisions=(1, 1, 1), boundaries={"xmax": "end"})
        assert facet_areas(mesh.points, mesh.boundaries["end"]).sum() == pytest.approx(0.05 * 0.4, rel=ROUNDING)

    def test_a_boundary_key_that_matches_nothing_is_refused(self):
        with pytest.raises(MeshError, match=r"matches C\.x-"):
            mesh_boxes(self.boxes, divisions=(1, 1, 1), boundaries={"C.x-": "hot"})

    def test_one_dimension_is_one_element_thick(self):
        mesh = mesh_boxes([Box("bar", "bar", "s", 0, 0, 0, 0.1, 1e-3, 1e-3)], divisions=(40, 1, 1))
        assert (len(mesh.hexes), len(mesh.points)) == (40, 41 * 4)


class TestRefusals:
    def test_overlapping_boxes_are_both_named(self):
        with pytest.raises(MeshError, match="A and B overlap"):
            mesh_boxes([cube("A", 0, 0, 0), cube("B", 0.5, 0, 0)], divisions=(1, 1, 1))

    @pytest.mark.parametrize(
        ("boxes", "words"),
        [
            ([], "no boxes"),
            ([cube("A", 0, 0, 0), cube("A", 1, 0, 0)], "two boxes are called A"),
            ([Box("A", "cell", "s", 0, 0, 0, 1, 0, 1)], "box A: its y extent"),
            ([Box("A", "cell", "s", 0, 0, 0, float("nan"), 1, 1)], "box A: its x extent"),
            ([cube("A|B", 0, 0, 0)], "separates the sides"),
        ],
    )
    def test_boxes_that_are_none(self, boxes, words):
        with pytest.raises(MeshError, match=words):
            mesh_boxes(boxes, divisions=(1, 1, 1))

    @pytest.mark.parametrize(
        ("division", "words"),
        [
            ([1, 2], "2 counts given for 1 intervals"),
            (0, "at least 1 element"),
            (Counts(2, growth=0.5), "growth is 0.5"),
            (Lines([0.0, 0.4]), "miss the faces at 1"),
            (Lines([0.0, 0.4, 0.4, 1.0]), "ascending"),
            (MaxSize(0.0), "must be positive"),
        ],
    )
    def test_divisions_that_do_not_fit(self, division, words):
        with pytest.raises(MeshError, match=words):
            mesh_boxes([cube("A", 0, 0, 0)], divisions=(1, division, 1))


class TestContacts:
    def test_a_contact_through_and_through_has_two_nodes_everywhere(self):
        pair = [cube("A", 0, 0, 0), cube("B", 1, 0, 0)]
        joined, split = mesh_boxes(pair, divisions=(2, 3, 4)), mesh_boxes(pair, divisions=(2, 3, 4), contacts=[("A", "B")])
        contact = split.contacts["A|B"]
        assert len(split.points) - len(joined.points) == 4 * 5  # (3 + 1) x (4 + 1) nodes on the face
        assert not set(contact.minus.ravel()) & set(contact.plus.ravel())
        assert connected_components(split).max() == 1
        assert split.interfaces == {}

    def test_its_two_sides_lie_on_each_other_node_by_node(self):
        mesh = mesh_boxes([cube("A", 1, 0, 0), cube("B", 0, 0, 0)], divisions=(2, 3, 4), contacts=[("A", "B")])
        contact = mesh.contacts["A|B"]
        np.testing.assert_array_equal(mesh.points[contact.minus], mesh.points[contact.plus])
        assert contact.minus.shape == (12, 4)
        assert (facet_normals(mesh.points, contact.minus)[:, 0] < 0).all()  # out of A, which lies at the larger x
        in_a = np.unique(mesh.hexes[mesh.region == 0])
        assert np.isin(contact.minus, in_a).all()
        assert not np.isin(contact.plus, in_a).any()

    def test_where_it_ends_inside_the_solid_its_rim_is_one_node(self):
        boxes = [cube("A", 0, 0, 0), cube("B", 1, 0, 0), Box("C", "plate", "s", 0, 0, -1, 2, 1, 0)]
        mesh = mesh_boxes(boxes, divisions=(2, 3, 4), contacts=[("A", "B")])
        contact = mesh.contacts["A|B"]
        same = contact.minus == contact.plus
        np.testing.assert_array_equal(same, mesh.points[contact.minus][:, :, 2] == 0)  # only on C, where heat passes around
        assert connected_components(mesh).max() == 0
        assert set(mesh.interfaces) == {"A|C", "B|C"}

    def test_three_contacts_meet_in_a_line_with_three_nodes(self):
        boxes = [cube("A", 0, 0, 0), cube("B", 1, 0, 0), Box("C", "plate", "s", 0, 0, -1, 2, 1, 0)]
        mesh = mesh_boxes(boxes, divisions=(1, 1, 1), contacts=[("A", "B"), ("A", "C"), ("B", "C")])
        at_line = (mesh.points == (1.0, 0.0, 0.0)).all(axis=1)
        assert at_line.sum() == 3
        assert connected_components(mesh).max() == 2

    def test_two_contacts_leave_the_third_pair_joined(self):
        boxes = [cube("A", 0, 0, 0), cube("B", 1, 0, 0), Box("C", "plate", "s", 0, 0, -1, 2, 1, 0)]
        mesh = mesh_boxes(boxes, divisions=(1, 1, 1), contacts=[("A", "B"), ("A", "C")])
        assert (mesh.points == (1.0, 0.0, 0.0)).all(axis=1).sum() == 2
        pieces = connected_components(mesh)
        assert pieces[mesh.region == 1] == pieces[mesh.region == 2][0]

    def test_a_contact_changes_neither_volumes_nor_the_outer_boundaries(self):
        pair = [cube("A", 0, 0, 0), cube("B", 1, 0, 0)]
        joined, split = mesh_boxes(pair, divisions=(2, 2, 2)), mesh_boxes(pair, divisions=(2, 2, 2), contacts=[("A", "B")])
        np.testing.assert_array_equal(region_volumes(joined), region_volumes(split))
        for name, facets in joined.boundaries.items():
            np.testing.assert_array_equal(joined.points[facets], split.points[split.boundaries[name]])

    def test_boxes_that_do_not_touch_have_no_contact(self):
        with pytest.raises(MeshError, match=r"A\|B: the two boxes do not touch"):
            mesh_boxes([cube("A", 0, 0, 0), cube("B", 2, 0, 0)], divisions=(1, 1, 1), contacts=[("A", "B")])

    def test_an_unknown_box_is_named(self):
        with pytest.raises(MeshError, match="contacts name X; the boxes are A"):
            mesh_boxes([cube("A", 0, 0, 0)], divisions=(1, 1, 1), contacts=[("A", "X")])


@pytest.mark.parametrize("second", [(1, 1, 0), (1, 1, 1)], ids=["edge", "corner"])
def test_boxes_that_share_only_an_edge_or_a_corner_are_not_joined(second):
    mesh = mesh_boxes([cube("A", 0, 0, 0), cube("B", *second)], divisions=(2, 2, 2))
    assert connected_components(mesh).max() == 1
    assert len(mesh.points) == 2 * 27


LATTICE = list(product(range(3), repeat=3))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(LATTICE), min_size=1), st.integers(1, 2))
def test_any_pile_of_boxes_is_joined_exactly_where_faces_touch(places, count):
    lines = (0.0, 0.1, 0.35, 0.4)
    boxes = [
        Box(f"{i}{j}{k}", "cell", "s", lines[i], lines[j], lines[k], lines[i + 1], lines[j + 1], lines[k + 1])
        for i, j, k in sorted(places)
    ]
    mesh = mesh_boxes(boxes, divisions=(count, count, count))
    solid = np.zeros((3, 3, 3), dtype=bool)
    solid[tuple(np.array(sorted(places)).T)] = True
    _, n_pieces = ndimage.label(solid)  # six neighbours: across faces only
    assert connected_components(mesh).max() + 1 == n_pieces
    widths = np.diff(lines)
    expected = [widths[i] * widths[j] * widths[k] for i, j, k in sorted(places)]
    np.testing.assert_allclose(region_volumes(mesh), expected, rtol=ROUNDING)
    every = np.concatenate(list(mesh.boundaries.values()))
    assert len(every) == len(node_keys(every))
    assert node_keys(every) == node_keys(outer_facets(mesh))
    normals = facet_normals(mesh.points, every)
    np.testing.assert_allclose(normals.sum(axis=0), 0, atol=1e-14)  # a closed surface; areas are of order 0.1 m²
    flux = (normals * mesh.points[every].mean(axis=1)).sum() / 3  # divergence theorem: the enclosed volume
    assert flux == pytest.approx(sum(expected), rel=1e-10)
