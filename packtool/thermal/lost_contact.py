"""Cells whose cooling contact is lost: the interface layer under them is a gap of still air."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from packtool.catalogue.properties import coolant_state
from packtool.catalogue.records import Coolant, Figure, Material
from packtool.design.loaded import LoadedDesign
from packtool.errors import SolveError
from packtool.mesh.records import Integers, Region, TaggedMesh
from packtool.results import ZERO_CELSIUS
from packtool.thermal.air_gap import BARE_METAL_EMISSIVITY, air_gap_conductance
from packtool.thermal.pack import CELL_SURFACE_EMISSIVITY

GAP = "air gap of a lost contact"
"""Material of what is left of the layer under such a cell."""
SAME_M = 1e-9
"""Two columns of elements whose middles are so close in the plan [m] stand over each other."""


def with_lost_contacts(loaded: LoadedDesign, mesh: TaggedMesh, air: Coolant) -> tuple[LoadedDesign, TaggedMesh]:
    """The design with the material of the gap, and the mesh with a region of it under each such cell, after all others.

    The gap conducts as still air and radiates between the cell's wrap and the surface below, both at the ambient's temperature: an upper
    bound of neither (air in 1 mm does not convect: its Rayleigh number is below 10). Raises SolveError where a cell has no layer under it.
    """
    names = [name for name, override in loaded.design.overrides.cells.items() if override.cooling_contact == "lost"]
    interface = loaded.design.interface
    if not names or interface is None:
        return loaded, mesh
    region = mesh.region.copy()
    regions = list(mesh.regions)
    layer = np.flatnonzero(np.array([one.role == "interface" for one in regions])[mesh.region])
    middles = _columns(mesh, layer)
    for name in names:
        own = np.unique(_columns(mesh, np.flatnonzero(mesh.region == mesh.region_index(name))))
        under = layer[np.isin(middles, own)]
        if not under.size:
            raise SolveError(f"there is no layer under cell {name} whose contact could be lost")
        region[under] = len(regions)
        regions.append(Region(f"lost contact {name}", "interface", GAP))
    T, thickness = loaded.design.ambient.temperature_degC + ZERO_CELSIUS, interface.thickness_mm * 1e-3
    plate = loaded.design.cold_plate
    below = loaded.materials[plate.material].emissivity if plate else None
    emissivities = (CELL_SURFACE_EMISSIVITY, below.value if below else BARE_METAL_EMISSIVITY)
    first, last = (end + ZERO_CELSIUS for end in air.range_degC)
    state = coolant_state(air, min(max(T, first), last))

    def figure(value: float) -> Figure:
        return Figure(value=value, standing="derived")

    gap = Material(
        id=GAP,
        rho_kg_m3=figure(state.rho),
        cp_J_kgK=figure(state.cp),
        k_W_mK=figure(air_gap_conductance(thickness, T, air, emissivities) * thickness),
    )
    return (
        replace(loaded, materials={**loaded.materials, GAP: gap}),
        replace(mesh, region=region, regions=tuple(regions)),
    )


def _columns(mesh: TaggedMesh, elements: NDArray[np.intp]) -> Integers:
    """A number (n,) for each element that is the same for those over each other."""
    middle = mesh.points[mesh.hexes[elements]][:, :, :2].mean(axis=1)
    x, y = np.rint(middle / SAME_M).astype(np.int64).T.copy()
    return x * (1 << 40) + y
