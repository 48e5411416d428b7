"""The terminals on a cell's top face: assumed, because no catalogue gives them.

Standing of every figure here: **remembered** (general engineering knowledge that nobody checked against a datasheet). Prismatic cans
of 50-300 Ah carry two flat weld pads on the top face, on its long middle line, about 70 % of the wide face apart (174 mm wide LFP
cells: about 122 mm), 15-25 mm across and 2-4 mm high. Terminals enter the CAD and the busbars' lengths; the heat solve leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass

from packtool.layout.records import Part, Product, Profile, Sweep
from packtool.layout.rows import RowPlan

PITCH_OVER_WIDTH = 0.70
LARGEST_SIDE_MM = 24.0
SIDE_OVER_THICKNESS = 0.5
SIDE_OVER_WIDTH = 0.25
"""0.70 / 2 + 0.25 / 2 = 0.475 of the width: the pad ends inside the cell's edge."""
HEIGHT_MM = 3.0


@dataclass(frozen=True, slots=True)
class Terminals:
    """Square pads of ``side_mm``, ``height_mm`` high, ``reach_mm`` (along y) to either side of the cell's middle."""

    side_mm: float
    height_mm: float
    reach_mm: float


def plan_terminals(plan: RowPlan) -> Terminals:
    """The terminals of a cell of this size, by the assumption above."""
    side = min(LARGEST_SIDE_MM, SIDE_OVER_THICKNESS * plan.thickness_mm, SIDE_OVER_WIDTH * plan.width_mm)
    return Terminals(side, HEIGHT_MM, PITCH_OVER_WIDTH * plan.width_mm / 2)


def terminal_y(plan: RowPlan, terminals: Terminals, row: int, turned: bool, plus: bool) -> float:
    """y of a terminal's middle [mm]: the plus side of an unturned cell looks to +y."""
    return plan.row_y(row) + (terminals.reach_mm if plus != turned else -terminals.reach_mm)


def terminal_parts(plan: RowPlan, terminals: Terminals, z: float) -> tuple[Product, list[Part]]:
    """The terminal product and its parts, ``R1C01+`` and ``R1C01-``, standing at ``z`` on the cells. Their mass is in the cell's."""
    half = terminals.side_mm / 2
    product = Product(
        id="terminal",
        role="terminal",
        material=plan.cell_id,
        sweeps=(Sweep(Profile.rectangle(-half, -half, half, half), 0.0, terminals.height_mm),),
        description=(
            f"cell terminal, {terminals.side_mm:g} x {terminals.side_mm:g} x {terminals.height_mm:g} mm,"
            f" {2 * terminals.reach_mm:g} mm apart (size and pitch remembered, not from a datasheet; mass counted with the cell)"
        ),
    )
    parts = []
    for spot in plan.spots:
        x = plan.column_x(spot.column)
        for sign, plus in (("+", True), ("-", False)):
            y = terminal_y(plan, terminals, spot.row, spot.turned, plus)
            parts.append(Part(spot.name + sign, "terminal", (x, y, z), group=(f"row R{spot.row}",)))
    return product, parts
