"""Which element a facet belongs to, and on which of its sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from packtool.errors import MeshError
from packtool.mesh.grid import FACE_CORNERS
from packtool.mesh.records import Integers


def facet_key(facets: Integers, n_points: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two numbers a facet (n, 4) that are the same for the same nodes, however turned."""
    nodes = np.sort(facets, axis=1).astype(np.int64)
    return nodes[:, 0] * n_points + nodes[:, 1], nodes[:, 2] * n_points + nodes[:, 3]


def turned(facets: Integers, nodes: Integers) -> NDArray[np.bool_]:
    """Whether each of ``facets`` (n, 4) runs round its nodes the other way than ``nodes`` (n, 4)."""
    start = (nodes == facets[:, :1]).argmax(axis=1)
    following = np.take_along_axis(nodes, ((start + 1) % 4)[:, None], axis=1)[:, 0]
    return following != facets[:, 1]


class FacetFinder:
    """Positions of facets among ``nodes`` (n, 4), in which one may stand twice."""

    def __init__(self, nodes: Integers) -> None:
        self.nodes, self._n_points = nodes, int(nodes.max(initial=0)) + 1
        low, high = facet_key(nodes, self._n_points)
        self._order = np.lexsort((high, low))
        self._low, self._high = low[self._order], high[self._order]

    def first(self, name: str, facets: Integers) -> NDArray[np.int64]:
        """The first position of each facet; MeshError, with ``name``, for one that is not there."""
        return self._order[self._sorted(name, facets)]

    def facing(self, name: str, facets: Integers) -> NDArray[np.int64]:
        """The position that runs round the nodes the same way as each facet, where there is one; else the first."""
        at = self._sorted(name, facets)
        other = np.minimum(at + 1, len(self._order) - 1)
        twice = (self._low[other] == self._low[at]) & (self._high[other] == self._high[at])
        wrong = twice & turned(facets, self.nodes[self._order[at]])
        return self._order[np.where(wrong, other, at)]

    def _sorted(self, name: str, facets: Integers) -> NDArray[np.int64]:
        low, high = facet_key(facets, self._n_points)
        begin, end = np.searchsorted(self._low, low), np.searchsorted(self._low, low, side="right")
        while (begin < end).any():
            middle = (begin + end) // 2
            below = self._high[np.minimum(middle, len(self._high) - 1)] < high
            begin, end = np.where(below & (begin < end), middle + 1, begin), np.where(below, end, middle)
        at = np.minimum(begin, len(self._low) - 1)
        if ((self._low[at] != low) | (self._high[at] != high)).any():
            raise MeshError(f"{name!r} has facets that are faces of no element")
        return at


def sides_of(hexes: Integers, surfaces: dict[str, Integers]) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """For each surface the element and the side (index into ``grid.SIDES``) of every facet (n, 4): of two elements the one that the
    facet's normal points out of. Raises MeshError for a facet that is no element's face."""
    finder = FacetFinder(hexes[:, FACE_CORNERS].reshape(-1, 4))
    return {name: np.divmod(finder.facing(name, facets), 6) for name, facets in surfaces.items()}
