"""The parts that come as STEP files: read in a process of its own, under a time limit, for a broken file can bring the CAD kernel down."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packtool.errors import CadError, UsageError
from packtool.layout.imported import UPRIGHT, Body, Imported, Matrix, Overlap, Tilt, rotation_matrix
from packtool.layout.records import Layout, Part, Product

if TYPE_CHECKING:
    from OCP.TopoDS import TopoDS_Shape

CHILD = Path(__file__).with_name("step_child.py")
TIME_LIMIT_S = 180.0
"""For one file, however many times it is placed; the kernel reads some megabytes a second."""
AT_A_TIME = 2


class UnreadableParts(CadError):
    """STEP files that cannot be taken: ``reasons`` by the file as the design names it, each with the way out."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("\n".join(f"{file}: {reason}" for file, reason in self.reasons.items()))


def read_imported(layout: Layout, folder: Path, *, brep: bool = False) -> tuple[str, ...]:
    """Read every STEP file of ``layout.imported``, and leave its solids and their figures in ``folder``; the files' names there.

    ``brep``: also as text that other kernels read. All solids of a file are one part, those that overlap one solid; its units become mm. Raises UnreadableParts, with every file that cannot be taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[Imported]] = {}
    for one in layout.imported:
        files.setdefault(one.sha256, []).append(one)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        done = dict(zip(files, pool.map(lambda users: _read(users, folder, brep), files.values()), strict=True))
    reasons = {files[sha256][0].file: reason for sha256, reason in done.items() if reason}
    if reasons:
        raise UnreadableParts(reasons)
    endings = ("bin", "json", "brep") if brep else ("bin", "json")
    return tuple(f"{_stem(sha256)}.{ending}" for sha256 in files for ending in endings)


def with_imported(layout: Layout, folder: Path) -> Layout:
    """The layout with its imported parts among its products and parts, as ``read_imported`` left them in ``folder``.

    Raises UsageError where a product of the layout has the id of an imported one.
    """
    for one in layout.imported:
        if any(product.id == one.product for product in layout.products):
            raise UsageError(f"{one.name}: a product of the pack has the id {one.product} already")
    products: dict[str, Product] = {}
    parts = []
    known: dict[str, dict[str, Any]] = {}
    for one in layout.imported:
        if one.sha256 not in known:
            known[one.sha256] = json.loads((folder / f"{_stem(one.sha256)}.json").read_text(encoding="utf-8"))
        facts = known[one.sha256]
        if one.product not in products:
            products[one.product] = _product(one, facts)
        matrix = rotation_matrix(one.rotation_deg)
        box = next(tuple(tilt["box"]) for tilt in facts["tilts"] if tuple(tilt["matrix"]) == matrix)
        parts.append(Part(one.name, one.product, one.origin, tilt=Tilt(matrix, box)))
    return replace(layout, products=(*layout.products, *products.values()), parts=(*layout.parts, *parts), imported=())


def imported_shapes(layout: Layout, folder: Path) -> dict[str, TopoDS_Shape]:
    """The shapes that ``read_imported`` left in ``folder``, by product id. ``layout``: before ``with_imported``.

    Each product has a shape of its own, also two of one file (in two materials): a STEP file tells its products by their shapes.
    """
    from OCP.BinTools import BinTools
    from OCP.BRepBuilderAPI import BRepBuilderAPI_Copy
    from OCP.TopoDS import TopoDS_Shape

    shapes: dict[str, TopoDS_Shape] = {}
    read: dict[str, TopoDS_Shape] = {}
    for one in layout.imported:
        if one.product in shapes:
            continue
        if one.sha256 in read:
            shapes[one.product] = BRepBuilderAPI_Copy(read[one.sha256]).Shape()
            continue
        shape = shapes[one.product] = read[one.sha256] = TopoDS_Shape()
        if not BinTools.Read_s(shape, str(folder / f"{_stem(one.sha256)}.bin")):
            raise CadError(f"{one.name}: its shape is not in {folder} any more; run the CAD again (--force)")
    return shapes


def solid_file(one: Imported, folder: Path) -> tuple[Path, float, float]:
    """The text of the solids of an imported part, as ``read_imported`` left it with ``brep``; their volume, and by how much that is unsure
    [mm³]."""
    facts = json.loads((folder / f"{_stem(one.sha256)}.json").read_text(encoding="utf-8"))
    return folder / f"{_stem(one.sha256)}.brep", facts["volume_mm3"], facts["slack_mm3"]


def _product(one: Imported, facts: Mapping[str, Any]) -> Product:
    counts = facts["solids"], facts["left_out"], facts["unread"]
    found = sorted(facts["overlaps"], key=lambda overlap: -overlap["mm3"])
    overlaps = tuple(Overlap(tuple(one["solids"]), one["mm3"], tuple(one["box"])) for one in found)
    moments = tuple(facts["first"]), tuple(facts["second"])
    body = Body(facts["volume_mm3"], *moments, tuple(facts["box"]), facts["slack_mm3"], *counts, overlaps)
    return Product(one.product, "imported", one.material, (), description=f"from {one.file}", mass_kg=one.mass_kg, body=body)


def _stem(sha256: str) -> str:
    return sha256[:16]


def _read(users: list[Imported], folder: Path, brep: bool) -> str:
    """Read the one file of ``users``; why it cannot be taken, or an empty text."""
    one = users[0]
    tilts: list[Matrix] = list(dict.fromkeys([UPRIGHT, *(rotation_matrix(user.rotation_deg) for user in users)]))
    target = folder / _stem(one.sha256)
    for ending in ("json", "bin", "brep"):
        target.with_suffix(f".{ending}").unlink(missing_ok=True)
    # -P: the child's folder must not shadow other packages with the names of its files
    command = [sys.executable, "-P", str(CHILD), str(target)]
    task = json.dumps({"path": one.path, "sha256": one.sha256, "tilts": tilts, "brep": brep, "cpu_s": int(2 * TIME_LIMIT_S)})
    try:
        done = subprocess.run(
            command, input=task, capture_output=True, text=True, errors="replace", timeout=TIME_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return (
            f"the CAD kernel was not done reading it in {TIME_LIMIT_S:g} s; export the part without threads, logos and fillets that do not "
            "matter here"
        )
    if done.returncode < 0:
        return (
            f"the CAD kernel crashed on it (signal {-done.returncode}): it is broken; open it in a CAD program and export it again"
        )
    if done.returncode > 0:
        words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-1:])
        return f"the CAD kernel failed on it: {words or 'it gave no reason'}"
    facts = json.loads(target.with_suffix(".json").read_text(encoding="utf-8"))
    return str(facts.get("refused", ""))
