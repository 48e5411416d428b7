"""Every verification case, in the order of the list."""

from __future__ import annotations

from packtool.verification.abuse import abuse_cases
from packtool.verification.battery_heat import battery_heat_cases
from packtool.verification.coldplate import CASES as COLD_PLATE_CASES
from packtool.verification.conduction import conduction_cases
from packtool.verification.conjugate import CASES as CONJUGATE_CASES
from packtool.verification.coolant_time import CASES as COOLANT_TIME_CASES
from packtool.verification.flow import CASES as FLOW_CASES
from packtool.verification.one_wall import CASES as ONE_WALL_CASES
from packtool.verification.pack_battery import pack_battery_cases
from packtool.verification.pack_melting import pack_melting_cases
from packtool.verification.records import VerificationCase
from packtool.verification.transients import transient_cases


def cases() -> tuple[VerificationCase, ...]:
    """All cases: conduction steady and in time, cold plate, laminar flow, heat in it, battery heat, abuse. ``run`` compiles forms into
    ``packtool.fem.start.default_cache()``."""
    heat = (*conduction_cases(), *transient_cases())
    return (
        *heat,
        *COLD_PLATE_CASES,
        *COOLANT_TIME_CASES,
        *FLOW_CASES,
        *CONJUGATE_CASES,
        *ONE_WALL_CASES,
        *battery_heat_cases(),
        *pack_battery_cases(),
        *pack_melting_cases(),
        *abuse_cases(),
    )
