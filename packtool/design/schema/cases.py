"""The loads that a pack is solved for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, DesignRecord


def _one_current(amperes: float | None, c_rate: float | None) -> str | None:
    if amperes is None and c_rate is None:
        return "missing: give current_A (of the pack) or c_rate"
    return "give current_A or c_rate, not both" if amperes is not None and c_rate is not None else None


class SteadyCase(DesignRecord):
    """The temperatures that a constant current leads to if it lasts: an upper bound for a charge or discharge of that current."""

    agreements = (Agreement(("current_A", "c_rate"), "current_A", _one_current),)

    kind: Literal["steady"] = Field(description="steady: the temperatures that a constant current leads to if it lasts")
    current_A: Annotated[float, Field(ge=0, le=1e6)] | None = Field(None, description="current of the pack; or give c_rate")
    c_rate: Annotated[float, Field(ge=0, le=100)] | None = Field(
        None, description="current in multiples of the pack's capacity [1/h]"
    )
    direction: Literal["charge", "discharge"] = Field("charge", description="for the current limits that the rules check")
