"""Every verification case, in the order of the list."""

from __future__ import annotations

from packtool.verification.battery_heat import battery_heat_cases
from packtool.verification.coldplate import CASES as COLD_PLATE_CASES
from packtool.verification.conduction import conduction_cases
from packtool.verification.flow import CASES as FLOW_CASES
from packtool.verification.records import VerificationCase


def cases() -> tuple[VerificationCase, ...]:
    """All cases: conduction, cold plate, laminar flow, battery heat. ``run`` compiles forms into ``packtool.fem.start.default_cache()``."""
    return conduction_cases() + COLD_PLATE_CASES + FLOW_CASES + battery_heat_cases()
