"""What does not fit, said at the place of the key that causes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint, StageError


def complain(loaded: LoadedDesign, key: str, message: str) -> Complaint:
    """A complaint about ``key``, with the line and column where the design holds it (or the nearest key above it)."""
    place = loaded.place(key)
    return Complaint(place.file, place.line, place.column, key, message)


@contextmanager
def said_at_its_key(loaded: LoadedDesign) -> Iterator[None]:
    """What a stage raises about a key of the design begins with that key's place; one about the flow, of a plate on a pump, with the pump's."""
    try:
        yield
    except StageError as refused:
        plate = loaded.design.cold_plate
        on_a_pump = plate is not None and plate.pump is not None
        key = "cold_plate.pump" if refused.key == "cold_plate.flow_lpm" and on_a_pump else refused.key
        if key:
            refused.args = (str(complain(loaded, key, str(refused))),)
        raise
