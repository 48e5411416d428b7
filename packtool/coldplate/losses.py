"""Pressure lost in a branch of a cold plate, by component, as a function of its mass flow; what is lost and recovered at its nodes.

Square bends are full-width corners (milled or stamped), round ones concentric arcs. Loss coefficients are turbulent ones, from
``fluids.fittings`` and Crane TP-410; in laminar flow they rise again below Re about 100, which friction outweighs there by far: one
hydraulic diameter of friction per square bend is put into the uncertainty instead. Against two finite-element solutions of a three-pass
serpentine at Re 431 (tests/coldplate) the sum is within 3 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from fluids.fittings import bend_miter, entrance_sharp

from packtool.coldplate.friction import RE_TURBULENT, entrance_excess, friction_darcy_Re, refuse_reynolds, transition_weight
from packtool.coldplate.passages import RUN, SIDE, TURN, Passages
from packtool.errors import SolveError
from packtool.layout.coolant import RE_LAMINAR
from packtool.mesh.records import Floats

K_BEND = float(bend_miter(90, method="Rennels"))
"""Square 90 degree bend, 1.20 (Rennels & Hudson, Pipe Flow, 2012); in place of the straight friction beyond its centreline."""
LEAST_RADIUS = 0.5
"""Least radius of a round bend over the channel's width: Rennels & Hudson's range; the inner edge is sharp there."""
K_ENTRANCE = float(entrance_sharp(method="Crane"))
"""From a header into a side branch, on the branch's velocity: 0.5, the sharp entrance. Crane TP-410 gives 0.3..1 for tees of 90 degrees."""
RUN_DIVIDING = 0.4
"""Crane TP-410, run of a dividing tee: K = 0.4 (Q_branch / Q)² on the combined velocity."""
RUN_COMBINING = (1.55, -1.0)
"""Crane TP-410, run of a combining tee of 90 degrees: K = 1.55 q - q², q = Q_branch / Q, on the combined velocity."""
RAMP = 0.5
"""Where less than half of the larger flow goes straight on, the run's pressure change fades (smoothly) into that of a side branch, which
is what the branch is once the flow from the other side has stopped or turned."""

UNCERTAINTY_BENDS = 0.4
UNCERTAINTY_JUNCTIONS = 0.5
"""Relative half-widths: remembered spread of the handbooks (Idelchik, Miller, Crane against each other): square bends 0.8..1.6, tees 50 %."""
UNCERTAINTY_ENTRANCE = 0.1
UNCERTAINTY_LAMINAR = 0.05
UNCERTAINTY_TURBULENT = 0.1
UNCERTAINTY_TRANSITION = 0.3
"""Friction: laminar is exact but for the viscosity across the section (properties are the bulk's; with mu_wall/mu_bulk to the power 0.5..0.58,
Kays & Crawford, a wall 3 K off in meg50 is 5 %: less where it is warmer, more where it is colder); Colebrook with Jones's diameter 10 %; between, the ends' distance."""


@dataclass(frozen=True, slots=True)
class FlowPhysics:
    """Which losses count. The default is all of them; ``DEVELOPED_LAMINAR`` is the linear network of the reference cases."""

    entrance: bool = True
    bends: bool = True
    junctions: bool = True
    turbulence: bool = True


DEVELOPED_LAMINAR = FlowPhysics(entrance=False, bends=False, junctions=False, turbulence=False)


@dataclass(frozen=True)
class BranchLosses:
    """Pressure lost along each branch in the direction start -> end (n,) [Pa], by component; ``Re`` and ``velocity`` (n,), signed [m/s]."""

    friction: Floats
    entrance: Floats
    bends: Floats
    fittings: Floats
    calibration: Floats
    Re: Floats
    velocity: Floats

    @property
    def total(self) -> Floats:
        """Sum of the components (n,) [Pa]."""
        return self.friction + self.entrance + self.bends + self.fittings + self.calibration


