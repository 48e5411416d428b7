"""NGSolve with its point Jacobi preconditioner, the quickest of its own here (CPU seconds of 304k unknowns, assembly and solve): local
6.3; h1amg 20.5. bddc and multigrid factorise at first order: 8.8 and 7.0 for 50k unknowns, and 12 to 22 kB each."""

from __future__ import annotations

from typing import Any

import netgen.meshing as netgen
import ngsolve as ng
import numpy as np
import timed

PRECONDITIONER = "local"


def solve(given: dict[str, Any], rtol: float) -> tuple[np.ndarray, int]:
    with timed.of("mesh"):
        raw = netgen.Mesh()
        raw.dim = 3
        raw.AddPoints(np.ascontiguousarray(given["points"]))
        order = np.argsort(given["region"], kind="stable")
        starts = np.searchsorted(given["region"][order], np.arange(len(given["k"]) + 1))
        for number in range(len(given["k"])):
            chosen = order[starts[number] : starts[number + 1]]
            raw.AddElements(dim=3, index=number + 1, data=np.ascontiguousarray(given["hexes"][chosen], dtype=np.int32), base=0)
            raw.SetMaterial(number + 1, f"region{number}")
        for number, name in enumerate(("cooled", "air"), 1):
            raw.Add(netgen.FaceDescriptor(surfnr=number, domin=1, bc=number))
            raw.SetBCName(number - 1, name)
            raw.AddElements(dim=2, index=number, data=np.ascontiguousarray(given[name], dtype=np.int32), base=0)
        mesh = ng.Mesh(raw)
        space = ng.H1(mesh, order=1)
    with timed.of("assemble"):
        u, v = space.TnT()
        k = [ng.CF((float(x), 0, 0, 0, float(y), 0, 0, 0, float(z)), dims=(3, 3)) for x, y, z in given["k"]]
        a, f = ng.BilinearForm(space, symmetric=True), ng.LinearForm(space)
        a += ng.CF(k) * ng.grad(u) * ng.grad(v) * ng.dx
        f += ng.CF(given["q"].tolist()) * v * ng.dx
        for name in ("cooled", "air"):
            h, T = given[f"{name} film"].tolist()
            a += h * u * v * ng.ds(name)
            f += h * T * v * ng.ds(name)
        preconditioner = ng.Preconditioner(a, PRECONDITIONER)
        a.Assemble()
        f.Assemble()
    with timed.of("solve"):
        field = ng.GridFunction(space)
        cg = ng.CGSolver(a.mat, preconditioner.mat, tol=rtol, maxiter=2000)
        field.vec.data = cg * f.vec
    return np.array(field.vec.FV().NumPy()), cg.GetSteps()


timed.main(f"NGSolve ({PRECONDITIONER})", solve)
