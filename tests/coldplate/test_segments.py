"""Segments of the channels, and which wall facets belong to which."""

from dataclasses import replace

import numpy as np
import pytest
from coldplate_networks import MEG50, duct, three_pass, two_pass

from packtool.coldplate.segments import MAX_SEGMENTS, cut, facet_size, map_walls, quad_areas
from packtool.errors import SolveError
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.verification.coldplate import hairpin_stream


def test_segments_fill_every_branch_end_to_end():
    network = two_pass(3, 300.0)
    segments = cut(network, 0.005)
    lengths = np.bincount(segments.branch, segments.length)
    assert lengths == pytest.approx([b.length_mm() / 1e3 for b in network.branches], rel=1e-12)
    assert segments.length.max() <= 0.005 * (1 + 1e-9)
    assert np.all(np.diff(segments.first) == np.bincount(segments.branch))


def test_segments_follow_the_path_round_its_bends():
    segments = cut(three_pass(), 0.005)
    assert (segments.x[0], segments.y[0]) == pytest.approx((0.0025, 0.010))
    assert (segments.x[-1], segments.y[-1]) == pytest.approx((0.1075, 0.040))
    assert segments.bends_before[0] == 0
    assert segments.bends_before[-1] == 4
    assert np.all(np.diff(segments.bends_before) >= 0)


def test_the_number_of_segments_is_bounded():
    assert len(cut(duct(20_000.0), 1e-6).s) <= MAX_SEGMENTS


def test_every_wall_facet_has_one_segment_and_all_its_area_counts():
    stream, problem = hairpin_stream(MEG50, 0.5, 22.0)
    walls, segments = stream.walls, stream.segments
    assert walls is not None
    assert len(walls.segment) == len(problem.mesh.boundaries["coolant_wall"])
    # top and bottom of 195 + 195 + 20 mm of channel 10 mm wide; the sides: outside 2 x 195 + 40, inside 2 x 185 + 20; 3 mm high
    expected = 2 * (2 * 195 * 10 + 20 * 10) + 3 * (2 * 195 + 40 + 2 * 185 + 20)
    assert walls.area.sum() * 1e6 == pytest.approx(expected, rel=1e-9)
    middle = problem.mesh.points[walls.facets].mean(axis=1)
    apart = np.hypot(middle[:, 0] - segments.x[walls.segment], middle[:, 1] - segments.y[walls.segment])
    assert apart.max() < 0.0085  # half a channel and a corner's diagonal


def test_where_a_header_and_a_channel_overlap_the_wall_is_the_headers():
    """A slab under a tee: the channel's last 16 mm lie in the header."""
    network = CoolantNetwork(
        (
            Branch("channel", "in", "m", ((0.0, 0.0), (100.0, 0.0)), 16.0, 3.0),
            Branch("up", "m", "out", ((100.0, 0.0), (100.0, 50.0)), 32.0, 3.0, "header"),
            Branch("down", "m", "end", ((100.0, 0.0), (100.0, -50.0)), 32.0, 3.0, "header"),
        ),
        "in", "out", 0.0, 3.0,
    )  # fmt: skip
    boxes = [
        Box("channel", "cold_plate", "al", 0.0, -0.008, 0.0, 0.084, 0.008, 0.001),
        Box("header", "cold_plate", "al", 0.084, -0.05, 0.0, 0.116, 0.05, 0.001),
    ]
    mesh = mesh_boxes(
        boxes, divisions=([21, 8], [10, 8, 10], 1), boundaries={"channel.z+": "coolant_wall", "header.z+": "coolant_wall"}
    )
    segments = cut(network, facet_size(network, mesh, "coolant_wall"))
    walls = map_walls(network, segments, mesh, "coolant_wall")
    of_branch = segments.branch[walls.segment]
    in_header = mesh.points[walls.facets].mean(axis=1)[:, 0] > 0.084
    assert np.array_equal(of_branch != 0, in_header)
    assert np.bincount(of_branch, walls.area) == pytest.approx([84 * 16e-6, 1600e-6, 1600e-6], rel=1e-9)


def test_a_facet_outside_the_network_is_refused():
    stream, problem = hairpin_stream(MEG50, 0.5, 22.0)
    b = stream.network.branches[0]
    short = replace(stream.network, branches=(replace(b, path=b.path[:2]),))
    with pytest.raises(SolveError, match="lie in no channel"):
        map_walls(short, cut(short, 0.005), problem.mesh, "coolant_wall")


def test_a_mesh_without_walls_is_refused():
    stream, problem = hairpin_stream(MEG50, 0.5, 22.0)
    with pytest.raises(SolveError, match="no boundary channel_wall"):
        facet_size(stream.network, problem.mesh, "channel_wall")


def test_segments_are_as_long_as_the_facets_along_the_channel():
    network = CoolantNetwork((Branch("channel", "in", "out", ((0.0, 0.0), (100.0, 0.0)), 16.0, 3.0),), "in", "out", 0.0, 3.0)
    box = Box("channel", "cold_plate", "al", 0.0, -0.008, 0.0, 0.1, 0.008, 0.001)
    mesh = mesh_boxes([box], divisions=(5, 16, 1), boundaries={"channel.z+": "coolant_wall"})
    assert facet_size(network, mesh, "coolant_wall") == pytest.approx(0.020, rel=1e-12)
    segments = cut(network, facet_size(network, mesh, "coolant_wall"))
    walls = map_walls(network, segments, mesh, "coolant_wall")
    assert np.bincount(walls.segment).tolist() == [16] * 5


def test_quad_areas():
    square = np.array([[[0, 0, 0], [2, 0, 0], [2, 3, 0], [0, 3, 0]]], float)
    assert quad_areas(square) == pytest.approx([6.0])


def test_segments_and_walls_follow_round_turns():
    """A half circle of radius 20 mm between two legs: every place on it belongs to the segment at its own angle."""
    path = ((0.0, 0.0), (100.0, 0.0), (100.0, 40.0), (0.0, 40.0))
    branch = Branch("hairpin", "in", "out", path, 10.0, 3.0, bulges=(0.0, 1.0, 0.0))
    assert branch.length_mm() == pytest.approx(200 + 20 * np.pi, rel=1e-12)
    assert branch.bends() == 0
    network = CoolantNetwork((branch,), "in", "out", 0.0, 3.0)
    segments = cut(network, 0.002)
    away = np.hypot(segments.x - 0.1, segments.y - 0.02)
    turning = segments.x > 0.1
    assert away[turning] == pytest.approx(0.02, rel=1e-9)
    assert turning.sum() * segments.length[0] == pytest.approx(0.02 * np.pi, abs=2 * segments.length[0])  # a segment at each end
    assert (segments.bends_before[0], segments.bends_before[-1]) == (0, 1)
    angle = np.linspace(-1.5, 1.5, 30)
    corners = np.array([(0.1 + 0.017 * np.cos(angle), 0.02 + 0.017 * np.sin(angle), 0 * angle)]).transpose(2, 0, 1)
    points = (corners + 1e-5 * np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)])).reshape(-1, 3)
    slab = mesh_boxes([Box("b", "cold_plate", "m", 0, 0, 0, 1, 1, 1)], divisions=(1, 1, 1))
    walls = map_walls(
        network,
        segments,
        replace(slab, points=points, boundaries={"coolant_wall": np.arange(len(points)).reshape(-1, 4)}),
        "coolant_wall",
    )
    s = 0.1 + 0.02 * (angle + np.pi / 2)
    assert segments.s[walls.segment] == pytest.approx(s, abs=0.6 * segments.length[0])  # half a segment and the squares' size
