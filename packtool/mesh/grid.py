"""A tensor grid of which some boxes are solid, as hexahedra with their outer and inner facets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packtool.mesh.records import Floats, Integers

VOID = -1
"""Region index of a grid box that is not solid; anything negative is."""

SIDES = ("x-", "x+", "y-", "y+", "z-", "z+")
"""The six sides of a box by their outward normal; side // 2 is the axis, side % 2 the direction."""

CORNERS = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)])
"""(8, 3) grid offsets of a hexahedron's corners, in the order of VTK and gmsh."""

FACE_CORNERS = np.array([(0, 4, 7, 3), (1, 2, 6, 5), (0, 1, 5, 4), (3, 7, 6, 2), (0, 3, 2, 1), (4, 5, 6, 7)])
"""(6, 4) corners of each side's facet, in cyclic order with the normal pointing out of the element."""

FACING_CORNERS = np.array([(1, 5, 6, 2), (0, 3, 7, 4), (3, 2, 6, 7), (0, 4, 5, 1), (4, 7, 6, 5), (0, 1, 2, 3)])
"""(6, 4) corners of the element across each side that lie on ``FACE_CORNERS``, one by one."""

_OCTANT_LINKS = [(a, a | 1 << bit) for a in range(8) for bit in range(3) if not a >> bit & 1]


@dataclass(frozen=True)
class SolidGrid:
    """Hexahedra of the solid boxes of a grid, ordered with z fastest, then y, then x.

    ``points`` (n_points, 3); ``hexes`` (n_elements, 8); ``region`` (n_elements,); ``place`` (n_elements, 3) grid indices.
    Outer facets: ``outer_element`` (n_outer,) and ``outer_side`` (n_outer,) index into ``SIDES``. Facets between two regions:
    ``inner_minus``, ``inner_plus`` (n_inner,) elements in the direction of the axis, ``inner_axis`` (n_inner,), and ``inner_cut``
    (n_inner,): its two sides have nodes of their own.
    """

    points: Floats
    hexes: Integers
    region: Integers
    place: Integers
    outer_element: Integers
    outer_side: Integers
    inner_minus: Integers
    inner_plus: Integers
    inner_axis: Integers
    inner_cut: NDArray[np.bool_]

    def outer_facets(self, which: NDArray[np.bool_] | Integers) -> Integers:
        """(n, 4) nodes of the chosen outer facets, normal outwards."""
        return self.hexes[self.outer_element[which, None], FACE_CORNERS[self.outer_side[which]]]

    def facets_between(self, which: Integers, turned: NDArray[np.bool_]) -> tuple[Integers, Integers]:
        """Nodes (n, 4) of the chosen inner facets on their first side and, node by node, on their second.

        The first side is the one with the smaller coordinate, or the other one where ``turned`` (n,); the normal points from
        the first to the second. Both are the same nodes where the facet is not cut.
        """
        axis = self.inner_axis[which]
        first = np.where(turned, self.inner_plus[which], self.inner_minus[which])
        second = np.where(turned, self.inner_minus[which], self.inner_plus[which])
        side = 2 * axis + ~turned
        return self.hexes[first[:, None], FACE_CORNERS[side]], self.hexes[second[:, None], FACING_CORNERS[side]]


def grouped(codes: Integers) -> Iterator[tuple[int, Integers]]:
    """Each value of ``codes`` (n,), ascending, with the ascending positions that hold it."""
    order = np.argsort(codes, kind="stable")
    values, starts = np.unique(codes[order], return_index=True)
    yield from zip(values.tolist(), np.split(order, starts[1:]), strict=True) if len(codes) else ()


