"""Brazed, stamped and extruded plates: the same channels in different metal, its volume by formulas, and what cannot be made."""

from __future__ import annotations

import pytest

from packtool.errors import DesignError
from packtool.layout.lay_out import lay_out

SERPENTINE = {"cold_plate.type": "serpentine", "cold_plate.channels": 1, "cold_plate.passes": 8, "cold_plate.overhang_mm": None}
PARALLEL = {"cold_plate.passes": 1, "cold_plate.channels": 20}


def laid(load, **more):
    return lay_out(load({f"cold_plate.{key}": value for key, value in more.pop("plate", {}).items()} | more.pop("base", {})))


def products(layout, role="cold_plate"):
    return {part.name: layout.product(part.product) for part in layout.parts_of(role)}


@pytest.mark.parametrize("base", [SERPENTINE, PARALLEL, {}], ids=["serpentine", "parallel", "two passes"])
@pytest.mark.parametrize("style", ["stamped", "extruded"])
def test_the_coolant_is_the_same_in_every_style(load, base, style):
    if style == "extruded" and base is SERPENTINE:
        pytest.skip("ports run from end to end")
    brazed, other = laid(load, base=base), laid(load, base=base, plate={"style": style})
    assert products(other, "coolant")["coolant"].sweeps == products(brazed, "coolant")["coolant"].sweeps
    assert other.network == brazed.network


@pytest.mark.parametrize("base", [SERPENTINE, PARALLEL, {}], ids=["serpentine", "parallel", "two passes"])
def test_an_extruded_or_brazed_plate_is_its_box_less_the_coolant(load, base):
    for style in ("brazed", *(("extruded",) if base is not SERPENTINE else ())):
        layout = laid(load, base=base, plate={"style": style})
        metal = sum(product.finished_volume_mm3() for product in products(layout).values())
        (coolant,) = products(layout, "coolant").values()
        boxes = [layout.part_bounds(part) for part in layout.parts_of("cold_plate")]
        size = [max(b[k + 3] for b in boxes) - min(b[k] for b in boxes) for k in range(3)]
        assert metal + coolant.finished_volume_mm3() == pytest.approx(size[0] * size[1] * size[2], rel=1e-12)


def test_a_stamped_serpentine_weighs_its_two_sheets(load):
    """Flat sheet; and a formed one: what is pressed out of the land goes to crowns a sheet wider all around, and to the walls."""
    layout = laid(load, base=SERPENTINE, plate={"style": "stamped", "thickness_mm": 5.0})
    sheet, depth = 1.0, 3.0
    formed, cover = products(layout)["cold plate formed sheet"], products(layout)["cold plate cover sheet"]
    x0, y0, _, x1, y1, _ = layout.part_bounds(layout.parts_of("cold_plate")[0])
    outline = (x1 - x0) * (y1 - y0)
    (void,) = (sweep.profile for sweep in products(layout, "coolant")["coolant"].sweeps)
    edges = zip(void.outer.vertices, void.outer.vertices[1:] + void.outer.vertices[:1], strict=True)
    around = sum(abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in edges)
    crown = void.area() + around * sheet + 4 * sheet**2  # a loop of right angles has four corners more out than in
    expected = crown * sheet + (crown - void.area()) * (depth - sheet) + (outline - void.area()) * sheet
    assert formed.volume_mm3() == pytest.approx(expected, rel=1e-12)
    assert cover.volume_mm3() == pytest.approx(outline * sheet, rel=1e-12)


def test_the_ports_of_an_extruded_plate_end_in_the_caps(load):
    layout = laid(load, base=PARALLEL, plate={"style": "extruded"})
    boxes = {part.name: layout.part_bounds(part) for part in layout.parts_of("cold_plate")}
    body, start, end = boxes["cold plate"], boxes["cold plate cap -x"], boxes["cold plate cap +x"]
    assert start[3] == pytest.approx(body[0])
    assert body[3] == pytest.approx(end[0])
    profile = products(layout)["cold plate"]
    assert profile.volume_mm3() == pytest.approx((body[3] - body[0]) * ((body[4] - body[1]) * 6.0 - 20 * 16.0 * 3.0), rel=1e-12)
    assert all(start[0] < part.origin[0] < start[3] for part in layout.parts if part.name == "fitting inlet")


@pytest.mark.parametrize(
    ("plate", "key", "words"),
    [
        ({"style": "stamped", "channel_height_mm": 2.0}, "cold_plate.channel_height_mm", "no deeper than the sheet is thick, 2 mm"),
        ({"style": "stamped", "margin_mm": 1.0}, "cold_plate.margin_mm", "leaves no land beside the outermost channel"),
        ({"style": "stamped", "channels": 19}, "cold_plate.channel_width_mm", "nothing is left to braze"),
    ],
)
def test_sheets_that_cannot_be_brazed_are_refused(load, plate, key, words):
    with pytest.raises(DesignError) as refused:
        laid(load, plate=plate)
    found = [complaint for complaint in refused.value.complaints if complaint.key == key]
    assert found, [str(c) for c in refused.value.complaints]
    assert words in found[0].message


@pytest.mark.parametrize(
    ("plate", "words"),
    [
        ({"style": "extruded", "type": "serpentine", "channels": 1, "passes": 8}, "type: parallel, not serpentine"),
        ({"style": "stamped", "type": "serpentine", "channels": 1, "passes": 8, "turns": "round"}, "square turns"),
        ({"style": "stamped", "fidelity": "cfd"}, "style: brazed"),
        ({"style": "stamped", "position": "between", "passes": 1, "overhang_mm": None}, "are extruded, got stamped"),
    ],
)
def test_styles_that_do_not_go_together_are_refused(load, plate, words):
    with pytest.raises(ValueError, match=words):
        load({f"cold_plate.{key}": value for key, value in plate.items()})
