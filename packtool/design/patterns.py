"""Which cells stand in which pattern."""

from __future__ import annotations

from collections.abc import Mapping

from packtool.catalogue.records import CellFormat

FORMATS_OF: Mapping[str, tuple[CellFormat, ...]] = {
    "rows": ("prismatic", "pouch"),
    "hexagonal": ("cylindrical",),
    "square": ("cylindrical",),
}
"""The formats of cells that each ``arrangement.pattern`` takes."""
CYLINDER_PATTERNS = tuple(pattern for pattern, formats in FORMATS_OF.items() if "cylindrical" in formats)

_FLAT = (
    "width_mm",
    "thickness_mm",
    "height_mm",
    "mass_kg",
    "capacity_Ah",
    "v_nom",
    "cp_J_kgK",
    "k_in_plane_W_mK",
    "k_through_W_mK",
)

NEEDED_FIGURES: Mapping[CellFormat, tuple[str, ...]] = {
    "prismatic": _FLAT,
    "pouch": _FLAT,
    "cylindrical": ("diameter_mm", "height_mm", "mass_kg", "capacity_Ah", "v_nom", "cp_J_kgK", "k_axial_W_mK", "k_radial_W_mK"),
}  # fmt: skip
"""Figures that layout, mesh and solve cannot do without, besides the dc resistance, by format of the cell."""


def patterns_for(format_: str) -> tuple[str, ...]:
    """The patterns that cells of this format can stand in."""
    return tuple(pattern for pattern, taken in FORMATS_OF.items() if format_ in taken)
