"""What each stage does, in its own process: from the design to files in the run folder. Heavy imports stand inside the bodies."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from packtool.artifacts import write_json
from packtool.cad.options import CadOptions
from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint, DesignError, MissingPart, told_of
from packtool.layout.complaints import said_at_its_key
from packtool.layout.records import Layout
from packtool.results import ZERO_CELSIUS, ResultSet
from packtool.workflow.cache import HIDDEN

if TYPE_CHECKING:
    from packtool.mesh.build import MeshedPack
    from packtool.mesh.solids import Solid

IMPORTED = f"{HIDDEN}/imported"
"""Where in the run folder the CAD stage leaves the shapes of imported parts for the report's pictures."""


@dataclass(frozen=True, slots=True)
class StageOutput:
    """What a body hands back: the files it wrote, relative to the run folder, and its summary (JSON-like)."""

    files: tuple[str, ...]
    report: Mapping[str, Any]


def cad(loaded: LoadedDesign, layout: Layout, folder: Path, options: CadOptions) -> StageOutput:
    """Solids, STEP, STL, GLB, 3MF, bill of materials, mass properties, and the checks on them; of the pack, or of what ``options`` choose.

    Raises DesignError, at their places, for STEP files among ``parts`` that cannot be taken.
    """
    from packtool.cad.build import build_cad
    from packtool.cad.imported import UnreadableParts
    from packtool.catalogue.records import Figure
    from packtool.layout.properties import coolant_density_kg_m3, pack_energy_Wh

    densities = {}
    if loaded.design.cold_plate is not None:
        coolant = loaded.coolants[loaded.design.cold_plate.coolant]
        rho = coolant_density_kg_m3(coolant, loaded.design.cold_plate.inlet_degC)
        densities[coolant.id] = Figure(value=rho, standing=coolant.standing, sources=coolant.sources)
    energy = pack_energy_Wh(loaded)
    try:
        report = build_cad(
            layout, loaded.materials, folder, coolant_densities=densities, energy_Wh=energy, options=options,
            keep=IMPORTED if options.whole else None,
        )  # fmt: skip
    except UnreadableParts as unreadable:
        raise DesignError(_complaints(loaded, unreadable.reasons)) from None
    return StageOutput(tuple(report.files), report.as_dict())


def _complaints(loaded: LoadedDesign, reasons: Mapping[str, str]) -> list[Complaint]:
    """What is wrong with the STEP files that ``parts`` names, each at every place that names it."""
    found = []
    for index, part in enumerate(loaded.design.parts):
        file = part.step.strip()
        if file in reasons:
            place = loaded.place(f"parts.{index}.step")
            found.append(Complaint(place.file, place.line, place.column, f"parts.{index}.step", f"{file}: {reasons[file]}"))
    return found


def mesh(loaded: LoadedDesign, layout: Layout, folder: Path, cases: tuple[str, ...], cache_dir: Path) -> StageOutput:
    """The mesh and the coarser ones that the errors are estimated from, checked; with a target error, the one that keeps it in ``cases``.

    Raises DesignError as ``cad`` does, NotConverged where the target is out of reach.
    """
    from packtool.mesh.build import mesh_family
    from packtool.mesh.files import save_mesh

    asked, found = loaded.design.mesh, dict[str, Any]()
    with TemporaryDirectory(prefix="packtool-parts-") as place:
        solids = _solids(loaded, layout, Path(place))
        if asked.target_error_K is None:
            family = mesh_family(layout, asked.level, solids, asked.sizes)
        else:
            family, found = _on_target(loaded, layout, folder, cases, solids, cache_dir)
    names = mesh_files(len(family))
    for name, meshed in zip(names, family, strict=True):
        save_mesh(folder / name, meshed.mesh)
    finest, *coarser = ({k: v for k, v in meshed.report.as_dict().items() if k != "seconds"} for meshed in family)
    given = asked.model_dump(exclude_none=True)
    report = {**given, **found, **finest, "coarser": coarser}  # the same mesh gives the same bytes; run.json has the seconds
    write_json(folder / "mesh.json", report)
    return StageOutput((*names, "mesh.json"), report)


def _on_target(
    loaded: LoadedDesign, layout: Layout, folder: Path, cases: tuple[str, ...], solids: list[Solid], cache_dir: Path
) -> tuple[tuple[MeshedPack, ...], dict[str, Any]]:
    """The family that keeps the design's target error, and what to report of how it was found."""
    from packtool.catalogue.load import coolants
    from packtool.coldplate.pack_sizes import mesh_for_target

    with said_at_its_key(loaded):
        done = mesh_for_target(loaded, layout, cases, solids, coolants()["air_1atm"], cache_dir, folder / HIDDEN)
    *_, last = done.tried
    found = {
        "sizes": done.sizes.model_dump(exclude_none=True),
        "reached_error_K": last.error_K,
        "reached_at": last.of,
        "solved_for": list(cases),
        "tried": [{"elements": one.elements, "error_K": one.error_K, "of": one.of, "sizes": one.sizes} for one in done.tried],
    }
    return done.family, found


