"""What is on the sides of the rows, in numbers, and what of it does not fit: linings, side plates, straps, gap filler.

From a cell outwards (y): lining, side plate, strap or bolt head. Everything stands on the layer below the cells, as the end plates do.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Rows, SidePlates, Straps
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.fasteners import THREADS, bolt_length
from packtool.layout.flange import EDGE_OVER_HOLE, THREAD_DIAMETERS

if TYPE_CHECKING:
    from packtool.layout.rows import RowPlan

Span = tuple[float, float]
BOLTS_AN_END = 2
"""Bolts that hold a side plate at one end: two keep it from turning."""
BEND_OVER_THICKNESS = 2.0
"""Inner bend radius of a steel band over its thickness, where none is given (remembered: cold-rolled strip takes 1 to 2)."""
LEAST_FILLER_MM = 0.1
"""Thinnest layer of gap filler (remembered: the bond line that pastes are filled to)."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Thicknesses on either side of a row [mm]: the ``lining`` on the cells, the side ``plate`` on that, what stands ``out`` of it (straps,
    bolt heads)."""

    lining: float = 0.0
    plate: float = 0.0
    out: float = 0.0

    @property
    def block(self) -> float:
        """How far the row's block, without straps and bolt heads, stands out of its cells [mm]."""
        return self.lining + self.plate

    @property
    def reach(self) -> float:
        """How far everything stands out of the cells [mm]."""
        return self.block + self.out


def plan_sides(arrangement: Rows) -> Sides:
    """What an arrangement has on the sides of its rows."""
    plates, straps = arrangement.side_plates, arrangement.straps
    head = THREADS[plates.bolt].head if plates is not None and plates.joint == "bolted" else 0.0
    return Sides(
        arrangement.side_lining.thickness_mm if arrangement.side_lining else 0.0,
        plates.thickness_mm if plates else 0.0,
        max(head, straps.thickness_mm if straps else 0.0),
    )


def bend_radius(arrangement: Rows) -> float:
    """Inner radius of the straps' bends [mm]; where none is given, no more than the part that they go round is thick. 0 without straps."""
    straps = arrangement.straps
    if straps is None:
        return 0.0
    if straps.bend_radius_mm is not None:
        return straps.bend_radius_mm
    return min(BEND_OVER_THICKNESS * straps.thickness_mm, _bent_over(arrangement)[1])


def _bent_over(arrangement: Rows) -> tuple[str, float]:
    """The part that straps are bent over, and its thickness [mm]."""
    if arrangement.side_plates is not None:
        return "side_plates.thickness_mm", arrangement.side_plates.thickness_mm
    return "end_plate_mm", arrangement.end_plate_mm


def strap_spans(straps: Straps | None, height: float) -> tuple[Span, ...]:
    """From where to where each strap lies, above the row's underside [mm]; ``height`` of the row."""
    if straps is None:
        return ()
    middles = [height * (k + 0.5) / straps.count for k in range(straps.count)]
    return tuple((z - straps.width_mm / 2, z + straps.width_mm / 2) for z in middles)


def check_sides(loaded: LoadedDesign, plan: RowPlan) -> list[Complaint]:
    """What does not fit on the rows' sides."""
    arrangement = loaded.design.arrangement
    assert isinstance(arrangement, Rows)  # only packs of rows have sides
    keys = [key for key in ("side_lining", "side_plates", "straps", "row_filler") if getattr(arrangement, key) is not None]
    if keys and not plan.rows[0].stance.on_top:
        message = (
            "the cells' terminals are on the rows' sides, where it would lie: leave it out, or let the cells stand upright with their"
            " terminals on top"
        )
        return [complain(loaded, f"arrangement.{key}", message) for key in keys]
    heater = next((name for name, one in loaded.design.heaters.items() if one.place == "sides"), None)
    if keys and heater is not None:
        message = f"the pads of heater {heater} lie on the cells' sides, where it would be: leave it out, or put the heater below"
        return [complain(loaded, f"arrangement.{key}", message) for key in keys]
    faults: list[tuple[str, str]] = []
    if arrangement.straps is not None:
        faults += _strap_faults(arrangement, arrangement.straps, plan)
    if arrangement.side_plates is not None:
        faults += _plate_faults(arrangement, arrangement.side_plates, plan)
    filler = arrangement.row_filler
    if filler is not None and filler.height_mm is not None and filler.height_mm > plan.height_mm:
        faults.append(("row_filler.height_mm", f"{filler.height_mm:g} is higher than the row, {plan.height_mm:.6g} mm"))
    if filler is not None and "rows" in filler.at:
        room = arrangement.between_rows_mm + 2 * plan.sides.out
        if room < LEAST_FILLER_MM:
            faults.append(("row_gap_mm", f"{room:g} is thinner than a filler can be, {LEAST_FILLER_MM:g}"))
        for one, other in pairwise(plan.rows):
            if min(one.end, other.end) <= max(one.start, other.start):
                faults.append(("row_filler", f"rows {one.number} and {other.number} do not stand beside each other"))
    return [complain(loaded, f"arrangement.{key}", message) for key, message in faults]


