"""Parallel groups that no cell is left in: nothing of the pack would work."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.records import Layout


def open_groups(loaded: LoadedDesign, layout: Layout) -> list[Complaint]:
    """A complaint for each parallel group whose every cell has an open circuit, at the first of them."""
    off = {name for name, override in loaded.design.overrides.cells.items() if override.circuit == "open"}
    if not off:
        return []
    groups: dict[int | None, list[str]] = {}
    for part in layout.parts_of("cell"):
        groups.setdefault(part.series, []).append(part.name)
    return [
        complain(
            loaded,
            f"overrides.cells.{names[0]}.circuit",
            f"open: so are all {len(names)} cells of series position {series}, and no current could flow; leave one of them closed",
        )
        for series, names in groups.items()
        if off.issuperset(names)
    ]
