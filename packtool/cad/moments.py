"""Volume, first and second moments of a product in closed form, from its profiles of lines and arcs. No CAD kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.cad.edges import TURNS, edges_of
from packtool.cad.tree import Placing
from packtool.layout.bands import Band
from packtool.layout.profiles import Loop
from packtool.layout.records import Axis, Part, Product, Sweep


def turn_of(part: Part | Placing) -> NDArray[np.float64]:
    """The rotation (3, 3) of something placed: a quarter turn about z, of an imported part its tilt before that."""
    cos, sin = TURNS[part.rotation_deg]
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]], dtype=np.float64)
    return turn if part.tilt is None else turn @ np.array(part.tilt.matrix).reshape(3, 3)


@dataclass(frozen=True)
class Moments:
    """Of a body of density 1: ``volume`` [mm³]; ``first`` (3,) integral of r dV [mm⁴]; ``second`` (3, 3) integral of r r^T dV [mm⁵]."""

    volume: float
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    def placed(self, part: Part) -> Moments:
        """The moments about the pack's origin of the product standing where ``part`` stands."""
        turn = turn_of(part)
        origin = np.array(part.origin, dtype=np.float64)
        first, second = turn @ self.first, turn @ self.second @ turn.T
        cross = np.outer(first, origin)
        return Moments(self.volume, first + self.volume * origin, second + cross + cross.T + self.volume * np.outer(origin, origin))


CYCLES: dict[Axis, tuple[int, int, int]] = {"x": (2, 0, 1), "y": (1, 2, 0), "z": (0, 1, 2)}
"""Which of (u, v, along) is x, y, z, for a detail swept along an axis."""


def product_moments(product: Product, sweeps: tuple[Sweep, ...]) -> Moments:
    """The moments of a product's finished shape in its frame; ``sweeps``: its own, edges rounded where they are (rounded_sweeps)."""
    if product.body is not None:
        body = product.body
        return Moments(body.volume_mm3, np.array(body.first), np.array(body.second).reshape(3, 3))
    total = swept_moments(sweeps)
    for detail in product.details:
        made = swept_moments((Sweep(detail.profile, detail.start, detail.end),))
        order = np.array(CYCLES[detail.axis])
        sign = 1.0 if detail.adds else -1.0
        total = Moments(
            total.volume + sign * made.volume,
            total.first + sign * made.first[order],
            total.second + sign * made.second[np.ix_(order, order)],
        )
    for band in product.bands:
        made = band_moments(band)
        total = Moments(total.volume + made.volume, total.first + made.first, total.second + made.second)
    return total


GAUSS_POINTS = 12
"""A direction of a band's section and of a quarter arc: the integrals below are then exact to rounding (tested against closed forms)."""


def band_moments(band: Band) -> Moments:
    """The moments of a band, by Gauss quadrature over its section, between its outline and the axis v = 0, and along its loop."""
    nodes, weights = np.polynomial.legendre.leggauss(GAUSS_POINTS)
    nodes, weights = (nodes + 1) / 2, weights / 2
    us, vs, area = _section_points(band.section, nodes, weights)
    volume, first, second = 0.0, np.zeros(3), np.zeros((3, 3))
    for (x0, y0), (x1, y1), arc in edges_of(band.loop, 0, (0.0, 0.0)):
        for node, weight in zip(nodes, weights, strict=True):
            if arc:
                cx, cy, radius, start, angle = arc
                out = np.array([math.cos(start + node * angle), math.sin(start + node * angle)])
                away = radius - math.copysign(1.0, angle) * us
                points, share = (cx, cy) + out * away[:, None], area * away * abs(angle) * weight
            else:
                way = np.array([x1 - x0, y1 - y0])
                length = math.hypot(*way)
                points = (x0, y0) + way * node + np.array([-way[1], way[0]]) / length * us[:, None]
                share = area * length * weight
            at = np.column_stack([points, vs])
            volume += share.sum()
            first += share @ at
            second += (at * share[:, None]).T @ at
    sign = math.copysign(1.0, volume)
    return Moments(sign * volume, sign * first, sign * second)


