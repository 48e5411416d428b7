"""Manufactured solutions: the conduction form's order of convergence, at any degree and with a full conductivity tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from packtool.fem.space import lagrange_space
from packtool.fem.sparse import stiffness_form
from packtool.fem.start import compiled, compiling, start
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.records import Floats


@dataclass(frozen=True)
class ManufacturedRun:
    """Norms of the difference from the exact field, ``L2`` [K m^1.5] and of the gradient ``H1`` [K m^0.5]; and at the point asked
    for, the found temperature ``T`` [K] and the ``source`` -div(K grad T) [W/m³] that the load was made from."""

    L2: float
    H1: float
    T: float
    source: float


def manufactured_run(
    divisions: int, degree: int, K: Floats, exact: Callable[[Any, Any], Any], at: Sequence[float], cache_dir: Path | None = None
) -> ManufacturedRun:
    """Solve -div(K grad T) = -div(K grad exact) on the unit cube with ``exact`` prescribed on its surface.

    The bilinear form is that of every heat solve; ``degree`` of the elements, ``divisions`` of them along an edge. ``K`` (3, 3)
    [W/m/K]; ``exact(x, m)`` the field at coordinates x, with the functions of module m (numpy or ufl); ``at`` the point to
    evaluate at, inside the cube.
    """
    start()
    import ufl
    from dolfinx import fem
    from scipy.sparse import csr_matrix
    from scipy.sparse.linalg import splu

    lines = tuple([divisions] * 3)
    mesh = mesh_boxes([Box("cube", "solid", "made up", 0, 0, 0, 1, 1, 1)], divisions=lines)  # type: ignore[arg-type]
    space = lagrange_space(mesh, degree)
    domain, V = space.domain, space.V
    tensor = ufl.as_matrix(K.tolist())
    T = exact(ufl.SpatialCoordinate(domain), ufl)
    source = -ufl.div(tensor * ufl.grad(T))
    fine = ufl.dx(metadata={"quadrature_degree": 2 * degree + 4})
    stiffness = compiled(stiffness_form(space, tensor), cache_dir)
    load = compiled(source * ufl.TestFunction(V) * fine, cache_dir)

    found = fem.Function(V)
    found.interpolate(lambda x: exact(x, np))
    x = V.tabulate_dof_coordinates()
    fixed = (np.minimum(x, 1 - x) < 1e-9).any(axis=1)
    free = np.flatnonzero(~fixed)
    entries = fem.assemble_matrix(stiffness)
    entries.scatter_reverse()
    A = csr_matrix((entries.data, entries.indices, entries.indptr), shape=(len(x), len(x)))
    right = fem.assemble_vector(load).array - A @ np.where(fixed, found.x.array, 0.0)
    symmetric = {"SymmetricMode": True}
    found.x.array[free] = splu(A[free][:, free].tocsc(), "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=symmetric).solve(
        right[free]
    )

    off = found - T
    squares = (ufl.inner(off, off) * fine, ufl.inner(ufl.grad(off), ufl.grad(off)) * fine)
    L2, H1 = (float(np.sqrt(fem.assemble_scalar(compiled(form, cache_dir)))) for form in squares)
    place = np.minimum((np.asarray(at) * divisions).astype(int), divisions - 1)
    low = place / divisions
    element = np.flatnonzero(np.abs(mesh.points[mesh.hexes].min(axis=1) - low).max(axis=1) < 1e-9).astype(np.int32)
    local = (np.asarray(at) - low)[None] * divisions
    with compiling(cache_dir) as options:
        values = [fem.Expression(field, local, jit_options=options).eval(domain, element) for field in (found, source)]
    return ManufacturedRun(L2, H1, *(float(np.ravel(value)[0]) for value in values))
