"""What the cells and materials of a pack conduct and hold by temperature, region by region."""

from __future__ import annotations

from packtool.catalogue.records import Figure, Material
from packtool.design.loaded import LoadedDesign
from packtool.errors import SolveError
from packtool.layout.properties import cell_mass_kg
from packtool.layout.records import Layout
from packtool.mesh.records import TaggedMesh
from packtool.results import ZERO_CELSIUS
from packtool.thermal.general.capacity import PhaseChange
from packtool.thermal.general.values import Table
from packtool.thermal.material_law import MaterialLaw
from packtool.thermal.solids import solid_capacity


def cell_conductivities(loaded: LoadedDesign, layout: Layout) -> dict[str, tuple[Figure, Figure, Figure]]:
    """Conductivity of every cell along x, y, z, by its name.

    A prismatic or pouch cell conducts ``k_through`` along its thickness, whichever way it stands, and ``k_in_plane`` across it; a
    cylindrical one ``k_axial`` along its axis, which stands upright, and ``k_radial`` across it. Raises SolveError where one is unknown.
    """
    cell = loaded.cell
    products = {product.id: product for product in layout.products}
    axis = {part.name: part.through_axis(products[part.product]) for part in layout.parts_of("cell")}
    if cell.format == "cylindrical":
        if cell.k_axial_W_mK is None or cell.k_radial_W_mK is None:
            raise SolveError(f"the conductivity of {cell.id} is unknown: give k_axial_W_mK and k_radial_W_mK")
        along, across = cell.k_axial_W_mK, cell.k_radial_W_mK
        axis = dict.fromkeys(axis, 2)
    elif cell.k_through_W_mK is None or cell.k_in_plane_W_mK is None:
        raise SolveError(f"the conductivity of {cell.id} is unknown: give k_through_W_mK and k_in_plane_W_mK")
    else:
        along, across = cell.k_through_W_mK, cell.k_in_plane_W_mK
    ways = {
        0: (along, across, across),
        1: (across, along, across),
        2: (across, across, along),
    }
    return {name: ways[own] for name, own in axis.items()}


def region_laws(loaded: LoadedDesign, layout: Layout, mesh: TaggedMesh) -> dict[int, MaterialLaw]:
    """By region, where conductivity or heat capacity depends on temperature."""
    cells, parts = _cell_laws(loaded, layout), {}
    given = solid_capacity(loaded, layout, mesh)
    for number, region in enumerate(mesh.regions):
        if region.role == "cell":
            law = cells[region.name]
        else:
            material = loaded.materials[region.material]
            rho = material.rho_kg_m3.value
            if region.name in given:
                rho = given[region.name] / material.cp_J_kgK.value
            law = _material_law(material, rho)
        if law is not None and (law.k is not None or law.rho_cp is not None):
            parts[number] = law
    return parts


def _cell_laws(loaded: LoadedDesign, layout: Layout) -> dict[str, MaterialLaw]:
    """The law of every cell, by its name: along its own axes."""
    cell, found = loaded.cell, {}
    rho_cp = None
    if cell.cp_J_kgK is not None and cell.cp_J_kgK.table:
        rho_cp = _table(cell.cp_J_kgK, cell_mass_kg(cell) / cell.volume_m3())
    for name, figures in cell_conductivities(loaded, layout).items():
        x, y, z = (_table(figure) if figure.table else figure.value for figure in figures)
        k = (x, y, z) if any(figure.table for figure in figures) else None
        found[name] = MaterialLaw(cell.id, k, rho_cp)
    return found


def _material_law(material: Material, rho: float) -> MaterialLaw:
    k, cp, melting = material.k_W_mK, material.cp_J_kgK, material.melting
    conducting = _table(k, hold=melting is not None) if k.table else None
    if melting is None:
        return MaterialLaw(material.id, conducting, _table(cp, rho) if cp.table else None)
    solidus, liquidus = melting.solidus_degC, melting.liquidus_degC
    change = PhaseChange(
        rho * cp.at(solidus),
        rho * cp.at(liquidus),
        rho * melting.latent_kJ_kg * 1e3,
        solidus + ZERO_CELSIUS,
        liquidus + ZERO_CELSIUS,
    )
    return MaterialLaw(material.id, conducting, change)


def _table(figure: Figure, times: float = 1.0, hold: bool = False) -> Table:
    points = tuple(degC + ZERO_CELSIUS for degC in figure.temperature_degC)
    return Table("T", points, tuple(times * value for value in figure.by_temperature), hold)
