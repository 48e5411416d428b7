"""XDMF for ParaView and VisIt: every region and surface as a grid of its own, by name; the numbers in one binary file beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from packtool import artifacts
from packtool.mesh.records import Floats, Integers, TaggedMesh
from packtool.mesh.surfaces import named_surfaces

INTEGER, SINGLE, DOUBLE = "<i4", "<f4", "<f8"
"""How numbers stand in the binary file."""


def write_xdmf(path: Path, mesh: TaggedMesh) -> dict[str, str]:
    """Write ``path`` and, with the suffix ``.bin``, its numbers; the name in the file of every region and surface: its own.

    Each grid has the points it uses, and the mesh's numbers of them as ``point``, of its elements (regions only) as ``element``.
    """
    raw = path.with_suffix(".bin")
    grids = []
    with artifacts.replacing(raw) as temporary, temporary.open("wb") as out:
        item = _items(out, raw.name)

        def grid(name: str, cells: Integers, elements: Integers | None) -> None:
            used, local = np.unique(cells, return_inverse=True)
            shape = "Hexahedron" if cells.shape[1] == 8 else "Quadrilateral"
            rows = [
                f'    <Grid Name={quoteattr(name)} GridType="Uniform">',
                f'      <Topology TopologyType="{shape}" NumberOfElements="{len(cells)}">{item(local.reshape(cells.shape), INTEGER)}</Topology>',
                f'      <Geometry GeometryType="XYZ">{item(mesh.points[used], DOUBLE)}</Geometry>',
                f'      <Attribute Name="point" Center="Node" AttributeType="Scalar">{item(used, INTEGER)}</Attribute>',
            ]
            if elements is not None:
                rows.append(
                    f'      <Attribute Name="element" Center="Cell" AttributeType="Scalar">{item(elements, INTEGER)}</Attribute>'
                )
            grids.append("\n".join([*rows, "    </Grid>"]))

        for number, region in enumerate(mesh.regions):
            which = np.flatnonzero(mesh.region == number)
            grid(region.name, mesh.hexes[which], which)
        for name, facets in named_surfaces(mesh).items():
            grid(name, facets, None)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<Xdmf Version="2.2">\n<Domain>\n  <Grid Name="mesh" GridType="Collection" CollectionType="Spatial">\n'
    artifacts.write_text(path, head + "\n".join(grids) + "\n  </Grid>\n</Domain>\n</Xdmf>\n")
    return {name: name for name in (*(region.name for region in mesh.regions), *named_surfaces(mesh))}


def write_xdmf_fields(path: Path, mesh: TaggedMesh, times: Sequence[float], fields: Mapping[str, Floats]) -> None:
    """Write ``path``, a mesh of hexahedra with ``fields`` over time, and with the suffix ``.bin`` its numbers.

    ``fields`` name -> (n_times, n_points), kept to single precision; ``times`` (n_times,) [s]. Points, elements and the index of each
    element's region stand in the file once, and every time refers to them.
    """
    raw = path.with_suffix(".bin")
    with artifacts.replacing(raw) as temporary, temporary.open("wb") as out:
        item = _items(out, raw.name)
        fixed = [
            f'        <Topology TopologyType="Hexahedron" NumberOfElements="{len(mesh.hexes)}">{item(mesh.hexes, INTEGER)}</Topology>',
            f'        <Geometry GeometryType="XYZ">{item(mesh.points, DOUBLE)}</Geometry>',
            f'        <Attribute Name="region" Center="Cell" AttributeType="Scalar">{item(mesh.region, INTEGER)}</Attribute>',
        ]
        grids = []
        for number, time in enumerate(times):
            values = [
                f'        <Attribute Name={quoteattr(name)} Center="Node" AttributeType="Scalar">{item(field[number], SINGLE)}</Attribute>'
                for name, field in fields.items()
            ]
            head = f'      <Grid Name="mesh" GridType="Uniform">\n        <Time Value="{float(time)!r}"/>'
            grids.append("\n".join([head, *fixed, *values, "      </Grid>"]))
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<Xdmf Version="2.2">\n  <Domain>\n'
        '    <Grid Name="over time" GridType="Collection" CollectionType="Temporal">\n'
    )
    artifacts.write_text(path, head + "\n".join(grids) + "\n    </Grid>\n  </Domain>\n</Xdmf>\n")


def _items(out: BinaryIO, name: str) -> Callable[[Floats | Integers, str], str]:
    """What appends numbers to ``out``, the file ``name``, in one of the forms above, and gives the element that refers to them."""

    def item(values: Floats | Integers, form: str) -> str:
        kind, begin = "Float" if "f" in form else "Int", out.tell()
        out.write(np.ascontiguousarray(values, dtype=form).tobytes())
        return (
            f'<DataItem Dimensions="{" ".join(map(str, values.shape))}" NumberType="{kind}" Precision="{np.dtype(form).itemsize}" '
            f'Format="Binary" Endian="Little" Seek="{begin}">{escape(name)}</DataItem>'
        )

    return item
