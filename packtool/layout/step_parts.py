"""The entries of ``parts`` as parts of the layout: their names, their products, where they stand."""

from __future__ import annotations

import re
from pathlib import PurePath

from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.imported import Imported
from packtool.layout.records import MESHED_ROLES, Layout

KINDS = frozenset((*MESHED_ROLES, "coolant", "ambient"))
"""What heat flows are named by beside the parts from STEP files."""


def imported_parts(loaded: LoadedDesign, layout: Layout) -> tuple[tuple[Imported, ...], list[Complaint]]:
    """Every entry, and a complaint for each name that a part of ``layout`` has.

    Without a name an entry is called as its file is, numbered where that is taken.
    """
    entries = tuple(zip(loaded.design.parts, loaded.step_files, strict=True))
    parts = {part.name for part in layout.parts}
    taken = {*parts, *KINDS, *(entry.name for entry, _ in entries if entry.name is not None)}
    ids = {product.id for product in layout.products}
    products: dict[tuple[str, str, float | None], str] = {}
    made, complaints = [], []
    for index, (entry, file) in enumerate(entries):
        stem = re.sub(r"[|>\[\]]", "_", PurePath(entry.step.strip()).stem) or "part"  # which divide the names of flows and contacts
        if entry.name in parts:
            message = f"{entry.name!r} is the name of a part of the pack already; give it another"
            complaints.append(complain(loaded, f"parts.{index}.name", message))
        if entry.name in KINDS:
            message = f"{entry.name!r} is what packtool calls a kind of part; give it another name"
            complaints.append(complain(loaded, f"parts.{index}.name", message))
        name = entry.name or _free(stem, taken)
        key = (file.sha256, entry.material, entry.mass_kg)
        if key not in products:
            products[key] = _free(stem, ids)
        made.append(
            Imported(
                name, products[key], entry.material, entry.step.strip(), file.sha256, entry.at_mm, entry.rotation_deg, entry.mass_kg,
                entry.meshed, str(file.path),
            )
        )  # fmt: skip
    return tuple(made), complaints


def _free(base: str, taken: set[str]) -> str:
    """``base``, or with the first number that is free; it is then taken."""
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base} {number}"
    taken.add(name)
    return name
