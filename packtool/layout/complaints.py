"""What does not fit, said at the place of the key that causes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from packtool.design.loaded import LoadedDesign
from packtool.design.schema import TransientCase
from packtool.errors import Complaint, StageError

FLOW = "cold_plate.flow_lpm"


def complain(loaded: LoadedDesign, key: str, message: str) -> Complaint:
    """A complaint about ``key``, with the line and column where the design holds it (or the nearest key above it)."""
    place = loaded.place(key)
    return Complaint(place.file, place.line, place.column, key, message)


@contextmanager
def said_at_its_key(loaded: LoadedDesign, case: str | None = None) -> Iterator[None]:
    """What a stage raises about a key of the design, in a ``case``, begins with that key's place."""
    try:
        yield
    except StageError as refused:
        key = _flow_key(loaded, case) if refused.key == FLOW else refused.key
        if key:
            refused.args = (str(complain(loaded, key, str(refused))),)
        raise


def _flow_key(loaded: LoadedDesign, case: str | None) -> str:
    """The key that gives the coolant's flow: the case's own schedule, the plate's pump, else FLOW."""
    chosen, plate = loaded.design.cases[case] if case else None, loaded.design.cold_plate
    if isinstance(chosen, TransientCase) and chosen.coolant is not None:
        return f"cases.{case}.coolant"
    return "cold_plate.pump" if plate is not None and plate.pump is not None else FLOW
