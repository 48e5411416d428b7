"""The flow's own element integrals against the same forms in UFL, assembled by dolfinx."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from packtool.coldplate.flow3d.kernels import Kernels
from packtool.coldplate.flow3d.pattern import flow_pattern
from packtool.fem.elements import CYCLIC_TO_TENSOR, SHAPES, Facets, dolfinx_mesh
from packtool.fem.facets import facet_integrals
from packtool.fem.lattice import grid

pytestmark = pytest.mark.fem

NU, WEIGHT = 0.07, 0.3


def distorted(dimension):
    mesh = grid([np.linspace(0, 1, 3)] * dimension)
    points = mesh.points + 0.08 * np.random.default_rng(3).standard_normal(mesh.points.shape)
    return points, mesh.elements


def by_dolfinx(points, elements, velocity, pressure):
    """Residual and Newton matrix of all unknowns by UFL forms; the two spaces' node tables."""
    import basix.ufl
    import dolfinx.fem.petsc as assembler
    import ufl
    from dolfinx import fem

    from packtool.fem.start import compiled

    domain = dolfinx_mesh(points, elements)
    dimension, shape = points.shape[1], SHAPES[elements.shape[1]]
    V = fem.functionspace(domain, basix.ufl.element("Lagrange", shape, 2, shape=(dimension,)))
    Q = fem.functionspace(domain, basix.ufl.element("Lagrange", shape, 1))
    u, p = fem.Function(V), fem.Function(Q)
    v, q = ufl.TestFunction(V), ufl.TestFunction(Q)
    du, dp = ufl.TrialFunction(V), ufl.TrialFunction(Q)
    nodes, corners = (np.asarray(space.dofmap.list).astype(np.int64) for space in (V, Q))
    u.x.array[:] = velocity(nodes.max() + 1, dimension).ravel()
    tensor = elements[:, CYCLIC_TO_TENSOR[elements.shape[1]]]
    of_point = np.empty(len(points), dtype=np.int64)
    of_point[tensor.ravel()] = corners.ravel()
    p.x.array[of_point] = pressure(len(points))
    dx = ufl.dx(metadata={"quadrature_degree": 5})
    momentum = (
        NU * ufl.inner(ufl.grad(u), ufl.grad(v)) + ufl.inner(ufl.grad(u) * u, v) + (WEIGHT * ufl.div(u) - p) * ufl.div(v)
    ) * dx
    mass = -q * ufl.div(u) * dx
    forms = [[ufl.derivative(momentum, u, du), ufl.derivative(momentum, p, dp)], [ufl.derivative(mass, u, du), None]]
    residual = [fem.assemble_vector(compiled(form)).array for form in (momentum, mass)]
    matrix = assembler.assemble_matrix([[compiled(form) if form is not None else None for form in row] for row in forms])
    matrix.assemble()
    order = np.concatenate([np.arange(len(residual[0])), len(residual[0]) + of_point])
    whole = csr_matrix(matrix.getValuesCSR()[::-1]).toarray()[np.ix_(order, order)]
    matrix.destroy()
    return nodes, tensor, residual[0].reshape(-1, dimension), residual[1][of_point], whole


@pytest.mark.parametrize("dimension", [2, 3])
def test_residual_and_newton_matrix_are_those_of_the_forms(dimension):
    random = np.random.default_rng(5)
    kept = {}

    def velocity(n, d):
        kept["u"] = random.standard_normal((n, d))
        return kept["u"]

    def pressure(n):
        kept["p"] = random.standard_normal(n)
        return kept["p"]

    points, elements = distorted(dimension)
    nodes, tensor, momentum, mass, whole = by_dolfinx(points, elements, velocity, pressure)
    n = nodes.max() + 1
    kernels = Kernels(points, tensor, nodes, n)
    mine = kernels.residual(kept["u"], kept["p"], NU, WEIGHT, 1.0)
    assert mine[0] == pytest.approx(momentum, abs=1e-12)
    assert mine[1] == pytest.approx(mass, abs=1e-12)

    # some unknowns prescribed, so that rows and columns are left out
    free = np.ones(n * dimension + len(points), dtype=bool)
    free[random.choice(len(free), len(free) // 3, replace=False)] = False
    pattern = flow_pattern(nodes, tensor, n, len(points), dimension, free)
    diffusion, grad_div, coupling = kernels.steady_entries(pattern)
    entries = NU * diffusion + WEIGHT * grad_div + coupling + kernels.convection_entries(pattern, kept["u"], 1.0)
    found = csr_matrix((entries, pattern.indices, pattern.indptr)).toarray()
    assert found == pytest.approx(whole[np.ix_(free, free)], abs=1e-12)


@pytest.mark.parametrize("dimension", [2, 3])
def test_facets_together_close_the_mesh(dimension):
    """The divergence theorem on a distorted element: of x, the outward flux is dim times the volume."""
    points, elements = distorted(dimension)
    tensor = elements[:1, CYCLIC_TO_TENSOR[elements.shape[1]]]
    n_sides = 2 * dimension
    one = Facets(np.zeros(n_sides, dtype=np.int64), np.arange(n_sides))
    nodes = np.arange(3**dimension)[None]
    kernels = Kernels(points, tensor, nodes, 3**dimension)
    sides = facet_integrals(points, tensor, nodes, one)
    place = np.stack([sides.of_first(points[:, axis]) for axis in range(dimension)], axis=2)
    assert (place * sides.normal).sum() == pytest.approx(dimension * kernels.weight.sum(), rel=1e-12)
    assert sides.normal.sum(axis=(0, 1)) == pytest.approx(np.zeros(dimension), abs=1e-14)
