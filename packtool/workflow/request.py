"""What a run is asked for, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packtool.cad.options import DEFAULT_OPTIONS, CadOptions
from packtool.design.loaded import LoadedDesign
from packtool.layout.records import Layout
from packtool.mesh.formats import ALWAYS, FORMATS
from packtool.workflow.cache import read_record
from packtool.workflow.plan import Step, plan


@dataclass(frozen=True)
class Request:
    """What to do: ``stages`` of a design into ``folder``; ``environment`` is what the stage processes get, ``cache_dir`` holds the
    compiled forms; ``side_by_side`` is how many stages may run at a time; ``root``: folder that file names in SARIF are made relative to;
    ``cad``: what to export; ``formats``: what the mesh is exported in."""

    loaded: LoadedDesign
    layout: Layout
    folder: Path
    stages: tuple[str, ...]
    cases: tuple[str, ...]
    design_text: str
    cache_dir: Path
    environment: Mapping[str, str]
    force: bool = False
    side_by_side: int = 2
    root: Path | None = None
    cad: CadOptions = DEFAULT_OPTIONS
    formats: tuple[str, ...] = ALWAYS

    @property
    def left_out_cases(self) -> tuple[str, ...]:
        """Cases of the design that are not solved."""
        return tuple(case for case in self.loaded.design.cases if case not in self.cases)


def formats_of(folder: Path, asked: Sequence[str]) -> tuple[str, ...]:
    """Formats to export the mesh in: those it always is, those ``asked`` for, and whatever stands in ``folder`` and would be outdated."""
    record = read_record(folder, "export-mesh")
    standing = record.report.get("formats", []) if record is not None else []
    return tuple(name for name in FORMATS if name in {*ALWAYS, *asked, *standing})


def steps_of(request: Request) -> tuple[Step, ...]:
    """What ``carry_out`` would do and why; writes nothing."""
    return plan(
        request.loaded,
        request.layout,
        request.folder,
        request.stages,
        request.cases,
        request.design_text,
        request.force,
        request.cad,
        request.formats,
    )
