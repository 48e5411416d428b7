"""The cache of compiled forms with several programs, killed ones among them, and on a machine without a C compiler."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.fem, pytest.mark.slow]  # programs of their own

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
COMPILE = """
import sys
from pathlib import Path
from packtool.fem.space import lagrange_space
from packtool.fem.sparse import mass_form
from packtool.fem.start import compiled
from packtool.mesh.boxes import Box, mesh_boxes
mesh = mesh_boxes([Box("a", "cell", "x", 0, 0, 0, 1, 1, 1)], divisions=(1, 1, 1))
print("begins", flush=True)
compiled(mass_form(lagrange_space(mesh), 2.0), Path(sys.argv[1]))
print("done", flush=True)
"""


def compiling(folder):
    return subprocess.Popen([sys.executable, "-c", COMPILE, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_programs_at_once_compile_a_form_once_and_both_have_it(tmp_path):
    both = [compiling(tmp_path) for _ in range(2)]
    for program in both:
        out, errors = program.communicate(timeout=240)
        assert (program.returncode, out.split()) == (0, ["begins", "done"]), errors
    assert len(list(tmp_path.glob("libffcx_*.so"))) == 1


def test_after_a_kill_in_the_middle_of_a_compile_the_next_program_has_the_form(tmp_path):
    program = compiling(tmp_path)
    limit = time.monotonic() + 120
    while not list(tmp_path.glob("libffcx_*.c")) and time.monotonic() < limit and program.poll() is None:
        time.sleep(0.002)
    program.send_signal(signal.SIGKILL)
    program.communicate()
    assert program.returncode == -signal.SIGKILL  # it was not done yet
    out, errors = compiling(tmp_path).communicate(timeout=240)
    assert out.split() == ["begins", "done"], errors
    (source,) = tmp_path.glob("libffcx_*.c")
    assert source.with_suffix(".c.cached").exists()


def test_without_a_compiler_solve_exits_3_with_the_line_that_mends_it(tmp_path):
    (tmp_path / "bin").mkdir()
    environment = os.environ | {"PATH": str(tmp_path / "bin"), "PACKTOOL_CACHE": str(tmp_path / "cache")}
    environment.pop("CC", None)
    small = (
        "electrical.series=2",
        "arrangement.rows=1",
        "arrangement.cells_per_row=2",
        "cold_plate.channels=2",
        "mesh.level=coarse",
    )
    command = [sys.executable, "-m", "packtool", "solve", str(BUS), "-o", str(tmp_path / "out")]
    command += [word for change in small for word in ("--set", change)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment, check=False)
    assert done.returncode == 3, done.stderr
    assert "mend it with: apt-get install gcc libc6-dev" in done.stderr
    assert "Traceback" not in done.stderr
