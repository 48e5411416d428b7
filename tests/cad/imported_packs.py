"""Packs with parts from STEP files, and what the CAD makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from cad_layouts import CELL, MATERIALS, small_pack

from packtool.cad.build import build_cad
from packtool.cad.options import CadOptions
from packtool.cad.report import CadFinding, CadReport
from packtool.layout.imported import Imported
from packtool.layout.records import Layout

KG_MM3 = 2700e-9  # aluminium of MATERIALS


def pack(*imported: Imported) -> Layout:
    return replace(small_pack(), imported=imported)


def faults(report: CadReport) -> tuple[CadFinding, ...]:
    """What is found but that parts stand outside of the small pack's tray, as most of these do."""
    return tuple(finding for finding in report.findings if finding.kind != "outside_imported")


def alone(*imported: Imported) -> Layout:
    return Layout("parts", CELL, (), (), 1, 1, None, (), imported=imported)


def built(layout: Layout, folder: Path, **options: Any) -> CadReport:
    return build_cad(layout, MATERIALS, folder, formats=options.pop("formats", ()), options=CadOptions(**options))
