"""The channels of a pack as a graph: branches between nodes, and the fittings that lead to them."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Literal

from packtool.design.schema.calibration import PlateCalibration
from packtool.layout.arcs import Arc, arc
from packtool.layout.profiles import Point

LPM = 1e-3 / 60
"""One litre a minute [m³/s]."""
RE_LAMINAR = 2300.0
"""Highest Reynolds number taken as laminar (Gnielinski 1995/2013; Shah & London 1978 sec. III)."""
RE_MAX = 1e6
"""Highest Reynolds number that friction is known for here: beyond this a cold plate is not what is being described; Colebrook holds to 1e8."""
ROUGHNESS_MAX = 0.05
"""Largest roughness over hydraulic diameter of the Moody chart and of Colebrook's data (Moody 1944, Trans. ASME 66:671)."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One run of channel between two nodes of the coolant network, of constant rectangular section.

    ``path`` is the centreline in the plan [mm], in the direction of the design flow. ``bulges``: of each of its legs, as in ``Loop``;
    empty where all are straight. Inner vertices are square bends of 90 degrees, but for those where an arc goes on without a corner.
    ``z0``, where it is not the network's: underside of this branch in the pack [mm], for channels that lie over each other.
    ``plate``: which of several plates it is in (``top``); empty where there is one.
    """

    name: str
    start: str
    end: str
    path: tuple[Point, ...]
    width_mm: float
    height_mm: float
    kind: Literal["channel", "header", "port"] = "channel"
    bulges: tuple[float, ...] = ()
    z0: float | None = None
    plate: str = ""

    def legs(self) -> tuple[tuple[Point, Point, Arc | None], ...]:
        """Start, end and, where it is curved, the arc of each leg of the centreline [mm]. ValueError if ``bulges`` does not fit."""
        bulges = self.bulges or (0.0,) * (len(self.path) - 1)
        return tuple(
            (a, b, arc(a, b, bulge) if bulge else None) for a, b, bulge in zip(self.path[:-1], self.path[1:], bulges, strict=True)
        )

    def leg_lengths_mm(self) -> tuple[float, ...]:
        """Length of each leg of the centreline [mm]; arcs are exact."""
        return tuple(curve.length if curve else math.dist(a, b) for a, b, curve in self.legs())

    def length_mm(self) -> float:
        """Length of the centreline [mm]; arcs are exact."""
        return sum(self.leg_lengths_mm())

    def corners(self) -> tuple[bool, ...]:
        """For each inner vertex of the path, whether it is a square bend: not where an arc begins or ends."""
        curved = [curve is not None for _, _, curve in self.legs()]
        return tuple(not (before or after) for before, after in itertools.pairwise(curved))

    def bends(self) -> int:
        """Number of square 90 degree bends."""
        return sum(self.corners())


@dataclass(frozen=True, slots=True)
class Fitting:
    """A hose fitting between a hose's node and a node of the channels: a short round bore at ``at`` in the plan and ``z`` in the pack [mm].

    ``way``: ``in`` leads into the channels (from ``start``, the hose's node), ``out`` out of them (to ``end``, the hose's).
    """

    name: str
    start: str
    end: str
    bore_mm: float
    at: Point
    z: float
    way: Literal["in", "out"]
    plate: str = ""


@dataclass(frozen=True, slots=True)
class CoolantNetwork:
    """The channels as a graph. Coolant enters at node ``inlet`` and leaves at ``outlet``; z range of all channels in the pack [mm].

    With ``fittings`` those two nodes are in the hoses, and the fittings join them to the channels; without any they are in the channels.
    ``calibration``: what finite elements found out about these channels (no part of the geometry that it is known by).
    """

    branches: tuple[Branch, ...]
    inlet: str
    outlet: str
    z0: float
    z1: float
    fittings: tuple[Fitting, ...] = ()
    calibration: PlateCalibration | None = field(default=None, repr=False)

    @property
    def entries(self) -> tuple[str, ...]:
        """Nodes of the channels that coolant comes into from outside."""
        return tuple(f.end for f in self.fittings if f.start == self.inlet) or (self.inlet,)

    @property
    def exits(self) -> tuple[str, ...]:
        """Nodes of the channels that coolant leaves by."""
        return tuple(f.start for f in self.fittings if f.end == self.outlet) or (self.outlet,)

    @property
    def section_z(self) -> float:
        """Height [mm] of a section that shows channels: of those of the last plate."""
        last = self.branches[-1].plate if self.branches else None
        if not last:
            return (self.z0 + self.z1) / 2
        ranges = [self.z_range(branch) for branch in self.branches if branch.plate == last]
        return (min(low for low, _ in ranges) + max(high for _, high in ranges)) / 2

    def z_range(self, branch: Branch) -> tuple[float, float]:
        """Underside and top of a branch in the pack [mm]."""
        low = self.z0 if branch.z0 is None else branch.z0
        return low, low + branch.height_mm
