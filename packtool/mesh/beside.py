"""Parts of any shape beside the swept mesh: tied to what their flat faces touch, their other faces open to the air in the enclosure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from packtool.errors import MeshTooLarge
from packtool.layout.records import Layout
from packtool.memory import refuse_beyond
from packtool.mesh.adjacency import adjacency
from packtool.mesh.enclosing import Enclosing
from packtool.mesh.measures import facet_areas, facet_normals
from packtool.mesh.naming import COOLANT_WALL, EXTERIOR_LID, EXTERIOR_PART, EXTERIOR_WALL, GAP_SIDE
from packtool.mesh.overlap import overlap
from packtool.mesh.placed import SAME_MM, placed_sweeps
from packtool.mesh.records import Floats, Integers, Region, TaggedMesh, Tie
from packtool.mesh.resolution import Resolution
from packtool.mesh.room import BYTES_AN_ELEMENT
from packtool.mesh.sides import sides_of
from packtool.mesh.solids import IMPORTED, TOUCH_MM, Solid, fillings

COVERED = 0.5
"""A facet that is covered by more than this share is no outer one any more: whole facets on average have the uncovered area."""


@dataclass(frozen=True)
class _Placed:
    """A solid in the pack: its nodes begin at ``first`` of all points; ``outer`` (n, 4) its outer facets, normal outwards."""

    solid: Solid
    hexes: Integers
    outer: Integers


def with_solids(layout: Layout, mesh: TaggedMesh, solids: Sequence[Solid], of: Resolution) -> tuple[TaggedMesh, tuple[str, ...]]:
    """``mesh`` with a region for each of ``solids`` that touches it, or touches one that does; the names of those that do not.

    Where flat faces lie on each other within TOUCH_MM a tie joins them, ``"NAME|ROLE"`` between a part and those of a role, ``"NAME|OTHER"``
    between two parts. Outer facets of a part: ``exterior_wall[NAME]`` on the inside of the tray, ``exterior_lid[NAME]`` on that of the lid,
    ``gap_side`` where they look at another part, else ``exterior_part[NAME]``. Raises MeshError.
    """
    filled = fillings(tuple(solids), of)
    _refuse_too_large(sum(len(filled[solid.brep].hexes) for solid in solids), len(mesh.hexes))
    points, placed, first = [mesh.points], [], len(mesh.points)
    for solid in solids:
        filling = filled[solid.brep]
        turned = filling.points @ np.array(solid.matrix).reshape(3, 3).T + np.array(solid.origin)
        points.append(turned * 1e-3)
        hexes = filling.hexes + first
        near = adjacency(hexes)
        placed.append(_Placed(solid, hexes, hexes[near.outer[:, None], near.faces[near.outer_side]]))
        first += len(turned)
    every = np.concatenate(points)
    ties = _ties(mesh, every, placed)
    kept = _reached(ties, [one.solid.name for one in placed])
    joined = _assembled(layout, mesh, every, [one for one in placed if one.solid.name in kept], ties, kept)
    return joined, tuple(one.solid.name for one in placed if one.solid.name not in kept)


def _refuse_too_large(added: int, present: int) -> None:
    way_out = "leave parts out of the heat (meshed: false), simplify them, take a coarser mesh (mesh.level, mesh.sizes), or a machine with more memory"
    refuse_beyond((added + present) * BYTES_AN_ELEMENT, f"a mesh of {added + present:,} elements", way_out, MeshTooLarge)


def _ties(mesh: TaggedMesh, points: Floats, placed: Sequence[_Placed]) -> dict[tuple[str, str], Tie]:
    """By the names of the part and of what it touches (a role of the pack, or another part): the facets that touch."""
    found: dict[tuple[str, str], Tie] = {}
    outer = np.concatenate([np.empty((0, 4), np.int64), *(f for name, f in mesh.boundaries.items() if name != COOLANT_WALL)])
    near = [_around(points, one.outer, outer) for one in placed]
    outer = outer[np.unique(np.concatenate([np.empty(0, np.int64), *near]))]
    role = _roles(mesh, outer)
    for number, one in enumerate(placed):
        reach = _around(points, one.outer, outer)
        for of, name in enumerate(dict.fromkeys(region.role for region in mesh.regions)):
            tie = _tie(points, one.outer, reach[role[reach] == of] if len(reach) else reach, outer)
            if tie is not None:
                found[one.solid.name, name] = tie
        for other in placed[:number]:
            finer, coarser = sorted((one, other), key=lambda p: float(facet_areas(points, p.outer).mean()))
            tie = _tie(points, finer.outer, np.arange(len(coarser.outer)), coarser.outer)
            if tie is not None:
                found[finer.solid.name, coarser.solid.name] = tie
    return found


def _tie(points: Floats, minus: Integers, chosen: Integers, plus: Integers) -> Tie | None:
    shared = overlap(points, minus, plus[chosen], TOUCH_MM * 1e-3)
    if not len(shared.area):
        return None
    return Tie(minus[np.unique(shared.first)], plus[chosen[np.unique(shared.second)]])


def _roles(mesh: TaggedMesh, facets: Integers) -> Integers:
    """Which of the mesh's roles, in the order of its regions, the element behind each outer facet has."""
    roles = list(dict.fromkeys(region.role for region in mesh.regions))
    of_region = np.array([roles.index(region.role) for region in mesh.regions])
    if not len(facets):
        return np.empty(0, dtype=np.int64)
    on_it = np.zeros(len(mesh.points), dtype=bool)
    on_it[facets] = True
    hexes = np.flatnonzero(on_it[mesh.hexes].sum(axis=1) >= facets.shape[1])
    element, _ = sides_of(mesh.hexes[hexes], {"boundaries": facets})["boundaries"]
    return np.asarray(of_region[mesh.region[hexes[element]]])


