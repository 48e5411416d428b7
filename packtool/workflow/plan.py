"""Which stages there are, what each is made from, and whether it has to run."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import packtool
from packtool.artifacts import content_hash, source_hash
from packtool.cad.options import CadOptions
from packtool.design.loaded import LoadedDesign
from packtool.layout.records import Layout
from packtool.mesh.formats import ALWAYS
from packtool.workflow.cache import reasons_to_run

STAGES: Mapping[str, tuple[str, ...]] = {
    "cad": (),
    "cad-part": (),
    "mesh": (),
    "solve": ("mesh",),
    "export-mesh": ("mesh",),
    "report": ("cad", "mesh", "solve"),
}
"""Every stage with those it needs, in an order in which they can run. ``cad-part`` exports a part or some roles beside the pack."""

_CODE: Mapping[str, tuple[str, ...]] = {
    "cad-part": ("cad", "layout", "catalogue/records.py", "workflow/stages.py"),
    "cad": ("cad", "layout", "catalogue/records.py", "workflow/stages.py"),
    "mesh": ("mesh", "layout", "cad/imported.py", "cad/step_child.py", "workflow/stages.py"),
    "export-mesh": ("mesh", "workflow/stages.py"),
    "solve": ("thermal", "coldplate", "fem", "mesh", "layout", "catalogue", "design", "workflow/stages.py"),
    "report": (
        "report",
        "cad",
        "rules",
        "layout",
        "catalogue",
        "workflow/stages.py",
        "workflow/reporting.py",
        "workflow/left_out.py",
    ),
}
_LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "cad": ("cadquery", "cadquery-ocp"),
    "cad-part": ("cadquery", "cadquery-ocp"),
    "mesh": ("numpy", "gmsh", "cadquery-ocp"),
    "export-mesh": ("gmsh",),
    "solve": ("dolfinx-solver-real", "fenics-dolfinx", "numpy", "scipy", "fluids", "ht", "meshio"),
    "report": ("vtk", "matplotlib", "jinja2", "cadquery-ocp"),
}
_SOLVED_SECTIONS = (
    "cell", "electrical", "arrangement", "interface", "cold_plate", "busbars", "enclosure", "ambient", "cases", "overrides", "vehicle", "sensors", "heaters", "parts", "materials",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a run: its inputs' hashes, and why it has to run (empty: its files are up to date)."""

    stage: str
    inputs: Mapping[str, str]
    reasons: tuple[str, ...]


def library_versions(stage: str | None = None) -> dict[str, str]:
    """Versions of Python, packtool and the installed libraries (of one stage, or of all)."""
    names = sorted({name for s, libraries in _LIBRARIES.items() if stage in (None, s) for name in libraries})
    versions = {"python": ".".join(map(str, sys.version_info[:3])), "packtool": packtool.__version__}
    return versions | {name: version for name in names if (version := _installed(name)) is not None}


@cache
def _installed(name: str) -> str | None:
    """Version of an installed distribution; None where there is none."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


@cache
def _code_hash(stage: str) -> str:
    root = Path(packtool.__file__).parent
    parts = [root / name for name in _CODE[stage]]
    return content_hash([source_hash(p) if p.is_dir() else content_hash(p.read_bytes()) for p in parts])


def stage_inputs(
    loaded: LoadedDesign,
    layout: Layout,
    cases: Sequence[str],
    design_text: str,
    cad: CadOptions,
    formats: Sequence[str] = ALWAYS,
) -> dict[str, dict[str, str]]:
    """What each stage is made from: a name in the user's words -> hash. ``formats``: the mesh is exported in."""
    geometry = content_hash(repr(layout))
    meshed = content_hash(repr(replace(layout, imported=tuple(one for one in layout.imported if one.meshed))))
    materials = content_hash(repr(sorted(loaded.materials.items())))
    coolants = content_hash(repr(sorted(loaded.coolants.items())))
    solved = {
        "the cell's figures": content_hash(repr(loaded.cell)),
        "a material": materials,
        "the coolant": coolants,
        "the chosen cases": content_hash(list(cases)),
        "a duty": content_hash(repr(sorted(loaded.demands.items()))),
        "the plate's calibration": content_hash(repr(loaded.calibration)),
    } | {key: content_hash(loaded.data.get(key)) for key in _SOLVED_SECTIONS}
    inputs: dict[str, dict[str, str]] = {
        "cad": {"the geometry": geometry, "a material": materials, "the coolant": coolants},
        "mesh": {
            "the geometry": meshed,
            "the mesh controls": content_hash(loaded.design.mesh.model_dump(mode="json", exclude_none=True)),
        },
    }
    if loaded.design.cold_plate is not None:  # the coolant's mass is that at the inlet
        inputs["cad"]["the inlet temperature"] = content_hash(loaded.design.cold_plate.inlet_degC)
    inputs["cad"]["an option of the CAD"] = content_hash(repr(cad))
    inputs["cad-part"] = dict(inputs["cad"])
    for stage in inputs:
        inputs[stage] |= _own(stage)
    if loaded.design.mesh.target_error_K is not None:  # the mesh is found by solving
        inputs["mesh"] |= solved | _own("solve")
    inputs["export-mesh"] = {
        "the mesh": content_hash(inputs["mesh"]),
        "the list of formats": content_hash(list(formats)),
    } | _own("export-mesh")
    inputs["solve"] = {"the mesh": content_hash(inputs["mesh"])} | solved | _own("solve")
    inputs["report"] = {
        "the CAD": content_hash(inputs["cad"]),
        "the solution": content_hash(inputs["solve"]),
        "the design's text": content_hash(design_text + loaded.file),
        "the design": content_hash(dict(loaded.data)),
    } | _own("report")
    return inputs


def _own(stage: str) -> dict[str, str]:
    return {"packtool's own code": _code_hash(stage), "an installed library": content_hash(library_versions(stage))}


def with_needs(stages: Sequence[str]) -> tuple[str, ...]:
    """``stages`` and all that they need, in running order."""
    wanted: set[str] = set()

    def add(stage: str) -> None:
        wanted.add(stage)
        for need in STAGES[stage]:
            add(need)

    for stage in stages:
        add(stage)
    return tuple(stage for stage in STAGES if stage in wanted)


def plan(
    loaded: LoadedDesign,
    layout: Layout,
    folder: Path,
    stages: Sequence[str],
    cases: Sequence[str],
    design_text: str,
    force: bool,
    cad: CadOptions,
    formats: Sequence[str] = ALWAYS,
) -> tuple[Step, ...]:
    """The steps of a run, each with the reasons why it has to run."""
    inputs = stage_inputs(loaded, layout, cases, design_text, cad, formats)
    steps: list[Step] = []
    running: set[str] = set()
    for stage in with_needs(stages):
        reasons: tuple[str, ...] = ("--force",) if force else reasons_to_run(folder, stage, inputs[stage])
        reasons = reasons or tuple(f"{need} runs again" for need in STAGES[stage] if need in running)
        if reasons:
            running.add(stage)
        steps.append(Step(stage, inputs[stage], reasons))
    return tuple(steps)
