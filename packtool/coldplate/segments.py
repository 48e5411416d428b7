"""Cutting the channels into segments, and saying which segment each wall facet belongs to. Metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packtool.coldplate.fluid import Properties
from packtool.coldplate.passages import Passages
from packtool.errors import SolveError
from packtool.layout.arcs import Arc
from packtool.layout.coolant import Branch, CoolantNetwork
from packtool.layout.profiles import Point
from packtool.mesh.records import Floats, Integers, TaggedMesh

MAX_SEGMENTS = 20_000
"""Bound on the segments of one plate: 40 m of channel at 2 mm; beyond it they grow."""
MIN_LENGTH = 5e-4
"""Shortest segment [m]."""
SLACK = 0.02
"""A facet's middle may lie this share of the channel's width outside it (rounding, and curved walls made of straight facets)."""
BENT_SLACK = 0.3
"""The same for a channel that bends: in a coarse mesh a bend is a few chords that keep its area, and so are off its line (measured: 0.15 mm
of a wavy port 2 mm wide). A facet goes to the nearest channel, so a generous bound takes none from another."""
_TIE = 1e-9
"""Relative difference below which two places are the same."""
_RANK = {"header": 0, "port": 1, "channel": 2}
"""Where branches overlap, the wall belongs to the header."""


@dataclass(frozen=True)
class Segments:
    """Segments of all branches, branch by branch from start to end (n_segments,).

    ``branch``; ``first`` (n_branches + 1,): branch b has segments first[b] .. first[b + 1] - 1; ``s`` of the middle and ``length`` [m];
    ``x``, ``y`` of the middle [m]; ``bends_before`` the number of bends (square ones, and ends of round ones) between the branch's start and the segment's middle.
    """

    branch: Integers
    first: Integers
    s: Floats
    length: Floats
    x: Floats
    y: Floats
    bends_before: Integers


def branch_means(p: Passages, segments: Segments, fluid: Properties) -> tuple[Floats, Floats]:
    """Density [kg/m³] and viscosity [Pa s] by branch (n_branches,) of ``fluid`` (n_segments,), for its pressure drop."""
    branch, n = segments.branch, len(p.length)
    share = segments.length / p.length[branch]
    rho = np.bincount(branch, share * fluid.rho, n)
    return rho, np.bincount(branch, share * fluid.mu / fluid.rho, n) * rho  # friction goes with mu / rho


@dataclass(frozen=True)
class WallMap:
    """Wall facets and the segment each belongs to: ``facets`` (n_facets, 4), ``area`` (n_facets,) [m²], ``segment`` (n_facets,)."""

    facets: Integers
    area: Floats
    segment: Integers


def cut(network: CoolantNetwork, target: float) -> Segments:
    """Segments of about ``target`` [m] along every branch's path; at least one a branch, at most MAX_SEGMENTS in all; then one a fitting."""
    total = sum(b.length_mm() for b in network.branches) / 1e3
    size = max(target, MIN_LENGTH, total / max(1, MAX_SEGMENTS - len(network.branches)))
    branch, s, length, xs, ys, bends, first = [], [], [], [], [], [], [0]
    for index, b in enumerate(network.branches):
        corners = np.concatenate([[0.0], np.cumsum(b.leg_lengths_mm())]) / 1e3
        n = max(1, int(np.ceil(corners[-1] / size - 1e-9)))
        edges = np.linspace(0.0, corners[-1], n + 1)
        middle = (edges[1:] + edges[:-1]) / 2
        branch.append(np.full(n, index))
        s.append(middle)
        length.append(np.diff(edges))
        x, y = _places(b, corners, middle)
        xs.append(x)
        ys.append(y)
        bends.append(np.searchsorted(_bend_ends(b, corners), middle, side="right"))
        first.append(first[-1] + n)
    for index, fitting in enumerate(
        network.fittings, len(network.branches)
    ):  # one each, as long as its bore is wide, without a wall
        branch.append(np.array([index]))
        s.append(np.array([fitting.bore_mm / 2e3]))
        length.append(np.array([fitting.bore_mm / 1e3]))
        xs.append(np.array([fitting.at[0] / 1e3]))
        ys.append(np.array([fitting.at[1] / 1e3]))
        bends.append(np.zeros(1, dtype=np.int64))
        first.append(first[-1] + 1)
    return Segments(
        np.concatenate(branch), np.array(first), np.concatenate(s), np.concatenate(length), np.concatenate(xs), np.concatenate(ys),
        np.concatenate(bends),
    )  # fmt: skip


def _places(branch: Branch, corners: Floats, s: Floats) -> tuple[Floats, Floats]:
    """x and y (n,) [m] at the ways ``s`` (n,) [m] along a branch; ``corners`` the ways at its path's vertices."""
    path = np.array(branch.path) / 1e3
    x, y = np.interp(s, corners, path[:, 0]), np.interp(s, corners, path[:, 1])
    for leg, (_, _, curve) in enumerate(branch.legs()):
        if curve is not None:
            here = (s > corners[leg]) & (s < corners[leg + 1])
            angle = curve.start + curve.turn * (s[here] - corners[leg]) / (corners[leg + 1] - corners[leg])
            x[here] = (curve.x + curve.radius * np.cos(angle)) / 1e3
            y[here] = (curve.y + curve.radius * np.sin(angle)) / 1e3
    return x, y


def _bend_ends(branch: Branch, corners: Floats) -> Floats:
    """Ways [m] behind which a bend has been passed: square corners, and the ends of arcs."""
    square = corners[1:-1][np.array(branch.corners(), dtype=bool)]
    arcs = [corners[leg + 1] for leg, (_, _, curve) in enumerate(branch.legs()) if curve is not None]
    return np.sort(np.concatenate([square, arcs]))


