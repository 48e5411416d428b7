"""Holders around both ends of cylindrical cells, and what is cast between them."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Holder, Potting
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.cylinders import GridPlan, strips
from packtool.layout.records import Part, Product, Sweep


def holder_parts(plan: GridPlan, holder: Holder, ends: tuple[int, ...], z: float) -> tuple[list[Product], list[Part]]:
    """Plates around the cells' bottom and top ends, the cells standing at ``z``; ``ends``: the last row of each plate.

    The holes are as wide as the cells: a fit's clearance is left out. Plates that are alike are one product.
    """
    products: dict[object, Product] = {}
    parts = []
    height = holder.thickness_mm
    for first, last, profile in strips(plan, ends):
        product = products.get(profile)
        if product is None:
            count = (last - first + 1) * plan.columns
            suffix = f"-{len(products) + 1}" if len(ends) > 1 else ""
            product = products[profile] = Product(
                f"holder{suffix}",
                "holder",
                holder.material,
                (Sweep(profile, 0.0, height),),
                f"cell holder, {height:g} mm, {count} holes of {plan.diameter_mm:g} mm",
            )
        rows = "" if len(ends) == 1 else f" R{first}" if first == last else f" R{first}-R{last}"
        for end, at in (("bottom", z), ("top", z + plan.height_mm - height)):
            parts.append(Part(f"holder {end}{rows}", product.id, (0.0, 0.0, at), group=("holders",)))
    return list(products.values()), parts


def potting_parts(
    plan: GridPlan, potting: Potting, holder: Holder | None, ends: tuple[int, ...], z: float
) -> tuple[list[Product], list[Part]]:
    """What is cast around the cells, from holder to holder or over their whole height."""
    low = holder.thickness_mm if holder else 0.0
    high = plan.height_mm - low
    products, parts = [], []
    for first, last, profile in strips(plan, ends):
        rows = "" if len(ends) == 1 else f" R{first}" if first == last else f" R{first}-R{last}"
        id_ = f"potting{rows}".replace(" ", "-").lower()
        products.append(
            Product(
                id_, "potting", potting.material, (Sweep(profile, low, high),), f"potting around the cells, {high - low:g} mm high"
            )
        )
        parts.append(Part(f"potting{rows}", id_, (0.0, 0.0, z)))
    return products, parts


def check_holder(loaded: LoadedDesign, plan: GridPlan, holder: Holder | None) -> list[Complaint]:
    """Two holders need room for something between them."""
    if holder is None or 2 * holder.thickness_mm < plan.height_mm:
        return []
    message = f"{holder.thickness_mm:g} is too much for holders at both ends of cells {plan.height_mm:g} mm high; it must be less than half"
    return [complain(loaded, "arrangement.holder.thickness_mm", message)]
