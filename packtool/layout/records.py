"""The Layout: the only geometry. CAD and mesh are two readers of it.

All lengths are millimetres. x runs along a row (through the cells' thickness), y across the rows, z up; z = 0 is the underside of
the tray, x = y = 0 the middle of the pack. A part is a product placed: a product is one or more planar profiles swept in z.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from packtool.catalogue.records import Cell
from packtool.layout.bands import Band
from packtool.layout.boxes import Box
from packtool.layout.coolant import CoolantNetwork
from packtool.layout.imported import Body, Imported, Tilt
from packtool.layout.profiles import Profile, turned_box

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

    def bounds(self) -> Box:
        """x0, y0, z0, x1, y1, z1 in the product's frame [mm]."""
        u0, v0, u1, v1 = self.profile.outer.bounds()
        if self.axis == "x":
            return self.start, u0, v0, self.end, u1, v1
        if self.axis == "y":
            return v0, self.start, u0, v1, self.end, u1
        return u0, v0, self.start, u1, v1, self.end


@dataclass(frozen=True, slots=True)
class Product:
    """A shape that one or more parts share. The sweeps do not overlap; touching ones are one solid.

    The mesh is of the sweeps. What it leaves out, and the CAD has, is in ``edge_radius_mm`` (rounds the vertical edges of a box or a
    rectangular ring), ``details`` and ``bands``; ``drawn`` are sweeps that it has instead of those that are meshed, where bands take the place of
    walls. Without sweeps it is its added details, or the ``body`` of a STEP file that the CAD
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
    bands: tuple[Band, ...] = ()
    drawn: tuple[Sweep, ...] = ()
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
            + sum(band.volume() for band in self.bands)
        )

    def rounded_sweeps(self) -> tuple[Sweep, ...]:
        """The sweeps that the CAD has: those ``drawn``, with ``edge_radius_mm`` put into their profiles as arcs. ValueError where their edges
        cannot be rounded."""
        if self.edge_radius_mm <= 0:
            return self.drawn or self.sweeps
        return tuple(replace(sweep, profile=sweep.profile.rounded(self.edge_radius_mm)) for sweep in self.sweeps)

    def bounds(self) -> Box:
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
class Joint:
    """A busbar between two groups of cells: which series positions it joins (0 and n_series + 1 are the pack's terminals).

    ``string``: of modules in parallel, from 1, whose current it carries; 0: the current of all of them, the pack's. ``area_mm2``: cross-section
    of the current's path.
    """

    part: str
    from_series: int
    to_series: int
    area_mm2: float
    string: int = 1


@dataclass(frozen=True)
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
    n_strings: int = 1
    """Strings of modules in parallel, among which ``n_parallel`` is shared out."""

    @property
    def n_groups(self) -> int:
        """Groups of cells that are in parallel one by one: of every series position of every string."""
        return self.n_series * self.n_strings

    def group_of(self, cell: Part) -> int:
        """The number of a cell's group, from 0, string by string."""
        assert cell.series is not None
        assert cell.parallel is not None
        return (cell.parallel - 1) // (self.n_parallel // self.n_strings) * self.n_series + cell.series - 1

    def groups_of(self, joint: Joint) -> tuple[int, ...]:
        """The groups that a busbar joins."""
        strings = range(self.n_strings) if joint.string == 0 else (joint.string - 1,)
        positions = [series for series in (joint.from_series, joint.to_series) if 1 <= series <= self.n_series]
        return tuple(string * self.n_series + series - 1 for string in strings for series in positions)

    def product(self, id: str) -> Product:
        """The product with this id; KeyError if there is none."""
        return self._products[id]

    @cached_property
    def _products(self) -> Mapping[str, Product]:
        return {product.id: product for product in self.products}

    @cached_property
    def _bounds(self) -> dict[str, Box]:
        """The bounds of the products that were asked for."""
        return {}

    def parts_of(self, *roles: Role) -> tuple[Part, ...]:
        """The parts with one of these roles, in layout order."""
        wanted = {p.id for p in self.products if p.role in roles}
        return tuple(part for part in self.parts if part.product in wanted)

    def role_of(self, part: Part) -> Role:
        """The role of a part."""
        return self.product(part.product).role

    def part_bounds(self, part: Part) -> Box:
        """x0, y0, z0, x1, y1, z1 of a placed part in the pack's frame [mm]."""
        if part.tilt is None and part.product not in self._bounds:
            self._bounds[part.product] = self.product(part.product).bounds()
        x0, y0, z0, x1, y1, z1 = part.tilt.box if part.tilt is not None else self._bounds[part.product]
        x0, y0, x1, y1 = turned_box((x0, y0, x1, y1), part.rotation_deg)
        ox, oy, oz = part.origin
        return x0 + ox, y0 + oy, z0 + oz, x1 + ox, y1 + oy, z1 + oz
