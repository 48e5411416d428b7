"""Features of the CAD only: openings, added material and fillets have their closed-form volume and weight."""

from __future__ import annotations

import math

import numpy as np
import pytest

from packtool.cad.moments import band_moments, product_moments
from packtool.layout.bands import fillet
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Detail, Product, Sweep

EXACT = 1e-9
"""Relative; planes and cylinders are integrated to rounding (about 1e-13), a torus by the kernel's quadrature (about 1e-10)."""

BASIN = Loop.rounded_rectangle(-50, -30, 50, 30, 12)


def block(*details: Detail) -> Product:
    return Product("block", "tray", "al_6061_t6", (Sweep(Profile.rectangle(-20, -10, 20, 10), 0, 30),), details=details)


def basin(radius: float) -> Product:
    outside = Loop.rounded_rectangle(-53, -33, 53, 33, 15)
    sweeps = (Sweep(Profile(outside), 0, 3), Sweep(Profile(outside, (BASIN,)), 3, 40))
    return Product("basin", "tray", "al_6061_t6", sweeps, bands=(fillet(BASIN, 3, radius),))


def kernel_properties(product: Product) -> tuple[float, np.ndarray, np.ndarray]:
    """Volume, first moments and inertia about the centroid, from the CAD kernel."""
    from OCP.BRepGProp import BRepGProp
    from OCP.GProp import GProp_GProps

    from packtool.cad.solids import product_solid

    found = GProp_GProps()
    BRepGProp.VolumeProperties_s(product_solid(product).shape, found, 1e-12)
    centre, inertia = found.CentreOfMass(), found.MatrixOfInertia()
    tensor = np.array([[inertia.Value(i, j) for j in (1, 2, 3)] for i in (1, 2, 3)])
    return found.Mass(), found.Mass() * np.array([centre.X(), centre.Y(), centre.Z()]), tensor


@pytest.mark.cad
@pytest.mark.parametrize(
    "detail",
    [
        Detail(Profile(Loop.circle(4, 15, 3)), "x", 12, 20),
        Detail(Profile(Loop.circle(12, -7, 3)), "y", -10, 2),
        Detail(Profile(Loop.circle(5, 2, 3)), "z", 20, 30),
        Detail(Profile.rectangle(-4, 6, 3, 11), "x", -20, -11),
        Detail(Profile(Loop.circle(2, 14, 5), (Loop.circle(2, 14, 2),)), "x", 20, 33, adds=True),
        Detail(Profile(Loop.circle(21, 3, 4)), "y", 10, 25, adds=True),
    ],
    ids=["hole-x", "hole-y", "hole-z", "pocket-x", "tube-x", "pin-y"],
)
def test_a_detail_changes_volume_and_moments_as_the_kernel_finds(detail: Detail) -> None:
    product = block(detail)
    volume, first, inertia = kernel_properties(product)
    moments = product_moments(product, product.sweeps)
    assert volume == pytest.approx(product.finished_volume_mm3(), rel=EXACT)
    assert product.finished_volume_mm3() == pytest.approx(24_000 + detail.volume(), rel=1e-14)  # sums
    assert moments.first == pytest.approx(first, rel=EXACT, abs=EXACT * 24_000 * 30)
    centre = moments.first / moments.volume
    about = moments.second - moments.volume * np.outer(centre, centre)
    assert np.trace(about) * np.eye(3) - about == pytest.approx(inertia, rel=1e-8, abs=1e-8 * np.abs(inertia).max())
    x0, y0, z0, x1, y1, z1 = product.bounds()
    assert (x0, y0, z0) == (-20, -10, 0)
    assert (x1, y1, z1) == ((33, 10, 30) if detail.axis == "x" and detail.adds else (20, 25, 30) if detail.adds else (20, 10, 30))


@pytest.mark.cad
@pytest.mark.parametrize("radius", [2.0, 6.0, 12.0])
def test_a_floor_fillet_adds_what_pappus_says(radius: float) -> None:
    product = basin(radius)
    volume, first, inertia = kernel_properties(product)
    moments = product_moments(product, product.sweeps)
    assert volume == pytest.approx(product.finished_volume_mm3(), rel=EXACT)
    assert moments.volume == pytest.approx(product.finished_volume_mm3(), rel=1e-12)  # Gauss points: exact to rounding
    assert moments.first == pytest.approx(first, rel=1e-8, abs=1e-8 * volume * 40)  # the kernel's quadrature of tori
    centre = moments.first / moments.volume
    about = moments.second - moments.volume * np.outer(centre, centre)
    assert np.trace(about) * np.eye(3) - about == pytest.approx(inertia, rel=1e-7, abs=1e-7 * np.abs(inertia).max())  # as above


def test_a_straight_fillet_in_closed_form() -> None:
    """Along a circle of radius R the section's centroid is 2 r (1 - pi/4 ...) from the wall; the whole ring by Pappus."""
    ring = fillet(Loop.circle(0, 0, 20), 0, 5)
    from_wall = 5 * (10 - 3 * math.pi) / (12 - 3 * math.pi)
    assert ring.volume() == pytest.approx((1 - math.pi / 4) * 25 * 2 * math.pi * (20 - from_wall), rel=1e-13)
    assert band_moments(ring).volume == pytest.approx(ring.volume(), rel=1e-11)  # 12 Gauss points a half turn
