"""Faces between chains of points in a plane, and each paved: by gmsh's triangles, paired to quadrilaterals where they are well shaped."""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from packtool.layout.profiles import Point
from packtool.mesh.gmsh_process import run_gmsh
from packtool.mesh.quads import corner_quality, paired
from packtool.mesh.records import Floats, Integers

WORST_CORNER = 0.6
"""Two triangles of the paving become a quadrilateral only if its corners' sines are all more."""
TIME_LIMIT_S = 120.0


@dataclass(frozen=True)
class Paving:
    """``points`` (n, 2); ``polygons``: quadrilaterals (., 4) and triangles (., 3); ``face`` of each, the quadrilaterals' first."""

    points: Floats
    polygons: tuple[Integers, Integers]
    face: Integers


def pave(points: Floats, faces: Sequence[Sequence[int]], size: float) -> Paving:
    """Every face as quadrilaterals and triangles: a well shaped one of four edges is a quadrilateral, larger ones are cut and paired."""
    shaped = [len(face) == 4 and corner_quality(points, np.array([face]))[0] > WORST_CORNER for face in faces]
    ready = [k for k, good in enumerate(shaped) if good]
    triangle = [k for k, face in enumerate(faces) if len(face) == 3]
    rest = [k for k, face in enumerate(faces) if len(face) > 3 and not shaped[k]]
    given = {
        "points": points,
        "loop": np.concatenate([np.array(faces[k], dtype=np.int64) for k in rest]),
        "first": np.concatenate([[0], np.cumsum([len(faces[k]) for k in rest])]),
        "size": np.array(size),
    }
    with tempfile.TemporaryDirectory(prefix="packtool-plan-") as folder:
        target = Path(folder) / "paved.npz"
        run_gmsh("pave", given, target, TIME_LIMIT_S, "the plan of the round turns")
        with np.load(target, allow_pickle=False) as archive:
            points, cut, owner = archive["points"], archive["triangles"], np.array(rest)[archive["face"]]
    quads, left = paired(points, cut, owner, WORST_CORNER)
    whole = np.concatenate([np.array([faces[k] for k in ready], dtype=np.int64).reshape(-1, 4), quads.corners])
    single = np.concatenate([np.array([faces[k] for k in triangle], dtype=np.int64).reshape(-1, 3), left.corners])
    return Paving(points, (whole, single), np.concatenate([ready, quads.face, triangle, left.face]).astype(np.int64))


class PlaneGraph:
    """A plane graph that grows by chains of points; points in one place are one node."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._at: dict[tuple[int, int], int] = {}
        self._around: dict[int, list[int]] = {}

    def chain(self, places: Sequence[Point]) -> Integers:
        """Add a chain; its nodes, in order."""
        nodes = [self._node(place) for place in places]
        for a, b in itertools.pairwise(nodes):
            self._around.setdefault(a, []).append(b)
            self._around.setdefault(b, []).append(a)
        return np.array(nodes)

    def _node(self, place: Point) -> int:
        cell = (round(place[0] / 1e-5), round(place[1] / 1e-5))
        for near in ((cell[0] + i, cell[1] + j) for i in (0, -1, 1) for j in (0, -1, 1)):
            if near in self._at:
                return self._at[near]
        self._at[cell] = len(self.points)
        self.points.append(place)
        return len(self.points) - 1

    def faces(self) -> list[list[int]]:
        """The bounded faces, counter-clockwise: at every node the walk takes the edge next to the one it came by, clockwise."""
        onward: dict[tuple[int, int], int] = {}
        for node, others in self._around.items():
            x, y = self.points[node]
            turned = sorted(set(others), key=lambda n: math.atan2(self.points[n][1] - y, self.points[n][0] - x))
            for before, here in zip([turned[-1], *turned[:-1]], turned, strict=True):
                onward[here, node] = before
        found, seen = [], set()
        for start in onward:
            walk, at = [], start
            while at not in seen:
                seen.add(at)
                walk.append(at[0])
                at = (at[1], onward[at])
            p = [self.points[n] for n in walk]
            if walk and sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(p, p[1:] + p[:1], strict=True)) > 0:
                found.append(walk)
        return found
