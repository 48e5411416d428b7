"""The terminals of flat cells: pads of prismatic cans, tabs of pouches; where each stands and which way a bar lies on it.

Standing of every figure here: **remembered** (general engineering knowledge that nobody checked against a datasheet), but for the tabs,
which a cell file may give. Prismatic cans of 50-300 Ah carry two flat weld pads on the top face, on its long middle line, about 70 % of
the wide face apart (174 mm wide LFP cells: about 122 mm), 15-25 mm across and 2-4 mm high; long blades one at either short end. Terminals
enter the CAD and the busbars' lengths; the heat solve leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from packtool.design.loaded import LoadedDesign
from packtool.errors import DesignError
from packtool.layout.complaints import complain
from packtool.layout.profiles import Profile
from packtool.layout.records import Part, Product, Sweep
from packtool.layout.rows import Row, RowPlan, Spot
from packtool.layout.stance import terminals_of

PITCH_OVER_WIDTH = 0.70
LARGEST_SIDE_MM = 24.0
SIDE_OVER_THICKNESS = 0.5
SIDE_OVER_WIDTH = 0.25
"""0.70 / 2 + 0.25 / 2 = 0.475 of the width: the pad ends inside the cell's edge."""
HEIGHT_MM = 3.0
TAB_WIDTH_MM = 45.0
TAB_LENGTH_MM = 25.0
TAB_THICKNESS_MM = 0.25
"""Those of a 20 Ah pouch (a123-amp20 in the catalogue, measured); taken for pouches whose tabs are not known, no wider than TAB_OVER_SIDE of the end they leave."""
TAB_OVER_SIDE = 0.45
TAB_PITCH_OVER_SIDE = 0.5
"""Between the middles of two tabs on one end; with 0.45 of width they stand clear of each other and of the edges."""
FOOT_OVER_THICKNESS = 0.6
"""A tab is bent over by this share of the cell's thickness, and welded flat to the bar."""

Face = Literal["top", "x-", "x+", "y-", "y+"]
NORMALS: dict[Face, tuple[int, int]] = {"top": (0, 0), "x-": (-1, 0), "x+": (1, 0), "y-": (0, -1), "y+": (0, 1)}
"""The plan's part of the direction that a face looks to."""


@dataclass(frozen=True, slots=True)
class Terminals:
    """A terminal's contact face: ``wide`` x ``tall`` [mm] (along the row x across it or up), ``out`` from the cell's face, ``reach`` to either
    side of the cell's middle where two share a face. ``tab``: thickness of a pouch's tab, 0: a solid pad."""

    wide: float
    tall: float
    out: float
    reach: float
    tab: float = 0.0


@dataclass(frozen=True, slots=True)
class Pole:
    """One terminal's contact face: whose it is, its middle [mm], the ``face`` of the cell it is on, and half its size along x, y, z."""

    cell: str
    row: int
    series: int
    plus: bool
    face: Face
    at: tuple[float, float, float]
    half: tuple[float, float, float]


def plan_terminals(loaded: LoadedDesign, plan: RowPlan) -> Terminals:
    """The terminals of a cell of this size, by the assumptions above. Raises DesignError for tabs wider than the side they leave."""
    stance, cell = plan.rows[0].stance, loaded.cell
    size = {stance.x_of: stance.x, stance.y_of: stance.y, stance.z_of: stance.z}
    thickness, width, height = size["t"], size["w"], size["h"]
    if cell.format == "pouch":
        side = width if terminals_of(cell) == "top" else height
        wide, tall, length, thick = _tab(loaded, side, thickness, alone=stance.poles == "ends")
        if stance.through == "z":
            wide, tall = tall, wide
        return Terminals(wide, tall, length, TAB_PITCH_OVER_SIDE * side / 2, thick)
    if stance.poles == "ends":
        wide, tall = SIDE_OVER_THICKNESS * stance.x, SIDE_OVER_THICKNESS * stance.z
        return Terminals(wide, min(LARGEST_SIDE_MM, tall), HEIGHT_MM, 0.0)
    side = height if terminals_of(cell) == "one_end" else width  # what two terminals share
    pad = min(LARGEST_SIDE_MM, SIDE_OVER_THICKNESS * thickness, SIDE_OVER_WIDTH * side)
    return Terminals(pad, pad, HEIGHT_MM, PITCH_OVER_WIDTH * side / 2)


def _tab(loaded: LoadedDesign, side: float, thickness: float, *, alone: bool) -> tuple[float, float, float, float]:
    """Length of the foot, width, length and thickness of a tab [mm] on a side of the cell; two share it unless it is ``alone``."""
    cell = loaded.cell
    largest = side if alone else TAB_OVER_SIDE * side
    if cell.tab_width_mm is not None and cell.tab_width_mm.value > largest:
        share = "" if alone else " that two of them share"
        message = f"{cell.tab_width_mm.value:g} mm is too wide for a side of {side:g} mm{share}: at most {largest:.4g}"
        raise DesignError([complain(loaded, "cell.tab_width_mm", message)])
    width = cell.tab_width_mm.value if cell.tab_width_mm is not None else min(TAB_WIDTH_MM, TAB_OVER_SIDE * side)
    length = cell.tab_length_mm.value if cell.tab_length_mm is not None else TAB_LENGTH_MM
    thick = cell.tab_thickness_mm.value if cell.tab_thickness_mm is not None else TAB_THICKNESS_MM
    if thick >= min(length, thickness):
        message = f"{thick:g} mm is thicker than the tab is long ({length:g} mm) or the cell thick ({thickness:g} mm)"
        raise DesignError([complain(loaded, "cell.tab_thickness_mm", message)])
    return max(FOOT_OVER_THICKNESS * thickness, min(2 * thick, thickness)), width, length, thick


