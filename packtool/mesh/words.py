"""Names as the words that other programs' files allow."""

from __future__ import annotations

import re
from collections.abc import Iterable


def as_words(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Each name as letters, digits, ``_ - .``, beginning with a letter or ``_``; no two alike, in whatever case, nor like ``taken``.

    Anything else becomes ``_``, and a number is added where two would be alike.
    """
    given: dict[str, str] = {}
    used = {word.lower() for word in taken}
    for name in dict.fromkeys(names):
        word = re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "_"
        word = word if word[0].isalpha() or word[0] == "_" else f"_{word}"
        chosen, number = word, 2
        while chosen.lower() in used:
            chosen, number = f"{word}_{number}", number + 1
        used.add(chosen.lower())
        given[name] = chosen
    return given
