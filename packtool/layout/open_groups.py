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
    groups: dict[int, list[str]] = {}
    for part in layout.parts_of("cell"):
        groups.setdefault(layout.group_of(part), []).append(part.name)
    return [
        complain(
            loaded,
            f"overrides.cells.{names[0]}.circuit",
            f"open: so are all {len(names)} cells of series position {group % layout.n_series + 1}{_of_string(layout, group)}, and no current could flow; leave one of them closed",
        )
        for group, names in groups.items()
        if off.issuperset(names)
    ]


def _of_string(layout: Layout, group: int) -> str:
    """`` of string 2``, where the pack has several."""
    return f" of string {group // layout.n_series + 1}" if layout.n_strings > 1 else ""
