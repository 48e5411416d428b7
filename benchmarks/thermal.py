"""Where the time of a heat solve goes: seconds, memory, iterations and cost in matrix-vector products, as JSON and a small table.

python benchmarks/thermal.py [-o FILE] [--points 50000 300000 1000000] [--ranks 1 2] [--no-transient] [--meshes]

Every run is a process of its own on one thread a rank. A stage's seconds are of the CPU (user + system, largest rank) and of the
wall; on a busy machine compare the former, and ratios within one file. ``spmv`` is one product with the solved matrix, measured in
the same process after the solve; ``cost`` is preconditioner set-up and linear solves over it. ``kB a DOF`` is the process's peak less
what it held after its imports, per temperature.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DURATION = 1800.0  # s
TIME_LIMIT = 1800  # s a run
GOALS = {"cost_SpMV_at_most": 200, "kB_a_DOF_at_most": 1.5, "iterations": "the same from the smallest to the largest"}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Stopwatch:
    """CPU and wall seconds by stage."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall: dict[str, float] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Book the block under ``stage``."""
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            yield
        finally:
            self.cpu[stage] = self.cpu.get(stage, 0.0) + time.process_time() - cpu
            self.wall[stage] = self.wall.get(stage, 0.0) + time.perf_counter() - wall

    def around(self, owner: Any, name: str, stage: str, seen: Callable[..., None] = lambda *_: None) -> None:
        """Book every call of ``owner.name`` under ``stage``; ``seen`` gets its arguments."""
        inner = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            seen(*given)
            with self.of(stage):
                return inner(*given, **named)

        setattr(owner, name, timed)


