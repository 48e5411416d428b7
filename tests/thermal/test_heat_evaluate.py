"""Numbers from a field: exact for fields that the elements hold exactly."""

from __future__ import annotations

import numpy as np
import pytest
from heat_meshes import problem, steady_heat, two_bars

from packtool.errors import SolveError
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.thermal.evaluate import (
    boundary_mean,
    interpolation,
    load_temperatures,
    region_values,
    save_temperatures,
)
from packtool.thermal.records import Convection
from packtool.thermal.steady import solve_steady


def _bent():
    mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 1, 1, 1)], divisions=(3, 3, 3), boundaries={"zmax": "top"})
    x, y, z = mesh.points.T.copy()
    mesh.points[:, 0] += 0.2 * y * z
    mesh.points[:, 1] += 0.1 * x
    return mesh


def test_a_linear_field_is_found_again_at_any_point_of_bent_elements():
    mesh = _bent()
    field = mesh.points @ [3.0, -2.0, 5.0] + 300
    inside = mesh.points[mesh.hexes].mean(axis=1)
    wanted = np.vstack([inside, mesh.points[:5]])
    assert interpolation(mesh, wanted) @ field == pytest.approx(wanted @ [3.0, -2.0, 5.0] + 300, abs=1e-10)


def test_a_point_outside_is_refused():
    mesh = _bent()
    with pytest.raises(SolveError, match="lies in no element"):
        interpolation(mesh, np.array([[0.5, 0.5, 1.01]]))


def test_region_means_and_extremes():
    mesh = two_bars()
    by_region = region_values(mesh, 300 + 100 * mesh.points[:, 0])
    assert by_region.mean == pytest.approx([303, 308], rel=1e-14)
    assert by_region.minimum == pytest.approx([300, 306], rel=1e-14)
    assert by_region.maximum == pytest.approx([306, 310], rel=1e-14)
    assert boundary_mean(mesh, 300 + 100 * mesh.points[:, 0], "xmax") == pytest.approx(310, rel=1e-14)


@pytest.mark.fem
def test_temperatures_come_back_from_their_file(tmp_path):
    mesh = two_bars()
    solution = solve_steady(problem(mesh, k=(1.0, 1.0), heat=steady_heat(1.0, 2.0), convection={"xmax": Convection(300.0, 290.0)}))
    save_temperatures(tmp_path / "T.npz", solution)
    T, power = load_temperatures(tmp_path / "T.npz")
    assert np.array_equal(T, solution.T)
    assert power.tolist() == [1.0, 2.0]
