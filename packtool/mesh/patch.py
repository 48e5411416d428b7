"""The end of a plate with its round turns, as quadrilaterals: outlines cut into edges, faces between them, each paved by gmsh."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packtool.errors import MeshError
from packtool.layout.arcs import Arc, arc
from packtool.layout.profiles import Point
from packtool.mesh.divisions import PLATE_SIZE_MM
from packtool.mesh.paving import PlaneGraph, pave
from packtool.mesh.quads import corner_quality, halved, improved, smoothed
from packtool.mesh.records import Floats, Integers

BASE_SIZE_MM = 4 * PLATE_SIZE_MM
"""Largest element of the paving: cut in 2 x 2 to be quadrilaterals, and once more at level normal."""
LEAST_STEPS, MOST_STEPS = 6, 12
"""Edges of a half circle in the paving: at least 12 of 15 degrees in the coarsest mesh, 24 at normal; more than twice that would make
slivers where they meet in the middle of the arc."""
SLENDER = 2.5
"""Longest edge of an arc in the paving over the width of the channel, as far as the most edges allow."""
BULGE_SHARE = 0.15
"""Chords that keep an arc's area lie outside it by up to radius x angle² / 6: no more than this share of the channel, or of the margin."""
STAR = 0.5
"""Where the elements inside the innermost arc meet: this share of its radius from its centre towards its middle."""
RING = 0.75
"""Radius of the ring as a share of the arc's."""
FEW = 0.6
"""A star where the inner line's nodes stand further apart than this share of the radius."""
ATTEMPTS = ((0, 1.0), (1, 0.7), (2, 0.7), (0, 0.5), (3, 0.5))
"""More edges a half circle, and the share of the usual size, that are tried in turn until a patch is good enough; else the best is taken."""
SHORTENINGS = 5
"""How often the paving is made anew, finer, where the design gives the longest edge."""
GOOD_ENOUGH = 0.3
"""Sine of the worst corner; the mesh is refused below 0.2 (``quality``)."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge of an outline [mm]; ``bulge`` as in ``layout.profiles.Loop``."""

    a: Point
    b: Point
    bulge: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A patch: the rectangle between x = ``line``, where it meets the grid, and ``end``, from y = ``low`` to ``high`` [mm].

    ``outward``: +1 where the end lies at larger x, else -1. ``edges``: the outlines inside.
    """

    line: float
    end: float
    low: float
    high: float
    outward: int
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Patch:
    """``points`` (n, 2) [mm]; ``quads`` (m, 4); ``probe`` (m, 2) inside the face each lies in; ``line`` the nodes on the inner line, by y."""

    points: Floats
    quads: Integers
    probe: Floats
    line: Integers


def paved(frame: Frame, y: Floats, splits: int, given: float | None = None) -> Patch:
    """The quadrilaterals of a patch.

    ``y`` (n,) ascending: where the grid's lines meet the inner line, every interval between two outlines halved ``splits`` + 1 times.
    ``given``: in place of BASE_SIZE_MM, the longest edge that the paving may have before it is cut [mm]. Arcs become chords whose inner ends are moved outwards by so much that the area stays that of the
    arc. Raises MeshError where gmsh fails.
    """
    first = y[:: 2**splits]
    best = _best(frame, first, given or BASE_SIZE_MM, given is not None)
    size, tries = given, 0
    while given and size and (longest := 2 * _longest(best)) > given * (1 + 1e-9):
        if tries == SHORTENINGS:
            raise MeshError("the round turns of the plate cannot be paved as finely as mesh.sizes asks for: give plate_mm more")
        size, tries = size * 0.95 * given / longest, tries + 1
        best = _best(frame, first, size, True)
    points, quads, face, longer = best.points, best.quads, best.face, best.chains
    for k in range(1, splits + 1):
        cut = halved(points, [quads], longer)
        face = face[cut.parent]
        points, quads, longer = _on_curves(cut.points, cut.chains, y[:: 2 ** (splits - k)], best.arcs), cut.quads, cut.chains
    return Patch(points, quads, _probes(points, quads, face), longer[0])


def _best(frame: Frame, y: Floats, size: float, given: bool) -> _Coarsest:
    """The first patch that is good enough, or the best."""
    best: _Coarsest | None = None
    for more, share in ATTEMPTS:
        made = _coarsest(frame, y, _steps(frame, size, given) + more, size, share, given)
        if best is None or made.quality > best.quality:
            best = made
        if best.quality >= GOOD_ENOUGH:
            break
    assert best is not None
    return best


def _longest(patch: _Coarsest) -> float:
    corners = patch.points[patch.quads]
    return float(np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2).max())


@dataclass(frozen=True)
class _Coarsest:
    """A patch before it is refined: ``face`` of each quadrilateral, ``chains`` along the inner line and the arcs, the worst corner."""

    points: Floats
    quads: Integers
    face: Integers
    chains: tuple[Integers, ...]
    arcs: tuple[Arc, ...]
    quality: float


def _coarsest(frame: Frame, y: Floats, steps: int, size: float, share: float, given: bool) -> _Coarsest:
    """The patch with ``steps`` edges a half circle in its paving and elements of ``share`` of ``size`` [mm]; no edge is longer where ``given``."""
    graph = PlaneGraph()
    line = graph.chain([(frame.line, float(v)) for v in y[::2]])
    curves: list[tuple[Integers, Arc]] = []
    largest = _largest(frame)
    for edge in frame.edges:
        if edge.bulge:
            curve = arc(edge.a, edge.b, edge.bulge)
            pieces = max(2, math.ceil(steps * abs(curve.turn) / math.pi - 1e-9))
            inner = [curve.at(k / pieces) for k in range(1, pieces)]
            curves.append((graph.chain([edge.a, *inner, edge.b]), curve))
            size = min(size, curve.length / pieces) if curve.radius == largest else size
    _ribs(graph, line, curves, size if given else math.inf)
    size *= share
    for edge in frame.edges:
        if not edge.bulge:
            graph.chain(_straight(edge.a, edge.b, size))
    corners = [(frame.line, frame.low), (frame.end, frame.low), (frame.end, frame.high), (frame.line, frame.high)]
    for a, b in itertools.pairwise(corners):
        graph.chain(_straight(a, b, size))
    made = pave(np.array(graph.points), graph.faces(), size)
    cut = halved(made.points, made.polygons, [line, *(nodes for nodes, _ in curves)])
    face = made.face[cut.parent]
    arcs = tuple(curve for _, curve in curves)
    points = _on_curves(cut.points, cut.chains, y, arcs)
    edges = np.sort(np.concatenate([cut.quads[:, [i, (i + 1) % 4]] for i in range(4)]), axis=1)
    whole, count = np.unique(np.column_stack([edges, np.tile(face, 4)]), axis=0, return_counts=True)
    outline = np.unique(whole[count == 1, :2])
    points = improved(smoothed(points, cut.quads, outline), cut.quads, outline)
    return _Coarsest(points, cut.quads, face, cut.chains, arcs, float(corner_quality(points, cut.quads).min()))


def _ribs(graph: PlaneGraph, line: Integers, curves: Sequence[tuple[Integers, Arc]], size: float) -> None:
    """Edges across between concentric arcs, and inside the innermost: so that every node of an arc has two elements on either side.

    (With one, its corner would open towards 180 degrees as the chords get shorter.) Inside: a star of edges to one point where the
    inner line has few nodes between the arc's ends, else a ring. Their edges are divided to ``size`` [mm].
    """
    groups: dict[tuple[float, float], list[tuple[Integers, Arc]]] = {}
    for nodes, curve in curves:
        groups.setdefault((round(curve.x, 5), round(curve.y, 5)), []).append((nodes, curve))
    for group in groups.values():
        group.sort(key=lambda one: one[1].radius)
        inner, curve = group[0]
        spacing = np.diff([y for _, y in (graph.points[n] for n in line.tolist()) if abs(y - curve.y) <= curve.radius * (1 + 1e-9)])
        if spacing.max() > FEW * curve.radius:
            middle = curve.at(0.5)
            star = (curve.x + STAR * (middle[0] - curve.x), curve.y + STAR * (middle[1] - curve.y))
            for node in inner.tolist():
                graph.chain(_straight(graph.points[node], star, size))
        else:
            own = [graph.points[node] for node in inner[1:-1].tolist()]
            ring = [(curve.x + RING * (x - curve.x), curve.y + RING * (y - curve.y)) for x, y in own]
            graph.chain(ring)
            for outside, within in zip(own, ring, strict=True):
                graph.chain(_straight(outside, within, size))
        for (one, a), (other, b) in itertools.pairwise(group):
            same = other if a.turn * b.turn > 0 else other[::-1]
            for m, n in zip(one[1:-1].tolist(), same[1:-1].tolist(), strict=True):
                graph.chain(_straight(graph.points[m], graph.points[n], size))


def _largest(frame: Frame) -> float:
    return max(arc(e.a, e.b, e.bulge).radius for e in frame.edges if e.bulge)


def _steps(frame: Frame, size: float, given: bool) -> int:
    """Edges of a half circle in a paving of ``size`` [mm], the same for all arcs of a patch so that concentric ones are cut alike."""
    arcs = [arc(e.a, e.b, e.bulge) for e in frame.edges if e.bulge]
    radii = sorted({round(a.radius, 6) for a in arcs})
    largest = radii[-1]
    reach = max(max(abs(a.at(k / 8)[0] - frame.line) for k in range(9)) for a in arcs)
    gap = min([abs(frame.end - frame.line) - reach, *(b - a for a, b in itertools.pairwise(radii))])
    flat = math.ceil(math.pi / 2 * math.sqrt(largest / (6 * BULGE_SHARE * gap)))
    if flat > MOST_STEPS:
        least = largest / (6 * BULGE_SHARE) / (2 * MOST_STEPS / math.pi) ** 2
        raise MeshError(
            f"round turns of {largest:.4g} mm (outer radius) with {gap:.3g} mm between them and the next edge: chords would come too close;"
            f" make the channel wider, or the plate's margin at least {least:.3g} mm"
        )
    long = math.pi * largest / min(size, SLENDER * gap)
    steps = max(LEAST_STEPS, flat, math.ceil(long))
    return steps if given else min(MOST_STEPS, steps)


def _straight(a: Point, b: Point, size: float) -> list[Point]:
    n = max(1, math.ceil(math.dist(a, b) / size - 1e-9))
    return [(a[0] + (b[0] - a[0]) * k / n, a[1] + (b[1] - a[1]) * k / n) for k in range(n + 1)]


def _on_curves(points: Floats, chains: Sequence[Integers], y: Floats, arcs: Sequence[Arc]) -> Floats:
    """The points with those of the inner line at ``y`` and those of the arcs at equal angles, where the chords enclose the arc's area.

    With m chords of angle t and ends at radius r, the others at q: ((m - 2) q² + 2 r q) sin t = r² m t.
    """
    points = points.copy()
    points[chains[0], 1] = y
    for nodes, curve in zip(chains[1:], arcs, strict=True):
        m, r = len(nodes) - 1, curve.radius
        t = abs(curve.turn) / m
        area = r**2 * m * t / math.sin(t)
        q = area / (2 * r) if m == 2 else (math.sqrt(r**2 + (m - 2) * area) - r) / (m - 2)
        angle = curve.start + curve.turn * np.arange(1, m) / m
        points[nodes[1:-1]] = np.column_stack([curve.x + q * np.cos(angle), curve.y + q * np.sin(angle)])
    return points


def _probes(points: Floats, quads: Integers, face: Integers) -> Floats:
    """(m, 2) for each quadrilateral the middle of the largest one of its face."""
    corners = points[quads]
    u, v = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    order = np.argsort(-np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]), kind="stable")
    faces, first = np.unique(face[order], return_index=True)
    middles = corners[order[first]].mean(axis=1)
    return middles[np.searchsorted(faces, face)]
