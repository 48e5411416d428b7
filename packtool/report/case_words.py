"""A case in words, for the head of its part of the report."""

from __future__ import annotations

from packtool.design.schema import Case
from packtool.design.schema.cases import DutyTable, Phase, SteadyCase
from packtool.report.quantity import number

CONSTANT = {"current_A": "A", "c_rate": "C", "power_kW": "kW"}
"""Keys of a constant load, and their units."""


def load_of(case: Case) -> str:
    """``steady, 176 A, charge``; phases one after the other: ``transient, 60 A, charge for 600 s, then rest for 300 s``."""
    if isinstance(case, SteadyCase):
        return ", ".join([case.kind, _load(case), *_heaters(case)])
    loads = ", then ".join(_load(phase) for phase in case.phases) if case.phases else _load(case)
    words = [case.kind, loads]
    if case.phases and case.repeat > 1:
        words.append(f"all {case.repeat} times")
    if case.phases and case.duration_s is not None:
        words.append(f"{number(case.duration_s)} s in all")
    if case.initial_degC is not None:
        words.append(f"{number(case.initial_degC)} °C at the start")
    if case.initial_soc is not None:
        words.append(f"SOC {number(case.initial_soc)} at the start")
    if case.coolant is not None:
        words.append("coolant by its schedule")
    return ", ".join([*words, *_heaters(case)])


def _load(of: Case | Phase) -> str:
    """One load, and how long it lasts where that is given."""
    if (duty := getattr(of, "duty", None)) is not None:
        words = _duty(duty) + (f", {of.repeat} times" if not isinstance(of, SteadyCase) and of.repeat > 1 else "")
    else:
        key, value = next((key, value) for key in CONSTANT if (value := getattr(of, key, None)) is not None)
        words = f"{number(value)} {CONSTANT[key]}, {of.direction}" if value else "rest"
    duration = getattr(of, "duration_s", None)
    return words if duration is None else f"{words} for {number(duration)} s"


def _duty(duty: DutyTable | str) -> str:
    if isinstance(duty, str):
        return f"duty {duty}"
    return "a duty by table" if duty.csv is None else f"duty {duty.csv}"


def _heaters(case: Case) -> list[str]:
    return [f"heated by {' and '.join(case.heaters)}"] if case.heaters else []
