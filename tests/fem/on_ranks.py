"""Run by test_ranks.py, also under mpiexec: solves three problems and leaves what each rank found in a folder."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from packtool.errors import PacktoolError, SolveError
from packtool.fem.share import shared_out, together
from packtool.fem.start import use_cache
from packtool.mesh.boxes import Box, mesh_boxes
from packtool.mesh.records import TaggedMesh
from packtool.thermal import conduction
from packtool.thermal import solve_steady as solve_general
from packtool.thermal.general.capacity import PhaseChange
from packtool.thermal.general.values import Table
from packtool.thermal.material_law import MaterialLaw
from packtool.thermal.records import ConductionProblem, Convection, Heat
from packtool.thermal.steady import solve_steady
from packtool.thermal.transient import solve_transient


def two_blocks(divisions: int) -> TaggedMesh:
    """Two unit cubes with a contact between them."""
    return mesh_boxes(
        [Box("a", "cell", "x", 0, 0, 0, 1, 1, 1), Box("b", "cell", "x", 1, 0, 0, 2, 1, 1)],
        divisions=(divisions, divisions, divisions),
        contacts=[("a", "b")],
        boundaries={"xmin": "left", "xmax": "right", "zmax": "top"},
    )


def main(folder: Path, cache: Path) -> None:
    """Solve and save."""
    use_cache(cache)
    from mpi4py import MPI

    mesh = two_blocks(8)
    right, top = Convection(10.0, 320.0, emissivity=0.8), Convection(3.0, 310.0)
    problem = ConductionProblem(
        mesh,
        np.stack([np.diag([1.0, 5.0, 20.0]), 2.0 * np.eye(3)]),
        # heat that falls with temperature: the operator is unsymmetric in its blocks, solved by GMRES on whole vectors
        Heat(lambda T_mean: (100.0 - 0.5 * (T_mean - 300.0), np.full(2, -0.5))),
        {"right": right, "top": top},
        temperature={"left": 300.0},
        contact={"a|b": 5.0},
        rho_cp=np.array([2e4, 1e4]),
    )
    steady = solve_steady(problem)
    transient = solve_transient(problem, 305.0, [50.0, 100.0])
    laws = {
        0: MaterialLaw("slab", (Table("T", (290.0, 340.0), (1.0, 2.0)), 5.0, 20.0)),
        1: MaterialLaw("wax", Table("T", (290.0, 340.0), (3.0, 1.0)), PhaseChange(1e4, 2e4, 1e5, 304.0, 306.0)),
    }
    by_law = replace(problem, laws=laws)
    general = solve_general(
        conduction(
            mesh,
            {"a": (1.0, 5.0, 20.0), "b": 2.0},
            {"a": 100.0},
            convection={"right": right, "top": top},
            temperature={"left": 300.0},
            contact={"a|b": 5.0},
        )
    )
    share = shared_out(mesh, np.asarray(problem.conductivity))
    told = ""
    try:
        with together(share):
            if MPI.COMM_WORLD.rank == MPI.COMM_WORLD.size - 1:
                raise SolveError("the last rank fails")
    except PacktoolError as error:
        told = str(error)
    owned = np.arange(len(mesh.points)) if share is None else share.owned
    np.savez(
        folder / f"{MPI.COMM_WORLD.size}-{MPI.COMM_WORLD.rank}.npz",
        steady=steady.T,
        transient=transient.T,
        general=general.T,
        by_law=solve_steady(by_law).T,
        melting=solve_transient(by_law, 303.0, [50.0, 100.0], tolerance_K=0.02).T,
        imbalance=[steady.balance.imbalance, transient.balance.imbalance],
        owned=owned,
        told=told,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
