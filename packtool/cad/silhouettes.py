"""What a triangulated part hides in a view: each of its faces that looks towards the viewer, as a region."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from packtool.cad.edges import ON_MM
from packtool.cad.region import Region
from packtool.cad.tessellate import Triangles
from packtool.cad.views import Face
from packtool.layout.records import Role

ONTO: dict[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2: ((0, 1), (1, 1), (2, 1)),
    1: ((0, 1), (2, 1), (1, -1)),
    0: ((1, -1), (2, 1), (0, -1)),
}
"""By the axis looked along: which axis, times what, is to the right, upwards and towards the viewer."""


def hiding_faces(triangles: Triangles, axis: int, role: Role) -> Iterator[Face]:
    """The faces of a closed surface, in the pack's frame, that hide what is behind all of them; their edges are not drawn.

    A face that folds over itself in the view hides its inside by the even-odd rule only.
    """
    points = np.column_stack([sign * triangles.points[:, index] for index, sign in ONTO[axis]])
    at = points[triangles.corners]
    (ax, ay), (bx, by) = (at[:, 1] - at[:, 0])[:, :2].T, (at[:, 2] - at[:, 0])[:, :2].T
    seen = ax * by - ay * bx > ON_MM**2
    for face in _faces(triangles.corners):
        corners = triangles.corners[face & seen]
        if not len(corners):
            continue
        sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
        both_ways = {(b, a) for a, b in sides.tolist()}
        outline = [(a, b) for a, b in sides.tolist() if (a, b) not in both_ways]
        flat = [((*points[a, :2].tolist(),), (*points[b, :2].tolist(),)) for a, b in outline]
        edges = tuple(((p[0], p[1]), (q[0], q[1]), None) for p, q in flat if max(abs(p[0] - q[0]), abs(p[1] - q[1])) > ON_MM)
        ends = points[np.unique(corners)]
        (x0, y0), (x1, y1) = ends[:, :2].min(axis=0).tolist(), ends[:, :2].max(axis=0).tolist()
        region = Region(edges, (x0, y0, x1, y1), np.empty((0, 3)), np.empty((0, 4)), None)
        yield Face(region, float(ends[:, 2].min()), role, drawn=False)


def _faces(corners: NDArray[np.int64]) -> Iterator[NDArray[np.bool_]]:
    """Which triangles are of each face: faces share no points, and the points of one follow each other."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    spans = np.zeros(int(high.max()) + 2, dtype=np.int64)
    np.add.at(spans, low, 1)
    np.add.at(spans, high, -1)
    label = np.cumsum(np.cumsum(spans)[:-1] == 0)[low]  # a point that no triangle reaches across ends a face
    for one in np.unique(label):
        yield label == one