def _around(points: Floats, facets: Integers, others: Integers) -> Integers:
    """Which of ``others`` have a corner's box that meets the box around ``facets``."""
    low, high = points[facets].min(axis=(0, 1)), points[facets].max(axis=(0, 1))
    corner, slack = points[others], TOUCH_MM * 1e-3
    meets = (corner.max(axis=1) >= low - slack) & (corner.min(axis=1) <= high + slack)
    return np.flatnonzero(meets.all(axis=1))


def _reached(ties: dict[tuple[str, str], Tie], names: Sequence[str]) -> set[str]:
    """The parts that heat can come to from the pack."""
    parts, kept, more = set(names), set[str](), True
    while more:
        more = False
        for pair in ties:
            ends = [end for end in pair if end in parts]
            if len(ends) == 1 and ends[0] not in kept:
                kept.add(ends[0])
                more = True
            elif len(ends) == 2 and len(kept & set(ends)) == 1:
                kept |= set(ends)
                more = True
    return kept


def _assembled(
    layout: Layout,
    mesh: TaggedMesh,
    points: Floats,
    placed: Sequence[_Placed],
    ties: dict[tuple[str, str], Tie],
    kept: set[str],
) -> TaggedMesh:
    """The mesh with the parts that are ``placed``, whose ties are those that name one of ``kept``."""
    held = {pair: tie for pair, tie in ties.items() if kept.intersection(pair)}
    covered = _Cover(points, held)
    boundaries = {}
    for name, facets in mesh.boundaries.items():
        left = facets[~covered.over(facets)]
        if len(left):
            boundaries[name] = left
    enclosing = Enclosing.of(layout)
    gaps = [boundaries.pop(GAP_SIDE)] if GAP_SIDE in boundaries else []
    boxes = _boxes(layout, points, placed)
    for one in placed:
        facets = one.outer[~covered.over(one.outer)]
        middle, normal = points[facets].mean(axis=1) * 1e3, facet_normals(points, facets)
        normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
        on_tray, on_lid = enclosing.touched(middle, normal, TOUCH_MM)
        blocked = ~on_tray & ~on_lid & _sees(middle, normal, boxes, one.solid.name)
        gaps.append(facets[blocked])
        for name, which in ((EXTERIOR_WALL, on_tray), (EXTERIOR_LID, on_lid), (EXTERIOR_PART, ~on_tray & ~on_lid & ~blocked)):
            if which.any():
                boundaries[f"{name}[{one.solid.name}]"] = facets[which]
    gap = np.concatenate([np.empty((0, 4), dtype=np.int64), *gaps])
    if len(gap):
        boundaries[GAP_SIDE] = gap
    regions = (*mesh.regions, *(Region(one.solid.name, IMPORTED, one.solid.material) for one in placed))
    hexes = np.concatenate([mesh.hexes, *(one.hexes for one in placed)])
    region = np.concatenate([mesh.region, *(np.full(len(one.hexes), len(mesh.regions) + i) for i, one in enumerate(placed))])
    named = {f"{first}|{second}": tie for (first, second), tie in held.items()}
    used, numbered = np.unique(hexes, return_inverse=True)
    number = np.full(len(points), -1)
    number[used] = np.arange(len(used))
    return replace(
        mesh, points=points[used], hexes=numbered.reshape(-1, 8), region=region, regions=regions,
        boundaries={name: number[facets] for name, facets in boundaries.items()},
        interfaces={name: number[facets] for name, facets in mesh.interfaces.items()},
        ties={name: Tie(number[tie.minus], number[tie.plus]) for name, tie in {**mesh.ties, **named}.items()},
    )  # fmt: skip


