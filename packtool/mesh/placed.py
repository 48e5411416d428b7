"""The parts that a mesh is made of, placed in the pack: profiles turned and moved, still in millimetres."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from packtool.layout.profiles import Loop
from packtool.layout.records import MESHED_ROLES, Layout, Part, Product, Role

SAME_MM = 1e-6
"""Coordinates closer than this [mm] are one: the rounding of sums of design lengths, a thousandth of what any machine holds."""


@dataclass(frozen=True, slots=True)
class PlacedSweep:
    """One sweep of one part in the pack's frame [mm].

    ``loops``: the outline and its holes. ``through``: the axis (0, 1, 2) that a cell's layers are stacked along. ``region``: the part's
    place among the meshed parts, -2 for the coolant.
    """

    part: str
    role: Role
    region: int
    loops: tuple[Loop, ...]
    z0: float
    z1: float
    through: int

    @property
    def is_rectilinear(self) -> bool:
        """Every edge runs along x or y."""
        return all(
            bulge == 0 and (abs(x1 - x0) <= SAME_MM or abs(y1 - y0) <= SAME_MM)
            for loop in self.loops
            for (x0, y0, bulge), (x1, y1, _) in zip(loop.vertices, loop.vertices[1:] + loop.vertices[:1], strict=True)
        )

    @property
    def is_box(self) -> bool:
        """Rectilinear with four corners and no hole."""
        return len(self.loops) == 1 and len(self.loops[0].vertices) == 4 and self.is_rectilinear

    def extent(self, axis: int) -> tuple[float, float]:
        """Lower and upper coordinate [mm] along axis 0, 1 or 2."""
        if axis == 2:
            return self.z0, self.z1
        bounds = self.loops[0].bounds()
        return bounds[axis], bounds[axis + 2]


COOLANT = -2
"""Region number of the coolant: no elements, but its faces are walls."""


def meshed_parts(layout: Layout) -> tuple[tuple[Part, Product], ...]:
    """The parts that the heat is solved in with their products, in layout order; their positions are the region numbers."""
    products = {product.id: product for product in layout.products}
    pairs = [(part, products[part.product]) for part in layout.parts]
    return tuple((part, product) for part, product in pairs if product.role in MESHED_ROLES)


def placed_sweeps(layout: Layout) -> tuple[PlacedSweep, ...]:
    """Every sweep of the meshed parts, then of the coolant, in the pack's frame."""
    products = {product.id: product for product in layout.products}
    found: list[PlacedSweep] = []
    for region, (part, product) in enumerate(meshed_parts(layout)):
        found += _placed(part, product, region)
    for part in layout.parts:
        if products[part.product].role == "coolant":
            found += _placed(part, products[part.product], COOLANT)
    return tuple(found)


def _placed(part: Part, product: Product, region: int) -> Iterator[PlacedSweep]:
    dx, dy, dz = part.origin
    turns = part.rotation_deg // 90
    for sweep in product.sweeps:
        loops = tuple(_moved(loop, turns, dx, dy) for loop in (sweep.profile.outer, *sweep.profile.holes))
        yield PlacedSweep(part.name, product.role, region, loops, sweep.z0 + dz, sweep.z1 + dz, part.through_axis(product))


def _moved(loop: Loop, turns: int, dx: float, dy: float) -> Loop:
    """Turned by quarter turns about the origin, counter-clockwise, then moved; exact up to the addition."""
    vertices = loop.vertices
    for _ in range(turns):
        vertices = tuple((-y, x, bulge) for x, y, bulge in vertices)
    return Loop(tuple((x + dx, y + dy, bulge) for x, y, bulge in vertices))
