"""Meshes of named boxes: the plain Python API for problems that are not a pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.grid import SIDES, VOID, SolidGrid, grouped, solid_grid
from packtool.mesh.grid_lines import Division, MaxSize, divided, merged
from packtool.mesh.records import Contact, Floats, Integers, Region, TaggedMesh

SAME_FACE = 1e-9
"""Faces closer than this [m] are one: the rounding of sums of coordinates in double precision, far below any workshop's tolerance."""


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned solid from (x0, y0, z0) to (x1, y1, z1) [m]. ``name`` is unique and becomes the region's name."""

    name: str
    role: str
    material: str
    x0: float
    y0: float
    z0: float
    x1: float
    y1: float
    z1: float

    def extent(self, axis: int) -> tuple[float, float]:
        """Lower and upper coordinate [m] along axis 0, 1 or 2."""
        return ((self.x0, self.x1), (self.y0, self.y1), (self.z0, self.z1))[axis]


def mesh_boxes(
    boxes: Sequence[Box] | Mapping[str, Sequence[float]],
    *,
    divisions: int | MaxSize | tuple[Division, Division, Division],
    contacts: Sequence[tuple[str, str]] = (),
    boundaries: Mapping[str, str] | None = None,
) -> TaggedMesh:
    """One tensor grid through all box faces; what lies in no box is void.

    ``boxes``: Box records, or by name the two corners (x0, y0, z0, x1, y1, z1) [m].
    ``divisions``, for x, y and z each one of: a count per interval (``8``), counts (``[4, 2, 4]``), ``Counts`` with growth,
    ``MaxSize``, or explicit ``Lines``; one count or MaxSize alone is that of all three. A 1-D or 2-D problem is one element thick:
    ``(40, 1, 1)``.

    ``contacts``: pairs of box names; their interface gets nodes of its own on both sides and is the Contact ``"A|B"``, minus on
    A, normals from A to B. Where it ends inside the solid its rim has one node.

    Regions are the boxes, in their order. Boundaries: outer facets by box and side, ``"A.x-"`` ... ``"A.z+"``. ``boundaries``
    gives them other names; its keys are ``"A.x-"``, or ``"xmin"`` ... ``"zmax"`` (facets on the mesh's extreme planes), or
    ``"*.x-"`` (every facet with that normal), the earlier kind taking precedence; several keys may share a name. Interfaces:
    ``"A|B"`` in the order of the boxes, normal from A to B; without the contacts.

    Raises MeshError for overlapping boxes (both are named), a name used twice, a box without volume, divisions that do not fit,
    contacts between boxes that do not touch, and boundary keys that match no facet.
    """
    boxes = _named(boxes) if isinstance(boxes, Mapping) else boxes
    _check_boxes(boxes)
    if not isinstance(divisions, tuple | list):
        divisions = (divisions, divisions, divisions)
    faces = [merged([c for box in boxes for c in box.extent(axis)], SAME_FACE) for axis in range(3)]
    lines = [divided(faces[axis], divisions[axis], SAME_FACE, "xyz"[axis]) for axis in range(3)]
    occupancy = filled(boxes, lines)
    index = {box.name: i for i, box in enumerate(boxes)}
    unknown = [name for pair in contacts for name in pair if name not in index]
    if unknown:
        raise MeshError(f"contacts name {', '.join(unknown)}; the boxes are {', '.join(index)}")
    x, y, z = lines
    grid = solid_grid(x, y, z, occupancy, [(index[a], index[b]) for a, b in contacts])
    named_contacts = {}
    for a, b in contacts:
        pieces = _interface(grid, index[a], index[b])
        if pieces is None:
            raise MeshError(f"contact {a}|{b}: the two boxes do not touch in a face")
        named_contacts[f"{a}|{b}"] = Contact(*pieces)
    return TaggedMesh(
        grid.points,
        grid.hexes,
        grid.region,
        tuple(Region(box.name, box.role, box.material) for box in boxes),
        _boundaries(boxes, grid, dict(boundaries or {})),
        _interfaces(boxes, grid),
        named_contacts,
    )


def _named(boxes: Mapping[str, Sequence[float]]) -> list[Box]:
    for name, corners in boxes.items():
        if len(corners) != 6:
            raise MeshError(f"box {name}: wanted its two corners (x0, y0, z0, x1, y1, z1) [m], got {tuple(corners)!r}")
    return [Box(name, "solid", name, *corners) for name, corners in boxes.items()]


