"""Extrusions with channels, made without a boolean: the solid that the kernel's own fuse makes of the stack."""

from __future__ import annotations

import math

import pytest
from cad_layouts import CELL

from packtool.cad.bored import as_bored
from packtool.cad.check import is_valid
from packtool.cad.shapes import volume_mm3
from packtool.cad.solids import _fused, faces_of, product_solid
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Product, Sweep
from packtool.layout.strip import Path, strip

pytestmark = pytest.mark.cad

BULGE = math.tan(math.radians(30) / 4)
SINE, RISE = 10 * math.sin(math.radians(30)), 10 * (1 - math.cos(math.radians(30)))
WAVE = Path(
    ((-20.0, 0.0), (-2 * SINE, 0.0), (-SINE, RISE), (0.0, 2 * RISE), (30.0, 2 * RISE)), (0.0, BULGE, -BULGE, 0.0)
)  # level, 30 degrees up on a radius of 10, back to level
LEVEL = Path(((-20.0, 0.0), (30.0, 0.0)), (0.0,))


def ribbon(path: Path, ports: int = 2) -> Product:
    """2.5 mm thick with walls of 0.5; ports 4 mm high with webs of 1 mm."""
    whole = Profile(strip(path, -1.25, 1.25))
    walls = Profile(strip(path, -1.25, -0.75)), Profile(strip(path, 0.75, 1.25))
    metal = [Sweep(whole, 0.0, 1.0)]
    for port in range(ports):
        low = 1 + 5 * port
        metal += [*(Sweep(wall, low, low + 4) for wall in walls), Sweep(whole, low + 4, low + 5)]
    return Product("ribbon", "cold_plate", CELL.id, tuple(metal))


@pytest.mark.parametrize("path", [LEVEL, WAVE], ids=["straight", "wavy"])
@pytest.mark.parametrize("ports", [1, 2, 5])
def test_it_is_the_solid_that_a_fuse_makes_face_for_face(path: Path, ports: int) -> None:
    from packtool.cad.extrude import extruded

    product = ribbon(path, ports)
    bored = as_bored(product.sweeps)
    assert bored is not None
    assert len(bored.channels) == ports
    made, fused = product_solid(product), _fused([extruded(sweep) for sweep in product.sweeps])
    assert is_valid(made)
    assert made.volume_mm3 == pytest.approx(product.volume_mm3(), rel=1e-12)  # planes and cylinders: exact but for rounding
    assert made.volume_mm3 == pytest.approx(volume_mm3(fused), rel=1e-9)
    sides = len(path.bulges)
    assert len(faces_of(made.shape)) == len(faces_of(fused)) == 2 + 2 + 2 * sides + ports * (2 + 2 * sides)


def test_stacks_of_another_form_are_left_to_the_fuse() -> None:
    whole, half = Profile.rectangle(0, 0, 10, 4), Profile.rectangle(0, 0, 10, 2)
    left, right = Profile.rectangle(0, 0, 3, 4), Profile.rectangle(7, 0, 10, 4)
    open_to_the_corner = [Sweep(whole, 0, 1), Sweep(left, 1, 2), Sweep(half, 1, 2), Sweep(whole, 2, 3)]
    through = [Sweep(whole, 0, 1), Sweep(left, 1, 2), Sweep(right, 1, 2), Sweep(whole, 2, 3)]
    assert as_bored(through) is not None
    for other in (
        open_to_the_corner,
        through[:3],  # open above
        [*through[:3], Sweep(whole, 2.5, 3)],  # apart
        [Sweep(whole, 0, 1), Sweep(half, 1, 2)],
        [Sweep(Profile(whole.outer, (Loop.circle(5, 2, 1),)), 0, 1), *through[1:]],
    ):
        assert as_bored(other) is None
