"""A number held against its limit: the one place where "holds" is decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from packtool.results import Result
from packtool.rules.records import Evidence, Finding, NotChecked, Sense, Severity

ROUNDING = 1e-9
"""Share of the limit that a value may be past it and still keep it: sums and products of decimal numbers round (96 x 4.2 V is
403.20000000000005 V), and no design is built to a billionth."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit with where it comes from: the design (then it is an error to break it) or the rule's default (then a warning)."""

    value: float
    key: str
    severity: Severity


def limit_of(evidence: Evidence, field: str, default: float | None = None, key: str | None = None) -> Limit:
    """The design's ``limits.FIELD``, else ``default`` (spoken of at ``key``). Raises NotChecked where there is neither."""
    given = getattr(evidence.loaded.design.limits, field)
    if given is not None:
        return Limit(float(given), f"limits.{field}", "error")
    if default is None:
        raise NotChecked(f"limits.{field} is not given")
    return Limit(default, key or "limits", "warning")


def limits_of(evidence: Evidence, field: str, warn: float, fail: float, key: str) -> tuple[Limit, ...]:
    """The design's ``limits.FIELD`` alone, else the rule's two defaults: a warning at ``warn``, an error at ``fail``."""
    if getattr(evidence.loaded.design.limits, field) is not None:
        return (limit_of(evidence, field),)
    return Limit(warn, key, "warning"), Limit(fail, key, "error")


class Of(TypedDict, total=False):
    """What a comparison may speak of: the value's ``error`` (None: exact), a ``part``, a ``case``."""

    error: float | None
    part: str | None
    case: str | None


def stated(evidence: Evidence, rule: str, severity: Severity, holds: bool, message: str, key: str) -> Finding:
    """A finding without a number."""
    place = evidence.loaded.place(key)
    return Finding(
        rule,
        severity,
        holds,
        message,
        key=key,
        file=place.file if place.line else evidence.loaded.file,
        line=place.line,
        column=place.column,
    )


def _compared(
    evidence: Evidence, rule: str, what: str, value: float, limit: Limit, unit: str, sense: Sense, holds: bool, of: Of
) -> Finding:
    plain = stated(evidence, rule, limit.severity, holds, what, limit.key)
    return replace(plain, value=value, limit=limit.value, unit=unit, sense=sense, **of)


def at_most(evidence: Evidence, rule: str, what: str, value: float, limit: Limit, unit: str, **of: Unpack[Of]) -> Finding:
    """Holds if value + error <= limit, but for rounding."""
    holds = value + (of.get("error") or 0.0) <= limit.value + ROUNDING * abs(limit.value)
    return _compared(evidence, rule, what, value, limit, unit, "at most", holds, of)


def at_least(evidence: Evidence, rule: str, what: str, value: float, limit: Limit, unit: str, **of: Unpack[Of]) -> Finding:
    """Holds if value - error >= limit, but for rounding."""
    holds = value - (of.get("error") or 0.0) >= limit.value - ROUNDING * abs(limit.value)
    return _compared(evidence, rule, what, value, limit, unit, "at least", holds, of)


def result_at_most(evidence: Evidence, rule: str, what: str, row: Result, limit: Limit) -> Finding:
    """``at_most`` of a solved result with its uncertainty, its part and its case."""
    return at_most(evidence, rule, what, row.value, limit, row.unit, error=row.uncertainty, part=row.region, case=row.case)


def result_at_least(evidence: Evidence, rule: str, what: str, row: Result, limit: Limit) -> Finding:
    """``at_least`` of a solved result with its uncertainty, its part and its case."""
    return at_least(evidence, rule, what, row.value, limit, row.unit, error=row.uncertainty, part=row.region, case=row.case)


def solved(evidence: Evidence, name: str) -> Iterator[Result]:
    """The results called ``name``, one a case. Raises NotChecked where there is none."""
    if name.startswith("coolant.") and evidence.loaded.design.cold_plate is None:
        raise NotChecked("the design has no cold plate")
    rows = evidence.results.named(name) if evidence.results is not None else ()
    if not rows:
        raise NotChecked(f"no result {name}")
    yield from rows