def poles_of(plan: RowPlan, terminals: Terminals, base: float) -> tuple[Pole, ...]:
    """Both poles of every cell, plus first, cell by cell; the cells' underside is at ``base``."""
    return tuple(_pole(plan, terminals, spot, plus, base) for spot in plan.spots for plus in (True, False))


def _pole(plan: RowPlan, terminals: Terminals, spot: Spot, plus: bool, base: float) -> Pole:
    row = plan.row_of(spot)
    stance, x, y = row.stance, row.xs[spot.column - 1], row.y
    middle = base + stance.z / 2
    sign = 1.0 if plus != spot.turned else -1.0
    face, at = _place(row, terminals, sign, (x, y, middle))
    if face == "top":
        at = (at[0], at[1], base + stance.z + terminals.out)
        half = (terminals.wide / 2, terminals.tall / 2, 0.0)
    else:
        half = (terminals.wide / 2, 0.0, terminals.tall / 2)
    if terminals.tab:  # the tab leaves the cell in the middle of its thickness, its foot lies beside that
        bent = ((terminals.tall if stance.through == "z" else terminals.wide) - terminals.tab) / 2
        side = NORMALS[face][1] or 1
        at = (at[0], at[1], at[2] + bent) if stance.through == "z" else (at[0] + bent * side, at[1], at[2])
    return Pole(spot.name, row.number, spot.series, plus, face, at, half)


def _place(
    row: Row, terminals: Terminals, sign: float, middle: tuple[float, float, float]
) -> tuple[Face, tuple[float, float, float]]:
    """Face and middle of the pole on the plus side (``sign`` 1) or minus side of an unturned cell."""
    x, y, z = middle
    stance = row.stance
    if stance.poles == "ends":
        return ("y+" if sign > 0 else "y-"), (x, y + sign * (stance.y / 2 + terminals.out), z)
    if stance.on_top:
        along, across = (sign * terminals.reach, 0.0) if stance.in_line else (0.0, sign * terminals.reach)
        return "top", (x + along, y + across, z)
    y = y + row.facing * (stance.y / 2 + terminals.out)
    face: Face = "y+" if row.facing > 0 else "y-"
    if stance.poles == "stacked":
        return face, (x, y, z + sign * terminals.reach)
    return face, (x + sign * terminals.reach, y, z)


def terminal_parts(plan: RowPlan, terminals: Terminals, poles: tuple[Pole, ...]) -> tuple[list[Product], list[Part]]:
    """The terminal product and its parts, ``R1C01+`` and ``R1C01-``, standing on the cells. Their mass is in the cell's."""
    on_top = poles[0].face == "top"
    product = Product(
        id="terminal",
        role="terminal",
        material=plan.cell_id,
        sweeps=_upright(terminals) if on_top else _sideways(terminals, lying=plan.rows[0].stance.through == "z"),
        description=_description(terminals),
    )
    parts = []
    for pole in poles:
        sx, sy = NORMALS[pole.face]
        x, y, z = pole.at
        origin = (x, y, z - terminals.out) if on_top else (x - sx * terminals.out, y - sy * terminals.out, z)
        name = pole.cell + ("+" if pole.plus else "-")
        parts.append(Part(name, "terminal", origin, 180 if pole.face == "y-" else 0, (f"row R{pole.row}",)))
    return [product], parts


def _upright(terminals: Terminals) -> tuple[Sweep, ...]:
    """A pad or tab on a top face, from z = 0 up. A tab is an angle: a sheet as thin as the tab along x, and a foot to weld on."""
    x, y, out, t = terminals.wide / 2, terminals.tall / 2, terminals.out, terminals.tab
    if t == 0:
        return (Sweep(Profile.rectangle(-x, -y, x, y), 0.0, out),)
    return (Sweep(Profile.rectangle(-x, -y, t - x, y), 0.0, out - t), Sweep(Profile.rectangle(-x, -y, x, y), out - t, out))


def _sideways(terminals: Terminals, lying: bool) -> tuple[Sweep, ...]:
    """A pad or tab on a face that looks to +y, from y = 0 out; about x = z = 0. A tab is an angle, its sheet flat where the cell is ``lying``."""
    x, z, out, t = terminals.wide / 2, terminals.tall / 2, terminals.out, terminals.tab
    if t == 0:
        return (Sweep(Profile.rectangle(-x, 0.0, x, out), -z, z),)
    foot = Sweep(Profile.rectangle(-x, out - t, x, out), -z, z)
    if lying:
        return (Sweep(Profile.rectangle(-x, 0.0, x, out - t), -z, t - z), foot)
    return (Sweep(Profile.rectangle(-x, 0.0, t - x, out - t), -z, z), foot)


def _description(terminals: Terminals) -> str:
    if terminals.tab:
        return (
            f"cell tab, weld {terminals.wide:g} x {terminals.tall:g} mm, sheet {terminals.tab:g} mm, {terminals.out:g} mm out of the cell"
            " (mass counted with the cell)"
        )
    apart = f", {2 * terminals.reach:g} mm apart" if terminals.reach else ""
    return (
        f"cell terminal, {terminals.wide:g} x {terminals.tall:g} x {terminals.out:g} mm{apart} (size and pitch remembered, not from a"
        " datasheet; mass counted with the cell)"
    )
