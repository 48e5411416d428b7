"""Bought-in parts in the openings of the tray's walls, as simple bodies: rim on the outside, shell on the rim, the part in the opening.

A body's frame has y = 0 on the wall's outer face and +y out of the tray, x along the wall, and its middle at x = z = 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packtool.design.schema.enclosure import Enclosure
from packtool.design.schema.fixtures import SHELL_CLEAR_MM, Fixture, HoseFitting
from packtool.layout.boxes import Box, overlap
from packtool.layout.mounts import TURN
from packtool.layout.openings import Opening, axis_of, faces, outward
from packtool.layout.outline import Rectangle
from packtool.layout.profiles import Loop, Profile, turned_box
from packtool.layout.records import Detail, Part, Product
from packtool.layout.shelf import Made, Shelf

GROUP = ("enclosure",)


def fixture_parts(enclosure: Enclosure, openings: Sequence[Opening], inside: Rectangle, wall: float) -> Made:
    """The fixture of every opening that has one; ``inside`` of the walls, which are ``wall`` mm through (a hollow beam: its width)."""
    shelf = Shelf()
    for opening in openings:
        if opening.fixture is None:
            continue
        x, y = _at(opening, inside, wall)
        product = shelf.product(_body(opening, opening.fixture, wall))
        shelf.parts.append(Part(opening.part_name, product.id, (x, y, opening.z), TURN[opening.wall], GROUP))
    return shelf.made


def fixture_faults(
    openings: Sequence[Opening], inside: Rectangle, products: Sequence[Product], parts: Sequence[Part]
) -> list[tuple[str, str]]:
    """(key, message) of every fixture that reaches into one of the ``parts`` inside the tray, or into another fixture."""
    reaching = [(opening, _inner_box(opening, inside)) for opening in openings if opening.fixture is not None]
    reaching = [(opening, box) for opening, box in reaching if box[0] < box[3] and box[1] < box[4]]
    if not reaching:
        return []
    pieces = {product.id: tuple(_pieces(product)) for product in products}
    contents = [(part.name, _placed(piece, part)) for part in parts for piece in pieces[part.product]]
    faults = []
    for number, (opening, box) in enumerate(reaching):
        others = [(other.part_name, taken) for other, taken in reaching[:number]]
        hit = next((name for name, taken in (*contents, *others) if overlap(box, taken)), None)
        if hit is not None:
            assert opening.fixture is not None
            message = (
                f"{opening.part_name} reaches {opening.fixture.inside_mm:g} mm into the tray and meets {hit}: make inside_mm smaller,"
                " enclosure.clearance_mm larger, or move it"
            )
            faults.append((f"{opening.fixture_key}.inside_mm", message))
    return faults


def _pieces(product: Product) -> Iterator[Box]:
    """A box around each sweep of a product, in its own frame; one around all of it where that is simpler."""
    if len(product.sweeps) < 2 or product.details:
        yield product.bounds()
        return
    for sweep in product.sweeps:
        x0, y0, x1, y1 = sweep.profile.outer.bounds()
        yield x0, y0, sweep.z0, x1, y1, sweep.z1


def _placed(box: Box, part: Part) -> Box:
    """A box of the part's product in the pack's frame."""
    x0, y0, x1, y1 = turned_box((box[0], box[1], box[3], box[4]), part.rotation_deg)
    x, y, z = part.origin
    return x0 + x, y0 + y, box[2] + z, x1 + x, y1 + y, box[5] + z


def _at(opening: Opening, inside: Rectangle, wall: float) -> tuple[float, float]:
    """The middle of an opening on the wall's outer face, in the plan."""
    face = faces(opening.wall, inside) + outward(opening.wall) * wall
    return (face, opening.along) if axis_of(opening.wall) == "x" else (opening.along, face)


def _inner_box(opening: Opening, inside: Rectangle) -> Box:
    """What a fixture fills inside the tray, in the pack's frame."""
    assert opening.fixture is not None
    face, out, reach = faces(opening.wall, inside), outward(opening.wall), opening.fixture.inside_mm
    low, high = sorted((face, face - out * reach))
    a, b = opening.along - opening.half_along + SHELL_CLEAR_MM, opening.along + opening.half_along - SHELL_CLEAR_MM
    z0, z1 = opening.z - opening.half_z + SHELL_CLEAR_MM, opening.z + opening.half_z - SHELL_CLEAR_MM
    return (low, a, z0, high, b, z1) if axis_of(opening.wall) == "x" else (a, low, z0, b, high, z1)


def _body(opening: Opening, fixture: Fixture, wall: float) -> Product:
    bore = fixture.bore_mm / 2 if isinstance(fixture, HoseFitting) else 0.0
    lengths = [
        (-SHELL_CLEAR_MM, -wall - fixture.inside_mm, 0.0),
        (fixture.rim_mm, 0.0, fixture.rim_thickness_mm),
        (-SHELL_CLEAR_MM, fixture.rim_thickness_mm, fixture.rim_thickness_mm + fixture.outside_mm),
    ]
    details = tuple(
        Detail(_section(opening, grown, bore), "y", start, end, adds=True) for grown, start, end in lengths if end > start
    )
    through = f", {fixture.bore_mm:g} mm bore" if isinstance(fixture, HoseFitting) else ""
    bought = f" ({fixture.part_number})" if fixture.part_number else ""
    words = f"{opening.title}{bought}{through}, in an opening of {opening.size}; simple body"
    return Product(opening.product, "fixture", fixture.material, (), words, details=details, mass_kg=fixture.mass_kg)


def _section(opening: Opening, grown: float, bore: float) -> Profile:
    """The opening's outline grown all round, in (z, x), about 0."""
    half_z, half_x = opening.half_z + grown, opening.half_along + grown
    outer = Loop.circle(0.0, 0.0, half_z) if opening.round else Loop.rectangle(-half_z, -half_x, half_z, half_x)
    return Profile(outer, (Loop.circle(0.0, 0.0, bore),) if bore else ())
