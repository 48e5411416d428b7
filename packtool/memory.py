"""Memory: what there is, work that does not fit refused before it begins, and what was freed given back to the system."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

from packtool.errors import TooLarge

CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Where a container's limit and use stand, versions 2 and 1 (Linux kernel documentation, admin-guide/cgroup-v2 and -v1/memory)."""


def available_bytes() -> int | None:
    """What new work can take without swapping [bytes]: MemAvailable, and no more than a container's limit leaves; None where it cannot
    be told."""
    found = [int(line.split()[1]) * 1024 for line in _read("/proc/meminfo").splitlines() if line.startswith("MemAvailable")]
    for limit, use in CGROUPS:
        most, used = _read(limit).strip(), _read(use).strip()
        if most.isdigit() and used.isdigit():
            found.append(int(most) - int(used))
    return max(min(found), 0) if found else None


def refuse_beyond(needed: float, what: str, way_out: str, error: type[TooLarge]) -> None:
    """Raise ``error`` where ``needed`` bytes are more than is available, with both and the ``way_out``: a process that the system kills for
    its memory tells nothing."""
    available = available_bytes()
    if available is not None and needed > available:
        refused = error(f"{what} needs about {needed / 1e9:.1f} GB of memory, and {available / 1e9:.1f} GB are free: {way_out}")
        refused.times = needed / max(available, 1)
        raise refused


def give_back() -> None:
    """Hand the pages that are free inside the C library's heap back to the system.

    Assembly leaves half a kilobyte for each unknown there, in the pieces that a sparsity pattern is collected in; the solver's large
    arrays are taken from elsewhere, so without this the peak is higher by some of it. Does nothing where the library is not glibc.
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


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except OSError:
        return ""
