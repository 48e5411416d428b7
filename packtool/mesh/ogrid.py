"""Discs as quadrilaterals: a core of six kites about the middle, rings around it, and the way on to a rectangle (an "O-grid").

A rim has 12 k nodes. Chords of nodes on a circle would lose area, so the nodes stand a little outside it: volumes, masses and heat
of what is swept from a disc are exact, whatever k.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from packtool.errors import MeshError
from packtool.mesh.records import Floats, Integers

SECTORS = 6
"""Kites around the middle; each takes 2 k edges of the rim."""
CORE = 0.5
"""Radius of the core as a share of the rim's: as many elements from the middle to the core as from there to the rim, evenly long."""
POINTED = 0.8
"""How far the core goes from a circle (0), where its corners open towards 180 degrees, to a hexagon (1), where rings are uneven: the
sine of the worst corner is 0.77 here, whatever k."""


@dataclass(frozen=True)
class Disc:
    """The quadrilaterals of a disc. Points about its middle are ``weights`` (n_points, 12 k) @ the rim's points (12 k, 2).

    The rim's own nodes are the last 12 k, in their order; ``quads`` (n_quads, 4) are counter-clockwise where the rim is.
    """

    weights: Floats
    quads: Integers

    @property
    def n_inner(self) -> int:
        """Number of points inside the rim."""
        return len(self.weights) - self.weights.shape[1]


def ring_quads(inner: Integers, outer: Integers) -> Integers:
    """(n, 4) quadrilaterals between two counter-clockwise chains of n + 1 nodes each; a closed one repeats its first node."""
    return np.stack([inner[:-1], outer[:-1], outer[1:], inner[1:]], axis=1)


@cache
def disc(k: int, rings: int | None = None) -> Disc:
    """A disc whose rim has 12 k edges, with ``rings`` layers (k where not given) between the core and the rim."""
    if k < 1 or (rings is not None and rings < 1):
        raise ValueError(f"a disc needs k >= 1 and at least one ring, not {k}, {rings}")
    n, rings = 12 * k, rings or k
    angle = np.abs((np.arange(n) + k) % (2 * k) - k) * math.pi / (6 * k)  # from the nearest spoke, 0 to 30 degrees
    mean = math.sqrt(6 / math.pi * math.tan(math.pi / 6))  # a hexagon of incircle 1 has the area of a circle of this radius
    share = CORE * (1 - POINTED + POINTED / (np.cos(angle) * mean))
    boundary = np.diag(share)
    points: list[Floats] = [np.zeros((1, n))]
    number: dict[tuple[int, int, int], int] = {}
    quads = []
    count = 1
    for sector in range(SECTORS):
        own, following = 2 * k * sector, 2 * k * (sector + 1) % n
        nodes = np.empty((k + 1, k + 1), dtype=np.int64)
        for i in range(k + 1):
            for j in range(k + 1):
                if i == 0 and j == 0:
                    nodes[i, j] = 0
                    continue
                key = (sector, i, j) if i else ((sector + 1) % SECTORS, j, 0)
                if key not in number:
                    number[key] = count
                    count += 1
                    u, v = i / k, j / k
                    right, top = boundary[(own + j) % n], boundary[(following - i) % n]
                    spoke, next_spoke, corner = boundary[own], boundary[following], boundary[(own + k) % n]
                    points.append(
                        (
                            (1 - v) * u * spoke + v * top + (1 - u) * v * next_spoke + u * right
                            - (u * (1 - v) * spoke + (1 - u) * v * next_spoke + u * v * corner)
                        )[None]
                    )  # fmt: skip
                nodes[i, j] = number[key]
        quads.append(np.stack([nodes[:-1, :-1], nodes[1:, :-1], nodes[1:, 1:], nodes[:-1, 1:]], axis=2).reshape(-1, 4))
    edge = np.empty(n, dtype=np.int64)
    for sector in range(SECTORS):
        for step in range(2 * k):
            i, j = (k, step) if step <= k else (2 * k - step, k)
            edge[2 * k * sector + step] = number[(sector, i, j)]
    chain = edge
    for layer in range(1, rings + 1):
        t = layer / rings
        points.append((1 - t) * boundary + t * np.eye(n))
        outer = count + np.arange(n)
        quads.append(ring_quads(np.append(chain, chain[0]), np.append(outer, outer[0])))
        chain, count = outer, count + n
    return Disc(np.concatenate(points), np.concatenate(quads))


