"""Volumes, centres and inertia in closed form, against textbook figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cad_layouts import small_pack

from packtool.cad.moments import loop_moments, swept_moments
from packtool.layout.profiles import Loop, Profile
from packtool.layout.records import Part, Sweep

ROUND_OFF = 1e-12  # relative: a few dozen floating point operations


def test_rectangle_off_the_origin() -> None:
    # 4 x 2 rectangle with its middle at (3, 5): Steiner's theorem
    expected = [8, 24, 40, 4**3 * 2 / 12 + 8 * 9, 4 * 2**3 / 12 + 8 * 25, 8 * 3 * 5]
    assert loop_moments(Loop.rectangle(1, 4, 5, 6)) == pytest.approx(expected, rel=ROUND_OFF)


def test_circle_off_the_origin() -> None:
    radius, x, y = 2.5, 7.0, -4.0
    area = math.pi * radius**2
    own = math.pi * radius**4 / 4
    expected = [area, area * x, area * y, own + area * x**2, own + area * y**2, area * x * y]
    assert loop_moments(Loop.circle(x, y, radius)) == pytest.approx(expected, rel=ROUND_OFF)


def test_circle_does_not_depend_on_how_it_is_cut_into_arcs() -> None:
    angles = (0.3, 1.1, 3.9, 5.0)  # arcs of 0.8, 2.8 (more than a quarter), 1.1 and 1.58 rad
    turns = [(b - a) % math.tau for a, b in zip(angles, angles[1:] + angles[:1], strict=True)]
    cut = Loop(tuple((7 + 2.5 * math.cos(a), -4 + 2.5 * math.sin(a), math.tan(t / 4)) for a, t in zip(angles, turns, strict=True)))
    assert loop_moments(cut) == pytest.approx(loop_moments(Loop.circle(7, -4, 2.5)), rel=ROUND_OFF)


def test_clockwise_arcs_count_negative() -> None:
    there = Loop(((0, 0, 0.4), (6, 1, -0.3), (5, 7, 0.0)))
    back = Loop(((5, 7, 0.3), (6, 1, -0.4), (0, 0, 0.0)))
    assert loop_moments(back) == pytest.approx(-loop_moments(there), rel=ROUND_OFF)


def test_arc_that_cuts_into_the_outline() -> None:
    # a unit square whose right side is a quarter circle bulging inwards: less the segment of radius 1/sqrt(2)
    dented = Loop(((0, 0, 0.0), (1, 0, -math.tan(math.pi / 8)), (1, 1, 0.0), (0, 1, 0.0)))
    assert loop_moments(dented)[0] == pytest.approx(1 - (math.pi / 2 - 1) / 4, rel=ROUND_OFF)


def test_tube_has_the_inertia_of_the_textbook() -> None:
    outer, inner, height = 10.0, 8.0, 30.0
    tube = swept_moments((Sweep(Profile(Loop.circle(0, 0, outer), (Loop.circle(0, 0, inner),)), -height / 2, height / 2),))
    volume = math.pi * (outer**2 - inner**2) * height
    about_axis = tube.second[0, 0] + tube.second[1, 1]
    across = tube.second[1, 1] + tube.second[2, 2]
    assert tube.volume == pytest.approx(volume, rel=ROUND_OFF)
    assert about_axis == pytest.approx(volume * (outer**2 + inner**2) / 2, rel=ROUND_OFF)
    assert across == pytest.approx(volume * (3 * (outer**2 + inner**2) + height**2) / 12, rel=ROUND_OFF)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_placing_turns_then_moves(rotation: int) -> None:
    box = swept_moments((Sweep(Profile.rectangle(0, 0, 4, 2), 1, 4),)).placed(Part("a", "box", (10, 20, 30), rotation))
    corner = {0: (2, 1), 90: (-1, 2), 180: (-2, -1), 270: (1, -2)}[rotation]
    lengths = (4, 2, 3) if rotation in (0, 180) else (2, 4, 3)
    centre = np.array([10 + corner[0], 20 + corner[1], 32.5])
    assert box.first / box.volume == pytest.approx(centre, rel=ROUND_OFF)
    own = box.second - box.volume * np.outer(centre, centre)
    assert own == pytest.approx(box.volume * np.diag([side**2 / 12 for side in lengths]), abs=1e-8)  # cancels terms of 1e5


@pytest.mark.cad
def test_the_kernel_integrates_the_same_first_and_second_moments() -> None:
    from OCP.BRepGProp import BRepGProp
    from OCP.gp import gp_Pnt
    from OCP.GProp import GProp_GProps

    from packtool.cad.rounding import rounded_sweeps
    from packtool.cad.solids import placement, product_solids

    layout = small_pack()
    solids = product_solids(layout)
    for part in layout.parts:
        ours = swept_moments(rounded_sweeps(layout.product(part.product))).placed(part)
        centre = ours.first / ours.volume
        about_centre = ours.second - ours.volume * np.outer(centre, centre)
        kernel = GProp_GProps(gp_Pnt(0, 0, 0))
        BRepGProp.VolumeProperties_s(solids[part.product].shape.Moved(placement(part)), kernel)
        middle, inertia = kernel.CentreOfMass(), kernel.MatrixOfInertia()  # the kernel's matrix is about the centre of mass
        theirs = np.array([[inertia.Value(i, j) for j in (1, 2, 3)] for i in (1, 2, 3)])
        small = 1e-9 * np.abs(theirs).max()  # Steiner's terms cancel nine of sixteen digits at most
        assert centre == pytest.approx([middle.X(), middle.Y(), middle.Z()], rel=1e-9, abs=1e-9)
        assert np.trace(about_centre) * np.eye(3) - about_centre == pytest.approx(theirs, rel=1e-9, abs=small)
