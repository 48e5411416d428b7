"""gmsh in a process of its own, under a time limit: it and its CAD kernel can crash, and packtool must not go down with them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.errors import MeshError, MissingPart

MEND = "pip install 'packtool[fem]'"
CHILD = Path(__file__).with_name("gmsh_child.py")
NOT_LOADED = 3
"""Exit code of the child where gmsh cannot be imported (a system library is missing)."""


def run_gmsh(task: str, given: Mapping[str, NDArray[Any]], target: Path, time_limit_s: float, name: str) -> None:
    """Run ``task`` of gmsh_child.py on ``given`` arrays; it writes ``target``, which messages call ``name``.

    Raises MeshError, with gmsh's own last words, if it fails, crashes or is not done in ``time_limit_s``; MissingPart if gmsh is
    not installed or does not load.
    """
    if importlib.util.find_spec("gmsh") is None:
        raise MissingPart("gmsh is not installed", MEND)
    with tempfile.TemporaryDirectory(prefix="packtool-gmsh-") as folder:
        source = Path(folder) / "given.npz"
        with source.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **given)
        # -P: the child's folder must not shadow other packages with the names of its files
        command = [sys.executable, "-P", str(CHILD), task, str(source), str(target)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=time_limit_s, check=False)
        except subprocess.TimeoutExpired as error:
            raise MeshError(f"gmsh was not done with {name} in {time_limit_s:g} s") from error
    words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
    if done.returncode == NOT_LOADED:
        raise MissingPart(
            f"gmsh is installed but does not load: {words}", "apt-get install libglu1-mesa libxcursor1 libxft2 libxinerama1"
        )
    if done.returncode != 0:
        ended = f"was stopped by signal {-done.returncode}" if done.returncode < 0 else "failed"
        raise MeshError(f"gmsh {ended} on {name}: {words or 'it gave no reason'}")
