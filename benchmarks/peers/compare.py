"""packtool against scikit-fem + pyamg, NGSolve and MFEM: the same mesh, problem and residual, in one run on one machine.

python benchmarks/peers/compare.py --peers-python ENV/bin/python [-o FILE] [--points 300000]

ENV: an environment with requirements.txt of this folder. The mesh is written once; each program is a process of its own on one
thread, timed from the arrays in memory to the temperatures. Afterwards all temperatures are held against packtool's, and every
residual is measured with the one matrix: |b - A T| / |b|, 2-norms, for the heat that leaves at 0 K. A program that stops short of RTOL
runs again with a smaller tolerance of its own; packtool's own criterion (the balance of heat at every point) goes far below it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from layered_pack import COOLED, POINTS_A_CELL, layered_mesh, layered_problem  # noqa: E402

PEERS = ("with_scikit_fem.py", "with_ngsolve.py", "with_mfem.py")
RTOL = 1e-8
TRIES = 4
GOAL = 2.0
SAME_K = 1e-4
"""Temperatures may differ by this much [K]: residuals of 1e-8 times the condition number of some 1e5."""


def write_problem(path: Path, points: int) -> Any:
    """The arrays that every program gets; and packtool's problem."""
    mesh = layered_mesh(round(points / POINTS_A_CELL))
    problem = layered_problem(mesh)
    still = np.full(len(mesh.regions), 300.0)
    power = problem.heat.power(still)[0]
    from packtool.mesh.measures import region_volumes

    np.savez(
        path,
        points=mesh.points,
        hexes=mesh.hexes,
        region=mesh.region,
        k=np.einsum("rii->ri", problem.conductivity),
        power=power,
        q=power / region_volumes(mesh),
        cooled=mesh.boundaries["coolant"],
        air=mesh.boundaries["air"],
        **{f"{name} film": np.array([COOLED[of].h, COOLED[of].T_ambient]) for name, of in (("cooled", "coolant"), ("air", "air"))},
    )
    return problem


def residual_of(problem: Any) -> Any:
    """T -> |b - A T| / |b|."""
    from packtool.thermal.assembly import discretise
    from packtool.thermal.flows import heat_flows

    discrete = discretise(problem)
    start = np.linalg.norm(heat_flows(discrete, np.zeros(discrete.n_dofs)).residual)
    return lambda T: float(np.linalg.norm(heat_flows(discrete, T).residual) / start)


def run(python: str, script: str, given: Path, residual: Any) -> tuple[dict[str, Any], np.ndarray]:
    """One program, to RTOL."""
    environment = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")}
    asked = RTOL
    answer = given.with_name("T.npy")
    for _ in range(TRIES):
        command = [python, str(HERE / script), str(given), str(answer), repr(asked)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=3600, check=False)
        rows = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode or not rows:
            raise SystemExit(f"{script} failed:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
        T = np.load(answer)
        row = json.loads(rows[-1]) | {"asked": asked, "residual": residual(T)}
        if row["residual"] <= RTOL:
            return row, T
        asked = asked * RTOL / row["residual"] / 2
    raise SystemExit(f"{script} does not reach a residual of {RTOL:g}: {row['residual']:.1e}")


def main() -> None:
    """Measure, compare, write."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--peers-python", required=True)
    arguments.add_argument("-o", "--out", type=Path)
    arguments.add_argument("--points", type=int, default=300_000)
    arguments.add_argument("--only", nargs="*", default=PEERS)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.npz"
        residual = residual_of(write_problem(given, chosen.points))
        own, T = run(sys.executable, "with_packtool.py", given, residual)
        rows = [own]
        for script in chosen.only:
            row, other = run(chosen.peers_python, script, given, residual)
            row["off_K"] = float(np.abs(other - T).max())
            if row["off_K"] > SAME_K:
                raise SystemExit(f"{row['name']}: temperatures differ by {row['off_K']:.2e} K")
            rows.append(row)
    best = min(row["cpu_s"]["total"] for row in rows[1:])
    ratio = best / own["cpu_s"]["total"]
    result = {
        "machine": {"cores": os.cpu_count(), "processor": platform.machine(), "python": platform.python_version()},
        "DOFs": len(T),
        "residual": RTOL,
        "programs": rows,
        "best_peer_over_packtool": ratio,
        "goal": GOAL,
    }
    text = json.dumps(result, indent=2)
    if chosen.out:
        chosen.out.write_text(text + "\n")
    print(text if not chosen.out else table(result))


def table(result: dict[str, Any]) -> str:
    """CPU seconds, for people."""
    lines = [f"{result['DOFs']} temperatures, residual {result['residual']:g}; CPU seconds"]
    for row in result["programs"]:
        spent = "  ".join(f"{stage} {seconds:.2f}" for stage, seconds in row["cpu_s"].items())
        off = f"  off {row['off_K']:.1e} K" if "off_K" in row else ""
        lines.append(
            f"{row['name']:<26} its {row['iterations']:>4}  {spent}  {row['peak_MB']:.0f} MB  residual {row['residual']:.1e}{off}"
        )
    return "\n".join([*lines, f"best peer / packtool: {result['best_peer_over_packtool']:.1f} (goal {result['goal']:g})"])


if __name__ == "__main__":
    main()
