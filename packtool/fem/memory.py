"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any


def give_back() -> None:
    """Hand the pages that are free inside the C library's heap back to the system.

    Assembly leaves a third of a kilobyte for each unknown there, in the pieces that a sparsity pattern is collected in; the solver's
    large arrays are taken from elsewhere, so without this the peak is higher by as much. Does nothing where the library is not glibc.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    try:
        return ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None
