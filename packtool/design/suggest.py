"""The nearest spelling of a name that nobody knows."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

LONGEST = 80
"""Names longer than this get no suggestion: the comparison costs the product of the lengths."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``name`` most likely stands for, or None.

    Compared without regard to case; the only known name that begins with ``name`` and ``_`` (``cp`` for ``cp_J_kgK``) comes first.
    """
    known = list(known)
    wanted = _plain(name)
    if not wanted or len(name) > LONGEST:
        return None
    spelled = {_plain(candidate): candidate for candidate in reversed(known)}
    if wanted in spelled:
        return spelled[wanted]
    begin_so = [candidate for candidate in known if candidate.casefold().startswith(f"{wanted}_")]
    if len(begin_so) == 1:
        return begin_so[0]
    close = difflib.get_close_matches(wanted, spelled, n=1, cutoff=0.6)
    return spelled[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean X?``, or nothing."""
    similar = nearest(name, known)
    return f"; did you mean {similar}?" if similar else ""


def invisible(name: str) -> str | None:
    """The first character of ``name`` that looks like nothing or like a space without being one, as ``U+00A0``; or None."""
    for character in name:
        if character != " " and unicodedata.category(character) in ("Zs", "Cf"):
            return f"U+{ord(character):04X}"
    return None


def _plain(name: str) -> str:
    """Without case, hyphens and surrounding or invisible characters, as people compare names."""
    visible = "".join(c for c in name if c == " " or unicodedata.category(c) not in ("Zs", "Cf"))
    return visible.strip().casefold().replace("-", "_").replace(" ", "_")
