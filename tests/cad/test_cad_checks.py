"""What the stage finds when the geometry is wrong: and finds nothing when it is right."""

from __future__ import annotations

import dataclasses
import math

import pytest
from cad_layouts import CELL, Built, box, bracket, small_pack, tray
from scipy.integrate import quad

from packtool.cad.check import product_volumes, round_trip_findings, solid_findings
from packtool.cad.interference import Interference, interference
from packtool.cad.solids import product_solids
from packtool.cad.step import read_step
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Layout, Part, Product, Sweep

pytestmark = pytest.mark.cad


def overlaps(products: tuple[Product, ...], parts: tuple[Part, ...]) -> Interference:
    layout = Layout("test", CELL, products, parts, 1, 1, None, ())
    return interference(layout, product_solids(layout))


def test_a_sound_pack_has_no_findings(built: Built) -> None:
    assert built.report.findings == ()
    assert built.report.products == 8
    assert built.report.parts == 21


def test_parts_that_only_touch_do_not_interfere() -> None:
    cube = box("cube", "cell", "al", (10, 10, 10))
    found = overlaps((cube,), (Part("a", "cube", (0, 0, 0)), Part("b", "cube", (10, 0, 0)), Part("c", "cube", (0, 0, 10), 90)))
    assert found == Interference((), 0, 0)


def test_boxes_that_overlap_are_found_without_the_kernel() -> None:
    cube = box("cube", "cell", "al", (10, 10, 10))
    found = overlaps((cube,), (Part("a", "cube", (0, 0, 0)), Part("b", "cube", (9, 8, 7), 90)))
    (finding,) = found.findings
    assert (finding.kind, finding.parts, finding.unit) == ("interference", ("a", "b"), "mm3")
    assert finding.value == pytest.approx(1 * 2 * 3, rel=1e-12)
    assert (found.pairs_near, found.pairs_exact) == (1, 0)


def test_turned_boxes_are_compared_as_they_stand() -> None:
    bar = box("bar", "busbar", "al", (40, 4, 4))
    crossing = overlaps((bar,), (Part("a", "bar", (0, 0, 0)), Part("b", "bar", (0, 0, 0), 90)))
    beside = overlaps((bar,), (Part("a", "bar", (0, 0, 0), 90), Part("b", "bar", (5, 0, 0), 270)))
    assert crossing.findings[0].value == pytest.approx(4 * 4 * 4, rel=1e-12)
    assert beside.findings == ()


def test_rounded_cells_are_decided_by_the_kernel() -> None:
    cell = box("cell", "cell", "al", (30, 100, 80), radius=2)
    corner_to_corner = overlaps((cell,), (Part("a", "cell", (0, 0, 0)), Part("b", "cell", (29.5, 99.5, 0))))
    side_to_side = overlaps((cell,), (Part("a", "cell", (0, 0, 0)), Part("b", "cell", (29.5, 0, 0))))
    assert corner_to_corner == Interference((), 1, 1)  # the boxes overlap by 0.5 x 0.5 mm, the rounded corners do not
    # where two rounded sides of radius 2 meet 0.5 mm deep, each end of the 100 mm lens is cut off by both arcs
    half_lens, _ = quad(lambda y: max(0.0, 0.5 - 2 * (2 - math.sqrt(4 - (2 - y) ** 2))), 0, 2, points=[2 - math.sqrt(4 - 1.75**2)])
    assert side_to_side.findings[0].value == pytest.approx((0.5 * 96 + 2 * half_lens) * 80, rel=1e-6)  # kernel's boolean


def test_a_part_inside_the_tray_is_near_but_free() -> None:
    block = box("block", "cell", "al", (114, 254, 50))  # touches all four walls and the floor
    found = overlaps((tray(), block), (Part("tray", "tray", (0, 0, 0)), Part("block", "block", (0, 0, 0))))
    assert found == Interference((), 1, 0)


def test_a_part_that_cuts_into_a_wall_is_found() -> None:
    block = box("block", "cell", "al", (114, 254, 50))
    found = overlaps((tray(), block), (Part("tray", "tray", (0, 0, 0)), Part("block", "block", (1, 0, 0))))
    assert found.findings[0].value == pytest.approx(1 * 254 * 50, rel=1e-9)
    assert found.pairs_exact == 1


@pytest.mark.parametrize(("radius", "common"), [(2.9, 0.0), (3.0, 0.0), (3.2, math.pi * (3.2**2 - 3.0**2) * 3)])
def test_a_bolt_in_its_hole(radius: float, common: float) -> None:
    bolt = Product("bolt", "fitting", "al", (Sweep(Profile(Loop.circle(0, 0, radius)), 0, 30),))
    found = overlaps((tray(), bolt), (Part("tray", "tray", (0, 0, 0)), Part("bolt", "bolt", (-70, 40, 90))))
    assert sum(finding.value for finding in found.findings) == pytest.approx(common, rel=1e-6)  # kernel's boolean


def test_a_part_right_inside_another_is_found() -> None:
    big, small = box("big", "cell", "al", (10, 10, 10), radius=1), box("small", "pad", "foam", (2, 2, 2))
    found = overlaps((big, small), (Part("a", "big", (0, 0, 0)), Part("b", "small", (0, 0, 4))))
    assert found.findings[0].value == pytest.approx(8, rel=1e-9)


