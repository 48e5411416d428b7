"""Fields carried from one mesh to another of the same domain."""

from dataclasses import replace

import numpy as np
import pytest

from packtool.coldplate.flow3d import newton
from packtool.coldplate.flow3d.discrete import quadratic_nodes
from packtool.coldplate.flow3d.plate import ChannelPlate, Face, Fineness
from packtool.coldplate.flow3d.plate_solve import solve_plate
from packtool.coldplate.flow3d.prolong import interpolated, within
from packtool.errors import MeshError, SolveError
from packtool.fem.elements import ElementMesh
from packtool.fem.lattice import grid
from packtool.verification.conjugate import SERPENTINE_CONDITIONS

pytestmark = pytest.mark.fem


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_quadratic_field_is_carried_over_exactly_between_meshes_that_are_not_nested(dimension):
    coarse, fine = (grid([np.linspace(0.0, 1.0 + axis, n + axis) for axis in range(dimension)]) for n in (4, 6))
    nodes, element_nodes = quadratic_nodes(coarse.points, coarse.elements)
    places, _ = quadratic_nodes(fine.points, fine.elements)

    def field(x):
        return np.stack([x[:, 0] ** 2 - x[:, 1], x.sum(axis=1) + x[:, 0] * x[:, 1]], axis=1)

    found = interpolated(field(nodes), element_nodes, *within(coarse, places))
    np.testing.assert_allclose(found, field(places), atol=1e-12)


def test_places_are_found_in_elements_that_are_no_boxes():
    mesh = grid([np.linspace(0, 1, 5), np.linspace(0, 1, 5)])
    inner = (mesh.points > 0).all(axis=1) & (mesh.points < 1).all(axis=1)
    mesh = ElementMesh(mesh.points + 0.06 * inner[:, None] * np.sin(9 * mesh.points[:, ::-1] + 1), mesh.elements, mesh.boundaries)
    nodes, element_nodes = quadratic_nodes(mesh.points, mesh.elements)
    places = np.random.default_rng(2).random((200, 2))
    found = interpolated(nodes, element_nodes, *within(mesh, places))
    np.testing.assert_allclose(found, places, atol=1e-9)  # the place itself is a field of the elements' own


def test_places_just_beside_the_mesh_are_told_by_the_nearest_element():
    """Of a round wall finer chords lie outside coarser ones."""
    mesh = grid([np.linspace(0, 1, 3)] * 2)
    places = np.array([[1.05, 0.3], [0.7, -0.04], [0.25, 0.25]])
    nodes, element_nodes = quadratic_nodes(mesh.points, mesh.elements)
    element, local = within(mesh, places)
    np.testing.assert_allclose(interpolated(nodes**2, element_nodes, element, local), places**2, atol=1e-12)
    with pytest.raises(MeshError, match="lie in no element"):
        within(mesh, np.array([[1.15, 0.3]]))


def test_a_place_outside_is_refused():
    with pytest.raises(MeshError, match="lie in no element"):
        within(grid([np.linspace(0, 1, 3)] * 2), np.array([[0.5, 0.5], [1.5, 0.5]]))


def test_a_fineness_is_started_from_those_before_it_the_coarsest_first():
    first = Fineness(2, 1, times=0)
    second = Fineness(4, 2, times=0)
    last = Fineness(6, 2, times=1)
    assert replace(last, coarser=replace(second, coarser=first)).meshes == (first, second, replace(last, times=0), last)
    # 12 elements across and 4 over half the height, of 4 and 2: halved at least
    assert last.over(second) == 2
    assert last.over(replace(last, times=0)) == 2


def test_a_start_on_another_mesh_is_taken_and_changes_no_result(monkeypatch):
    from_stokes = []
    stokes = newton._stokes
    monkeypatch.setattr(newton, "_stokes", lambda system: from_stokes.append(system) or stokes(system))
    plate = ChannelPlate(
        (0.0, 0.0, 40e-3, 36e-3),
        ((0.0, 4e-3, 36e-3, 14e-3), (26e-3, 4e-3, 36e-3, 32e-3), (0.0, 22e-3, 36e-3, 32e-3)),
        (0.0, 1e-3, 4e-3, 5e-3),
        Face(0, 0.0, 4e-3, 14e-3),
        Face(0, 0.0, 22e-3, 32e-3),
    )
    at = replace(SERPENTINE_CONDITIONS, flow=2e-6)
    alone = solve_plate(plate, at, Fineness(4, 2, times=0))
    started = solve_plate(plate, at, Fineness(4, 2, times=0, coarser=Fineness(3, 1, times=0)))
    assert started.pressure_drop.value == pytest.approx(alone.pressure_drop.value, rel=1e-6)
    assert started.top_max.value == pytest.approx(alone.top_max.value, abs=1e-5)
    assert len(from_stokes) == 2  # of the one alone, and of the coarser: the finer began at that
    assert alone.top_mean.error == pytest.approx(alone.top_mean.value - at.T_in)
    assert 0 < started.top_mean.error < 0.3 * alone.top_mean.error  # meshes that are not nested tell an error as well


def test_a_mesh_is_not_told_by_one_that_is_no_coarser():
    with pytest.raises(SolveError, match="must be coarser, both across a channel and up"):
        Fineness(3, 1, times=0, coarser=Fineness(2, 1, times=0))
