"""bom.csv: one row a product."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping

from packtool.cad.mass import UnitMass
from packtool.layout.records import Layout

COLUMNS = (
    "part number",
    "description",
    "role",
    "material",
    "quantity",
    "unit mass kg",
    "total mass kg",
    "mass standing",
    "mass note",
)


def bom_csv(layout: Layout, masses: Mapping[str, UnitMass]) -> str:
    """The bill of materials as CSV (RFC 4180, but for the line ends, which are LF): products in layout order, then the sum.

    Masses have six significant digits; unknown ones are empty, and the sum is then that of the known ones and says so.
    """
    counts = Counter(part.product for part in layout.parts)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    total = 0.0
    for product in layout.products:
        if product.id not in counts:
            continue
        mass, quantity = masses[product.id], counts[product.id]
        together = None if mass.kg is None else mass.kg * quantity
        total += together or 0.0
        writer.writerow(
            (
                product.id,
                product.description,
                product.role,
                product.material,
                quantity,
                _kg(mass.kg),
                _kg(together),
                mass.standing,
                mass.note,
            )
        )
    unknown = sum(1 for mass in masses.values() if mass.kg is None)
    note = f"without {unknown} {'product' if unknown == 1 else 'products'} of unknown mass" if unknown else ""
    writer.writerow(("total", layout.name, "", "", sum(counts.values()), "", _kg(total), "", note))
    return stream.getvalue()


def _kg(mass_kg: float | None) -> str:
    return "" if mass_kg is None else f"{mass_kg:.6g}"
