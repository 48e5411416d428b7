"""The exact profile of developed flow in a rectangular duct."""

import numpy as np
import pytest

from packtool.coldplate.flow3d.duct import developed_profile, plates_profile


@pytest.mark.parametrize(
    ("aspect", "highest"),
    [(1, 2.096256), (2, 1.991796), (3, 1.863646), (4, 1.773681), (5, 1.714970), (8, 1.628266), (10, 1.600896)],
)
def test_its_highest_velocity_is_that_of_shah_and_london(aspect, highest):
    # C1 of the verification cases, printed to 7 digits
    assert developed_profile(np.array(0.0), np.array(0.0), float(aspect), 1.0) == pytest.approx(highest, abs=1e-6)


@pytest.mark.parametrize("size", [(10.0, 3.0), (3.0, 10.0), (1.0, 1.0), (1.0, 400.0)])
def test_its_mean_is_one_and_it_rests_on_the_walls(size):
    where, weight = np.polynomial.legendre.leggauss(60)
    y, z = np.meshgrid(where * size[0] / 2, where * size[1] / 2, indexing="ij")
    profile = developed_profile(y, z, *size)
    assert np.sum(np.outer(weight, weight) * profile) / 4 == pytest.approx(1, abs=2e-4)  # 60 points across a wall layer
    along = np.linspace(-0.5, 0.5, 41)
    for y, z in ((along * size[0], 0 * along + size[1] / 2), (0 * along - size[0] / 2, along * size[1])):
        assert np.abs(developed_profile(y, z, *size)).max() < 2e-5  # the series' rest at the wall


def test_a_wide_duct_is_like_plates_in_its_middle():
    z = np.linspace(-0.5, 0.5, 11)
    # the side walls hold back 0.63 heights' worth of flow
    assert developed_profile(0 * z, z, 100.0, 1.0) == pytest.approx(plates_profile(z, 1.0) / (1 - 0.0063), abs=1e-4)