def branch_losses(
    p: Passages, mass_flow: Floats, rho: Floats, mu: Floats, roughness: float | Floats, physics: FlowPhysics
) -> BranchLosses:
    """Losses between the two ends of each branch.

    ``mass_flow`` (n,) [kg/s] signed; ``rho`` [kg/m³], ``mu`` [Pa s] (n,); ``roughness`` [m], one or (n,). Range: that of the friction
    correlations (Re 0..1e6, relative roughness 0..0.05); SolveError outside.
    """
    v = mass_flow / (rho * p.area)
    Re = np.abs(mass_flow) * p.D_h / (p.area * mu)
    refuse_reynolds(Re, p.names)
    length = np.where(p.frictionless, 0.0, p.straight if physics.junctions else p.length)
    friction = friction_darcy_Re(Re, p.aspect, roughness / p.D_h, physics.turbulence, p.f_Re) * mu * v * length / (2 * p.D_h**2)
    head = rho * v * np.abs(v) / 2
    entrance = np.zeros_like(v)
    if physics.entrance:
        fresh = ~np.where(mass_flow >= 0, p.carries_on[:, 0], p.carries_on[:, 1])
        laminar = np.clip(Re, 1e-9, RE_LAMINAR)  # beyond: the loss at Re 2300 in pascal, so that it neither jumps nor falls
        fading = np.minimum(1.0, RE_LAMINAR / np.maximum(Re, 1e-9)) ** 2
        entrance = np.where(
            fresh & ~p.frictionless,
            entrance_excess(np.maximum(length, 1e-9) / (p.D_h * laminar), p.aspect, p.f_Re) * fading * head,
            0.0,
        )
    bends = np.zeros_like(v)
    if physics.bends:
        bends = (p.bends * K_BEND + round_bends(p, Re, roughness)) * head
    fittings = np.zeros_like(v)
    if physics.junctions:
        fittings = np.where(v >= 0, p.K[:, 0], p.K[:, 1]) * head
    calibration = np.zeros_like(v)
    if p.corrections is not None and physics.bends and physics.junctions:
        calibration = p.corrections.loss(Re, mu, rho, p.D_h, v > 0)
    return BranchLosses(friction, entrance, bends, fittings, calibration, Re, v)


def round_bends(p: Passages, Re: Floats, roughness: float | Floats) -> Floats:
    """Loss coefficient of all round bends of each branch beyond straight friction over their length [-], (n,) as ``Re`` (n,).

    Laminar: E. F. Schmidt, Chem. Ing. Tech. 39 (1967) 781, coils, friction times 1 + 0.14 c^0.97 Re^(1 - 0.644 c^0.312), c = D_h over
    the bend's diameter, Re 100 up to his critical 2300 (1 + 8.6 c^0.45); below 100 the excess fades by the same law. It is that of
    flow settled in the bend, so more than a bend of 180 degrees at low Re has. Turbulent: Rennels & Hudson, Pipe Flow (2012), smooth
    bends of 0 to 180 degrees and radius over diameter 0.5 and more, secondary flow (0.10 + 2.4 f) sin(a/2) and separation
    6.6 f (sqrt(sin(a/2)) + sin(a/2)) / (r/d)^(4a/pi); the width across the bend stands for the diameter. Blended as friction is.
    SolveError for a radius below half the width.
    """
    total = np.zeros(len(p.length))
    if len(p.arc_branch) == 0:
        return total
    b = p.arc_branch
    ratio = p.arc_radius / p.width[b]
    if np.any(ratio < LEAST_RADIUS * (1 - 1e-9)):
        name = p.names[int(b[int(ratio.argmin())])]
        raise SolveError(
            f"coolant branch {name}: its bends are tighter than half the channel's width, radius {ratio.min():.3g} widths"
        )
    here, D, aspect, rough = Re[b], p.D_h[b], p.aspect[b], np.broadcast_to(roughness, Re.shape)[b]
    c = D / (2 * p.arc_radius)
    low = np.maximum(here, 1e-9)
    settled = 0.14 * c**0.97 * low ** (1 - 0.644 * c**0.312)
    laminar = (
        friction_darcy_Re(np.minimum(low, RE_LAMINAR), aspect, rough / D, False) / low * p.arc_radius * p.arc_angle / D * settled
    )
    high = np.maximum(here, RE_LAMINAR)
    f = friction_darcy_Re(np.maximum(high, RE_TURBULENT), aspect, rough / D) / np.maximum(high, RE_TURBULENT)
    sine = np.sin(p.arc_angle / 2)
    turbulent = (0.10 + 2.4 * f) * sine + 6.6 * f * (np.sqrt(sine) + sine) / ratio ** (4 * p.arc_angle / np.pi)
    weight = transition_weight(here)
    return total + np.bincount(b, (1 - weight) * laminar + weight * turbulent, len(total))


