"""The union of axis-aligned rectangles, as outlines with holes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from packtool.layout.profiles import Loop, Point, Profile

Rectangle = tuple[float, float, float, float]
"""x0, y0, x1, y1 with x0 < x1 and y0 < y1."""


def lies_in(inner: Rectangle, outer: Rectangle) -> bool:
    """Whether a rectangle lies in another; their edges may touch."""
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def union(rectangles: Sequence[Rectangle]) -> tuple[Profile, ...]:
    """The area that the rectangles cover together: one profile a connected piece, its holes as loops.

    Rectangles that meet only in a corner are not connected. Outer loops run counter-clockwise, holes clockwise, with vertices only
    where the outline turns. Coordinates are compared exactly: edges that are to coincide must be given as equal numbers.
    Raises ValueError on a rectangle without area.
    """
    for x0, y0, x1, y1 in rectangles:
        if not (x0 < x1 and y0 < y1):
            raise ValueError(f"a rectangle needs x0 < x1 and y0 < y1, not {x0, y0, x1, y1}")
    if len(rectangles) == 1:
        return (Profile.rectangle(*rectangles[0]),)
    xs = sorted({x for r in rectangles for x in (r[0], r[2])})
    ys = sorted({y for r in rectangles for y in (r[1], r[3])})
    covered = _covered(rectangles, xs, ys)
    pieces = _pieces(covered)
    outers: dict[int, Loop] = {}
    holes: dict[int, list[Loop]] = {}
    for (i, j), loop in _loops(covered, xs, ys):
        piece = pieces[i, j]
        if loop.signed_area() > 0:
            outers[piece] = loop
        else:
            holes.setdefault(piece, []).append(loop)
    return tuple(Profile(outer, tuple(holes.get(piece, ()))) for piece, outer in sorted(outers.items()))


Tile = tuple[int, int]


def _covered(rectangles: Sequence[Rectangle], xs: list[float], ys: list[float]) -> set[Tile]:
    """The tiles (column, row) of the grid ``xs`` x ``ys`` that lie in a rectangle."""
    covered: set[Tile] = set()
    for x0, y0, x1, y1 in rectangles:
        columns = range(bisect_left(xs, x0), bisect_left(xs, x1))
        rows = range(bisect_left(ys, y0), bisect_left(ys, y1))
        covered.update((i, j) for i in columns for j in rows)
    return covered


def _pieces(covered: set[Tile]) -> dict[Tile, int]:
    """The number of the piece each tile belongs to; tiles are neighbours across an edge."""
    piece: dict[Tile, int] = {}
    count = 0
    for start in sorted(covered):
        if start in piece:
            continue
        piece[start] = count
        waiting = [start]
        while waiting:
            i, j = waiting.pop()
            for tile in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
                if tile in covered and tile not in piece:
                    piece[tile] = count
                    waiting.append(tile)
        count += 1
    return piece


def _loops(covered: set[Tile], xs: list[float], ys: list[float]) -> list[tuple[Tile, Loop]]:
    """Every closed outline with a tile on its left. At a corner where two tiles meet diagonally the walk turns left, and so stays on its piece."""
    edges: dict[tuple[int, int], list[tuple[tuple[int, int], Tile]]] = {}
    for tile in sorted(covered):
        i, j = tile
        if (i, j - 1) not in covered:
            edges.setdefault(tile, []).append(((i + 1, j), tile))
        if (i + 1, j) not in covered:
            edges.setdefault((i + 1, j), []).append(((i + 1, j + 1), tile))
        if (i, j + 1) not in covered:
            edges.setdefault((i + 1, j + 1), []).append(((i, j + 1), tile))
        if (i - 1, j) not in covered:
            edges.setdefault((i, j + 1), []).append((tile, tile))
    loops = []
    for first in sorted(edges):
        while edges[first]:
            following, tile = edges[first].pop()
            nodes = [first]
            at, came = following, first
            while at != first:
                nodes.append(at)
                onward = edges[at]
                step = (at[0] - came[0], at[1] - came[1])
                left = (at[0] - step[1], at[1] + step[0])
                choice = next((k for k, (node, _) in enumerate(onward) if node == left), 0)
                came, (at, _) = at, onward.pop(choice)
            loops.append((tile, Loop.polygon(_corners(nodes, xs, ys))))
    return loops


def _corners(nodes: list[tuple[int, int]], xs: list[float], ys: list[float]) -> list[Point]:
    """The points where a closed walk over grid nodes turns."""
    corners = []
    for k, (i, j) in enumerate(nodes):
        before, after = nodes[k - 1], nodes[(k + 1) % len(nodes)]
        if not (before[0] == i == after[0] or before[1] == j == after[1]):
            corners.append((xs[i], ys[j]))
    return corners
