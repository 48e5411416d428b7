"""Holders around both ends of cylindrical cells, and what is cast between them."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import Holder, Potting
from packtool.errors import Complaint
from packtool.layout.complaints import complain
from packtool.layout.cylinders import GridPlan
from packtool.layout.grid_strips import Cuts, Strip, strips
from packtool.layout.profiles import Profile
from packtool.layout.records import Part, Product, Sweep


def holder_parts(plan: GridPlan, holder: Holder, ends: tuple[int, ...], along: Cuts, z: float) -> tuple[list[Product], list[Part]]:
    """Plates around the cells' bottom and top ends, the cells standing at ``z``; ``ends``: the last row of each plate,
    ``along`` as in ``strips``.

    The holes are as wide as the cells: a fit's clearance is left out. Plates that are alike are one product.
    """
    products: dict[Profile, Product] = {}
    parts = []
    height = holder.thickness_mm
    for strip in strips(plan, ends, along):
        product = products.get(strip.profile)
        if product is None:
            suffix = f"-{len(products) + 1}" if len(ends) > 1 else ""
            product = products[strip.profile] = Product(
                f"holder{suffix}",
                "holder",
                holder.material,
                (Sweep(strip.profile, 0.0, height),),
                f"cell holder, {height:g} mm, {len(strip.profile.holes)} holes of {plan.diameter_mm:g} mm",
            )
        for end, at in (("bottom", z), ("top", z + plan.height_mm - height)):
            parts.append(_placed(f"holder {end}", product, strip, ends, at, ("holders",)))
    return list(products.values()), parts


def _placed(name: str, product: Product, strip: Strip, ends: tuple[int, ...], z: float, group: tuple[str, ...]) -> Part:
    """One strip; its rows are in its name where there are several strips."""
    full = name if len(ends) == 1 else f"{name} {strip.rows}"
    return Part(full, product.id, (*strip.origin, z), 180 if strip.turned else 0, group)


def potting_parts(
    plan: GridPlan, potting: Potting, holder: Holder | None, ends: tuple[int, ...], along: Cuts, z: float
) -> tuple[list[Product], list[Part]]:
    """What is cast around the cells, from holder to holder or over their whole height."""
    low = holder.thickness_mm if holder else 0.0
    high = plan.height_mm - low
    products: dict[Profile, Product] = {}
    parts = []
    for strip in strips(plan, ends, along):
        if strip.profile not in products:
            suffix = f"-{len(products) + 1}" if len(ends) > 1 else ""
            products[strip.profile] = Product(
                f"potting{suffix}",
                "potting",
                potting.material,
                (Sweep(strip.profile, low, high),),
                f"potting around the cells, {high - low:g} mm high",
            )
        parts.append(_placed("potting", products[strip.profile], strip, ends, z, ("potting",) if len(ends) > 1 else ()))
    return list(products.values()), parts


def check_holder(loaded: LoadedDesign, plan: GridPlan, holder: Holder | None) -> list[Complaint]:
    """Two holders need room for something between them."""
    if holder is None or 2 * holder.thickness_mm < plan.height_mm:
        return []
    message = f"{holder.thickness_mm:g} is too much for holders at both ends of cells {plan.height_mm:g} mm high; it must be less than half"
    return [complain(loaded, "arrangement.holder.thickness_mm", message)]
