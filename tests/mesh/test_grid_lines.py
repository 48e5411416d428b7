"""Grid lines: faces merged, intervals divided, sizes graded."""

from __future__ import annotations

import numpy as np
import pytest

from packtool.mesh.grid_lines import Counts, Lines, MaxSize, divided, interval, merged

FACES = np.array([0.0, 1.0, 3.0])


def test_faces_within_the_tolerance_are_one_line():
    np.testing.assert_array_equal(merged([1.0, 0.0, 1.0 + 1e-10, 0.5], 1e-9), [0.0, 0.5, 1.0])


def test_counts_are_per_interval():
    np.testing.assert_allclose(divided(FACES, [2, 4], 1e-9, "x"), [0, 0.5, 1, 1.5, 2, 2.5, 3], rtol=1e-15)


@pytest.mark.parametrize(
    ("towards", "ratios"),
    [("start", [2, 2, 2]), ("end", [0.5, 0.5, 0.5]), ("both", [2, 1, 0.5])],
)
def test_sizes_grow_away_from_the_fine_side(towards, ratios):
    sizes = np.diff(interval(0.0, 1.0, 4, 2.0, towards))
    np.testing.assert_allclose(sizes[1:] / sizes[:-1], ratios, rtol=1e-12)


def test_counts_with_growth_keep_the_faces_exactly():
    lines = divided(FACES, Counts(5, 1.3, "end"), 1e-9, "x")
    assert set(FACES) <= set(lines)
    assert len(lines) == 11


def test_no_element_is_larger_than_the_largest_size():
    sizes = np.diff(divided(FACES, MaxSize(0.3), 1e-9, "x"))
    assert len(sizes) == 4 + 7
    assert sizes.max() <= 0.3


def test_sizes_grow_from_the_first_to_the_largest():
    lines = divided(FACES, MaxSize(0.3, first=0.01, growth=1.5), 1e-9, "x")
    sizes = np.diff(lines)
    at_faces = [sizes[0], sizes[-1], *sizes[[np.searchsorted(lines, 1.0) - 1, np.searchsorted(lines, 1.0)]]]
    assert max(at_faces) <= 0.01
    assert sizes.max() <= 0.3
    growth = np.maximum(sizes[1:] / sizes[:-1], sizes[:-1] / sizes[1:])
    assert np.delete(growth, np.searchsorted(lines, 1.0) - 1).max() <= 1.5 * (1 + 1e-9)


def test_explicit_lines_are_taken_as_they_are():
    np.testing.assert_array_equal(divided(FACES, Lines([0, 0.9, 1, 2, 3]), 1e-9, "x"), [0, 0.9, 1, 2, 3])
