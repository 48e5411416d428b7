"""What a vehicle draws from its packs at a speed.

P_wheel = (f m a + m g c_rr + 0.5 rho (c_d A) v²) v; from the battery P_wheel / efficiency while it drives, P_wheel times the
recuperation's efficiency while it brakes, and the auxiliaries always. Level road. Source: any text on vehicle dynamics, for one
R. Rajamani, Vehicle Dynamics and Control (2012), section 4.1 (remembered).
"""

from __future__ import annotations

from math import ceil

from packtool.design.schema.vehicle import Vehicle
from packtool.results import ZERO_CELSIUS

GRAVITY = 9.80665
"""m/s², standard acceleration of gravity (CGPM 1901)."""
AIR_KG_K_M3 = 101_325 / 287.05
"""Density of dry air times its temperature at 1013.25 hPa [kg K/m³]: ideal gas, R = 287.05 J/kg/K (ICAO standard atmosphere)."""
LONGEST_PIECE_S = 1.0
"""Speed ramps are cut into pieces of this length at most; in each the power, cubic in time, is taken straight between its ends."""

Piece = tuple[float, float, float]
"""Seconds, value at the start, value at the end."""


def pack_power_W(vehicle: Vehicle, speed_m_s: float, acceleration: float, air_degC: float) -> float:
    """Power that one pack gives [W] at ``speed_m_s`` [m/s] and ``acceleration`` [m/s²]."""
    rho = AIR_KG_K_M3 / (air_degC + ZERO_CELSIUS)
    inertia = vehicle.rotating_mass_factor * vehicle.mass_kg * acceleration
    rolling = vehicle.mass_kg * GRAVITY * vehicle.rolling_resistance
    drag = 0.5 * rho * vehicle.drag_area_m2 * speed_m_s**2
    wheel = (inertia + rolling + drag) * speed_m_s
    battery = wheel / vehicle.drivetrain_efficiency if wheel > 0 else wheel * vehicle.regen_efficiency
    return (battery + vehicle.auxiliary_kW * 1e3) / vehicle.packs


def power_pieces(vehicle: Vehicle, pieces: tuple[Piece, ...], air_degC: float) -> list[Piece]:
    """(seconds, W, W) of one pack for ``pieces`` of (seconds, km/h, km/h)."""
    made: list[Piece] = []
    for seconds, start, end in pieces:
        a = (end - start) / 3.6 / seconds
        cuts = 1 if a == 0 else ceil(seconds / LONGEST_PIECE_S - 1e-9)
        speeds = [(start + (end - start) * i / cuts) / 3.6 for i in range(cuts + 1)]
        powers = [pack_power_W(vehicle, v, a, air_degC) for v in speeds]
        made += [(seconds / cuts, powers[i], powers[i + 1]) for i in range(cuts)]
    return made
