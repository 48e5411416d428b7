"""MFEM (serial, as its package on the index is): conjugate gradients with its Gauss-Seidel smoother."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import mfem.ser as mfem
import numpy as np
import timed


def write_mesh(path: Path, given: dict[str, Any]) -> None:
    """MFEM's own text format: its constructor from arrays is not reachable from Python."""
    with path.open("w") as out:
        hexes = np.column_stack([given["region"] + 1, np.full(len(given["hexes"]), 5), given["hexes"]])
        out.write(f"MFEM mesh v1.0\n\ndimension\n3\n\nelements\n{len(hexes)}\n")
        np.savetxt(out, hexes, fmt="%d")
        surfaces = [np.column_stack([np.full((len(given[n]), 2), (i, 3)), given[n]]) for i, n in enumerate(("cooled", "air"), 1)]
        out.write(f"\nboundary\n{sum(map(len, surfaces))}\n")
        for rows in surfaces:
            np.savetxt(out, rows, fmt="%d")
        out.write(f"\nvertices\n{len(given['points'])}\n3\n")
        np.savetxt(out, given["points"], fmt="%.17g")


def solve(given: dict[str, Any], rtol: float) -> tuple[np.ndarray, int]:
    with tempfile.TemporaryDirectory() as folder:
        write_mesh(Path(folder) / "given.mesh", given)  # not timed
        with timed.of("mesh"):
            mesh = mfem.Mesh(str(Path(folder) / "given.mesh"), 1, 0)
    with timed.of("assemble"):
        space = mfem.FiniteElementSpace(mesh, mfem.H1_FECollection(1, 3))

        class Conductivity(mfem.MatrixPyCoefficient):
            pass

        parts = [mfem.PWConstCoefficient(mfem.Vector(np.ascontiguousarray(given["k"][:, i]))) for i in range(3)]
        k = mfem.MatrixArrayCoefficient(3)
        for i, part in enumerate(parts):
            k.Set(i, i, part, False)
        a, f = mfem.BilinearForm(space), mfem.LinearForm(space)
        heat = mfem.PWConstCoefficient(mfem.Vector(np.ascontiguousarray(given["q"])))
        films = np.array([given["cooled film"], given["air film"]])
        h, hT = (mfem.PWConstCoefficient(mfem.Vector(np.ascontiguousarray(c))) for c in (films[:, 0], films.prod(axis=1)))
        kept = [
            mfem.DiffusionIntegrator(k),
            mfem.BoundaryMassIntegrator(h),
            mfem.DomainLFIntegrator(heat),
            mfem.BoundaryLFIntegrator(hT),
        ]
        a.AddDomainIntegrator(kept[0])
        a.AddBoundaryIntegrator(kept[1])
        f.AddDomainIntegrator(kept[2])
        f.AddBoundaryIntegrator(kept[3])
        a.Assemble()
        a.Finalize()
        f.Assemble()
    A = a.SpMat()
    x = mfem.GridFunction(space)
    x.Assign(0.0)
    with timed.of("set-up"):
        smoother = mfem.GSSmoother(A)
    with timed.of("solve"):
        cg = mfem.CGSolver()
        cg.SetRelTol(rtol)
        cg.SetAbsTol(0.0)
        cg.SetMaxIter(5000)
        cg.SetOperator(A)
        cg.SetPreconditioner(smoother)
        cg.Mult(f, x)
    return np.array(x.GetDataArray()), cg.GetNumIterations()


timed.main("MFEM (PCG, Gauss-Seidel)", solve)
