"""A plate's plan as quadrilaterals: finer and finer towards the channels' inner corners, cut in two, swept through heights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.fem.elements import ElementMesh, outer_facets, refined
from packtool.mesh.records import Floats, Integers

Flags = NDArray[np.bool_]

RING = 0.5
"""Each ring of quadrilaterals about a corner is this much smaller than the one around it."""


@dataclass(frozen=True)
class Plan:
    """``points`` (n, 2) [m]; ``quads`` (m, 4) their corners, anticlockwise; by quadrilateral (m,): ``wet`` in a channel, ``metal`` within the plate, ``cut``
    behind an opening, where at the channel's height nothing is meshed."""

    points: Floats
    quads: Integers
    wet: Flags
    metal: Flags
    cut: Flags


def of_lines(x: Floats, y: Floats, wet: Flags, metal: Flags, cut: Flags) -> Plan:
    """The rectangles between lines that are ``wet`` or ``metal``, each (n_x - 1, n_y - 1)."""
    points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    number = np.arange(len(points)).reshape(len(x), len(y))
    quads = np.stack([number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]], axis=-1)
    kept = wet | metal
    return Plan(points, quads[kept], wet[kept], metal[kept], cut[kept])


def towards_corners(plan: Plan, rings: int) -> Plan:
    """With ``rings`` of smaller quadrilaterals about every point where the coolant goes round three of four.

    A quadrilateral with such a corner becomes one of RING its size there and two that fill the rest, ``rings`` times over; its outer sides
    stay whole, so the neighbours are as they were. No quadrilateral may have two such corners.
    """
    count = np.bincount(plan.quads[plan.wet].ravel(), minlength=len(plan.points))
    around = np.bincount(plan.quads.ravel(), minlength=len(plan.points))
    corners = np.flatnonzero((count == 3) & (around == 4))
    for _ in range(rings):
        plan = _ringed(plan, corners)
    return plan


def _ringed(plan: Plan, corners: Integers) -> Plan:
    at = np.isin(plan.quads, corners)
    rows = np.flatnonzero(at.any(axis=1))
    first = at[rows].argmax(axis=1)
    a, *others = np.take_along_axis(plan.quads[rows], (first[:, None] + np.arange(4)) % 4, axis=1).T
    n = len(plan.points)
    pairs, back = np.unique(np.stack([a * n + other for other in others]), return_inverse=True)
    start, end = plan.points[pairs // n], plan.points[pairs % n]
    e, f, g = n + back.reshape(3, -1)
    b, c, d = others
    rest = np.setdiff1d(np.arange(len(plan.quads)), rows)
    quads = [plan.quads[rest], *(np.column_stack(q) for q in ((a, e, f, g), (e, b, c, f), (g, f, c, d)))]
    parent = np.concatenate([rest, rows, rows, rows])
    points = np.concatenate([plan.points, start + RING * (end - start)])
    return Plan(points, np.concatenate(quads), plan.wet[parent], plan.metal[parent], plan.cut[parent])


def halved(plan: Plan) -> Plan:
    """Every quadrilateral cut in two a direction."""
    mesh, parent = refined(ElementMesh(plan.points, plan.quads, {"border": outer_facets(plan.quads)}))
    return Plan(mesh.points, mesh.elements, plan.wet[parent], plan.metal[parent], plan.cut[parent])


def swept(points: Floats, quads: Integers, z: Floats, kept: Flags) -> tuple[Floats, Integers]:
    """Points (n, 3) and hexahedra (m, 8) of those ``kept`` (n_quads, n_z - 1) between the heights ``z``, column by column."""
    n = len(points)
    bottom = quads[:, None, :] + n * np.arange(len(z) - 1)[None, :, None]
    hexes = np.concatenate([bottom, bottom + n], axis=2)[kept]
    used, back = np.unique(hexes, return_inverse=True)
    layer, place = np.divmod(used, n)
    return np.column_stack([points[place], z[layer]]), back.reshape(hexes.shape)
