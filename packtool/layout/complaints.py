"""What does not fit, said at the place of the key that causes it."""

from __future__ import annotations

from packtool.design.loaded import LoadedDesign
from packtool.errors import Complaint


def complain(loaded: LoadedDesign, key: str, message: str) -> Complaint:
    """A complaint about ``key``, with the line and column where the design holds it (or the nearest key above it)."""
    place = loaded.place(key)
    return Complaint(place.file, place.line, place.column, key, message)
