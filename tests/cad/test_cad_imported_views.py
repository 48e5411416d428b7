"""Parts from STEP files in drawings and pictures."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from imported_packs import alone, built, pack
from step_shapes import box, cylinder, entry, without, write_step

pytestmark = pytest.mark.cad


@pytest.mark.picture
def test_pictures_show_it_whole_and_cut(tmp_path: Path, step: Path) -> None:
    from packtool.cad.cut_views import cut_below
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.shapes import volume_mm3

    layout = pack(entry(step, "cut", (100, 0, 0)), entry(step, "above", (100, 100, 60)), entry(step, "below", (100, 200, -60)))
    read_imported(layout, tmp_path)
    shapes, whole = imported_shapes(layout, tmp_path), with_imported(layout, tmp_path)
    _, parts, left = cut_below(whole, 20.0, shapes)
    assert [part.name for part in parts] == ["cut", "below"]
    assert volume_mm3(left[parts[0].product]) == pytest.approx(60 * 40 * 5 + 5 * 40 * 15, rel=1e-9)
    report = built(layout, tmp_path, pictures=True)
    assert "pictures/whole.png" in report.files


def test_the_drawing_shows_it_in_its_views_and_sections(tmp_path: Path) -> None:
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.kernel_drawing import KernelDrawing
    from packtool.cad.solids import product_solids
    from packtool.cad.views import plan

    pierced = write_step(tmp_path / "pierced.step", without(box(0, 0, 0, 60, 40, 5), cylinder(20, 20, 4.5, 5)))
    layout = alone(entry(pierced, "flat", (100, 0, 10)), entry(pierced, "upright", (300, 0, 0), (90, 0, 0)))
    read_imported(layout, tmp_path)
    whole = with_imported(layout, tmp_path)
    drawn = KernelDrawing(whole, product_solids(whole, imported_shapes(layout, tmp_path)))
    (flat,) = [cut for cut in drawn.cuts(2, 12.0) if cut.part == "flat"]
    (region,) = flat.regions
    chord = 0.05  # mm, of the hole's chords
    assert region.box == pytest.approx((100, 0, 160, 40), abs=1e-6)
    assert region.holds(110, 20)
    assert not region.holds(120, 20)  # the hole
    assert not region.holds(120, 24.5 - 2 * chord)
    assert region.holds(120, 24.5 + chord)
    (upright,) = drawn.cuts(2, 20.0)  # through its hole: two pieces
    assert sorted(region.box[0] for region in upright.regions) == pytest.approx([300, 324.5], abs=chord)
    edges = [edge for edge, role in plan(whole, drawn.seen(2)) if role == "imported"]
    points = np.array([end for a, b, _ in edges for end in (a, b)])
    assert points.min(axis=0) == pytest.approx([100, -5], abs=1e-6)
    assert points.max(axis=0) == pytest.approx([360, 40], abs=1e-6)
    assert any(math.dist(point, (120, 20)) == pytest.approx(4.5, abs=1e-6) for point in points)  # the hole from above
    assert not drawn.cuts(2, 99.0)


def test_the_drawing_leaves_out_what_an_imported_part_hides(tmp_path: Path) -> None:
    """A plate with a hole over the small pack, and beside it, lower: of what is under the plate only what the hole shows is drawn."""
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.kernel_drawing import KernelDrawing
    from packtool.cad.solids import product_solids
    from packtool.cad.views import elevation, plan

    pierced = write_step(tmp_path / "cover.step", without(box(-90, -90, 0, 90, 90, 5), cylinder(30, 20, 15, 5)))
    lug = write_step(tmp_path / "lug.step", box(-5, -5, 0, 5, 5, 2))
    for height, hidden in ((400.0, True), (-50.0, False)):
        layout = pack(entry(pierced, "cover", (0, 0, height)), entry(lug, "under", (0, 0, 200)))
        read_imported(layout, tmp_path)
        whole = with_imported(layout, tmp_path)
        drawn = KernelDrawing(whole, product_solids(whole, imported_shapes(layout, tmp_path)))
        ends = [end for a, b, _ in (e for e, _ in plan(whole, drawn.seen(2), drawn.hiding(2))) for end in (a, b)]
        inside = [(x, y) for x, y in ends if max(abs(x), abs(y)) < 90 - 1e-6]
        chord = 0.2  # mm, of the hole in triangles
        assert all(math.dist(end, (30, 20)) < 15 + chord for end in inside) == hidden
        assert any(math.dist(end, (30, 20)) < 14 for end in inside)  # through the hole
        assert ((5, 5) in {(round(x, 6), round(y, 6)) for x, y in inside}) != hidden  # the lug
        front = [end for a, b, _ in (e for e, _ in elevation(whole, "y", drawn.seen(1), drawn.hiding(1))) for end in (a, b)]
        assert (90, height) in {(round(x, 6), round(z, 6)) for x, z in front}


def test_of_a_bracket_the_faces_towards_the_viewer_hide(tmp_path: Path, step: Path) -> None:
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.kernel_drawing import KernelDrawing
    from packtool.cad.solids import product_solids

    layout = alone(entry(step, "one", (10, 20, 30)))
    read_imported(layout, tmp_path)
    whole = with_imported(layout, tmp_path)
    drawn = KernelDrawing(whole, product_solids(whole, imported_shapes(layout, tmp_path)))
    expected = {  # boxes in the view and how near: foot and leg from above, the L's three faces from the front, the leg from the left
        2: [((10, 20, 15, 60), 80), ((15, 20, 70, 60), 35)],
        1: [((10, 30, 15, 35), -20), ((10, 35, 15, 80), -20), ((15, 30, 70, 35), -20)],
        0: [((-60, 30, -20, 35), -10), ((-60, 35, -20, 80), -10)],
    }
    for axis, faces in expected.items():
        found = sorted((tuple(round(v, 6) for v in face.region.box), round(face.near, 6)) for face in drawn.hiding(axis))
        assert found == sorted(faces)


def test_a_part_of_very_many_faces_is_drawn_with_all_its_edges(tmp_path: Path, step: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import packtool.cad.kernel_drawing as drawing
    from packtool.cad.imported import imported_shapes, read_imported, with_imported
    from packtool.cad.solids import product_solids

    layout = alone(entry(step, "one", (10, 20, 30)))
    read_imported(layout, tmp_path)
    whole = with_imported(layout, tmp_path)
    drawn = drawing.KernelDrawing(whole, product_solids(whole, imported_shapes(layout, tmp_path)))
    for axis, around in ((2, (10, 20, 70, 60)), (1, (10, 30, 70, 80)), (0, (-60, 30, -20, 80))):
        seen = []
        for most in (300, 3):
            monkeypatch.setattr(drawing, "MOST_FACES", most)
            (loose,) = drawn.seen(axis)
            points = np.array([end for a, b, _ in loose.edges for end in (a, b)])
            assert [*points.min(axis=0), *points.max(axis=0)] == pytest.approx(around, abs=1e-6)
            seen.append(len(loose.edges))
        assert seen[1] > seen[0]  # hidden ones, too