def area_true(radius: float, angles: Floats, first: float | None = None, last: float | None = None) -> Floats:
    """Radii (n,) at ``angles`` (n,) [rad, ascending] at which chords enclose the area of the circle's sector from the first to the last.

    ``first``, ``last``: radii that the ends must have. Where they are not given, the ends have what the others have. All others
    have one radius q, the root of sum sin(t_i) r_i r_(i+1) = radius² sum t_i over the steps t_i of the angle. ValueError where both
    ends are given and nothing is between, or no such radius exists.
    """
    steps = np.diff(angles)
    sines = np.sin(steps)
    fixed = np.full(len(angles), np.nan)
    fixed[0] = np.nan if first is None else first
    fixed[-1] = np.nan if last is None else last
    free = np.isnan(fixed)
    a = float(sines[free[:-1] & free[1:]].sum())
    one = free[:-1] ^ free[1:]
    b = float((sines * np.where(free[:-1], fixed[1:], fixed[:-1]))[one].sum())
    both = ~free[:-1] & ~free[1:]
    c = float((sines * fixed[:-1] * fixed[1:])[both].sum()) - radius**2 * float(steps.sum())
    if a == 0 and b == 0:
        raise ValueError("between two given radii there must be a node, to keep the area")
    q = -c / b if a == 0 else (-b + math.sqrt(b * b - 4 * a * c)) / (2 * a)
    if not q > 0:
        raise ValueError(f"no chords from radius {first} to {last} enclose the area of radius {radius}")
    return np.where(free, q, fixed)


def rim(radius: float, k: int, start: float = 0.0) -> Floats:
    """(12 k, 2) corners, the first at the angle ``start`` [rad], of the regular polygon that has the circle's area."""
    n = 12 * k
    angle = start + 2 * math.pi * np.arange(n) / n
    grown = radius * math.sqrt(math.pi / (n / 2 * math.sin(2 * math.pi / n)))
    return grown * np.column_stack([np.cos(angle), np.sin(angle)])


@dataclass(frozen=True)
class DiscPlan:
    """Quadrilaterals of concentric discs in a rectangle.

    ``points`` (n, 2); ``quads`` (m, 4) counter-clockwise; ``band`` (m,): 0 inside the smallest circle, 1 up to the next, and so on;
    beyond the largest ``len(rims)``. ``rims``: the nodes of each circle; ``border`` (12 k,): those on the rectangle, from its lower
    left corner on counter-clockwise; ``corners``: positions in ``border`` of its four corners.
    """

    points: Floats
    quads: Integers
    band: Integers
    rims: tuple[Integers, ...]
    border: Integers
    corners: tuple[int, int, int, int]


def disc_in_rectangle(
    centre: tuple[float, float],
    radii: Sequence[float],
    rectangle: tuple[float, float, float, float],
    k: int = 2,
    layers: int | None = None,
) -> DiscPlan:
    """Concentric circles about ``centre`` in the rectangle (x0, y0, x1, y1), as quadrilaterals; areas between circles are exact.

    ``radii`` ascending; a hollow disc is what is left without band 0. ``k``: 12 k edges around; ``layers`` (k where not given)
    between two circles and out to the rectangle. Lengths in any one unit. Raises MeshError where the circles do not ascend, or
    the largest, with the nodes that stand outside it, does not fit: more edges around stand out less.
    """
    n, layers = 12 * k, layers or k
    x0, y0, x1, y1 = rectangle
    if not radii or not all(a < b for a, b in zip([0.0, *radii], radii, strict=False)):
        raise MeshError(f"the radii of concentric circles must ascend from above 0; given {', '.join(f'{r:g}' for r in radii)}")
    reach = float(np.abs(rim(radii[-1], k)[0, 0]))
    room = min(centre[0] - x0, x1 - centre[0], centre[1] - y0, y1 - centre[1])
    if not reach < room:
        raise MeshError(
            f"a circle of radius {radii[-1]:g} about ({centre[0]:g}, {centre[1]:g}) does not fit between edges {room:g} from its middle: "
            f"its {n} nodes stand {reach - radii[-1]:.2g} outside it, to keep its area"
        )
    across = min(max(round(6 * k * math.atan2(x1 - x0, y1 - y0) / (math.pi / 2)), 1), 6 * k - 1)
    upright = 6 * k - across
    start = math.pi * 1.5 - across / 2 * 2 * math.pi / n
    chains = [rim(r, k, start) for r in radii]
    bottom = np.column_stack([np.linspace(x0, x1, across + 1), np.full(across + 1, y0)])
    right = np.column_stack([np.full(upright + 1, x1), np.linspace(y0, y1, upright + 1)])
    top, left = bottom[::-1] + np.array([0.0, y1 - y0]), right[::-1] - np.array([x1 - x0, 0.0])
    chains.append(np.concatenate([side[:-1] for side in (bottom, right, top, left)]) - np.array(centre))
    core = disc(k, layers)
    points, quads, band = [core.weights @ chains[0]], [core.quads], [np.zeros(len(core.quads), dtype=np.int64)]
    count = len(core.weights)
    rims = [count - n + np.arange(n)]
    for number, (inside, outside) in enumerate(pairwise(chains), start=1):
        chain = rims[-1]
        for layer in range(1, layers + 1):
            t = layer / layers
            points.append((1 - t) * inside + t * outside)
            outer = count + np.arange(n)
            quads.append(ring_quads(np.append(chain, chain[0]), np.append(outer, outer[0])))
            band.append(np.full(n, number, dtype=np.int64))
            chain, count = outer, count + n
        rims.append(chain)
    return DiscPlan(
        np.concatenate(points) + np.array(centre), np.concatenate(quads), np.concatenate(band), tuple(rims[:-1]), rims[-1],
        (0, across, across + upright, 2 * across + upright),
    )  # fmt: skip
