"""Areas in which the boxes of a layout touch, in closed form: what the interfaces of a mesh are held against."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from packtool.layout.records import MESHED_ROLES, Layout
from packtool.mesh.lattice import circle_of
from packtool.mesh.placed import SAME_MM, placed_sweeps
from packtool.mesh.records import Floats, Integers


def contact_areas(layout: Layout) -> dict[str, float]:
    """Area [m²] by pair of roles, in the naming of the mesh's interfaces, over all pairs of box-shaped sweeps of two parts, and of
    round ones that stand wholly on, or under, a box.

    Pairs of roles between which a sweep of another shape (a plate's channel layer, a plate with holes) could take part are left out.
    """
    sweeps = [sweep for sweep in placed_sweeps(layout) if sweep.region >= 0]
    if not sweeps:
        return {}
    box = np.array([sweep.is_box for sweep in sweeps])
    disc = np.array([len(sweep.loops) == 1 and circle_of(sweep.loops[0]) is not None for sweep in sweeps])
    square = np.array([(sweep.extent(0)[1] - sweep.extent(0)[0]) ** 2 for sweep in sweeps])  # of the square around a disc
    region = np.array([sweep.region for sweep in sweeps])
    role = np.array([MESHED_ROLES.index(sweep.role) for sweep in sweeps])
    low = np.array([[sweep.extent(axis)[0] for axis in range(3)] for sweep in sweeps])
    high = np.array([[sweep.extent(axis)[1] for axis in range(3)] for sweep in sweeps])
    total: dict[int, float] = {}
    unknown: set[int] = set()
    for axis in range(3):
        for below, above in _touching(low, high, axis):
            across = [a for a in range(3) if a != axis]
            sides = [
                np.minimum(high[below][:, None, a], high[above][None, :, a])
                - np.maximum(low[below][:, None, a], low[above][None, :, a])
                for a in across
            ]
            area = np.where((sides[0] > SAME_MM) & (sides[1] > SAME_MM), sides[0] * sides[1], 0.0)
            area[region[below][:, None] == region[above][None, :]] = 0.0
            pairs = np.minimum.outer(role[below], role[above]) * len(MESHED_ROLES) + np.maximum.outer(role[below], role[above])
            known = box[below][:, None] & box[above][None, :]
            rounds = (
                (disc[below][:, None] & box[above][None, :], square[below][:, None]),
                (box[below][:, None] & disc[above][None, :], square[above][None, :]),
                (disc[below][:, None] & disc[above][None, :], np.nan),
            )
            for which, around in rounds:
                whole = which & (np.abs(area - around) <= 1e-9 * around) if axis == 2 else np.zeros_like(which)
                alongside = which & (axis != 2)  # round sides touch in lines
                area = np.where(whole, area * math.pi / 4, np.where(alongside, 0.0, area))
                known |= whole
            for code in np.unique(pairs[area > 0]).tolist():
                here = (pairs == code) & (area > 0)
                total[code] = total.get(code, 0.0) + float(area[here].sum())
                if not known[here].all():
                    unknown.add(code)
    names = {code: "|".join(MESHED_ROLES[i] for i in divmod(code, len(MESHED_ROLES))) for code in sorted(total)}
    return {name: total[code] * 1e-6 for code, name in names.items() if code not in unknown}


def _touching(low: Floats, high: Floats, axis: int) -> Iterator[tuple[Integers, Integers]]:
    """Groups of sweeps that end, and that begin, in the same plane across ``axis``."""
    ends = np.argsort(high[:, axis], kind="stable")
    starts = np.argsort(low[:, axis], kind="stable")
    end_places, start_places = high[ends, axis], low[starts, axis]
    for value in end_places[np.r_[True, np.diff(end_places) > SAME_MM]]:
        window = (value - SAME_MM, value + 2 * SAME_MM)
        above = starts[slice(*np.searchsorted(start_places, window))]
        if above.size:
            yield ends[slice(*np.searchsorted(end_places, window))], above
