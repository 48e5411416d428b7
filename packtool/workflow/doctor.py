"""What this machine has of what packtool needs, and the one line that mends what is missing."""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import importlib.util
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packtool.fem.start import MEND_COMPILER, compiler

_EXTRAS = {
    "cadquery": "cad", "OCP": "cad",
    "dolfinx": "fem", "dolfinx_solver": "fem", "petsc4py": "fem", "mpi4py": "fem", "ufl": "fem", "basix": "fem", "ffcx": "fem",
    "gmsh": "fem", "meshio": "fem", "scipy": "fem", "fluids": "fem", "ht": "fem", "numpy": "fem",
    "vtk": "report", "vtkmodules": "report", "matplotlib": "report", "jinja2": "report",
}  # fmt: skip
"""Module -> the extra of packtool that installs it."""

_SYSTEM = (
    ("GL", "libgl1", "CAD kernel and pictures"),
    ("GLU", "libglu1-mesa", "gmsh"),
    ("EGL", "libegl1", "pictures without a screen"),
    ("Xrender", "libxrender1", "CAD kernel and pictures"),
    ("Xcursor", "libxcursor1", "gmsh"),
    ("Xft", "libxft2", "gmsh"),
    ("Xinerama", "libxinerama1", "gmsh"),
    ("gomp", "libgomp1", "gmsh"),
)
"""Shared library, Debian's package, what needs it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing looked at. ``needed``: some stage cannot run without it; ``mend``: the line that installs it, empty if all is well."""

    what: str
    ok: bool
    found: str
    needed: bool = True
    mend: str = ""

    def line(self) -> str:
        """One line for the terminal."""
        mark = "ok     " if self.ok else ("MISSING" if self.needed else "absent ")
        return f"{mark} {self.what:<22} {self.found}" + (f"\n        mend: {self.mend}" if not self.ok and self.mend else "")

    def as_dict(self) -> dict[str, Any]:
        """The row of ``packtool doctor --json``."""
        return asdict(self)


def mend_for(module: str) -> str:
    """The line that installs ``module``."""
    extra = _EXTRAS.get(module.partition(".")[0])
    return f"pip install 'packtool[{extra}]'" if extra else "pip install --upgrade packtool"


def _modules() -> list[Examined]:
    rows = []
    for module, package, extra in (
        ("cadquery", "cadquery", "cad"),
        ("gmsh", "gmsh", "fem"),
        ("meshio", "meshio", "fem"),
        ("dolfinx", "fenics-dolfinx", "fem"),
        ("scipy", "scipy", "fem"),
        ("fluids", "fluids", "fem"),
        ("ht", "ht", "fem"),
        ("vtk", "vtk", "report"),
        ("matplotlib", "matplotlib", "report"),
        ("jinja2", "jinja2", "report"),
    ):
        found = importlib.util.find_spec(module) is not None
        if module == "dolfinx" and not found:
            found = importlib.util.find_spec("dolfinx_solver") is not None  # the wheel shows dolfinx only once it is imported
            package = "dolfinx-solver-real"
        version = "not installed"
        if found:
            try:
                version = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                version = "installed"
        mend = f"pip install 'packtool[{extra}]'"
        if module == "dolfinx" and not (sys.platform == "linux" and os.uname().machine == "x86_64"):
            mend = "conda env create -f environment.yml (no wheel of dolfinx for this platform)"
        rows.append(Examined(module, found, version, True, "" if found else mend))
    return rows


def examine(cache_dir: Path) -> tuple[Examined, ...]:
    """Everything that a stage may need; nothing heavy is imported."""
    version = ".".join(map(str, sys.version_info[:3]))
    rows = [Examined("Python", (3, 12) <= sys.version_info[:2] <= (3, 14), version, True, "install Python 3.12, 3.13 or 3.14")]
    rows += _modules()
    cc = compiler()
    rows.append(Examined("C compiler", cc is not None, cc or "none on PATH", True, "" if cc else MEND_COMPILER))
    if sys.platform == "linux":
        for library, package, use in _SYSTEM:
            path = ctypes.util.find_library(library)
            rows.append(Examined(f"lib{library}", path is not None, path or f"needed by {use}", True, f"apt-get install {package}"))
    writable = _writable(cache_dir)
    rows.append(
        Examined(
            "cache of forms",
            writable,
            str(cache_dir),
            True,
            "" if writable else "PACKTOOL_CACHE=/a/folder/you/can/write packtool ...",
        )
    )
    return tuple(rows)


def _writable(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)
