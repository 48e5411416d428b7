"""What a cold plate solve is given and gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from packtool.coldplate.friction import Regime, regime_of
from packtool.coldplate.nusselt import Wall
from packtool.mesh.records import Floats, Integers


@dataclass(frozen=True, slots=True)
class HeatPhysics:
    """How the walls' heat transfer is taken.

    ``wall``: H1 (default; heat flux even along the duct) or T (one temperature, the lower bound; always of ducts whose ``T_wall`` is given). ``restart_at_bends``: False (default, conservative)
    carries the thermal layer round square turns as if they were straight; True starts it anew behind every bend (optimistic at low
    Re: against a finite-element serpentine at Re 431 the truth lies between, nearer to True).
    ``given_h``: h [W/m²/K] on all walls, in place of the correlations. ``lowest_film``: every film at the lower end of its stated scatter, to see what that makes of the temperatures.
    """

    wall: Wall = "H1"
    restart_at_bends: bool = False
    lowest_film: bool = False
    given_h: float | None = None


@dataclass(frozen=True)
class PathTable:
    """The coolant's path, one row a segment (n_segments,), branch by branch in the network's order.

    ``branch`` index into ``names``; ``s_mm``, ``x_mm``, ``y_mm`` of the segment's middle; ``T_degC`` mean of the coolant;
    ``T_wall_degC`` area-weighted mean of the wall (NaN where no wall belongs to the segment); ``h`` [W/m²/K]; ``Re``; ``velocity``
    [m/s], positive from the branch's start to its end; ``heat_W`` taken up; ``regime``; ``calibrated``: share of ``h`` that is a calibration's, None without one.
    """

    names: tuple[str, ...]
    branch: Integers
    s_mm: Floats
    x_mm: Floats
    y_mm: Floats
    T_degC: Floats
    T_wall_degC: Floats
    h: Floats
    Re: Floats
    velocity: Floats
    heat_W: Floats
    calibrated: Floats | None = None

    @property
    def regime(self) -> tuple[Regime, ...]:
        """laminar (Re <= 2300), transition, turbulent (Re >= 4000), by segment."""
        return regime_of(self.Re)


@dataclass(frozen=True, slots=True)
class PlateShare:
    """One of several plates: ``flow_lpm`` through it at the inlet's density, ``heat_W`` that it takes up, mixed ``outlet_degC`` behind it."""

    flow_lpm: float
    heat_W: float
    outlet_degC: float


@dataclass(frozen=True)
class ColdPlateSolution:
    """The coolant side of a cold plate.

    ``pressure_drop_Pa`` from the inlet fitting's bore to the outlet's, its ``pressure_parts`` and
    the half-width ``pressure_uncertainty_Pa`` from the scatter of the correlations; ``mass_flow_kg_s`` in all, ``flow_lpm`` the same at the inlet's density, ``branch_flow_lpm``
    by branch (positive in the design's direction, at the branch's own density); ``inlet_degC``, ``outlet_degC``; ``heat_W`` from the
    walls, ``enthalpy_rise_W`` m (H_out - H_in), equal to it but for rounding; ``maldistribution`` (largest - smallest) / mean flow of
    the branches of kind channel [-], 0 for a single one; of the flows, of that and of ``max_velocity_m_s`` what the correlations' scatter makes of them,
    ``..._uncertainty``; ``film_K`` the largest difference between wall and coolant, with the
    half-width ``film_uncertainty_K`` of the correlations' scatter; ``path`` segment by segment; ``plates`` what each takes where there are several;
    ``channels`` the names of the branches of kind channel; ``beyond_calibration``: share of the heat or of the power lost in the channels,
    whichever is larger, that correlations tell because Re is outside the calibrated range; None without a calibration.
    """

    pressure_drop_Pa: float
    pressure_parts: Mapping[str, float]
    pressure_uncertainty_Pa: float
    mass_flow_kg_s: float
    flow_lpm: float
    branch_flow_lpm: Mapping[str, float]
    branch_flow_uncertainty_lpm: Mapping[str, float]
    maldistribution: float
    maldistribution_uncertainty: float
    max_velocity_m_s: float
    velocity_uncertainty_m_s: float
    max_Re: float
    min_Re: float
    pumping_power_W: float
    inlet_degC: float
    outlet_degC: float
    heat_W: float
    enthalpy_rise_W: float
    film_K: float
    film_uncertainty_K: float
    path: PathTable
    plates: Mapping[str, PlateShare] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    beyond_calibration: float | None = None
