"""Cells that differ from the rest: aged, faulty, badly cooled."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from packtool.design.schema.base import Agreement, CellName, DesignRecord, MilliOhm


def _something(*values: object) -> str | None:
    if any(value not in (None, "closed", "kept") for value in values):
        return None
    return "missing: what is different about this cell, as in resistance_mOhm: 1.4 or circuit: open"


def _carries_current(circuit: str, resistance: float | None) -> str | None:
    if circuit == "open" and resistance is not None:
        return "a cell whose circuit is open carries no current: leave its resistance out"
    return None


class CellOverride(DesignRecord):
    """What is different about one cell."""

    agreements = (
        Agreement(
            ("resistance_mOhm", "capacity_Ah", "initial_soc", "extra_heat_W", "circuit", "cooling_contact"),
            "resistance_mOhm",
            _something,
        ),
        Agreement(("circuit", "resistance_mOhm"), "circuit", _carries_current),
    )

    resistance_mOhm: MilliOhm | None = Field(None, description="dc resistance of this cell, at any temperature and state of charge")
    capacity_Ah: Annotated[float, Field(gt=0, le=5_000)] | None = Field(
        None, description="capacity of this cell, aged: how fast its state of charge moves, in cases over time"
    )
    initial_soc: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="state of charge of this cell at the start of every case over time"
    )
    extra_heat_W: Annotated[float, Field(gt=0, le=100_000)] | None = Field(
        None, description="heat made in this cell beside its own, all the time: an inner short, a bad weld"
    )
    circuit: Literal["closed", "open"] = Field(
        "closed", description="open: the cell is cut off from its parallel group (fuse blown, tab torn) and carries no current"
    )
    cooling_contact: Literal["kept", "lost"] = Field(
        "kept",
        description="lost: at this cell the interface layer is a gap of still air, heat crosses it by conduction and radiation",
    )


class Overrides(DesignRecord):
    """Cells that differ from the rest, by name."""

    cells: dict[CellName, CellOverride] = Field(
        default_factory=dict, description="by name: row and column from 1, as in R2C05; aged, faulty, badly cooled"
    )
