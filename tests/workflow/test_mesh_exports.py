"""`packtool mesh --format F`: the files are made beside pack.msh, kept up to date, and unknown formats are refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from packtool.mesh.formats import FORMATS

pytestmark = pytest.mark.slow  # programs of their own

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = ("electrical.series=4", "arrangement.rows=1", "arrangement.cells_per_row=4", "cold_plate.channels=2", "mesh.level=coarse")


def mesh(out, *more, sets=SMALL):
    changes = [word for change in sets for word in ("--set", change)]
    command = [sys.executable, "-m", "packtool", "mesh", str(BUS), "-o", str(out), *more, *changes]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


def test_formats_stay_and_are_made_anew_with_the_mesh(tmp_path):
    out = tmp_path / "out"
    first = mesh(out, "--format", "inp", "--format", "openfoam")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1] == "files: mesh.json, pack.msh, pack.inp, openfoam/constant/polyMesh/"
    files = ["pack.msh", *FORMATS["inp"].writes, *FORMATS["openfoam"].writes]
    before = {name: (out / name).read_bytes() for name in files}
    wider = [*SMALL, "arrangement.cell_gap_mm=2"]
    assert mesh(out, sets=wider).returncode == 0
    assert all((out / name).read_bytes() != before[name] for name in ("pack.msh", "pack.inp", "openfoam/constant/polyMesh/points"))
    planned = mesh(out, "--dry-run", "--format", "bdf", sets=wider).stdout
    assert planned.splitlines()[-1] == "export-mesh  runs: the list of formats changed"


def test_an_unknown_format_is_refused_with_the_nearest(tmp_path):
    done = mesh(tmp_path / "out", "--format", "openfom")
    assert done.returncode == 2
    assert "did you mean openfoam?" in done.stderr
    assert all(name in done.stderr for name in FORMATS)
    assert not (tmp_path / "out").exists()
