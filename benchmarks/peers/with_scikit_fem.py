"""scikit-fem's assembly, pyamg's smoothed aggregation as the preconditioner of conjugate gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyamg
import skfem
import timed
from skfem.helpers import grad

CORNERS = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)])
REFERENCE = skfem.MeshHex1.elem.refdom.p.T.astype(int)
ORDER = [int(np.flatnonzero((corner == CORNERS).all(axis=1))[0]) for corner in REFERENCE]


def solve(given: dict[str, Any], rtol: float) -> tuple[np.ndarray, int]:
    with timed.of("mesh"):
        mesh = skfem.MeshHex1(given["points"].T.copy(), given["hexes"][:, ORDER].T.copy())
        basis = skfem.Basis(mesh, skfem.ElementHex1(), intorder=2)
        key, surfaces = lambda nodes: nodes.min(axis=0).astype(np.int64) * len(given["points"]) + nodes.max(axis=0), {}
        outer = mesh.boundary_facets()
        outer = outer[np.argsort(key(mesh.facets[:, outer]))]
        for name in ("cooled", "air"):
            there = outer[np.searchsorted(key(mesh.facets[:, outer]), key(given[name].T))]
            surfaces[name] = skfem.FacetBasis(mesh, skfem.ElementHex1(), facets=there, intorder=2)
    with timed.of("assemble"):
        k, q = given["k"][given["region"]], given["q"][given["region"]]

        @skfem.BilinearForm
        def conducted(u, v, w):
            return sum(w[f"k{i}"] * grad(u)[i] * grad(v)[i] for i in range(3))

        @skfem.LinearForm
        def heated(v, w):
            return w["q"] * v

        @skfem.BilinearForm
        def film(u, v, w):
            return w["h"] * u * v

        @skfem.LinearForm
        def ambient(v, w):
            return w["h"] * w["T"] * v

        by_element = {f"k{i}": np.repeat(k[:, i : i + 1], basis.X.shape[1], axis=1) for i in range(3)}
        A = conducted.assemble(basis, **by_element)
        b = heated.assemble(basis, q=np.repeat(q[:, None], basis.X.shape[1], axis=1))
        for name, surface in surfaces.items():
            h, T = given[f"{name} film"]
            A = A + film.assemble(surface, h=h)
            b = b + ambient.assemble(surface, h=h, T=T)
    with timed.of("set-up"):
        hierarchy = pyamg.smoothed_aggregation_solver(A.tocsr(), max_coarse=500)
    with timed.of("solve"):
        residuals: list[float] = []
        T = hierarchy.solve(b, tol=rtol, accel="cg", residuals=residuals, maxiter=500)
    return T, len(residuals) - 1


timed.main("scikit-fem + pyamg", solve)