def test_equal_pairs_are_computed_once_and_reported_each(monkeypatch: pytest.MonkeyPatch) -> None:
    import packtool.cad.interference as module

    calls = []
    common = module._common_profiles
    monkeypatch.setattr(module, "_common_profiles", lambda *arguments: calls.append(1) or common(*arguments))
    cell = box("cell", "cell", "al", (30, 100, 80), radius=2)
    found = overlaps((cell,), tuple(Part(f"c{i}", "cell", (29.5 * i, 0, 0)) for i in range(6)))
    assert [finding.parts for finding in found.findings] == [(f"c{i}", f"c{i + 1}") for i in range(5)]
    assert len(calls) == 1


@pytest.mark.parametrize(("shift", "first", "second"), [(5, 0, 180), (-5, 180, 0)])
def test_pairs_that_differ_only_in_how_one_is_turned_are_told_apart(shift: float, first: int, second: int) -> None:
    parts = (
        Part("a", "bracket", (0, 0, 0)), Part("b", "bracket", (shift, shift, 0)),  # one L behind the other
        Part("c", "bracket", (100, 0, 0), first), Part("d", "bracket", (100 + shift, shift, 0), second),
    )  # fmt: skip
    found = overlaps((bracket(),), parts)
    assert [finding.parts for finding in found.findings] == [("c", "d")]
    # foot of c on foot of d 5 x 3, leg of c on foot of d 4 x 1, foot of c on leg of d 4 x 1 mm
    assert found.findings[0].value == pytest.approx((5 * 3 + 4 * 1 + 4 * 1) * 10, rel=1e-9)


def test_a_cell_out_of_place_is_reported_with_its_neighbours() -> None:
    layout = small_pack(shift_second_cell_mm=0.5)
    found = interference(layout, product_solids(layout))
    assert {finding.parts for finding in found.findings} == {("R1C02", "R1 pad 1–2")}
    lost, _ = quad(
        lambda y: min(0.5, 2 - math.sqrt(4 - (2 - y) ** 2)), 0, 2, points=[2 - math.sqrt(4 - 1.5**2)]
    )  # at a rounded edge
    assert found.findings[0].value == pytest.approx((0.5 * 100 - 2 * lost) * 80, rel=1e-6)  # kernel's boolean


def test_a_solid_of_the_wrong_volume_is_found() -> None:
    layout = small_pack()
    solids = product_solids(layout)
    thinner = box("cell", "cell", "test-cell", (29.999, 100, 80), radius=2.0)
    wrong = solids | {"cell": dataclasses.replace(solids["cell"], product=thinner)}
    (finding,) = solid_findings(wrong, product_volumes(layout, wrong))
    assert (finding.kind, finding.parts) == ("volume", ("cell",))
    assert finding.value == pytest.approx(30 / 29.999 - 1, rel=0.01)  # the rounded edges are part of the volume


def test_an_open_shape_is_called_invalid() -> None:
    from OCP.BRep import BRep_Builder
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer
    from OCP.TopoDS import TopoDS_Shell, TopoDS_Solid

    layout = small_pack()
    solids = product_solids(layout)
    builder, shell, opened = BRep_Builder(), TopoDS_Shell(), TopoDS_Solid()
    builder.MakeShell(shell)
    faces = TopExp_Explorer(solids["pad"].shape, TopAbs_ShapeEnum.TopAbs_FACE)
    for _ in range(5):
        builder.Add(shell, faces.Current())
        faces.Next()
    builder.MakeSolid(opened)
    builder.Add(opened, shell)
    wrong = solids | {"pad": dataclasses.replace(solids["pad"], shape=opened)}
    assert ("invalid_solid", ("pad",)) in [(f.kind, f.parts) for f in solid_findings(wrong, ())]


def test_a_step_file_that_is_not_the_layout_is_found_out(built: Built) -> None:
    read = read_step(built.folder / "pack.step")

    def messages(instances: list) -> list[str]:
        return [finding.message for finding in round_trip_findings(built.layout, built.report.volumes, instances)]

    assert messages(list(read)) == []
    tray_, rest = read[0], list(read[1:])
    missing = messages(rest)
    assert missing[0] == "pack.step read back: 20 parts of 21"
    assert "small-pack / enclosure / tray is not there" in missing[1]
    assert "mm³ in all" in missing[2]
    assert "tray has the colour None" in messages([dataclasses.replace(tray_, rgb=None), *rest])[0]
    assert "tray is a lid, not a tray" in messages([dataclasses.replace(tray_, product="lid"), *rest])[0]
    one, all_ = messages([dataclasses.replace(tray_, volume_mm3=1.0), *rest])
    assert "tray has 1 mm³, written were" in one
    assert "mm³ in all" in all_
    assert messages([dataclasses.replace(tray_, origin=(0.0, 0.0, 2e-5)), *rest])[0].endswith(
        "tray is at (0.0, 0.0, 2e-05), not at (0.0, 0.0, 0.0)"
    )
