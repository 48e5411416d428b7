"""Bands along paths: as wide everywhere as they are meant to be, and as long as the path."""

from __future__ import annotations

import math

import pytest

from packtool.layout.strip import Path, strip

S_BEND = Path(((0, 0), (10, 0), (20, 10), (20, 30)), (0.0, math.tan(math.pi / 8), 0.0))


def test_a_band_has_the_area_of_its_length_times_its_width():
    """Pappus: of a band about its middle line, whatever its bends."""
    length = 10 + 10 * math.pi / 2 + 20
    assert strip(S_BEND, -1.5, 1.5).signed_area() == pytest.approx(3 * length)


def test_a_band_beside_the_path_is_longer_or_shorter_by_its_bends():
    assert strip(S_BEND, 1.0, 3.0).signed_area() == pytest.approx(2 * (30 + (10 - 2) * math.pi / 2))


def test_an_offset_stands_square_to_the_path():
    assert S_BEND.offset(2.0).points[-1] == pytest.approx((18.0, 30.0))
    assert S_BEND.moved(5.0, 1.0).points[0] == (5, 1)


def test_corners_and_bends_tighter_than_the_band_are_refused():
    with pytest.raises(ValueError, match="a corner at"):
        strip(Path(((0, 0), (10, 0), (10, 10)), (0.0, 0.0)), -1, 1)
    with pytest.raises(ValueError, match="radius 10 has no parallel 10 inside"):
        strip(S_BEND, 0, 10)
