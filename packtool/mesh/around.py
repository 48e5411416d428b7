"""Bodies about the z axis in space: rings swept around it, as hexahedra, where heat varies around the axis too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.adjacency import adjacency, interfaces, with_contacts
from packtool.mesh.boxes import SAME_FACE, Box, filled
from packtool.mesh.grid import VOID
from packtool.mesh.grid_lines import Division, divided, merged
from packtool.mesh.ogrid import disc, ring_quads
from packtool.mesh.records import Floats, Integers, Region, TaggedMesh

SIDES = ("r-", "r+", "from", "to", "z-", "z+")
"""Sides of an element: towards and away from the axis, the first and the last angle of a sector, below and above."""


@dataclass(frozen=True)
class RoundPlan:
    """Quadrilaterals of the plan: ``points`` (n, 2), ``quads`` (m, 4) with their first edge along the radius, ``ring`` (m,) interval of
    the radius that each lies in; ``arcs`` (k, 2) edges on circles."""

    points: Floats
    quads: Integers
    ring: Integers
    arcs: Integers


def mesh_around(
    rings: Mapping[str, Sequence[float]],
    *,
    divisions: tuple[Division, Division],
    around: int,
    angle_deg: float,
    curved: bool,
    contacts: Sequence[tuple[str, str]],
    boundaries: Mapping[str, str],
) -> TaggedMesh:
    """``bodies.mesh_revolved`` with ``around`` elements about the axis; see there. Raises MeshError."""
    boxes = [Box(name, "solid", name, r0, 0, z0, r1, 1, z1) for name, (r0, z0, r1, z1) in rings.items()]
    faces = [merged([c for box in boxes for c in box.extent(axis)], SAME_FACE) for axis in (0, 2)]
    r, z = (divided(face, division, SAME_FACE, axis) for face, division, axis in zip(faces, divisions, "rz", strict=True))
    occupancy = filled(boxes, (r, np.array([0.0, 1.0]), z))[:, 0, :]
    plan = _plan(r, faces[0], around, np.radians(angle_deg), curved)
    by_quad = occupancy[plan.ring]
    quad, layer = np.nonzero(by_quad != VOID)
    below = plan.quads[quad] * len(z) + layer[:, None]
    elements = np.concatenate([below, below + 1], axis=1)
    used, numbered = np.unique(elements, return_inverse=True)
    elements = numbered.reshape(elements.shape)
    points = np.column_stack([plan.points[used // len(z)], z[used % len(z)]])
    region = by_quad[quad, layer]
    regions = tuple(Region(box.name, "solid", box.name) for box in boxes)
    names = [box.name for box in boxes]
    middles = _middles(plan, used, z) if curved else None
    mesh = TaggedMesh(
        points, elements, region, regions,
        _boundaries(elements, region, names, plan, quad, layer, occupancy, boundaries, full=angle_deg == 360.0),
        interfaces(elements, region, names), middles=middles,
    )  # fmt: skip
    return with_contacts(mesh, contacts)


def _plan(r: Floats, faces: Floats, around: int, angle: float, curved: bool) -> RoundPlan:
    """The plan between the first and the last radius, over ``angle`` [rad]."""
    whole = abs(angle - 2 * np.pi) < 1e-12
    n = around if whole else around + 1
    theta = angle * np.arange(n) / around
    step = angle / around
    grown = 1.0 if curved else float(np.sqrt(step / np.sin(step)))  # chords then enclose the circle's area
    unit = grown * np.column_stack([np.cos(theta), np.sin(theta)])
    points: list[Floats] = []
    quads: list[Integers] = []
    ring: list[Integers] = []
    arcs: list[Integers] = []
    count, start = 0, 0
    if r[0] == 0:
        start = int(np.searchsorted(r, faces[1] - SAME_FACE))
        middle = disc(around // 12, max(1, start // 2))
        points.append(middle.weights @ (faces[1] * unit))
        quads.append(middle.quads)
        ring.append(np.full(len(middle.quads), start - 1, dtype=np.int64))
        count = len(middle.weights)
        chain = count - around + np.arange(around)
    else:
        points.append(r[0] * unit)
        chain, count = np.arange(n), n
    closed = (lambda c: np.append(c, c[0])) if whole else (lambda c: c)
    arcs.append(np.column_stack([closed(chain)[:-1], closed(chain)[1:]]))
    for number in range(start, len(r) - 1):
        points.append(r[number + 1] * unit)
        outer = count + np.arange(n)
        quads.append(ring_quads(closed(chain), closed(outer)))
        ring.append(np.full(around, number, dtype=np.int64))
        arcs.append(np.column_stack([closed(outer)[:-1], closed(outer)[1:]]))
        chain, count = outer, count + n
    return RoundPlan(np.concatenate(points), np.concatenate(quads), np.concatenate(ring), np.concatenate(arcs))


def _boundaries(
    elements: Integers,
    region: Integers,
    names: list[str],
    plan: RoundPlan,
    quad: Integers,
    layer: Integers,
    occupancy: Integers,
    wanted: Mapping[str, str],
    full: bool,
) -> dict[str, Integers]:
    """Outer facets by ring and side; those that ``wanted`` names otherwise, as it says."""
    near = adjacency(elements)
    side = near.outer_side  # the plan's first edge is along the radius: x of an element is r, y goes around, as SIDES has them
    ring, level = plan.ring[quad[near.outer]], layer[near.outer]
    rings, levels = (np.flatnonzero((occupancy != VOID).any(axis=axis)) for axis in (1, 0))
    ends = {"r-": ring == rings[0], "r+": ring == rings[-1], "z-": level == levels[0], "z+": level == levels[-1]}
    found: dict[str, list[Integers]] = {}
    used: set[str] = set()
    facets = elements[near.outer[:, None], near.faces[near.outer_side]]
    for number, name in enumerate(names):
        for code, sign in enumerate(SIDES):
            for extreme in (True, False):
                mine = (region[near.outer] == number) & (side == code)
                mine &= ends[sign] == extreme if sign in ends else np.full(len(mine), not extreme)
                if not mine.any():
                    continue
                keys = [f"{name}.{sign}", f"{sign[0]}{'min' if sign[1] == '-' else 'max'}" if extreme else "", f"*.{sign}"]
                used.update(key for key in keys if key in wanted)
                found.setdefault(next((wanted[key] for key in keys if key in wanted), keys[0]), []).append(facets[mine])
    if unused := sorted(set(wanted) - used):
        allowed = "'RING.r+', 'rmax' or '*.z-'" + ("" if full else ", 'RING.from', '*.to'")
        raise MeshError(f"boundaries: no outer facet matches {', '.join(unused)}; keys are {allowed}")
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _middles(plan: RoundPlan, used: Integers, z: Floats) -> tuple[Integers, Floats]:
    """Edges on circles and their middles, at every height that has both ends."""
    ends = plan.points[plan.arcs]
    chord = ends.mean(axis=1)
    radius = np.linalg.norm(ends, axis=2).mean(axis=1, keepdims=True)
    middle = chord / np.linalg.norm(chord, axis=1, keepdims=True) * radius
    number = np.full(len(plan.points) * len(z), -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    edges = number[plan.arcs[:, None, :] * len(z) + np.arange(len(z))[None, :, None]]
    arc, level = np.nonzero((edges >= 0).all(axis=2))
    return edges[arc, level], np.column_stack([middle[arc], z[level]])
