"""The state of a run on its way, in a file of packtool's own: whole or not at all, and only ever read back by what wrote it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from packtool.artifacts import write_bytes


def write_checkpoint(path: Path, key: str, state: Any) -> None:
    """Leave ``state`` in ``path``; ``key`` tells what it is a state of."""
    write_bytes(path, pickle.dumps((key, state), protocol=pickle.HIGHEST_PROTOCOL))


def read_checkpoint(path: Path, key: str) -> Any:
    """The state that was left for ``key``; None if there is none, or it is of something else or damaged (then one begins anew)."""
    try:
        with path.open("rb") as stream:
            written, state = pickle.load(stream)
    except (OSError, pickle.UnpicklingError, EOFError, ValueError, AttributeError, ImportError, IndexError, TypeError):
        return None
    return state if written == key else None
