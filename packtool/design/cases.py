"""What a case of the design asks of the pack."""

from __future__ import annotations

from packtool.design.demand import Demand
from packtool.design.loaded import LoadedDesign
from packtool.design.schema import SteadyCase, TransientCase
from packtool.design.schema.cases import Direction

LOADS = ("current_A", "c_rate", "power_kW", "duty", "phases")
"""Keys of a case that say its load."""
FULL, EMPTY, READY = 1.0, 0.0, 0.9
"""States of charge that a discharge, a charge and a duty begin at where the case gives none."""


def case_current_A(loaded: LoadedDesign, case: str) -> float:
    """The pack current of a steady case [A], from ``current_A`` or from ``c_rate`` and the pack's capacity."""
    chosen = loaded.design.cases[case]
    assert isinstance(chosen, SteadyCase)
    return _amperes(loaded, chosen.current_A, chosen.c_rate)


def _amperes(loaded: LoadedDesign, current_A: float | None, c_rate: float | None) -> float:
    if current_A is not None:
        return current_A
    assert c_rate is not None  # the schema asks for one of the two
    assert loaded.cell.capacity_Ah is not None  # the loader asks for it
    return c_rate * loaded.cell.capacity_Ah.value * loaded.design.electrical.parallel


def case_demand(loaded: LoadedDesign, case: str) -> Demand:
    """What a transient case asks of the pack over time."""
    return loaded.demands[case]


def largest_current_A(loaded: LoadedDesign, case: str, direction: str) -> float:
    """The largest current of the pack in one direction that a case asks for [A]; 0 where it asks for none.

    A demand of power counts at the pack's nominal voltage.
    """
    chosen = loaded.design.cases[case]
    if isinstance(chosen, SteadyCase):
        return case_current_A(loaded, case) if chosen.direction == direction else 0.0
    demand = case_demand(loaded, case)
    which = 0 if direction == "charge" else 1
    assert loaded.cell.v_nom is not None  # the loader asks for it
    volts = loaded.cell.v_nom.value * loaded.design.electrical.series
    return max(demand.largest("current_A")[which], demand.largest("power_W")[which] / volts)


def directions(loaded: LoadedDesign, case: str) -> tuple[Direction, ...]:
    """Whether a case charges, discharges, or both; neither where it asks for no current."""
    ways: tuple[Direction, ...] = ("charge", "discharge")
    return tuple(way for way in ways if largest_current_A(loaded, case, way) > 0)


def load_key(loaded: LoadedDesign, case: str) -> str:
    """The design key that says how large a case's load is."""
    given = loaded.design.cases[case].model_dump(exclude_none=True)
    return f"cases.{case}.{next(key for key in LOADS if key in given)}"


def initial_soc(case: TransientCase) -> float:
    """State of charge at the start [-]: as given, else by the kind of load."""
    if case.initial_soc is not None:
        return case.initial_soc
    if case.phases:
        charges = case.phases[0].duty is None and case.phases[0].direction == "charge"
        return EMPTY if charges else READY
    if case.duty is not None:
        return READY
    return EMPTY if case.direction == "charge" else FULL
