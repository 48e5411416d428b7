"""Closed layers of air inside the enclosure."""

from __future__ import annotations

from packtool.catalogue.properties import coolant_state
from packtool.catalogue.records import Coolant, Material
from packtool.results import ZERO_CELSIUS
from packtool.thermal.surfaces import STEFAN_BOLTZMANN

SUTHERLAND_AIR_K = 194.0  # of the conductivity of air; see air_conductivity
BARE_METAL_EMISSIVITY = 0.1  # inside of tray and lid where the material's own is unknown; remembered, bare aluminium


def emissivity_of(material: Material) -> float:
    """Its emissivity; where that is unknown, of bare metal."""
    return material.emissivity.value if material.emissivity is not None else BARE_METAL_EMISSIVITY


def air_conductivity(air: Coolant, T: float) -> float:
    """Conductivity of still air [W/m/K] at ``T`` [K]: the catalogue's, and beyond its table from its nearest end by Sutherland's law.

    k ~ T^1.5 / (T + 194 K), +-2 % from 200 to 2000 K (F. M. White, Viscous Fluid Flow, table 1-3; remembered, and within 1 % of the
    catalogue's table from end to end): a design's ambient may be -60 to 120 degC, and the catalogue's air is known from 0.5 to 60.
    """
    first, last = (end + ZERO_CELSIUS for end in air.range_degC)
    known = min(max(T, first), last)
    return coolant_state(air, known).k * (T / known) ** 1.5 * (known + SUTHERLAND_AIR_K) / (T + SUTHERLAND_AIR_K)


def air_gap_conductance(thickness_m: float, T: float, air: Coolant, emissivities: tuple[float, float]) -> float:
    """Conductance of a closed layer of air [W/m²/K]: conduction of still air and radiation between two grey plates, both at ``T`` [K].

    Natural convection in the layer is left out: exact where the warmer side is above (the air over a pack colder than its ambient);
    beside and over a pack warmer than its ambient less heat gets out than does, so the pack comes out too warm; beside a colder one
    less gets in. Source: Incropera, Fundamentals of Heat and Mass Transfer, sections 9.8, 13.3.
    """
    still = air_conductivity(air, T) / thickness_m
    first, second = emissivities
    return still + 4 * STEFAN_BOLTZMANN * T**3 / (1 / first + 1 / second - 1)