class _Cover:
    """Which facets the ties cover by more than COVERED."""

    def __init__(self, points: Floats, ties: dict[tuple[str, str], Tie]) -> None:
        self._share: dict[bytes, float] = {}
        for tie in ties.values():
            shared = overlap(points, tie.minus, tie.plus, TOUCH_MM * 1e-3)
            for facets, which in ((tie.minus, shared.first), (tie.plus, shared.second)):
                share = np.bincount(which, shared.area, len(facets)) / facet_areas(points, facets)
                for key, value in zip(_keys(facets), share.tolist(), strict=True):
                    self._share[key] = self._share.get(key, 0.0) + value

    def over(self, facets: Integers) -> NDArray[np.bool_]:
        """Which of ``facets`` (n, 4) are covered by more than COVERED."""
        return np.array([self._share.get(key, 0.0) > COVERED for key in _keys(facets)], dtype=bool)


def _keys(facets: Integers) -> list[bytes]:
    return [row.tobytes() for row in np.sort(facets, axis=1)]


def _boxes(layout: Layout, points: Floats, placed: Sequence[_Placed]) -> dict[str, Floats]:
    """Boxes (n, 6) [mm] around the pack's swept parts, and around each of ``placed``, by its name."""
    sweeps = [s for s in placed_sweeps(layout) if s.region >= 0]
    swept = [[*(s.extent(axis)[0] for axis in range(3)), *(s.extent(axis)[1] for axis in range(3))] for s in sweeps]
    found = {"": np.array(swept).reshape(-1, 6)}
    for one in placed:
        corner = points[one.outer] * 1e3
        found[one.solid.name] = np.concatenate([corner.min(axis=(0, 1)), corner.max(axis=(0, 1))])[None]
    return found


def _sees(middle: Floats, normal: Floats, boxes: dict[str, Floats], own: str) -> NDArray[np.bool_]:
    """Whether the normal from each ``middle`` (n, 3) [mm] meets the box of another part further on."""
    seen = np.zeros(len(middle), dtype=bool)
    slope = np.where(np.abs(normal) < 1e-9, 1e-300, normal)
    for box in np.concatenate([rows for name, rows in boxes.items() if name != own]):
        with np.errstate(over="ignore", invalid="ignore"):
            ends = np.stack([(box[:3] - middle) / slope, (box[3:] - middle) / slope])
        near, far = ends.min(axis=0).max(axis=1), ends.max(axis=0).min(axis=1)
        seen |= (far > near + SAME_MM) & (near >= -TOUCH_MM)
    return seen
