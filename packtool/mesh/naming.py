"""What facets of a pack's mesh are called, whatever way the mesh was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from packtool.layout.records import MESHED_ROLES, Layout
from packtool.mesh.grid import grouped
from packtool.mesh.placed import COOLANT, SAME_MM
from packtool.mesh.records import Floats, Integers, TaggedMesh

COOLANT_WALL = "coolant_wall"
GAP_SIDE = "gap_side"
EXTERIOR_SIDE, EXTERIOR_BOTTOM, EXTERIOR_TOP = "exterior_side", "exterior_bottom", "exterior_top"
EXTERIOR_UNDERSIDE = "exterior_underside"
"""Facets that look down like those of ``exterior_bottom``, but from higher than the pack's lowest face: what hangs over."""
EXTERIOR_WALL = "exterior_wall"
EXTERIOR_PART, EXTERIOR_LID = "exterior_part", "exterior_lid"
"""Facets of parts of any shape that see the enclosure, and that lie on its lid; with the part's name in brackets."""
OUTWARD = (EXTERIOR_SIDE, EXTERIOR_SIDE, EXTERIOR_SIDE, EXTERIOR_SIDE, EXTERIOR_BOTTOM, EXTERIOR_TOP)
"""Name of a facet that sees out of the pack along its normal, by side."""


def boundaries_by_name(
    side: Integers, facing: Integers, sees_solid: NDArray[np.bool_], on_wall: NDArray[np.bool_] | None = None
) -> dict[str, Integers]:
    """Positions of the outer facets of each boundary.

    For each facet (n,): ``side`` of its element (index into ``grid.SIDES``; the first four are upright whatever way they face),
    ``facing`` the region across it, ``sees_solid`` whether its normal meets a solid further on, ``on_wall`` whether it lies on the
    tray's wall (None: none does).
    """
    names = np.array(OUTWARD, dtype=object)[side]
    names[sees_solid] = GAP_SIDE
    if on_wall is not None:
        names[on_wall] = EXTERIOR_WALL
    names[facing == COOLANT] = COOLANT_WALL
    return {
        name: np.flatnonzero(names == name)
        for name in (COOLANT_WALL, GAP_SIDE, EXTERIOR_SIDE, EXTERIOR_WALL, EXTERIOR_BOTTOM, EXTERIOR_TOP)
        if (names == name).any()
    }


def with_undersides(mesh: TaggedMesh) -> TaggedMesh:
    """The mesh with what looks down from above its lowest plane told apart from what lies there."""
    bottom = mesh.boundaries.get(EXTERIOR_BOTTOM)
    if bottom is None:
        return mesh
    heights = mesh.points[bottom][:, :, 2].mean(axis=1)
    higher = heights > mesh.points[:, 2].min() + SAME_MM * 1e-3
    if not higher.any():
        return mesh
    named = {EXTERIOR_BOTTOM: bottom[~higher], EXTERIOR_UNDERSIDE: bottom[higher]}
    return replace(mesh, boundaries={**mesh.boundaries, **{name: facets for name, facets in named.items() if len(facets)}})


def interfaces_by_name(minus: Integers, plus: Integers) -> Iterator[tuple[str, Integers, NDArray[np.bool_]]]:
    """Name, positions, and where the normal is to point from plus to minus, of the inner facets of each pair of roles.

    ``minus``, ``plus`` (n,): index into MESHED_ROLES of the parts on the two sides.
    """
    codes = np.minimum(minus, plus) * len(MESHED_ROLES) + np.maximum(minus, plus)
    for code, which in grouped(codes):
        a, b = divmod(code, len(MESHED_ROLES))
        yield f"{MESHED_ROLES[a]}|{MESHED_ROLES[b]}", which, minus[which] > plus[which]


def on_wall(layout: Layout, side: Integers, middle: Floats) -> NDArray[np.bool_]:
    """Whether each outer facet lies on the inside of the tray's wall: by its ``side`` and its ``middle`` (n, 2) in the plan [mm]."""
    if layout.inside is None:
        return np.zeros(len(side), dtype=bool)
    x0, y0, x1, y1 = layout.inside
    place, wall = middle[np.arange(len(side)), np.minimum(side, 3) // 2], np.array([x0, x1, y0, y1])[np.minimum(side, 3)]
    found: NDArray[np.bool_] = (side < 4) & (np.abs(place - wall) <= SAME_MM)
    return found
