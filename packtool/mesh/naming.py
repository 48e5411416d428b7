"""What facets of a pack's mesh are called, whatever way the mesh was made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from packtool.layout.records import MESHED_ROLES
from packtool.mesh.grid import grouped
from packtool.mesh.placed import COOLANT
from packtool.mesh.records import Integers

COOLANT_WALL = "coolant_wall"
GAP_SIDE = "gap_side"
EXTERIOR_SIDE, EXTERIOR_BOTTOM, EXTERIOR_TOP = "exterior_side", "exterior_bottom", "exterior_top"
OUTWARD = (EXTERIOR_SIDE, EXTERIOR_SIDE, EXTERIOR_SIDE, EXTERIOR_SIDE, EXTERIOR_BOTTOM, EXTERIOR_TOP)
"""Name of a facet that sees out of the pack along its normal, by side."""


def boundaries_by_name(side: Integers, facing: Integers, sees_solid: NDArray[np.bool_]) -> dict[str, Integers]:
    """Positions of the outer facets of each boundary.

    For each facet (n,): ``side`` of its element (index into ``grid.SIDES``; the first four are upright whatever way they face),
    ``facing`` the region across it, ``sees_solid`` whether its normal meets a solid further on.
    """
    names = np.array(OUTWARD, dtype=object)[side]
    names[sees_solid] = GAP_SIDE
    names[facing == COOLANT] = COOLANT_WALL
    return {
        name: np.flatnonzero(names == name)
        for name in (COOLANT_WALL, GAP_SIDE, EXTERIOR_SIDE, EXTERIOR_BOTTOM, EXTERIOR_TOP)
        if (names == name).any()
    }


def interfaces_by_name(minus: Integers, plus: Integers) -> Iterator[tuple[str, Integers, NDArray[np.bool_]]]:
    """Name, positions, and where the normal is to point from plus to minus, of the inner facets of each pair of roles.

    ``minus``, ``plus`` (n,): index into MESHED_ROLES of the parts on the two sides.
    """
    codes = np.minimum(minus, plus) * len(MESHED_ROLES) + np.maximum(minus, plus)
    for code, which in grouped(codes):
        a, b = divmod(code, len(MESHED_ROLES))
        yield f"{MESHED_ROLES[a]}|{MESHED_ROLES[b]}", which, minus[which] > plus[which]
