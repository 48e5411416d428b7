"""pack.3mf: one mesh object a product, one build item a part by its name, colours by role; millimetres.

Source of the format: 3MF Consortium, 3D Manufacturing Format Core Specification 1.3 and Open Packaging Conventions (ECMA-376 part 2).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

import numpy as np

from packtool import __version__
from packtool.cad.colours import LOOKS
from packtool.cad.moments import turn_of
from packtool.cad.tessellate import Triangles
from packtool.layout.records import Layout, Part, Role

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
MODEL = "3D/3dmodel.model"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>\n'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Target="/{MODEL}" Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>\n'
)
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold: the same bytes each time."""


def threemf_bytes(layout: Layout, triangles: Mapping[str, Triangles]) -> bytes:
    """The 3MF file of a layout; ``triangles`` by product id. The same bytes each time for the same layout."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, text in (("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONS), (MODEL, _model(layout, triangles))):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text.encode("utf-8"))
    return stream.getvalue()


def _model(layout: Layout, triangles: Mapping[str, Triangles]) -> str:
    products = [product for product in layout.products if product.id in triangles]
    roles: list[Role] = list(dict.fromkeys(product.role for product in products))
    numbers = {product.id: number for number, product in enumerate(products, start=2)}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<model unit="millimeter" xml:lang="en" xmlns="{CORE}">',
        f'<metadata name="Title">{_text(layout.name)}</metadata>',
        f'<metadata name="Application">packtool {__version__}</metadata>',
        "<resources>",
        '<basematerials id="1">',
        *(f'<base name="{role}" displaycolor="{_colour(role)}"/>' for role in roles),
        "</basematerials>",
    ]
    for product in products:
        name, place = quoteattr(product.id), roles.index(product.role)
        lines.append(
            f'<object id="{numbers[product.id]}" type="model" name={name} partnumber={name} pid="1" pindex="{place}"><mesh>'
        )
        lines += _mesh(triangles[product.id])
        lines.append("</mesh></object>")
    lines += ["</resources>", "<build>"]
    lines += [_item(part, numbers[part.product]) for part in layout.parts]
    return "\n".join([*lines, "</build>", "</model>", ""])


def _mesh(surface: Triangles) -> list[str]:
    """Vertices once each, as the specification wants of a closed surface."""
    points, place = np.unique(surface.points, axis=0, return_inverse=True)
    corners = place.ravel()[surface.corners]
    return [
        "<vertices>",
        *(f'<vertex x="{x:.9g}" y="{y:.9g}" z="{z:.9g}"/>' for x, y, z in points.tolist()),
        "</vertices><triangles>",
        *(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in corners.tolist()),
        "</triangles>",
    ]


def _item(part: Part, number: int) -> str:
    """Points are rows that the matrix stands to the right of: its rows are the axes' images."""
    matrix = (*turn_of(part).T.ravel().tolist(), *part.origin)
    numbers = " ".join(f"{value + 0.0:.12g}" for value in matrix)
    return f'<item objectid="{number}" transform="{numbers}" partnumber={quoteattr(part.name)}/>'


def _colour(role: Role) -> str:
    return "#{:02X}{:02X}{:02X}".format(*LOOKS[role].rgb8)


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
