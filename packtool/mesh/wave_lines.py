"""Lines of the logical grid that bend, with ribbons, around the round cells of two rows by turns."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Protocol

import numpy as np

from packtool.mesh.grid_line import Line
from packtool.mesh.lattice import Lattice
from packtool.mesh.ogrid import area_true
from packtool.mesh.records import Floats
from packtool.mesh.round_outlines import Wave


class WaveColumns(Protocol):
    """The grid's columns: 2 ``k`` each half pitch between ``bounds`` (n,), at ``x`` (n_columns,); ``first``: that at the first bound."""

    k: int
    first: int
    x: Floats
    bounds: Floats


def bend_steps(wave: Wave, pitch: float, k: int) -> tuple[int, int]:
    """Edges of half a bend below and above, in half a pitch: the straight between takes one, or more where it is long."""
    straight = (pitch / 2 - wave.both * math.sin(wave.half)) / math.cos(wave.half)
    share = 2 * k * straight / (straight + wave.both * wave.half)
    left = 2 * k - min(max(round(share), 1), 2 * k - 2)
    return (left + 1) // 2, left // 2


def wave_line(lattice: Lattice, row: int, wave: Wave, radius: float, columns: WaveColumns) -> Line:
    """A curve that bends around the cells of ``row`` at ``radius`` [mm] and around those of the next by turns, its bends' areas kept; beyond the
    outermost it goes on level."""
    low, high, k = float(lattice.y[row]), float(lattice.y[row + 1]), columns.k
    nodes = [np.empty((0, 2))] * (len(columns.bounds) - 1)
    on = [np.empty((0, 2))] * (len(columns.bounds) - 1)
    steps = bend_steps(wave, lattice.pitch, k)
    widths = np.diff(columns.x)[[columns.first - 1, columns.first + 2 * k * (len(columns.bounds) - 1)]]
    for i, (a, b) in enumerate(pairwise(columns.bounds.tolist())):
        below_left = (i - 1) % 2 == lattice.odd[row]
        arcs = []
        for x, towards, below in ((a, 1, below_left), (b, -1, not below_left)):
            centre, r = np.array([x, low if below else high]), radius if below else wave.both - radius
            n = steps[0 if below else 1]
            border = (i == 0 and towards > 0) or (i == len(nodes) - 1 and towards < 0)
            grown = _last_bend(r, wave.half, n, float(widths[0 if towards > 0 else 1])) if border else _bend(r, wave.half, n)
            arcs.append(
                [
                    centre + size[:, None] * np.column_stack([towards * np.sin(angle), (1 if below else -1) * np.cos(angle)])
                    for size, angle in (
                        (grown, np.linspace(0.0, wave.half, n + 1)),
                        (np.full(n, r), (np.arange(n) + 0.5) * wave.half / n),
                    )
                ]
            )
        (left, left_on), (right, right_on) = arcs
        count = 2 * k - sum(steps)
        t = np.arange(count + 1)[:, None] / count
        straight = left[-1] + (right[-1] - left[-1]) * t
        nodes[i] = np.concatenate([left[:-1], straight, right[::-1][1:]])
        on[i] = np.concatenate([left_on, (straight[1:] + straight[:-1]) / 2, right_on[::-1]])
    points = np.column_stack([columns.x, columns.x])
    inner = np.concatenate([nodes[0][:1], *(piece[1:] for piece in nodes)])
    points[columns.first : columns.first + len(inner)] = inner
    ends = [(low if i_below else high) + (radius if i_below else radius - wave.both) for i_below in _ends_below(lattice, row)]
    points[: columns.first, 1], points[columns.first + len(inner) :, 1] = ends
    half_way = (points[1:] + points[:-1]) / 2
    half_way[columns.first : columns.first + len(inner) - 1] = np.concatenate(on)
    return Line(points, half_way)


def _ends_below(lattice: Lattice, row: int) -> tuple[bool, bool]:
    """Whether the places half a pitch beyond the outermost sites are the lower row's, left and right."""
    odd = lattice.odd[row]
    return odd == 1, (lattice.halves + 1) % 2 == odd


def _bend(radius: float, half: float, n: int) -> Floats:
    """(n + 1,) radii of the nodes of half a bend, from its middle on, that keep the area of the whole."""
    return area_true(radius, np.linspace(-half, half, 2 * n + 1), radius, radius)[n:]


def _last_bend(radius: float, half: float, n: int, width: float) -> Floats:
    """The same of a bend that goes on level from its middle: the node there stands off, and the area beside the next ``width`` counts too.

    With steps of angle t and the radius q of all nodes but the last: sin t ((n - 1) q² + r q) + (q - r) width = r² half.
    """
    sine = math.sin(half / n)
    a, b, c = (n - 1) * sine, radius * sine + width, -(radius * width + radius**2 * half)
    q = -c / b if a == 0 else (-b + math.sqrt(b * b - 4 * a * c)) / (2 * a)
    return np.append(np.full(n, q), radius)
