"""Meshes of the published flow cases: names for parts of a side, and a channel round a cylinder."""

from __future__ import annotations

import numpy as np

from packtool.fem.elements import ElementMesh, outer_facets
from packtool.fem.lattice import graded, grid, joined
from packtool.mesh.records import Floats


def renamed(mesh: ElementMesh, facets_at: dict[str, tuple[str, Floats, Floats]]) -> ElementMesh:
    """Facets of a boundary whose middles lie in a box, under a name of their own: new name -> (boundary, low corner, high corner)."""
    boundaries = dict(mesh.boundaries)
    for name, (old, low, high) in facets_at.items():
        middle = mesh.points[boundaries[old]].mean(axis=1)
        inside = ((middle > low) & (middle < high)).all(axis=1)
        boundaries[name] = boundaries[old][inside]
        boundaries[old] = boundaries[old][~inside]
    return ElementMesh(mesh.points, mesh.elements, boundaries)


def cylinder_channel(n: int) -> ElementMesh:
    """The channel of the DFG benchmark, 2.2 x 0.41 m with a cylinder of 0.1 m at (0.2, 0.2); 4 ``n`` edges round the cylinder.

    The polygon has the circle's area. Boundaries ``x-``, ``x+``, ``y-``, ``y+``, ``cylinder``.
    """
    low, high, centre, radius = 0.1, 0.3, np.array([0.2, 0.2]), 0.05
    sides = 4 * n
    radius *= np.sqrt(np.pi / (sides / 2 * np.sin(2 * np.pi / sides)))
    block = np.linspace(low, high, n + 1)
    x = joined(graded(0.0, low, n // 2, 1.0, False), block, graded(high, 2.2, 2 * n, 14.0, False))
    y = joined(graded(0.0, low, n // 2, 1.5, False), block, graded(high, 0.41, n // 2, 1 / 1.5, False))
    outside = grid([x, y])
    middle = outside.points[outside.elements].mean(axis=1)
    kept = outside.elements[~((middle > low) & (middle < high)).all(axis=1)]
    # the ring between the square and the circle: spokes from the square's nodes, from its corner (low, low) anticlockwise
    edge = np.linspace(-1, 1, n + 1)[:-1]
    square = np.concatenate(
        [np.column_stack(c) for c in ((edge, -1 + 0 * edge), (1 + 0 * edge, edge), (-edge, 1 + 0 * edge), (-1 + 0 * edge, -edge))]
    ) * ((high - low) / 2)
    angle = -3 * np.pi / 4 + 2 * np.pi * np.arange(sides) / sides
    circle = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    layers = graded(0.0, 1.0, n, 8.0, False)
    ring = centre + circle[:, None] * (1 - layers)[None, :, None] + square[:, None] * layers[None, :, None]
    number = len(outside.points) + np.arange(sides * (n + 1)).reshape(sides, n + 1)
    after = np.roll(number, -1, axis=0)
    spokes = np.stack([number[:, :-1], number[:, 1:], after[:, 1:], after[:, :-1]], axis=2).reshape(-1, 4)
    points = np.concatenate([outside.points, ring.reshape(-1, 2)])
    # the ring's outer nodes are the square's
    _, first, back = np.unique(np.round(points, 9), axis=0, return_index=True, return_inverse=True)
    elements = back.ravel()[np.concatenate([kept, spokes])]
    used, elements = np.unique(elements, return_inverse=True)
    elements = elements.reshape(-1, 4)
    points = points[first[used]]
    outer = outer_facets(elements)
    ends = points[outer]
    boundaries = {
        name: outer[(np.abs(ends[:, :, axis] - place) < 1e-9).all(axis=1)]
        for name, axis, place in (("x-", 0, 0.0), ("x+", 0, 2.2), ("y-", 1, 0.0), ("y+", 1, 0.41))
    }
    boundaries["cylinder"] = outer[(np.linalg.norm(ends - centre, axis=2) < 1.5 * radius).all(axis=1)]
    return ElementMesh(points, elements, boundaries)
