"""Do the parts of a layout claim the same space? By the exact areas of their profiles; detail that only the CAD has is left out."""

from __future__ import annotations

from itertools import combinations

from packtool.cad.region import Region, common_area_mm2
from packtool.layout.profiles import Profile
from packtool.layout.records import Layout, Product, Sweep

FILM_MM = 1e-6
"""Parts that share less than this in height only touch: rounding of sums of design lengths."""
FILM_MM2 = 1e-3
"""Common area below which two profiles only touch: a film of 1e-6 mm along 1000 mm."""


def overlaps(layout: Layout) -> list[tuple[str, str]]:
    """The names of every two parts that share space; bolts in their holes do not count."""
    products = {product.id: product for product in layout.products}
    boxes = [(part, layout.part_bounds(part)) for part in layout.parts]
    boxes = [(part, box) for part, box in boxes if products[part.product].role != "bolt"]
    boxes.sort(key=lambda pair: pair[1][0])
    found = []
    seen: dict[object, bool] = {}
    for k, (part, a) in enumerate(boxes):
        for other, b in boxes[k + 1 :]:
            if b[0] >= a[3] - FILM_MM:
                break
            if all(min(a[i + 3], b[i + 3]) - max(a[i], b[i]) > FILM_MM for i in range(3)):
                shift = tuple(round(v - u, 6) for u, v in zip(part.origin, other.origin, strict=True))
                key = (part.product, part.rotation_deg, other.product, other.rotation_deg, shift)
                if key not in seen:
                    seen[key] = any(
                        _share(p, part, q, other) for p in _pieces(products[part.product]) for q in _pieces(products[other.product])
                    )
                if seen[key]:
                    found.append((part.name, other.name))
    return found


def _pieces(product: Product) -> list[Sweep]:
    """The sweeps, and boxes around what is added along x or y."""
    pieces = list(product.sweeps)
    for detail in product.details:
        if detail.adds:
            x0, y0, z0, x1, y1, z1 = detail.bounds()
            pieces.append(Sweep(Profile.rectangle(x0, y0, x1, y1), z0, z1))
    return pieces


def _share(p: Sweep, part, q: Sweep, other) -> bool:
    low, high = max(p.z0 + part.origin[2], q.z0 + other.origin[2]), min(p.z1 + part.origin[2], q.z1 + other.origin[2])
    if high - low <= FILM_MM:
        return False
    regions = [Region.of(s.profile, one.rotation_deg, one.origin[:2]) for s, one in ((p, part), (q, other))]
    return common_area_mm2(*regions) > FILM_MM2


def within_product(product: Product) -> bool:
    """Whether the sweeps of one product keep clear of each other."""
    return not any(
        min(p.z1, q.z1) - max(p.z0, q.z0) > FILM_MM and common_area_mm2(Region.of(p.profile), Region.of(q.profile)) > FILM_MM2
        for p, q in combinations(product.sweeps, 2)
    )