def _strap_faults(arrangement: Rows, straps: Straps, plan: RowPlan) -> list[tuple[str, str]]:
    faults = []
    if straps.count * straps.width_mm > plan.height_mm:
        most = int(plan.height_mm / straps.width_mm)
        fitting = f"at most {most} of that width" if most else f"width_mm at most {plan.height_mm:.6g}"
        message = f"{straps.count} bands of {straps.width_mm:g} mm do not fit on a row {plan.height_mm:.6g} mm high; {fitting}"
        faults.append(("straps.count" if most else "straps.width_mm", message))
    key, thick = _bent_over(arrangement)
    if bend_radius(arrangement) > thick:
        faults.append(
            ("straps.bend_radius_mm", f"{bend_radius(arrangement):g} is more than what the bands are bent over is thick, {thick:g} ({key})")
        )  # fmt: skip
    narrow = min(row.stance.y / 2 + plan.sides.lining for row in plan.rows)
    if arrangement.side_plates is None and bend_radius(arrangement) > narrow:
        faults.append(
            ("straps.bend_radius_mm", f"{bend_radius(arrangement):g} is more than half the end plate's width, {narrow:g}")
        )
    return faults


def _plate_faults(arrangement: Rows, plates: SidePlates, plan: RowPlan) -> list[tuple[str, str]]:
    faults = []
    height = plates.height_mm if plates.height_mm is not None else plan.height_mm
    if height > plan.height_mm:
        faults.append(("side_plates.height_mm", f"{height:g} is higher than the row, {plan.height_mm:.6g} mm"))
    if plates.joint == "bolted":
        thread = THREADS[plates.bolt]
        least = 2 * EDGE_OVER_HOLE * thread.hole
        if plan.end_plate_mm < least:
            faults.append(
                ("side_plates.bolt", f"{plates.bolt} needs end plates (end_plate_mm) of {least:.4g} mm, {EDGE_OVER_HOLE:g} holes on either side of"
                 " it (EN 1993-1-8, table 3.3)")
            )  # fmt: skip
        if height < BOLTS_AN_END * least:
            faults.append(
                (
                    "side_plates.height_mm" if plates.height_mm is not None else "side_plates.bolt",
                    f"{BOLTS_AN_END} bolts {plates.bolt} above each other need a plate {BOLTS_AN_END * least:.4g} mm high, not {height:.6g}",
                )
            )
        narrow = min(row.stance.y for row in plan.rows) + 2 * plan.sides.lining
        if 2 * thread_depth(plates) > narrow - thread.diameter:
            faults.append(
                ("side_plates.bolt", f"two bolts {plates.bolt} from either side meet in an end plate {narrow:g} mm across")
            )
    return faults


def thread_depth(plates: SidePlates) -> float:
    """How far a bolt goes into the end plate [mm]."""
    return bolt_length(plates.thickness_mm + THREAD_DIAMETERS * THREADS[plates.bolt].diameter) - plates.thickness_mm


def bolt_heights(plates: SidePlates, height: float) -> tuple[float, ...]:
    """Heights of the bolts above the row's underside [mm]."""
    own = plates.height_mm if plates.height_mm is not None else height
    return tuple(own * (k + 0.5) / BOLTS_AN_END for k in range(BOLTS_AN_END))
