"""What is not known of the heat to the ambient where a round wall turns from its neighbour to the open air."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.mesh.records import TaggedMesh
from packtool.thermal.exposure import exposure_doubt
from packtool.thermal.records import FacetHeat


def drum(n: int, gap: int) -> TaggedMesh:
    """The upright facets of an n-cornered drum; the first ``gap`` of them face a neighbour. (No elements: none are asked for.)"""
    angle = 2 * np.pi * np.arange(n) / n
    ring = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(n)])
    a, b = np.arange(n), (np.arange(n) + 1) % n
    facets = np.column_stack([a, b, n + b, n + a])
    boundaries = {"gap_side": facets[:gap], "exterior_side": facets[gap:]}
    nothing = np.empty((0, 8), dtype=np.int64)
    return TaggedMesh(np.concatenate([ring, ring + np.array([0.0, 0.0, 1.0])]), nothing, nothing[:, 0], (), boundaries, {})


def doubt(mesh: TaggedMesh, name: str = "exterior_side"):
    facets = mesh.boundaries["exterior_side"]
    return exposure_doubt(mesh, name, FacetHeat(facets, np.full(facets.shape, -0.5)))  # -2 W through each


def test_a_quarter_of_each_round_facet_beside_the_gap():
    found = doubt(drum(24, 10))
    assert found[[0, -1]] == pytest.approx(0.5)
    assert not found[1:-1].any()


def test_none_at_edges_of_boxes_nor_at_other_boundaries_nor_without_a_gap():
    assert not doubt(drum(4, 2)).any()
    assert not doubt(drum(24, 10), "exterior_top").any()
    assert not doubt(drum(24, 0)).any()
