"""Orders of convergence of general conduction, and fields that elements of degree 2 hold exactly."""

from __future__ import annotations

import numpy as np
import pytest

from packtool import thermal
from packtool.errors import SolveError

pytestmark = pytest.mark.fem


def rotated_problem(n, degree):
    """The parabola x² - y² in axes turned by 30 degrees, where K is diagonal: a manufactured field with a constant source."""
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)

    def field(x, y):
        return 300.0 + (c * x + s * y) ** 2 + 2 * (c * y - s * x) ** 2

    mesh = thermal.mesh_boxes({"cube": (0, 0, 0, 1, 1, 1)}, divisions=n)
    problem = thermal.conduction(
        mesh,
        thermal.rotated((20.0, 1.0, 5.0), 30.0),
        source=-2 * (20.0 + 2 * 1.0),
        temperature={"cube.x*": field, "cube.y*": field},
    )
    return thermal.solve_steady(problem, degree=degree), field


def test_second_order_elements_hold_a_parabola_exactly_with_a_rotated_tensor():
    solution, field = rotated_problem(2, 2)
    points = np.array([[0.3, 0.4, 0.6], [0.71, 0.2, 0.9]])
    assert solution.at(points) == pytest.approx(field(points[:, 0], points[:, 1]), abs=1e-7)  # the solve: 1e-9 of the heat


K_FULL = np.array([[2.0, 0.5, 0.0], [0.5, 3.0, -0.4], [0.0, -0.4, 1.0]])


def _exact(x, y, z):
    return 300 + 20 * np.sin(np.pi * x) * np.cos(np.pi * y) * np.exp(z)


def _gradient(x, y, z):
    sx, cx, sy, cy, e = np.sin(np.pi * x), np.cos(np.pi * x), np.sin(np.pi * y), np.cos(np.pi * y), 20 * np.exp(z)
    return np.stack([np.pi * cx * cy * e, -np.pi * sx * sy * e, sx * cy * e], axis=-1)


def _source(x, y, z):
    """-div(K grad T) of case A14, written out."""
    sx, cx, sy, cy, e = np.sin(np.pi * x), np.cos(np.pi * x), np.sin(np.pi * y), np.cos(np.pi * y), 20 * np.exp(z)
    p = np.pi
    second = 2.0 * -p * p * sx * cy + 3.0 * -p * p * sx * cy + 1.0 * sx * cy + 2 * 0.5 * -p * p * cx * sy + 2 * -0.4 * -p * sx * sy
    return -second * e


def norms(n, degree, mesh=None):
    """L2 of the difference and of its gradient."""
    mesh = mesh or thermal.mesh_boxes({"cube": (0, 0, 0, 1, 1, 1)}, divisions=n)
    problem = thermal.conduction(mesh, K_FULL, source=_source, temperature={"*": _exact})
    solution = thermal.solve_steady(problem, degree=degree)
    L2 = H1 = 0.0
    for block in solution.system.blocks:
        at = block.points[..., 0], block.points[..., 1], block.points[..., 2]
        L2 += (block.weight * (block.at(solution.T) - _exact(*at)) ** 2).sum()
        H1 += (block.weight[..., None] * (block.gradient_of(solution.T) - _gradient(*at)) ** 2).sum()
    return np.sqrt([L2, H1])


def test_the_source_is_that_of_the_list():
    assert _source(0.3, 0.4, 0.6) == pytest.approx(571.0708542, rel=1e-9)
    assert _exact(0.3, 0.4, 0.6) == pytest.approx(309.1105940, rel=1e-9)


@pytest.mark.parametrize(("degree", "n"), [(1, 8), (2, 4)])
def test_orders_of_convergence(degree, n):
    coarse, fine = norms(n, degree), norms(2 * n, degree)
    assert np.log2(coarse / fine) == pytest.approx([degree + 1, degree], abs=0.12)


@pytest.mark.parametrize(("degree", "n"), [(1, 6), (2, 3)])
def test_orders_of_convergence_of_tetrahedra(degree, n):
    def cut(n):
        return thermal.tetrahedra(thermal.mesh_boxes({"cube": (0, 0, 0, 1, 1, 1)}, divisions=n))

    coarse, fine = norms(n, degree, cut(n)), norms(2 * n, degree, cut(2 * n))
    assert np.log2(coarse / fine) == pytest.approx([degree + 1, degree], abs=0.1)


def test_curved_elements_follow_a_cylinder_to_fourth_order():
    a, b, k, errors = 0.05, 0.1, 3.0, []
    for n in (2, 4):
        mesh = thermal.mesh_cylinder(
            [("wall", b - a)], inner=a, height=0.7, divisions=(2 * n, 1), around=2 * n, angle_deg=90.0, curved=True
        )
        problem = thermal.conduction(mesh, k, temperature={"inner": 400.0, "outer": 300.0})
        heat = thermal.solve_steady(problem, degree=2).heat_out("outer")
        errors.append(abs(heat / (0.25 * 2 * np.pi * k * 0.7 * 100 / np.log(b / a)) - 1))
    assert errors[1] < 1e-5
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.3)
    with pytest.raises(SolveError, match="curved edges, which elements of degree 1 cannot follow"):
        thermal.solve_steady(problem, degree=1)