def _check_boxes(boxes: Sequence[Box]) -> None:
    if not boxes:
        raise MeshError("no boxes to mesh")
    seen: set[str] = set()
    for box in boxes:
        if box.name in seen:
            raise MeshError(f"two boxes are called {box.name}")
        if not box.name or "|" in box.name:
            raise MeshError(
                f"a box may not be called {box.name!r}: the name is empty or has a '|', which separates the sides of an interface"
            )
        seen.add(box.name)
        for axis in range(3):
            low, high = box.extent(axis)
            if not all(isinstance(end, int | float | np.number) for end in (low, high)):
                raise MeshError(f"box {box.name}: its {'xyz'[axis]} extent is from {low!r} to {high!r}; wanted numbers [m]")
            if not (np.isfinite(low) and np.isfinite(high) and high - low > SAME_FACE):
                raise MeshError(f"box {box.name}: its {'xyz'[axis]} extent from {low:g} to {high:g} m is empty or not finite")


def filled(boxes: Sequence[Box], lines: Sequence[Floats]) -> Integers:
    """(nx, ny, nz) index of the box that each grid box lies in, VOID outside all."""
    occupancy = np.full(tuple(len(line) - 1 for line in lines), VOID, dtype=np.int64)
    for number, box in enumerate(boxes):
        span = [np.searchsorted(lines[axis], np.array(box.extent(axis)) - SAME_FACE) for axis in range(3)]
        block = occupancy[tuple(slice(a, b) for a, b in span)]
        if (block != VOID).any():
            other = boxes[int(block[block != VOID][0])]
            raise MeshError(f"boxes {other.name} and {box.name} overlap")
        block[...] = number
    return occupancy


def _interface(grid: SolidGrid, first: int, second: int) -> tuple[Integers, Integers] | None:
    """Facets between two regions on either side, normal from ``first`` to ``second``; None if there are none."""
    minus, plus = grid.region[grid.inner_minus], grid.region[grid.inner_plus]
    which = np.flatnonzero(((minus == first) & (plus == second)) | ((minus == second) & (plus == first)))
    return grid.facets_between(which, minus[which] == second) if which.size else None


def _interfaces(boxes: Sequence[Box], grid: SolidGrid) -> dict[str, Integers]:
    uncut = np.flatnonzero(~grid.inner_cut)
    minus, plus = grid.region[grid.inner_minus[uncut]], grid.region[grid.inner_plus[uncut]]
    low, high = np.minimum(minus, plus), np.maximum(minus, plus)
    found = {}
    for code, which in grouped(low * len(boxes) + high):
        a, b = divmod(code, len(boxes))
        found[f"{boxes[a].name}|{boxes[b].name}"] = grid.facets_between(uncut[which], minus[which] == b)[0]
    return found


def _boundaries(boxes: Sequence[Box], grid: SolidGrid, wanted: dict[str, str]) -> dict[str, Integers]:
    side, region = grid.outer_side, grid.region[grid.outer_element]
    layer = grid.place[grid.outer_element, side // 2] + side % 2
    ends = np.stack([grid.place.min(axis=0), grid.place.max(axis=0) + 1], axis=1).ravel()
    extreme = layer == ends[side]
    names: dict[str, list[Integers]] = {}
    used: set[str] = set()
    for code, facets in grouped((region * 6 + side) * 2 + extreme):
        (number, which_side), on_end = divmod(code // 2, 6), code % 2
        sign, box = SIDES[which_side], boxes[number].name
        keys = [f"{box}.{sign}", f"{sign[0]}{'min' if sign[1] == '-' else 'max'}" if on_end else "", f"*.{sign}"]
        used.update(key for key in keys if key in wanted)
        name = next((wanted[key] for key in keys if key in wanted), keys[0])
        names.setdefault(name, []).append(facets)
    if unused := sorted(set(wanted) - used):
        raise MeshError(f"boundaries: no outer facet matches {', '.join(unused)}; keys are 'BOX.x-', 'xmin' or '*.x-'")
    return {name: grid.outer_facets(np.sort(np.concatenate(parts))) for name, parts in names.items()}
