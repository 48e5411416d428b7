"""How a pack is divided: even counts, nested lines, fine where the heat leaves."""

from __future__ import annotations

import numpy as np
import pytest
from mesh_layouts import box, layout, plate, small_pack

from packtool.errors import MeshError
from packtool.mesh.divisions import faces, grid_lines
from packtool.mesh.placed import placed_sweeps
from packtool.mesh.resolution import Resolution

SWEEPS = placed_sweeps(small_pack())
AXES = pytest.mark.parametrize("axis", [0, 1, 2], ids=["x", "y", "z"])


def counts(axis: int, level: str, halved: bool = False) -> list[int]:
    at = faces(SWEEPS, axis)
    lines = grid_lines(SWEEPS, axis, Resolution.of(level, halved))
    return np.diff(np.searchsorted(lines, at)).tolist()


@AXES
@pytest.mark.parametrize("level", ["coarse", "normal", "fine"])
def test_halved_lines_are_a_subset_to_the_last_bit(axis, level):
    full, halved = grid_lines(SWEEPS, axis, Resolution.of(level, False)), grid_lines(SWEEPS, axis, Resolution.of(level, True))
    assert set(halved) < set(full)
    for n, h in zip(counts(axis, level), counts(axis, level, True), strict=True):
        assert h == (n // 2 if n % 2 == 0 else n)


@AXES
def test_levels_are_nested(axis):
    coarse, normal, fine = (grid_lines(SWEEPS, axis, Resolution.of(level, False)) for level in ("coarse", "normal", "fine"))
    assert set(coarse) < set(normal) < set(fine)
    np.testing.assert_array_equal(grid_lines(SWEEPS, axis, Resolution.of("normal", True)), coarse)


@AXES
def test_counts_are_even_but_for_thin_layers(axis):
    assert all(n % 2 == 0 for n in counts(axis, "fine"))
    lengths = np.diff(faces(SWEEPS, axis))
    single = [length for n, length in zip(counts(axis, "normal"), lengths, strict=True) if n % 2]
    thin = {0: [1.5], 1: [], 2: [1.0, 1.0, 1.0]}[axis]  # x: the pad; z: two skins and the interface
    assert single == pytest.approx(thin)


def test_a_cell_has_four_elements_through_its_thickness():
    lines = grid_lines(SWEEPS, 0, Resolution.of("normal", False))
    for low, high in ((-30.75, -0.75), (0.75, 30.75)):
        assert ((lines >= low) & (lines <= high)).sum() == 5


def test_a_turned_cell_is_divided_along_its_own_axes():
    from packtool.layout.profiles import Profile
    from packtool.layout.records import Part, Product, Sweep

    product = Product("c", "cell", "m", (Sweep(Profile.rectangle(-15, -60, 15, 60), 0, 60),))
    for turn, axis in ((0, 0), (90, 1), (180, 0), (270, 1)):
        sweeps = placed_sweeps(layout((product, Part("c", "c", (0, 0, 0), turn))))
        assert len(grid_lines(sweeps, axis, Resolution.of("normal", False))) == 4 + 1
        assert len(grid_lines(sweeps, 1 - axis, Resolution.of("normal", False))) == 8 + 1


def test_cells_on_a_plate_are_finest_at_the_bottom():
    lines = grid_lines(SWEEPS, 2, Resolution.of("normal", False))
    sizes = np.diff(lines[lines >= 6.0])
    assert len(sizes) == 8
    np.testing.assert_allclose(sizes[1:] / sizes[:-1], 1.25, rtol=1e-9)


def test_cells_without_a_plate_are_even_in_height():
    sweeps = placed_sweeps(layout(box("c", "cell", 0, 0, 0, 30, 100, 80)))
    np.testing.assert_allclose(np.diff(grid_lines(sweeps, 2, Resolution.of("normal", False))), 10.0, rtol=1e-12)


def test_channels_and_ribs_have_two_elements_across_and_up():
    at = faces(SWEEPS, 1)
    assert min(counts(1, "normal")) >= 2
    assert {-30.0, -14.0, 10.0, 26.0} <= set(at)
    z = faces(SWEEPS, 2)
    assert counts(2, "normal")[z.tolist().index(1.0)] == 2  # channels from 1 to 4 mm


def test_narrow_channels_are_not_taken_for_slivers():
    sweeps = placed_sweeps(layout(*plate(40, 20, [(-15, y, 15, y + 1.0) for y in (-8.0, -6.0, -4.0)])))
    lines = grid_lines(sweeps, 1, Resolution.of("normal", False))
    for y in (-8.0, -7.0, -6.0, -5.0, -4.0):  # channels and ribs of 1 mm
        assert ((lines >= y) & (lines <= y + 1)).sum() >= 3


def test_a_thick_skin_has_two_elements():
    sweeps = placed_sweeps(layout(*plate(40, 20, [(-15, -5, 15, 5)], low=4.0, high=7.0, top=9.0)))
    at, lines = faces(sweeps, 2), grid_lines(sweeps, 2, Resolution.of("normal", False))
    assert np.diff(np.searchsorted(lines, at)).tolist() == [2, 2, 1]


def test_nearly_coinciding_faces_are_named():
    pieces = (box("C1", "cell", 0, 0, 0, 30, 100, 80), box("C2", "cell", 30, 1e-4, 0, 60, 100, 80))
    with pytest.raises(MeshError, match=r"faces of C1 and C2 across y are 0\.0001 mm apart"):
        grid_lines(placed_sweeps(layout(*pieces)), 1, Resolution.of("normal", False))


def test_faces_that_differ_by_rounding_are_one():
    pieces = (box("C1", "cell", 0, 0, 0, 30, 100, 80), box("C2", "cell", 30, 1e-12, 0, 60, 100, 80))
    assert faces(placed_sweeps(layout(*pieces)), 1).tolist() == [0.0, 100.0]