def solid_grid(x: Floats, y: Floats, z: Floats, occupancy: Integers, cuts: Iterable[tuple[int, int]] = ()) -> SolidGrid:
    """The solid boxes of a grid as a mesh that conducts only through facets.

    ``x`` (nx + 1,), ``y`` (ny + 1,), ``z`` (nz + 1,) ascending coordinates; ``occupancy`` (nx, ny, nz) region index, negative:
    void. ``cuts``: pairs of regions whose common facets get nodes of their own on both sides. A node is shared by the elements
    around it that can be reached from each other through uncut facets; so a cut may end inside the solid (its rim is then one
    node: the temperature is continuous around it), several cuts may meet, and boxes that touch only in an edge or a corner are
    not joined.
    """
    solid = occupancy >= 0
    n_regions = int(occupancy.max(initial=-1)) + 1
    codes = np.array(sorted({int(_pair_code(a, b, n_regions)) for a, b in cuts}), dtype=np.int64)
    place = np.argwhere(solid)
    element = np.full(occupancy.shape, VOID, dtype=np.int64)
    element[solid] = np.arange(len(place))
    region = occupancy[solid].astype(np.int64)

    outer_element, outer_side, inner_minus, inner_plus, inner_axis = [], [], [], [], []
    for axis in range(3):
        ring = [(1, 1) if a == axis else (0, 0) for a in range(3)]
        around = np.moveaxis(np.pad(element, ring, constant_values=VOID), axis, 0)
        low, high = around[:-1], around[1:]
        for side, found in ((2 * axis, high[(low < 0) & (high >= 0)]), (2 * axis + 1, low[(low >= 0) & (high < 0)])):
            outer_element.append(found)
            outer_side.append(np.full(len(found), side))
        both = (low >= 0) & (high >= 0)
        minus, plus = low[both], high[both]
        changes = region[minus] != region[plus]
        inner_minus.append(minus[changes])
        inner_plus.append(plus[changes])
        inner_axis.append(np.full(int(changes.sum()), axis))
    minus, plus, axes = np.concatenate(inner_minus), np.concatenate(inner_plus), np.concatenate(inner_axis)
    cut = np.isin(_pair_code(region[minus], region[plus], n_regions), codes) if codes.size else np.zeros(len(minus), dtype=bool)

    touched = np.zeros(tuple(n + 1 for n in occupancy.shape), dtype=bool)
    for axis in range(3):
        here = plus[cut & (axes == axis)]
        for corner in CORNERS[CORNERS[:, axis] == 0]:
            touched[tuple((place[here] + corner).T)] = True
    start, rank, copies = _split_points(element, region, touched, codes, n_regions)
    strides = np.array([touched.shape[1] * touched.shape[2], touched.shape[2], 1])
    flat = (place @ strides)[:, None] + (CORNERS @ strides)[None, :]
    octant = (1 - CORNERS) @ (4, 2, 1)
    hexes = start[flat] + rank[flat, octant[None, :]]
    used = np.repeat(np.arange(copies.size), copies)
    i, j, k = np.unravel_index(used, touched.shape)
    points = np.column_stack([np.asarray(x)[i], np.asarray(y)[j], np.asarray(z)[k]])
    return SolidGrid(
        points, hexes, region, place, np.concatenate(outer_element), np.concatenate(outer_side), minus, plus, axes, cut
    )  # fmt: skip


def _pair_code(a: Integers | int, b: Integers | int, n_regions: int) -> Integers:
    """One number for an unordered pair of regions."""
    return np.minimum(a, b) * n_regions + np.maximum(a, b)


def _split_points(
    element: Integers, region: Integers, touched: NDArray[np.bool_], codes: Integers, n_regions: int
) -> tuple[Integers, NDArray[np.int8], Integers]:
    """First node of each grid point, the copy that each of its 8 octants uses, and the number of copies.

    Octant (a, b, c) of a point, number 4 a + 2 b + c, is the grid box below (0) or above (1) it along x, y, z.
    """
    padded = np.pad(element, 1, constant_values=VOID)
    nx, ny, nz = touched.shape
    windows = [padded[a : a + nx, b : b + ny, c : c + nz] for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    n_solid = np.zeros(touched.shape, dtype=np.int8)
    for window in windows:
        n_solid += window >= 0
    copies = (n_solid > 0).ravel().astype(np.int64)
    rank = np.zeros((touched.size, 8), dtype=np.int8)
    doubtful = np.flatnonzero((n_solid > 1) & ((n_solid < 8) | touched))
    place = np.unravel_index(doubtful, touched.shape)
    around = np.stack([window[place] for window in windows], axis=1)
    label = np.where(around >= 0, np.arange(8), 8)
    inside = np.where(around >= 0, region[around], 0)
    links = []
    for a, b in _OCTANT_LINKS:
        linked = (around[:, a] >= 0) & (around[:, b] >= 0)
        if codes.size:
            linked &= ~np.isin(_pair_code(inside[:, a], inside[:, b], n_regions), codes)
        links.append((a, b, linked))
    changed = True
    while changed:
        changed = False
        for a, b, linked in links:
            least = np.minimum(label[:, a], label[:, b])
            moved = linked & ((label[:, a] != least) | (label[:, b] != least))
            if moved.any():
                label[moved, a] = label[moved, b] = least[moved]
                changed = True
    first = label == np.arange(8)
    copies[doubtful] = first.sum(axis=1)
    order = np.cumsum(first, axis=1) - 1
    rank[doubtful] = np.take_along_axis(order, np.minimum(label, 7), axis=1)
    start = np.cumsum(copies) - copies
    return start, rank, copies
