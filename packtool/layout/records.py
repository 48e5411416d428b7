"""The Layout: the only geometry. CAD and mesh are two readers of it.

All lengths are millimetres. x runs along a row (through the cells' thickness), y across the rows, z up; z = 0 is the underside of
the tray, x = y = 0 the middle of the pack. A part is a product placed: a product is one or more planar profiles swept in z.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from packtool.catalogue.records import Cell
from packtool.layout.arcs import Arc, arc
from packtool.layout.imported import Body, Imported, Tilt

Role = Literal[
    "cell", "pad", "barrier", "fin", "end_plate", "side_plate", "strap", "filler", "holder", "potting", "interface", "cold_plate", "heater", "coolant",
    "terminal", "busbar", "tray",
    "lid", "fitting", "fixture",
    "seal", "bolt", "bracket", "cross_member", "imported",
]  # fmt: skip
MESHED_ROLES: tuple[Role, ...] = (
    "cell", "pad", "barrier", "fin", "end_plate", "side_plate", "strap", "filler", "holder", "potting", "interface", "cold_plate", "heater",
)  # fmt: skip
"""Parts that the heat is solved in. The channels are voids of the cold plate; tray and lid enter as thermal resistances to the ambient."""

Axis = Literal["x", "y", "z"]
Point = tuple[float, float]
Vertex = tuple[float, float, float]
"""x, y and the bulge of the edge that leaves it: tan(a quarter of the arc's angle), 0 for a straight edge, > 0 turning left (as in DXF)."""


SAME_POINT_MM = 1e-7
"""Two points closer than this are one: the CAD kernel's own confusion distance (Precision::Confusion, 1e-7)."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A closed outline of lines and arcs, in order; the last vertex joins the first."""

    vertices: tuple[Vertex, ...]

    @classmethod
    def polygon(cls, points: Sequence[Point]) -> Loop:
        """Straight edges through ``points``."""
        return cls(tuple((x, y, 0.0) for x, y in points))

    @classmethod
    def rectangle(cls, x0: float, y0: float, x1: float, y1: float) -> Loop:
        """Counter-clockwise rectangle."""
        return cls.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])

    @classmethod
    def rounded_rectangle(cls, x0: float, y0: float, x1: float, y1: float, radius: float) -> Loop:
        """Counter-clockwise rectangle with quarter arcs of ``radius`` at its corners; ``radius`` 0: sharp. At most half the shorter side."""
        if radius <= 0:
            return cls.rectangle(x0, y0, x1, y1)
        quarter, r = math.tan(math.pi / 8), radius
        corners = (
            (x0 + r, y0, 0.0), (x1 - r, y0, quarter), (x1, y0 + r, 0.0), (x1, y1 - r, quarter),
            (x1 - r, y1, 0.0), (x0 + r, y1, quarter), (x0, y1 - r, 0.0), (x0, y0 + r, quarter),
        )  # fmt: skip
        following = corners[1:] + corners[:1]
        return cls(tuple(v for v, w in zip(corners, following, strict=True) if math.dist(v[:2], w[:2]) > SAME_POINT_MM))

    @classmethod
    def circle(cls, x: float, y: float, radius: float) -> Loop:
        """Counter-clockwise circle of two half arcs."""
        return cls(((x - radius, y, 1.0), (x + radius, y, 1.0)))

    @property
    def is_straight(self) -> bool:
        """No arcs."""
        return all(bulge == 0.0 for _, _, bulge in self.vertices)

    @property
    def is_circle(self) -> bool:
        """A full circle, as ``circle`` makes it: two half arcs of the same turn."""
        return len(self.vertices) == 2 and abs(self.vertices[0][2]) == 1.0 and self.vertices[0][2] == self.vertices[1][2]

    def signed_area(self) -> float:
        """Area [mm²], positive counter-clockwise; arcs are exact."""
        total = 0.0
        for (x0, y0, bulge), (x1, y1, _) in zip(self.vertices, self.vertices[1:] + self.vertices[:1], strict=True):
            total += (x0 * y1 - x1 * y0) / 2
            if bulge:
                angle = 4 * math.atan(bulge)
                chord = math.hypot(x1 - x0, y1 - y0)
                radius = chord / (2 * math.sin(angle / 2))
                total += radius**2 * (angle - math.sin(angle)) / 2
        return total

    def bounds(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the outline; arcs count with their extreme points."""
        xs = [v[0] for v in self.vertices]
        ys = [v[1] for v in self.vertices]
        for (x0, y0, bulge), (x1, y1, _) in zip(self.vertices, self.vertices[1:] + self.vertices[:1], strict=True):
            if not bulge:
                continue
            centre_x = (x0 + x1) / 2 - (y1 - y0) * (1 - bulge**2) / (4 * bulge)
            centre_y = (y0 + y1) / 2 + (x1 - x0) * (1 - bulge**2) / (4 * bulge)
            radius = math.hypot(x0 - centre_x, y0 - centre_y)
            start = math.atan2(y0 - centre_y, x0 - centre_x)
            sweep = 4 * math.atan(bulge)
            for quarter in range(4):
                towards = quarter * math.pi / 2
                turned = (towards - start) % math.tau if sweep > 0 else (start - towards) % math.tau
                if turned <= abs(sweep):
                    xs.append(centre_x + radius * math.cos(towards))
                    ys.append(centre_y + radius * math.sin(towards))
        return min(xs), min(ys), max(xs), max(ys)


def turned_box(box: tuple[float, float, float, float], rotation_deg: int) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 of a rectangle turned about the origin by quarter turns."""
    x0, y0, x1, y1 = box
    return {0: (x0, y0, x1, y1), 90: (-y1, x0, -y0, x1), 180: (-x1, -y1, -x0, -y0), 270: (y0, -x1, y1, -x0)}[rotation_deg]


@dataclass(frozen=True, slots=True)
class Profile:
    """A planar face: an outer loop less its holes."""

    outer: Loop
    holes: tuple[Loop, ...] = ()

    @classmethod
    def rectangle(cls, x0: float, y0: float, x1: float, y1: float) -> Profile:
        """A rectangle without holes."""
        return cls(Loop.rectangle(x0, y0, x1, y1))

    def area(self) -> float:
        """Area [mm²]."""
        return abs(self.outer.signed_area()) - sum(abs(hole.signed_area()) for hole in self.holes)

    def rounded(self, radius: float) -> Profile:
        """A rectangle, or a rectangular ring, with its corners rounded by ``radius`` [mm]; a ring's inner corners by its wall less.

        Raises ValueError for another outline, or a radius of more than half the shorter side.
        """
        outer = self.outer.bounds()
        if (
            not Profile(self.outer).is_rectangle
            or not all(Profile(hole).is_rectangle for hole in self.holes)
            or len(self.holes) > 1
        ):
            raise ValueError("is for a rectangle or a rectangular ring only")
        if 2 * radius > min(outer[2] - outer[0], outer[3] - outer[1]):
            raise ValueError(f"is more than half the shorter side ({min(outer[2] - outer[0], outer[3] - outer[1]):g})")
        holes = []
        for hole in self.holes:
            inner = hole.bounds()
            holes.append(Loop.rounded_rectangle(*inner, radius - (inner[0] - outer[0])))
        return Profile(Loop.rounded_rectangle(*outer, radius), tuple(holes))

    @property
    def is_rectangle(self) -> bool:
        """A box in the making: one axis-aligned rectangle, no holes."""
        if self.holes or not self.outer.is_straight or len(self.outer.vertices) != 4:
            return False
        x0, y0, x1, y1 = self.outer.bounds()
        return all(x in (x0, x1) and y in (y0, y1) for x, y, _ in self.outer.vertices)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A profile from ``z0`` up to ``z1``, in the product's own frame."""

    profile: Profile
    z0: float
    z1: float

    def volume(self) -> float:
        """Volume [mm³]."""
        return self.profile.area() * (self.z1 - self.z0)


@dataclass(frozen=True, slots=True)
class Detail:
    """A feature of the CAD only: a profile swept along ``axis`` from ``start`` to ``end`` [mm], in the product's frame.

    The profile's coordinates follow the axis cyclically: (y, z) for x, (z, x) for y, (x, y) for z. With ``adds`` it is material that
    touches the product without overlapping it; else it is cut away, and lies in the product's material in full.
    """

    profile: Profile
    axis: Axis
    start: float
    end: float
    adds: bool = False

    def volume(self) -> float:
        """What it changes the product's volume by [mm³]."""
        volume = self.profile.area() * (self.end - self.start)
        return volume if self.adds else -volume

    def bounds(self) -> tuple[float, float, float, float, float, float]:
        """x0, y0, z0, x1, y1, z1 in the product's frame [mm]."""
        u0, v0, u1, v1 = self.profile.outer.bounds()
        if self.axis == "x":
            return self.start, u0, v0, self.end, u1, v1
        if self.axis == "y":
            return v0, self.start, u0, v1, self.end, u1
        return u0, v0, self.start, u1, v1, self.end


@dataclass(frozen=True, slots=True)
class Fillet:
    """A hollow fillet of ``radius`` [mm] where a floor at height ``z`` meets walls that rise along ``loop``; in the CAD only.

    ``loop`` is the floor's outline, counter-clockwise, of straight edges and left-turning arcs no tighter than ``radius``.
    """

    loop: Loop
    z: float
    radius: float

    def volume(self) -> float:
        """What it adds [mm³]: its section (1 - pi/4) r² times the way of its centroid (Pappus)."""
        centroid = (10 - 3 * math.pi) / (12 - 3 * math.pi) * self.radius  # from the walls
        way = 0.0
        for (x0, y0, bulge), (x1, y1, _) in zip(self.loop.vertices, self.loop.vertices[1:] + self.loop.vertices[:1], strict=True):
            chord, angle = math.hypot(x1 - x0, y1 - y0), 4 * math.atan(bulge)
            way += angle * (chord / (2 * math.sin(angle / 2)) - centroid) if bulge else chord
        return (1 - math.pi / 4) * self.radius**2 * way


@dataclass(frozen=True, slots=True)
class Product:
    """A shape that one or more parts share. The sweeps do not overlap; touching ones are one solid.

    The mesh is of the sweeps. What it leaves out, and the CAD has, is in ``edge_radius_mm`` (rounds the vertical edges of a box or a
    rectangular ring), ``details`` and ``fillets``. Without sweeps it is its added details, or the ``body`` of a STEP file that the CAD
    stage has read. ``through``: of a flat cell, the axis that its electrode layers are stacked along. ``mass_kg`` of one,
    where it is bought as such; None: its volume times its material's density.
    """

    id: str
    role: Role
    material: str
    sweeps: tuple[Sweep, ...]
    description: str = ""
    edge_radius_mm: float = 0.0
    details: tuple[Detail, ...] = ()
    fillets: tuple[Fillet, ...] = ()
    through: Axis = "x"
    body: Body | None = None
    mass_kg: float | None = None

    def volume_mm3(self) -> float:
        """Volume of the sweeps [mm³], as it is meshed."""
        return sum(sweep.volume() for sweep in self.sweeps)

    def finished_volume_mm3(self) -> float:
        """Volume with the CAD-only detail [mm³]: what the part weighs. ValueError where its edges cannot be rounded."""
        if self.body is not None:
            return self.body.volume_mm3
        return (
            sum(sweep.volume() for sweep in self.rounded_sweeps())
            + sum(detail.volume() for detail in self.details)
            + sum(fillet.volume() for fillet in self.fillets)
        )

    def rounded_sweeps(self) -> tuple[Sweep, ...]:
        """The sweeps with ``edge_radius_mm`` put into their profiles as arcs. ValueError where their edges cannot be rounded."""
        if self.edge_radius_mm <= 0:
            return self.sweeps
        return tuple(replace(sweep, profile=sweep.profile.rounded(self.edge_radius_mm)) for sweep in self.sweeps)

    def bounds(self) -> tuple[float, float, float, float, float, float]:
        """x0, y0, z0, x1, y1, z1 in the product's frame [mm], added details included."""
        if self.body is not None:
            return self.body.box
        boxes = [detail.bounds() for detail in self.details if detail.adds]
        for sweep in self.sweeps:
            x0, y0, x1, y1 = sweep.profile.outer.bounds()
            boxes.append((x0, y0, sweep.z0, x1, y1, sweep.z1))
        return (
            min(b[0] for b in boxes), min(b[1] for b in boxes), min(b[2] for b in boxes),
            max(b[3] for b in boxes), max(b[4] for b in boxes), max(b[5] for b in boxes),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One product, placed: turned by ``rotation_deg`` about z (by ``tilt`` where it comes from a STEP file), then moved by ``origin`` [mm].

    ``name`` is unique in the layout (cells: ``R2C05``). ``group`` is its place in the assembly tree, outermost first
    (``("row R2",)``). ``series`` and ``parallel`` count from 1, for cells only.
    """

    name: str
    product: str
    origin: tuple[float, float, float]
    rotation_deg: Literal[0, 90, 180, 270] = 0
    group: tuple[str, ...] = ()
    series: int | None = None
    parallel: int | None = None
    tilt: Tilt | None = None

    def through_axis(self, product: Product) -> int:
        """The axis of the pack (0, 1, 2) that the layers of this flat cell, of ``product``, are stacked along."""
        own = "xyz".index(product.through)
        return 1 - own if own < 2 and self.rotation_deg % 180 == 90 else own


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
    """

    branches: tuple[Branch, ...]
    inlet: str
    outlet: str
    z0: float
    z1: float
    fittings: tuple[Fitting, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Joint:
    """A busbar between two groups of cells: which series positions it joins (0 and n_series + 1 are the pack's terminals).

    ``length_mm`` is the current's path, ``area_mm2`` its cross-section. With parallel cells it is the length over which the full
    current makes the same heat as the one that gathers from, and spreads to, the cells of a group.
    """

    part: str
    from_series: int
    to_series: int
    length_mm: float
    area_mm2: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Every part of the pack, and what the solvers need to know of them beyond their shape; ``inside`` of the tray's walls in the plan
    (x0, y0, x1, y1) [mm]; ``imported``: parts that come as STEP files, whose shapes the CAD stage alone reads (it then holds them as
    products and parts, too)."""

    name: str
    cell: Cell
    products: tuple[Product, ...]
    parts: tuple[Part, ...]
    n_series: int
    n_parallel: int
    network: CoolantNetwork | None
    joints: tuple[Joint, ...]
    imported: tuple[Imported, ...] = ()
    inside: tuple[float, float, float, float] | None = None

    def product(self, id: str) -> Product:
        """The product with this id; KeyError if there is none."""
        return {p.id: p for p in self.products}[id]

    def parts_of(self, *roles: Role) -> tuple[Part, ...]:
        """The parts with one of these roles, in layout order."""
        wanted = {p.id for p in self.products if p.role in roles}
        return tuple(part for part in self.parts if part.product in wanted)

    def role_of(self, part: Part) -> Role:
        """The role of a part."""
        return self.product(part.product).role

    def part_bounds(self, part: Part) -> tuple[float, float, float, float, float, float]:
        """x0, y0, z0, x1, y1, z1 of a placed part in the pack's frame [mm]."""
        x0, y0, z0, x1, y1, z1 = part.tilt.box if part.tilt is not None else self.product(part.product).bounds()
        x0, y0, x1, y1 = turned_box((x0, y0, x1, y1), part.rotation_deg)
        ox, oy, oz = part.origin
        return x0 + ox, y0 + oy, z0 + oz, x1 + ox, y1 + oy, z1 + oz
