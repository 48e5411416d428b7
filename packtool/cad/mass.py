"""What each product weighs and on whose word, and the pack's mass, centre of gravity and inertia from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from packtool.cad.moments import product_moments
from packtool.cad.rounding import rounded_sweeps
from packtool.catalogue.records import Cell, Figure, Material
from packtool.layout.properties import PRISMATIC_DENSITY_KG_M3, cell_mass_kg
from packtool.layout.records import Layout, Product

KG_PER_M3_TO_KG_PER_MM3 = 1e-9
INCLUDED = "included in the cell's mass"


@dataclass(frozen=True, slots=True)
class UnitMass:
    """Mass of one piece of a product: ``kg`` None where unknown; ``standing`` of the figure it comes from, the cell's mass or the
    density; ``note`` says how."""

    kg: float | None
    standing: str
    note: str = ""


def unit_masses(layout: Layout, materials: Mapping[str, Material], coolant_densities: Mapping[str, Figure]) -> dict[str, UnitMass]:
    """The mass of one piece of every product that a part uses, by product id.

    Cells weigh what the catalogue says, terminals included (where it says nothing, what layout.properties takes), bought-in parts what
    the design says; everything else its closed form volume times the density of its material or coolant [kg/m³]. Without a density the mass is None.
    """
    used = {part.product for part in layout.parts}
    return {
        product.id: _unit_mass(layout, product, materials, coolant_densities) for product in layout.products if product.id in used
    }


def _unit_mass(
    layout: Layout, product: Product, materials: Mapping[str, Material], coolant_densities: Mapping[str, Figure]
) -> UnitMass:
    if product.role == "cell":
        return _cell_mass(layout.cell)
    if product.role == "terminal":
        return UnitMass(0.0, INCLUDED, INCLUDED)
    if product.mass_kg is not None:
        return UnitMass(product.mass_kg, "given", "as the design says")
    if product.role == "coolant":
        density = coolant_densities.get(product.material)
    else:
        density = materials[product.material].rho_kg_m3 if product.material in materials else None
    if density is None:
        return UnitMass(None, "unknown", f"the density of {product.material} is unknown")
    mass_kg = density.value * product.finished_volume_mm3() * KG_PER_M3_TO_KG_PER_MM3
    return UnitMass(mass_kg, density.standing, f"volume x {density.value:g} kg/m3")


def _cell_mass(cell: Cell) -> UnitMass:
    if cell.mass_kg is not None:
        return UnitMass(cell.mass_kg.value, cell.mass_kg.standing)
    try:
        note = f"the cell's own is unknown: volume x {PRISMATIC_DENSITY_KG_M3:g} kg/m3, the mean of prismatic cells"
        return UnitMass(cell_mass_kg(cell), "derived", note)
    except ValueError:
        return UnitMass(None, "unknown", f"mass_kg and dimensions of cell {cell.id} are unknown")


def solid_densities(layout: Layout, masses: Mapping[str, UnitMass]) -> dict[str, float]:
    """Mean density [kg/m³] of every product whose mass is known and not 0, by product id: what a CAD program weighs it with."""
    densities = {}
    for product in layout.products:
        mass = masses.get(product.id)
        if mass is not None and mass.kg:
            densities[product.id] = mass.kg / (product.finished_volume_mm3() * KG_PER_M3_TO_KG_PER_MM3)
    return densities


def mass_properties(layout: Layout, masses: Mapping[str, UnitMass], energy_Wh: float | None = None) -> dict[str, Any]:
    """What mass.json holds: mass, centre of gravity, inertia about it, envelope, and energy per mass if ``energy_Wh`` is given.

    Lengths mm, masses kg, inertia kg m² (tensor, products of inertia negative off the diagonal; axes of the pack). Every product
    is of uniform density; the cell's mass is spread over its body. ``complete`` is False where a part's mass is unknown: it is
    then left out of all figures, and named in ``unknown``.
    """
    products = {product.id: product for product in layout.products}
    shapes = {id: product_moments(products[id], rounded_sweeps(products[id])) for id in masses}
    total, first, second = 0.0, np.zeros(3), np.zeros((3, 3))
    by_role: dict[str, float] = {}
    for part in layout.parts:
        mass_kg = masses[part.product].kg
        if not mass_kg:
            continue
        moments = shapes[part.product].placed(part)
        density = mass_kg / moments.volume
        total += mass_kg
        first += density * moments.first
        second += density * moments.second
        role = products[part.product].role
        by_role[role] = by_role.get(role, 0.0) + mass_kg
    unknown = [id for id, mass in masses.items() if mass.kg is None]
    centre = first / total if total else np.zeros(3)
    about_centre = (second - total * np.outer(centre, centre)) * 1e-6
    inertia = np.trace(about_centre) * np.eye(3) - about_centre
    boxes = np.array([layout.part_bounds(part) for part in layout.parts])
    low, high = boxes[:, :3].min(axis=0), boxes[:, 3:].max(axis=0)
    size = high - low
    reached_by = {
        axis: [layout.parts[int(boxes[:, i].argmin())].name, layout.parts[int(boxes[:, i + 3].argmax())].name]
        for i, axis in enumerate("xyz")
    }
    values: dict[str, Any] = {
        "mass_kg": total,
        "complete": not unknown,
        "unknown": unknown,
        "mass_by_role_kg": by_role,
        "centre_of_gravity_mm": centre.tolist() if total else None,
        "inertia_kg_m2": inertia.tolist() if total else None,
        "envelope_mm": {"min": low.tolist(), "max": high.tolist(), "size": size.tolist(), "reached_by": reached_by},
    }
    if energy_Wh is not None:
        values["energy_Wh"] = energy_Wh
        values["specific_energy_Wh_kg"] = energy_Wh / total if total and not unknown else None
        values["energy_density_Wh_L"] = energy_Wh / (float(np.prod(size)) * 1e-6)
    return values
