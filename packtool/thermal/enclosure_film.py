"""From what stands in the enclosure to the ambient: air, wall and the film outside, in series."""

from __future__ import annotations

from packtool.catalogue.records import Coolant
from packtool.design.loaded import LoadedDesign
from packtool.layout.records import MESHED_ROLES, Layout, Product
from packtool.results import ZERO_CELSIUS
from packtool.thermal.air_gap import air_gap_conductance, emissivity_of
from packtool.thermal.records import Convection


def enclosure_film(
    loaded: LoadedDesign, gap_mm: float, wall_mm: float, material: str, emissivity: float, air: Coolant
) -> Convection:
    """Across ``gap_mm`` of air (0: none) from a surface of this ``emissivity``, through a wall of ``material``, to the ambient."""
    ambient = loaded.design.ambient
    T_ambient = ambient.temperature_degC + ZERO_CELSIUS
    resistance = wall_mm * 1e-3 / loaded.materials[material].k_W_mK.at(ambient.temperature_degC)
    if gap_mm > 0:
        inside = emissivity_of(loaded.materials[material])
        resistance += 1 / air_gap_conductance(gap_mm * 1e-3, T_ambient, air, (emissivity, inside))
    return Convection(ambient.natural_convection_W_m2K, T_ambient, ambient.emissivity, 1 / resistance)


def lid_film(loaded: LoadedDesign, layout: Layout, top_mm: float, emissivity: float, air: Coolant) -> Convection:
    """From a surface at the height ``top_mm`` up to the lid and through it."""
    enclosure = loaded.design.enclosure
    (cover,) = layout.parts_of("lid")
    gap = layout.part_bounds(cover)[2] - top_mm
    return enclosure_film(loaded, gap, enclosure.lid_mm, enclosure.lid_material or enclosure.material, emissivity, air)


def uppermost(layout: Layout) -> tuple[float, Product]:
    """Height of the highest meshed part's top [mm], and its product; cells before others that are as high."""
    tops = {p.id: (p.bounds()[5], p) for p in layout.products if p.role in MESHED_ROLES}
    placed = [(part.origin[2] + tops[part.product][0], tops[part.product][1]) for part in layout.parts if part.product in tops]
    height = max(z for z, _ in placed)
    return height, min((p for z, p in placed if z >= height - 1e-6), key=lambda p: p.role != "cell")
