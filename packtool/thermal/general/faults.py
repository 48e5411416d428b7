"""What is wrong with a heat problem, all of it told at once, and values looked up by the names of regions, boundaries and contacts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from packtool.errors import SolveError


class Faults:
    """What is wrong, all of it, told at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, fault: str) -> None:
        self.found.append(fault)

    def get(self, made: Any) -> Any:
        """What ``made()`` gives; its complaint is kept, and None given, where it refuses."""
        try:
            return made()
        except SolveError as refused:
            self.found.append(str(refused))
        return None

    def tell(self) -> None:
        if self.found:
            raise SolveError("the heat problem cannot be solved:\n  " + "\n  ".join(self.found))


def every(faults: Faults, what: str, given: Any, names: Sequence[str]) -> dict[str, Any]:
    """One entry for each region; a value alone is that of all."""
    if given is None:
        faults.add(f"{what} is missing; the regions are {', '.join(names)}")
        return {}
    if not isinstance(given, Mapping):
        return dict.fromkeys(names, given)
    missing = sorted(set(names) - set(given))
    if missing:
        faults.add(f"{what} is missing for {', '.join(missing)}")
    _unknown(faults, what, "region", given, names)
    return {n: given[n] for n in names if n in given}


def some(faults: Faults, what: str, given: Any, names: Sequence[str]) -> dict[str, Any]:
    """Entries of the regions that are named; a value alone is that of all."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        if what == "power":
            faults.add(f"power is given by region, {{{names[0]!r}: W}}; source is the heat a volume [W/m³] of all regions")
            return {}
        return dict.fromkeys(names, given)
    _unknown(faults, what, "region", given, names)
    return {n: given[n] for n in names if n in given}


def matched(faults: Faults, what: str, given: Mapping[str, Any] | None, known: Sequence[str], kind: str) -> dict[str, Any]:
    """``given`` with its patterns spelt out; complains of names and patterns that fit nothing."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        faults.add(f"{what} is given by {kind}, {{name: value}}; the mesh has {', '.join(known) or 'none'}")
        return {}
    found = {name: given[name] for name in known if name in given}
    patterns = [name for name in given if name not in known and "*" in name]
    for pattern in patterns:
        fits = [name for name in known if fnmatchcase(name, pattern)]
        if not fits:
            faults.add(f"{what}: no {kind} fits {pattern!r}; the mesh has {', '.join(known) or 'none'}")
        for name in fits:
            found.setdefault(name, given[pattern])
    _unknown(faults, what, kind, [name for name in given if name not in patterns], known)
    return found


def _unknown(faults: Faults, what: str, kind: str, given: Iterable[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"the mesh has {', '.join(known) or 'none'}"
            faults.add(f"{what}: no {kind} is called {name!r}; {hint}")
