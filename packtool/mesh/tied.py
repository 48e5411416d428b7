"""Round cells on a plate with channels: two meshes, each made as it is best, tied to each other under the interface layer.

No plan of quadrilaterals can follow both the cells' circles and the channels under them, whose edges cross. So the cells, with all that is
around them, are tiles swept down to the underside of the interface layer, and the plate is what it is under any pack. Their meshes
lie on each other there, and the solve joins them (``fem.ties``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from packtool.errors import MeshError
from packtool.layout.records import Layout, Role
from packtool.mesh.lattice import is_lattice
from packtool.mesh.measures import facet_areas
from packtool.mesh.placed import SAME_MM, PlacedSweep, meshed_parts, placed_sweeps
from packtool.mesh.records import Floats, Integers, Region, TaggedMesh, Tie

Mesher = Callable[[Layout, Sequence[PlacedSweep]], TaggedMesh]
UNDER: tuple[Role, ...] = ("cold_plate", "coolant", "heater")
TIE = "interface|cold_plate"
"""The tie's name: what the interface is called where the two meshes share their nodes."""


def stands_on_plate(sweeps: Sequence[PlacedSweep]) -> bool:
    """Round cells, and a cold plate wholly below them."""
    if not is_lattice(sweeps):
        return False
    standing = min(sweep.z0 for sweep in sweeps if sweep.role == "cell")
    tops = [sweep.z1 for sweep in sweeps if sweep.role == "cold_plate"]
    return bool(tops) and max(tops) <= standing + SAME_MM


def tied_mesh(layout: Layout, cells: Mesher, plate: Mesher) -> TaggedMesh:
    """The pack as two meshes, by ``cells`` and by ``plate``, tied. Raises MeshError where nothing of boxes lies between the cells and the plate."""
    roles = {product.id: product.role for product in layout.products}
    above = _only(layout, [part.name for part in layout.parts if roles[part.product] not in UNDER])
    below = _only(layout, [part.name for part in layout.parts if roles[part.product] in (*UNDER, "interface")])
    layers = [sweep for sweep in placed_sweeps(below) if sweep.role == "interface"]
    if not layers or not all(sweep.is_box for sweep in layers):
        raise MeshError("round cells on a cold plate are meshed with an interface layer between them: give the design one")
    upper, lower = cells(above, placed_sweeps(above)), plate(below, placed_sweeps(below))
    bed = min(sweep.z0 for sweep in layers) * 1e-3
    minus, upper = _underside(upper, bed)
    lower, plus = _without_layers(lower)
    areas = [float(facet_areas(mesh.points, facets).sum()) for mesh, facets in ((upper, minus), (lower, plus))]
    if abs(areas[0] - areas[1]) > 1e-6 * areas[1]:
        raise MeshError(
            f"the interface layer lies on {areas[1] * 1e4:.6g} cm² of the cold plate with {areas[0] * 1e4:.6g} cm² of its own"
        )
    return _joined(layout, upper, lower, minus, plus)


def _only(layout: Layout, names: Sequence[str]) -> Layout:
    kept = set(names)
    return replace(layout, parts=tuple(part for part in layout.parts if part.name in kept))


def _underside(mesh: TaggedMesh, z: float) -> tuple[Integers, TaggedMesh]:
    """The facets on the layer's underside, and the mesh without them among its boundaries."""
    boundaries, found = {}, []
    for name, facets in mesh.boundaries.items():
        on_bed = np.abs(mesh.points[facets][:, :, 2] - z).max(axis=1) <= SAME_MM * 1e-3
        found.append(facets[on_bed])
        if not on_bed.all():
            boundaries[name] = facets[~on_bed]
    return np.concatenate(found), replace(mesh, boundaries=boundaries)


def _without_layers(mesh: TaggedMesh) -> tuple[TaggedMesh, Integers]:
    """The plate alone, and its facets under the layer, normal upwards."""
    solid = np.array([region.role != "interface" for region in mesh.regions])[mesh.region]
    used, hexes = np.unique(mesh.hexes[solid], return_inverse=True)
    number = np.full(len(mesh.points), -1)
    number[used] = np.arange(len(used))
    boundaries = {}
    for name, facets in mesh.boundaries.items():
        own = number[facets]
        if (kept := (own >= 0).all(axis=1)).any():
            boundaries[name] = own[kept]
    plus = number[mesh.interfaces[TIE]][:, ::-1]
    interfaces = {name: number[facets] for name, facets in mesh.interfaces.items() if "interface" not in name.split("|")}
    plate = replace(
        mesh, points=mesh.points[used], hexes=hexes.reshape(-1, 8), region=mesh.region[solid], boundaries=boundaries, interfaces=interfaces
    )  # fmt: skip
    return plate, plus


def _joined(layout: Layout, upper: TaggedMesh, lower: TaggedMesh, minus: Integers, plus: Integers) -> TaggedMesh:
    pairs = meshed_parts(layout)
    index = {part.name: i for i, (part, _) in enumerate(pairs)}
    offset = len(upper.points)
    points: list[Floats] = [upper.points, lower.points]
    region = [np.array([index[one.name] for one in mesh.regions])[mesh.region] for mesh in (upper, lower)]

    def both(kind: str) -> dict[str, Integers]:
        first, second = getattr(upper, kind), getattr(lower, kind)
        names = dict.fromkeys([*first, *second])
        none = np.empty((0, 4), dtype=np.int64)
        return {name: np.concatenate([first.get(name, none), second.get(name, none - offset) + offset]) for name in names}

    return TaggedMesh(
        np.concatenate(points),
        np.concatenate([upper.hexes, lower.hexes + offset]),
        np.concatenate(region),
        tuple(Region(part.name, product.role, product.material) for part, product in pairs),
        both("boundaries"),
        both("interfaces"),
        ties={TIE: Tie(minus, plus + offset)},
    )