def _section_points(section: Loop, nodes: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """u, v and share of the area at each point of the quadrature (n,): under each edge of the outline, down to v = 0 (Green's theorem)."""
    found = []
    for (u0, v0), (u1, v1), arc in edges_of(section, 0, (0.0, 0.0)):
        if arc:
            cu, cv, radius, start, angle = arc
            turned = start + nodes * angle
            u, v, du = cu + radius * np.cos(turned), cv + radius * np.sin(turned), -radius * np.sin(turned) * angle * weights
        else:
            u, v, du = u0 + nodes * (u1 - u0), v0 + nodes * (v1 - v0), (u1 - u0) * weights
        for height, weight in zip(nodes, weights, strict=True):
            found.append(np.array([u, v * height, -du * v * weight]))
    us, vs, area = np.concatenate(found, axis=1)
    return us, vs, area


def swept_moments(sweeps: tuple[Sweep, ...]) -> Moments:
    """The moments of sweeps that do not overlap, about the origin of their frame."""
    volume, first, second = 0.0, np.zeros(3), np.zeros((3, 3))
    for sweep in sweeps:
        area = _oriented(sweep.profile.outer)
        for hole in sweep.profile.holes:
            area = area - _oriented(hole)
        a, ax, ay, axx, ayy, axy = area
        z0, z1 = sweep.z0, sweep.z1
        h, hz, hzz = z1 - z0, (z1**2 - z0**2) / 2, (z1**3 - z0**3) / 3
        volume += a * h
        first += np.array([ax * h, ay * h, a * hz])
        second += np.array([[axx * h, axy * h, ax * hz], [axy * h, ayy * h, ay * hz], [ax * hz, ay * hz, a * hzz]])
    return Moments(volume, first, second)


def _oriented(loop: Loop) -> NDArray[np.float64]:
    moments = loop_moments(loop)
    return moments if moments[0] >= 0 else -moments


def loop_moments(loop: Loop) -> NDArray[np.float64]:
    """Integrals of 1, x, y, x², y², xy over the inside of a loop (6,) [mm² .. mm⁴]; negative all for a clockwise loop.

    Green's theorem for the straight polygon through the vertices, plus the circular segment between each arc and its chord.
    """
    total = np.zeros(6)
    for (x0, y0, bulge), (x1, y1, _) in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True):
        twice = x0 * y1 - x1 * y0
        total += [
            twice / 2,
            twice * (x0 + x1) / 6,
            twice * (y0 + y1) / 6,
            twice * (x0**2 + x0 * x1 + x1**2) / 12,
            twice * (y0**2 + y0 * y1 + y1**2) / 12,
            twice * (2 * x0 * y0 + x0 * y1 + x1 * y0 + 2 * x1 * y1) / 24,
        ]
        if bulge:
            total += _segment_moments(x0, y0, x1, y1, bulge)
    return total


def _segment_moments(x0: float, y0: float, x1: float, y1: float, bulge: float) -> NDArray[np.float64]:
    """The circular segment between a chord and its arc; negative where the arc turns right.

    With the half angle a of the arc, s = sin a, c = cos a, radius r, and u along the axis of symmetry from the circle's centre:
    area r² (a - s c); integral of u: 2/3 r³ s³; of u²: r⁴/4 (a - s c + 2 s³ c); of v²: r⁴/4 (a - s c - 2/3 s³ c)
    (integration of the sector less the triangle; e.g. Young and Budynas, Roark's Formulas, table A.1, circular segment).
    """
    half = 2 * math.atan(abs(bulge))
    sin, cos = math.sin(half), math.cos(half)
    chord = math.hypot(x1 - x0, y1 - y0)
    radius = chord / (2 * sin)
    # the segment lies to the right of the chord for a left turn (bulge > 0), to its left for a right turn
    side = math.copysign(1.0, bulge)
    ux, uy = side * (y1 - y0) / chord, -side * (x1 - x0) / chord
    centre_x, centre_y = (x0 + x1) / 2 - ux * radius * cos, (y0 + y1) / 2 - uy * radius * cos
    area = radius**2 * (half - sin * cos)
    u = 2 / 3 * radius**3 * sin**3
    uu = radius**4 / 4 * (half - sin * cos + 2 * sin**3 * cos)
    vv = radius**4 / 4 * (half - sin * cos - 2 / 3 * sin**3 * cos)
    ax, ay = centre_x * area + ux * u, centre_y * area + uy * u
    axx = uu * ux**2 + vv * uy**2 + 2 * centre_x * ux * u + centre_x**2 * area
    ayy = uu * uy**2 + vv * ux**2 + 2 * centre_y * uy * u + centre_y**2 * area
    axy = (uu - vv) * ux * uy + (centre_x * uy + centre_y * ux) * u + centre_x * centre_y * area
    return side * np.array([area, ax, ay, axx, ayy, axy])