def end_velocities(p: Passages, flow: Floats, rho: Floats) -> tuple[Floats, Floats]:
    """Velocity (n, 2) [m/s] from the node into each branch's ends, and that of the partner from the same node (0 without one), at mass flows (n,)."""
    v = flow / (rho * p.area)
    out = np.stack([v, -v], axis=1)
    other = np.where(p.partner >= 0, out[np.maximum(p.partner, 0), p.partner_end], 0.0)
    return out, other


def node_drop(p: Passages, out: Floats, rho: Floats, partner_out: Floats) -> Floats:
    """Static pressure at the node less that just inside each end (n, 2) [Pa].

    ``out`` (n, 2) velocity from the node into the branch [m/s], ``partner_out`` (n, 2) the partner's from the same node (0 without
    one), ``rho`` (n, 2). Nodes hold the static pressure of what flows in; a branch that flows in loses its dynamic pressure to the
    node unless its partner carries it on. Header runs: Bernoulli less Crane's loss, so dividing flow recovers pressure and combining
    flow spends it. Turns: Bernoulli, a square bend on the faster side, a sudden expansion or contraction. Continuous in the flows.
    """
    leaves = out > 0
    head = rho * out * np.abs(out) / 2
    side = (1 + K_ENTRANCE) * head
    drop = np.where(leaves & (p.meeting == SIDE), side, 0.0)

    before = np.maximum(-partner_out, 0.0)
    through = np.minimum(before, np.abs(out))
    largest = np.maximum(np.maximum(before, np.abs(out)), 1e-300)
    dividing = np.maximum(before - out, 0.0)
    q = np.where(leaves, np.maximum(out - before, 0.0) / largest, 0.0)
    lost = RUN_DIVIDING * dividing**2 + (RUN_COMBINING[0] * q + RUN_COMBINING[1] * q**2) * largest**2
    run = rho / 2 * (out**2 - before**2 + lost)
    straight = np.minimum(1.0, through / (RAMP * largest))
    ramp = straight**2 * (3 - 2 * straight)
    drop = np.where(leaves & (p.meeting == RUN), ramp * run + (1 - ramp) * side, drop)

    other = np.maximum(p.partner, 0)
    ratio = p.area[:, None] / p.area[other]  # this branch over the one that feeds it
    fed = ratio * out
    change = np.where(ratio > 1, expansion(1 / np.maximum(ratio, 1.0)) * fed**2, contraction(np.minimum(ratio, 1.0)) * out**2)
    turn = rho / 2 * (out**2 - fed**2 + p.corner * K_BEND * np.maximum(out, fed) ** 2 + change)
    return np.where(leaves & (p.meeting == TURN), turn, drop)


def expansion(area_ratio: Floats) -> Floats:
    """Loss coefficient of a sudden expansion on the smaller side's velocity [-]: (1 - A1/A2)², Borda-Carnot. ``area_ratio`` (0, 1]."""
    return (1 - np.asarray(area_ratio, float)) ** 2


def contraction(area_ratio: Floats) -> Floats:
    """Loss coefficient of a sudden contraction on the smaller side's velocity [-]. ``area_ratio`` smaller over larger, (0, 1].

    Rennels & Hudson, Pipe Flow (2012), eq. 10.3, of round pipes: 0.0696 (1 - b^5) J² + (J - 1)², J = 1 + 0.622 (1 - 0.215 b² -
    0.785 b^5), b² the area ratio.
    """
    ratio = np.asarray(area_ratio, float)
    fifth = ratio**2.5
    jet = 1 + 0.622 * (1 - 0.215 * ratio - 0.785 * fifth)
    return 0.0696 * (1 - fifth) * jet**2 + (jet - 1) ** 2


def friction_uncertainty(Re: Floats) -> Floats:
    """Relative half-width of the friction at Re [-], same shape."""
    weight = transition_weight(Re)
    inside = np.where((weight > 0) & (weight < 1), UNCERTAINTY_TRANSITION, 0.0)
    return np.maximum(inside, np.where(weight > 0, UNCERTAINTY_TURBULENT, UNCERTAINTY_LAMINAR))
