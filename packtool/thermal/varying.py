"""Conduction and heat capacity where they depend on temperature, integrated at the Gauss points of the elements.

The rest of the solid is integrated once by dolfinx; here are the elements whose material has a law, with the same eight Gauss points. Heat
is held by enthalpy: whatever rho cp does with temperature, melting included, none is lost or made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from packtool.fem.quads import ELEMENTS_AT_ONCE, GaussFrames
from packtool.fem.sparse import Pattern
from packtool.mesh.records import Floats, Integers, Region, TaggedMesh
from packtool.mesh.solids import IMPORTED
from packtool.thermal.general.capacity import Capacity, capacity
from packtool.thermal.general.values import Tensor, tensor
from packtool.thermal.material_law import MaterialLaw

BYTES_AN_ELEMENT = 1000
"""Of each such element: 640 of its Gauss points and 256 of the places in the matrix."""


def kind_of(region: Region) -> str:
    """What heat flows are told of: its role; of a part from a STEP file its name."""
    return region.name if region.role == IMPORTED else region.role


def conductivity_at(law: MaterialLaw, T: float) -> Floats | None:
    """Conductivity (3, 3) [W/m/K] at ``T`` [K], end values held; None where it does not depend on temperature."""
    k = law.held().k
    if k is None:
        return None
    return np.asarray(tensor(law.material, k, may_need=("T",)).at(np.zeros((1, 3)), 0.0, np.array([T]), False)).reshape(3, 3)


@dataclass(frozen=True)
class _Block:
    """Elements of one law: ``part`` of all; at their Gauss points ``frames``; ``places`` (n, 8, 8) of their entries."""

    k: Tensor | None
    held: Capacity | None
    part: slice
    hexes: Integers
    frames: GaussFrames
    places: NDArray[np.int32 | np.int64]

    @property
    def nowhere(self) -> Floats:
        """Places (n, 8, 3), which no law here asks for."""
        return np.broadcast_to(0.0, (*self.hexes.shape, 3))

    def conducting(self, T: Floats) -> list[tuple[Floats, Floats]]:
        """Every conductivity (n, 8) at ``T`` (n, 8) with the tensor (3, 3) that it is of."""
        assert self.k is not None
        return [(one.at(self.nowhere, 0.0, T), part) for one, part in zip(self.k.laws, self.k.parts, strict=True)]

    def slopes(self, T: Floats) -> list[tuple[Floats, Floats]]:
        """Their derivatives by temperature."""
        assert self.k is not None
        return [(one.slope(self.nowhere, 0.0, T), part) for one, part in zip(self.k.laws, self.k.parts, strict=True)]


class Varying:
    """The elements of regions that have a law, on this rank's share of the mesh: ``elements`` (m,), and what they conduct and hold."""

    def __init__(self, mesh: TaggedMesh, laws: Mapping[int, MaterialLaw], pattern: Pattern, with_capacity: bool) -> None:
        own = np.arange(len(mesh.hexes)) if pattern.share is None else pattern.share.elements
        alike: dict[MaterialLaw, list[int]] = {}
        for region, law in laws.items():
            if law.k is not None or (with_capacity and law.rho_cp is not None):
                alike.setdefault(law, []).append(region)
        self.n, self._share = pattern.size, pattern.share
        self._kinds = {kind_of(mesh.regions[region]) for regions in alike.values() for region in regions}
        self._kind_of_region = [kind_of(region) for region in mesh.regions]
        self._nodes = [(law, np.unique(mesh.hexes[np.isin(mesh.region, regions)])) for law, regions in alike.items()]
        groups = [own[np.isin(mesh.region[own], regions)] for regions in alike.values()]
        self.elements: Integers = np.concatenate(groups) if groups else np.zeros(0, dtype=np.int64)
        self.hexes, self._region = mesh.hexes[self.elements], mesh.region[self.elements]
        self.conducts = any(law.k is not None for law in alike)
        self.holds = with_capacity and any(law.rho_cp is not None for law in alike)
        few: type[np.int32 | np.int64] = np.int32 if len(pattern.indices) < 2**31 - 1 else np.int64
        blocks, begin = [], 0
        for law, group in zip(alike, groups, strict=True):
            held = law.held()
            k = None if held.k is None else tensor(f"k of {law.material} [W/m/K]", held.k, may_need=("T",))
            store = None
            if with_capacity and held.rho_cp is not None:
                store = capacity(f"rho cp of {law.material} [J/m³/K]", held.rho_cp)
            for start in range(0, len(group), ELEMENTS_AT_ONCE):
                some = group[start : start + ELEMENTS_AT_ONCE]
                hexes = mesh.hexes[some]
                places: NDArray[Any] = pattern.pair_places(hexes, hexes).astype(few)
                frames = GaussFrames.of(mesh.points[hexes])
                blocks.append(_Block(k, store, slice(begin, begin + len(some)), hexes, frames, places))
                begin += len(some)
        self._blocks = tuple(blocks)

    def nodal(self, of_elements: Floats) -> Floats:
        """What is given by element and node (m, 8), summed at the nodes (n,), whole on every rank."""
        out = np.bincount(self.hexes.ravel(), of_elements.ravel(), minlength=self.n)
        return out if self._share is None else self._share.whole(out[self._share.owned])

    def by_kind(self, of_elements: Floats) -> dict[str, Floats]:
        """What is given by element and node (m, 8), summed at the nodes (n,) for every kind of part (see ``kind_of``) that has a law."""
        found = {}
        for kind in sorted(self._kinds):
            own = np.array([one == kind for one in self._kind_of_region])[self._region]
            found[kind] = self.nodal(np.where(own[:, None], of_elements, 0.0))
        return found

    def conducted(self, T: Floats) -> Floats:
        """(m, 8) [W] that the elements conduct away from their nodes at ``T`` (n,) [K]; NaN where a temperature is not finite."""
        out = np.zeros(self.hexes.shape)
        if not np.isfinite(T).all():
            return np.full_like(out, np.nan)
        for block in self._blocks:
            if block.k is not None:
                at = T[block.hexes]
                out[block.part] = block.frames.divergence(_flux(block.conducting(block.frames.at(at)), _gradient(block, at)))
        return out

    def stored(self, T: Floats, before: Floats) -> Floats:
        """(m, 8) [J] that the elements hold more at ``T`` than at ``before``, both (n,) [K], where a law says so."""
        out = np.zeros(self.hexes.shape)
        if not np.isfinite(T).all():
            return np.full_like(out, np.nan)
        for block in self._blocks:
            if block.held is not None:
                now, then = (block.held.enthalpy(block.nowhere, block.frames.at(one[block.hexes])) for one in (T, before))
                out[block.part] = block.frames.load(now - then)
        return out

    def add_entries(self, data: Floats, T: Floats) -> None:
        """Add the conduction at ``T`` (n,) [W/K] to the entries ``data``, in place."""
        for block in self._blocks:
            if block.k is None:
                continue
            gradients = block.frames.shape_gradients()
            flat = gradients.reshape(len(gradients), 24, 8)
            total = np.zeros((len(gradients), 8, 8))
            for value, part in block.conducting(block.frames.at(T[block.hexes])):
                turned = gradients if np.array_equal(part, np.eye(3)) else part @ gradients
                weighted = (value * block.frames.volume)[:, :, None, None] * turned
                total += flat.transpose(0, 2, 1) @ weighted.reshape(flat.shape)
            np.add.at(data, block.places, total)

    def drift(self, T: Floats, like: Floats) -> Floats | None:
        """Entries, as many as ``like``, of the rest of the conduction's derivative: what k does with temperature, unsymmetric. None where no
        k depends on it."""
        if not self.conducts:
            return None
        data = np.zeros_like(like)
        for block in self._blocks:
            if block.k is not None:
                at = T[block.hexes]
                flux = _flux(block.slopes(block.frames.at(at)), _gradient(block, at))
                np.add.at(data, block.places, block.frames.drift(flux))
        return data

    def add_capacity(self, data: Floats, T: Floats) -> None:
        """Add the heat capacity at ``T`` (n,) [J/K] to the entries ``data``, in place."""
        for block in self._blocks:
            if block.held is not None:
                slope = block.held.slope(block.nowhere, block.frames.at(T[block.hexes]))
                np.add.at(data, block.places, block.frames.mass(slope))

    def refuse_outside(self, T: Floats, when: str = "") -> None:
        """Raise SolveError where ``T`` (n,) [K] leaves the range of a law's table; on every rank alike."""
        for law, nodes in self._nodes:
            law.refuse_outside(T[nodes], when)


def _gradient(block: _Block, at: Floats) -> list[Floats]:
    """Of nodal temperatures (n, 8), taken from each element's first, so that the rounding is that of the differences."""
    return block.frames.gradient(at - at[:, :1])


def _flux(conductivities: list[tuple[Floats, Floats]], gradient: list[Floats]) -> list[Floats]:
    """The three components (n, 8) of the sum of k parts grad T."""
    flux = [np.zeros_like(gradient[0]) for _ in range(3)]
    for value, part in conductivities:
        for x, y in zip(*np.nonzero(part), strict=True):
            flux[x] += value * (part[x, y] * gradient[y])
    return flux
