"""Heat on elements that are no boxes, and plans that grow finer towards the channels' corners."""

import numpy as np
import pytest

from packtool.coldplate.flow3d.conjugate import solve_heat
from packtool.coldplate.flow3d.discrete import quadratic_nodes
from packtool.coldplate.flow3d.heat_assembly import _Tables, volumes
from packtool.coldplate.flow3d.heat_mapped import MappedElements
from packtool.coldplate.flow3d.heat_records import ConjugateProblem
from packtool.coldplate.flow3d.plan import halved, of_lines, towards_corners
from packtool.fem.elements import CYCLIC_TO_TENSOR, ElementMesh, located, outer_facets
from packtool.fem.lattice import grid

pytestmark = pytest.mark.fem


@pytest.fixture(scope="module")
def boxes():
    """Two boxes of other sizes, velocities at their nodes, conductivity tensors."""
    rng = np.random.default_rng(1)
    size = np.array([[0.5, 2.0, 0.25], [1.5, 0.125, 1.0]])
    place = np.array([[corner >> axis & 1 for axis in range(3)] for corner in range(8)], dtype=float)
    tensor = np.stack([np.diag(row) for row in rng.uniform(0.5, 2.0, (2, 3))])
    return size, 1.0 + place * size[:, None], rng.normal(size=(2, 27, 3)), tensor


def test_on_boxes_the_integrals_are_those_of_the_tables(boxes):
    size, corners, velocity, tensor = boxes
    tables, mapped, k = _Tables(3), MappedElements(corners), np.array([0.3, 0.7])
    close = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(mapped.volume, size.prod(axis=1), **close)
    np.testing.assert_allclose(mapped.load, size.prod(axis=1)[:, None] * tables.load, **close)
    np.testing.assert_allclose(mapped.conduction(tensor), tables.conduction(size, tensor), **close)
    for found, wanted in zip(mapped.carried(velocity, 2.0, k), tables.carried(size, velocity, 2.0, k), strict=True):
        np.testing.assert_allclose(found, wanted, **close)


def test_a_linear_temperature_is_exact_on_skewed_elements():
    mesh = grid([np.linspace(0, 1, 4), np.linspace(0, 1, 4)])
    inner = (mesh.points > 0).all(axis=1) & (mesh.points < 1).all(axis=1)
    points = mesh.points + 0.1 * inner[:, None] * np.sin(7 * mesh.points[:, ::-1] + 1)
    mesh = ElementMesh(points, mesh.elements, mesh.boundaries)
    nodes, _ = quadratic_nodes(points, mesh.elements)
    n = len(mesh.elements)
    problem = ConjugateProblem(
        mesh, np.zeros(n, dtype=bool), np.full(n, 2.0), 1.0, np.zeros(nodes.shape), 300.0, temperature={"x-": 310.0},
        convection={"x+": (4.0, 300.0)},
    )  # fmt: skip
    solution = solve_heat(problem)
    assert pytest.approx(310.0 - 20 / 3 * solution.nodes[:, 0], abs=1e-9) == solution.T  # 10 K over 1/2 + 1/4 m²K/W


def test_heat_carried_by_an_even_flow_is_the_same_on_skewed_elements():
    """Between two temperatures at Pe 10: theta = (e^(Pe x) - 1) / (e^Pe - 1), whatever the elements."""
    Pe, lines = 10.0, np.linspace(0, 1, 13)
    mesh = grid([lines, np.linspace(0, 0.3, 4)])
    inner = (mesh.points[:, 1] > 0) & (mesh.points[:, 1] < 0.29) & (mesh.points[:, 0] > 0) & (mesh.points[:, 0] < 1)
    points = mesh.points + 0.012 * inner[:, None] * np.sin(50 * mesh.points[:, ::-1] + 1)
    mesh = ElementMesh(points, mesh.elements, mesh.boundaries)
    nodes, _ = quadratic_nodes(points, mesh.elements)
    velocity = np.zeros(nodes.shape)
    velocity[:, 0] = Pe
    n = len(mesh.elements)
    solution = solve_heat(
        ConjugateProblem(mesh, np.ones(n, dtype=bool), np.ones(n), 1.0, velocity, 300.0, temperature={"x-": 300.0, "x+": 301.0})
    )
    wanted = 300 + np.expm1(Pe * solution.nodes[:, 0]) / np.expm1(Pe)
    assert pytest.approx(wanted, abs=2e-3) == solution.T  # quadratic elements of 0.08 at Pe 10


def elbow():
    """Nine squares, coolant in three of them."""
    lines = np.array([0.0, 1.0, 2.0, 3.0])
    wet = np.zeros((3, 3), dtype=bool)
    wet[0, 0] = wet[1, 0] = wet[1, 1] = True  # round the point (1, 1)
    return of_lines(lines, lines, wet, np.ones((3, 3), dtype=bool), np.zeros((3, 3), dtype=bool))


def test_rings_about_a_corner_fit_and_fill_the_plan():
    plan = towards_corners(elbow(), 3)
    assert len(plan.quads) == 9 + 4 * 2 * 3  # four squares meet there; each ring leaves one and two more
    mesh = ElementMesh(plan.points, plan.quads, {"border": outer_facets(plan.quads)})
    assert len(located(mesh)["border"].element) == 12  # nothing hangs: the border is that of the nine squares
    area = volumes(plan.points[plan.quads[:, CYCLIC_TO_TENSOR[4]]])
    assert area.sum() == pytest.approx(9.0, rel=1e-12)
    assert area[plan.wet].sum() == pytest.approx(3.0, rel=1e-12)
    assert area.min() == pytest.approx(1 / 64, rel=1e-12)
    assert len(halved(plan).quads) == 4 * len(plan.quads)


def test_where_nothing_is_turned_round_no_ring_is_made():
    wet, metal = np.zeros((3, 3), dtype=bool), np.ones((3, 3), dtype=bool)
    wet[:, 1] = True
    straight = of_lines(np.arange(4.0), np.arange(4.0), wet, metal, ~metal)
    assert len(towards_corners(straight, 3).quads) == 9
