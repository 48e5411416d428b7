"""How a flat cell (prismatic, pouch) stands in its row: which of its sides is up, and where its terminals then are.

x runs along the row, y across it, z up. Cells are stacked through their thickness where they stand ``upright`` or ``on_side``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from packtool.catalogue.records import Cell
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Rows
from packtool.errors import DesignError
from packtool.layout.complaints import complain
from packtool.layout.records import Axis

Poles = Literal["across", "ends", "stacked", "in_line"]
"""Where a cell's two terminals are: ``across`` the row on top; at its two ``ends`` (-y and +y); both on one end, ``stacked`` one above the
other; both on one face (top or end), ``in_line`` with the row."""


@dataclass(frozen=True, slots=True)
class Stance:
    """A cell's size as it stands [mm], the axis its electrode layers are stacked along, and its terminals.

    ``on_top``: the terminals are on the top face, else on the faces across the row. ``x_of``, ``y_of``, ``z_of``: which of the cell's own
    dimensions lies along the axis (``t`` thickness, ``w`` width, ``h`` height).
    """

    x: float
    y: float
    z: float
    through: Axis
    poles: Poles
    on_top: bool
    x_of: str
    y_of: str
    z_of: str

    @property
    def in_line(self) -> bool:
        """Terminals side by side along the row: the current runs through the row without turning cells."""
        return self.poles == "in_line"

    def turned_in_row(self) -> Stance:
        """The same cell turned by 90 degrees about the vertical: its width along the row. For cells with terminals across the row only."""
        through: Axis = "y" if self.through == "x" else "x"
        return Stance(self.y, self.x, self.z, through, "in_line", self.on_top, self.y_of, self.x_of, self.z_of)


_STANCES: dict[tuple[str, str], tuple[str, Poles, bool]] = {
    ("top", "upright"): ("twh", "across", True),
    ("top", "on_side"): ("thw", "stacked", False),
    ("top", "flat"): ("wht", "in_line", False),
    ("one_end", "upright"): ("twh", "stacked", False),
    ("one_end", "flat"): ("hwt", "in_line", False),
    ("both_ends", "upright"): ("twh", "ends", False),
    ("both_ends", "flat"): ("hwt", "ends", False),
}
"""(where the cell's terminals are, orientation) -> the cell's dimensions along x, y, z; its poles; whether they are on top."""


def terminals_of(cell: Cell) -> str:
    """Where a cell's terminals are, in its own frame: as the catalogue says, else ``top`` for cans and ``both_ends`` for pouches."""
    return cell.terminals or ("both_ends" if cell.format == "pouch" else "top")


def stance_of(loaded: LoadedDesign) -> Stance:
    """How the cells of this design stand. Raises DesignError if the cell is not flat, lacks a dimension, or cannot stand so."""
    cell, arrangement = loaded.cell, loaded.design.arrangement
    assert isinstance(arrangement, Rows)  # lay_out picks by the pattern
    orientation = arrangement.orientation
    if cell.format == "cylindrical":
        message = f"{cell.id} is cylindrical: pattern: rows takes prismatic and pouch cells"
        raise DesignError([complain(loaded, "cell", message)])
    if cell.width_mm is None or cell.thickness_mm is None or cell.height_mm is None:
        missing = ", ".join(cell.unknown(("width_mm", "thickness_mm", "height_mm")))
        message = f"{cell.id}: unknown {missing}; give it as cell: {{like: {cell.id}, {missing.split(', ')[0]}: ...}}"
        raise DesignError([complain(loaded, "cell", message)])
    where = terminals_of(cell)
    if (where, orientation) not in _STANCES:
        possible = [o for w, o in _STANCES if w == where]
        message = (
            f"{cell.id} has its terminals at {'one end' if where == 'one_end' else 'both ends'} of its width: {orientation} would put"
            f" them above and below; orientation may be {' or '.join(possible)}"
        )
        raise DesignError([complain(loaded, "arrangement.orientation", message)])
    letters, poles, on_top = _STANCES[where, orientation]
    size = {"t": cell.thickness_mm.value, "w": cell.width_mm.value, "h": cell.height_mm.value}
    x, y, z = tuple(letters)
    axes: tuple[Axis, Axis, Axis] = ("x", "y", "z")
    return Stance(size[x], size[y], size[z], axes[letters.index("t")], poles, on_top, x, y, z)
