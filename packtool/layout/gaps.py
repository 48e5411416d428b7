"""What lies between two cells of a row: pads, barriers, cooling fins, layer by layer; or a cold plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from packtool.design.schema import ColdPlate, Interface, PackDesign, Rows

Sheet = Literal["pad", "barrier", "fin"]
Kind = Literal[Sheet, "plate"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One sheet in a gap: what it is and how thick [mm]."""

    kind: Kind
    thickness: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap between two cells: its width [mm] and its layers from -x to +x; without layers it is air."""

    width: float
    layers: tuple[Layer, ...]

    @property
    def soft(self) -> float:
        """How much of the gap gives way when the cells grow: pads and air [mm]."""
        hard = sum(layer.thickness for layer in self.layers if layer.kind != "pad")
        return self.width - hard


@dataclass(frozen=True, slots=True)
class PlateGap:
    """A plate after every ``every`` cells of a row, the first after half as many (so that those at the ends have one too); a gap that holds
    one with its two layers is ``width`` [mm] wide."""

    every: int
    width: float

    def numbers(self, columns: int) -> range:
        """Gaps, from 1, of a row of ``columns`` cells that hold a plate."""
        return range((self.every + 1) // 2, columns, self.every)


def gap_mm(plate: ColdPlate, interface: Interface) -> float:
    """From cell to cell across an upright plate and its two layers [mm]."""
    return plate.thickness_mm + 2 * interface.thickness_mm


def plate_gap(design: PackDesign) -> PlateGap | None:
    """The gaps that this design's plates stand in; None where none stands between the cells of a row."""
    plate, interface = design.cold_plate, design.interface
    if not isinstance(plate, ColdPlate) or plate.every_cells is None or interface is None:
        return None
    return PlateGap(plate.every_cells, gap_mm(plate, interface))


def plan_gaps(arrangement: Rows, columns: int, plates: PlateGap | None = None) -> tuple[Gap, ...]:
    """The gaps of a row of ``columns`` cells, from -x to +x.

    Every ``barrier.every``-th gap holds a barrier in its middle, a pad on either side of it. Fins lie in every second gap (``every: 2``,
    each between the two cells that it cools, without a pad) or in every gap (``every: 1``, on the cell before it, a pad behind it).
    """
    barrier, fins = arrangement.barrier, arrangement.fins
    gaps = []
    for number in range(1, columns):
        width = arrangement.between_cells_mm
        if plates and number in plates.numbers(columns):
            gaps.append(Gap(plates.width, (Layer("plate", plates.width),)))
            continue
        if fins and fins.every == 2 and number % 2 == 1:
            gaps.append(Gap(fins.thickness_mm, (Layer("fin", fins.thickness_mm),)))
            continue
        here = barrier if barrier and _has_barrier(arrangement, number) else None
        fin = [Layer("fin", fins.thickness_mm)] if fins and fins.every == 1 else []
        left = width - sum(layer.thickness for layer in fin) - (here.thickness_mm if here else 0.0)
        if here:
            pads = [Layer("pad", left / 2)] if left > 0 else []
            layers = [*fin, *pads, Layer("barrier", here.thickness_mm), *pads]
        else:
            layers = [*fin, *([Layer("pad", left)] if left > 0 else [])]
        if arrangement.gap_material is None:
            layers = [layer for layer in layers if layer.kind != "pad"]
        gaps.append(Gap(width, tuple(layers)))
    return tuple(gaps)


def _has_barrier(arrangement: Rows, number: int) -> bool:
    """Whether gap ``number`` (from 1) is one of every n-th; beside pairs that share a fin, every n-th of the gaps between pairs."""
    every = arrangement.barrier.every if arrangement.barrier else 1
    if arrangement.fins and arrangement.fins.every == 2:
        number //= 2
    return number % every == 0
