"""What of upright cold plates does not fit between the cells."""

from __future__ import annotations

from collections.abc import Sequence

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import ColdPlate, Interface
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.gaps import gap_mm
from packtool.layout.heaters import thickness_at
from packtool.layout.plate import LAND_MM
from packtool.layout.row_plates import is_metal
from packtool.layout.rows import RowPlan, rows_of
from packtool.layout.terminals import Pole
from packtool.layout.upright_plates import plate_gaps

FIT_MM = 1e-6
"""Gaps that differ by less are alike: rounding of sums of design lengths."""


def check_upright(
    loaded: LoadedDesign, plate: ColdPlate, interface: Interface, rows: RowPlan, poles: Sequence[Pole], height: float
) -> list[Complaint]:
    """Every complaint; ``height`` of the plates [mm]. What the plates' own gaps need of the rows comes first, alone if it is wrong."""
    found = _of_rows(loaded, plate, interface, rows, poles)
    if not found:
        found = _of_channels(plate, height)
    if plate.feed is not None and _count(plate, rows) < 2:
        found.append(("cold_plate.feed", "there is one plate between the cells: leave feed out"))
    if plate.feed == "series" and "cold_plate.manifold" in loaded.places:
        found.append(("cold_plate.manifold", "plates in series have no common manifold: leave it out"))
    if is_metal(loaded.materials[interface.material]):
        message = (
            f"{interface.material} conducts electricity: between cells of different voltage a plate needs layers that insulate"
        )
        found.append(("interface.material", message))
    return [complain(loaded, key, message) for key, message in found]


def _count(plate: ColdPlate, rows: RowPlan) -> int:
    return len(rows.rows) - 1 if plate.every_cells is None else len(plate_gaps(rows.rows[0]))


def _of_rows(
    loaded: LoadedDesign, plate: ColdPlate, interface: Interface, rows: RowPlan, poles: Sequence[Pole]
) -> list[tuple[str, str]]:
    """Key and message of what the rows and their terminals would have to be like."""
    arrangement = rows_of(loaded)
    found = []
    if poles[0].face != "top":
        message = (
            f"between: the terminals and busbars of {loaded.cell.id} look to the side as it stands, where the plates and their tanks are;"
            " plates stand between cells with terminals on top: use position: bottom, top or both"
        )
        found.append(("cold_plate.position", message))
    if arrangement.module_count() > 1:
        found.append(("arrangement.modules", "plates between the cells of several modules are not laid out: leave modules out"))
    if arrangement.fins is not None:
        found.append(("arrangement.fins", "fins are folded onto a layer below the cells, which position: between has not"))
    for key in ("side_lining", "side_plates", "straps", "row_filler"):
        if getattr(arrangement, key) is not None:
            found.append((f"arrangement.{key}", f"plates and tanks stand where {key} would be (position: between): leave it out"))
    if thickness_at(loaded.design, "sides") > 0:
        found.append(("heaters", "upright plates stand where pads on the rows' sides would be (position: between)"))
    if plate.every_cells is None:
        needed = gap_mm(plate, interface)
        if len(rows.rows) < 2:
            found.append(("cold_plate.position", "between: there is one row; give every_cells for plates between its cells"))
        elif abs(arrangement.between_rows_mm - needed) > FIT_MM:
            message = (
                f"a plate of {plate.thickness_mm:g} mm with a layer of {interface.thickness_mm:g} mm on either side fills a gap of"
                f" {needed:g}, not {arrangement.between_rows_mm:g}: make it {needed:g}"
            )
            found.append(("arrangement.row_gap_mm", message))
        return found
    counts = set(arrangement.row_counts())
    if len(counts) > 1 or arrangement.row_offset_mm or arrangement.turned_rows:
        key = "turned_rows" if arrangement.turned_rows else "row_offset_mm" if arrangement.row_offset_mm else "cells_per_row"
        found.append((f"arrangement.{key}", "plates between cells go through all rows, which must be alike and in line"))
    elif not plate_gaps(rows.rows[0]):
        message = f"a plate stands after half of {plate.every_cells} cells first: none fits in rows of {max(counts)}"
        found.append(("cold_plate.every_cells", message))
    return found


def _of_channels(plate: ColdPlate, height: float) -> list[tuple[str, str]]:
    """Channels that have no room above each other."""
    space, width, count = height - 2 * plate.margin_mm, plate.channel_width_mm, plate.channels
    if space <= 0:
        return [("cold_plate.margin_mm", f"margins of {plate.margin_mm:g} mm leave nothing of a plate {height:g} mm high")]
    if space < width or (count > 1 and count * width >= space):
        most = int((space + LAND_MM) / (width + LAND_MM))
        room = (space + LAND_MM) / count - LAND_MM
        ways = [f"at most {most} of {width:g} mm do"] * (most > 0) + [f"{count} of at most {room:.3g} mm"] * (room > 0)
        message = (
            f"{count} channels of {width:g} mm do not fit above each other in {space:.4g} mm of plate between its margins; with ribs of"
            f" {LAND_MM:g} mm {', or '.join(ways) or 'none does'}"
        )
        return [("cold_plate.channels" if count > 1 else "cold_plate.channel_width_mm", message)]
    return []
