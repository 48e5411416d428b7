"""Formed sheet as solids: drafted walls and bends around every channel, of the volume that formulas say, nothing in another's place."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cad_layouts import CELL, MATERIALS

from packtool.design.load import load_design
from packtool.layout.bands import beside, fillet, smoothed, way
from packtool.layout.formed import DRAFT_DEG, formed
from packtool.layout.lay_out import lay_out
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Part, Product

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = (
    "electrical={series: 8, parallel: 1}", "arrangement.rows=2", "arrangement.cells_per_row=4", "cold_plate.channels=4",
    "cold_plate.style=stamped", "cold_plate.thickness_mm=5",
)  # fmt: skip
PLATES = {
    "two passes": (),
    "side by side": ("cold_plate.passes=1",),
    "serpentine": ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=5", "cold_plate.overhang_mm=null"),
    "above": ("arrangement.orientation=on_side", "cold_plate.position=top"),
}
EXACT = 1e-12
"""Relative: sums of closed forms."""


def plate_of(layout: Layout) -> Layout:
    """Cold plate and coolant alone."""
    roles = {product.id for product in layout.products if product.role in ("cold_plate", "coolant", "fitting")}
    return replace(layout, parts=tuple(part for part in layout.parts if part.product in roles))


def products(layout: Layout) -> tuple[Product, Product]:
    """Formed sheet and coolant."""
    made = {product.id.removesuffix("-top"): product for product in layout.products}
    return made["cold-plate-formed"], made["coolant"]


def test_a_formed_sheet_is_as_thick_all_over_and_its_channel_as_wide_as_said_half_way_up() -> None:
    sheet, depth, wide = 1.0, 3.0, 20.0
    ring = Profile(Loop.rectangle(-60, -60, 60, 60), (Loop.rectangle(-40, -40, 40, 40),))
    made = formed(Loop.rectangle(-70, -70, 70, 70), (ring,), sheet, depth, wide, 10.0)
    assert made is not None
    assert made.bend == 1.0
    outer, inner = made.sheet_bands
    ends = [min(outer.section.vertices)[0], max(outer.section.vertices)[0]]
    # the middle of the sheet: two arcs of 70 degrees with 1.5 mm and a straight piece, 3 mm from crown to land
    draft, bend = math.radians(DRAFT_DEG), sheet / 2 + made.bend
    straight = (depth - 2 * bend * (1 - math.sin(draft))) / math.cos(draft)
    across = 2 * bend * math.cos(draft) + straight * math.sin(draft)
    assert ends[1] - ends[0] == pytest.approx(across, rel=EXACT)
    area = abs(outer.section.signed_area())
    assert area == pytest.approx(sheet * (2 * bend * (math.pi / 2 - draft) + straight), rel=EXACT)  # thickness times length
    u, v = np.array(made.void_bands[0].section.vertices)[1:3, :2].T  # the straight wall on the void's side
    assert np.interp(sheet + depth / 2, v, u) == pytest.approx(0.0, abs=1e-12)
    assert math.degrees(math.atan2(u[0] - u[1], v[1] - v[0])) == pytest.approx(DRAFT_DEG, rel=EXACT)
    assert inner.section == outer.section


def test_what_runs_beside_an_outline_keeps_its_distance() -> None:
    loop = smoothed(Loop.polygon([(0, 0), (60, 0), (60, 40), (30, 40), (30, 20), (0, 20)]), left=6, right=4)
    length, turn = way(loop)
    assert turn == pytest.approx(math.tau, rel=EXACT)
    assert length == pytest.approx(200 - 5 * 6 * (2 - math.pi / 2) - 4 * (2 - math.pi / 2), rel=EXACT)
    for distance in (-3.0, 5.0):
        moved = beside(loop, distance)
        assert way(moved)[0] == pytest.approx(length - math.tau * distance, rel=EXACT)
        assert moved.signed_area() == pytest.approx(
            loop.signed_area() - length * distance + math.pi * distance**2, rel=EXACT
        )  # Steiner
    with pytest.raises(ValueError, match="20 mm is too short"):
        smoothed(loop := Loop.rectangle(0, 0, 60, 20), left=10.1, right=1)
    assert smoothed(loop, 9.9, 1)


def test_a_band_upside_down_has_the_same_volume() -> None:
    band = fillet(Loop.rounded_rectangle(0, 0, 50, 30, 8), 2, 5)
    assert band.mirrored(40).volume() == pytest.approx(band.volume(), rel=EXACT)
    assert band.mirrored(40).section.bounds() == pytest.approx((0, 33, 5, 38), abs=1e-12)


@pytest.mark.parametrize(
    "sets",
    [("cold_plate.channel_width_mm=1.5",), ("cold_plate.channel_height_mm=1.8", "cold_plate.thickness_mm=5.2"), ("cold_plate.margin_mm=1.1",)],
    ids=["narrow channels", "shallow", "little margin"],
)  # fmt: skip
def test_where_bends_have_no_room_walls_stay_upright_and_that_is_said(sets: tuple[str, ...]) -> None:
    sheet, coolant = products(lay_out(load_design(BUS, (*SMALL, *sets))))
    assert "drawn upright: no room for draft and bends" in sheet.description
    assert (sheet.drawn, sheet.bands, coolant.drawn, coolant.bands) == ((), (), (), ())


def test_less_room_makes_tighter_bends() -> None:
    sheet, _ = products(lay_out(load_design(BUS, (*SMALL, "cold_plate.margin_mm=1.9"))))
    assert "bends of 0.75 mm inside" in sheet.description


@pytest.mark.cad
@pytest.mark.parametrize("plate", PLATES)
def test_sheet_and_coolant_are_valid_solids_of_their_volume_and_only_touch(plate: str) -> None:
    from packtool.cad.build import build_cad  # noqa: F401  (the kernel's import order)
    from packtool.cad.check import product_volumes, solid_findings
    from packtool.cad.interference import interference
    from packtool.cad.moments import product_moments
    from packtool.cad.solids import product_solids

    layout = plate_of(lay_out(load_design(BUS, (*SMALL, *PLATES[plate]))))
    assert all(product.drawn for product in products(layout))
    solids = product_solids(layout)
    volumes = product_volumes(layout, solids)
    assert solid_findings(solids, volumes) == []
    assert max(abs(volume.relative_difference) for volume in volumes) < 1e-9  # the kernel's quadrature of tori
    for product in products(layout):
        moments = product_moments(product, product.rounded_sweeps())
        assert moments.volume == pytest.approx(product.finished_volume_mm3(), rel=1e-11)  # Gauss points
    assert interference(layout, solids).findings == ()


def one_channel(pressed: float) -> Layout:
    """A sheet with one short channel, ``pressed`` mm into its coolant."""
    made = formed(Loop.rectangle(0, 0, 50, 30), (Profile.rectangle(10, 10, 40, 20),), 1.0, 3.0, 10.0, 10.0)
    assert made is not None
    sheet = Product("sheet", "cold_plate", "al", made.sheet, bands=made.sheet_bands, drawn=made.sheet)
    coolant = Product("coolant", "coolant", "water", made.void, bands=made.void_bands, drawn=made.void)
    parts = Part("sheet", "sheet", (0, 0, pressed)), Part("coolant", "coolant", (0, 0, 0))
    return Layout("channel", CELL, (sheet, coolant), parts, 1, 1, None, ())


@pytest.mark.cad
def test_the_kernel_finds_no_overlap_either_and_one_that_is_there_is_told() -> None:
    from packtool.cad.interference import _common_solids, interference
    from packtool.cad.solids import product_solids

    layout = one_channel(0.0)
    solids = product_solids(layout)
    assert interference(layout, solids).findings == ()
    assert _common_solids(layout, *layout.parts, solids) == pytest.approx(0.0, abs=1e-3)
    (finding,) = interference(one_channel(0.1), solids).findings
    _, coolant = layout.products
    mouth = Profile(beside(coolant.bands[0].loop, coolant.bands[0].section.bounds()[0])).area()
    assert finding.value == pytest.approx(0.1 * mouth, rel=0.15)  # less what of it rises over the coolant at its mouth
    assert finding.value < 0.1 * mouth


@pytest.mark.cad
def test_it_reads_back_weighs_and_is_drawn_as_it_is(tmp_path: Path) -> None:
    from packtool.cad.build import build_cad

    layout = plate_of(lay_out(load_design(BUS, (*SMALL, *PLATES["serpentine"]))))
    report = build_cad(layout, {**MATERIALS, "al_3003_o": MATERIALS["al"]}, tmp_path, formats=("step", "stl", "drawing"))
    assert {finding.kind for finding in report.findings} == {"mass_unknown"}  # of the coolant; the round trip is among the checks
    volume = sum(p.finished_volume_mm3() for p in layout.products if p.role == "cold_plate")
    assert report.mass["mass_by_role_kg"]["cold_plate"] == pytest.approx(volume * 2700e-9, rel=EXACT)


@pytest.mark.cad
def test_a_section_shows_the_leaning_wall() -> None:
    from packtool.cad.kernel_drawing import KernelDrawing
    from packtool.cad.solids import product_solids

    layout = plate_of(lay_out(load_design(BUS, (*SMALL, *PLATES["serpentine"]))))
    drawn = KernelDrawing(layout, product_solids(layout))
    _, coolant = products(layout)
    low = next(part.origin[2] for part in layout.parts if part.product == "coolant")
    mean = coolant.sweeps[0].profile.area()

    def area(z: float) -> float:
        (cut,) = [cut for cut in drawn.cuts(2, low + z) if cut.role == "coolant"]
        return sum(abs(sum((a[0] * b[1] - b[0] * a[1]) / 2 for a, b, _ in region.edges)) for region in cut.regions)

    assert area(2.5) == pytest.approx(mean, rel=5e-3)  # but for the corners in the plan, which are round
    wider = 0.2 * math.tan(math.radians(DRAFT_DEG)) * way(coolant.bands[0].loop)[0]
    assert area(2.6) - area(2.4) == pytest.approx(wider, rel=1e-2)  # chords of the corners
