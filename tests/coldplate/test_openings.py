"""A plate solved by finite elements has openings in its plane; the design's fittings take their place by the network."""

from pathlib import Path

import numpy as np
import pytest

from packtool.coldplate.flow3d.openings import openings
from packtool.coldplate.flow3d.window import opened
from packtool.coldplate.friction import laminar_f_Re
from packtool.coldplate.network import split_flow
from packtool.coldplate.passages import passages
from packtool.design.load import load_design
from packtool.layout.lay_out import lay_out

BUS = Path(__file__).parents[2] / "templates" / "bus-lfp.yaml"
SMALL = ("arrangement.rows=1", "arrangement.cells_per_row=4", "electrical.series=4", "cold_plate.flow_lpm=1")
SERPENTINE = ("cold_plate.type=serpentine", "cold_plate.channels=1", "cold_plate.passes=5")
MANIFOLD = ("cold_plate.channels=3", "cold_plate.passes=1", "cold_plate.manifold=U")
RHO, MU = 1066.0, 3.5e-3
pytestmark = pytest.mark.fem


def designed(*sets):
    loaded = load_design(BUS, (*SMALL, *sets))
    return lay_out(loaded), loaded.design.cold_plate


def poiseuille(branch, length_mm, height_mm, mass_flow):
    """Developed friction [Pa]."""
    w, h = branch.width_mm * 1e-3, height_mm * 1e-3
    D_h, v = 2 * w * h / (w + h), mass_flow / RHO / (w * h)
    return 2 * float(laminar_f_Re(np.array(min(w, h) / max(w, h)))) * MU * v * length_mm * 1e-3 / D_h**2


def test_a_serpentine_gets_its_fittings_and_entrance_and_loses_what_it_is_longer():
    layout, plate = designed(*SERPENTINE)
    flow = 0.005
    found = openings(layout, plate, flow, RHO, MU)
    (design,), (solved,) = layout.network.branches, opened(layout, plate).network.branches
    longer = sum(solved.leg_lengths_mm()) - sum(design.leg_lengths_mm())
    assert longer > 0
    one = np.ones(1)
    parts = split_flow(passages(layout.network), flow, RHO * one, MU * one).parts
    by_hand = parts["fittings"] + parts["entrance"] - poiseuille(design, longer, plate.channel_height_mm, flow)
    assert found.beyond == pytest.approx(by_hand, rel=1e-6)  # two Newton solves


def test_a_manifold_in_creeping_flow_loses_no_more_than_the_friction_of_the_headers_to_the_plate_s_edge():
    layout, plate = designed(*MANIFOLD)
    flow = 1e-7  # Re below 0.01: all that goes with the square of the flow has gone
    view = opened(layout, plate)
    stubs = [b for b in view.network.branches if b.name.endswith("stub")]
    assert len(stubs) == 2
    friction = sum(poiseuille(b, sum(b.leg_lengths_mm()), plate.channel_height_mm, flow) for b in stubs)
    found = openings(layout, plate, flow, RHO, MU)
    # with a header through it, a node's channel begins at the header's side: half a header less of friction
    assert -friction < found.beyond < -0.2 * friction
    assert found.scatter < 0.06 * friction  # all but 5 % of the viscosity is known


def test_what_is_no_friction_is_known_to_half_of_itself():
    layout, plate = designed(*SERPENTINE)
    slow, fast = (openings(layout, plate, flow, RHO, MU) for flow in (0.004, 0.008))
    assert slow.scatter < 0.6 * fast.scatter  # heads grow with the square
    assert 0.2 * abs(fast.beyond) < fast.scatter < abs(fast.beyond) + fast.solved
