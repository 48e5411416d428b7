"""Layout -> CAD files in a folder, checked."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from packtool.artifacts import write_bytes, write_json, write_text
from packtool.cad.explode import exploded
from packtool.cad.options import DEFAULT_OPTIONS, FORMATS, CadFormat, CadOptions, chosen
from packtool.cad.report import CadFinding, CadReport
from packtool.catalogue.records import Figure, Material
from packtool.errors import MissingPart, UsageError
from packtool.layout.records import Layout

if TYPE_CHECKING:
    from OCP.TopoDS import TopoDS_Shape

    from packtool.cad.mass import UnitMass

T = TypeVar("T")


def build_cad(
    layout: Layout,
    materials: Mapping[str, Material],
    folder: Path,
    *,
    formats: Collection[CadFormat] = FORMATS,
    coolant_densities: Mapping[str, Figure] | None = None,
    energy_Wh: float | None = None,
    options: CadOptions = DEFAULT_OPTIONS,
    keep: str | None = None,
) -> CadReport:
    """Write ``pack.step``, ``pack.glb``, ``pack.3mf``, ``pack.stl`` and ``stl/<product>.stl``, ``drawing.dxf`` and ``drawing.svg``
    (as ``formats`` says), ``bom.csv``, ``cells.csv`` and ``mass.json``; of one part or some roles (``options``) ``NAME.step``, ``NAME-bom.csv`` and so on.

    The STEP files of ``layout.imported`` are read as ``read_imported`` does, and what it leaves stays in the folder ``keep`` of ``folder``, if
    that is given. ``materials`` by id; ``coolant_densities`` [kg/m³] by coolant id, for products of role coolant; ``energy_Wh`` of the pack, for
    Wh/kg. Lengths in mm (GLB: m). Each file is written whole or not at all, and is the same to the byte for the same input.

    What does not hold (an invalid solid, a wrong volume, two parts in one place, a STEP that reads back otherwise, an unknown
    mass) is in the report's ``findings``. Raises UnreadableParts for STEP files that cannot be taken, CadError where a solid or file
    cannot be made, UsageError for an unknown format or
    where ``options`` choose nothing, MissingPart where the CAD kernel is not installed, PictureError where pictures are asked for and
    cannot be drawn.
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise UsageError(f"unknown CAD format {', '.join(unknown)}: choose from {', '.join(FORMATS)}")
    if not layout.parts and not layout.imported:
        raise UsageError(f"layout {layout.name} has no parts")
    layout = chosen(layout, options)
    watch = _Watch()
    watch("import", _import_kernel)
    from packtool.cad.bom import bom_csv
    from packtool.cad.cells import cells_csv
    from packtool.cad.check import import_notes, product_volumes, round_trip_findings, solid_findings
    from packtool.cad.drawing import drawing
    from packtool.cad.drawing_dxf import dxf_text
    from packtool.cad.drawing_svg import svg_text
    from packtool.cad.gaps import outside, smallest_gaps
    from packtool.cad.glb import glb_bytes
    from packtool.cad.interference import interference
    from packtool.cad.kernel_drawing import KernelDrawing
    from packtool.cad.mass import mass_properties, solid_densities, unit_masses
    from packtool.cad.solids import product_solids
    from packtool.cad.step import read_step, step_bytes
    from packtool.cad.stl import merged_triangles, pack_stl, product_stl
    from packtool.cad.tessellate import triangles_of
    from packtool.cad.threemf import threemf_bytes

    files: list[str] = []

    def write(name: str, data: bytes) -> None:
        write_bytes(folder / name, data)
        files.append(name)

    stem = "pack" if options.whole else _file_name(layout.name)
    before = "" if options.whole else f"{stem}-"
    layout, shapes = watch("imported parts", lambda: _read_parts(layout, folder, keep, files)) if layout.imported else (layout, {})
    solids = watch("solids", lambda: product_solids(layout, shapes))
    volumes = product_volumes(layout, solids)
    findings = watch("check solids", lambda: solid_findings(solids, volumes))
    overlaps = watch("interference", lambda: interference(layout, solids))
    findings.extend(overlaps.findings)
    gaps, too_small = watch("gaps", lambda: smallest_gaps(layout, solids))
    findings.extend([*too_small, *(outside(layout) if options.whole else ())])
    masses = unit_masses(layout, materials, coolant_densities or {})
    findings.extend(_unknown_masses(masses))
    findings.extend(import_notes(layout))
    densities = solid_densities(layout, masses)
    apart = exploded(layout) if options.exploded else None
    if "step" in formats:
        write(f"{stem}.step", watch("step", lambda: step_bytes(layout, solids, densities, options.step_schema)))
        read = watch("step round trip", lambda: read_step(folder / f"{stem}.step"))
        findings.extend(round_trip_findings(layout, volumes, read))
        if apart is not None:
            write(f"{stem}-exploded.step", watch("exploded", lambda: step_bytes(apart, solids, densities, options.step_schema)))
    if set(formats) & {"stl", "glb", "3mf"}:
        triangles = watch("triangles", lambda: triangles_of(solids))
    if "stl" in formats:
        if options.whole:
            for id, name in _file_names(solids).items():
                write(f"stl/{name}.stl", product_stl(id, triangles[id]))
        merged, notes = watch("merged stl", lambda: merged_triangles(layout, solids, triangles))
        findings.extend(notes)
        write(f"{stem}.stl", watch("stl", lambda: pack_stl(layout, merged)))
    if "3mf" in formats:
        write(f"{stem}.3mf", watch("3mf", lambda: threemf_bytes(layout, triangles)))
    if "glb" in formats:
        write(f"{stem}.glb", watch("glb", lambda: glb_bytes(layout, triangles)))
        if apart is not None:
            write(f"{stem}-exploded.glb", glb_bytes(apart, triangles))
    write_text(folder / f"{before}bom.csv", bom_csv(layout, masses))
    mass = watch("mass", lambda: mass_properties(layout, masses, energy_Wh if options.whole else None))
    write_json(folder / f"{before}mass.json", mass)
    files += [f"{before}bom.csv", f"{before}mass.json"]
    if options.whole and any(product.role == "cell" for product in layout.products):
        write("cells.csv", cells_csv(layout).encode("utf-8"))
    if "drawing" in formats:
        sheet = watch("drawing", lambda: drawing(layout, mass, KernelDrawing(layout, solids)))
        write(f"{before}drawing.dxf", watch("dxf", lambda: dxf_text(sheet)).encode("utf-8"))
        write(f"{before}drawing.svg", svg_text(sheet).encode("utf-8"))
    if options.pictures:
        from packtool.cad.pictures import VIEWS, pack_pictures

        views = tuple(VIEWS) if options.whole else ("whole",)
        for view, png in watch("pictures", lambda: pack_pictures(layout, views, triangles_of(solids), shapes)).items():
            write(f"pictures/{view}.png" if options.whole else f"{stem}.png", png)
    return CadReport(
        name=layout.name,
        files=tuple(files),
        seconds=watch.seconds,
        products=len(solids),
        parts=len(layout.parts),
        volumes=volumes,
        pairs_near=overlaps.pairs_near,
        pairs_exact=overlaps.pairs_exact,
        mass=mass,
        gaps=gaps,
        findings=tuple(findings),
    )


