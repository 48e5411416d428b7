"""The report stage: pictures, then report.html, from what the other stages left in the run folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from packtool.artifacts import write_bytes, write_text
from packtool.cad.imported import imported_shapes, with_imported
from packtool.cad.scene import PictureError
from packtool.catalogue.load import sources
from packtool.design.loaded import LoadedDesign
from packtool.layout.records import Layout
from packtool.mesh.files import load_mesh
from packtool.report.html import report_html
from packtool.report.pictures import pictures_of_case, pictures_of_pack
from packtool.report.records import CoolantRow, DropCurve, HeatFlow, Picture, RunSummary, StageRow
from packtool.report.standing import figures_used
from packtool.results import ResultSet
from packtool.rules.judge import judge
from packtool.rules.records import Evidence
from packtool.workflow.cache import HIDDEN, StageRecord
from packtool.workflow.cad_verdict import untouched, weighed, with_cad
from packtool.workflow.left_out import left_out
from packtool.workflow.plan import library_versions
from packtool.workflow.stages import IMPORTED, StageOutput, mesh_files
from packtool.workflow.transient_files import read_series

OF_PARTS = tuple(f"heat.ambient.{kind}[" for kind in ("part", "wall", "lid"))
"""Heat to the ambient by parts from STEP files: through air, the tray's wall, the lid."""


def make_report(
    loaded: LoadedDesign,
    layout: Layout,
    folder: Path,
    results: ResultSet,
    records: Mapping[str, StageRecord | None],
    design_text: str,
    cases: tuple[str, ...],
) -> StageOutput:
    """Draw and write. A machine without working off-screen graphics gets the report without pictures, and the report says so."""
    notes: list[str] = []
    pictures = _pictures(layout, folder, cases, notes)
    files = []
    for picture in pictures:
        name = f"report/{picture.name}.png"
        write_bytes(folder / name, picture.png)
        files.append(name)
    solve = records["solve"]
    solved: Mapping[str, Any] = solve.report["cases"] if solve is not None else {}
    for case in cases:
        if solved.get(case, {}).get("resistance_held"):
            notes.append(
                f"{case}: cells are warmer than the resistance table reaches; its last value was held, which makes too much heat "
                "rather than too little (resistance falls with temperature)."
            )
    summary = RunSummary(
        loaded=loaded,
        layout=layout,
        results=results,
        verdict=with_cad(
            judge(
                Evidence(
                    loaded,
                    layout,
                    results,
                    tuple(case for case in loaded.design.cases if case not in cases),
                    weighed(records["cad"]),
                    untouched(records["mesh"]),
                )
            ),
            records["cad"],
            loaded.file,
        ),
        design_text=design_text,
        cases=cases,
        coolant={case: tuple(CoolantRow(**row) for row in solved[case]["coolant"]) for case in cases},
        branch_flow_lpm={case: solved[case]["branch_flow_lpm"] for case in cases},
        drop_curves={case: DropCurve(**curve) for case in cases if (curve := solved[case]["drop_curve"])},
        heat={case: _heat(results, case) for case in cases},
        series={case: series for case in cases if (series := _series(folder, case))},
        mesh=_mesh_facts(records["mesh"]),
        cad=_flat(records["cad"], ("parts", "products", "pairs_near", "pairs_exact")),
        solver={case: solved[case]["solver"] for case in cases},
        stages=tuple(StageRow(name, record.seconds, record.peak_MB) for name, record in records.items() if record is not None),
        pictures=pictures,
        figures=figures_used(loaded),
        sources=sources(),
        versions=library_versions(),
        left_out=left_out(loaded),
        notes=tuple(notes),
    )
    write_text(folder / "report.html", report_html(summary))
    return StageOutput(("report.html", *files), {"notes": notes})


def _pictures(layout: Layout, folder: Path, cases: tuple[str, ...], notes: list[str]) -> tuple[Picture, ...]:
    try:
        drawn = list(_of_pack(layout, folder))
        mesh = load_mesh(folder / mesh_files(1)[0])
        for case in cases:
            with np.load(folder / HIDDEN / f"temperature-{case}.npz") as fields:
                drawn += pictures_of_case(layout, mesh, fields["T"], case)
    except PictureError as error:
        notes.append(f"Pictures are left out: {error}")
        return ()
    return tuple(drawn)


def _of_pack(layout: Layout, folder: Path) -> tuple[Picture, ...]:
    if not layout.imported:
        return pictures_of_pack(layout)
    place = folder / IMPORTED
    return pictures_of_pack(with_imported(layout, place), imported_shapes(layout, place))


def _heat(results: ResultSet, case: str) -> tuple[HeatFlow, ...]:
    """The lines of the heat balance: what is made, then what leaves; a flow into the pack is a line of what is made."""
    lines = []
    parts = [
        (row.name, f"ambient at {row.name.partition('[')[2].rstrip(']')}", True)
        for row in results
        if row.case == case and row.name.startswith(OF_PARTS)
    ]
    heaters = [row.name for row in results if row.case == case and row.name.startswith("heat.heater[")]
    for name, words, leaves in (
        ("heat.cells", "cells", False),
        ("heat.busbars", "busbars", False),
        ("heat.extra", "faulty cells", False),
        *((name, f"heater {name.removeprefix('heat.heater[').rstrip(']')}", False) for name in heaters),
        ("heat.coolant", "coolant", True),
        ("heat.ambient.top", "ambient through the lid", True),
        ("heat.ambient.busbars", "ambient from busbars", True),
        ("heat.ambient.side", "ambient through the walls", True),
        ("heat.ambient.bottom", "ambient through the floor", True),
        ("heat.ambient.wall", "ambient through filler on the walls", True),
        ("heat.ambient.underside", "ambient at what hangs over", True),
        *parts,
    ):
        row = results.find(name, case)
        if row is None:
            continue
        out = leaves == (row.value >= 0)
        lines.append(HeatFlow(words, abs(row.value), "out" if out else "made"))
    stored = results.find("heat.stored", case)
    if stored is not None:
        lines.append(HeatFlow("cells, pads and plate", stored.value, "stored"))
    return tuple(lines)


def _series(folder: Path, case: str) -> dict[str, tuple[float, ...]]:
    """The series of a transient case, and the current at the duty's own resolution; empty for a steady one."""
    series = read_series(folder / f"series-{case}.csv")
    electrical = read_series(folder / f"electrical-{case}.csv")
    return series | {f"electrical_{name}": electrical[name] for name in ("time_s", "current_A") if electrical}


MESH_FACTS = (
    "level", "target_error_K", "reached_error_K", "reached_at", "elements", "points", "min_scaled_jacobian", "max_aspect_ratio", "max_volume_error",
)  # fmt: skip


def _mesh_facts(record: StageRecord | None) -> dict[str, Any]:
    """The mesh's figures, and the largest elements that the design gives or that its target error led to."""
    sizes = record.report.get("sizes", {}) if record is not None else {}
    return _flat(record, MESH_FACTS) | {f"largest element, {key}": float(size) for key, size in sizes.items()}


def _flat(record: StageRecord | None, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key.replace("_", " "): record.report[key] for key in keys if key in record.report} if record is not None else {}