def peak_MB() -> float:
    """Most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_run(kind: str, points: int, mode: str) -> dict[str, Any]:
    """Mesh and solve once, in this process (and those of the other ranks)."""
    from packtool.fem import solvers
    from packtool.fem.start import start
    from packtool.thermal import assembly, stepping
    from packtool.thermal import steady as steady_module
    from packtool.thermal.evaluate import region_values
    from packtool.thermal.steady import solve_steady
    from packtool.thermal.transient import solve_transient

    start()
    points_a_cell, mesh_of, problem_of = pack(kind)
    watch, matrices, set_ups = Stopwatch(), [], [0]

    def first_matrix(_self: Any, pattern: Any, data: Any, *_rest: Any) -> None:
        set_ups[0] += 1
        if not matrices:
            matrices.append((pattern, data))

    small = problem_of(mesh_of(2))
    solve_steady(small) if mode == "steady" else solve_transient(small, 300.0, [1.0])  # forms compiled, modules loaded
    base = peak_MB()

    cpu, wall = time.process_time(), time.perf_counter()
    with watch.of("mesh"):
        problem = problem_of(mesh_of(round(points / points_a_cell)))
    watch.around(assembly, "lagrange_space", "create")
    watch.around(assembly, "assembled", "assemble")
    watch.around(solvers.TwoLevel, "__init__", "set-up", first_matrix)
    for module in (steady_module, stepping):
        watch.around(module, "correct", "solve")
    if mode == "steady":
        solution = solve_steady(problem)
        iterations, steps, T = solution.linear_iterations, 1, solution.T
    else:
        march = solve_transient(problem, 300.0, [DURATION])
        iterations, steps, T, solution = march.linear_iterations, len(march.step_times) - 1, march.T[-1], march
    with watch.of("post"):
        warmest = float(region_values(problem.mesh, T).mean.max())
    total_cpu, total_wall, peak = time.process_time() - cpu, time.perf_counter() - wall, peak_MB()
    watch.cpu["other"] = total_cpu - sum(watch.cpu.values())
    watch.wall["other"] = total_wall - sum(watch.wall.values())
    spmv = product_seconds(*matrices[0])
    n = solution.n_dofs
    return {
        "kind": kind,
        "mode": mode,
        "elements": len(problem.mesh.hexes),
        "DOFs": n,
        "set-ups": set_ups[0],
        "iterations": iterations,
        "steps": steps,
        "cpu_s": {**watch.cpu, "total": total_cpu},
        "wall_s": {**watch.wall, "total": total_wall},
        "spmv_ms": 1e3 * spmv,
        "cost_SpMV": (watch.cpu["set-up"] + watch.cpu["solve"]) / spmv,
        "DOF_per_s": n * steps / total_wall,
        "peak_MB": peak,
        "imports_MB": base,
        "kB_a_DOF": (peak - base) * 1024 / n,
        "energy_imbalance": solution.balance.imbalance,
        "T_warmest_K": warmest,
    }


def pack(kind: str) -> tuple[int, Callable[[int], Any], Callable[[Any], Any]]:
    """Points a cell, cells -> mesh, mesh -> problem."""
    if kind == "cylindrical":
        import round_pack as module

        return module.POINTS_A_CELL, module.round_mesh, module.round_problem
    import layered_pack

    return layered_pack.POINTS_A_CELL, layered_pack.layered_mesh, layered_pack.layered_problem


def mesh_run(kind: str, cells: int) -> dict[str, Any]:
    """The mesh stage of a pack from its design: the meshes that a run solves on, checked; level coarse where cells are cylindrical."""
    import tempfile

    from packtool.design.load import load_design
    from packtool.layout.lay_out import lay_out
    from packtool.mesh.build import mesh_family

    if kind == "cylindrical":
        from round_pack import DESIGN

        rows = round(cells**0.5)
        text, sets = DESIGN.format(rows=rows, columns=round(cells / rows)), ()
    else:
        text = (ROOT / "templates" / "bus-lfp.yaml").read_text(encoding="utf-8")
        sets = ("arrangement.rows=4", f"arrangement.cells_per_row={cells // 4}", f"electrical.series={cells}")
    with tempfile.TemporaryDirectory() as folder:
        design = Path(folder) / "design.yaml"
        design.write_text(text, encoding="utf-8")
        layout = lay_out(load_design(design, sets))
    base, cpu, wall = peak_MB(), time.process_time(), time.perf_counter()
    family = mesh_family(layout, "coarse" if kind == "cylindrical" else "normal")
    return {
        "kind": kind,
        "cells": len(layout.parts_of("cell")),
        "elements": [len(meshed.mesh.hexes) for meshed in family],
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "peak_MB": peak_MB(),
        "before_MB": base,
    }


def product_seconds(pattern: Any, data: Any) -> float:
    """CPU seconds of one matrix-vector product of PETSc with the rows held here: the median of 15."""
    from packtool.fem.start import petsc

    PETSc = petsc()
    rows = pattern.own_rows(data)
    matrix = PETSc.Mat().createAIJWithArrays(rows.shape, (rows.indptr, rows.indices, rows.data), comm=PETSc.COMM_SELF)
    x, y = matrix.createVecs()
    x.set(1.0)
    spent = []
    for _ in range(15):
        began = time.process_time()
        matrix.mult(x, y)
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def run_apart(kind: str, size: int, mode: str, ranks: int) -> list[dict[str, Any]]:
    """``one_run``, or ``mesh_run`` where ``mode`` is mesh, in a process (``ranks`` processes) of its own; a row each."""
    command = [sys.executable, str(Path(__file__)), "--one", kind, str(size), mode]
    if ranks > 1:
        beside = Path(sys.executable).with_name("mpiexec")  # the wheel brings its own
        command = [str(beside) if beside.exists() else shutil.which("mpiexec") or "mpiexec", "-n", str(ranks), *command]
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=TIME_LIMIT, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or len(rows) != ranks:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return rows


def solve_apart(kind: str, points: int, mode: str, ranks: int) -> dict[str, Any]:
    """The row of a solve: the slowest rank's seconds, all ranks' memory."""
    rows = run_apart(kind, points, mode, ranks)
    row = rows[0] | {"ranks": ranks, "peak_MB": sum(r["peak_MB"] for r in rows)}
    row["kB_a_DOF"] = sum(r["kB_a_DOF"] for r in rows)
    row["cpu_s"] = {stage: max(r["cpu_s"][stage] for r in rows) for stage in row["cpu_s"]}
    return row


STAGES = ("mesh", "create", "assemble", "set-up", "solve", "other", "post", "total")


def table(rows: list[dict[str, Any]]) -> str:
    """The rows, in CPU seconds, for people."""
    head = f"{'':<22}{'DOFs':>9} {'ranks':>5} {'its':>5} {'steps':>5} " + " ".join(f"{stage:>8}" for stage in STAGES)
    lines = [head + f" {'wall':>7} {'SpMVs':>6} {'kB/DOF':>6} {'kDOF/s':>7}"]
    for row in rows:
        spent = " ".join(f"{row['cpu_s'][stage]:>8.2f}" for stage in STAGES)
        lines.append(
            f"{row['kind'] + ' ' + row['mode']:<22}{row['DOFs']:>9} {row['ranks']:>5} {row['iterations']:>5} {row['steps']:>5} {spent}"
            f" {row['wall_s']['total']:>7.2f} {row['cost_SpMV']:>6.0f} {row['kB_a_DOF']:>6.2f} {row['DOF_per_s'] / 1e3:>7.0f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and write."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("-o", "--out", type=Path, help="the JSON file; without it JSON goes to standard output")
    arguments.add_argument("--points", type=int, nargs="+", default=[50_000, 300_000, 1_000_000])
    arguments.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    arguments.add_argument("--no-transient", action="store_true")
    arguments.add_argument("--kinds", nargs="+", default=["prismatic", "cylindrical"], choices=["prismatic", "cylindrical"])
    arguments.add_argument("--meshes", action="store_true", help="instead: the mesh stage of growing packs")
    arguments.add_argument("--one", nargs=3, metavar=("KIND", "POINTS", "MODE"), help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.one:
        kind, size, mode = chosen.one
        row = mesh_run(kind, int(size)) if mode == "mesh" else one_run(kind, int(size), mode)
        sys.stdout.write(json.dumps(row) + "\n")
        return
    if chosen.meshes:
        write({"meshes": mesh_rows()}, chosen.out)
        return
    modes = ["steady"] if chosen.no_transient else ["steady", "transient"]
    rows = []
    for mode in modes:
        for points in chosen.points:
            for ranks in chosen.ranks:
                for kind in chosen.kinds:
                    rows.append(solve_apart(kind, points, mode, ranks))
                    sys.stderr.write("\n".join(table(rows[-1:]).splitlines()[len(rows) > 1 :]) + "\n")
    write({"goals": GOALS, "runs": rows}, chosen.out)


def mesh_rows() -> list[dict[str, Any]]:
    """The mesh stage of growing packs: its cost is to be linear in the number of cells."""
    rows = []
    for kind, counts in (("prismatic", (100, 200, 400)), ("cylindrical", (1089, 2209, 4356))):
        for cells in counts:
            row = run_apart(kind, cells, "mesh", 1)[0]
            rows.append(row)
            per_cell = 1e3 * row["cpu_s"] / row["cells"]
            sys.stderr.write(
                f"{kind:<12}{row['cells']:>6} cells {row['elements'][0]:>9,} elements {row['cpu_s']:>7.2f} s of CPU, {per_cell:.1f} ms a cell,"
                f" peak {row['peak_MB']:,.0f} MB\n"
            )
    return rows


def write(result: dict[str, Any], out: Path | None) -> None:
    """JSON to ``out``, or to standard output."""
    machine = {"cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version()}
    text = json.dumps({"machine": machine, **result}, indent=2) + "\n"
    if out:
        out.write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
