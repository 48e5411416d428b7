"""The pack of a design as an electrical network, and what its parts store as heat."""

from __future__ import annotations

import numpy as np

from packtool.catalogue.electrical import entropic, open_circuit
from packtool.design.loaded import LoadedDesign
from packtool.errors import SolveError
from packtool.layout.properties import cell_mass_kg
from packtool.layout.records import Layout
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.thermal.busbars import pack_busbars
from packtool.thermal.cell_bank import CellBank
from packtool.thermal.pack import overrides_of, own_ohm
from packtool.thermal.solids import solid_capacity

SECONDS_PER_HOUR = 3600.0


def cell_bank(loaded: LoadedDesign, layout: Layout) -> CellBank:
    """The cells of ``layout`` in its order. Raises SolveError where a figure is unknown."""
    cell = loaded.cell
    if cell.resistance_dc is None:
        raise SolveError(f"the dc resistance of {cell.id} is unknown: give resistance_mOhm or resistance_like")
    if cell.capacity_Ah is None or cell.v_nom is None:
        raise SolveError(f"capacity and nominal voltage of {cell.id} are needed")
    cells, nominal = layout.parts_of("cell"), cell.capacity_Ah.value
    capacity = [nominal if o is None or o.capacity_Ah is None else o.capacity_Ah for o in overrides_of(loaded, layout)]
    return CellBank(
        group=np.array([layout.group_of(part) for part in cells]),
        n_groups=layout.n_groups,
        capacity_As=np.array(capacity) * SECONDS_PER_HOUR,
        table=cell.resistance_dc,
        own_ohm=own_ohm(loaded, layout),
        ocv_V=open_circuit(cell),
        entropy_mV_K=entropic(cell),
        v_min=cell.v_min.value if cell.v_min else 0.0,
        v_max=cell.v_max.value if cell.v_max else np.inf,
        bars=pack_busbars(loaded, layout),
        joint_string=np.array([joint.string for joint in layout.joints], dtype=int),
        n_strings=layout.n_strings,
    )


def first_soc(loaded: LoadedDesign, layout: Layout, usual: float) -> Floats:
    """State of charge (n_cells,) of every cell at the start: ``usual``, but of those that the design gives another."""
    return np.array([usual if o is None or o.initial_soc is None else o.initial_soc for o in overrides_of(loaded, layout)])


def cell_regions(layout: Layout, mesh: TaggedMesh) -> Integers:
    """Region (n_cells,) of each cell of ``layout`` in ``mesh``. Raises SolveError where one has none."""
    index = {region.name: i for i, region in enumerate(mesh.regions)}
    missing = [part.name for part in layout.parts_of("cell") if part.name not in index]
    if missing:
        raise SolveError(f"cells without a region in the mesh: {', '.join(missing[:5])}")
    return np.array([index[part.name] for part in layout.parts_of("cell")])


def region_rho_cp(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh) -> Floats:
    """Heat capacity of every region (n_regions,) [J/m³/K]: a cell's mass and specific heat over the volume of its body; so it is for a
    part whose mass the design gives."""
    cell = loaded.cell
    if cell.cp_J_kgK is None:
        raise SolveError(f"the specific heat of {cell.id} is unknown: give cp_J_kgK")
    of_cell = cell_mass_kg(cell) * cell.cp_J_kgK.value / cell.volume_m3()
    given = solid_capacity(loaded, layout, mesh)
    return np.array(
        [
            of_cell
            if region.role == "cell"
            else given[region.name]
            if region.name in given
            else loaded.materials[region.material].rho_kg_m3.value * loaded.materials[region.material].cp_J_kgK.value
            for region in mesh.regions
        ]
    )
