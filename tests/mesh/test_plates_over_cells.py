"""Meshes of packs with a plate over the cells: finest where the heat leaves, and what hangs over the floor is told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import packtool
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out
from packtool.mesh.build import mesh_layout
from packtool.mesh.measures import facet_areas

DESIGNS = Path(packtool.__file__).parents[1] / "examples" / "cold_plates"


def meshed(position):
    layout = lay_out(load_design(DESIGNS / "top.yaml", [f"cold_plate.position={position}"]))
    return layout, mesh_layout(layout, "coarse").mesh


def through_cells(layout, mesh):
    """Heights of the elements of a cell, from below, and whether they are those between its faces."""
    cell = layout.part_bounds(layout.parts_of("cell")[0])
    z = np.unique(np.round(mesh.points[mesh.hexes[mesh.region == mesh.region_index("R1C01")]][:, :, 2] * 1e3, 9))
    assert (z[0], z[-1]) == pytest.approx((cell[2], cell[5]))
    return np.diff(z)


def test_elements_of_a_cell_are_smallest_towards_its_plates():
    below, above, both = (through_cells(*meshed(position)) for position in ("bottom", "top", "both"))
    assert (np.diff(below) > 0).all()
    assert above == pytest.approx(below[::-1], rel=1e-9)
    assert both == pytest.approx(both[::-1], rel=1e-9)
    assert both[0] == both.min() < both.max() == both[len(both) // 2 - 1]


def test_what_hangs_over_the_floor_has_a_name_of_its_own():
    layout, mesh = meshed("top")
    area = {name: 1e6 * float(facet_areas(mesh.points, facets).sum()) for name, facets in mesh.boundaries.items()}
    plate = layout.part_bounds(layout.parts_of("cold_plate")[0])
    layer = layout.part_bounds(layout.parts_of("interface")[0])
    outline, block = ((b[3] - b[0]) * (b[4] - b[1]) for b in (plate, layer))
    assert area["exterior_underside"] == pytest.approx(outline - block, rel=1e-9)
    assert area["exterior_bottom"] == pytest.approx(block, rel=1e-9)
    assert "exterior_underside" not in meshed("bottom")[1].boundaries