class _Watch:
    """Runs steps and keeps their seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, step: str, run: Callable[[], T]) -> T:
        start = time.perf_counter()
        value = run()
        self.seconds[step] = time.perf_counter() - start
        return value


def _read_parts(layout: Layout, folder: Path, keep: str | None, files: list[str]) -> tuple[Layout, dict[str, TopoDS_Shape]]:
    """The layout with its imported parts, and their shapes by product id."""
    from packtool.cad.imported import imported_shapes, read_imported, with_imported

    with tempfile.TemporaryDirectory(prefix="packtool-parts-") as scratch:
        place = folder / keep if keep is not None else Path(scratch)
        names = read_imported(layout, place)
        if keep is not None:
            files.extend(f"{keep}/{name}" for name in names)
        return with_imported(layout, place), imported_shapes(layout, place)


def _import_kernel() -> None:
    try:
        import OCP.gp  # noqa: F401
    except ImportError as error:
        raise MissingPart(f"the CAD kernel is not installed ({error})", "pip install 'packtool[cad]'") from error


def _unknown_masses(masses: Mapping[str, UnitMass]) -> list[CadFinding]:
    return [
        CadFinding("mass_unknown", (id,), None, "kg", f"the mass of {id} is unknown, so the pack's is incomplete: {mass.note}")
        for id, mass in masses.items()
        if mass.kg is None
    ]


def _file_name(id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", id).strip(".") or "product"


def _file_names(products: Collection[str]) -> dict[str, str]:
    """A file name for each product id: letters, digits, dot, dash and underscore, told apart by a number where two become the same."""
    names: dict[str, str] = {}
    for id in products:
        name = base = _file_name(id)
        count = 1
        while name.casefold() in {taken.casefold() for taken in names.values()}:
            count += 1
            name = f"{base}-{count}"
        names[id] = name
    return names
