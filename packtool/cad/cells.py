"""cells.csv: one row a cell."""

from __future__ import annotations

import csv
import io

from packtool.layout.records import Layout

COLUMNS = ("cell", "place", "series", "parallel", "x mm", "y mm", "z mm")


def cells_csv(layout: Layout) -> str:
    """Where each cell stands, as CSV (RFC 4180, but for the line ends, which are LF), in layout order.

    Its name, the groups of the assembly tree around it (outermost first), its series position and its number among the cells in parallel
    there (from 1), and the middle of the box around it in the pack's frame [mm], to a micrometre.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for part in layout.parts_of("cell"):
        box = layout.part_bounds(part)
        middle = [f"{(box[axis] + box[axis + 3]) / 2:.3f}" for axis in range(3)]
        writer.writerow((part.name, " > ".join(part.group), part.series, part.parallel, *middle))
    return stream.getvalue()