def _solids(loaded: LoadedDesign, layout: Layout, place: Path) -> list[Solid]:
    """The imported parts that take part in the heat, their shapes in ``place``: read by the CAD kernel, in processes of its own."""
    from packtool.cad.imported import UnreadableParts, read_imported, solid_file
    from packtool.layout.imported import rotation_matrix
    from packtool.mesh.solids import Solid
    from packtool.workflow.doctor import mend_for

    chosen = tuple(one for one in layout.imported if one.meshed)
    if not chosen:
        return []
    if importlib.util.find_spec("OCP") is None:
        raise MissingPart("the CAD kernel, which reads the STEP files of parts, is not installed", mend_for("OCP"))
    try:
        read_imported(replace(layout, imported=chosen), place, brep=True)
    except UnreadableParts as unreadable:
        raise DesignError(_complaints(loaded, unreadable.reasons)) from None
    made = []
    for one in chosen:
        brep, volume, slack = solid_file(one, place)
        made.append(Solid(one.name, one.material, brep, rotation_matrix(one.rotation_deg), one.origin, volume, slack))
    return made


def mesh_files(count: int) -> tuple[str, ...]:
    """Where the meshes of a family stand in the run folder, finest first."""
    return tuple(f"{HIDDEN}/mesh{'-coarser' * number}.npz" for number in range(count))


def export_mesh(folder: Path, formats: tuple[str, ...]) -> StageOutput:
    """The mesh for other programs, with names, in each of ``formats``."""
    from packtool.mesh.files import load_mesh
    from packtool.mesh.formats import write_mesh

    meshed = load_mesh(folder / mesh_files(1)[0])
    files = [name for one in formats for name in write_mesh(folder, meshed, one)]
    return StageOutput(tuple(files), {"formats": list(formats)})


def solve(loaded: LoadedDesign, layout: Layout, folder: Path, cases: tuple[str, ...], cache_dir: Path) -> StageOutput:
    """Temperatures and coolant of every case, on the mesh and on the coarser ones, with the error of each number."""
    from packtool.catalogue.load import coolants
    from packtool.coldplate.pack_case import solve_pack_case
    from packtool.coldplate.pack_transient import solve_pack_transient
    from packtool.design.schema import TransientCase
    from packtool.mesh.build import family_members
    from packtool.mesh.files import load_mesh, write_pvd, write_vtu
    from packtool.mesh.xdmf import write_xdmf_fields
    from packtool.thermal.evaluate import save_temperatures
    from packtool.workflow.transient_files import write_transient

    air = coolants()["air_1atm"]
    meshes = [load_mesh(folder / name) for name in mesh_files(len(family_members(layout, loaded.design.mesh.level)))]
    rows: list[dict[str, Any]] = []
    summaries: dict[str, Any] = {}
    files: list[str] = []
    for case in cases:
        started = time.monotonic()
        if isinstance(loaded.design.cases[case], TransientCase):
            with said_at_its_key(loaded, case), told_of(case):
                done = solve_pack_transient(loaded, layout, meshes, case, air, cache_dir, folder / HIDDEN)
            rows += [result.as_dict() for result in done.results]
            heaters = loaded.design.cases[case].heaters
            sensors = tuple(loaded.design.sensors)
            files += write_transient(folder, case, meshes[0], done.run, done.busbar_max, sensors, heaters)
            summaries[case] = {**done.summary, "seconds": time.monotonic() - started}
            continue
        with said_at_its_key(loaded), told_of(case):
            solved = solve_pack_case(loaded, layout, meshes, case, air, cache_dir)
        rows += [result.as_dict() for result in solved.results]
        fields = f"{HIDDEN}/temperature-{case}.npz"
        save_temperatures(folder / fields, solved.solution)
        vtu = f"thermal-{case}.vtu"
        write_vtu(folder / vtu, meshes[0], point_data={"temperature_degC": solved.solution.T - ZERO_CELSIUS}, cell_data={})
        xdmf = f"thermal-{case}.xdmf"
        write_xdmf_fields(folder / xdmf, meshes[0], (0.0,), {"temperature_degC": solved.solution.T[None] - ZERO_CELSIUS})
        files += [fields, vtu, xdmf, f"thermal-{case}.bin"]
        summaries[case] = {**solved.summary, "seconds": time.monotonic() - started}
    steady = [case for case in cases if not isinstance(loaded.design.cases[case], TransientCase)]
    if steady:
        write_pvd(folder / "thermal.pvd", [(float(i), f"thermal-{case}.vtu") for i, case in enumerate(steady)])
        files.append("thermal.pvd")
    for checkpoint in (folder / HIDDEN).glob("checkpoint-*"):
        checkpoint.unlink(missing_ok=True)  # every rank does this
    return StageOutput(tuple(files), {"results": rows, "cases": summaries})


def report(
    loaded: LoadedDesign,
    layout: Layout,
    folder: Path,
    results: ResultSet,
    records: Mapping[str, Any],
    design_text: str,
    cases: tuple[str, ...],
) -> StageOutput:
    """Pictures and report.html."""
    from packtool.workflow.reporting import make_report

    return make_report(loaded, layout, folder, results, records, design_text, cases)


BODIES: Mapping[str, Callable[..., StageOutput]] = {
    "cad": cad,
    "cad-part": cad,
    "mesh": mesh,
    "export-mesh": export_mesh,
    "solve": solve,
    "report": report,
}
