"""The flow's own element integrals against the same forms in UFL, assembled by dolfinx."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from packtool.coldplate.flow3d.kernels import GRAD_DIV, Kernels
from packtool.coldplate.flow3d.pattern import flow_pattern
from packtool.fem.elements import CYCLIC_TO_TENSOR, SHAPES, Facets, dolfinx_mesh
from packtool.fem.facets import facet_integrals
from packtool.fem.lattice import grid

pytestmark = pytest.mark.fem

NU = 0.07


def distorted(dimension):
    mesh = grid([np.linspace(0, 1, 3)] * dimension)
    points = mesh.points + 0.08 * np.random.default_rng(3).standard_normal(mesh.points.shape)
    return points, mesh.elements


def by_dolfinx(points, elements, velocity, pressure):
    """By UFL forms: residual and Newton matrix of the velocities, the integrals of (1, x) div u by element, and the space's node table.

    ``pressure`` (n_elements, 1 + dim): in each element c0 + c . x.
    """
    import basix.ufl
    import ufl
    from dolfinx import fem

    from packtool.fem.start import compiled

    domain = dolfinx_mesh(points, elements)
    dimension, shape = points.shape[1], SHAPES[elements.shape[1]]
    V = fem.functionspace(domain, basix.ufl.element("Lagrange", shape, 2, shape=(dimension,)))
    each = fem.functionspace(domain, basix.ufl.element("DG", shape, 0, shape=(1 + dimension,)))
    one = fem.functionspace(domain, basix.ufl.element("DG", shape, 0))
    u, v, du = fem.Function(V), ufl.TestFunction(V), ufl.TrialFunction(V)
    nodes = np.asarray(V.dofmap.list).astype(np.int64)
    u.x.array[:] = velocity(nodes.max() + 1, dimension).ravel()
    linear, size = fem.Function(each), fem.Function(one)
    linear.x.array[:] = pressure(len(elements), dimension).ravel()
    dx = ufl.dx(domain=domain, metadata={"quadrature_degree": 5})
    size.x.array[:] = fem.assemble_vector(compiled(ufl.TestFunction(one) * dx)).array ** (1 / dimension)
    x = ufl.SpatialCoordinate(domain)
    p = linear[0] + sum(linear[1 + i] * x[i] for i in range(dimension))
    momentum = (
        NU * ufl.inner(ufl.grad(u), ufl.grad(v)) + ufl.inner(ufl.grad(u) * u, v) + (GRAD_DIV * size * ufl.div(u) - p) * ufl.div(v)
    ) * dx
    r = ufl.TestFunction(each)
    mass = (r[0] + sum(r[1 + i] * x[i] for i in range(dimension))) * ufl.div(u) * dx
    residual = fem.assemble_vector(compiled(momentum)).array.reshape(-1, dimension)
    integrals = fem.assemble_vector(compiled(mass)).array.reshape(-1, 1 + dimension)
    matrix = fem.assemble_matrix(compiled(ufl.derivative(momentum, u, du))).to_scipy().toarray()
    return nodes, residual, integrals, matrix


@pytest.mark.parametrize("dimension", [2, 3])
def test_residual_and_newton_matrix_are_those_of_the_forms(dimension):
    random = np.random.default_rng(5)
    kept = {}

    def velocity(n, d):
        kept["u"] = random.standard_normal((n, d))
        return kept["u"]

    def pressure(n, d):
        kept["p"] = random.standard_normal((n, 1 + d))
        return kept["p"]

    points, elements = distorted(dimension)
    nodes, momentum, integrals, whole = by_dolfinx(points, elements, velocity, pressure)
    n = nodes.max() + 1
    kernels = Kernels(points, elements[:, CYCLIC_TO_TENSOR[elements.shape[1]]], nodes, n)
    # c0 + c . x is (c0 + c . centre) + c . (x - centre), in the orthonormal functions of each element
    centred = kept["p"].copy()
    centred[:, 0] += (kept["p"][:, 1:] * kernels.centre).sum(axis=1)
    p = np.linalg.solve(np.swapaxes(kernels.to_linear, 1, 2), centred[..., None])[..., 0]
    mine, mass = kernels.residual(kept["u"], p, NU, 1.0)
    assert mine == pytest.approx(momentum, abs=1e-12)
    integrals[:, 1:] -= kernels.centre * integrals[:, :1]
    assert mass == pytest.approx(np.einsum("ecm,em->ec", kernels.to_linear, integrals), abs=1e-12)

    # some unknowns prescribed, so that rows and columns are left out
    free = np.ones(n * dimension, dtype=bool)
    free[random.choice(len(free), len(free) // 3, replace=False)] = False
    pattern = flow_pattern(nodes, n, dimension, free)

    def rows(penalty):
        diffusion, sums = kernels.steady_sums(pattern, penalty)
        for i in range(dimension):
            sums[i, i] += NU * diffusion
        kernels.add_convection(pattern, sums, kept["u"], 1.0, True)
        return csr_matrix((pattern.entries(sums), pattern.indices, pattern.indptr)).toarray()

    found = rows(0.0)
    assert found == pytest.approx(whole[np.ix_(free, free)], abs=1e-12)
    columns = [kernels.mass(unit.reshape(n, dimension)).ravel() for unit in np.eye(n * dimension)[free]]
    assert rows(1.0) - found == pytest.approx(np.array(columns) @ np.array(columns).T, abs=1e-12)
    pushed = kernels.push(p).ravel()[free]
    assert pushed == pytest.approx(np.array(columns) @ p.ravel(), abs=1e-12)


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
    place = np.stack([sides.of_corners(points[tensor, axis]) for axis in range(dimension)], axis=2)
    assert (place * sides.normal).sum() == pytest.approx(dimension * kernels.weight.sum(), rel=1e-12)
    assert sides.normal.sum(axis=(0, 1)) == pytest.approx(np.zeros(dimension), abs=1e-14)