def quad_areas(points: Floats) -> Floats:
    """Areas (n,) of quadrilaterals (n, 4, 3) by their two triangles; the units of ``points`` squared."""
    a, b, c, d = (points[:, i] for i in range(4))
    return (np.linalg.norm(np.cross(b - a, c - a), axis=1) + np.linalg.norm(np.cross(c - a, d - a), axis=1)) / 2


def facet_size(network: CoolantNetwork, mesh: TaggedMesh, boundary: str) -> float:
    """Median length of a boundary's facets along the network's longest straight run [m]: segments of it have facets of their own.

    SolveError if the mesh has no such boundary.
    """
    facets = mesh.boundaries.get(boundary)
    if facets is None or len(facets) == 0:
        raise SolveError(f"the mesh has no boundary {boundary}: there is no wall for the coolant to take heat from")
    legs = [leg for b in network.branches for leg in b.legs()]
    straight = [leg for leg in legs if leg[2] is None] or legs
    runs = [np.subtract(end, start) for start, end, _ in straight]
    along = int(np.argmax(np.abs(max(runs, key=lambda run: float(np.hypot(*run))))))
    extent = np.ptp(mesh.points[facets][:, :, along], axis=1)
    return float(np.median(extent[extent > 1e-6 * extent.max()]))


def _reach(start: Point, end: Point, curve: Arc | None, margin: float) -> tuple[Floats, Floats]:
    """Lower and upper corner (2,) [m] of what lies within ``margin`` [m] of a leg [mm]."""
    places = np.array([start, end]) / 1e3
    if curve is not None:
        middle = np.array([curve.x, curve.y]) / 1e3
        places = np.array([middle - curve.radius / 1e3, middle + curve.radius / 1e3])
    return places.min(axis=0) - margin, places.max(axis=0) + margin


def _beside(places: Floats, start: Point, end: Point, curve: Arc | None) -> tuple[Floats, Floats]:
    """Way along a leg [mm] and distance from its centreline (n,), both [m], of places (n, 2) [m]; ways before it are negative."""
    if curve is None:
        offset = places - np.array(start) / 1e3
        axis = (np.array(end) - np.array(start)) / np.hypot(end[0] - start[0], end[1] - start[1])
        return offset @ axis, np.abs(offset @ np.array([-axis[1], axis[0]]))
    offset = places - np.array([curve.x, curve.y]) / 1e3
    turned = (np.arctan2(offset[:, 1], offset[:, 0]) - curve.start) * np.sign(curve.turn)
    opposite = abs(curve.turn) / 2 + np.pi  # angles are counted from there, so that those just before the start are negative
    turned = (turned - opposite) % (2 * np.pi) + opposite - 2 * np.pi
    radius = curve.radius / 1e3
    return turned * radius, np.abs(np.hypot(offset[:, 0], offset[:, 1]) - radius)


def map_walls(network: CoolantNetwork, segments: Segments, mesh: TaggedMesh, boundary: str) -> WallMap:
    """Give every facet of ``boundary`` to the segment whose channel its middle lies in, in the plan and in height.

    Where a header and a channel overlap, to the header; inside a corner to the nearer leg. SolveError for a facet that lies in no
    channel: mesh and network then do not describe the same plate.
    """
    facets = np.asarray(mesh.boundaries[boundary])
    corners = mesh.points[facets]
    middle = corners.mean(axis=1)
    middle, height = middle[:, :2], middle[:, 2]
    best = np.full(len(facets), np.inf)
    chosen = np.full(len(facets), -1)
    for index, b in enumerate(network.branches):
        half = b.width_mm / 2e3
        beyond = half * (1 + 2 * SLACK)
        wide = half * (1 + (BENT_SLACK if any(b.bulges) else 2 * SLACK))
        bottom, top = (z / 1e3 for z in network.z_range(b))
        slack = SLACK * (top - bottom)
        around = np.array([_reach(*leg, max(beyond, wide)) for leg in b.legs()])
        low, high = around[:, 0].min(axis=0), around[:, 1].max(axis=0)
        level = (height >= bottom - slack) & (height <= top + slack)
        mine = np.flatnonzero(level & np.all((middle >= low) & (middle <= high), axis=1))
        places = middle[mine]
        stations = np.concatenate([[0.0], np.cumsum(b.leg_lengths_mm())]) / 1e3
        size = segments.length[segments.first[index]]
        count = segments.first[index + 1] - segments.first[index]
        for leg, (start, end, curve) in enumerate(b.legs()):
            low, high = _reach(start, end, curve, max(beyond, wide))
            near = mine[np.all((places >= low) & (places <= high), axis=1)]
            if len(near) == 0:
                continue
            span = stations[leg + 1] - stations[leg]
            along, across = _beside(middle[near], start, end, curve)
            past = np.maximum(np.maximum(-along, along - span), 0.0)
            inside = (across <= wide) & (past <= beyond)
            # rank of the branch first, then how far past the leg's ends, then how far off the centreline
            score = np.where(inside, _RANK[b.kind] + past / half / 4 + across / half / 16, np.inf)
            better = score < best[near] - _TIE  # the diagonal of a corner is the first leg's, whatever the rounding
            taken = near[better]
            best[taken] = score[better]
            s = stations[leg] + np.clip(along[better], 0.0, span * (1 - _TIE))  # what lies past a leg is its last segment's
            chosen[taken] = segments.first[index] + np.minimum((s / size).astype(np.int64), count - 1)
    lost = np.flatnonzero(chosen < 0)
    if len(lost):
        x, y = middle[lost[0]] * 1e3
        raise SolveError(
            f"{len(lost)} facets of {boundary} lie in no channel of the coolant network, the first at x {x:.2f}, y {y:.2f} mm"
        )
    return WallMap(facets, quad_areas(corners), chosen)
