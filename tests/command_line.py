"""The program as a process of its own, for the tests that meet it as a user does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUS = ROOT / "templates" / "bus-lfp.yaml"
PROGRAM = [sys.executable, "-m", "packtool"]
SMALL = (
    "electrical.series=2", "arrangement.rows=1", "arrangement.cells_per_row=2", "cold_plate.channels=2", "mesh.level=coarse",
)  # fmt: skip


def packtool(*arguments, cwd, environment=None):
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)], capture_output=True, cwd=cwd, timeout=300, env=os.environ | (environment or {})
    )
    done.stdout, done.stderr = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in done.stderr
    return done


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def processes_that_name(text):
    """Command lines, by process id, of other living processes with ``text`` in them (Linux)."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:  # gone meanwhile
            continue
        if text in line and int(path.parent.name) != os.getpid():
            found[int(path.parent.name)] = line
    return found
